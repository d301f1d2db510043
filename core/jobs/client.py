"""The other side of the worker: light enough for Blender's process, never blocking it.

A :class:`WorkerClient` starts the worker process when there is something to do, hands it one job at
a time, and notices when it dies: the running job then fails with a sentence that names its step,
and the next job starts a new process.
"""

from __future__ import annotations

import contextlib
import json
import logging
import queue
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import deque
from collections.abc import Sequence
from pathlib import Path
from typing import IO

from ..errors import BadRequest, WorkerUnavailable
from . import wire
from .messages import Event, Failed, Finished, Progress, Request

log = logging.getLogger(__name__)

WORKER = Path(__file__).with_name("worker.py")

_CANCEL_GRACE = 3.0
"""Seconds after which a worker that does not hear a cancel is ended; files are written
atomically."""

_SILENCE = 900.0
"""Seconds without a word of progress after which a worker counts as stuck."""

_LOG_TAIL = 4000


class Job:
    """A request under way; made by :meth:`WorkerClient.submit`."""

    def __init__(self, client: WorkerClient, number: int, request: Request) -> None:
        self._client = client
        self.number = number
        self.request = request
        self.step = ""
        self.ended = False
        self.cancelled_at: float | None = None
        self.heard_at = time.monotonic()
        self._events: queue.SimpleQueue[Event] = queue.SimpleQueue()

    def poll(self) -> list[Event]:
        """Events since the last call; the last of all is a Finished or a Failed. Never blocks."""
        self._client.check(self)
        events = []
        with contextlib.suppress(queue.Empty):
            while True:
                events.append(self._events.get_nowait())
        return events

    def cancel(self) -> None:
        """Ask for the end; it comes as ``Failed("JobCancelled", ...)`` within a few seconds."""
        self._client.cancel(self)

    def wait(self, timeout: float | None = None) -> list[Event]:
        """Block until the job has ended, or the time-out in seconds is over; all events so far."""
        deadline = None if timeout is None else time.monotonic() + timeout
        events: list[Event] = []
        while True:
            events += self.poll()
            if events and isinstance(events[-1], (Finished, Failed)):
                return events
            if deadline is not None and time.monotonic() > deadline:
                return events
            time.sleep(0.01)

    def receive(self, event: Event) -> None:
        """Take an event from the worker; after the last one, none."""
        if self.ended:
            return
        self.heard_at = time.monotonic()
        if isinstance(event, Progress):
            self.step = event.step or self.step
        self.ended = isinstance(event, (Finished, Failed))
        self._events.put(event)


