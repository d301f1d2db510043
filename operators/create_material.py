"""Create Material: fit a generator to the active group, and make a new material with it."""

import bpy
from bpy.props import BoolProperty

from .job_operator import GroupJobOperator


class IMPASTO_OT_create_material(GroupJobOperator, bpy.types.Operator):
    """Invent a new material out of the textures of the active group"""

    bl_idname = "impasto.create_material"
    bl_label = "Create Material"
    bl_options = {"UNDO"}

    again: BoolProperty(
        name="Again",
        description="Draw from the generator that was fitted last, with the seed chosen now",
    )

    def start(self, context):
        from ..scene.create import create  # late, as what only jobs need would slow down enabling

        return create.start(context, again=self.again and bool(context.scene.impasto.create.model))


CLASSES = (IMPASTO_OT_create_material,)
