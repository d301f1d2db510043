"""Who else shows what is about to change, and materials of its own for what is meant."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

import bpy

from ..words import listed
from . import find, paths, scope


@dataclass(frozen=True)
class Sharing:
    """What else would change together with some objects.

    Attributes
    ----------
    objects, materials : list of str
        Names of other objects that show the same materials, and of other materials that use the
        same node groups.
    shared : list of str
        Names of those materials and node groups.
    separable : bool
        Whether the objects can have copies of their own: what only instances or geometry nodes bring
        along cannot be replaced.
    """

    objects: list[str]
    materials: list[str]
    shared: list[str]
    separable: bool

    def __bool__(self) -> bool:
        return bool(self.objects or self.materials)

    @property
    def sentence(self) -> str:
        """Return what is shared, and with what."""
        return f"{listed(self.shared)} is also used by {listed(self.objects or self.materials)}"


def sharing(objects: Collection[bpy.types.Object], uses: Iterable[find.ImageUse]) -> Sharing:
    """Return what else changes when the nodes of some uses change, which the objects show."""
    uses = [use for use in uses if use.takes_result and use.is_editable]
    materials = {use.material for use in uses}
    shared: dict[str, None] = {}
    others: dict[str, None] = {}
    for item in bpy.data.objects:
        if item in objects or not item.users_scene:
            continue
        found = materials.intersection(scope.shown_by([item], objects)[1])
        if found:
            others[item.name] = None
            shared.update(dict.fromkeys(sorted(material.name for material in found)))
    users: dict[str, None] = {}
    for tree in _groups(uses):
        found_owners = [owner for owner in find.users_of([tree]) if owner not in materials]
        if found_owners:
            shared[tree.name] = None
            users.update(dict.fromkeys(owner.name for owner in found_owners))
    separable = all(
        any(slot.material == material for slot in _slots(objects))
        for material in materials
        if material.name in shared
    )
    return Sharing(list(others), list(users), list(shared), separable)


def make_single_user(
    objects: Collection[bpy.types.Object], uses: Iterable[find.ImageUse]
) -> dict[bpy.types.Material, bpy.types.Material]:
    """Give objects copies of the materials and node groups that they share with others.

    Returns the copies by their originals. ``uses`` are those that are about to change; they are
    stale afterwards.
    """
    uses = [use for use in uses if use.takes_result and use.is_editable]
    names = set(sharing(objects, uses).shared)
    images = {use.image for use in uses}
    own: dict[bpy.types.Material, bpy.types.Material] = {}
    for material in dict.fromkeys(use.material for use in uses):
        own[material] = material
        slots = [slot for slot in _slots(objects) if slot.material == material]
        if material.name not in names or not slots:
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
