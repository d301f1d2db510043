"""Meshes with UVs by script, and a texture without seams for each: a solid pattern in space."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np

from impasto.core.mesh.uv_mesh import UVMesh

Surface = Callable[[np.ndarray, np.ndarray], np.ndarray]
"""Takes two coordinates in [0, 1]; returns points (..., 3)."""


def suzanne() -> UVMesh:
    """Blender's monkey, subdivided once, as Smart UV Project unwraps it."""
    import bpy

    from impasto.scene.textures.uv_meshes import mesh_of

    bpy.ops.wm.read_factory_settings(use_empty=True)
    bpy.ops.mesh.primitive_monkey_add()
    monkey = bpy.context.object
    monkey.modifiers.new("Subdivision", "SUBSURF").levels = 1
    bpy.ops.object.modifier_apply(modifier="Subdivision")
    bpy.ops.object.mode_set(mode="EDIT")
    bpy.ops.mesh.select_all(action="SELECT")
    bpy.ops.uv.smart_project(angle_limit=1.15, island_margin=0.004)
    bpy.ops.object.mode_set(mode="OBJECT")
    found = mesh_of(monkey, bpy.context.evaluated_depsgraph_get(), {0}, "")
    assert found
    return found


def _quads(
    points: np.ndarray, uv: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:  # both (n + 1, m + 1, ...)
    """Return the corners of two triangles for each cell of a grid: ``(T, 3, 3)`` and ``(T, 3, 2)``."""
    cut = [(0, 0), (1, 0), (1, 1)], [(0, 0), (1, 1), (0, 1)]
    n, m = points.shape[0] - 1, points.shape[1] - 1
    found = []
    for grid in (points, uv):
        corners = [[grid[i : i + n, j : j + m] for i, j in one] for one in cut]
        found.append(np.moveaxis(np.array(corners), 1, 3).reshape(-1, 3, grid.shape[2]))
    return found[0], found[1]


def _mesh(parts: list[tuple[np.ndarray, np.ndarray]]) -> UVMesh:
    """Return a mesh of triangles; vertices at one place are one."""
    corners = np.concatenate([points for points, _ in parts])
    triangles = np.arange(3 * len(corners), dtype=np.int32).reshape(-1, 3)
    uv = np.concatenate([uv for _, uv in parts])
    return UVMesh(corners.reshape(-1, 3).astype(np.float32), triangles, uv)


def _patch(surface: Surface, cells: tuple[int, int], matrix: np.ndarray, at: np.ndarray):
    """Return a part of a surface with UVs ``at + matrix @ (s, t)``."""
    s, t = np.meshgrid(*(np.linspace(0, 1, n + 1) for n in cells), indexing="ij")
    return _quads(surface(s, t), at + np.stack((s, t), axis=2) @ np.asarray(matrix).T)


def cylinder() -> UVMesh:
    """A tube whose side is one island, turned by a right angle, and two caps."""

    def side(s: np.ndarray, t: np.ndarray) -> np.ndarray:
        return np.stack((np.cos(2 * np.pi * s), np.sin(2 * np.pi * s), 2 * t - 1), axis=2)

    parts = [_patch(side, (64, 8), np.array([[0, 0.3], [0.94, 0]]), np.array([0.03, 0.03]))]
    for z, corner in ((-1.0, (0.37, 0.03)), (1.0, (0.37, 0.53))):
        angle = np.linspace(0, 2 * np.pi, 65)
        rim = np.stack((np.cos(angle), np.sin(angle), np.full(65, z)), axis=1)
        fan = np.stack((np.tile([0, 0, z], (64, 1)), rim[:-1], rim[1:]), axis=1)
        middle = np.array(corner) + 0.22
        parts.append((fan, middle + 0.2 * fan[..., :2]))
    return _mesh(parts)


_FACES = [(0, 1, 2), (0, 2, 1), (1, 2, 0), (1, 0, 2), (2, 0, 1), (2, 1, 0)]
"""Axis of each face of a cube, and the axes of its two coordinates."""


def _half_face(axes: tuple[int, int, int], sign: int, s: np.ndarray, t: np.ndarray) -> np.ndarray:
    """Return points of a rounded cube's face, as far as x is not negative."""
    point = np.full((*s.shape, 3), float(sign))
    for axis, share in zip(axes[1:], (s, t), strict=True):
        point[..., axis] = share if axis == 0 else 2 * share - 1
    return point / np.linalg.norm(point, axis=2, keepdims=True) ** 0.5


def mirrored_cube(cells: int = 6) -> UVMesh:
    """A rounded, subdivided cube of which the half at negative x has the UVs of the other one."""
    parts = []
    for number, face in enumerate(_FACES):
        sign = 1 - 2 * (number % 2)
        if face[0] == 0 and sign < 0:
            continue
        # Only the half at positive x; the other one is its mirror image.
        size = np.diag([0.14 if axis == 0 else 0.28 for axis in face[1:]])
        corner = np.array([0.02 + 0.33 * (number % 3), 0.1 + 0.45 * (number // 3)])
        points, uv = _patch(partial(_half_face, face, sign), (cells, cells), size, corner)
        parts += [(points, uv), (points * (-1, 1, 1), uv)]
    return _mesh(parts)


def udim_ball(cells: int = 24) -> UVMesh:
    """A ball whose upper half is in tile 1001 and whose lower half is in tile 1002."""
    parts = []
    for sign in (1, -1):

        def half(s: np.ndarray, t: np.ndarray, sign: int = sign) -> np.ndarray:
            # Concentric map of a square to a disk, and that up to the half of a ball.
            a, b = 2 * s - 1, 2 * t - 1
            x, y = a * np.sqrt(1 - b * b / 2), b * np.sqrt(1 - a * a / 2)
            z = sign * np.sqrt(np.maximum(0, 1 - x * x - y * y))
            return np.stack((x, y, z), axis=2)

        turn = np.array([[0.9, 0], [0, 0.9]]) if sign > 0 else np.array([[0, 0.7], [-0.7, 0]])
        corner = np.array((0.05, 0.05)) if sign > 0 else np.array((1.15, 0.85))
        parts.append(_patch(half, (cells, cells), turn, corner))
    return _mesh(parts)


def patchwork(rows: int = 10, columns: int = 20, seed: int = 0) -> UVMesh:
    """A ball of 200 islands, turned by chance, and packed with little room."""
    rng = np.random.default_rng(seed)
    side = int(np.ceil(np.sqrt(rows * columns)))
    slots = rng.permutation(side * side)[: rows * columns]
    parts = []
    for index, slot in enumerate(slots):
        i, j = divmod(index, columns)

        def cell(s: np.ndarray, t: np.ndarray, i: int = i, j: int = j) -> np.ndarray:
            across = 2 * np.pi * (j + s) / columns
            down = 0.3 + (np.pi - 0.6) * (i + t) / rows
            sine = np.sin(down)
            return np.stack((sine * np.cos(across), sine * np.sin(across), np.cos(down)), axis=2)

        turn = np.pi / 2 * rng.integers(4) + rng.uniform(-0.15, 0.15)
        c, s = np.cos(turn), np.sin(turn)
        size = 0.78 / side
        matrix = size * np.array([[c, -s], [s, c]])
        middle = (np.array(divmod(int(slot), side)) + 0.5) / side
        parts.append(_patch(cell, (2, 2), matrix, middle - matrix @ (0.5, 0.5)))
    return _mesh(parts)


MESHES: dict[str, tuple[Callable[[], UVMesh], tuple[int, ...]]] = {
    "Suzanne, smart-projected": (suzanne, (1001,)),
    "cylinder": (cylinder, (1001,)),
    "cube with mirrored UVs": (mirrored_cube, (1001,)),
    "ball on two UDIM tiles": (udim_ball, (1001, 1002)),
    "ball of 200 islands": (patchwork, (1001,)),
}
"""Meshes by name, and the UDIM tiles of their textures."""


def solid_texture(mesh: UVMesh, size: int, tile: int = 1001, margin: float = 4.0) -> np.ndarray:
    """Return a pattern in space as it is seen on a mesh: ``(size, size, 3)`` float32, sRGB in [0, 1].

    It goes on beyond each triangle by a margin in pixels, as a bake does.
    """
    points = np.full((size, size, 3), np.nan, np.float32)
    outside = np.full((size, size), np.inf, np.float32)
    shift = np.array(((tile - 1001) % 10, (tile - 1001) // 10))
    uv = mesh.uv - shift
    pixels = np.stack((uv[..., 0] * size - 0.5, (1 - uv[..., 1]) * size - 0.5), axis=2)
    for corners, place in zip(pixels, mesh.positions[mesh.triangles], strict=True):
        low = np.floor(corners.min(axis=0) - margin).clip(0, size).astype(int)
        high = np.ceil(corners.max(axis=0) + margin + 1).clip(0, size).astype(int)
        if (high <= low).any():
            continue
        y, x = np.mgrid[low[1] : high[1], low[0] : high[0]]
        (ax, ay), (bx, by), (cx, cy) = corners
        area = (bx - ax) * (cy - ay) - (by - ay) * (cx - ax)
        if abs(area) < 1e-9:
            continue
        v = ((x - ax) * (cy - ay) - (y - ay) * (cx - ax)) / area
        w = ((bx - ax) * (y - ay) - (by - ay) * (x - ax)) / area
        shares = np.stack((1 - v - w, v, w), axis=2)
        # Distances from the sides, in pixels: a share of the height over each.
        runs = corners[[2, 2, 1]] - corners[[1, 0, 0]]
        sides = np.hypot(runs[:, 0], runs[:, 1])
        beyond = (-shares * abs(area) / sides).max(axis=2)
        box = slice(low[1], high[1]), slice(low[0], high[0])
        better = (beyond < margin) & (np.maximum(beyond, 0) < outside[box] - 1e-4)
        outside[box][better] = np.maximum(beyond, 0)[better]
        points[box][better] = (shares @ place)[better]
    known = np.isfinite(points[..., 0])
    colors = np.full((size, size, 3), 0.5, np.float32)
    colors[known] = pattern(points[known])
    return colors


def pattern(points: np.ndarray) -> np.ndarray:
    """Return the color of a solid pattern at points ``(N, 3)``: bands, cells and grain."""
    x, y, z = points.astype(np.float64).T
    bent = 0.6 * np.sin(2.1 * x + 1.3 * np.sin(1.7 * z)) + 0.5 * np.sin(2.7 * y - 1.1 * z)
    bands = 0.5 + 0.5 * np.sin(9 * (z + 0.35 * bent))
    cells = np.sin(11 * x + 2 * bent) * np.sin(11 * y - bent) * np.sin(11 * z + bent)
    spots = 1 / (1 + np.exp(-14 * (cells - 0.25)))
    grain = sum(
        np.sin(k * (1.7 * x + 0.9 * y) + p) * np.sin(k * (1.1 * z - 0.6 * x) - p) / k**0.4
        for k, p in ((17, 0.3), (37, 1.9), (83, 4.0), (171, 2.2))
    )
    warm, cool, dark = (
        np.array(c) for c in ((0.85, 0.62, 0.35), (0.2, 0.42, 0.55), (0.5, 0.1, 0.12))
    )
    mixed = cool + (warm - cool) * (1 / (1 + np.exp(-9 * (bands - 0.5))))[:, None]
    mixed = mixed + (dark - mixed) * spots[:, None]
    return np.clip(mixed + 0.12 * grain[:, None], 0, 1).astype(np.float32)
