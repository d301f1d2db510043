"""One run of a process that is told and tells lines; whoever polls it never waits for it."""

from __future__ import annotations

import subprocess
import time
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from ..errors import WorkerUnavailable
from .pipe_ends import pipe_end

_TAIL = 4000
"""Bytes of standard error that are kept: the last words of a worker that dies."""

_TURN = 0.02
"""Seconds that a poll may take while data flows: a window that waits longer for it would jerk."""

_NAP = 0.001
"""Seconds for the other side to go on, where a pipe holds less than a message."""

_NAPS = 3
"""Naps in which nothing comes after which the other side counts as slow, and is left for later."""


class WorkerProcess:
    """A process, its pipes, and what is on its way through them.

    Parameters
    ----------
    command : sequence of str
        Program and arguments.

    Attributes
    ----------
    code : int or None
        Its exit code, once it has ended and all that it said has been taken in; negative: the
        signal that killed it.
    spoke : bool
        Whether it ever sent a line.

    Raises
    ------
    WorkerUnavailable
        The program cannot be started.
    """

    def __init__(self, command: Sequence[str]) -> None:
        self.code: int | None = None
        self.spoke = False
        # The window stays in front on Windows, too; elsewhere the worker lowers its own priority.
        flags = ("CREATE_NO_WINDOW", "BELOW_NORMAL_PRIORITY_CLASS")
        try:
            self._process = subprocess.Popen(
                command,
                bufsize=0,
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
        pipes = (self._process.stdin, self._process.stdout, self._process.stderr)
        self._ends = self._in, self._out, self._errors = [pipe_end(p) for p in pipes if p]
        self._unsent: deque[memoryview] = deque()
        self._line: list[bytes] = []
        self._tail = b""

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
        """Send a line: what the pipe has no room for follows with the next polls.

        Parameters
        ----------
        line : str
            Without its end.
        """
        self._unsent.append(memoryview(line.encode() + b"\n"))
        self._write()

    def poll(self) -> list[str]:
        """Send what is unsent, and take in what the process has said, as far as that needs no wait.

        Returns
        -------
        list of str
            The lines that have become complete.
        """
        if self.code is not None:
            return []
        lines: list[str] = []
        until, naps = time.monotonic() + _TURN, _NAPS
        while True:
            code = self._process.poll()  # asked first: what it said before its end is still there
            if self._exchange(lines):
                naps = 0
                if time.monotonic() > until:
                    return lines
            elif code is not None:
                self._end(code)
                return lines
            elif naps < _NAPS and (self._unsent or self._line):
                time.sleep(_NAP)
                naps += 1
            else:
                return lines

    def kill(self) -> None:
        """Kill the process, and forget what is on its way."""
        self._process.kill()
        with suppress(subprocess.TimeoutExpired):  # the system may be busy with it for longer
            self._process.wait(0.5)
        for end in self._ends:
            end.close()

    def close(self, seconds: float = 1.0) -> None:
        """Let the process end by itself, kill it after a while, and return when it is gone.

        Parameters
        ----------
        seconds : float
            How long to wait before killing it.
        """
        until = time.monotonic() + seconds
        self._unsent.clear()
        self._in.close()  # which tells it to end
        while self.alive and time.monotonic() < until:
            self._exchange([])  # else it could wait for room in its pipes
            time.sleep(0.005)
        self.kill()

    def _exchange(self, lines: list[str]) -> bool:
        """Write and read once; return whether anything moved."""
        moved = self._write()
        if said := self._out.read():
            self._cut(said, lines)
        if errors := self._errors.read():
            self._tail = (self._tail + errors)[-_TAIL:]
        return bool(moved or said or errors)

    def _write(self) -> bool:
        """Send what the pipe has room for; return whether that was anything."""
        moved = False
        while self._unsent:
            try:
                written = self._in.write(self._unsent[0])
            except (OSError, ValueError):  # it has died or was ended, which others notice
                self._unsent.clear()
                break
            if not written:
                break
            moved = True
            self._unsent[0] = self._unsent[0][written:]
            if not self._unsent[0]:
                self._unsent.popleft()
        return moved

    def _cut(self, said: bytes, lines: list[str]) -> None:
        """Add the lines that end in ``said``, and keep the rest for later."""
        *ends, rest = said.split(b"\n")
        for end in ends:
            lines.append(b"".join((*self._line, end)).decode(errors="replace"))
            self._line.clear()
            self.spoke = True
        if rest:
            self._line.append(rest)

    def _end(self, code: int) -> None:
        if self._line:
            self._cut(b"\n", lines=[])  # half a line says nothing, but it did speak
        for end in self._ends:
            end.close()
        self.code = code


def site_arguments(site_packages: str | Sequence[str], own: str | Path = "") -> list[str]:
    """Return the arguments that name folders with packages.

    Parameters
    ----------
    site_packages : str or sequence of str
        One folder with wheels, or several.
    own : str or Path
        Folder for copies of Impasto's own packages; empty: none.

    Returns
    -------
    list of str
        ``--site FOLDER`` for each, and ``--own FOLDER``.
    """
    folders = [site_packages] if isinstance(site_packages, str) else site_packages
    sites = [argument for folder in folders for argument in ("--site", str(folder))]
    return [*sites, "--own", str(own)] if own else sites
