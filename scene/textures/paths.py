"""Follow an image's color along links, through the very sockets, to where it is used."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

import bpy

from . import layer_group, sockets

Place = tuple[bpy.types.NodeTree, tuple[bpy.types.Node, ...]]
"""A node tree and the group nodes through which it was entered, outermost first."""

_DEEPEST = 8
"""Bundles within bundles; a repeat zone could pack without end."""


class Signal(NamedTuple):
    """What of an image's color runs along a link.

    Attributes
    ----------
    start : str
        The socket to which it goes first.
    channel : str
        "" for the whole color, else the only channel of it.
    packed : tuple of str
        Names of the bundle items and closure outputs in which it is, the innermost last.
    """

    start: str
    channel: str = ""
    packed: tuple[str, ...] = ()


class End(NamedTuple):
    """Where links end: what the image is for there, the node, its tree, and what arrives."""

    role: sockets.Role
    node: bpy.types.Node
    tree: bpy.types.NodeTree
    signal: Signal


Step = tuple[bpy.types.NodeSocket, Place, Signal]


def group_tree(node: bpy.types.Node) -> bpy.types.NodeTree | None:
    """Return the node tree of a group node, also of one that an add-on defines."""
    return getattr(node, "node_tree", None)


def ends_of(node: bpy.types.Node, place: Place) -> list[End]:
    """Return the ends of the links of an image node's color."""
    found: list[End] = []
    for link in first_links(node):
        start = Signal(start_of(link))
        found += _enter(link.to_node, link.to_socket, place, start, set())
    return found


def first_links(node: bpy.types.Node) -> list[bpy.types.NodeLink]:
    """Return the links by which an image node's color first reaches more than a reroute or a layer."""
    found: list[bpy.types.NodeLink] = []
    waiting, seen = _links(node.outputs["Color"]), set()
    while waiting:
        link = waiting.pop(0)
        between = link.to_node
        if not _passes_on(link):
            found.append(link)
        elif between.name not in seen:
            seen.add(between.name)
            waiting += _links(between.outputs[0])
    return found


def _passes_on(link: bpy.types.NodeLink) -> bool:
    """Return whether a link leads to a reroute, or to a layer, below its painting."""
    node = link.to_node
    if node.type == "REROUTE":
        return True
    return link.to_socket.name == layer_group.ORIGINAL and layer_group.is_layer(node)


def start_of(link: bpy.types.NodeLink) -> str:
    """Return the name of a link among those of one output."""
    return f"{link.to_node.name}\n{link.to_socket.identifier}"


def _links(output: bpy.types.NodeSocket) -> list[bpy.types.NodeLink]:
    return [
        link
        for link in output.links
        if link.is_valid and not link.is_muted and link.to_socket.enabled
    ]


def _ends(step: Step, seen: set) -> Iterator[End]:
    output, place, signal = step
    key = (output.as_pointer(), place[1], signal)
    if key in seen or len(signal.packed) > _DEEPEST:
        return
    seen.add(key)
    for link in _links(output):
        yield from _enter(link.to_node, link.to_socket, place, signal, seen)


def _enter(
    node: bpy.types.Node, socket: bpy.types.NodeSocket, place: Place, signal: Signal, seen: set
) -> Iterator[End]:
    """Yield the ends of a link to an input socket of a node."""
    role = None if node.mute else sockets.role_at(node, socket)
    if role is not None:
        yield End(role, node, place[0], signal)
        return
    for step in _onward(node, socket, place, signal):
        yield from _ends(step, seen)


def _onward(
    node: bpy.types.Node, socket: bpy.types.NodeSocket, place: Place, signal: Signal
) -> Iterator[Step]:
    """Yield the sockets behind an input socket: inside a group, outside it, or of the same node."""
    if node.mute:
        passed = (link.to_socket for link in node.internal_links if link.from_socket == socket)
        yield from _each(passed, place, signal)
    elif group_tree(node) is not None:
        yield from _into_group(node, socket, place, signal)
    elif node.type == "GROUP_OUTPUT":
        if place[1] and node.is_active_output:
            outer = place[1][-1]
            outside = (outer.id_data, place[1][:-1])
            yield from _each(_same(outer.outputs, socket), outside, signal)
    elif node.bl_idname in _ZONES:
        yield from _ZONES[node.bl_idname](node, socket, place, signal)
    else:
        for output in sockets.affected(node, socket):
            channel = signal.channel or sockets.channel_of(node, output)
            yield output, place, signal._replace(channel=channel)


