"""Textures: analyze a scope, and edit the groups."""

from __future__ import annotations

from bpy.app.translations import pgettext_iface

from ..scene import plots
from ..scene.groups import decisions, doubts
from ..scene.lookup import active_group
from ..translations import CONTEXT
from ..widgets import paragraph, split_layout
from .lists import member_icon

_ASKED = 5
"""Doubts that are shown at a time; the others follow as these are answered."""


class IMPASTO_PT_textures:
    bl_label = "Textures"
    parent = ""

    def draw(self, context):
        settings = context.scene.impasto
        layout = split_layout(self)
        layout.prop(settings, "scope")
        if settings.algorithm == "DBSCAN":  # it has no number of groups
            layout.prop(settings, "similarity", slider=True)
        else:
            column = layout.column(heading="Groups", heading_ctxt=CONTEXT)
            column.prop(settings, "automatic")
            if settings.automatic:
                column.prop(settings, "similarity", slider=True)
            else:
                column.prop(settings, "group_count", text="Number", text_ctxt=CONTEXT)
        row = layout.row()
        row.scale_y = 1.3
        row.operator("impasto.analyze_textures", text="Analyze", icon="VIEWZOOM")
        if settings.sentence:
            paragraph(layout, context, settings.sentence)


class IMPASTO_PT_grouping:
    bl_label = "Advanced"
    bl_options = {"DEFAULT_CLOSED"}
    parent = "IMPASTO_PT_textures"

    def draw(self, context):
        settings = context.scene.impasto
        layout = split_layout(self)
        layout.prop(settings, "algorithm")
        row = layout.row()
        row.active = settings.algorithm == "AGGLOMERATIVE"
        row.prop(settings, "linkage")
        layout.prop(settings, "material_weight")
        layout.prop(settings, "seed")
        count = decisions.count(settings)
        said = pgettext_iface("1 decision" if count == 1 else "{count} decisions")
        row = layout.row()
        row.label(text=said.format(count=count), translate=False)
        row.operator("impasto.forget_decisions")
        if settings.score:
            said = pgettext_iface("Silhouette {score}")
            layout.label(text=said.format(score=f"{settings.score:.2f}"), translate=False)


class IMPASTO_PT_plots:
    bl_label = "Plots"
    bl_options = {"DEFAULT_CLOSED"}
    parent = "IMPASTO_PT_textures"

    @classmethod
    def poll(cls, context):
        return bool(context.scene.impasto.plots)

    def draw(self, context):
        grid = self.layout.grid_flow(columns=2, even_columns=True, align=True)
        for plot in context.scene.impasto.plots:
            title = plots.TITLES.get(plot.name, plot.name.title())
            grid.operator("impasto.open_plot", text=title).kind = plot.name


class IMPASTO_PT_doubts:
    bl_label = "In Doubt"
    parent = "IMPASTO_PT_textures"

    @classmethod
    def poll(cls, context):
        return doubts.count_open(context.scene.impasto) > 0

    def draw(self, context):
        settings = context.scene.impasto
        for question in doubts.questions(settings, at_most=_ASKED):
            box = self.layout.box()
            box.context_pointer_set("impasto_doubt", settings.doubts[question.index])
            row = box.row()
            for member in question.members:
                row.template_icon(icon_value=member_icon(member), scale=4.0)
            first, second = question.names
            said = pgettext_iface("Are {first} and {second} the same?")
            paragraph(box, context, said.format(first=first, second=second))
            row = box.row(align=True)
            row.operator("impasto.mark_same").index = question.index
            row.operator("impasto.mark_different").index = question.index
        more = doubts.count_open(settings) - _ASKED
        if more > 0:
            said = pgettext_iface("and {count} more")
            self.layout.label(text=said.format(count=more), translate=False)


class IMPASTO_PT_members:
    bl_label = "Members"
    bl_options = {"DEFAULT_CLOSED"}
    parent = "IMPASTO_PT_textures"

    @classmethod
    def poll(cls, context):
        return active_group(context.scene) is not None

    def draw(self, context):
        group = active_group(context.scene)
        layout = self.layout
        row = layout.row()
        row.template_list(
            "IMPASTO_UL_textures", "", group, "members", group, "active_member", rows=3
        )
        side = row.column(align=True)
        side.operator("impasto.move_texture", text="", icon="FORWARD")
        if group.palette:
            row = layout.row(align=True)
            for color in group.palette:
                row.prop(color, "color", text="")
        if 0 <= group.active_member < len(group.members):
            member = group.members[group.active_member]
            column = layout.column(align=True)
            column.label(text=member.role, icon="SHADING_TEXTURE")
            for item in member.materials:
                if item.material is not None:
                    column.label(text=item.material.name, icon="MATERIAL", translate=False)


class IMPASTO_PT_duplicates:
    bl_label = "Duplicates"
    bl_options = {"DEFAULT_CLOSED"}
    parent = "IMPASTO_PT_textures"

    @classmethod
    def poll(cls, context):
        return bool(context.scene.impasto.duplicates)

    def draw(self, context):
        for row in context.scene.impasto.duplicates:
            paragraph(self.layout, context, row.name, icon="DUPLICATE")


class IMPASTO_PT_skipped:
    bl_label = "Skipped"
    bl_options = {"DEFAULT_CLOSED"}
    parent = "IMPASTO_PT_textures"

    @classmethod
    def poll(cls, context):
        return bool(context.scene.impasto.skipped)

    def draw(self, context):
        for row in context.scene.impasto.skipped:
            paragraph(self.layout, context, f"{row.name}: {row.reason}", icon="INFO")


PANELS = (
    IMPASTO_PT_textures,
    IMPASTO_PT_doubts,
    IMPASTO_PT_members,
    IMPASTO_PT_grouping,
    IMPASTO_PT_plots,
    IMPASTO_PT_duplicates,
    IMPASTO_PT_skipped,
)
