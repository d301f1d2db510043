"""Add to Queue, Run Queue and Clear Queue: several sequences, one after the other."""

import bpy

from ..core.errors import ImpastoError
from ..scene.jobs import queue
from ..translations import tip
from .job_operator import JobOperator
from .restyle_frames import frames_are_chosen


class IMPASTO_OT_queue_frames(bpy.types.Operator):
    """Add these frames with the current settings to the queue"""

    bl_idname = "impasto.queue_frames"
    bl_label = "Add to Queue"

    @classmethod
    def poll(cls, context):
        return frames_are_chosen(cls, context)

    def execute(self, context):
        from ..scene.frames import restyle  # late: it is slow to import

        try:
            queue.waiting.append(restyle.prepare(context))
        except ImpastoError as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        return {"FINISHED"}


class IMPASTO_OT_run_queue(JobOperator, bpy.types.Operator):
    """Start the jobs of the queue, one after the other"""

    bl_idname = "impasto.run_queue"
    bl_label = "Run Queue"
    bl_options = {"UNDO"}

    @classmethod
    def poll(cls, context):
        if not queue.waiting:
            cls.poll_message_set(tip("The queue is empty"))
            return False
        return cls.idle()

    def start(self, context):
        return queue.waiting.popleft().begin()


class IMPASTO_OT_clear_queue(bpy.types.Operator):
    """Remove all jobs from the queue; the running one goes on"""

    bl_idname = "impasto.clear_queue"
    bl_label = "Clear Queue"

    @classmethod
    def poll(cls, context):
        if not queue.waiting:
            cls.poll_message_set(tip("The queue is empty"))
        return bool(queue.waiting)

    def execute(self, context):
        queue.waiting.clear()
        return {"FINISHED"}


CLASSES = (IMPASTO_OT_queue_frames, IMPASTO_OT_run_queue, IMPASTO_OT_clear_queue)
