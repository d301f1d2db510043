"""A request that the worker was given, and what became of it.

Nothing here calls bpy from another thread: whoever shows a job polls it from the main thread.
"""

from __future__ import annotations

import logging
import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Literal

import bpy

from ..core.errors import ImpastoError
from ..core.jobs.client import Job
from ..core.jobs.messages import Failed, Failure, Finished, ItemDone, Progress, Request
from . import jobs, worker

log = logging.getLogger(__name__)

State = Literal["RUNNING", "FINISHED", "CANCELLED", "FAILED"]


class SceneJob:
    """A request under way. ``conclude`` is called once, in the main thread, when it has ended.

    Attributes
    ----------
    title : str
        Verb and object, for the panel: "Stylize 12 textures".
    state, progress, step : what the panel shows.
    message : str
        One sentence on how it ended.
    result : AnalyzeResult | StylizeResult | None
        Only where the job ended well.
    done : list[ItemDone]
        Images that were finished, also where the job was cancelled or failed.
    failures : tuple[Failure, ...]
        Images that could not be done, and why.
    """

    def __init__(
        self, title: str, job: Job, folder: Path, conclude: Callable[[SceneJob], None]
    ) -> None:
        self.title = title
        self.state: State = "RUNNING"
        self.progress = 0.0
        self.step = "Starting the worker"
        self.message = ""
        self.changed = False
        self.result = None
        self.done: list[ItemDone] = []
        self.failures: tuple[Failure, ...] = ()
        self._job = job
        self._folder = folder
        self._conclude = conclude
        self._started = time.monotonic()

    @property
    def running(self) -> bool:
        return self.state == "RUNNING"

    @property
    def seconds_left(self) -> float | None:
        """An estimate from the pace so far; None before there is one."""
        if self.progress < 0.02:
            return None
        return (time.monotonic() - self._started) * (1 - self.progress) / self.progress

    def poll(self) -> bool:
        """Take in what the worker said; True while the job runs."""
        if not self.running:
            return False
        for event in self._job.poll():
            if isinstance(event, Progress):
                self.progress, self.step = event.done, event.step or self.step
            elif isinstance(event, ItemDone):
                self.done.append(event)
            elif isinstance(event, Finished):
                self.result = event.result
                self.failures = event.result.failures
                self._end("FINISHED", "")
            elif isinstance(event, Failed):
                cancelled = event.error == "JobCancelled"
                if event.detail:
                    log.error("%s failed: %s\n%s", self.title, event.message, event.detail)
                self._end("CANCELLED" if cancelled else "FAILED", event.message)
        return self.running

    def block(self) -> None:
        """Wait for the end: what background mode does in place of a modal operator."""
        while self.poll():
            self.pause()

    @staticmethod
    def pause() -> None:
        """Leave the worker alone between two polls."""
        time.sleep(0.02)

    def cancel(self) -> None:
        """Ask the worker to stop; the job ends at one of the next polls."""
        if self.running:
            self.step = "Cancelling"
            self._job.cancel()

    def abandon(self) -> None:
        """Cancel without a conclusion, as the file that it belongs to is closed."""
        if self.running:
            self._job.cancel()
            self._conclude = lambda job: None
            self._end("CANCELLED", "Cancelled, as another file was opened.")

    def _end(self, state: State, message: str) -> None:
        self.state, self.message = state, message
        self.progress = 1.0 if state == "FINISHED" else self.progress
        try:
            self._conclude(self)
        except ImpastoError as error:
            self.state, self.message = "FAILED", str(error)
        finally:
            shutil.rmtree(self._folder, ignore_errors=True)


def temporary_folder() -> Path:
    """A new folder for one job's temporary files; gone when the job ends."""
    return Path(tempfile.mkdtemp(prefix="impasto_", dir=bpy.app.tempdir or None))


def start_job(
    title: str, request: Request, folder: Path, conclude: Callable[[SceneJob], None]
) -> SceneJob:
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
    jobs.history.appendleft(job)
    return job
