"""A market stall in an old courtyard, built by script: every object, texture and light."""

from __future__ import annotations

import math
from pathlib import Path

import bpy
import numpy as np
from fields import linear
from goods import crate, fruits, heap, pot, ring
from materials import make_images, make_materials
from mathutils import Vector
from shapes import boxes, place, rounded, scatter, soften, sprig, surface, turned

WALL, TABLE = 1.2, 0.8
"""y of the wall; height of the table, in meters."""


def build(folder: Path) -> None:
    """Fill the open, empty file; textures go into ``folder``."""
    scene = bpy.context.scene
    images = make_images(folder)
    bpy.context.window.scene = scene
    wear = make_materials(images)
    _walls(wear)
    _window(wear)
    _awning(wear)
    _table(wear)
    _fruit(wear)
    _left_side(wear)
    _right_side(wear)
    _pictures(wear)
    _light(scene)
    _camera(scene)
    _settings(scene)


def _walls(wear) -> None:
    floor = surface("Floor", lambda s, t: (s * 8 - 4, t * 8 - 6.8, 0), 10, 10)
    for face in floor.polygons:  # tile 1001 and 1002 in turn, as on a chessboard
        tile = (face.index + face.index // 10) % 2
        for corner, (u, v) in zip(face.loop_indices, ((0, 0), (1, 0), (1, 1), (0, 1)), strict=True):
            floor.uv_layers[0].data[corner].uv = (u + tile, v)
    place(floor, wear["Floor Tiles"])

    def upright(low: float, high: float, back: float = 0.0):
        return lambda s, t: (s * 8 - 4, WALL - back, low + t * (high - low))

    place(surface("Wall", upright(0.7, 3.7), 1, 1, (5, 1.875)), wear["Brick Wall"])
    place(surface("Wainscot", upright(0, 0.72, 0.02), 1, 1, (10, 0.9)), wear["Wall Tiles"])
    ledge = boxes("Ledge", [((0, WALL - 0.03, 0.745), (8, 0.09, 0.05))], 0.6)
    soften(place(ledge, wear["Stained Wood"]))


def _window(wear) -> None:
    x, z, width, height = 1.42, 1.62, 0.8, 0.86
    half = width / 2
    boards = [
        ((x + side * half / 2, WALL - 0.03, z), (half - 0.012, 0.04, height)) for side in (-1, 1)
    ]
    bars = [
        ((x + side * half / 2, WALL - 0.06, z + up * height * 0.36), (half - 0.05, 0.025, 0.07))
        for side in (-1, 1)
        for up in (-1, 1)
    ]
    soften(place(boxes("Shutters", boards + bars, 0.5, seed=4), wear["Shutter Boards"]))
    frame = [((x + s * (half + 0.04), WALL - 0.04, z), (0.08, 0.1, height + 0.16)) for s in (-1, 1)]
    frame.append(((x, WALL - 0.04, z + height / 2 + 0.04), (width, 0.1, 0.08)))
    frame.append(((x, WALL - 0.09, z - height / 2 - 0.03), (width + 0.3, 0.24, 0.06)))
    soften(place(boxes("Window Frame", frame, 0.5, seed=5), wear["Table Boards"]))
    for offset in (-0.27, 0.27):
        pot(wear, (x + offset, WALL - 0.11, z - height / 2), 0.085, "Basil Leaves", 11, 0.2)


def _awning(wear) -> None:
    left, right = -1.2, 0.8

    def shape(s: float, t: float):
        sag = 0.03 * math.sin(math.pi * t) + 0.012 * math.cos(s * 8 * 2 * math.pi) * t
        return left + s * (right - left), WALL - 1.05 * t, 2.6 - 0.38 * t - sag

    def valance(s: float, t: float):
        scallop = 0.12 + 0.07 * abs(math.sin(math.pi * s * 8))
        flutter = 0.015 * math.sin(s * 16 * math.pi) * t
        return left + s * (right - left), WALL - 1.05 - flutter, 2.22 - t * scallop

    place(surface("Awning", shape, 64, 12, (2, 1.1)), wear["Awning"])
    place(surface("Valance", valance, 128, 6, (2, 0.2)), wear["Awning"])
    poles = [((x, WALL - 0.52, 2.3), (0.018, 1.1, 0.018)) for x in (left + 0.03, right - 0.03)]
    place(boxes("Awning Arms", poles, 1), wear["Iron"])


def _table(wear) -> None:
    boards = [((-0.15, 0.4 + 0.19 * n, TABLE - 0.025), (1.8, 0.185, 0.05)) for n in range(3)]
    legs = [
        ((x, y, TABLE / 2 - 0.03), (0.09, 0.09, TABLE - 0.05))
        for x in (-0.95, 0.65)
        for y in (0.38, 0.82)
    ]
    rails = [((-0.15, 0.36, TABLE - 0.11), (1.6, 0.04, 0.12))]
    soften(place(boxes("Table", boards + legs + rails, 0.7, seed=2), wear["Table Boards"]))
    front, back, drop, left, width = 0.295, 0.9, 0.42, -0.62, 0.95

    def cloth(s: float, t: float):
        length = t * (back - front + drop)
        x = left + s * width
        if length < drop:
            hang = 1 - length / drop
            fold = 0.022 * math.sin(s * 5.2 * 2 * math.pi + 0.6) * hang
            return x * (1 - 0.02 * hang), front - 0.012 - fold - 0.025 * hang, TABLE - drop * hang
        return x, front + length - drop, TABLE + 0.006

    place(surface("Tablecloth", cloth, 80, 60, (1.6, 1.75)), wear["Gingham"])


def _fruit(wear) -> None:
    rng = np.random.default_rng(5)
    crate(wear, "Pale Wood", (-0.68, 0.6, TABLE), (0, 0, 7), (0.56, 0.4, 0.2), seed=1)
    fruits(wear, "Orange Peel", heap((-0.68, 0.6, TABLE + 0.16), 0.5, 0.36, 0.052, rng, 3),
            0.052, rng)  # fmt: skip
    dish = [(0.0, 0.0), (0.1, 0.0), (0.11, 0.012), (0.2, 0.07), (0.21, 0.075), (0.2, 0.08)]
    dish += [(0.1, 0.03), (0.0, 0.025)]
    place(turned("Dish", dish, 0.4), wear["Terracotta"], (0.02, 0.55, TABLE + 0.008))
    lemons = heap((0.02, 0.55, TABLE + 0.085), 0.26, 0.26, 0.045, rng, 3)
    fruits(wear, "Lemon Peel", lemons, 0.045, rng)
    loose = [(-0.24, 0.36, TABLE + 0.045), (0.32, 0.38, TABLE + 0.045)]
    fruits(wear, "Lemon Peel", loose, 0.045, rng)
    fruits(wear, "Orange Peel", [(0.24, 0.33, TABLE + 0.05)], 0.05, rng)
    jug = rounded(
        [(0.0, 0.0), (0.085, 0.0), (0.115, 0.06), (0.12, 0.13), (0.075, 0.24), (0.062, 0.29),
         (0.078, 0.34), (0.07, 0.335), (0.05, 0.28)]
    )  # fmt: skip
    place(turned("Jug", jug, 0.5), wear["Jug Paint"], (0.5, 0.58, TABLE))
    handle = ring("Jug Handle", 0.07, 0.011)
    place(handle, wear["Jug Paint"], (0.62, 0.58, TABLE + 0.2), (90, 0, 0))
    stems = [(0.5, 0.58, TABLE + 0.3)] * 9
    scatter(sprig("Jug Sprig", 0.2, 0.34), wear["Olive Leaves"], stems,
            lambda r: (r.uniform(5, 45), r.uniform(0, 360)), rng)  # fmt: skip


def _left_side(wear) -> None:
    x, y, r = -1.62, 0.62, 0.29
    profile = [(0.0, 0.0), (r, 0.0), (r + 0.012, 0.02), (r, 0.04)]
    for z in (0.28, 0.56):
        profile += [(r, z), (r + 0.016, z + 0.02), (r, z + 0.04)]
    profile += [(r, 0.84), (r + 0.012, 0.86), (r, 0.88), (r - 0.02, 0.88), (r - 0.03, 0.85)]
    profile.append((0.0, 0.85))
    place(turned("Barrel", profile, 0.9, around=2, segments=64), wear["Barrel Paint"], (x, y, 0))
    pot(wear, (x, y, 0.85), 0.17, "Olive Leaves", 26, 0.5)
    at = (-1.28, 0.02, 0)
    bucket = [(0.0, 0.0), (0.12, 0.0), (0.165, 0.27), (0.175, 0.28), (0.165, 0.285), (0.155, 0.26)]
    place(turned("Bucket", bucket, 0.5), wear["Bucket Paint"], at)
    place(turned("Soil", [(0.155, 0), (0, 0.01)], 1), wear["Soil"], (at[0], at[1], 0.24))
    place(ring("Bucket Handle", 0.168, 0.006), wear["Iron"], (at[0], at[1], 0.26), (52, 0, 20))
    rng = np.random.default_rng(2)
    roots = [(at[0] + rng.normal(0, 0.05), at[1] + rng.normal(0, 0.05), 0.24) for _ in range(26)]
    scatter(sprig("Basil Sprig", 0.22, 0.3), wear["Basil Leaves"], roots,
            lambda r: (r.uniform(0, 60), r.uniform(0, 360)), rng)  # fmt: skip
    lantern = rounded(
        [(0.05, -0.2), (0.1, -0.17), (0.16, -0.08), (0.17, 0.0), (0.16, 0.08), (0.1, 0.17),
         (0.05, 0.2)]
    )  # fmt: skip
    mesh = turned("Lantern", lantern, 0.5, around=1)
    top, bottom = max(loop.uv[1] for loop in mesh.uv_layers[0].data), 0.0
    for loop in mesh.uv_layers[0].data:
        loop.uv = (loop.uv[0] * 2, (loop.uv[1] - bottom) / (top - bottom))
    place(mesh, wear["Lantern"], (-1.42, 0.75, 1.98))
    hook = [((-1.42, 0.75, 2.4), (0.008, 0.008, 0.5)), ((-1.42, 0.96, 2.6), (0.014, 0.5, 0.014))]
    place(boxes("Lantern Hook", hook, 1), wear["Iron"])


def _right_side(wear) -> None:
    rng = np.random.default_rng(8)
    crate(wear, "Stained Wood", (1.32, 0.72, 0), (0, 0, -4), (0.72, 0.5, 0.36), seed=7)
    crate(wear, "Pale Wood", (1.38, 0.7, 0.365), (0, 0, 9), (0.6, 0.42, 0.26), seed=8)
    fruits(wear, "Lemon Peel", heap((1.38, 0.7, 0.58), 0.54, 0.36, 0.047, rng, 3), 0.047, rng)
    sack = rounded(
        [(0.0, 0.0), (0.2, 0.0), (0.25, 0.08), (0.24, 0.22), (0.215, 0.33), (0.235, 0.37),
         (0.25, 0.35), (0.225, 0.39), (0.195, 0.36), (0.18, 0.3)]
    )  # fmt: skip
    mesh = turned("Sack", sack, 0.45, segments=72)
    for point in mesh.vertices:
        angle = math.atan2(point.co.y, point.co.x)
        bulge = 1 + 0.035 * math.sin(5 * angle) + 0.02 * math.sin(13 * angle + point.co.z * 14)
        point.co.x, point.co.y = point.co.x * bulge, point.co.y * bulge
    place(mesh, wear["Burlap"], (0.92, 0.12, 0))
    fruits(wear, "Orange Peel", heap((0.92, 0.12, 0.33), 0.34, 0.34, 0.055, rng, 2), 0.055, rng)
    crate(wear, "Pale Wood", (1.72, 0.0, 0), (0, 0, 24), (0.46, 0.34, 0.22), seed=9)
    roots = [(1.72 + rng.normal(0, 0.1), rng.normal(0, 0.07), 0.1) for _ in range(34)]
    scatter(sprig("Crate Sprig", 0.22, 0.27), wear["Basil Leaves"], roots,
            lambda r: (r.uniform(0, 55), r.uniform(0, 360)), rng)  # fmt: skip
    vine = sprig("Vine Sprig", 0.28, 0.32)
    roots = [
        (2.28 + rng.normal(0, 0.16), WALL - 0.03 - rng.uniform(0, 0.06), z)
        for z in np.linspace(0.95, 2.9, 70)
    ]
    roots += [(x, WALL - 0.05, 2.36 + rng.normal(0, 0.07)) for x in np.linspace(0.95, 2.3, 36)]
    scatter(vine, wear["Vine Leaves"], roots,
            lambda r: (r.uniform(60, 165), r.normal(0, 55)), rng)  # fmt: skip


def _pictures(wear) -> None:
    for picture, x, z, width, height in (
        ("Suzanne Picture", -0.32, 1.6, 0.6, 0.4),
        ("Dahlia Picture", 0.42, 1.53, 0.34, 0.34),
    ):
        y, rim, mount = WALL - 0.03, 0.045, 0.05
        w, h = width + 2 * mount, height + 2 * mount
        bars = [((x, y, z + s * (h + rim) / 2), (w + 2 * rim, 0.05, rim)) for s in (-1, 1)]
        bars += [((x + s * (w + rim) / 2, y, z), (rim, 0.05, h)) for s in (-1, 1)]
        soften(place(boxes("Frame", bars, 0.4, seed=3), wear["Stained Wood"]))
        place(boxes("Mount", [((x, y + 0.01, z), (w, 0.02, h))], 1), wear["Mount"])

        def flat(s, t, x=x, z=z, width=width, height=height, y=y):
            return x + (s - 0.5) * width, y - 0.004, z + (t - 0.5) * height

        place(surface(picture, flat, 1, 1), wear[picture])


def _light(scene) -> None:
    sun = bpy.data.lights.new("Sun", "SUN")
    sun.energy, sun.angle, sun.color = 4.6, math.radians(1.2), (1.0, 0.86, 0.68)
    item = bpy.data.objects.new("Sun", sun)
    item.rotation_euler = Vector((0.62, 0.9, -0.62)).to_track_quat("-Z", "Y").to_euler()
    scene.collection.objects.link(item)
    lamp = bpy.data.lights.new("Lantern Light", "POINT")
    lamp.energy, lamp.color, lamp.shadow_soft_size = 9, (1.0, 0.55, 0.22), 0.15
    glow = bpy.data.objects.new("Lantern Light", lamp)
    glow.location = (-1.42, 0.55, 1.95)
    scene.collection.objects.link(glow)
    world = bpy.data.worlds.new("Sky")
    world.use_nodes = True
    back = world.node_tree.nodes["Background"]
    back.inputs["Color"].default_value = linear("9fbde6")
    back.inputs["Strength"].default_value = 0.75
    scene.world = world


def _camera(scene) -> None:
    camera = bpy.data.cameras.new("Camera")
    camera.lens, camera.dof.use_dof = 40, True
    camera.dof.focus_distance, camera.dof.aperture_fstop = 5.2, 4.0
    item = bpy.data.objects.new("Camera", camera)
    item.location = (0.45, -4.8, 1.6)
    aim = Vector((0.12, 0.6, 1.1)) - item.location
    item.rotation_euler = aim.to_track_quat("-Z", "Y").to_euler()
    scene.collection.objects.link(item)
    scene.camera = item


def _settings(scene) -> None:
    render = scene.render
    render.engine, render.film_transparent = "CYCLES", False
    render.resolution_x, render.resolution_y, render.resolution_percentage = 960, 540, 100
    render.image_settings.file_format = "PNG"
    cycles = scene.cycles
    cycles.device, cycles.samples, cycles.use_denoising = "CPU", 12, True
    cycles.adaptive_threshold, cycles.max_bounces, cycles.transparent_max_bounces = 0.04, 4, 24
    cycles.caustics_reflective = cycles.caustics_refractive = False
    scene.view_settings.look = "AgX - Medium High Contrast"
