"""The node group "Impasto Relief", which adds relief to the normals that a shader had before."""

from __future__ import annotations

import bpy

from . import find

NAME = "Impasto Relief"
RELIEF, NORMAL = "Relief", "Normal"
"""Its sockets."""

_NOTHING = 1e-3
"""Shorter vectors come from no link, or from a muted one."""


def get() -> bpy.types.NodeTree:
    """Return the node group of this file; make it if there is none yet."""
    return next((tree for tree in bpy.data.node_groups if _is_it(tree)), None) or _make()


def remove_unused() -> None:
    """Remove the node group from the file if no node uses it."""
    for tree in [tree for tree in bpy.data.node_groups if _is_it(tree) and tree.users == 0]:
        bpy.data.node_groups.remove(tree)


def _is_it(tree: bpy.types.NodeTree) -> bool:
    if find.RELIEF not in tree or tree.library is not None:
        return False
    sockets = {(item.in_out, item.name) for item in tree.interface.items_tree if _is_socket(item)}
    return {("INPUT", RELIEF), ("INPUT", NORMAL), ("OUTPUT", NORMAL)} <= sockets


def _is_socket(item: bpy.types.NodeTreeInterfaceItem) -> bool:
    return item.item_type == "SOCKET"


def _make() -> bpy.types.NodeTree:
    """Make the node group: normalize(Normal + Relief - Geometry.Normal).

    An input without a link counts as Geometry.Normal, so that deleted nodes and muted links change
    nothing else.
    """
    tree = bpy.data.node_groups.new(NAME, "ShaderNodeTree")
    tree[find.RELIEF] = NAME
    for name in (RELIEF, NORMAL):
        socket = tree.interface.new_socket(name, in_out="INPUT", socket_type="NodeSocketVector")
        socket.hide_value = True
    tree.interface.new_socket(NORMAL, in_out="OUTPUT", socket_type="NodeSocketVector")

    def node(kind: str, column: int, row: int, operation: str = "") -> bpy.types.Node:
        made = tree.nodes.new(kind)
        made.location = (column * 180, row * -180)
        if operation:
            made.operation = operation
        return made

    def link(source: bpy.types.NodeSocket, target: bpy.types.NodeSocket) -> None:
        tree.links.new(source, target)

    entry, geometry = node("NodeGroupInput", 0, 0), node("ShaderNodeNewGeometry", 3, 2)
    missing = []
    for row, name in enumerate((RELIEF, NORMAL), 1):
        length = node("ShaderNodeVectorMath", 1, row, "LENGTH")
        short = node("ShaderNodeMath", 2, row, "LESS_THAN")
        short.inputs[1].default_value = _NOTHING
        link(entry.outputs[name], length.inputs[0])
        link(length.outputs["Value"], short.inputs[0])
        missing.append(short.outputs[0])
    count, share = node("ShaderNodeMath", 3, 1, "ADD"), node("ShaderNodeMath", 4, 1, "SUBTRACT")
    share.inputs[1].default_value = 1.0
    for source, target in zip(missing, count.inputs[:2], strict=True):
        link(source, target)
    link(count.outputs[0], share.inputs[0])
    surface = node("ShaderNodeVectorMath", 5, 1, "SCALE")
    link(geometry.outputs["Normal"], surface.inputs[0])
    link(share.outputs[0], surface.inputs["Scale"])
    both, total = (node("ShaderNodeVectorMath", column, 0, "ADD") for column in (5, 6))
    link(entry.outputs[NORMAL], both.inputs[0])
    link(entry.outputs[RELIEF], both.inputs[1])
    link(both.outputs[0], total.inputs[0])
    link(surface.outputs[0], total.inputs[1])
    unit, result = node("ShaderNodeVectorMath", 7, 0, "NORMALIZE"), node("NodeGroupOutput", 8, 0)
    link(total.outputs[0], unit.inputs[0])
    link(unit.outputs[0], result.inputs[NORMAL])
    return tree
