"""Compare Textures."""

from __future__ import annotations

import bpy

from ..scene.textures import results
from .results_operator import ResultsOperator


class IMPASTO_OT_compare_textures(ResultsOperator, bpy.types.Operator):
    """Toggle between original and restyled textures"""

    bl_idname = "impasto.compare_textures"
    bl_label = "Compare"
    bl_options = {"REGISTER", "UNDO"}

    def execute(self, context):
        settings = context.scene.impasto
        originals = not settings.showing_originals
        if not results.compare(originals):
            self.report({"ERROR"}, "No texture of this file is restyled yet; press Stylize first.")
            return {"CANCELLED"}
        self.report({"INFO"}, "Showing originals" if originals else "Showing restyled textures")
        return {"FINISHED"}


CLASSES = (IMPASTO_OT_compare_textures,)
