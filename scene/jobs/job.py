"""A request that the worker was given, and what became of it.

Nothing here calls bpy from another thread: whoever shows a job polls it from the main thread. What
must be done there at the end, such as loading the results, is done in steps, few to a poll.
"""

from __future__ import annotations

import logging
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal

import bpy

from ...core.control import Failure, ItemDone, Progress
from ...core.errors import ImpastoError
from ...core.tasks.registry import Request
from ...core.worker.client import Job
from ...core.worker.protocol import Failed, Finished
from . import queue, worker

log = logging.getLogger(__name__)

State = Literal["RUNNING", "FINISHED", "CANCELLED", "FAILED"]

_BREATH = 0.03
"""Seconds that a poll goes on with small steps of the conclusion."""

Conclude = Callable[["SceneJob"], Iterator[str] | None]
"""Takes in what was done: at once, or step by step, each of which says what comes next."""


class SceneJob:
    """A request under way. ``conclude`` is called once, in the main thread, when the worker is done.

    Attributes
    ----------
    title : str
        Verb and object, for the panel: "Stylize 12 textures".
    state, progress, step : what the panel shows.
    preview : str
        A picture of how far it is, replaced now and then; empty if there is none.
    message : str
        One sentence on how it ended.
    result : AnalyzeResult | StylizeResult | None
        Only where the job ended well.
    done : list[ItemDone]
        Images that were finished, also where the job was cancelled or failed.
    failures : tuple[Failure, ...]
        Images that could not be done, and why.
    """

    def __init__(self, title: str, job: Job, folder: Path, conclude: Conclude) -> None:
        self.title = title
        self.state: State = "RUNNING"
        self.progress = 0.0
        self.step = "Starting the worker"
        self.message = ""
        self.preview = ""
        self.changed = False
        self.result = None
        self.done: list[ItemDone] = []
        self.failures: tuple[Failure, ...] = ()
        self._job = job
        self._folder = folder
        self._conclude = conclude
        self._ending: State | None = None
        self._steps: Iterator[str] = iter(())
        self._started = time.monotonic()
        self._paused_at = 0.0

    @property
    def running(self) -> bool:
        return self.state == "RUNNING"

    @property
    def paused(self) -> bool:
        return self.running and self._job.paused

    @property
    def can_pause(self) -> bool:
        """Not while results are taken in, nor where the budget is time, which would run on."""
        return self.running and self._ending is None and not hasattr(self._job.request, "seconds")

    def pause(self, paused: bool) -> None:
        """Let the worker stand still, or go on; the time between does not count."""
        if paused:
            self._paused_at = time.monotonic()
        else:
            self._started += time.monotonic() - self._paused_at
        self._job.pause(paused)

    @property
    def seconds_left(self) -> float | None:
        """An estimate from the pace so far; None before there is one."""
        if self.progress < 0.02 or self.paused:
            return None
        return (time.monotonic() - self._started) * (1 - self.progress) / self.progress

    def poll(self) -> bool:
        """Take in what the worker said, or do one step of the conclusion; True until all is done."""
        if not self.running:
            return False
        if self._ending is not None:
            until = time.monotonic() + _BREATH
            self._advance()
            while self.running and time.monotonic() < until:
                self._advance()
            return self.running
        for event in self._job.poll():
            if isinstance(event, Progress):
                self.progress, self.step = event.done, event.step or self.step
            elif isinstance(event, ItemDone):
                self.done.append(event)
            elif isinstance(event, Finished):
                self.result = event.result
                self.failures = event.result.failures
                self.progress = 1.0
                self._begin_to_conclude("FINISHED", "")
            elif isinstance(event, Failed):
                cancelled = event.error == "JobCancelled"
                if event.detail:
                    log.error("%s failed: %s\n%s", self.title, event.message, event.detail)
                self._begin_to_conclude("CANCELLED" if cancelled else "FAILED", event.message)
        return self.running

    def block(self) -> None:
        """Wait for the end: what background mode does in place of a modal operator."""
        while self.poll():
            self.breathe()

    @staticmethod
    def breathe() -> None:
        """Leave the worker alone between two polls."""
        time.sleep(0.02)

    def cancel(self) -> None:
        """Ask the worker to stop; the job ends at one of the next polls."""
        if self.running and self._ending is None:
            self.step = "Cancelling"
            self._job.cancel()

    def abandon(self) -> None:
        """Cancel without a conclusion, as the file that it belongs to is closed."""
        if self.running:
            self._job.cancel()
            self.message = "Cancelled, as another file was opened."
            self._end("CANCELLED")

    def _begin_to_conclude(self, ending: State, message: str) -> None:
        self._ending, self.message = ending, message
        self._steps = self._conclusion()
        self._advance()

    def _conclusion(self) -> Iterator[str]:
        yield from self._conclude(self) or ()

    def _advance(self) -> None:
        try:
            self.step = next(self._steps)
        except StopIteration:
            self._end(self._ending)
        except ImpastoError as error:
            self.message = str(error)
            self._end("FAILED")
        except Exception:
            self._end("FAILED")
            raise

    def _end(self, state: State) -> None:
        self.state = state
        shutil.rmtree(self._folder, ignore_errors=True)


def temporary_folder() -> Path:
    """A new folder for one job's temporary files; gone when the job ends."""
    return Path(tempfile.mkdtemp(prefix="impasto_", dir=bpy.app.tempdir or None))


def start_job(title: str, request: Request, folder: Path, conclude: Conclude) -> SceneJob:
    """Hand a request to the worker, which is started if need be.

    ``folder`` holds the job's temporary files and is removed when the job ends.

    Raises
    ------
    WorkerUnavailable
    """
    try:
        job = SceneJob(title, worker.client().submit(request), folder, conclude)
    except ImpastoError:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    queue.history.appendleft(job)
    return job
