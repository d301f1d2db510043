"""Create Material: train a generator on the active group, and make a material with it."""

import bpy
from bpy.props import BoolProperty

from .job_operator import GroupJobOperator


class IMPASTO_OT_create_material(GroupJobOperator, bpy.types.Operator):
    """Create a material from the textures of the active group"""

    bl_idname = "impasto.create_material"
    bl_label = "Create Material"
    bl_options = {"UNDO"}

    again: BoolProperty(
        name="Again",
        description="Use the generator that was trained last, with the current seed",
    )

    def start(self, context):
        from ..scene.create import material  # late: it is slow to import

        return material.start(
            context, again=self.again and bool(context.scene.impasto.create.model)
        )


CLASSES = (IMPASTO_OT_create_material,)
