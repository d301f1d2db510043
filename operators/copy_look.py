"""Use one group's style for all groups."""

from __future__ import annotations

import bpy

from ..properties import active_group
from ..scene.groups import edit
from ..translations import tip


class IMPASTO_OT_copy_look(bpy.types.Operator):
    """Give all groups the style and the settings of the active group"""

    bl_idname = "impasto.copy_look"
    bl_label = "Use for All Groups"
    bl_options = {"REGISTER", "UNDO"}

    @classmethod
    def poll(cls, context):
        if active_group(context.scene) is None:
            cls.poll_message_set(tip("Choose a group first"))
            return False
        return True

    def execute(self, context):
        edit.copy_look(context.scene.impasto, active_group(context.scene))
        return {"FINISHED"}


CLASSES = (IMPASTO_OT_copy_look,)
