"""A small animation with everything that makes frames flicker: ``... moving_scene FOLDER``.

A moving camera, objects that pass before one another, a cut; 48 frames by Cycles to OpenEXR
MultiLayer with the Vector and Depth passes.
"""

from __future__ import annotations

import sys
from math import cos, radians, sin, tau
from pathlib import Path

import bpy

FRAMES, CUT = 48, 28
SIZE = (320, 180)
SAMPLES = 12


def material(name: str, kind: str, scale: float, colors: list[tuple]) -> bpy.types.Material:
    """A procedural texture through a color ramp."""
    made = bpy.data.materials.new(name)
    made.use_nodes = True
    tree = made.node_tree
    pattern = tree.nodes.new(f"ShaderNodeTex{kind}")
    pattern.inputs["Scale"].default_value = scale
    place = tree.nodes.new("ShaderNodeTexCoord")
    ramp = tree.nodes.new("ShaderNodeValToRGB")
    for element, color in zip(ramp.color_ramp.elements, colors, strict=True):
        element.color = (*color, 1)
    shader = tree.nodes["Principled BSDF"]
    tree.links.new(place.outputs["Object"], pattern.inputs["Vector"])
    tree.links.new(pattern.outputs[0], ramp.inputs["Fac"])
    tree.links.new(ramp.outputs["Color"], shader.inputs["Base Color"])
    shader.inputs["Roughness"].default_value = 0.8
    return made


def build(folder: Path) -> bpy.types.Scene:
    """The scene, ready to render."""
    bpy.ops.wm.read_factory_settings(use_empty=True)
    scene = bpy.context.scene
    ground = material("Ground", "Noise", 1.2, [(0.1, 0.25, 0.08), (0.6, 0.5, 0.3)])
    brick = material("Brick", "Voronoi", 3.0, [(0.5, 0.1, 0.06), (0.9, 0.6, 0.4)])
    sky = material("Blue", "Noise", 2.5, [(0.05, 0.1, 0.5), (0.7, 0.8, 1.0)])
    bpy.ops.mesh.primitive_plane_add(size=60)
    bpy.context.object.data.materials.append(ground)
    for angle in range(0, 360, 45):
        at = (7 * cos(radians(angle)), 7 * sin(radians(angle)), 1.5)
        bpy.ops.mesh.primitive_cube_add(size=3, location=at, rotation=(0, 0, radians(angle)))
        bpy.context.object.data.materials.append(brick)
    for index in range(3):
        bpy.ops.mesh.primitive_uv_sphere_add(radius=0.9, segments=48, ring_count=24)
        ball = bpy.context.object
        ball.data.materials.append(sky)
        for frame in range(1, FRAMES + 1, 3):
            turn = tau * (index / 3 + frame / 70)
            ball.location = (4 * cos(turn), 4 * sin(turn), 1 + abs(sin(3 * turn)))
            ball.keyframe_insert("location", frame=frame)
    sun = bpy.data.objects.new("Sun", bpy.data.lights.new("Sun", "SUN"))
    sun.data.energy, sun.rotation_euler = 3.0, (0.7, 0.3, 0.4)
    scene.collection.objects.link(sun)
    scene.world = bpy.data.worlds.new("World")
    scene.world.use_nodes = True
    scene.world.node_tree.nodes["Background"].inputs[0].default_value = (0.5, 0.7, 1, 1)
    for start, stop, first, last, height in (
        (1, CUT, -0.4, 0.3, 3.5),
        (CUT + 1, FRAMES, 2.6, 2.2, 7.0),
    ):
        camera = bpy.data.objects.new(f"Camera {start}", bpy.data.cameras.new("Camera"))
        scene.collection.objects.link(camera)
        aim = camera.constraints.new("TRACK_TO")
        aim.target = bpy.data.objects.get("Aim") or _aim(scene)
        for frame, angle in ((start, first), (stop, last)):
            camera.location = (15 * sin(angle), -15 * cos(angle), height)
            camera.keyframe_insert("location", frame=frame)
        scene.timeline_markers.new(f"Cut {start}", frame=start).camera = camera
        scene.camera = scene.camera or camera
    scene.frame_start, scene.frame_end = 1, FRAMES
    scene.render.engine = "CYCLES"
    scene.cycles.device, scene.cycles.samples = "CPU", SAMPLES
    scene.cycles.use_denoising = False
    scene.cycles.max_bounces = 2
    scene.render.resolution_x, scene.render.resolution_y = SIZE
    layer = scene.view_layers[0]
    layer.use_pass_vector = layer.use_pass_z = True
    scene.render.image_settings.file_format = "OPEN_EXR_MULTILAYER"
    scene.render.filepath = str(folder / "frame_")
    return scene


def _aim(scene: bpy.types.Scene) -> bpy.types.Object:
    aim = bpy.data.objects.new("Aim", None)
    aim.location.z = 1
    scene.collection.objects.link(aim)
    return aim


if __name__ == "__main__":
    build(Path(sys.argv[1]))
    bpy.ops.render.render(animation=True)
