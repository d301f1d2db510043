"""Previous Version."""

from __future__ import annotations

import bpy

from ..core.errors import ImpastoError
from ..scene.looks import targets
from ..scene.textures import results, versions
from ..scene.words import counted
from .results_operator import ResultsOperator


class IMPASTO_OT_previous_version(ResultsOperator, bpy.types.Operator):
    """Show the result before the last one; press again to return to the last one"""

    bl_idname = "impasto.previous_version"
    bl_label = "Previous Version"
    bl_options = {"REGISTER", "UNDO"}

    def execute(self, context):
        try:
            count = versions.swap(targets.uses_of_panel(context))
        except ImpastoError as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        if not count:
            self.report({"WARNING"}, "There is no earlier result; Revert restores the original")
            return {"CANCELLED"}
        results.compare(originals=False)
        self.report({"INFO"}, f"Changed {counted(count, 'texture')}")
        return {"FINISHED"}


CLASSES = (IMPASTO_OT_previous_version,)
