"""Create: new materials and new styles."""

from __future__ import annotations

from ..scene.lookup import active_group
from ..translations import CONTEXT
from ..widgets import split_layout
from .progress import draw_preview
from .with_group import WithGroup


class IMPASTO_PT_create:
    bl_label = "Create"
    bl_options = {"DEFAULT_CLOSED"}
    parent = ""

    def draw(self, context):
        layout = split_layout(self)
        group = active_group(context.scene)
        if group is None:
            layout.label(text="Analyze textures first", icon="INFO")
            return
        settings = context.scene.impasto.create
        layout.label(text=group.name, icon="GROUP", translate=False)
        layout.prop(settings, "generator")
        layout.prop(settings, "seconds")
        layout.prop(settings, "detail")
        column = layout.column(align=True)
        column.prop(settings, "width")
        column.prop(settings, "height")
        layout.prop(settings, "seed")
        if settings.generator == "GAN":
            layout.prop(settings, "morph")
        if settings.generator == "AUTOMATON":
            layout.prop(settings, "frames")
            row = layout.row()
            row.enabled = settings.frames > 0
            row.prop(settings, "damage")
        row = layout.row()
        row.scale_y = 1.5
        row.operator("impasto.create_material", icon="MATERIAL")
        if settings.model:
            layout.operator("impasto.create_variation", icon="FILE_REFRESH")
        draw_preview(layout)


class IMPASTO_PT_create_styles(WithGroup):
    bl_label = "New Styles"
    bl_options = {"DEFAULT_CLOSED"}
    parent = "IMPASTO_PT_create"

    def draw(self, context):
        settings = context.scene.impasto.create
        layout = split_layout(self)
        layout.prop(settings, "how", text="Source", text_ctxt=CONTEXT)
        if settings.how == "PLACE":
            row = layout.row(align=True)
            row.operator("impasto.draw_style_map", icon="IMAGE_DATA")
            row.operator("impasto.pick_on_map", text="", icon="EYEDROPPER")
            layout.prop(settings, "place")
        elif settings.how == "BETWEEN":
            layout.prop(settings, "second_gallery")
            if settings.second_file:
                layout.prop(settings, "second_file")
            layout.prop(settings, "share")
        else:
            layout.prop(settings, "boldness")
            layout.prop(settings, "seed")
        layout.prop(settings, "axes")
        layout.operator("impasto.invent_style", icon="SHADERFX")


PANELS = (IMPASTO_PT_create, IMPASTO_PT_create_styles)
