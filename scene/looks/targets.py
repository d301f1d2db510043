"""What Stylize works on without groups: what the artist points at in an editor."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import bpy

from ...core.errors import BadRequest, NoImages
from .. import lookup
from ..textures import find, layers, scope

Kind = Literal["OBJECT", "SELECTED", "COLLECTION", "MATERIAL", "NODE", "IMAGE"]

_SKIPPED_NAMED = 3


@dataclass(frozen=True)
class Target:
    """Textures that the artist points at; data-blocks by their session UIDs, which survive undo.

    Attributes
    ----------
    name : str
        What it is called in reports.
    objects : frozenset of int
        The objects that are meant; others may show the same materials.
    materials : frozenset of int
        The materials in which textures may change.
    image : int
        The only image that is meant; 0: all.
    node : tuple of str
        The names of the only node that is meant, and before it of the group nodes in which it is;
        empty: all.
    """

    name: str
    objects: frozenset[int]
    materials: frozenset[int]
    image: int = 0
    node: tuple[str, ...] = ()

    def find_objects(self) -> list[bpy.types.Object]:
        """Return the objects that are still there."""
        return [item for item in bpy.data.objects if item.session_uid in self.objects]

    def find_materials(self) -> list[bpy.types.Material]:
        """Return the materials that are still there."""
        return [item for item in bpy.data.materials if item.session_uid in self.materials]

    def means(self, use: find.ImageUse) -> bool:
        """Return whether a use of an image is meant; its material need not be one of the target's."""
        path = (*(node.name for node in use.entered), use.node.name)
        return self.image in {0, use.image.session_uid} and self.node in {(), path}

    def textures(self) -> list[find.Texture]:
        """Return its textures that can be restyled.

        Raises
        ------
        NoImages
            There are none.
        """
        found = find.textures_in(self.find_materials())
        found = [texture for texture in found if any(map(self.means, texture.uses))]
        usable = [texture for texture in found if not texture.skipped]
        if not usable:
            if not found:
                raise NoImages(f'"{self.name}" has no image texture; add an Image Texture node.')
            reasons = [f"{t.image.name}: {t.skipped}" for t in found[:_SKIPPED_NAMED]]
            raise NoImages(f'"{self.name}" has no color texture. {". ".join(reasons)}.')
        return usable

    def uses(self) -> list[find.ImageUse]:
        """Return the uses of images that are meant."""
        return [use for use in find.uses_in(self.find_materials()) if self.means(use)]


def kind_in(context: bpy.types.Context) -> Kind:
    """Return what an editor points at; in the 3D Viewport the artist has chosen it."""
    editor = context.space_data.type if context.space_data is not None else ""
    if editor == "IMAGE_EDITOR":
        return "IMAGE"
    if editor == "NODE_EDITOR":
        return "NODE" if active_node(context) is not None else "MATERIAL"
    if editor == "PROPERTIES":
        return "MATERIAL"
    return context.scene.impasto.point


def pointed_at(context: bpy.types.Context, kind: Kind) -> bpy.types.ID | bpy.types.Node | None:
    """Return the data-block or node that a target is about; quick, for panels."""
    if kind == "IMAGE":
        return getattr(context.space_data, "image", None)
    if kind == "NODE":
        return active_node(context)
    if kind == "MATERIAL":
        return active_material(context)
    if kind == "COLLECTION":
        return context.collection
    return context.object


def active_node(context: bpy.types.Context) -> bpy.types.Node | None:
    """Return the active Image Texture node of a Shader Editor; of a layer, the one below it."""
    tree = getattr(context.space_data, "edit_tree", None)
    node = None if tree is None or tree.type != "SHADER" else tree.nodes.active
    node = node if node is None else layers.below(node)
    if node is None or node.type not in {"TEX_IMAGE", "TEX_ENVIRONMENT"}:
        return None
    return node


