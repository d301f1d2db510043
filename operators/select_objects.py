"""Select Objects of a group."""

from __future__ import annotations

import bpy

from ..properties import active_group
from ..scene.words import counted
from ..translations import tip


class IMPASTO_OT_select_objects(bpy.types.Operator):
    """Select the objects that wear the textures of the active group"""

    bl_idname = "impasto.select_objects"
    bl_label = "Select Objects"
    bl_options = {"REGISTER", "UNDO"}

    @classmethod
    def poll(cls, context):
        if active_group(context.scene) is None:
            cls.poll_message_set(tip("Choose a group first"))
            return False
        if context.mode != "OBJECT":
            cls.poll_message_set(tip("Switch to Object Mode first"))
            return False
        return True

    def execute(self, context):
        group = active_group(context.scene)
        materials = {row.material for member in group.members for row in member.materials}
        count = 0
        for item in context.view_layer.objects:
            wears = any(slot.material in materials for slot in item.material_slots if slot.material)
            item.select_set(wears)
            count += item.select_get()
        self.report({"INFO"}, f"{counted(count, 'object')} selected.")
        return {"FINISHED"}


CLASSES = (IMPASTO_OT_select_objects,)
