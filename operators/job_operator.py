"""Base of operators that run a job: modal in a window, blocking without one."""

from __future__ import annotations

import time
from contextlib import suppress
from typing import TYPE_CHECKING

import bpy

from ..core.errors import ImpastoError
from ..scene.jobs import queue
from ..scene.words import joined
from .group_operator import GroupOperator
from .idle_operator import IdleOperator

if TYPE_CHECKING:
    from ..scene.jobs.job import SceneJob

_INTERVAL = 0.1
"""Seconds between two polls of the job."""

_DRAW_INTERVAL = 0.25
"""Least seconds between two redraws of the progress: each takes time from the artist."""


class JobOperator(IdleOperator):
    """Mix-in of operators that run a job; subclasses only start it."""

    # Without annotations: Blender takes those of an operator for properties.
    _timer = None
    _job = None
    _shown = ""
    _shown_at = 0.0

    def start(self, context: bpy.types.Context) -> SceneJob:
        """Hand the request to the worker."""
        raise NotImplementedError

    def execute(self, context):
        if not self._begin(context):
            return {"CANCELLED"}
        self._job.block()
        ended = self._conclude()
        if self._queue_goes_on():
            if bpy.app.background:
                with suppress(RuntimeError):  # the next job reports its own errors
                    bpy.ops.impasto.run_queue()
            else:  # a script in a window: the others need not block it
                bpy.app.timers.register(_run_queue)
        return ended

    def invoke(self, context, event):
        if bpy.app.background:
            return self.execute(context)
        if not self._begin(context):
            return {"CANCELLED"}
        manager = context.window_manager
        self._timer = manager.event_timer_add(_INTERVAL, window=context.window)
        manager.modal_handler_add(self)
        return {"RUNNING_MODAL"}

    def modal(self, context, event):
        if event.type == "ESC" and event.value == "PRESS":
            self._job.cancel()
            return {"RUNNING_MODAL"}
        if event.type != "TIMER":
            return {"PASS_THROUGH"}
        if self._job.poll():
            self._show(context)
            return {"PASS_THROUGH"}
        _redraw(context)
        self._leave(context)
        if self._queue_goes_on():
            bpy.app.timers.register(_run_queue)
        return self._conclude()

    def cancel(self, context):
        """Cancel the job because the window was closed; a timer polls it to its end."""
        job = self._job
        job.cancel()
        self._leave(context)
        bpy.app.timers.register(lambda: _INTERVAL if job.poll() else None)

    def _begin(self, context) -> bool:
        running = queue.current()
        if running is not None:
            self.report({"ERROR"}, f"{running.title} is running; wait for it or cancel it.")
            return False
        try:
            self._job = self.start(context)
        except ImpastoError as error:
            self.report({"ERROR"}, str(error))
            return False
        return True

    def _show(self, context) -> None:
        """Draw the progress, if it has changed since it was last drawn."""
        job, now = self._job, time.monotonic()
        text = f"{job.title}: {job.progress:.0%}, {job.step} (Esc: Cancel)"
        if text != self._shown and now - self._shown_at > _DRAW_INTERVAL:
            self._shown, self._shown_at = text, now
            context.workspace.status_text_set(text)
            _redraw(context)

    def _leave(self, context) -> None:
        context.window_manager.event_timer_remove(self._timer)
        if context.workspace is not None:
            context.workspace.status_text_set(None)

    def _queue_goes_on(self) -> bool:
        """Return whether the queue goes on; not after a cancel, which stops all."""
        return bool(queue.waiting) and self._job.state != "CANCELLED"

    def _conclude(self):
        job = self._job
        message = job.message
        if job.failures:
            first = job.failures[0].message
            count = len(job.failures)
            more = f"{count - 1} more in the Jobs panel" if count > 1 else ""
            message = joined(message, first, more)
        # An error report raises in scripts: only for jobs that changed nothing.
        clean = job.state == "FINISHED" and not job.failures
        cancelled = job.state == "CANCELLED"
        level = "INFO" if clean or cancelled else "WARNING" if job.changed else "ERROR"
        self.report({level}, message)
        return {"FINISHED"} if job.changed else {"CANCELLED"}


class GroupJobOperator(GroupOperator, JobOperator):
    """Mix-in of operators that run a job on the active group."""

    @classmethod
    def poll(cls, context):
        return super().poll(context) and cls.idle()


def _run_queue() -> float | None:
    """Start the next job of the queue, from a timer; try again until one runs.

    Blender may be busy for a moment, or the first job of the queue cannot start.
    """
    if not queue.waiting or queue.current() is not None:
        return None
    window = next(iter(bpy.context.window_manager.windows), None)
    if window is not None:
        with bpy.context.temp_override(window=window), suppress(RuntimeError):
            bpy.ops.impasto.run_queue("INVOKE_DEFAULT")
    return 1.0 if queue.current() is None else None


def _redraw(context) -> None:
    """Redraw the sidebars, which do not redraw by themselves while a job runs."""
    for window in context.window_manager.windows:
        for area in window.screen.areas:
            if area.type in {"VIEW_3D", "IMAGE_EDITOR"}:
                for region in area.regions:
                    if region.type == "UI":
                        region.tag_redraw()
