"""Style: the look of the active group."""

from __future__ import annotations

import bpy
from bl_ui.utils import PresetPanel

from ..scene.looks.look import engine_of
from ..scene.lookup import active_group
from ..translations import CONTEXT
from ..widgets import split_layout, stroke_settings
from .with_group import WithGroup


class IMPASTO_PT_look_presets(PresetPanel, bpy.types.Panel):
    """Saved looks"""

    bl_label = "Look Presets"
    preset_subdir = "impasto/looks"
    preset_operator = "script.execute_preset"
    preset_add_operator = "impasto.add_look_preset"


class IMPASTO_PT_style:
    bl_label = "Style"
    bl_options = {"DEFAULT_CLOSED"}
    bl_translation_context = CONTEXT
    parent = ""

    def draw_header_preset(self, context):
        IMPASTO_PT_look_presets.draw_panel_header(self.layout)

    def draw(self, context):
        layout = split_layout(self)
        settings = context.scene.impasto
        look = settings.shown_look
        if look.file:
            layout.prop(look, "file")
        layout.prop(look, "engine")
        layout.prop(look, "brush_scale")
        layout.prop(look, "relief" if engine_of(look) == "STROKES" else "grain")
        layout.prop(look, "seamless")
        row = layout.row()
        row.active = not look.seamless  # which tiles, and has no islands
        row.prop(look, "across_seams")
        if settings.shows_group:
            layout.operator("impasto.copy_look", icon="DUPLICATE")


class IMPASTO_PT_style_strokes:
    bl_label = "Strokes"
    bl_options = {"DEFAULT_CLOSED"}
    parent = "IMPASTO_PT_style"

    @classmethod
    def poll(cls, context):
        return engine_of(context.scene.impasto.shown_look) == "STROKES"

    def draw(self, context):
        stroke_settings(split_layout(self), context.scene.impasto.shown_look)


class IMPASTO_PT_style_mix:
    bl_label = "Blend Styles"
    bl_options = {"DEFAULT_CLOSED"}
    parent = "IMPASTO_PT_style"

    def draw(self, context):
        look = context.scene.impasto.shown_look
        layout = split_layout(self)
        layout.prop(look, "second_gallery")
        if look.second_file:
            layout.prop(look, "second_file")
        row = layout.row()
        row.active = bool(look.second) and look.regions < 2
        row.prop(look, "mix")
        layout.prop(look, "regions")
        if context.scene.impasto.shows_group:
            layout.operator("impasto.draw_regions", icon="IMAGE_DATA")


class IMPASTO_PT_style_output:
    bl_label = "Output Size"
    bl_options = {"DEFAULT_CLOSED"}
    parent = "IMPASTO_PT_style"

    def draw(self, context):
        look = context.scene.impasto.shown_look
        layout = split_layout(self)
        layout.prop(look, "max_side")
        layout.prop(look, "seed")
        layout.prop(look, "paint_ramps")


class IMPASTO_PT_refine(WithGroup):
    bl_label = "Refine"
    bl_options = {"DEFAULT_CLOSED"}
    parent = "IMPASTO_PT_style"

    def draw(self, context):
        settings = context.scene.impasto
        layout = split_layout(self)
        layout.prop(settings, "refine_seconds")
        row = layout.row()
        operator = row.operator("impasto.refine_style", icon="MOD_SMOOTH")
        operator.seconds = settings.refine_seconds
        operator.seed = active_group(context.scene).look.seed


PANELS = (
    IMPASTO_PT_style,
    IMPASTO_PT_style_strokes,
    IMPASTO_PT_style_mix,
    IMPASTO_PT_style_output,
    IMPASTO_PT_refine,
)
