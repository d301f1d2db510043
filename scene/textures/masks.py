"""Masks of layers: where the painting is seen."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

import bpy

from . import find, layer_group, relief_nodes

Kind = Literal["IMAGE", "COLOR", "OBJECT", "NONE"]

NAME = "Impasto Mask"
"""Name of the attribute, of the object property and, with that of the texture, of the image."""

_SIDES = (256, 2048)
"""Smallest and largest side of a new mask."""

_APART = 220


def source_of(layer: bpy.types.Node) -> bpy.types.Node | None:
    """Return the node that masks a layer, if any."""
    links = layer.inputs[layer_group.MASK].links
    return links[0].from_node if links else None


def add(
    node: bpy.types.Node, layer: bpy.types.Node, kind: Kind, items: Iterable[bpy.types.Object]
) -> None:
    """Mask a layer; the mask that is there is unlinked, and removed if it was made here.

    Everything is painted until the artist paints the image or the color attribute, or sets the
    property of an object to 0. ``items``, which show the layer, get the attribute or the property.
    """
    remove(layer)
    if kind == "NONE":
        return
    tree = layer.id_data
    if kind == "IMAGE":
        made = tree.nodes.new("ShaderNodeTexImage")
        made.image = _new_image(node.image)
        relief_nodes.map_alike(made, node)
        output = made.outputs["Color"]
        tree.nodes.active = made  # Texture Paint paints on the active one
    else:
        made = tree.nodes.new("ShaderNodeAttribute")
        made.attribute_name = NAME if kind == "COLOR" else f'["{NAME}"]'
        made.attribute_type = "GEOMETRY" if kind == "COLOR" else "OBJECT"
        output = made.outputs["Fac"]
        for item in items:
            _give(item, kind)
    made[find.MASK] = True
    made.label, made.select, made.parent = layer_group.MASK, False, layer.parent
    made.location = (layer.location.x - _APART, layer.location.y - 2 * _APART)
    tree.links.new(output, layer.inputs[layer_group.MASK])


def remove(layer: bpy.types.Node) -> None:
    """Unlink the mask of a layer; a node that was made for it goes."""
    tree, source = layer.id_data, source_of(layer)
    for link in list(layer.inputs[layer_group.MASK].links):
        tree.links.remove(link)
    if source is not None and find.MASK in source and not any(o.is_linked for o in source.outputs):
        tree.nodes.remove(source)


def _new_image(like: bpy.types.Image) -> bpy.types.Image:
    width, height = (min(max(side, _SIDES[0]), _SIDES[1]) for side in like.size)
    image = bpy.data.images.new(f"{like.name} {NAME}", width, height, is_data=True)
    image.generated_color = (1.0, 1.0, 1.0, 1.0)
    image.pack()  # else it would be lost with the file
    return image


def _give(item: bpy.types.Object, kind: Kind) -> None:
    """Give an object the attribute or the property, as 1, unless it has it."""
    if kind == "OBJECT":
        if NAME not in item and item.is_editable:
            item[NAME] = 1.0
            item.id_properties_ui(NAME).update(min=0.0, max=1.0)
        return
    colors = getattr(item.data, "color_attributes", None)
    if colors is None or not item.data.is_editable:
        return
    if NAME not in colors:
        made = colors.new(NAME, "BYTE_COLOR", "CORNER")
        made.data.foreach_set("color", [1.0] * (4 * len(made.data)))
    colors.active_color = colors[NAME]
