"""The lists of groups and of the textures in a group."""

from __future__ import annotations

import bpy

from ..scene import icons
from ..scene.looks import gallery


class IMPASTO_UL_groups(bpy.types.UIList):
    """Groups of textures; double-click a name to change it"""

    def draw_item(self, context, layout, data, item, icon, active_data, active_property, index=0):
        first = item.members[0] if item.members else None
        row = layout.row(align=True)
        row.active = not item.excluded
        picture = member_icon(_typical(item) or first) if first else 0
        row.prop(item, "title", text="", emboss=False, icon_value=picture)
        side = row.row(align=True)
        side.alignment = "RIGHT"
        side.label(text=str(len(item.members)))
        style = gallery.thumbnail(item.look)
        if item.locked:
            side.label(icon="LOCKED")
        if style:
            side.label(icon_value=style)
        elif item.look.style:
            side.label(icon="FILE_IMAGE")
        side.prop(item, "included", text="", emboss=False, icon=_check(item.included))


class IMPASTO_UL_textures(bpy.types.UIList):
    """Textures of a group"""

    def draw_item(self, context, layout, data, item, icon, active_data, active_property, index=0):
        row = layout.row(align=True)
        row.active = not item.excluded
        name = item.image.name if item.image else item.name
        row.label(text=name, icon_value=member_icon(item), translate=False)
        if data.typical is not None and data.typical == item.image and len(data.members) > 1:
            row.label(text="", icon="SOLO_ON")
        row.prop(item, "included", text="", emboss=False, icon=_check(item.included))


def draw_groups(layout: bpy.types.UILayout, settings: bpy.types.PropertyGroup) -> None:
    """Draw the list of groups, with what changes them."""
    row = layout.row()
    row.template_list("IMPASTO_UL_groups", "", settings, "groups", settings, "active_group", rows=4)
    side = row.column(align=True)
    side.operator("impasto.select_objects", text="", icon="RESTRICT_SELECT_OFF")
    side.operator("impasto.merge_groups", text="", icon="FULLSCREEN_EXIT")
    side.operator("impasto.split_group", text="", icon="FULLSCREEN_ENTER")
    if 0 <= settings.active_group < len(settings.groups):
        group = settings.groups[settings.active_group]
        side.prop(group, "locked", text="", icon="LOCKED" if group.locked else "UNLOCKED")


def member_icon(member) -> int:
    """Return the icon of a texture: its thumbnail, else Blender's own preview of the image."""
    picture = icons.icon(member.thumbnail)
    if picture == 0 and member.image is not None:
        return bpy.types.UILayout.icon(member.image)
    return picture


def _typical(group):
    return next((member for member in group.members if member.image == group.typical), None)


def _check(included: bool) -> str:
    return "CHECKBOX_HLT" if included else "CHECKBOX_DEHLT"


CLASSES = (IMPASTO_UL_groups, IMPASTO_UL_textures)
