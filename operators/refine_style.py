"""Refine Style: train the model on one style, with the textures of the group."""

from pathlib import Path

import bpy

from ..core.styles.look import SUFFIX
from ..scene.looks import gallery
from ..scene.lookup import active_group
from ..scene.props import duration, seed
from ..translations import tip
from .job_operator import GroupJobOperator


class IMPASTO_OT_refine_style(GroupJobOperator, bpy.types.Operator):
    """Train the model on this style for a closer match (takes minutes)"""

    bl_idname = "impasto.refine_style"
    bl_label = "Refine Style"
    bl_options = {"UNDO"}

    seconds: duration("How long to refine, in seconds; cancelling keeps the best result so far")
    seed: seed()

    @classmethod
    def poll(cls, context):
        group = active_group(context.scene)
        style = group.look.style if group is not None else ""
        if group is not None and (not style or gallery.builtin(style) or style.endswith(SUFFIX)):
            cls.poll_message_set(tip("Choose an image as the style first; only images are refined"))
            return False
        if group is not None and not Path(gallery.resolve(style)).is_file():
            cls.poll_message_set(tip("The style image is missing; choose another one"))
            return False
        return super().poll(context) and cls.can_fit(context)

    def start(self, context):
        from ..scene.looks import refine  # late: it is slow to import

        return refine.start(context, self.seconds, self.seed)


CLASSES = (IMPASTO_OT_refine_style,)
