"""Keep a look as a preset."""

from __future__ import annotations

import bpy
from bl_operators.presets import AddPresetBase

from ..scene.grouping import LOOK_FIELDS


class IMPASTO_OT_add_look_preset(AddPresetBase, bpy.types.Operator):
    """Add or remove a preset of the style and its settings"""

    bl_idname = "impasto.add_look_preset"
    bl_label = "Add Look Preset"
    preset_menu = "IMPASTO_PT_look_presets"
    preset_subdir = "impasto/looks"
    preset_defines = [
        "impasto = bpy.context.scene.impasto",
        "look = impasto.groups[impasto.active_group].look",
    ]
    preset_values = [f"look.{name}" for name in LOOK_FIELDS]


CLASSES = (IMPASTO_OT_add_look_preset,)
