"""Create Material: fit a generator to the active group, and make a new material with it."""

import bpy
from bpy.props import BoolProperty

from ..properties import active_group
from .job_operator import JobOperator


class IMPASTO_OT_create_material(JobOperator, bpy.types.Operator):
    """Invent a new material out of the textures of the active group"""

    bl_idname = "impasto.create_material"
    bl_label = "Create Material"
    bl_options = {"UNDO"}

    again: BoolProperty(
        name="Again",
        description="Draw from the generator that was fitted last, with the seed chosen now",
    )

    @classmethod
    def poll(cls, context):
        if active_group(context.scene) is None:
            cls.poll_message_set("Choose a group first")
            return False
        return cls.idle()

    def start(self, context):
        from ..scene import creating  # late, as what only jobs need would slow down enabling

        return creating.start(
            context, again=self.again and bool(context.scene.impasto.create.model)
        )


CLASSES = (IMPASTO_OT_create_material,)
