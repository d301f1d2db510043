"""Meshes with texture coordinates in meters: a texture repeats every ``meters`` of surface."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import bpy
import numpy as np
from mathutils import Matrix, Vector

Point = tuple[float, float, float]
FACES = ((0, 2, 3, 1), (4, 5, 7, 6), (0, 1, 5, 4), (2, 6, 7, 3), (0, 4, 6, 2), (1, 3, 7, 5))
"""Of a box whose corner number is x + 2 y + 4 z."""


def mesh_of(
    name: str,
    points: Sequence[Point],
    faces: Sequence[Sequence[int]],
    coordinates: Sequence[tuple[float, float]],
    *,
    smooth: bool,
) -> bpy.types.Mesh:
    """A mesh; ``coordinates`` has one pair for each corner of each face, in order."""
    mesh = bpy.data.meshes.new(name)
    mesh.from_pydata(points, [], faces)
    layer = mesh.uv_layers.new(name="UVMap")
    layer.data.foreach_set("uv", np.asarray(coordinates, np.float32).ravel())
    mesh.polygons.foreach_set("use_smooth", [smooth] * len(mesh.polygons))
    mesh.update()
    return mesh


def place(
    mesh: bpy.types.Mesh,
    material: bpy.types.Material | None = None,
    at: Point = (0, 0, 0),
    turn: Point = (0, 0, 0),
    size: float = 1.0,
) -> bpy.types.Object:
    """Put a mesh into the scene, turned by degrees; give it its material if it has none."""
    if material is not None and not mesh.materials:
        mesh.materials.append(material)
    item = bpy.data.objects.new(mesh.name, mesh)
    item.location, item.scale = at, (size, size, size)
    item.rotation_euler = [math.radians(angle) for angle in turn]
    bpy.context.scene.collection.objects.link(item)
    return item


def soften(item: bpy.types.Object, width: float = 0.006) -> bpy.types.Object:
    """Round the edges a little, so that they catch the light."""
    bevel = item.modifiers.new("Bevel", "BEVEL")
    bevel.width, bevel.segments, bevel.limit_method = width, 2, "ANGLE"
    return item


def boxes(
    name: str, parts: Sequence[tuple[Point, Point]], meters: float, seed: int = 0
) -> bpy.types.Mesh:
    """Boxes ``(middle, size)`` in one mesh; the grain (u) runs along each box's longest side."""
    rng = np.random.default_rng(seed)
    points: list[Point] = []
    faces: list[list[int]] = []
    coordinates: list[tuple[float, float]] = []
    for middle, size in parts:
        start = len(points)
        low = [middle[k] - size[k] / 2 for k in range(3)]
        corners = [
            (
                low[0] + size[0] * (n & 1),
                low[1] + size[1] * (n >> 1 & 1),
                low[2] + size[2] * (n >> 2),
            )
            for n in range(8)
        ]
        points += corners
        shift = rng.uniform(0, 1, 2)
        for face in FACES:
            faces.append([start + n for n in face])
            across = [k for k in range(3) if len({n >> k & 1 for n in face}) == 2]
            across.sort(key=lambda k: -size[k])
            for n in face:
                u, v = (corners[n][k] / meters for k in across)
                coordinates.append((u + shift[0], v + shift[1]))
    return mesh_of(name, points, faces, coordinates, smooth=False)


def surface(
    name: str,
    shape: Callable[[float, float], Point],
    across: int,
    up: int,
    repeat: tuple[float, float] = (1, 1),
) -> bpy.types.Mesh:
    """A sheet: ``shape`` takes (s, t) in the unit square to a point."""
    points = [shape(i / across, j / up) for j in range(up + 1) for i in range(across + 1)]
    faces, coordinates = [], []
    for j in range(up):
        for i in range(across):
            corners = ((i, j), (i + 1, j), (i + 1, j + 1), (i, j + 1))
            faces.append([b * (across + 1) + a for a, b in corners])
            coordinates += [(a / across * repeat[0], b / up * repeat[1]) for a, b in corners]
    return mesh_of(name, points, faces, coordinates, smooth=True)


def turned(
    name: str,
    profile: Sequence[tuple[float, float]],
    meters: float,
    around: int = 0,
    segments: int = 48,
) -> bpy.types.Mesh:
    """A profile of (radius, height) spun about z; the texture goes round ``around`` times."""
    lengths = np.hypot(*np.diff(np.asarray(profile), axis=0).T)
    along = np.concatenate([[0], np.cumsum(lengths)]) / meters
    widest = max(radius for radius, _ in profile)
    repeat = around or max(1, round(2 * math.pi * widest / meters))
    last = len(profile) - 1

    def shape(s: float, t: float) -> Point:
        radius, height = profile[round(t * last)]
        angle = 2 * math.pi * s
        return radius * math.cos(angle), radius * math.sin(angle), height

    mesh = surface(name, shape, segments, last)
    layer = mesh.uv_layers[0].data
    for loop in layer:
        loop.uv = (loop.uv[0] * repeat, along[round(loop.uv[1] * last)])
    return mesh


def rounded(profile: Sequence[tuple[float, float]], steps: int = 5) -> list[tuple[float, float]]:
    """The same profile as a smooth curve (Catmull-Rom) through its points."""
    points = [profile[0], *profile, profile[-1]]
    curve = []
    rows = np.asarray(points, float)
    for a, b, c, d in zip(rows, rows[1:], rows[2:], rows[3:], strict=False):
        for t in np.arange(steps) / steps:
            curve.append(
                b + 0.5 * t * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a)))
            )
    return [(max(float(r), 0.0), float(z)) for r, z in [*curve, profile[-1]]]


def sprig(name: str, width: float, height: float) -> bpy.types.Mesh:
    """A bent card that grows from the origin along z."""

    def shape(s: float, t: float) -> Point:
        droop = 0.35 * height * t * t
        cup = 0.25 * width * (2 * s - 1) ** 2
        return (s - 0.5) * width, -droop + cup, height * (t - 0.15 * t * t)

    return surface(name, shape, 4, 5)


def scatter(
    mesh: bpy.types.Mesh,
    material: bpy.types.Material,
    roots: Sequence[Point],
    lean: Callable[[np.random.Generator], tuple[float, float]],
    rng: np.random.Generator,
) -> None:
    """Instances of a card at each root; ``lean`` draws degrees from upright and of heading."""
    for root in roots:
        tilt, heading = lean(rng)
        item = place(mesh, material)
        item.matrix_world = (
            Matrix.Translation(Vector(root))
            @ Matrix.Rotation(math.radians(heading), 4, "Z")
            @ Matrix.Rotation(math.radians(tilt), 4, "X")
            @ Matrix.Rotation(rng.normal(0, 0.25), 4, "Z")
            @ Matrix.Scale(rng.uniform(0.75, 1.2), 4)
        )
