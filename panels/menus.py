"""Stylize in Blender's own menus, where F3 finds it, and in the context menus."""

from __future__ import annotations

import bpy

from ..scene.looks import gallery


class IMPASTO_MT_styles(bpy.types.Menu):
    """Stylize with one of the built-in styles"""

    bl_idname = "IMPASTO_MT_styles"
    bl_label = "Stylize With"

    def draw(self, context):
        layout = self.layout
        layout.operator_context = "INVOKE_DEFAULT"
        for key, name, _tip, icon, _number in gallery.builtin_items():
            layout.operator("impasto.stylize", text=name, icon_value=icon).style = key


def _draw(layout: bpy.types.UILayout, kind: str) -> None:
    layout.separator()
    layout.operator_context = "INVOKE_DEFAULT"
    layout.operator("impasto.stylize", icon="BRUSH_DATA").kind = kind


def draw_for_objects(self, context):
    """Draw the entry in menus of objects."""
    _draw(self.layout, "SELECTED")


def draw_for_collection(self, context):
    """Draw the entry in the menu of a collection."""
    _draw(self.layout, "COLLECTION")


def draw_for_material(self, context):
    """Draw the entry in the menu of material slots."""
    _draw(self.layout, "MATERIAL")


def draw_for_image(self, context):
    """Draw the entry in the menu Image."""
    if context.space_data.image is not None:
        _draw(self.layout, "IMAGE")


def draw_for_node(self, context):
    """Draw the entry in menus of shader nodes."""
    if context.space_data.tree_type == "ShaderNodeTree":
        _draw(self.layout, "AUTO")


_PLACES = {
    "VIEW3D_MT_object": draw_for_objects,
    "VIEW3D_MT_object_context_menu": draw_for_objects,
    "OUTLINER_MT_object": draw_for_objects,
    "OUTLINER_MT_collection": draw_for_collection,
    "MATERIAL_MT_context_menu": draw_for_material,
    "IMAGE_MT_image": draw_for_image,
    "NODE_MT_node": draw_for_node,
    "NODE_MT_context_menu": draw_for_node,
}
"""Menus of Blender, and what is appended to them."""

CLASSES = (IMPASTO_MT_styles,)


def register() -> None:
    """Append the entries."""
    for name, draw in _PLACES.items():
        getattr(bpy.types, name).append(draw)


def unregister() -> None:
    """Remove the entries."""
    for name, draw in _PLACES.items():
        getattr(bpy.types, name).remove(draw)
