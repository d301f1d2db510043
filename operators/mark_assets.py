"""Mark restyled materials as assets."""

from __future__ import annotations

import bpy

from ..scene.textures import assets, find
from ..scene.words import counted
from .results_operator import ResultsOperator


class IMPASTO_OT_mark_assets(ResultsOperator, bpy.types.Operator):
    """Mark the restyled materials of this scene as assets, tagged with their styles"""

    bl_idname = "impasto.mark_assets"
    bl_label = "Mark as Assets"
    bl_options = {"REGISTER", "UNDO"}

    def execute(self, context):
        count = assets.mark(find.materials_in("SCENE", context))
        self.report(
            {"INFO"},
            f"Marked {counted(count, 'material')} as {'asset' if count == 1 else 'assets'}",
        )
        return {"FINISHED"}


CLASSES = (IMPASTO_OT_mark_assets,)
