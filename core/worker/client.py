"""The other side of the worker: light enough for Blender's process, never blocking it.

A :class:`WorkerClient` starts the worker process when there is something to do, hands it one job at
a time, and notices when it dies: the running job then fails with a sentence that names its step, and
the next job starts a new process.
"""

from __future__ import annotations

import json
import logging
import queue
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Sequence
from itertools import count
from pathlib import Path

from ..control import Progress
from ..errors import BadRequest, WorkerUnavailable
from ..tasks.registry import Request
from . import failures, protocol
from .process import WorkerProcess
from .protocol import Event, Failed, Finished

log = logging.getLogger(__name__)

WORKER = Path(__file__).with_name("main.py")

_CANCEL_GRACE = 3.0
"""Seconds after which a worker that does not hear a cancel is ended; files are written atomically."""

_SILENCE = 900.0
"""Seconds without a word of progress after which a worker counts as stuck."""


class Job:
    """A request under way, made by :meth:`WorkerClient.submit`.

    Parameters
    ----------
    client : WorkerClient
        Its owner.
    number : int
        Its number in the protocol.
    request : Request
        What was asked for.
    """

    def __init__(self, client: WorkerClient, number: int, request: Request) -> None:
        self._client = client
        self.number = number
        self.request = request
        self.step = ""
        self.ended = False
        self.cancelled_at: float | None = None
        self.paused = False
        self.heard_at = time.monotonic()
        self._events: queue.SimpleQueue[Event] = queue.SimpleQueue()

    def poll(self) -> list[Event]:
        """Return the events since the last call, without blocking.

        Returns
        -------
        list of Event
            The last event of a job is a Finished or a Failed.
        """
        self._client.check()
        return [self._events.get_nowait() for _ in range(self._events.qsize())]

    def cancel(self) -> None:
        """Ask the job to end; ``Failed("JobCancelled", ...)`` follows within a few seconds."""
        self._client.cancel(self)

    def pause(self, paused: bool = True) -> None:
        """Pause the job, or let it go on. Only a running job can be paused.

        Parameters
        ----------
        paused : bool
            Whether to pause it.
        """
        self._client.pause(self, paused)

    def wait(self, timeout: float | None = None) -> list[Event]:
        """Block until the job has ended.

        Parameters
        ----------
        timeout : float, optional
            Seconds after which to return anyway.

        Returns
        -------
        list of Event
            Everything up to then.
        """
        deadline = None if timeout is None else time.monotonic() + timeout
        events: list[Event] = []
        while True:
            ended = self.ended  # asked before the poll, as the last event comes before the end
            events += self.poll()
            if ended or (deadline is not None and time.monotonic() > deadline):
                return events
            time.sleep(0.01)

    def receive(self, event: Event) -> None:
        """Take an event from the worker; ignored once the job has ended.

        Parameters
        ----------
        event : Event
            What the worker sent.
        """
        if self.ended:
            return
        self.heard_at = time.monotonic()
        if isinstance(event, Progress):
            self.step = event.step or self.step
        self._events.put(event)
        self.ended = isinstance(event, (Finished, Failed))


