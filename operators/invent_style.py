"""Invent Style and Draw Style Map: looks that nobody painted."""

import bpy

from ..properties import active_group
from .job_operator import JobOperator


class _OnGroup(JobOperator):
    """What needs a group to paint on."""

    @classmethod
    def poll(cls, context):
        if active_group(context.scene) is None:
            cls.poll_message_set("Choose a group first")
            return False
        return cls.idle()


class IMPASTO_OT_invent_style(_OnGroup, bpy.types.Operator):
    """Make a style that nobody painted, and give it to the active group"""

    bl_idname = "impasto.invent_style"
    bl_label = "Invent Style"
    bl_options = {"UNDO"}

    def start(self, context):
        from ..scene import creating  # late, as what only jobs need would slow down enabling

        return creating.invent(context)


class IMPASTO_OT_draw_style_map(_OnGroup, bpy.types.Operator):
    """Draw the map of styles on the first texture of the active group, and show it"""

    bl_idname = "impasto.draw_style_map"
    bl_label = "Draw Style Map"
    bl_options = {"UNDO"}

    def start(self, context):
        from ..scene import creating  # late, as what only jobs need would slow down enabling

        return creating.draw_map(context)


CLASSES = (IMPASTO_OT_invent_style, IMPASTO_OT_draw_style_map)
