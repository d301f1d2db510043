"""Stylize: run it, compare, revert, and where results go."""

from __future__ import annotations

from ..scene.jobs import queue
from ..scene.options import preferences
from ..scene.textures import results
from ..translations import CONTEXT
from ..widgets import split_layout
from .progress import job_progress


class IMPASTO_PT_stylize:
    bl_label = "Stylize"
    parent = ""

    def draw(self, context):
        settings = context.scene.impasto
        layout = split_layout(self)
        row = layout.row()
        row.use_property_split = False
        row.prop(settings, "target", expand=True)
        column = layout.column(align=True)
        running = queue.current()
        if running is None:
            column.operator(
                "impasto.preview_textures", text="Preview (512 px)"
            ).target = settings.target
            row = column.row(align=True)
            row.scale_y = 1.5
            row.operator(
                "impasto.stylize_textures", text="Stylize", icon="BRUSH_DATA"
            ).target = settings.target
        else:
            job_progress(column, running)
        row = layout.row(align=True)
        row.operator(
            "impasto.compare_textures",
            text="Show Original",
            icon="UV_SYNC_SELECT",
            depress=settings.showing_originals,
        )
        menu = row.row(align=True)
        menu.active = results.any_restyled()  # A menu that opens says why; it is only dimmed.
        menu.operator_menu_enum(
            "impasto.revert_textures", "target", text="Revert", text_ctxt=CONTEXT, icon="LOOP_BACK"
        )


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
        layout.operator("impasto.mark_assets", icon="ASSET_MANAGER")


PANELS = (IMPASTO_PT_stylize, IMPASTO_PT_output)
