"""Release Memory."""

from __future__ import annotations

import bpy

from ..scene.jobs import queue, worker
from ..translations import tip


class IMPASTO_OT_release_memory(bpy.types.Operator):
    """End the worker process and free its memory; the next job starts a new one"""

    bl_idname = "impasto.release_memory"
    bl_label = "Release Memory"

    @classmethod
    def poll(cls, context):
        if queue.current() is not None:
            cls.poll_message_set(tip("A job is running; cancel it first"))
            return False
        if worker.pid() is None:
            cls.poll_message_set(tip("No worker is running"))
            return False
        return True

    def execute(self, context):
        worker.release()
        self.report({"INFO"}, "The worker has ended; its memory is free.")
        return {"FINISHED"}


CLASSES = (IMPASTO_OT_release_memory,)
