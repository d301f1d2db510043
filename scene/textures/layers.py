"""Show a result as a layer over its original, by nodes beside those of the texture."""

from __future__ import annotations

from collections.abc import Iterable

import bpy

from . import find, layer_group, masks, relief_nodes

_APART = 40
_WIDTH, _HEIGHT = 180, 200
"""Size of a layer's node, which has no room between texture and shader: it is placed below."""


def layer_of(node: bpy.types.Node) -> bpy.types.Node | None:
    """Return the layer of an image node, which is linked to its color."""
    for link in node.outputs["Color"].links:
        if link.to_socket.name == layer_group.ORIGINAL and layer_group.is_layer(link.to_node):
            return link.to_node
    return None


def painting_of(layer: bpy.types.Node) -> bpy.types.Node | None:
    """Return the image node with the painting of a layer, unless the artist linked another node."""
    links = layer.inputs[layer_group.PAINTING].links
    source = links[0].from_node if links else None
    return source if source is not None and find.PAINTING in source else None


def below(node: bpy.types.Node) -> bpy.types.Node:
    """Return the image node below a layer or its painting; any other node itself."""
    if find.PAINTING in node:
        above = (link.to_node for link in node.outputs["Color"].links)
        node = next(filter(layer_group.is_layer, above), node)
    if not layer_group.is_layer(node):
        return node
    links = node.inputs[layer_group.ORIGINAL].links
    return links[0].from_node if links else node


def add(node: bpy.types.Node, result: bpy.types.Image) -> bpy.types.Node:
    """Lay a result over the image of a node; a layer that is there is used again.

    Returns the layer, with its values as they are.
    """
    tree = node.id_data
    layer = layer_of(node) or _new_layer(node)
    painting = painting_of(layer)
    if painting is None:
        painting = _new_painting(node)
        tree.links.new(painting.outputs["Color"], layer.inputs[layer_group.PAINTING])
    painting.image = result
    relief_nodes.map_alike(painting, node)
    layer.mute = False
    node[find.LAYERED] = True
    tree.nodes.active = painting  # Solid shading shows the active one.
    return layer


def remove(node: bpy.types.Node) -> None:
    """Remove the layer of a node, and link the node to what the layer was linked to."""
    if find.LAYERED not in node:
        return
    del node[find.LAYERED]
    layer, tree = layer_of(node), node.id_data
    if layer is None:  # the artist has removed it
        return
    painting = painting_of(layer)
    masks.remove(layer)
    for link in list(layer.outputs[0].links):
        _move(link, node.outputs["Color"])
    tree.nodes.remove(layer)
    if painting is not None and not painting.outputs["Color"].is_linked:
        if tree.nodes.active == painting:
            tree.nodes.active = node
        tree.nodes.remove(painting)
    layer_group.remove_unused()


def show(node: bpy.types.Node, visible: bool) -> None:
    """Show a layer, or what is below it; its values stay."""
    layer = layer_of(node)
    if layer is None:
        return
    layer.mute = not visible
    nodes, painting = node.id_data.nodes, painting_of(layer)
    if painting is not None and nodes.active in (node, painting):
        nodes.active = painting if visible else node  # Solid shading shows the active one.


def remove_orphans(trees: Iterable[bpy.types.NodeTree]) -> int:
    """Remove layers whose texture shows another image since; return how many there were."""
    orphans = [
        node
        for tree in trees
        if tree.is_editable
        for node in tree.nodes
        if find.LAYERED in node and node.image != node.get(find.ORIGINAL)
    ]
    for node in orphans:
        remove(node)
    return len(orphans)


def in_trees(trees: Iterable[bpy.types.NodeTree]) -> list[tuple[bpy.types.Node, bpy.types.Node]]:
    """Return the image nodes that have a layer, each with the layer."""
    nodes = (node for tree in trees for node in tree.nodes if find.LAYERED in node)
    pairs = ((node, layer_of(node)) for node in nodes)
    return [(node, layer) for node, layer in pairs if layer is not None]


def _new_layer(node: bpy.types.Node) -> bpy.types.Node:
    tree = node.id_data
    layer = tree.nodes.new("ShaderNodeGroup")
    layer.node_tree = layer_group.get()
    layer.select, layer.parent = False, node.parent
    layer.width = _WIDTH
    layer.location = (node.location.x + node.width - _WIDTH, _below(node))
    for link in list(node.outputs["Color"].links):
        _move(link, layer.outputs[0])
    tree.links.new(node.outputs["Color"], layer.inputs[layer_group.ORIGINAL])
    return layer


def _new_painting(node: bpy.types.Node) -> bpy.types.Node:
    painting = node.id_data.nodes.new(node.bl_idname)
    painting[find.PAINTING] = True
    painting.label = layer_group.PAINTING
    painting.select, painting.hide, painting.mute = False, node.hide, node.mute
    painting.parent, painting.width = node.parent, node.width
    painting.location = (node.location.x, _below(node) - _HEIGHT - _APART)
    return painting


def _below(node: bpy.types.Node) -> float:
    """Return where the space below a node begins, but for its second node for data."""
    rows = 2 if find.SPLIT in node else 1
    return node.location.y - rows * (relief_nodes.height_of(node) + _APART)


def _move(link: bpy.types.NodeLink, output: bpy.types.NodeSocket) -> None:
    target, muted = link.to_socket, link.is_muted
    output.id_data.links.new(output, target).is_muted = muted
