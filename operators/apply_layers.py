"""Apply layers, for export."""

import bpy
from bpy.props import EnumProperty

from .job_operator import JobOperator
from .layer_operator import LayerOperator


class IMPASTO_OT_apply_layers(LayerOperator, JobOperator, bpy.types.Operator):
    """Make one image of original and painting, as exporters need it. Revert restores the original"""

    bl_idname = "impasto.apply_layers"
    bl_label = "Apply Layers"
    bl_options = {"UNDO"}  # no REGISTER: a redo would block Blender for the whole job

    target: EnumProperty(
        name="Target",
        description="Which layers to apply",
        items=(
            ("ACTIVE", "Active", "Layers of what is active, or of the active group"),
            ("ALL", "All", "Every layer in the file"),
        ),
    )

    @classmethod
    def poll(cls, context):
        return super().poll(context) and cls.idle()

    def start(self, context):
        from ..scene.looks import apply, layers  # late: it is slow to import

        pairs = layers.every() if self.target == "ALL" else layers.of_target(context)
        return apply.start(context, pairs)


CLASSES = (IMPASTO_OT_apply_layers,)
