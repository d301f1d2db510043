"""Select Objects of a group."""

from __future__ import annotations

import bpy

from ..scene.lookup import active_group
from ..scene.textures.scope import shows
from ..scene.words import counted
from ..translations import tip
from .group_operator import GroupOperator


class IMPASTO_OT_select_objects(GroupOperator, bpy.types.Operator):
    """Select the objects that use the textures of the active group"""

    bl_idname = "impasto.select_objects"
    bl_label = "Select Objects"
    bl_options = {"REGISTER", "UNDO"}

    @classmethod
    def poll(cls, context):
        if context.mode != "OBJECT":
            cls.poll_message_set(tip("Switch to Object Mode first"))
            return False
        return super().poll(context)

    def execute(self, context):
        group = active_group(context.scene)
        rows = (row for member in group.members for row in member.materials)
        materials = {row.material for row in rows if row.material is not None}
        count = 0
        for item in context.view_layer.objects:
            item.select_set(shows(item, materials))
            count += item.select_get()
        self.report({"INFO"}, f"Selected {counted(count, 'object')}")
        return {"FINISHED"}


CLASSES = (IMPASTO_OT_select_objects,)
