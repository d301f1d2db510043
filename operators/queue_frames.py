"""Add to Queue, Run Queue and Clear Queue: several sequences, one after the other."""

import bpy

from ..core.errors import ImpastoError
from ..scene.jobs import queue
from ..translations import tip
from .job_operator import JobOperator
from .restyle_frames import frames_are_chosen


class IMPASTO_OT_queue_frames(bpy.types.Operator):
    """Restyle these frames, as they are set now, when the jobs before them are done"""

    bl_idname = "impasto.queue_frames"
    bl_label = "Add to Queue"

    @classmethod
    def poll(cls, context):
        return frames_are_chosen(cls, context)

    def execute(self, context):
        from ..scene.frames import restyle  # late, as what only jobs need would slow down enabling

        try:
            queue.waiting.append(restyle.prepare(context))
        except ImpastoError as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        return {"FINISHED"}


class IMPASTO_OT_run_queue(JobOperator, bpy.types.Operator):
    """Begin the first job of the queue; the others follow"""

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
    """Take all jobs out of the queue; the one that runs goes on"""

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