class WorkerClient:
    """Own at most one worker process, and the queue of jobs for it.

    Parameters
    ----------
    python : str or Path
        The Python that runs the worker.
    python_args : sequence of str
        Arguments for that Python, such as ``-I``.
    site_packages : str or sequence of str
        Folders with wheels, besides that Python's own.
    device : str
        ``AUTO``, ``CPU``, ``CUDA`` or ``MPS``.
    threads : int
        Threads to compute with; 0: one for each core but ``spare`` of them.
    spare : int
        Cores left to others where ``threads`` is 0.
    tasks : str
        Name of a module that registers more tasks, for tests.
    """

    def __init__(
        self,
        python: str | Path = sys.executable,
        *,
        python_args: Sequence[str] = (),
        site_packages: str | Sequence[str] = (),
        device: str = "AUTO",
        threads: int = 0,
        spare: int = 0,
        tasks: str = "",
    ) -> None:
        self._command = [str(python), *python_args, str(WORKER), "--device", device]
        self._command += ["--threads", str(threads), "--spare", str(spare)]
        for site in _folders(site_packages):
            self._command += ["--site", site]
        if tasks:
            self._command += ["--tasks", tasks]
        self._lock = threading.RLock()
        self._waiting: deque[Job] = deque()
        self._running: Job | None = None
        self._process: WorkerProcess | None = None
        self._numbers = count(1)

    @property
    def pid(self) -> int | None:
        """Process ID of the worker, if it runs."""
        process = self._process
        return process.pid if process is not None and process.alive else None

    def submit(self, request: Request) -> Job:
        """Queue a request, and start the worker if need be.

        Parameters
        ----------
        request : Request
            What to run.

        Returns
        -------
        Job
            The request under way.

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
                self._waiting.remove(job)
                raise
            return job

    def cancel(self, job: Job) -> None:
        """Cancel a job, as :meth:`Job.cancel` does.

        Parameters
        ----------
        job : Job
            One of this client's jobs.
        """
        with self._lock:
            if job in self._waiting:
                self._waiting.remove(job)
                job.receive(failures.cancelled())
            elif job is self._running and self._process and job.cancelled_at is None:
                job.cancelled_at = time.monotonic()
                self._process.send(json.dumps({"command": "cancel", "job": job.number}))

    def pause(self, job: Job, paused: bool) -> None:
        """Pause or resume a job, as :meth:`Job.pause` does.

        Parameters
        ----------
        job : Job
            One of this client's jobs.
        paused : bool
            Whether to pause it.
        """
        with self._lock:
            if job is self._running and self._process and job.cancelled_at is None:
                job.paused, job.heard_at = paused, time.monotonic()
                command = "pause" if paused else "resume"
                self._process.send(json.dumps({"command": command, "job": job.number}))

    def check(self) -> None:
        """End a worker that hangs or ignores a cancel; polling any job calls this."""
        with self._lock:
            job = self._running
            if job is None:
                return
            now = time.monotonic()
            if job.cancelled_at is not None and now - job.cancelled_at > _CANCEL_GRACE:
                self._abort(job, failures.cancelled())
            elif now - job.heard_at > _SILENCE and not job.paused:
                self._abort(job, failures.stuck(job.step, _SILENCE))

    def close(self) -> None:
        """End the worker and whatever it was doing, within a second."""
        with self._lock:
            process, self._process = self._process, None
            jobs = [*([self._running] if self._running else []), *self._waiting]
            self._running = None
            self._waiting.clear()
            for job in jobs:
                job.receive(failures.cancelled())
        if process is not None:
            process.close()

    def _advance(self) -> None:
        """Hand the next waiting job to the worker, if it is free. Called under the lock."""
        if self._running is not None or not self._waiting:
            return
        if self._process is None or not self._process.alive:
            self._process = WorkerProcess(self._command, self._on_line, self._on_end)
        job = self._running = self._waiting.popleft()
        job.heard_at = time.monotonic()
        self._process.send(protocol.encode(job.request, job.number))

    def _advance_or_fail(self) -> None:
        try:
            self._advance()
        except WorkerUnavailable as error:
            while self._waiting:
                self._waiting.popleft().receive(failures.explain(error))

    def _on_line(self, process: WorkerProcess, line: str) -> None:
        """In the listener's thread: hand an event to the running job."""
        try:
            envelope = json.loads(line)
            event = protocol.decode(envelope)
        except (ValueError, RecursionError, BadRequest) as error:
            log.error("The worker sent nonsense: %s", error)
            return
        with self._lock:
            job = self._running
            if process is not self._process or job is None or job.number != envelope.get("job"):
                return
            job.receive(event)  # type: ignore[arg-type]
            if job.ended:
                self._running = None
                self._advance_or_fail()

    def _on_end(self, process: WorkerProcess, code: int) -> None:
        """In the listener's thread: the process has ended, called for or not."""
        with self._lock:
            if process is not self._process:
                return  # closed on purpose, or replaced
            self._process = None
            job, self._running = self._running, None
            if job is not None and job.cancelled_at is not None:
                job.receive(failures.cancelled())
            elif job is not None:
                job.receive(failures.describe_exit(job.step, code, process.spoke, process.tail))
            self._advance_or_fail()

    def _abort(self, job: Job, failed: Failed) -> None:
        process, self._process = self._process, None
        self._running = None
        if process is not None:
            process.kill()
        job.receive(failed)
        self._advance_or_fail()


_CHECK = """
import importlib, sys
sys.path.extend(sys.argv[1:])
missing = []
for name in ("torch", "numpy", "scipy", "sklearn", "cv2", "OpenImageIO", "PIL", "psutil", "safetensors",
             "matplotlib"):
    try:
        print(name, getattr(importlib.import_module(name), "__version__", ""))
    except ImportError as error:
        missing.append(name if error.name == name else f"{name} ({error})")
try:
    print("OpenEXR", importlib.import_module("OpenEXR").__version__)
except ImportError:
    print("no OpenEXR: EXR files cannot be used")
try:
    print("av", importlib.import_module("av").__version__)
except ImportError:
    print("no av: movies cannot be used")
if missing:
    sys.exit("it lacks " + ", ".join(missing))
"""
"""Run by the Python that is checked, with the folders to look into."""


def check_python(
    python: str | Path,
    python_args: Sequence[str] = (),
    site_packages: str | Sequence[str] = (),
) -> str:
    """Ask a Python for the versions of what the worker needs; takes seconds.

    Without OpenEXR only EXR files cannot be used, without av only movies; the answer says so.

    Parameters
    ----------
    python : str or Path
        The Python to ask.
    python_args : sequence of str
        Arguments for it.
    site_packages : str or sequence of str
        Folders with wheels, besides its own.

    Returns
    -------
    str
        For example ``torch 2.13.0, numpy 1.26.4``.

    Raises
    ------
    WorkerUnavailable
        It cannot be started, or lacks packages; the sentence says which.
    """
    command = [str(python), *python_args, "-c", _CHECK, *_folders(site_packages)]
    try:
        answer = subprocess.run(command, capture_output=True, text=True, timeout=120)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise WorkerUnavailable(f'"{python}" cannot be started; choose another Python.') from error
    if answer.returncode:
        last = (answer.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise WorkerUnavailable(
            f'"{python}" cannot run the worker: {last}. Install that there, or choose another '
            "External Python in the preferences."
        )
    return ", ".join(" ".join(line.split()) for line in answer.stdout.splitlines())


def _folders(folders: str | Sequence[str]) -> list[str]:
    return [folders] if isinstance(folders, str) else [str(folder) for folder in folders]
