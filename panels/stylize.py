"""Stylize: what, with which style, run it, compare, revert, and where results go."""

from __future__ import annotations

from pathlib import Path

import bpy
from bpy.app.translations import pgettext_iface

from ..scene.jobs import queue
from ..scene.looks import targets
from ..scene.options import preferences
from ..scene.textures import layer_group, results
from ..translations import CONTEXT
from ..widgets import split_layout
from .layers import draw_layers
from .lists import draw_groups
from .progress import job_progress


class IMPASTO_PT_stylize:
    bl_label = "Stylize"
    parent = ""

    def draw(self, context):
        settings = context.scene.impasto
        layout = split_layout(self)
        if settings.groups:
            row = layout.row()
            row.use_property_split = False
            row.prop(settings, "target", expand=True)
        if settings.shows_group:
            draw_groups(layout, settings)
        else:
            draw_target(layout, context)
        look = settings.shown_look
        draw_style(layout, look)
        if not draw_layers(layout, context):
            layout.prop(look, "strength")
            layout.prop(look, "keep_color")
        column = layout.column(align=True)
        running = queue.current()
        if running is not None:
            job_progress(column, running)
        elif not settings.shows_group:
            draw_stylize(column)
        else:
            column.operator(
                "impasto.preview_textures", text="Preview (512 px)"
            ).target = settings.target
            row = column.row(align=True)
            row.scale_y = 1.5
            row.operator(
                "impasto.stylize_textures", text="Stylize", icon="BRUSH_DATA"
            ).target = settings.target
        column = layout.column(align=True)
        column.operator(
            "impasto.compare_textures",
            text="Show Original",
            icon="UV_SYNC_SELECT",
            depress=settings.showing_originals,
        )
        row = column.row(align=True)
        row.operator("impasto.previous_version", text="Previous", icon="RECOVER_LAST")
        menu = row.row(align=True)
        menu.active = results.any_restyled()  # A menu that opens says why; it is only dimmed.
        menu.operator_menu_enum(
            "impasto.revert_textures", "target", text="Revert", text_ctxt=CONTEXT, icon="LOOP_BACK"
        )


_ICONS = {
    "OBJECT": "OBJECT_DATA",
    "SELECTED": "RESTRICT_SELECT_OFF",
    "COLLECTION": "OUTLINER_COLLECTION",
    "MATERIAL": "MATERIAL",
    "NODE": "NODE",
    "IMAGE": "IMAGE_DATA",
}


def draw_target(layout: bpy.types.UILayout, context: bpy.types.Context) -> None:
    """Draw what the editor points at; in the 3D Viewport it can be chosen."""
    kind = targets.kind_in(context)
    row = layout.row(align=True)
    if context.space_data is not None and context.space_data.type == "VIEW_3D":
        row.use_property_split = False
        row.prop(context.scene.impasto, "point", text="")
    if kind == "SELECTED":
        count = len(context.selected_objects)
        said = pgettext_iface("1 object" if count == 1 else "{count} objects")
        row.label(text=said.format(count=count), icon=_ICONS[kind], translate=False)
        return
    thing = targets.pointed_at(context, kind)
    if thing is None:
        row.label(text="Nothing is active", icon="INFO")
        return
    image = thing.image if kind == "NODE" else None
    row.label(text=(image or thing).name, icon=_ICONS[kind], translate=False)


def draw_style(layout: bpy.types.UILayout, look: bpy.types.PropertyGroup) -> None:
    """Draw the gallery, and the file if the style is one."""
    layout.template_icon_view(look, "gallery", show_labels=True, scale=5.0, scale_popup=4.25)
    if not look.style:
        layout.label(text="Click to choose a style", icon="INFO")
    row = layout.row(align=True)
    row.prop(look, "gallery", text="Style", text_ctxt=CONTEXT)
    browse = row.operator("impasto.choose_style", text="", icon="FILE_FOLDER")
    browse.path = look.path_from_id("style")


def draw_stylize(layout: bpy.types.UILayout) -> None:
    """Draw the buttons that stylize what the editor points at."""
    layout.operator("impasto.stylize", text="Preview (512 px)").preview = True
    row = layout.row(align=True)
    row.scale_y = 1.5
    row.operator("impasto.stylize", text="Stylize", icon="BRUSH_DATA")
    row.menu("IMPASTO_MT_styles", text="", icon="DOWNARROW_HLT")


class IMPASTO_PT_output:
    bl_label = "Output"
    bl_options = {"DEFAULT_CLOSED"}
    parent = "IMPASTO_PT_stylize"

    def draw(self, context):
        options = preferences(context)
        layout = split_layout(self)
        layout.prop(options, "results")
        row = layout.row()
        row.active = options.results == "FOLDER"
        row.prop(options, "results_folder", text="Folder")
        folder = bpy.path.abspath(options.results_folder)
        row = layout.row()
        row.active = options.results == "FOLDER" and Path(folder).is_dir()
        row.operator("wm.path_open", text="Open Folder", icon="FILE_FOLDER").filepath = folder
        layout.prop(context.scene.impasto, "layered")
        row = layout.row()
        row.active = layer_group.is_used()
        row.operator_menu_enum("impasto.apply_layers", "target", icon="IMAGE_DATA")
        layout.operator("impasto.mark_assets", icon="ASSET_MANAGER")


PANELS = (IMPASTO_PT_stylize, IMPASTO_PT_output)
