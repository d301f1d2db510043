"""Use one layer's strength and color for the others."""

from __future__ import annotations

import bpy

from ..core.errors import ImpastoError
from ..scene.looks import layers
from ..scene.words import counted
from .layer_operator import LayerOperator


class IMPASTO_OT_copy_layer(LayerOperator, bpy.types.Operator):
    """Give all textures of the target or group the strength and the color of the first layer"""

    bl_idname = "impasto.copy_layer"
    bl_label = "Use for All Textures"
    bl_options = {"REGISTER", "UNDO"}

    def execute(self, context):
        try:
            count = layers.copy_values(layers.shown(context)[:1], layers.of_target(context))
        except ImpastoError as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        self.report({"INFO"}, f"Changed {counted(count, 'layer')}")
        return {"FINISHED"}


CLASSES = (IMPASTO_OT_copy_layer,)
