"""The meshes that a texture lies on: UVs of all objects whose materials show it, for the worker."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import bpy

from . import find, relief_nodes

if TYPE_CHECKING:
    from ...core.mesh.uv_mesh import UVMesh

_SOLID = {"MESH", "CURVE", "SURFACE", "FONT", "META"}
"""Types of objects that become meshes."""

_MOST = 4_000_000
"""Triangles of an evaluated mesh from which on the one without its modifiers is taken."""


def save(
    image: bpy.types.Image,
    materials: Iterable[bpy.types.Material],
    context: bpy.types.Context,
    path: Path,
) -> bool:
    """Write the triangles that an image lies on; returns whether there are any.

    Only uses count in which a UV map alone says where the image is.
    """
    from ...core.mesh.uv_mesh import joined, save_mesh  # late: it loads numpy

    found, depsgraph = [], context.evaluated_depsgraph_get()
    for material, uv_map in _mappings(image, materials):
        seen = set()
        for item in context.scene.objects:
            slots = {i for i, s in enumerate(item.material_slots) if s.material == material}
            if item.type not in _SOLID or not slots:
                continue
            # Copies of an object that share its mesh show nothing new of the texture.
            if not item.modifiers and (item.data, frozenset(slots)) in seen:
                continue
            seen.add((item.data, frozenset(slots)))
            mesh = mesh_of(item, depsgraph, slots, uv_map)
            found += [mesh] if mesh is not None else []
    if found:
        save_mesh(joined(found), path)
    return bool(found)


def _mappings(
    image: bpy.types.Image, materials: Iterable[bpy.types.Material]
) -> dict[tuple[bpy.types.Material, str], None]:
    """Return the materials and UV maps by which an image is shown; the active map is called ""."""
    uses = [use for use in find.uses_in(materials) if use.image == image and use.takes_result]
    found = {}
    for use in uses:
        uv_map = relief_nodes.uv_map_of(use.node, use.entered, mapped=False)
        if uv_map is not None:
            found[use.material, uv_map] = None
    return found


def mesh_of(
    item: bpy.types.Object, depsgraph: bpy.types.Depsgraph, slots: set[int], uv_map: str
) -> UVMesh | None:
    """Return the triangles of an object that have one of its material slots, in world space.

    Modifiers count, as they may change what is next to what. None if there are no such UVs.
    """
    import numpy as np  # late, as it would double the time to enable the extension

    from ...core.mesh.uv_mesh import UVMesh

    shown = item.evaluated_get(depsgraph)
    try:
        mesh = shown.to_mesh()
    except RuntimeError:  # geometry nodes may leave nothing of it
        return None
    if mesh is not None and len(mesh.loops) > 3 * _MOST and item.type == "MESH":
        shown.to_mesh_clear()
        shown, mesh = item, item.to_mesh()
    try:
        layers = mesh.uv_layers if mesh is not None else ()
        chosen = [m for m in layers if (m.name == uv_map if uv_map else m.active_render)]
        if not chosen:
            return None
        mesh.calc_loop_triangles()
        count = len(mesh.loop_triangles)
        vertices, loops = np.empty(3 * count, np.int32), np.empty(3 * count, np.int32)
        polygons = np.empty(count, np.int32)
        mesh.loop_triangles.foreach_get("vertices", vertices)
        mesh.loop_triangles.foreach_get("loops", loops)
        mesh.loop_triangles.foreach_get("polygon_index", polygons)
        slot = np.empty(len(mesh.polygons), np.int32)
        mesh.polygons.foreach_get("material_index", slot)
        uv = np.empty(2 * len(mesh.loops), np.float32)
        chosen[0].uv.foreach_get("vector", uv)
        places = np.empty(3 * len(mesh.vertices), np.float32)
        mesh.vertices.foreach_get("co", places)
        keep = np.isin(slot[polygons], list(slots))
        if not keep.any():
            return None
        world = np.array(item.matrix_world, np.float32)
        return UVMesh(
            places.reshape(-1, 3) @ world[:3, :3].T + world[:3, 3],
            vertices.reshape(-1, 3)[keep],
            uv.reshape(-1, 2)[loops.reshape(-1, 3)[keep]].astype(np.float64),
        )
    finally:
        shown.to_mesh_clear()