def _into_group(
    node: bpy.types.Node, socket: bpy.types.NodeSocket, place: Place, signal: Signal
) -> Iterator[Step]:
    tree = group_tree(node)
    if tree is None or node in place[1]:
        return
    inside = (tree, (*place[1], node))
    for entry in tree.nodes:
        if entry.type == "GROUP_INPUT":
            yield from _each(_same(entry.outputs, socket), inside, signal)


def _round(
    node: bpy.types.Node, socket: bpy.types.NodeSocket, place: Place, signal: Signal
) -> Iterator[Step]:
    """Yield the item of a repeat zone, inside, behind it and in the next round."""
    yield from _each(_same(node.outputs, socket), place, signal)
    for entry in _paired(node, "GeometryNodeRepeatInput"):
        yield from _each(_same(entry.outputs, socket), place, signal)


def _packed(
    node: bpy.types.Node, socket: bpy.types.NodeSocket, place: Place, signal: Signal
) -> Iterator[Step]:
    """Yield the bundle or closure of which something becomes an item."""
    yield from _each(node.outputs, place, signal._replace(packed=(*signal.packed, socket.name)))


def _unpacked(
    node: bpy.types.Node, _socket: bpy.types.NodeSocket, place: Place, signal: Signal
) -> Iterator[Step]:
    """Yield the item of a bundle or closure; all of them if it is not known which."""
    *rest, name = signal.packed or ("",)
    outputs = [output for output in node.outputs if output.name == name or not signal.packed]
    yield from _each(outputs, place, signal._replace(packed=tuple(rest)))


def _evaluated(
    node: bpy.types.Node, socket: bpy.types.NodeSocket, place: Place, signal: Signal
) -> Iterator[Step]:
    """Yield where the closures that a node evaluates take in one of its items."""
    if socket.type == "CLOSURE":
        yield from _unpacked(node, socket, place, signal)
        return
    closures = list(_closures(node.inputs["Closure"], place, set()))
    for ending, where in closures:
        for entry in _paired(ending, "NodeClosureInput"):
            outputs = [s for s in entry.outputs if s.name == socket.name]
            yield from _each(outputs, where, signal)
    if not closures:  # unknown: any of them
        yield from _each(node.outputs, place, signal)


def _closures(
    socket: bpy.types.NodeSocket, place: Place, seen: set
) -> Iterator[tuple[bpy.types.Node, Place]]:
    """Yield the Closure Output nodes from which a socket may get its closure."""
    key = (socket.as_pointer(), place[1])
    if key in seen:
        return
    seen.add(key)
    for link in socket.links:
        source, tree = link.from_node, group_tree(link.from_node)
        if source.bl_idname == "NodeClosureOutput":
            yield source, place
            continue
        where, behind = place, list(source.inputs)
        if tree is not None and source not in place[1]:
            where = (tree, (*place[1], source))
            endings = [node for node in tree.nodes if node.type == "GROUP_OUTPUT"]
            behind = [s for node in endings for s in _same(node.inputs, link.from_socket)]
        elif source.type == "GROUP_INPUT" and place[1]:
            where = (place[1][-1].id_data, place[1][:-1])
            behind = list(_same(place[1][-1].inputs, link.from_socket))
        for entry in behind:
            if entry.type in {"CLOSURE", "BUNDLE"}:
                yield from _closures(entry, where, seen)


def _paired(ending: bpy.types.Node, kind: str) -> list[bpy.types.Node]:
    """Return the node in which a zone begins."""
    return [
        node
        for node in ending.id_data.nodes
        if node.bl_idname == kind and node.paired_output == ending
    ]


def _each(outputs: Iterable[bpy.types.NodeSocket], place: Place, signal: Signal) -> Iterator[Step]:
    return ((output, place, signal) for output in outputs)


def _same(among: Iterable[bpy.types.NodeSocket], like: bpy.types.NodeSocket) -> Iterator:
    return (socket for socket in among if socket.identifier == like.identifier)


_ZONES: dict[str, Callable[..., Iterator[Step]]] = {
    "GeometryNodeRepeatInput": _round,
    "GeometryNodeRepeatOutput": _round,
    "NodeCombineBundle": _packed,
    "NodeClosureOutput": _packed,
    "NodeSeparateBundle": _unpacked,
    "NodeEvaluateClosure": _evaluated,
}
"""Nodes since Blender 5.0 that carry several items."""
