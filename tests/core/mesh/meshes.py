"""Small meshes with UVs."""

from __future__ import annotations

import numpy as np

from impasto.core.mesh.uv_mesh import UVMesh


def quads(points: np.ndarray, uv: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Corners ``(T, 3, 3)`` and UVs ``(T, 3, 2)`` of a grid of quads, from ``(n + 1, m + 1, ...)``."""
    found = []
    for grid in (points, uv):
        a, b, c, d = grid[:-1, :-1], grid[1:, :-1], grid[1:, 1:], grid[:-1, 1:]
        corners = np.stack((np.stack((a, b, c), 2), np.stack((a, c, d), 2)), 2)
        found.append(corners.reshape(-1, 3, grid.shape[2]))
    return found[0], found[1]


def mesh(*parts: tuple[np.ndarray, np.ndarray]) -> UVMesh:
    """A mesh of triangles, each with vertices of its own."""
    points = np.concatenate([points for points, _ in parts]).reshape(-1, 3)
    uv = np.concatenate([uv for _, uv in parts])
    return UVMesh(
        points.astype(np.float32), np.arange(len(points), dtype=np.int32).reshape(-1, 3), uv
    )


def flat(
    low: tuple[float, float],
    high: tuple[float, float],
    matrix: np.ndarray,
    offset: tuple[float, float],
    cells: int = 4,
) -> tuple[np.ndarray, np.ndarray]:
    """A part of the plane z = 0, whose UVs are ``offset + matrix @ (x, y)``."""
    x, y = np.meshgrid(
        np.linspace(low[0], high[0], cells + 1),
        np.linspace(low[1], high[1], cells + 1),
        indexing="ij",
    )
    points = np.stack((x, y, np.zeros_like(x)), axis=2)
    return quads(points, np.array(offset) + points[..., :2] @ np.asarray(matrix).T)


def turned(degrees: float, scale: float, *, mirrored: bool = False) -> np.ndarray:
    """A similarity as a matrix."""
    angle = np.radians(degrees)
    rotation = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    return scale * rotation @ np.diag((1.0, -1.0 if mirrored else 1.0))


def two_halves(
    degrees: float = 90, scale: float = 1.0, *, mirrored: bool = False, tile: int = 0
) -> UVMesh:
    """A square of the plane, [-1, 1]², cut along x = 0 into two islands.

    The right one is turned, scaled and perhaps mirrored, and may lie in another tile.
    """
    right = 0.2 * turned(degrees, scale, mirrored=mirrored)
    middle = right @ (0.5, 0.0)
    return mesh(
        flat((-1, -1), (0, 1), 0.2 * np.eye(2), (0.3, 0.5)),
        flat((0, -1), (1, 1), right, (0.7 + tile - middle[0], 0.5 - middle[1])),
    )


def tube(cells: int = 16) -> UVMesh:
    """A cylinder whose only seam joins the island to itself."""
    s, t = np.meshgrid(np.linspace(0, 1, cells + 1), np.linspace(0, 1, 5), indexing="ij")
    angle = 2 * np.pi * s
    points = np.stack((np.cos(angle), np.sin(angle), t), axis=2)
    return mesh(quads(points, np.stack((0.1 + 0.8 * s, 0.3 + 0.4 * t), axis=2)))
