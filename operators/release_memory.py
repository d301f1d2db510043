"""Stop Background Process."""

from __future__ import annotations

import bpy

from ..scene.jobs import queue, worker
from ..translations import tip


class IMPASTO_OT_release_memory(bpy.types.Operator):
    """Free its memory. The next job restarts it"""

    bl_idname = "impasto.release_memory"
    bl_label = "Stop Background Process"

    @classmethod
    def poll(cls, context):
        if queue.current() is not None:
            cls.poll_message_set(tip("A job is running; cancel it first"))
            return False
        if worker.pid() is None:
            cls.poll_message_set(tip("No background process is running"))
            return False
        return True

    def execute(self, context):
        worker.release()
        self.report({"INFO"}, "Stopped the background process")
        return {"FINISHED"}


CLASSES = (IMPASTO_OT_release_memory,)
