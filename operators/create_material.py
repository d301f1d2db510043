"""Create Material: train a generator on the active group, and make a material with it."""

import bpy

from ..translations import tip
from .job_operator import GroupJobOperator


class IMPASTO_OT_create_material(GroupJobOperator, bpy.types.Operator):
    """Create a material from the textures of the active group"""

    bl_idname = "impasto.create_material"
    bl_label = "Create Material"
    bl_options = {"UNDO"}

    @classmethod
    def poll(cls, context):
        return super().poll(context) and cls.can_fit(context)

    def start(self, context):
        from ..scene.create import material  # late: it is slow to import

        return material.start(context, again=False)


class IMPASTO_OT_create_variation(GroupJobOperator, bpy.types.Operator):
    """Create another material with the generator that was trained last, with the current seed"""

    bl_idname = "impasto.create_variation"
    bl_label = "Another Variation"
    bl_options = {"UNDO"}

    @classmethod
    def poll(cls, context):
        if not context.scene.impasto.create.model:
            cls.poll_message_set(tip("Create a material first"))
            return False
        return super().poll(context)

    def start(self, context):
        from ..scene.create import material  # late: it is slow to import

        return material.start(context, again=True)


CLASSES = (IMPASTO_OT_create_material, IMPASTO_OT_create_variation)
