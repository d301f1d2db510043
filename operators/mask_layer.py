"""Mask a layer."""

import bpy
from bpy.props import EnumProperty

from ..scene.looks import layers
from ..scene.words import counted
from .layer_operator import LayerOperator


class IMPASTO_OT_mask_layer(LayerOperator, bpy.types.Operator):
    """Choose where the painting is seen; elsewhere, the original is"""

    bl_idname = "impasto.mask_layer"
    bl_label = "Mask Layer"
    bl_options = {"REGISTER", "UNDO"}

    kind: EnumProperty(
        name="Mask",
        description="What masks the painting",
        items=(
            ("IMAGE", "New Image", "An image to paint on in Texture Paint mode"),
            ("COLOR", "Color Attribute", "A color attribute to paint on in Vertex Paint mode"),
            ("OBJECT", "Object Property", "A custom property of each object, from 0 to 1"),
            ("NONE", "None", "The painting is seen everywhere"),
        ),
    )

    def execute(self, context):
        count = layers.mask(context, self.kind)
        self.report({"INFO"}, f"Changed {counted(count, 'layer')}")
        return {"FINISHED"}


CLASSES = (IMPASTO_OT_mask_layer,)
