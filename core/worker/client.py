"""The other side of the worker: light enough for Blender's process, never blocking it.

A :class:`WorkerClient` starts the worker process when there is something to do, hands it one job at
a time, and notices when it dies: the running job then fails with a sentence that names its step, and
the next job starts a new process. No thread does this: it happens whenever a job is polled, so a
client and its jobs belong to the one thread that polls them.
"""

from __future__ import annotations

import json
import logging
import sys
import time
from collections import deque
from collections.abc import Sequence
from itertools import count
from pathlib import Path

from ..control import Progress
from ..errors import BadRequest, WorkerUnavailable
from ..tasks.registry import Request
from . import failures, protocol
from .process import WorkerProcess, site_arguments
from .protocol import Event, Failed, Finished, Warnings

log = logging.getLogger(__name__)

WORKER = Path(__file__).with_name("main.py")

_CANCEL_GRACE = 3.0
"""Seconds after which a worker that does not hear a cancel is ended; files are written atomically."""

_SILENCE = 900.0
"""Seconds without a word of progress after which a worker counts as stuck."""

_ABSENCE = 5.0
"""Seconds between two polls from which on nobody has listened, and silence means nothing."""


_said: set[str] = set()
"""Warnings that are in the log already: each is logged once in a session."""


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
        self._events: list[Event] = []

    def poll(self) -> list[Event]:
        """Return the events since the last call, without blocking.

        Returns
        -------
        list of Event
            The last event of a job is a Finished or a Failed.
        """
        self._client.check()
        events, self._events = self._events, []
        return events

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
            events += self.poll()
            if self.ended or (deadline is not None and time.monotonic() > deadline):
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
        self._events.append(event)
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
    own_packages : str or Path
        Folder for copies of wheels that others have replaced there; empty: none are made.
    device : str
        ``AUTO``, ``CPU``, ``CUDA`` or ``MPS``.
    threads : int
        Threads to compute with; 0: one for each core but ``spare`` of them.
    spare : int
        Cores left to others where ``threads`` is 0.
    tasks : str
        Name of a module that registers more tasks, for tests.

    Attributes
    ----------
    warnings : tuple of str
        What the worker found amiss with its packages when it started.
    """

    def __init__(
        self,
        python: str | Path = sys.executable,
        *,
        python_args: Sequence[str] = (),
        site_packages: str | Sequence[str] = (),
        own_packages: str | Path = "",
        device: str = "AUTO",
        threads: int = 0,
        spare: int = 0,
        tasks: str = "",
    ) -> None:
        self._command = [str(python), *python_args, str(WORKER), "--device", device]
        self._command += ["--threads", str(threads), "--spare", str(spare)]
        self._command += site_arguments(site_packages, own_packages)
        if tasks:
            self._command += ["--tasks", tasks]
        self.warnings: tuple[str, ...] = ()
        self._waiting: deque[Job] = deque()
        self._running: Job | None = None
        self._process: WorkerProcess | None = None
        self._numbers = count(1)
        self._polled_at = time.monotonic()

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
        self.check()  # the job before it may have ended, and nobody looked
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
        if job is self._running and self._process and job.cancelled_at is None:
            job.paused, job.heard_at = paused, time.monotonic()
            command = "pause" if paused else "resume"
            self._process.send(json.dumps({"command": command, "job": job.number}))

    def check(self) -> None:
        """Take in what the worker says; end one that hangs or ignores a cancel.

        Polling any job calls this.
        """
        self._listen()
        now = time.monotonic()
        absent, self._polled_at = now - self._polled_at, now
        job = self._running
        if job is None:
            return
        if absent > _ABSENCE:
            job.heard_at = now
        if job.cancelled_at is not None and now - job.cancelled_at > _CANCEL_GRACE:
            self._abort(job, failures.cancelled())
        elif now - job.heard_at > _SILENCE and not job.paused:
            self._abort(job, failures.stuck(job.step, _SILENCE))

    def close(self) -> None:
        """End the worker and whatever it was doing, within a second."""
        process, self._process = self._process, None
        jobs = [*([self._running] if self._running else []), *self._waiting]
        self._running = None
        self._waiting.clear()
        for job in jobs:
            job.receive(failures.cancelled())
        if process is not None:
            process.close()

    def _listen(self) -> None:
        """Take in the worker's lines, and its end."""
        process = self._process
        if process is None:
            return
        for line in process.poll():
            self._on_line(line)
        if process is self._process and process.code is not None:
            self._on_end(process, process.code)

    def _on_line(self, line: str) -> None:
        """Hand an event to the running job."""
        try:
            envelope = json.loads(line)
            event = protocol.decode(envelope)
        except (ValueError, RecursionError, BadRequest) as error:
            log.error("The worker sent nonsense: %s", error)
            return
        if isinstance(event, Warnings):
            for message in sorted({*event.messages} - _said):
                log.warning("%s", message)
            _said.update(event.messages)
            self.warnings = event.messages
            return
        job = self._running
        if job is None or job.number != envelope.get("job"):
            return
        job.receive(event)  # type: ignore[arg-type]
        if job.ended:
            self._running = None
            self._advance_or_fail()

    def _on_end(self, process: WorkerProcess, code: int) -> None:
        """Go on without the process, which has ended by itself."""
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

    def _advance(self) -> None:
        """Hand the next waiting job to the worker, if it is free."""
        if self._running is not None or not self._waiting:
            return
        if self._process is not None and not self._process.alive:
            self._process.kill()
            self._process = None
        if self._process is None:
            self._process = WorkerProcess(self._command)
        job = self._running = self._waiting.popleft()
        job.heard_at = time.monotonic()
        self._process.send(protocol.encode(job.request, job.number))

    def _advance_or_fail(self) -> None:
        try:
            self._advance()
        except WorkerUnavailable as error:
            while self._waiting:
                self._waiting.popleft().receive(failures.explain(error))
