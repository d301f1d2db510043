"""Revert Textures."""

import bpy
from bpy.props import EnumProperty

from ..scene.lookup import active_group
from ..scene.textures import find, results
from ..scene.words import counted
from .results_operator import ResultsOperator


class IMPASTO_OT_revert_textures(ResultsOperator, bpy.types.Operator):
    """Restore the original textures; the restyled image files stay on disk"""

    bl_idname = "impasto.revert_textures"
    bl_label = "Revert Textures"
    bl_options = {"REGISTER", "UNDO"}

    target: EnumProperty(
        name="Target",
        description="Which textures to revert",
        items=(
            ("GROUP", "Active Group", "Textures of the group selected in the list"),
            ("SELECTED", "Selected Objects", "Textures of the selected objects"),
            ("ALL", "All", "Every restyled texture in the file"),
        ),
        default="ALL",
    )

    def execute(self, context):
        only = None
        materials = find.materials_in("SELECTED", context) if self.target == "SELECTED" else None
        if self.target == "GROUP":
            group = active_group(context.scene)
            only = [member.image for member in group.members] if group else []
        count = results.revert(materials, only)
        if not count:
            self.report(
                {"WARNING"}, "None of these textures is restyled; there is nothing to revert"
            )
            return {"CANCELLED"}
        self.report({"INFO"}, f"Reverted {counted(count, 'texture')}")
        return {"FINISHED"}


CLASSES = (IMPASTO_OT_revert_textures,)
