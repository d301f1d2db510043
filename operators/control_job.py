"""Cancel Job and Pause Job."""

from __future__ import annotations

import bpy

from ..scene.jobs import queue
from ..translations import tip


class IMPASTO_OT_cancel_job(bpy.types.Operator):
    """Stop the running job; textures that are finished are kept"""

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
    """Let the running job stand still and leave the processor alone, or let it go on"""

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
                tip("What learns for a given time is not paused; cancel keeps the best")
            )
            return False
        return True

    def execute(self, context):
        running = queue.current()
        running.pause(not running.paused)
        return {"FINISHED"}


CLASSES = (IMPASTO_OT_cancel_job, IMPASTO_OT_pause_job)
