"""One run of the worker: started, written to and listened to by threads, so that nobody waits."""

from __future__ import annotations

import contextlib
import os
import queue
import subprocess
import threading
from collections.abc import Callable, Sequence

from ..errors import WorkerUnavailable

_TAIL = 4000
"""Bytes of standard error that are kept: the last words of a worker that dies."""


class WorkerProcess:
    """A worker process, and the three threads that serve its pipes.

    Parameters
    ----------
    command : sequence of str
        Program and arguments.
    on_line : callable
        Called in a thread as ``on_line(process, line)`` for every line that it prints.
    on_end : callable
        Called in the same thread as ``on_end(process, code)`` when it has ended and is reaped.

    Raises
    ------
    WorkerUnavailable
        The program cannot be started.
    """

    def __init__(
        self,
        command: Sequence[str],
        on_line: Callable[[WorkerProcess, str], None],
        on_end: Callable[[WorkerProcess, int], None],
    ) -> None:
        self.spoke = False
        self._on_line, self._on_end = on_line, on_end
        self._outbox: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._tail = b""
        # The window stays in front on Windows, too; elsewhere the worker lowers its own priority.
        flags = ("CREATE_NO_WINDOW", "BELOW_NORMAL_PRIORITY_CLASS")
        try:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                creationflags=sum(getattr(subprocess, flag, 0) for flag in flags),
            )
        except OSError as error:
            raise WorkerUnavailable(
                f'The worker\'s Python "{command[0]}" cannot be started ({error.strerror}); '
                "choose another External Python in the preferences."
            ) from error
        self._errors = _thread(self._keep_tail)
        _thread(self._write)
        _thread(self._listen)

    @property
    def pid(self) -> int:
        """Process ID."""
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether the process runs."""
        return self._process.poll() is None

    @property
    def tail(self) -> str:
        """The end of what it wrote to standard error."""
        return self._tail.decode(errors="replace").strip()

    def send(self, line: str) -> None:
        """Queue a line for the process; never blocks, even if it has stopped reading.

        Parameters
        ----------
        line : str
            Without its end.
        """
        self._outbox.put(line)

    def kill(self) -> None:
        """Kill the process; its threads reap it."""
        self._process.kill()

    def close(self, seconds: float = 1.0) -> None:
        """Let the process end by itself, kill it after a while, and return when it is gone.

        Parameters
        ----------
        seconds : float
            How long to wait before killing it.
        """
        self._outbox.put(None)
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _write(self) -> None:
        # A worker that has died is noticed, and spoken about, by the listener.
        with contextlib.suppress(OSError), self._process.stdin as pipe:  # type: ignore[union-attr]
            while (line := self._outbox.get()) is not None:
                pipe.write(line.encode() + b"\n")
                pipe.flush()

    def _listen(self) -> None:
        with self._process.stdout as pipe:  # type: ignore[union-attr]
            for line in pipe:
                self.spoke = True
                self._on_line(self, line.decode(errors="replace"))
        code = self._process.wait()
        self._outbox.put(None)
        self._errors.join(1.0)  # a grandchild may still hold the pipe
        self._on_end(self, code)

    def _keep_tail(self) -> None:
        with self._process.stderr as pipe:  # type: ignore[union-attr]
            while piece := os.read(pipe.fileno(), _TAIL):
                self._tail = (self._tail + piece)[-_TAIL:]


def _thread(target: Callable[[], None]) -> threading.Thread:
    thread = threading.Thread(target=target, daemon=True)
    thread.start()
    return thread
