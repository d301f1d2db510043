"""Find out what an image is for, by following its links to a shader."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Literal, NamedTuple

import bpy

Role = Literal[
    "BASE_COLOR",
    "EMISSION",
    "COLOR",
    "ALPHA",
    "NORMAL",
    "ROUGHNESS",
    "METALLIC",
    "HEIGHT",
    "MASK",
    "UNUSED",
]

COLOR_ROLES: tuple[Role, ...] = ("BASE_COLOR", "EMISSION", "COLOR")
"""Roles that are restyled, the most important first; all others are data."""

LABELS: dict[Role, str] = {
    "BASE_COLOR": "Base Color",
    "EMISSION": "Emission",
    "COLOR": "Color",
    "ALPHA": "Alpha",
    "NORMAL": "Normal",
    "ROUGHNESS": "Roughness",
    "METALLIC": "Metallic",
    "HEIGHT": "Height",
    "MASK": "Mask",
    "UNUSED": "Unused",
}

_BY_SOCKET: dict[str, Role] = {
    "Base Color": "BASE_COLOR",
    "Emission Color": "EMISSION",
    "Emission Strength": "EMISSION",
    "Emission": "EMISSION",
    "Alpha": "ALPHA",
    "Normal": "NORMAL",
    "Coat Normal": "NORMAL",
    "Tangent": "NORMAL",
    "Roughness": "ROUGHNESS",
    "Coat Roughness": "ROUGHNESS",
    "Metallic": "METALLIC",
    "Displacement": "HEIGHT",
    "Height": "HEIGHT",
    "Fac": "MASK",
    "Factor": "MASK",
}

_BY_NODE: dict[str, Role] = {
    "OUTPUT_MATERIAL": "EMISSION",  # a color plugged straight into Surface glows
    "NORMAL_MAP": "NORMAL",
    "BUMP": "HEIGHT",
    "DISPLACEMENT": "HEIGHT",
    "VECTOR_DISPLACEMENT": "HEIGHT",
}

Place = tuple[bpy.types.NodeTree, tuple[bpy.types.Node, ...]]
"""A node tree and the group nodes through which it was entered, outermost first."""


class End(NamedTuple):
    """The end of an image's links: what the image is for there, the node, and the node's tree."""

    role: Role
    node: bpy.types.Node
    tree: bpy.types.NodeTree


def role_of(node: bpy.types.Node, place: Place) -> Role:
    """Return the most important role among all ends of an image node's links."""
    roles = {end.role for end in ends_of(node, place)}
    if not roles and node.outputs["Alpha"].is_linked:
        return "ALPHA"
    for role in (*COLOR_ROLES, "NORMAL", "HEIGHT", "ROUGHNESS", "METALLIC", "ALPHA", "MASK"):
        if role in roles:
            return role
    return "UNUSED"


def ends_of(node: bpy.types.Node, place: Place) -> Iterator[End]:
    """Yield the ends of the links of an image node's color."""
    return _ends(node.outputs["Color"], place, set())


def _ends(output: bpy.types.NodeSocket, place: Place, seen: set) -> Iterator[End]:
    """Yield the ends of a socket's links, through mixes, ramps and node groups."""
    step = (output.as_pointer(), place[1])
    if step in seen:
        return
    seen.add(step)
    for link in output.links:
        if link.is_muted or not link.is_valid:
            continue
        yield from _enter(link.to_node, link.to_socket, place, seen)


def _enter(
    node: bpy.types.Node, socket: bpy.types.NodeSocket, place: Place, seen: set
) -> Iterator[End]:
    """Yield the ends of a link to an input socket of a node."""
    role = _end_role(node, socket)
    if role is not None:
        yield End(role, node, place[0])
        return
    for output, outer in _onward(node, socket, place):
        yield from _ends(output, outer, seen)


def _onward(
    node: bpy.types.Node, socket: bpy.types.NodeSocket, place: Place
) -> Iterator[tuple[bpy.types.NodeSocket, Place]]:
    """Yield the sockets behind an input socket: inside a group, outside it, or of the same node."""
    entered = place[1]
    if node.type == "GROUP":
        if node.node_tree is not None and node not in entered:
            inside = (node.node_tree, (*entered, node))
            for entry in node.node_tree.nodes:
                if entry.type == "GROUP_INPUT":
                    yield from ((output, inside) for output in _same(entry.outputs, socket))
    elif node.type == "GROUP_OUTPUT":
        if entered:
            outside = (entered[-1].id_data, entered[:-1])
            yield from ((output, outside) for output in _same(entered[-1].outputs, socket))
    else:
        yield from ((output, place) for output in node.outputs)


def _same(sockets: Iterable[bpy.types.NodeSocket], like: bpy.types.NodeSocket) -> Iterator:
    return (socket for socket in sockets if socket.identifier == like.identifier)


def _end_role(node: bpy.types.Node, socket: bpy.types.NodeSocket) -> Role | None:
    """Return the role if a link ends here, None if it must be followed further."""
    if node.type in _BY_NODE:
        return _BY_SOCKET.get(socket.name, _BY_NODE[node.type])
    if node.type != "GROUP" and any(output.type == "SHADER" for output in node.outputs):
        return _shader_role(node, socket)
    # The Fac of a color ramp is the image itself, in gray.
    is_mask = socket.name in {"Fac", "Factor"} and node.type not in {"GROUP", "VALTORGB"}
    return "MASK" if is_mask else None


def _shader_role(node: bpy.types.Node, socket: bpy.types.NodeSocket) -> Role:
    if node.type == "EMISSION" and socket.name == "Color":
        return "EMISSION"
    if socket.name == "Color":
        return "BASE_COLOR"
    by_type: dict[str, Role] = {"RGBA": "COLOR", "VECTOR": "NORMAL", "SHADER": "EMISSION"}
    return _BY_SOCKET.get(socket.name, by_type.get(socket.type, "MASK"))
