"""Shots rendered by Cycles, several cameras in one scene: ``... shot_scenes FOLDER NAME``.

Two scenes: a courtyard to tune on (``court``), and a market place that is held out (``market``). Each
camera gives a shot, as PNG files; some travel, some stand still while things move.
"""

from __future__ import annotations

import sys
from math import cos, pi, radians, sin
from pathlib import Path

import bpy
import numpy as np

from .moving_scene import material

FRAMES = 26
"""Of each shot."""

SIZE = (192, 108)
_SAMPLES = 6

_SCENES = {
    "court": {
        "seed": 1,
        "ground": ("Noise", 1.2, [(0.1, 0.25, 0.08), (0.6, 0.5, 0.3)]),
        "walls": ("Voronoi", 3.0, [(0.5, 0.1, 0.06), (0.9, 0.6, 0.4)]),
        "balls": ("Noise", 2.5, [(0.05, 0.1, 0.5), (0.7, 0.8, 1.0)]),
        "sky": (0.5, 0.7, 1, 1),
        "light": 3.0,
    },
    "market": {
        "seed": 2,
        "ground": ("Voronoi", 1.6, [(0.3, 0.26, 0.22), (0.55, 0.5, 0.42)]),
        "walls": ("Noise", 2.2, [(0.12, 0.2, 0.3), (0.75, 0.55, 0.25)]),
        "balls": ("Voronoi", 2.0, [(0.5, 0.25, 0.02), (0.9, 0.8, 0.3)]),
        "sky": (0.9, 0.55, 0.35, 1),
        "light": 2.0,
    },
}

_Path = tuple[tuple[float, float, float], tuple[float, float, float], float, tuple[float, ...]]
_CAMERAS: tuple[_Path, ...] = (
    # angle, distance and height at the start, at the end, focal length, what is looked at
    ((0, 15, 3.5), (25, 15, 3.5), 40, (0, 0, 1)),
    ((95, 13, 3.0), (95, 13, 3.0), 40, (0, 0, 1)),
    ((200, 16, 7.0), (175, 16, 7.0), 40, (0, 0, 1)),
    ((290, 7.0, 1.6), (290, 5.6, 1.6), 35, (0, 0, 1)),
    ((0, 15, 3.5), (0, 15, 3.5), 85, (0, 0, 1)),
    ((140, 3, 1.2), (170, 3, 1.2), 24, (8, 0, 1)),
    ((250, 18, 10.0), (262, 17, 9.0), 30, (0, 0, 0)),
    ((60, 5, 4.0), (60, 5, 4.0), 35, (2, 4, 0)),
)
"""The fifth has the first one's place and a longer lens: a cut to it is one along the axis."""

CAMERAS = len(_CAMERAS)


def render(folder: Path, name: str) -> None:
    """Render all shots of a scene to ``folder/NAME_CAMERA_####.png``."""
    recipe = _SCENES[name]
    bpy.ops.wm.read_factory_settings(use_empty=True)
    scene = bpy.context.scene
    rng = np.random.default_rng(recipe["seed"])
    ground, walls, balls = (material(k, *recipe[k]) for k in ("ground", "walls", "balls"))
    bpy.ops.mesh.primitive_plane_add(size=80)
    bpy.context.object.data.materials.append(ground)
    for angle in range(0, 360, 40):
        turn, away, height = radians(angle), 7 + 3 * rng.random(), 2 + 3 * rng.random()
        at = (away * cos(turn), away * sin(turn), height / 2)
        if rng.random() < 0.5:
            bpy.ops.mesh.primitive_cube_add(size=1, location=at, rotation=(0, 0, turn))
            bpy.context.object.scale = (2 + 2 * rng.random(), 2 + 2 * rng.random(), height)
        else:
            bpy.ops.mesh.primitive_cylinder_add(radius=1.2, depth=height, location=at)
        bpy.context.object.data.materials.append(walls)
    for index in range(3):
        bpy.ops.mesh.primitive_uv_sphere_add(radius=0.9, segments=32, ring_count=16)
        ball = bpy.context.object
        ball.data.materials.append(balls)
        for frame in range(1, FRAMES + 1, 3):
            turn = 2 * pi * (index / 3 + frame / 60)
            ball.location = (4 * cos(turn), 4 * sin(turn), 1 + abs(sin(3 * turn)))
            ball.keyframe_insert("location", frame=frame)
    sun = bpy.data.objects.new("Sun", bpy.data.lights.new("Sun", "SUN"))
    sun.data.energy, sun.rotation_euler = recipe["light"], (0.7, 0.3, 0.4)
    scene.collection.objects.link(sun)
    scene.world = bpy.data.worlds.new("World")
    scene.world.use_nodes = True
    scene.world.node_tree.nodes["Background"].inputs[0].default_value = recipe["sky"]
    scene.frame_start, scene.frame_end = 1, FRAMES
    scene.render.engine = "CYCLES"
    scene.cycles.device, scene.cycles.samples = "CPU", _SAMPLES
    scene.cycles.use_denoising = False
    scene.cycles.max_bounces = 1
    scene.render.use_persistent_data = True
    scene.render.resolution_x, scene.render.resolution_y = SIZE
    scene.render.image_settings.file_format = "PNG"
    for index, (first, last, lens, target) in enumerate(_CAMERAS):
        camera = bpy.data.objects.new(f"Camera {index}", bpy.data.cameras.new("Camera"))
        camera.data.lens = lens
        scene.collection.objects.link(camera)
        aim = bpy.data.objects.new(f"Aim {index}", None)
        aim.location = target
        scene.collection.objects.link(aim)
        camera.constraints.new("TRACK_TO").target = aim
        for frame, (angle, away, height) in ((1, first), (FRAMES, last)):
            turn = radians(angle)
            camera.location = (away * sin(turn), -away * cos(turn), height)
            camera.keyframe_insert("location", frame=frame)
        scene.camera = camera
        scene.render.filepath = str(folder / f"{name}_{index}_")
        bpy.ops.render.render(animation=True)


if __name__ == "__main__":
    render(Path(sys.argv[1]), sys.argv[2])
