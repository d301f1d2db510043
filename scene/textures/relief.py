"""Relief of strokes: show it with the result that it belongs to, hide it, and remove it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import bpy

from . import find, relief_group, relief_nodes

Obstacle = Literal["MAPPING", "SHADER"]
"""Reasons why a texture gets no relief: its mapping, or that no shader in its tree takes normals."""


@dataclass(frozen=True)
class Maps:
    """The images that describe the relief of a result; the height is only kept in the file."""

    normal: bpy.types.Image
    height: bpy.types.Image | None = None


def assign(
    original: bpy.types.Image,
    maps: Maps | None,
    materials: Iterable[bpy.types.Material],
    uses: Iterable[find.ImageUse] | None = None,
) -> list[tuple[Obstacle, str]]:
    """Give relief to every node of the materials that shows a result of the original.

    Without maps, relief that is there is removed. Linked materials stay as they are. Maps without
    users, earlier or new, are removed from the file. Returns the names of materials with a base
    color that has no relief, and why. ``uses`` are those of the materials, if they are known.
    """
    without: dict[tuple[Obstacle, str], None] = {}
    images = set() if maps is None else {maps.normal, maps.height}
    for node, its_uses in _by_node(original, find.uses_in(materials) if uses is None else uses):
        images |= relief_nodes.images(node)
        # A node group may be used several times; its Normal Map node names one UV map for all.
        uv_map, *others = {relief_nodes.uv_map_of(node, use.entered) for use in its_uses}
        mapped = uv_map is not None and not others
        sockets = relief_nodes.normal_inputs(node)
        if maps is not None and sockets and mapped:
            relief_nodes.add(node, maps.normal, maps.height, sockets, uv_map)
            continue
        remove(node)
        for use in its_uses:
            if maps is not None and use.role == "BASE_COLOR":
                without["SHADER" if mapped else "MAPPING", use.material.name] = None
    for image in images - {None}:
        if find.RECIPE in image and image.users == 0:
            bpy.data.images.remove(image)
    return list(without)


def _by_node(
    original: bpy.types.Image, uses: Iterable[find.ImageUse]
) -> list[tuple[bpy.types.Node, list[find.ImageUse]]]:
    """Return the nodes that may be changed and have the original, each with its uses."""
    found: dict[int, tuple[bpy.types.Node, list[find.ImageUse]]] = {}
    for use in uses:
        node = use.node
        if use.image == original and use.is_editable and use.takes_result:
            found.setdefault(node.as_pointer(), (node, []))[1].append(use)
    return list(found.values())


def show(trees: Iterable[bpy.types.NodeTree], visible: bool) -> None:
    """Show or hide all relief in some node trees.

    The links from its Normal Map nodes are muted: such a node would itself pass on its color.
    """
    for tree in trees:
        if tree.is_editable:
            for node in tree.nodes:
                if find.PART in node and node.type == "NORMAL_MAP":
                    relief_nodes.show(node, visible)


def remove(node: bpy.types.Node) -> None:
    """Remove the relief of a restyled node, unless a copy of the node in the same tree has it, too."""
    key = node.get(find.RELIEF)
    if key is None:
        return
    del node[find.RELIEF]
    if not relief_nodes.owners(node.id_data, key):
        relief_nodes.remove(node.id_data, key)
        relief_group.remove_unused()


def remove_orphans(trees: Iterable[bpy.types.NodeTree]) -> int:
    """Remove relief whose texture is gone or shows another image; return how many there were."""
    count = 0
    for tree in trees:
        if not tree.is_editable:
            continue
        owned = {node.get(find.RELIEF) for node in tree.nodes if _is_restyled(node)}
        orphans = {node[find.PART] for node in tree.nodes if find.PART in node} - owned
        for key in orphans:
            relief_nodes.remove(tree, key)
        count += len(orphans)
    relief_group.remove_unused()
    return count


def _is_restyled(node: bpy.types.Node) -> bool:
    original = node.get(find.ORIGINAL)
    return original is not None and find.original_of(node) == original
