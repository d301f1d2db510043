"""Save a look as a preset."""

from __future__ import annotations

import bpy
from bl_operators.presets import AddPresetBase

from ..scene.looks.look import FIELDS

_LOOK = "bpy.context.scene.impasto.shown_look"


class IMPASTO_OT_add_look_preset(AddPresetBase, bpy.types.Operator):
    """Add or remove a preset of the style and its settings"""

    bl_idname = "impasto.add_look_preset"
    bl_label = "Add Look Preset"
    preset_menu = "IMPASTO_PT_look_presets"
    preset_subdir = "impasto/looks"
    # No preset_defines: before 5.0, Blender loses them under Python 3.13.
    preset_values = [f"{_LOOK}.{name}" for name in FIELDS]


CLASSES = (IMPASTO_OT_add_look_preset,)
