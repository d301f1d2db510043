"""Compare Textures."""

from __future__ import annotations

import bpy

from ..scene.textures import find, results
from .restyled_operator import RestyledOperator


class IMPASTO_OT_compare_textures(RestyledOperator, bpy.types.Operator):
    """Switch the whole scene between its original and its restyled textures"""

    bl_idname = "impasto.compare_textures"
    bl_label = "Compare"
    bl_options = {"REGISTER", "UNDO"}

    def execute(self, context):
        settings = context.scene.impasto
        originals = not settings.showing_originals
        if not results.show(find.materials_of(context.scene), originals):
            self.report({"ERROR"}, "No texture of this scene is restyled yet; press Stylize first.")
            return {"CANCELLED"}
        settings.showing_originals = originals
        self.report({"INFO"}, "Showing originals." if originals else "Showing restyled textures.")
        return {"FINISHED"}


CLASSES = (IMPASTO_OT_compare_textures,)
