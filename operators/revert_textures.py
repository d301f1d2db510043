"""Revert Textures."""

import bpy
from bpy.props import EnumProperty

from ..core.errors import ImpastoError
from ..scene.looks import targets
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
            ("ACTIVE", "Active", "Textures of what is active in this editor"),
            ("GROUP", "Active Group", "Textures of the group selected in the list"),
            ("SELECTED", "Selected Objects", "Textures of the selected objects"),
            ("ALL", "All", "Every restyled texture in the file"),
        ),
        default="ALL",
    )

    def execute(self, context):
        if self.target == "ACTIVE":
            return self._revert_active(context)
        only = None
        materials = find.materials_in("SELECTED", context) if self.target == "SELECTED" else None
        if self.target == "GROUP":
            group = active_group(context.scene)
            only = [member.image for member in group.members] if group else []
        trees = {node.id_data for node in results.restyled_nodes(materials or ())}
        count = results.revert(materials, only)
        return self._conclude(count, unselected.note_on_trees(context.scene, trees))

    def _revert_active(self, context):
        try:
            target = targets.target_of(context, targets.kind_in(context))
        except ImpastoError as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        return self._conclude(results.revert_uses(target.uses()), "")

    def _conclude(self, count: int, note: str):
        if not count:
            self.report(
                {"WARNING"}, "None of these textures is restyled; there is nothing to revert"
            )
            return {"CANCELLED"}
        self.report({"INFO"}, joined(f"Reverted {counted(count, 'texture')}", note))
        return {"FINISHED"}


CLASSES = (IMPASTO_OT_revert_textures,)
