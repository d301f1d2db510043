"""Say which objects that are not selected show what was found on the selected ones."""

from __future__ import annotations

from collections.abc import Iterable

import bpy

from . import find, scope

_NAMED = 5


def note_on_trees(scene: bpy.types.Scene, trees: Iterable[bpy.types.NodeTree]) -> str:
    """Return such a sentence on the materials that use some node trees."""
    owners = find.users_of(trees)
    return note(scene, {owner for owner in owners if isinstance(owner, bpy.types.Material)})


def note(scene: bpy.types.Scene, materials: set[bpy.types.Material]) -> str:
    """Return a sentence on the objects of a scene that show the materials and are not selected."""
    shown = [
        item.name
        for item in scene.objects
        if not _is_selected(item, scene) and scope.shows(item, materials)
    ]
    if not shown:
        return ""
    more = len(shown) - _NAMED
    listed = ", ".join(shown[:_NAMED]) + (f" and {more} more" if more > 0 else "")
    return f"The same materials are on objects that are not selected: {listed}"


def _is_selected(item: bpy.types.Object, scene: bpy.types.Scene) -> bool:
    return any(item.select_get(view_layer=layer) for layer in _layers_of(item, scene))


def _layers_of(item: bpy.types.Object, scene: bpy.types.Scene) -> list[bpy.types.ViewLayer]:
    return [layer for layer in scene.view_layers if item.name in layer.objects]
