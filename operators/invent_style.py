"""Invent Style and Draw Style Map: looks that nobody painted."""

import bpy

from .job_operator import GroupJobOperator


class IMPASTO_OT_invent_style(GroupJobOperator, bpy.types.Operator):
    """Make a style that nobody painted, and give it to the active group"""

    bl_idname = "impasto.invent_style"
    bl_label = "Invent Style"
    bl_options = {"UNDO"}

    def start(self, context):
        from ..scene.create import create  # late, as what only jobs need would slow down enabling

        return create.invent(context)


class IMPASTO_OT_draw_style_map(GroupJobOperator, bpy.types.Operator):
    """Draw the map of styles on the first texture of the active group, and show it"""

    bl_idname = "impasto.draw_style_map"
    bl_label = "Draw Style Map"
    bl_options = {"UNDO"}

    def start(self, context):
        from ..scene.create import create  # late, as what only jobs need would slow down enabling

        return create.draw_map(context)


CLASSES = (IMPASTO_OT_invent_style, IMPASTO_OT_draw_style_map)
