"""What belongs to a scope: objects, what instances and geometry nodes bring along, and materials."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Literal

import bpy

from .. import compat
from .paths import group_tree

Scope = Literal["SELECTED", "SCENE", "FILE"]

_GIVES_OBJECTS = {"MATERIAL", "OBJECT", "COLLECTION"}
"""Types of sockets of geometry nodes that bring materials along."""

_INFO_NODES = {"OBJECT_INFO": "Geometry", "COLLECTION_INFO": "Instances"}
"""Nodes that bring an object along only if this output is used; others tell where it is."""


def objects_in(scope: Scope, context: bpy.types.Context) -> list[bpy.types.Object]:
    """Return the objects of a scope, including those that instances and geometry nodes show."""
    if scope == "FILE":
        return list(bpy.data.objects)
    return list(shown_by(_chosen(scope, context))[0])


def materials_in(scope: Scope, context: bpy.types.Context) -> list[bpy.types.Material]:
    """Return the materials of a scope by name; of the whole file, also those without an object."""
    if scope == "FILE":
        return [material for material in bpy.data.materials if not material.is_grease_pencil]
    if scope == "SCENE":
        return _by_name(materials_of(context.scene))
    return _by_name(shown_by(_chosen(scope, context))[1])


def lights_in(scope: Scope, context: bpy.types.Context) -> list[bpy.types.World | bpy.types.Light]:
    """Return the worlds and lights of a scope; selected objects have no world."""
    if scope == "FILE":
        return [*bpy.data.worlds, *bpy.data.lights]
    lights = {item.data for item in objects_in(scope, context) if item.type == "LIGHT"}
    worlds = {context.scene.world} if scope == "SCENE" else set()
    if scope == "SCENE":
        worlds |= {layer.world_override for layer in context.scene.view_layers}
    return [*_by_name(worlds - {None}), *_by_name(lights)]


def materials_of(scene: bpy.types.Scene) -> set[bpy.types.Material]:
    """Return the materials that a scene shows."""
    overrides = {layer.material_override for layer in scene.view_layers} - {None}
    return set(shown_by(scene.objects)[1]) | overrides


def shows(
    item: bpy.types.Object,
    materials: set[bpy.types.Material],
    known: Iterable[bpy.types.Object] = (),
) -> bool:
    """Return whether an object, or what it brings along besides ``known``, has one of the materials."""
    return not materials.isdisjoint(shown_by([item], known)[1])


def _chosen(scope: Scope, context: bpy.types.Context) -> Iterable[bpy.types.Object]:
    return context.view_layer.objects.selected if scope == "SELECTED" else context.scene.objects


def _by_name(found: Iterable[bpy.types.ID]) -> list:
    return sorted(found, key=lambda item: item.name_full)


def shown_by(
    objects: Iterable[bpy.types.Object], known: Iterable[bpy.types.Object] = ()
) -> tuple[dict[bpy.types.Object, None], dict[bpy.types.Material, None]]:
    """Return objects with all that they bring along, and the materials of all of them.

    What they bring along is not followed into ``known`` objects.
    """
    past = set(known)
    found: dict[bpy.types.ID, None] = {}
    waiting: list[bpy.types.ID | None] = list(objects)
    while waiting:
        item = waiting.pop()
        if item is None or item in found or item in past:
            continue
        found[item] = None
        if isinstance(item, bpy.types.Object):
            waiting += _brought_by_object(item)
        elif isinstance(item, bpy.types.Collection):
            waiting += item.all_objects
        elif isinstance(item, bpy.types.NodeTree):
            waiting += _brought_by_tree(item)
    objects_found = {item: None for item in found if isinstance(item, bpy.types.Object)}
    materials = {item: None for item in found if isinstance(item, bpy.types.Material)}
    return objects_found, materials


def _brought_by_object(item: bpy.types.Object) -> Iterator[bpy.types.ID | None]:
    if item.instance_type == "COLLECTION":
        yield item.instance_collection
    for slot in item.material_slots:
        yield slot.material
    for modifier in item.modifiers:
        if modifier.type == "NODES" and modifier.node_group is not None:
            yield modifier.node_group
            yield from compat.data_given_to(modifier)
    for system in item.particle_systems:
        if system.settings.render_type == "OBJECT":
            yield system.settings.instance_object
        elif system.settings.render_type == "COLLECTION":
            yield system.settings.instance_collection


def _brought_by_tree(tree: bpy.types.NodeTree) -> Iterator[bpy.types.ID | None]:
    """Yield materials, objects, collections and groups that geometry nodes name."""
    for node in tree.nodes:
        output = _INFO_NODES.get(node.type)
        if output is not None and not node.outputs[output].is_linked:
            continue
        yield group_tree(node)
        for name in ("material", "object", "collection"):  # of the Input nodes
            yield _data(getattr(node, name, None))
        for socket in node.inputs:
            if socket.type in _GIVES_OBJECTS and not socket.is_linked:
                yield _data(socket.default_value)


def _data(value: object) -> bpy.types.ID | None:
    return value if isinstance(value, bpy.types.ID) else None
