"""Analyze Textures."""

from __future__ import annotations

import bpy

from .job_operator import JobOperator


class IMPASTO_OT_analyze_textures(JobOperator, bpy.types.Operator):
    """Find image textures in the scope and group similar ones"""

    bl_idname = "impasto.analyze_textures"
    bl_label = "Analyze Textures"
    bl_options = {"UNDO"}  # no REGISTER: a redo would block Blender for the whole job

    @classmethod
    def poll(cls, context):
        return cls.idle()

    def start(self, context):
        from ..scene.groups import analyze  # late: it is slow to import

        return analyze.start(context)


CLASSES = (IMPASTO_OT_analyze_textures,)
