"""Cancel Job."""

from __future__ import annotations

import bpy

from ..scene import jobs


class IMPASTO_OT_cancel_job(bpy.types.Operator):
    """Stop the running job; textures that are finished are kept"""

    bl_idname = "impasto.cancel_job"
    bl_label = "Cancel Job"

    @classmethod
    def poll(cls, context):
        if jobs.current() is None:
            cls.poll_message_set("No job is running")
            return False
        return True

    def execute(self, context):
        jobs.current().cancel()
        return {"FINISHED"}


CLASSES = (IMPASTO_OT_cancel_job,)
