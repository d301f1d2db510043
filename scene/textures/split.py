"""Keep the data uses of a restyled node as they were: a second node shows them the original."""

from __future__ import annotations

import json
import uuid

import bpy

from . import find, paths, relief_nodes, roles

_FORMER = "impasto_former"
"""Custom property of a second node: from which node each of its links came, a reroute or the first."""

_LABEL = "Original"
_BELOW = 60
"""Distance of the second node from the first; both are closed where they overlap."""


def keep_data(use: find.ImageUse) -> None:
    """Move the links of a node that lead to data to a second node, which keeps the original."""
    node = use.node
    data = {end.signal.start for end in roles.data_ends(use.ends)}
    links = [
        link
        for link in paths.first_links(node)
        # What another second node got of this one is coordinates.
        if paths.start_of(link) in data or find.KEPT in link.to_node
    ]
    if not links:
        return
    if find.SPLIT not in node:
        node[find.SPLIT] = uuid.uuid4().hex
    second = next(iter(_seconds(node)), None) or _second(node)
    second.image = use.image
    former = json.loads(second.get(_FORMER, "{}"))
    for link in links:
        former[paths.start_of(link)] = link.from_node.name
        _move(link, second.outputs["Color"])
    second[_FORMER] = json.dumps(former)


def undo(node: bpy.types.Node) -> None:
    """Give a node its links back, and remove the second node, unless a copy of the node needs it."""
    key = node.get(find.SPLIT)
    if key is None:
        return
    if sum(other.get(find.SPLIT) == key for other in node.id_data.nodes) == 1:
        nodes = node.id_data.nodes
        for second in _seconds(node):
            former = json.loads(second.get(_FORMER, "{}"))
            for link in list(second.outputs["Color"].links):
                reroute = nodes.get(former.get(paths.start_of(link), ""))
                through = reroute is not None and reroute.type == "REROUTE"
                _move(link, reroute.outputs[0] if through else node.outputs["Color"])
            nodes.remove(second)
    del node[find.SPLIT]


def _seconds(node: bpy.types.Node) -> list[bpy.types.Node]:
    key = node.get(find.SPLIT)
    return [other for other in node.id_data.nodes if key and other.get(find.KEPT) == key]


def _second(node: bpy.types.Node) -> bpy.types.Node:
    second = node.id_data.nodes.new(node.bl_idname)
    second[find.KEPT] = node[find.SPLIT]
    second.label, second.select, second.hide, second.mute = _LABEL, False, node.hide, node.mute
    second.parent, second.width = node.parent, node.width
    second.location = node.location
    second.location.y -= relief_nodes.height_of(node) + _BELOW
    relief_nodes.map_alike(second, node)
    for link in list(second.inputs["Vector"].links):
        if link.from_socket != link.from_node.outputs.get("Color"):
            continue
        for source in _seconds(link.from_node):
            muted = link.is_muted
            node.id_data.links.new(source.outputs["Color"], link.to_socket).is_muted = muted
    return second


def _move(link: bpy.types.NodeLink, output: bpy.types.NodeSocket) -> None:
    target, muted = link.to_socket, link.is_muted
    output.id_data.links.new(output, target).is_muted = muted
