"""Paint a mesh's textures by Brush Painter: ``python -m benchmarks.material_peer CHECKOUT FOLDER on``.

Its core is loaded from a checkout of Paint System that lies elsewhere, with Blender's own bmesh, by
which it finds seams. FOLDER has ``mesh.npz`` and a PNG file for each UDIM tile; the results go beside
them, as ``TILE.peer.on.png``. With ``off``, stamps are not duplicated over seams.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from types import SimpleNamespace

import bpy
import cv2
import numpy as np

from impasto.core.mesh.uv_mesh import UVMesh, load_mesh

from .paint_brush_painter import CORE, PRESET, find, loaded, painter_of


def main(checkout: Path, folder: Path, duplicate: bool) -> None:
    """Paint all tiles with default settings."""
    core, preset = find(checkout, CORE), find(checkout, PRESET)
    assert core and preset, "this checkout has no Brush Painter"
    painter = painter_of(loaded(core, real=("bpy", "bmesh")))
    painter.enable_seam_duplication = duplicate
    np.random.seed(0)
    files = sorted(folder.glob("[0-9][0-9][0-9][0-9].png"))
    tiles = {int(file.stem): _read(file) for file in files}
    image = SimpleNamespace(tiles=tiles, ori_path="", ori_packed=False)
    painter.apply_brush_painting(
        image,
        brush_folder_path=str(preset),
        mesh_object=_object(load_mesh(folder / "mesh.npz")),
        uv_map_name="UVMap",
    )
    word = "on" if duplicate else "off"
    for tile, pixels in image.tiles.items():
        whole = np.rint(np.clip(pixels[..., 2::-1], 0, 1) * 255).astype(np.uint8)
        cv2.imwrite(str(folder / f"{tile}.peer.{word}.png"), whole)


def _read(file: Path) -> np.ndarray:
    pixels = cv2.imread(str(file), cv2.IMREAD_COLOR)
    return cv2.cvtColor(pixels, cv2.COLOR_BGR2RGBA).astype(np.float32) / 255


def _object(mesh: UVMesh) -> bpy.types.Object:
    """Return an object with the triangles; vertices at one place are one, or there are no seams."""
    places, vertices = np.unique(np.round(mesh.positions, 5), axis=0, return_inverse=True)
    data = bpy.data.meshes.new("Mesh")
    data.from_pydata(places.tolist(), [], vertices.reshape(-1)[mesh.triangles].tolist())
    data.uv_layers.new(name="UVMap").uv.foreach_set("vector", mesh.uv.astype(np.float32).ravel())
    return bpy.data.objects.new("Object", data)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3] == "on")
    os._exit(0)  # what bpy frees at the end can hang the process
