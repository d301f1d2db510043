"""What an image is for: follow its links to the shader that they end in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

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

COLOUR_ROLES: tuple[Role, ...] = ("BASE_COLOR", "EMISSION", "COLOR")
"""Roles that carry a look; all others are data and are left alone. Most telling first."""

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

Place = tuple[bpy.types.NodeTree, tuple[bpy.types.Node, ...]]
"""A node tree and the group nodes through which it was entered, outermost first."""


def role_of(node: bpy.types.Node, place: Place) -> Role:
    """The most telling role among all ends of an image node's links."""
    roles = set(_ends(node.outputs["Color"], place, set()))
    if not roles and node.outputs["Alpha"].is_linked:
        return "ALPHA"
    for role in (*COLOUR_ROLES, "NORMAL", "HEIGHT", "ROUGHNESS", "METALLIC", "ALPHA", "MASK"):
        if role in roles:
            return role
    return "UNUSED"


def _ends(output: bpy.types.NodeSocket, place: Place, seen: set) -> Iterator[Role]:
    """Roles that an output socket ends in, through reroutes, mixes, ramps and node groups."""
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
) -> Iterator[Role]:
    """Roles of arriving at an input socket of a node."""
    entered = place[1]
    if node.type == "GROUP":
        if node.node_tree is None or node in entered:
            return
        inside = (node.node_tree, (*entered, node))
        for entry in node.node_tree.nodes:
            if entry.type == "GROUP_INPUT":
                for output in entry.outputs:
                    if output.identifier == socket.identifier:
                        yield from _ends(output, inside, seen)
    elif node.type == "GROUP_OUTPUT":
        if entered:
            outer = entered[-1]
            for output in outer.outputs:
                if output.identifier == socket.identifier:
                    yield from _ends(output, (outer.id_data, entered[:-1]), seen)
    elif node.type == "OUTPUT_MATERIAL":
        # A colour plugged straight into Surface glows.
        yield "HEIGHT" if socket.name == "Displacement" else "EMISSION"
    elif node.type in {"NORMAL_MAP", "BUMP", "DISPLACEMENT", "VECTOR_DISPLACEMENT"}:
        yield "NORMAL" if node.type == "NORMAL_MAP" else _BY_SOCKET.get(socket.name, "HEIGHT")
    elif any(output.type == "SHADER" for output in node.outputs):
        yield _shader_role(node, socket)
    elif socket.name in {"Fac", "Factor"} and node.type != "VALTORGB":
        yield "MASK"
    else:
        for output in node.outputs:
            yield from _ends(output, place, seen)


def _shader_role(node: bpy.types.Node, socket: bpy.types.NodeSocket) -> Role:
    if node.type == "EMISSION" and socket.name == "Color":
        return "EMISSION"
    if socket.name == "Color":
        return "BASE_COLOR"
    if socket.name in _BY_SOCKET:
        return _BY_SOCKET[socket.name]
    if socket.type == "RGBA":
        return "COLOR"
    return "NORMAL" if socket.type == "VECTOR" else "MASK"
