"""Refine Style: a specialist for one style, fitted on the group's own textures."""

from pathlib import Path

import bpy
from bpy.props import IntProperty

from ..core.styles.look import SUFFIX
from ..properties import active_group
from ..scene.looks import gallery
from ..translations import tip
from .job_operator import JobOperator


class IMPASTO_OT_refine_style(JobOperator, bpy.types.Operator):
    """Spend some minutes on this style: fit the generator to it on the textures of the group"""

    bl_idname = "impasto.refine_style"
    bl_label = "Refine Style"
    bl_options = {"UNDO"}

    seconds: IntProperty(
        name="Seconds",
        description="How long to refine; cancelling keeps what there is",
        min=1,
        soft_min=30,
        soft_max=900,
        default=120,
    )
    seed: IntProperty(
        name="Seed", description="Number from which all that is random follows", min=0
    )

    @classmethod
    def poll(cls, context):
        group = active_group(context.scene)
        if group is None:
            cls.poll_message_set(tip("Choose a group first"))
            return False
        look = group.look
        if not look.style or gallery.builtin(look.style) or look.style.endswith(SUFFIX):
            cls.poll_message_set(
                tip("Choose a picture as the style first; only pictures are refined")
            )
            return False
        if not Path(gallery.source(look)).is_file():
            cls.poll_message_set(tip("The style picture is missing; choose another one"))
            return False
        return cls.idle()

    def start(self, context):
        from ..scene.looks import refine  # late, as what only jobs need would slow down enabling

        return refine.start(context, self.seconds, self.seed)


CLASSES = (IMPASTO_OT_refine_style,)
