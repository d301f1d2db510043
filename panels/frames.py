"""Animation: restyle rendered frames."""

from __future__ import annotations

from ..scene import icons
from ..scene.frames import inputs
from ..scene.jobs import queue
from ..translations import CONTEXT
from ..widgets import split_layout, stroke_settings
from .progress import job_progress
from .stylize import draw_style


class IMPASTO_PT_frames:
    bl_label = "Animation"
    bl_options = {"DEFAULT_CLOSED"}
    parent = ""

    def draw(self, context):
        settings = context.scene.impasto.frames
        layout = split_layout(self)
        column = layout.column(align=True)
        column.prop(settings, "source")
        if inputs.has_layers(context.scene):
            column.prop(settings, "layer")
        column.operator("impasto.use_render_output", icon="OUTPUT")
        column.operator("impasto.use_strip", icon="SEQ_STRIP_META")
        column.operator("impasto.enable_passes", icon="RENDERLAYERS")
        column = layout.column(heading="Range", align=True)
        column.prop(settings, "use_range", text="")
        if settings.use_range:
            column.prop(settings, "first")
            column.prop(settings, "last")
            column.prop(settings, "step")
        look = settings.look
        draw_style(layout, look)
        if look.file:
            layout.prop(look, "file")
        strokes = look.engine == "STROKES"
        layout.prop(look, "engine")
        layout.prop(look, "strength")
        layout.prop(look, "brush_scale")
        layout.prop(look, "relief" if strokes else "grain")
        layout.prop(look, "keep_color")
        layout.prop(settings, "coherence")
        if not strokes:
            row = layout.row()
            row.active = settings.coherence == "MOTION"
            row.prop(settings, "coherence_strength", text="Amount", text_ctxt=CONTEXT)
        running = queue.current()
        if running is None:
            row = layout.row()
            row.scale_y = 1.5
            row.operator("impasto.restyle_frames", icon="RENDER_ANIMATION")
            if inputs.is_render_output(context.scene):
                layout.operator("impasto.render_and_restyle", icon="RENDER_STILL")
        else:
            job_progress(layout, running)
            if preview := icons.changing(running.preview):
                layout.template_icon(preview, scale=6)
        draw_queue(layout, running is not None)
        row = layout.row()
        row.active = bool(settings.result)  # A menu that opens says why; it is only dimmed.
        row.operator_menu_enum("impasto.load_frames", "place", icon="SEQUENCE")


def draw_queue(layout, busy: bool) -> None:
    """Draw the waiting jobs and their buttons; nothing while no job runs or waits."""
    if not (busy or queue.waiting):
        return
    column = layout.column(align=True)
    for job in queue.waiting:
        column.label(text=job.title, icon="TIME", translate=False)
    row = column.row(align=True)
    row.operator("impasto.queue_frames", icon="ADD")
    if queue.waiting:
        if not busy:
            row.operator("impasto.run_queue", icon="PLAY")
        row.operator("impasto.clear_queue", text="", icon="X")


class IMPASTO_PT_frames_strokes:
    bl_label = "Strokes"
    bl_options = {"DEFAULT_CLOSED"}
    parent = "IMPASTO_PT_frames"

    @classmethod
    def poll(cls, context):
        return context.scene.impasto.frames.look.engine == "STROKES"

    def draw(self, context):
        settings = context.scene.impasto.frames
        layout = split_layout(self)
        stroke_settings(layout, settings.look)
        layout.prop(settings, "relief_maps")


class IMPASTO_PT_frames_painted:
    bl_label = "Painted Frames"
    bl_options = {"DEFAULT_CLOSED"}
    parent = "IMPASTO_PT_frames"

    def draw(self, context):
        layout = split_layout(self)
        layout.operator("impasto.paint_frame", icon="BRUSH_DATA")
        layout.prop(context.scene.impasto.frames, "learn_seconds")
        layout.operator("impasto.propagate_frames", icon="FORWARD")


class IMPASTO_PT_frames_output:
    bl_label = "Output"
    bl_options = {"DEFAULT_CLOSED"}
    parent = "IMPASTO_PT_frames"

    def draw(self, context):
        settings = context.scene.impasto.frames
        layout = split_layout(self)
        layout.prop(settings, "output")
        layout.prop(settings, "format")
        layout.prop(settings, "depth")
        layout.prop(settings, "movie")
        layout.prop(settings, "overwrite")
        row = layout.row()
        row.active = settings.coherence == "MOTION"
        row.prop(settings, "anchor_interval")


PANELS = (
    IMPASTO_PT_frames,
    IMPASTO_PT_frames_strokes,
    IMPASTO_PT_frames_painted,
    IMPASTO_PT_frames_output,
)
