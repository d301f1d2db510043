"""Restyle Frames: restyle a rendered animation without flicker."""

import bpy

from ..translations import tip
from .job_operator import JobOperator


def frames_are_chosen(operator: type[bpy.types.Operator], context) -> bool:
    """Return False, and set the reason for ``poll``, if the source or the style is missing."""
    settings = context.scene.impasto.frames
    if not settings.source:
        operator.poll_message_set(tip("Choose the frames first"))
        return False
    if not settings.look.style:
        operator.poll_message_set(tip("Choose a style for the frames first"))
        return False
    return True


class IMPASTO_OT_restyle_frames(JobOperator, bpy.types.Operator):
    """Restyle the frames; those that an earlier run finished are skipped"""

    bl_idname = "impasto.restyle_frames"
    bl_label = "Restyle Frames"
    bl_options = {"UNDO"}

    @classmethod
    def poll(cls, context):
        return frames_are_chosen(cls, context) and cls.idle()

    def start(self, context):
        from ..scene.frames import restyle  # late: it is slow to import

        return restyle.start(context)


CLASSES = (IMPASTO_OT_restyle_frames,)
