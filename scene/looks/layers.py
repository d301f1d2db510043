"""The layers of what the panels are about: list them, share values, mask them."""

from __future__ import annotations

from collections.abc import Iterable

import bpy

from .. import lookup
from ..textures import find, layer_group, layers, masks, scope
from . import targets

Pair = tuple[bpy.types.Node, bpy.types.Node]
"""An image node and the layer over it."""


def shown(context: bpy.types.Context) -> list[Pair]:
    """Return the layers of what is active, or of the active texture of the active group.

    Quick enough for panels: it looks into a few materials only.
    """
    settings = context.scene.impasto
    if settings.shows_group:
        group = lookup.active_group(context.scene)
        member = next(iter(group.members[group.active_member : group.active_member + 1]), None)
        if member is None:
            return []
        return _of_image(member.image, [row.material for row in member.materials])
    kind = targets.kind_in(context)
    thing = targets.pointed_at(context, kind)
    if kind == "NODE":
        return [pair for pair in layers.in_trees([thing.id_data]) if pair[0] == thing]
    if kind == "IMAGE":
        active = context.object
        slots = active.material_slots if active is not None else ()
        return _of_image(thing, [slot.material for slot in slots]) if thing else []
    if kind == "MATERIAL":
        material = targets.active_material(context)
        return _in([material])
    return _in([slot.material for slot in context.object.material_slots] if context.object else [])


def of_target(context: bpy.types.Context) -> list[Pair]:
    """Return the layers of all textures of what is active, or of the active group."""
    nodes = {use.node.as_pointer(): use.node for use in targets.uses_of_panel(context)}
    pairs = ((node, layers.layer_of(node)) for node in nodes.values() if find.LAYERED in node)
    return [(node, layer) for node, layer in pairs if layer is not None]


def every() -> list[Pair]:
    """Return all layers of the file that can be changed."""
    return layers.in_trees(tree for tree in find.every_tree() if tree.is_editable)


def copy_values(given: Iterable[Pair], others: Iterable[Pair]) -> int:
    """Give other layers the strength and the preserved color of one; return how many there are."""
    changed = [
        (source, layer)
        for _, source in given
        for _, layer in others
        if layer != source and layer.id_data.is_editable
    ]
    for source, layer in changed:
        for name in (layer_group.STRENGTH, layer_group.KEEP):
            layer.inputs[name].default_value = source.inputs[name].default_value
    return len(changed)


def mask(context: bpy.types.Context, kind: masks.Kind) -> int:
    """Mask the layers that are shown; return how many."""
    pairs = [pair for pair in shown(context) if pair[1].id_data.is_editable]
    for node, layer in pairs:
        users = set(find.users_of([layer.id_data]))
        items = [item for item in bpy.data.objects if scope.shows(item, users)]
        masks.add(node, layer, kind, items)
    return len(pairs)


def _of_image(image: bpy.types.Image | None, materials: Iterable) -> list[Pair]:
    """Return the layers of an image, or those that show it as their painting."""
    return [
        (node, layer)
        for node, layer in _in(materials)
        if image in (node.get(find.ORIGINAL), node.get(find.RESULT))
    ]


def _in(materials: Iterable[bpy.types.Material | None]) -> list[Pair]:
    """Return the layers in materials, in the order of these."""
    trees = (tree for owner in materials if owner is not None for tree in find.trees_in([owner]))
    return layers.in_trees(dict.fromkeys(trees))
