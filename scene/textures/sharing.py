"""Who else shows what is about to change, and materials of its own for what is meant."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

import bpy

from ..words import listed
from . import find, paths, scope

_ROWS = 3
"""Materials and node groups that are named, each with who else uses it."""


@dataclass(frozen=True)
class Sharing:
    """What else would change together with some objects.

    Attributes
    ----------
    materials : dict
        Names of other objects by the material that they show, too.
    groups : dict
        Names of other materials by the node group that they use, too.
    separable : bool
        Whether the objects can have copies of their own: what only instances or geometry nodes bring
        along cannot be replaced.
    """

    materials: dict[bpy.types.Material, list[str]]
    groups: dict[bpy.types.NodeTree, list[str]]
    separable: bool

    def __bool__(self) -> bool:
        return bool(self.materials or self.groups)

    @property
    def rows(self) -> list[str]:
        """Return a sentence on each thing that is shared, and with what."""
        shared = (*self.materials.items(), *self.groups.items())
        rows = [f"{thing.name} is also used by {listed(users)}" for thing, users in shared]
        more = len(rows) - _ROWS
        return [*rows[:_ROWS], f"and {more} more"] if more > 0 else rows


def sharing(objects: Collection[bpy.types.Object], uses: Iterable[find.ImageUse]) -> Sharing:
    """Return what else changes when the nodes of some uses change, which the objects show."""
    uses = [use for use in uses if use.takes_result and use.is_editable]
    meant = list(dict.fromkeys(use.material for use in uses))
    users: dict[bpy.types.Material, list[str]] = {material: [] for material in meant}
    for item in bpy.data.objects:
        if item not in objects and item.users_scene:
            for material in users.keys() & scope.shown_by([item], objects)[1].keys():
                users[material].append(item.name)
    groups = {
        tree: [owner.name for owner in find.users_of([tree]) if owner not in users]
        for tree in _groups(uses)
    }
    own = {slot.material for slot in _slots(objects)}
    return Sharing(
        {material: names for material, names in users.items() if names},
        {tree: names for tree, names in groups.items() if names},
        all(material in own for material in meant if users[material]),
    )


def make_single_user(
    objects: Collection[bpy.types.Object], uses: Iterable[find.ImageUse]
) -> dict[bpy.types.Material, bpy.types.Material]:
    """Give objects copies of the materials and node groups that they share with others.

    Returns the copies by their originals. ``uses`` are those that are about to change; they are
    stale afterwards.
    """
    uses = [use for use in uses if use.takes_result and use.is_editable]
    shared = sharing(objects, uses).materials
    images = {use.image for use in uses}
    own: dict[bpy.types.Material, bpy.types.Material] = {}
    for material in dict.fromkeys(use.material for use in uses):
        own[material] = material
        slots = [slot for slot in _slots(objects) if slot.material == material]
        if material not in shared or not slots:
            continue
        own[material] = material.copy()
        for slot in slots:
            if slot.link == "DATA" and slot.id_data.data.users > 1:
                slot.link = "OBJECT"  # the other objects keep what their mesh has
            slot.material = own[material]
    for material in own.values():
        _copy_groups(material.node_tree, images, set(own.values()))
    return {material: copy for material, copy in own.items() if copy != material}


def _copy_groups(
    tree: bpy.types.NodeTree, images: set[bpy.types.Image], meant: set[bpy.types.Material]
) -> None:
    """Give a tree its own copies of the node groups with the images that other materials use."""
    for node in tree.nodes:
        inner = paths.group_tree(node)
        if inner is None or not _shows(inner, images):
            continue
        if any(owner not in meant for owner in find.users_of([inner])):
            node.node_tree = inner = inner.copy()
        _copy_groups(inner, images, meant)


def _shows(tree: bpy.types.NodeTree, images: set[bpy.types.Image], depth: int = 0) -> bool:
    for node in tree.nodes:
        inner = paths.group_tree(node)
        if inner is not None and depth < 32 and _shows(inner, images, depth + 1):
            return True
        if node.type in {"TEX_IMAGE", "TEX_ENVIRONMENT"} and find.original_of(node) in images:
            return True
    return False


def _groups(uses: Iterable[find.ImageUse]) -> list[bpy.types.NodeTree]:
    """Return the node groups in which the nodes of some uses are."""
    return list(dict.fromkeys(use.node.id_data for use in uses if use.entered))


def _slots(objects: Iterable[bpy.types.Object]) -> list[bpy.types.MaterialSlot]:
    return [slot for item in objects if item.is_editable for slot in item.material_slots]
