"""What an input socket of a shader node takes: color, one of several kinds of data, or either."""

from __future__ import annotations

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
    "COORDINATES",
    "MASK",
    "UNUSED",
]

_BY_SOCKET: dict[str, Role] = {
    "Base Color": "BASE_COLOR",
    "Emission Color": "EMISSION",
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
    "Thickness": "MASK",
}

_BY_NODE: dict[str, Role] = {
    "OUTPUT_MATERIAL": "EMISSION",  # a color plugged straight into Surface glows
    "OUTPUT_WORLD": "EMISSION",
    "OUTPUT_LIGHT": "EMISSION",
    "NORMAL_MAP": "NORMAL",
    "BUMP": "HEIGHT",
    "DISPLACEMENT": "HEIGHT",
    "VECTOR_DISPLACEMENT": "HEIGHT",
    "BLACKBODY": "MASK",
    "WAVELENGTH": "MASK",
    "FRESNEL": "MASK",
    "LAYER_WEIGHT": "MASK",
    "BEVEL": "NORMAL",
    "WIREFRAME": "MASK",
}

_NAMED_BY_ARTIST = {
    "NodeGroupOutput",
    "NodeReroute",
    "GeometryNodeRepeatInput",
    "GeometryNodeRepeatOutput",
    "GeometryNodeMenuSwitch",
    "NodeClosureInput",
    "NodeClosureOutput",
    "NodeEvaluateClosure",
    "NodeCombineBundle",
    "NodeSeparateBundle",
    "NodeJoinBundle",
    "ShaderNodeScript",
}
"""Nodes the names of whose sockets say nothing, besides groups."""

_ONLY_COLOR = {"TEX_BRICK", "TEX_CHECKER", "AMBIENT_OCCLUSION"}
"""Nodes with an output that does not depend on the colors that they are given."""


def role_at(node: bpy.types.Node, socket: bpy.types.NodeSocket) -> Role | None:
    """Return the role of an image whose link ends at a socket, None if it must be followed further."""
    if socket.identifier == "Iterations" or socket.type == "MENU":
        return "MASK"
    if getattr(node, "node_tree", None) is not None or node.bl_idname in _NAMED_BY_ARTIST:
        return None
    if node.type in _BY_NODE:
        return _BY_SOCKET.get(socket.name, _BY_NODE[node.type])
    if any(output.type == "SHADER" for output in node.outputs):
        return _role_in_shader(node, socket)
    if socket.type == "RGBA":
        return None
    if node.type.startswith("TEX_"):
        return "COORDINATES"
    if node.type == "VALTORGB":  # its factor is the image itself, in gray
        return None
    controls = socket.type == "VALUE" and _changes_color(node)
    return "MASK" if controls or socket.name in {"Fac", "Factor"} else None


def affected(node: bpy.types.Node, socket: bpy.types.NodeSocket) -> list[bpy.types.NodeSocket]:
    """Return the outputs of a node that depend on an input."""
    if node.bl_idname == "GeometryNodeMenuSwitch":  # the others say which item is chosen
        return list(node.outputs[:1])
    if node.type in _ONLY_COLOR:
        return [output for output in node.outputs if output.type == "RGBA"]
    return list(node.outputs)


def channel_of(node: bpy.types.Node, output: bpy.types.NodeSocket) -> str:
    """Return which single channel of a color an output gives, "" for the whole color.

    Hue, saturation and lightness count as the whole: they are no places to pack data into.
    """
    separates = node.type in {"SEPXYZ", "SEPRGB"} or (
        node.type == "SEPARATE_COLOR" and node.mode == "RGB"
    )
    return output.identifier if separates else ""


def _role_in_shader(node: bpy.types.Node, socket: bpy.types.NodeSocket) -> Role:
    if socket.type == "RGBA" and socket.name == "Color":
        return "EMISSION" if node.type == "EMISSION" else "BASE_COLOR"
    by_type: dict[str, Role] = {"RGBA": "COLOR", "SHADER": "EMISSION"}
    return _BY_SOCKET.get(socket.name, by_type.get(socket.type, "MASK"))


def _changes_color(node: bpy.types.Node) -> bool:
    """Return whether a node makes a color of another one."""
    return all(
        any(socket.enabled and socket.type == "RGBA" for socket in sockets)
        for sockets in (node.inputs, node.outputs)
    )
