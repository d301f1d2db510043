"""Move a texture to another group."""

import bpy
from bpy.props import EnumProperty

from ..scene.groups import edit
from ..scene.lookup import active_group
from ..translations import tip


class IMPASTO_OT_move_texture(bpy.types.Operator):
    """Move the selected texture to another group"""

    bl_idname = "impasto.move_texture"
    bl_label = "Move to Group"
    bl_options = {"REGISTER", "UNDO"}

    into: EnumProperty(
        name="Target Group",
        description="The group that takes the texture",
        items=edit.other_groups_or_new,
    )

    @classmethod
    def poll(cls, context):
        group = active_group(context.scene)
        if group is None or not 0 <= group.active_member < len(group.members):
            cls.poll_message_set(tip("Select a texture in the list first"))
            return False
        return True

    def invoke(self, context, event):
        return context.window_manager.invoke_props_dialog(self)

    def execute(self, context):
        edit.move(context.scene.impasto, int(self.into))
        return {"FINISHED"}


CLASSES = (IMPASTO_OT_move_texture,)
