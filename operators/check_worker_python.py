"""Test External Python."""

from __future__ import annotations

import bpy

from ..core.errors import ImpastoError
from ..scene.jobs import worker
from ..scene.options import worker_settings

_INTERVAL = 0.1
"""Seconds between two checks for the answer."""


class IMPASTO_OT_check_worker_python(bpy.types.Operator):
    """Check whether this Python has everything that Impasto needs"""

    bl_idname = "impasto.check_worker_python"
    bl_label = "Test External Python"

    _timer = None
    _answer = None

    def execute(self, context):
        self._answer = worker.check(worker_settings(context))
        return self._report()

    def invoke(self, context, event):
        if bpy.app.background:
            return self.execute(context)
        self._answer = worker.check(worker_settings(context))
        manager = context.window_manager
        self._timer = manager.event_timer_add(_INTERVAL, window=context.window)
        manager.modal_handler_add(self)
        return {"RUNNING_MODAL"}

    def modal(self, context, event):
        if event.type != "TIMER" or not self._answer.done():
            return {"PASS_THROUGH"}
        self.cancel(context)
        for area in context.window.screen.areas:
            if area.type == "PREFERENCES":
                area.tag_redraw()
        return self._report()

    def cancel(self, context):
        """Stop waiting, because the window was closed."""
        context.window_manager.event_timer_remove(self._timer)

    def _report(self):
        """Report the answer; without a window, wait for it."""
        try:
            self.report({"INFO"}, f"External Python is ready: {self._answer.result()}")
        except ImpastoError as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        return {"FINISHED"}


CLASSES = (IMPASTO_OT_check_worker_python,)
