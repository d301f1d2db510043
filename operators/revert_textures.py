"""Revert Textures."""

import bpy
from bpy.props import EnumProperty

from ..scene.lookup import active_group
from ..scene.textures import find, results, unselected
from ..scene.words import counted, joined
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
        trees = {node.id_data for node in results.restyled_nodes(materials or ())}
        count = results.revert(materials, only)
        if not count:
            self.report(
                {"WARNING"}, "None of these textures is restyled; there is nothing to revert"
            )
            return {"CANCELLED"}
        others = unselected.note_on_trees(context.scene, trees)
        self.report({"INFO"}, joined(f"Reverted {counted(count, 'texture')}", others))
        return {"FINISHED"}


CLASSES = (IMPASTO_OT_revert_textures,)