class WorkerClient:
    """Owns at most one worker process and the queue of jobs for it.

    Parameters
    ----------
    python : path of the Python that has torch, and ``python_args`` for it (``-I``, say).
    site_packages : one more folder, or several, in which that Python shall look for wheels.
    device : ``AUTO``, ``CPU``, ``CUDA`` or ``MPS``.
    handlers : name of a module with more handlers, for tests.
    """

    def __init__(
        self,
        python: str | Path = sys.executable,
        *,
        python_args: Sequence[str] = (),
        site_packages: str | Sequence[str] = (),
        device: str = "AUTO",
        handlers: str = "",
    ) -> None:
        sites = [site_packages] if isinstance(site_packages, str) else list(site_packages)
        self._command = [str(python), *python_args, str(WORKER), "--device", device]
        for site in sites:
            self._command += ["--site", str(site)]
        if handlers:
            self._command += ["--handlers", handlers]
        self._lock = threading.RLock()
        self._waiting: deque[Job] = deque()
        self._running: Job | None = None
        self._process: subprocess.Popen[str] | None = None
        self._numbers = iter(range(1, sys.maxsize))

    @property
    def pid(self) -> int | None:
        """Of the worker process, if one runs."""
        process = self._process
        return process.pid if process is not None and process.poll() is None else None

    def submit(self, request: Request) -> Job:
        """Queue a request; the worker is started if need be.

        Raises
        ------
        WorkerUnavailable
            The worker's Python cannot be started.
        """
        with self._lock:
            job = Job(self, next(self._numbers), request)
            self._waiting.append(job)
            try:
                self._advance()
            except WorkerUnavailable:
                self._waiting.clear()
                raise
            return job

    def cancel(self, job: Job) -> None:
        """See :meth:`Job.cancel`."""
        with self._lock:
            if job in self._waiting:
                self._waiting.remove(job)
                job.receive(Failed("JobCancelled", "Cancelled before it began."))
            elif job is self._running and job.cancelled_at is None:
                job.cancelled_at = time.monotonic()
                self._write(json.dumps({"command": "cancel", "job": job.number}))

    def release(self) -> None:
        """Let the worker forget its networks when the jobs at hand are done."""
        with self._lock:
            if self.pid is not None:
                self._write(json.dumps({"command": "release"}))

    def check(self, job: Job) -> None:
        """End a worker that is stuck, or deaf to a cancel."""
        with self._lock:
            if job is not self._running or self._process is None:
                return
            now = time.monotonic()
            if job.cancelled_at is not None and now - job.cancelled_at > _CANCEL_GRACE:
                self._kill()
                job.receive(Failed("JobCancelled", "Cancelled."))
            elif now - job.heard_at > _SILENCE:
                self._kill()
                minutes = round(_SILENCE / 60)
                job.receive(
                    Failed(
                        "WorkerDied",
                        f"The worker said nothing for {minutes} minutes while {_step(job)}; it was "
                        "ended. Try a smaller output size.",
                    )
                )

    def close(self) -> None:
        """End the worker, and fail whatever it was doing. Takes a second at the most."""
        with self._lock:
            process, self._process = self._process, None
            jobs = [*([self._running] if self._running else []), *self._waiting]
            self._running = None
            self._waiting.clear()
        for job in jobs:
            job.receive(Failed("JobCancelled", "Cancelled, as the worker was ended."))
        if process is None:
            return
        with contextlib.suppress(OSError):
            process.stdin.close()  # type: ignore[union-attr]
        try:
            process.wait(1.0)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def _advance(self) -> None:
        """Hand the next waiting job to the worker, if it is free. Called under the lock."""
        if self._running is not None or not self._waiting:
            return
        if self.pid is None:
            self._start()
        job = self._running = self._waiting.popleft()
        job.heard_at = time.monotonic()
        self._write(wire.encode(job.request, job=job.number))

    def _start(self) -> None:
        errors = tempfile.TemporaryFile()  # noqa: SIM115 (it lives as long as the process)
        try:
            process = subprocess.Popen(
                self._command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
                encoding="utf-8",
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            )
        except OSError as error:
            errors.close()
            raise WorkerUnavailable(
                f'The worker\'s Python "{self._command[0]}" cannot be started ({error.strerror}); '
                "choose another Worker Python in the preferences."
            ) from error
        self._process = process
        listener = threading.Thread(target=self._listen, args=(process, errors), daemon=True)
        listener.start()

    def _listen(self, process: subprocess.Popen, errors: IO[bytes]) -> None:
        """In a thread: hand events to the running job until the process ends."""
        assert process.stdin is not None and process.stdout is not None  # pipes, see _start
        for line in process.stdout:
            try:
                event, envelope = wire.decode(line)
            except BadRequest as error:
                log.error("The worker sent nonsense: %s", error)
                continue
            with self._lock:
                job = self._running
                if job is None or job.number != envelope.get("job"):
                    continue
                job.receive(event)  # type: ignore[arg-type]
                if job.ended:
                    self._running = None
                    self._advance_or_fail()
        code, tail = process.wait(), _tail(errors)
        errors.close()
        process.stdout.close()
        with self._lock, contextlib.suppress(OSError):
            process.stdin.close()
        with self._lock:
            if process is not self._process:
                return  # closed on purpose, or replaced
            self._process = None
            job, self._running = self._running, None
            if job is not None:
                job.receive(_obituary(job, code, tail))
            self._advance_or_fail()

    def _advance_or_fail(self) -> None:
        try:
            self._advance()
        except WorkerUnavailable as error:
            while self._waiting:
                self._waiting.popleft().receive(Failed("WorkerUnavailable", str(error)))

    def _kill(self) -> None:
        process, self._process = self._process, None
        self._running = None
        if process is not None:
            process.kill()
            process.wait()
        self._advance_or_fail()

    def _write(self, line: str) -> None:
        # A worker that has just died is noticed, and spoken about, by the listener.
        with contextlib.suppress(OSError, ValueError, AttributeError):
            self._process.stdin.write(line + "\n")  # type: ignore[union-attr]
            self._process.stdin.flush()  # type: ignore[union-attr]


def _step(job: Job) -> str:
    return f'it was at: "{job.step}"' if job.step else "it was starting"


def _tail(errors: IO[bytes]) -> str:
    errors.seek(0, 2)
    errors.seek(max(0, errors.tell() - _LOG_TAIL))
    return errors.read().decode(errors="replace").strip()


def _obituary(job: Job, code: int, tail: str) -> Failed:
    """Why a worker ended, as well as can be told."""
    if job.cancelled_at is not None:
        return Failed("JobCancelled", "Cancelled.")
    killed = -code if code < 0 else 0
    if killed == getattr(signal, "SIGKILL", 9):
        why = "The worker was killed, most likely because memory ran out"
        advice = "choose a smaller output size or close other programs, and try again."
    else:
        why = f"The worker ended unexpectedly (code {code})"
        advice = "try again; the console shows its last words."
    return Failed(
        "WorkerDied", f"{why}, while {_step(job)}. Finished images are kept; {advice}", tail
    )


def check_python(python: str | Path, python_args: Sequence[str] = ()) -> str:
    """Ask a Python for the versions of what the worker needs: "torch 2.13.0, ...".

    Raises
    ------
    WorkerUnavailable
        It cannot be started, or lacks a package; the sentence says which.
    """
    code = (
        "import importlib\n"
        "for n in ('torch', 'sklearn', 'cv2', 'safetensors', 'OpenEXR', 'matplotlib'):\n"
        "    m = importlib.import_module(n); print(n, getattr(m, '__version__', ''))"
    )
    try:
        answer = subprocess.run(
            [str(python), *python_args, "-c", code], capture_output=True, text=True, timeout=120
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise WorkerUnavailable(f'"{python}" cannot be started; choose another Python.') from error
    if answer.returncode:
        last = (
            answer.stderr.strip().splitlines()[-1] if answer.stderr.strip() else "no reason given"
        )
        raise WorkerUnavailable(f'"{python}" cannot run the worker ({last}).')
    return ", ".join(" ".join(line.split()) for line in answer.stdout.splitlines())
