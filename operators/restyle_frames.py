"""Restyle Frames: a rendered animation, without flicker."""

import bpy

from .job_operator import JobOperator


class IMPASTO_OT_restyle_frames(JobOperator, bpy.types.Operator):
    """Restyle the frames; those that an earlier run has finished are skipped"""

    bl_idname = "impasto.restyle_frames"
    bl_label = "Restyle Frames"
    bl_options = {"UNDO"}

    @classmethod
    def poll(cls, context):
        settings = context.scene.impasto.frames
        if not settings.source:
            cls.poll_message_set("Choose the frames first")
            return False
        if not settings.look.style:
            cls.poll_message_set("Choose a style for the frames first")
            return False
        return cls.idle()

    def start(self, context):
        from ..scene import frames  # late, as what only jobs need would slow down enabling

        return frames.start(context)


CLASSES = (IMPASTO_OT_restyle_frames,)
