"""Cancel Job and Pause Job."""

from __future__ import annotations

import bpy

from ..scene.jobs import queue
from ..translations import tip


class IMPASTO_OT_cancel_job(bpy.types.Operator):
    """Cancel the running job; finished textures are kept"""

    bl_idname = "impasto.cancel_job"
    bl_label = "Cancel Job"

    @classmethod
    def poll(cls, context):
        if queue.current() is None:
            cls.poll_message_set(tip("No job is running"))
            return False
        return True

    def execute(self, context):
        queue.current().cancel()
        return {"FINISHED"}


class IMPASTO_OT_pause_job(bpy.types.Operator):
    """Pause or resume the running job"""

    bl_idname = "impasto.pause_job"
    bl_label = "Pause Job"

    @classmethod
    def poll(cls, context):
        running = queue.current()
        if running is None:
            cls.poll_message_set(tip("No job is running"))
            return False
        if not running.can_pause:
            cls.poll_message_set(
                tip("Training cannot be paused. Cancel keeps the best result so far")
            )
            return False
        return True

    def execute(self, context):
        running = queue.current()
        running.pause(not running.paused)
        return {"FINISHED"}


CLASSES = (IMPASTO_OT_cancel_job, IMPASTO_OT_pause_job)
