"""Follow a request from the worker's first event to its results in the file.

There is no thread here: whoever shows a job polls it, and with it the worker. What
must be done there at the end, such as loading the results, is done in steps, a few in each poll.
"""

from __future__ import annotations

import logging
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal

import bpy

from ...core.control import Failure, ItemDone, Progress
from ...core.errors import ImpastoError
from ...core.worker.client import Job
from ...core.worker.protocol import Failed, Finished
from .. import lookup

log = logging.getLogger(__name__)

State = Literal["RUNNING", "FINISHED", "CANCELLED", "FAILED"]

_POLL_SECONDS = 0.03
"""How long a poll goes on with small steps of the conclusion."""

Conclude = Callable[["SceneJob"], Iterator[str] | None]
"""Takes in what was done: at once, or step by step; each step yields a description of the next."""


class SceneJob:
    """A request under way, on behalf of a scene.

    Attributes
    ----------
    title : str
        Verb and object, for the panel: "Stylize 12 Textures".
    state, progress, step
        What the panel shows.
    preview : str
        An image of the progress, replaced now and then; empty if there is none.
    message : str
        One sentence on how it ended.
    changed : bool
        Whether the conclusion changed the file.
    result
        The result of the request; None unless the job ended well.
    done : list[ItemDone]
        Images that are finished, also if the job was cancelled or failed.
    failures : tuple[Failure, ...]
        Images that could not be done, and why.
    """

    def __init__(
        self,
        title: str,
        job: Job,
        folder: Path,
        scene_uid: int,
        conclude: Conclude,
        *,
        failures: tuple[Failure, ...] = (),
        preview: str = "",
    ) -> None:
        self.title = title
        self.state: State = "RUNNING"
        self.progress = 0.0
        self.step = "Starting background process"
        self.message = ""
        self.preview = preview
        self.changed = False
        self.result = None
        self.done: list[ItemDone] = []
        self.failures = failures
        self._job = job
        self._folder = folder
        self._scene_uid = scene_uid
        self._conclude = conclude
        self._ending: State | None = None
        self._steps: Iterator[str] = iter(())
        self._started = time.monotonic()
        self._paused_at = 0.0

    @property
    def scene(self) -> bpy.types.Scene | None:
        """Return the scene that the job was started in, or None if it is gone."""
        return lookup.by_uid(bpy.data.scenes, self._scene_uid)

    @property
    def running(self) -> bool:
        """Return whether it has not ended yet."""
        return self.state == "RUNNING"

    @property
    def cancelled(self) -> bool:
        """Return whether it was cancelled, already while its conclusion runs."""
        return self._ending == "CANCELLED" or self.state == "CANCELLED"

    @property
    def paused(self) -> bool:
        """Return whether the worker waits until it is resumed."""
        return self.running and self._job.paused

    @property
    def can_pause(self) -> bool:
        """Return False while results are loaded, and for a budget in seconds, which would run on."""
        return self.running and self._ending is None and not hasattr(self._job.request, "seconds")

    def pause(self, paused: bool) -> None:
        """Pause or resume the worker; the time between does not count."""
        if paused:
            self._paused_at = time.monotonic()
        else:
            self._started += time.monotonic() - self._paused_at
        self._job.pause(paused)

    @property
    def seconds_left(self) -> float | None:
        """Return an estimate from the pace so far; None before there is one."""
        if self.progress < 0.02 or self.paused:
            return None
        return (time.monotonic() - self._started) * (1 - self.progress) / self.progress

    def poll(self) -> bool:
        """Take in the worker's events, or run a step of the conclusion; True until all is done."""
        if not self.running:
            return False
        if self._ending is not None:
            until = time.monotonic() + _POLL_SECONDS
            self._run_step()
            while self.running and time.monotonic() < until:
                self._run_step()
            return self.running
        for event in self._job.poll():
            if isinstance(event, Progress):
                self.progress, self.step = event.done, event.step or self.step
            elif isinstance(event, ItemDone):
                self.done.append(event)
            elif isinstance(event, Finished):
                self.result = event.result
                self.failures = (*self.failures, *event.result.failures)
                self.progress = 1.0
                self._begin_to_conclude("FINISHED", "")
            elif isinstance(event, Failed):
                if event.detail:
                    log.error("%s failed: %s\n%s", self.title, event.message, event.detail)
                cancelled = event.error == "JobCancelled"
                self._begin_to_conclude("CANCELLED" if cancelled else "FAILED", event.message)
        return self.running

    def block(self) -> None:
        """Wait for the end: what background mode does in place of a modal operator."""
        while self.poll():
            self.sleep()

    @staticmethod
    def sleep() -> None:
        """Wait between two polls."""
        time.sleep(0.02)

    def cancel(self) -> None:
        """Ask the worker to stop; the job ends at one of the next polls."""
        if self.running and self._ending is None:
            self.step = "Cancelling"
            self._job.cancel()

    def abandon(self) -> None:
        """Cancel without a conclusion, because the file that it belongs to is closed."""
        if self.running:
            self._job.cancel()
            self.message = "Cancelled, as another file was opened"
            self._end("CANCELLED")

    def _begin_to_conclude(self, ending: State, message: str) -> None:
        self._ending, self.message = ending, message
        self._steps = self._conclusion()
        self._run_step()

    def _conclusion(self) -> Iterator[str]:
        yield from self._conclude(self) or ()

    def _run_step(self) -> None:
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
