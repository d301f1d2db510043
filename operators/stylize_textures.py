"""Stylize Textures, and its quick preview."""

import bpy

from ..scene.props import layered, target
from ..translations import tip
from .job_operator import JobOperator


class _Stylize(JobOperator):
    bl_options = {"UNDO"}  # no REGISTER: a redo would block Blender for the whole job
    preview = False

    target: target()
    layered: layered()

    def invoke(self, context, event):
        if not self.properties.is_property_set("layered"):
            self.layered = context.scene.impasto.layered
        return super().invoke(context, event)

    @classmethod
    def poll(cls, context):
        groups = context.scene.impasto.groups
        if not groups:
            cls.poll_message_set(tip("Analyze textures first"))
            return False
        if not any(group.look.style for group in groups):
            cls.poll_message_set(tip("Choose a style for a group first"))
            return False
        return cls.idle()

    def start(self, context):
        from ..scene.looks import stylize  # late: it is slow to import

        return stylize.start(context, self.target, preview=self.preview, layered=self.layered)


class IMPASTO_OT_stylize_textures(_Stylize, bpy.types.Operator):
    """Restyle the textures of the groups; the originals are kept"""

    bl_idname = "impasto.stylize_textures"
    bl_label = "Stylize Textures"


class IMPASTO_OT_preview_textures(_Stylize, bpy.types.Operator):
    """Restyle the textures at a low resolution to judge a style quickly"""

    bl_idname = "impasto.preview_textures"
    bl_label = "Preview Textures"
    preview = True


CLASSES = (IMPASTO_OT_stylize_textures, IMPASTO_OT_preview_textures)
