"""Invent Style and Draw Style Map: new styles."""

import bpy

from .job_operator import GroupJobOperator


class IMPASTO_OT_invent_style(GroupJobOperator, bpy.types.Operator):
    """Generate a new style for the active group"""

    bl_idname = "impasto.invent_style"
    bl_label = "Invent Style"
    bl_options = {"UNDO"}

    def start(self, context):
        from ..scene.create import style  # late: it is slow to import

        return style.invent(context)


class IMPASTO_OT_draw_style_map(GroupJobOperator, bpy.types.Operator):
    """Show the map of styles, painted on the group's first texture"""

    bl_idname = "impasto.draw_style_map"
    bl_label = "Draw Style Map"
    bl_options = {"UNDO"}

    def start(self, context):
        from ..scene.create import style  # late: it is slow to import

        return style.draw_map(context)


CLASSES = (IMPASTO_OT_invent_style, IMPASTO_OT_draw_style_map)
