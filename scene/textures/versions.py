"""The version of a result before the one that is shown: kept with its relief, one click away."""

from __future__ import annotations

from collections.abc import Iterable

import bpy

from . import find, layers, relief, relief_nodes

_PREVIOUS = "impasto_previous"
_MAPS = ("impasto_previous_normal", "impasto_previous_height")
"""Custom properties of a restyled node: the result before, and the maps of its relief."""


def remember(node: bpy.types.Node) -> set[bpy.types.Image]:
    """Keep the result of a node that is about to get another one; a preview is not kept.

    Returns the images that are not needed any more.
    """
    last = node.get(find.RESULT)
    if last is None or last.get(find.RECIPE, {}).get("preview"):
        return {last} - {None}
    former = {node.get(key) for key in (_PREVIOUS, *_MAPS)}
    _keep(node, last, relief_nodes.maps(node))
    return former - {None}


def forget(node: bpy.types.Node) -> None:
    """Keep no version of a node."""
    for key in (_PREVIOUS, *_MAPS):
        if key in node:
            del node[key]


def swap(uses: Iterable[find.ImageUse]) -> int:
    """Show the version before in the nodes of some uses; return how many nodes have one.

    The one that was shown becomes the version before.
    """
    by_node: dict[int, list[find.ImageUse]] = {}
    for use in uses:
        if use.is_editable and use.node.get(_PREVIOUS) and use.node.get(find.RESULT):
            by_node.setdefault(use.node.as_pointer(), []).append(use)
    for its_uses in by_node.values():
        node = its_uses[0].node
        shown, normal_and_height = node[find.RESULT], relief_nodes.maps(node)
        previous, (normal, height) = node[_PREVIOUS], (node.get(key) for key in _MAPS)
        _keep(node, shown, normal_and_height)
        node[find.RESULT] = previous
        if find.LAYERED in node:
            layers.add(node, previous)
        else:
            node.image = previous
        maps = relief.Maps(normal, height) if normal else None
        relief.assign(its_uses[0].image, maps, (), its_uses)
    return len(by_node)


def _keep(
    node: bpy.types.Node,
    result: bpy.types.Image,
    maps: tuple[bpy.types.Image | None, bpy.types.Image | None],
) -> None:
    forget(node)
    for key, image in zip((_PREVIOUS, *_MAPS), (result, *maps), strict=True):
        if image is not None:
            node[key] = image
