"""Layouts that panels and preferences share."""

from __future__ import annotations

import textwrap

import bpy

_PIXELS_PER_LETTER = 7.0


def split_layout(panel: bpy.types.Panel | bpy.types.AddonPreferences) -> bpy.types.UILayout:
    """Return the layout of a panel, set up to draw properties beside their labels."""
    layout = panel.layout
    layout.use_property_split = True
    layout.use_property_decorate = False
    return layout


def stroke_settings(layout: bpy.types.UILayout, look: bpy.types.PropertyGroup) -> None:
    """Draw the settings of a look that only strokes have."""
    layout.prop(look, "fineness")
    layout.prop(look, "direction")
    row = layout.row()
    row.active = look.direction == "ANGLE"
    row.prop(look, "angle")
    layout.prop(look, "opacity")
    layout.prop(look, "jitter")


def paragraph(
    layout: bpy.types.UILayout, context: bpy.types.Context, text: str, icon: str = "NONE"
) -> None:
    """Draw a text over as many lines as the width of the region needs."""
    scale = context.preferences.system.ui_scale or 1.0  # 0 without a window
    width = context.region.width if context.region else 300
    letters = max(int(width / (_PIXELS_PER_LETTER * scale)) - (4 if icon == "NONE" else 8), 16)
    column = layout.column(align=True)
    column.scale_y = 0.8
    for index, line in enumerate(textwrap.wrap(text, letters)):
        column.label(text=line, icon=icon if index == 0 else "BLANK1" if icon != "NONE" else "NONE")
