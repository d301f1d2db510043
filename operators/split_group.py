"""Split a group."""

import bpy

from ..scene.groups import edit
from ..scene.lookup import active_group
from ..translations import tip


class IMPASTO_OT_split_group(bpy.types.Operator):
    """Move the selected texture and those below it to a new group"""

    bl_idname = "impasto.split_group"
    bl_label = "Split Group"
    bl_options = {"REGISTER", "UNDO"}

    @classmethod
    def poll(cls, context):
        group = active_group(context.scene)
        if group is None or len(group.members) < 2:
            cls.poll_message_set(tip("A group of one texture cannot be split"))
            return False
        return True

    def execute(self, context):
        edit.split(context.scene.impasto)
        return {"FINISHED"}


CLASSES = (IMPASTO_OT_split_group,)
