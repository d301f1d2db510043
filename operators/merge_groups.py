"""Merge a group into another."""

import bpy
from bpy.props import EnumProperty

from ..scene.groups import edit
from ..scene.lookup import active_group
from ..translations import tip


class IMPASTO_OT_merge_groups(bpy.types.Operator):
    """Merge the active group into another group"""

    bl_idname = "impasto.merge_groups"
    bl_label = "Merge Groups"
    bl_options = {"REGISTER", "UNDO"}

    into: EnumProperty(
        name="Target Group",
        description="The group that takes the textures",
        items=edit.other_groups,
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
