"""Stylize the active material, in the Properties editor."""

from __future__ import annotations

import bpy

from ..scene.jobs import queue
from ..widgets import split_layout
from .progress import job_progress
from .stylize import draw_style, draw_stylize


class IMPASTO_PT_material(bpy.types.Panel):
    """Stylize the active material"""

    bl_label = "Impasto"
    bl_space_type = "PROPERTIES"
    bl_region_type = "WINDOW"
    bl_context = "material"
    bl_options = {"DEFAULT_CLOSED"}

    @classmethod
    def poll(cls, context):
        return context.material is not None

    def draw(self, context):
        layout = split_layout(self)
        draw_style(layout, context.scene.impasto.look)
        running = queue.current()
        if running is None:
            draw_stylize(layout.column(align=True))
        else:
            job_progress(layout.column(align=True), running)


CLASSES = (IMPASTO_PT_material,)
