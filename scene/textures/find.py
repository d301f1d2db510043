"""Find the image textures of a scope, their uses, and which of them can be restyled."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Literal

import bpy

from .. import compat
from . import roles

Scope = Literal["SELECTED", "SCENE", "FILE"]

ORIGINAL = "impasto_original"
"""Custom property of a restyled node: the image that it showed before; it keeps that in the file."""

RESULT = "impasto_result"
"""Custom property of a restyled node: the result, which it shows unless originals are shown."""

RECIPE = "impasto"
"""Custom property of a result image: the settings that it was made with."""

RELIEF = "impasto_relief"
"""Custom property of a restyled node that has relief: an identifier, which its parts have, too."""

PART = "impasto_relief_part"
"""Custom property of a node that was made for relief: the identifier of that relief."""

_DATA_SPACES = {"Non-Color", "Raw", "Utility - Raw", "Generic Data"}
_UNSUITABLE_TYPES = {"RENDER_RESULT", "COMPOSITING", "MULTILAYER"}


@dataclass(frozen=True)
class ImageUse:
    """A node that shows an image, in a material or in a node group that the material uses.

    Attributes
    ----------
    image : bpy.types.Image
        The original, also while the node shows a result.
    node : bpy.types.Node
        The node.
    material : bpy.types.Material
        The material.
    role : str
        What the node is for.
    entered : tuple of bpy.types.Node
        The group nodes in which the node is, outermost first.
    """

    image: bpy.types.Image
    node: bpy.types.Node
    material: bpy.types.Material
    role: roles.Role
    entered: tuple[bpy.types.Node, ...] = ()


@dataclass
class Texture:
    """An image with all its uses in a scope; ``skipped`` says why it cannot be restyled."""

    image: bpy.types.Image
    uses: list[ImageUse] = field(default_factory=list)
    skipped: str = ""

    @property
    def materials(self) -> list[bpy.types.Material]:
        """Return the materials that use it, each once, in the order found."""
        return list(dict.fromkeys(use.material for use in self.uses))

    @property
    def role(self) -> roles.Role:
        """Return its most important role; a color role wins over data."""
        found = {use.role for use in self.uses}
        return next(role for role in roles.LABELS if role in found)


def objects_in(scope: Scope, context: bpy.types.Context) -> list[bpy.types.Object]:
    """Return the objects of a scope, including those in instanced collections."""
    if scope == "FILE":
        return list(bpy.data.objects)
    if scope == "SELECTED":
        return _with_instances(context.view_layer.objects.selected)
    return _with_instances(context.scene.objects)


def materials_in(scope: Scope, context: bpy.types.Context) -> list[bpy.types.Material]:
    """Return the materials of a scope by name; of the whole file, also those without an object."""
    if scope == "FILE":
        return [material for material in bpy.data.materials if not material.is_grease_pencil]
    return sorted(_used_by(objects_in(scope, context)), key=lambda material: material.name_full)


def materials_of(scene: bpy.types.Scene) -> set[bpy.types.Material]:
    """Return the materials that the objects of a scene use."""
    return _used_by(_with_instances(scene.objects))


def _with_instances(objects: Iterable[bpy.types.Object]) -> list[bpy.types.Object]:
    found: dict[bpy.types.Object, None] = {}
    waiting = list(objects)
    while waiting:
        item = waiting.pop()
        if item not in found:
            found[item] = None
            if item.instance_type == "COLLECTION" and item.instance_collection:
                waiting.extend(item.instance_collection.all_objects)
    return list(found)


def _used_by(objects: Iterable[bpy.types.Object]) -> set[bpy.types.Material]:
    return {slot.material for item in objects for slot in item.material_slots if slot.material}


def original_of(node: bpy.types.Node) -> bpy.types.Image | None:
    """Return the image that a node showed before it was restyled, else the current one."""
    original = node.get(ORIGINAL)
    # The artist may have chosen another image for the node since.
    return original if original and node.image in {original, node.get(RESULT)} else node.image


def trees_in(materials: Iterable[bpy.types.Material]) -> list[bpy.types.NodeTree]:
    """Return the node trees of the materials, also of their node groups, each once."""
    found: dict[bpy.types.NodeTree, None] = {}
    waiting = [compat.node_tree(material) for material in materials]
    while waiting:
        tree = waiting.pop()
        if tree is not None and tree not in found:
            found[tree] = None
            waiting += [node.node_tree for node in tree.nodes if node.type == "GROUP"]
    return list(found)


def uses_in(materials: Iterable[bpy.types.Material]) -> Iterator[ImageUse]:
    """Yield every image node of the materials, also in node groups at any depth."""
    for material in materials:
        tree = compat.node_tree(material)
        if tree is not None:
            yield from _uses_in_tree(material, tree, ())


def _uses_in_tree(
    material: bpy.types.Material, tree: bpy.types.NodeTree, entered: tuple[bpy.types.Node, ...]
) -> Iterator[ImageUse]:
    for node in tree.nodes:
        if node.type in {"TEX_IMAGE", "TEX_ENVIRONMENT"} and PART not in node:
            image = original_of(node)
            if image is not None:
                role = roles.role_of(node, (tree, entered))
                yield ImageUse(image, node, material, role, entered)
        elif node.type == "GROUP" and node.node_tree is not None and node not in entered:
            yield from _uses_in_tree(material, node.node_tree, (*entered, node))


def textures_in(materials: Iterable[bpy.types.Material]) -> list[Texture]:
    """Return the images of the materials with their uses, sorted by name."""
    textures: dict[bpy.types.Image, Texture] = {}
    for use in uses_in(materials):
        textures.setdefault(use.image, Texture(use.image)).uses.append(use)
    for texture in textures.values():
        texture.skipped = _reason_to_skip(texture)
    return sorted(textures.values(), key=lambda texture: texture.image.name_full)


def _reason_to_skip(texture: Texture) -> str:
    image = texture.image
    if image.type in _UNSUITABLE_TYPES or image.source == "VIEWER":
        return "Render or compositor result; save it as an image first"
    if image.source in {"SEQUENCE", "MOVIE"}:
        return "Image sequence or movie, not a texture"
    if texture.role == "UNUSED":
        return "Not connected to a shader"
    if image.colorspace_settings.name in _DATA_SPACES:
        return f"{image.colorspace_settings.name} data, not restyled"
    if texture.role not in roles.COLOR_ROLES:
        return f"{roles.LABELS[texture.role]} data, not restyled"
    return ""
