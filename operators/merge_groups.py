"""Merge a group into another."""

import bpy
from bpy.props import EnumProperty

from ..properties import active_group
from ..scene.groups import edit
from ..translations import tip


class IMPASTO_OT_merge_groups(bpy.types.Operator):
    """Put all textures of the active group into another group"""

    bl_idname = "impasto.merge_groups"
    bl_label = "Merge Groups"
    bl_options = {"REGISTER", "UNDO"}

    into: EnumProperty(
        name="Into", description="The group that takes the textures", items=edit.other_groups
    )

    @classmethod
    def poll(cls, context):
        if active_group(context.scene) is None or len(context.scene.impasto.groups) < 2:
            cls.poll_message_set(tip("There is no other group to merge with"))
            return False
        return True

    def invoke(self, context, event):
        return context.window_manager.invoke_props_dialog(self)

    def execute(self, context):
        edit.merge(context.scene.impasto, int(self.into))
        return {"FINISHED"}


CLASSES = (IMPASTO_OT_merge_groups,)
