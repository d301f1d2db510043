"""Pictures of textured meshes by a small rasterizer: what a seam looks like on the surface."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from impasto.core.mesh.sampling import sampled
from impasto.core.mesh.uv_mesh import UVMesh


def view(
    mesh: UVMesh,
    textures: Sequence[np.ndarray],
    tiles: Sequence[int],
    toward: np.ndarray,
    center: np.ndarray,
    width: float,
    size: int = 480,
    spread: int = 2,
) -> np.ndarray:
    """Return what a camera without perspective sees: ``(size, size, 3)`` float32, sRGB in [0, 1].

    Parameters
    ----------
    mesh : UVMesh
        The surface.
    textures : sequence of (H, W, 3) float32, sRGB-encoded in [0, 1]
        One for each tile.
    tiles : sequence of int
        Their UDIM numbers.
    toward : (3,) float
        Direction from the surface to the camera.
    center : (3,) float
        The point in the middle.
    width : float
        What is seen from left to right, in units of the mesh.
    size : int
        Side of the picture in pixels.
    spread : int
        Samples along each side of a pixel.
    """
    toward = np.asarray(toward, float) / np.linalg.norm(toward)
    up = np.array((0.0, 0.0, 1.0)) if abs(toward[2]) < 0.9 else np.array((0.0, 1.0, 0.0))
    right = np.cross(up, toward)
    right /= np.linalg.norm(right)
    frame = np.stack((right, -np.cross(toward, right), toward))
    side = size * spread
    seen = (mesh.positions - center) @ frame.T
    seen[:, :2] = (seen[:, :2] / width + 0.5) * side - 0.5
    depth = np.full((side, side), -np.inf)
    uv = np.zeros((side, side, 2))
    light = np.zeros((side, side), np.float32)
    for corners, place in zip(seen[mesh.triangles], mesh.uv, strict=True):
        low = np.ceil(corners[:, :2].min(axis=0)).clip(0, side).astype(int)
        high = (np.floor(corners[:, :2].max(axis=0)) + 1).clip(0, side).astype(int)
        (ax, ay, _), (bx, by, _), (cx, cy, _) = corners
        area = (bx - ax) * (cy - ay) - (by - ay) * (cx - ax)
        if (high <= low).any() or abs(area) < 1e-9:
            continue
        y, x = np.mgrid[low[1] : high[1], low[0] : high[0]]
        v = ((x - ax) * (cy - ay) - (y - ay) * (cx - ax)) / area
        w = ((bx - ax) * (y - ay) - (by - ay) * (x - ax)) / area
        shares = np.stack((1 - v - w, v, w), axis=2)
        z = shares @ corners[:, 2]
        box = slice(low[1], high[1]), slice(low[0], high[0])
        front = (shares >= -1e-9).all(axis=2) & (z > depth[box])
        depth[box][front] = z[front]
        uv[box][front] = (shares @ place)[front]
        slope = np.cross(corners[1] - corners[0], corners[2] - corners[0])
        slope[2] *= width / side  # pixels across, units in depth
        light[box][front] = abs(slope[2]) / (np.linalg.norm(slope) + 1e-12)
    covered = np.isfinite(depth)
    tile = np.floor(uv).astype(int)
    number = 1001 + tile[..., 0] + 10 * tile[..., 1]
    page = np.array([tiles.index(n) if n in tiles else 0 for n in number[covered]], np.int32)
    shape = np.array([texture.shape[1::-1] for texture in textures])[page]
    inside = uv[covered] - tile[covered]
    x, y = inside[:, 0] * shape[:, 0] - 0.5, (1 - inside[:, 1]) * shape[:, 1] - 0.5
    picture = np.full((side, side, 3), 0.93, np.float32)
    shade = 0.72 + 0.28 * np.clip(light[covered], 0, 1)[:, None]
    picture[covered] = sampled(list(textures), page, x + 1j * y) * shade
    return picture.reshape(size, spread, size, spread, 3).mean(axis=(1, 3))
