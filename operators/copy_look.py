"""Use one group's style for all groups."""

from __future__ import annotations

import bpy

from ..scene.groups import edit
from ..scene.lookup import active_group
from .group_operator import GroupOperator


class IMPASTO_OT_copy_look(GroupOperator, bpy.types.Operator):
    """Give all groups the style and the settings of the active group"""

    bl_idname = "impasto.copy_look"
    bl_label = "Use for All Groups"
    bl_options = {"REGISTER", "UNDO"}

    def execute(self, context):
        edit.copy_look(context.scene.impasto, active_group(context.scene))
        return {"FINISHED"}


CLASSES = (IMPASTO_OT_copy_look,)
