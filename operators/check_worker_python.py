"""Check Worker Python."""

from __future__ import annotations

import bpy

from ..core.errors import ImpastoError
from ..scene.jobs import worker

_INTERVAL = 0.1
"""Seconds between two looks at the answer."""


class IMPASTO_OT_check_worker_python(bpy.types.Operator):
    """Ask the Python that does the work whether it has all that Impasto needs"""

    bl_idname = "impasto.check_worker_python"
    bl_label = "Check Worker Python"

    _timer = None
    _answer = None

    def execute(self, context):
        self._answer = worker.check()
        return self._tell()

    def invoke(self, context, event):
        if bpy.app.background:
            return self.execute(context)
        self._answer = worker.check()
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
        return self._tell()

    def cancel(self, context):
        """The window was closed."""
        context.window_manager.event_timer_remove(self._timer)

    def _tell(self):
        """Report the answer; without a window, wait for it."""
        try:
            self.report({"INFO"}, f"Worker Python is ready: {self._answer.result()}.")
        except ImpastoError as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        return {"FINISHED"}


CLASSES = (IMPASTO_OT_check_worker_python,)