def target_of(context: bpy.types.Context, kind: Kind) -> Target:
    """Return what is pointed at.

    Raises
    ------
    BadRequest, NoImages
        Nothing is; or no material shows the image.
    """
    thing = pointed_at(context, kind)
    if kind == "SELECTED":
        objects = list(context.selected_objects)
        if not objects:
            raise BadRequest("No object is selected; select one first.")
        name = objects[0].name if len(objects) == 1 else "Selected Objects"
        return _target(name, objects, scope.shown_by(objects)[1])
    if thing is None:
        raise BadRequest(f"There is no {_NOUNS[kind]}; choose one first.")
    if kind == "OBJECT":
        return _target(thing.name, [thing], scope.shown_by([thing])[1])
    if kind == "COLLECTION":
        return _target(thing.name, thing.all_objects, scope.shown_by(thing.all_objects)[1])
    if kind == "IMAGE":
        return _of_image(context, original(thing))
    return _of_material(context, thing if kind == "NODE" else None)


def uses_of_panel(context: bpy.types.Context) -> list[find.ImageUse]:
    """Return the uses of what the panels are about: what is active, or the active group.

    Raises
    ------
    BadRequest
        Nothing is active.
    """
    if not context.scene.impasto.shows_group:
        return target_of(context, kind_in(context)).uses()
    members = lookup.active_group(context.scene).members
    images = {member.image for member in members}
    rows = [row.material for member in members for row in member.materials]
    return [use for use in find.uses_in(dict.fromkeys(filter(None, rows))) if use.image in images]


_NOUNS: dict[Kind, str] = {
    "OBJECT": "active object",
    "COLLECTION": "active collection",
    "MATERIAL": "active material",
    "NODE": "active Image Texture node",
    "IMAGE": "image in this editor",
}


def original(image: bpy.types.Image) -> bpy.types.Image:
    """Return the image that a result was made of, else the image itself."""
    if find.RECIPE not in image:
        return image
    for tree in find.every_tree():
        for node in tree.nodes:
            if node.get(find.RESULT) == image and node.get(find.ORIGINAL):
                return node[find.ORIGINAL]
    return image


def show_in_editors(target: Target) -> None:
    """Show the result of an image in the Image Editors that show the original."""
    nodes = (use.node for use in target.uses()) if target.image else ()
    result = next((node[find.RESULT] for node in nodes if find.RESULT in node), None)
    if result is None:
        return
    for screen in bpy.data.screens:
        for area in screen.areas:
            space = area.spaces.active if area.type == "IMAGE_EDITOR" else None
            shown = space.image if space is not None else None
            if shown is not None and original(shown).session_uid == target.image:
                space.image = result


def _of_image(context: bpy.types.Context, image: bpy.types.Image) -> Target:
    """Return an image where the active object shows it, or else wherever it is shown."""
    users = {
        use.material
        for use in find.uses_in(bpy.data.materials)
        if use.image == image and use.takes_result
    }
    if not users:
        raise NoImages(
            f'"{image.name}" is no color of a material; add an Image Texture node for it first.'
        )
    active = context.object
    own = users.intersection(scope.shown_by([active])[1]) if active is not None else set()
    objects = [item for item in bpy.data.objects if scope.shows(item, users)]
    target = _target(image.name, [active] if own else objects, own or users)
    return Target(target.name, target.objects, target.materials, image=image.session_uid)


def _of_material(context: bpy.types.Context, node: bpy.types.Node | None) -> Target:
    """Return the active material, or only a node of it, as the active object shows it."""
    material = active_material(context)
    if material is None:
        raise BadRequest("There is no active material; choose one first.")
    users = [item for item in bpy.data.objects if scope.shows(item, {material})]
    objects = [context.object] if context.object in users else users
    target = _target(material.name, objects, [material])
    if node is None:
        return target
    for use in find.uses_in([material]):
        if use.node == node:
            path = (*(outer.name for outer in use.entered), node.name)
            return Target(use.image.name, target.objects, target.materials, node=path)
    raise BadRequest(f'"{material.name}" does not use the node "{node.name}"; choose another one.')


def active_material(context: bpy.types.Context) -> bpy.types.Material | None:
    """Return the material in the Shader Editor or the Properties, else that of the active object."""
    shown = getattr(context.space_data, "id", None)  # of a Shader Editor
    if isinstance(shown, bpy.types.Material):
        return shown
    own = getattr(context, "material", None)  # of the Properties
    if own is not None:
        return own
    return context.object.active_material if context.object is not None else None


def _target(
    name: str, objects: Iterable[bpy.types.Object], materials: Iterable[bpy.types.Material]
) -> Target:
    return Target(
        name,
        frozenset(item.session_uid for item in objects),
        frozenset(item.session_uid for item in materials),
    )
