"""Render the image on which styles are shown: Suzanne on a shelf in front of a brick wall."""

from __future__ import annotations

import sys
from math import radians
from pathlib import Path

import bpy


def material(name: str, kind: str, first: tuple, second: tuple, scale: float):
    """Make a two-color procedural material."""
    m = bpy.data.materials.new(name)
    m.use_nodes = True
    nodes, links = m.node_tree.nodes, m.node_tree.links
    bsdf = nodes["Principled BSDF"]
    bsdf.inputs["Roughness"].default_value = 0.55
    texture = nodes.new(f"ShaderNodeTex{kind}")
    place = nodes.new("ShaderNodeTexCoord")
    links.new(place.outputs["Object"], texture.inputs["Vector"])
    texture.inputs["Scale"].default_value = scale
    if kind == "Brick":
        texture.inputs["Color1"].default_value = first
        texture.inputs["Color2"].default_value = second
        texture.inputs["Mortar"].default_value = (0.62, 0.57, 0.5, 1)
        links.new(texture.outputs["Color"], bsdf.inputs["Base Color"])
        return m
    ramp = nodes.new("ShaderNodeValToRGB")
    ramp.color_ramp.elements[0].color, ramp.color_ramp.elements[1].color = first, second
    output = "Color" if kind == "Checker" else ("Distance" if kind == "Voronoi" else "Fac")
    links.new(texture.outputs[output], ramp.inputs["Fac"])
    links.new(ramp.outputs["Color"], bsdf.inputs["Base Color"])
    return m


def put(kind: str, where: tuple, size: float, surface, **more):
    """Add a primitive with a material."""
    getattr(bpy.ops.mesh, f"primitive_{kind}_add")(location=where, size=size, **more) if kind in (
        "monkey",
        "plane",
        "cube",
    ) else getattr(bpy.ops.mesh, f"primitive_{kind}_add")(location=where, radius=size, **more)
    added = bpy.context.object
    added.data.materials.append(surface)
    if kind in ("monkey", "uv_sphere"):
        added.modifiers.new("Smooth", "SUBSURF").render_levels = 2
        bpy.ops.object.shade_smooth()
    return added


def main(out: Path) -> None:
    """Build the scene and render it."""
    bpy.ops.wm.read_homefile(use_factory_startup=True, use_empty=True)
    brick = material("Brick", "Brick", (0.45, 0.13, 0.07, 1), (0.62, 0.24, 0.12, 1), 1.1)
    wood = material("Wood", "Wave", (0.36, 0.17, 0.06, 1), (0.62, 0.36, 0.16, 1), 0.9)
    teal = material("Glaze", "Noise", (0.02, 0.22, 0.3, 1), (0.1, 0.52, 0.55, 1), 3)
    gold = material("Spots", "Voronoi", (0.9, 0.55, 0.08, 1), (0.75, 0.2, 0.06, 1), 5)
    leaf = material("Leaf", "Noise", (0.07, 0.2, 0.04, 1), (0.4, 0.55, 0.12, 1), 6)
    put("plane", (0, 1.6, 1), 12, brick, rotation=(radians(90), 0, 0))
    put("cube", (0, 0, -0.55), 1, wood).scale = (9, 3.4, 1)
    put("monkey", (-0.1, 0.1, 0.85), 1.7, teal, rotation=(radians(-8), 0, radians(18)))
    put("uv_sphere", (1.55, -0.1, 0.5), 0.55, gold)
    put("uv_sphere", (-1.7, 0.2, 0.38), 0.43, leaf)
    put("uv_sphere", (-1.25, -0.65, 0.2), 0.26, gold)
    bpy.ops.object.light_add(
        type="AREA", location=(-3.2, -3.4, 4.6), rotation=(radians(46), 0, radians(-40))
    )
    bpy.context.object.data.energy, bpy.context.object.data.size = 620, 2.2
    bpy.ops.object.light_add(
        type="AREA", location=(3.6, -2.6, 2.4), rotation=(radians(60), 0, radians(52))
    )
    bpy.context.object.data.energy, bpy.context.object.data.size = 120, 2.0
    bpy.context.object.data.color = (0.75, 0.85, 1)
    bpy.ops.object.camera_add(location=(0, -5.4, 1.25), rotation=(radians(86), 0, 0))
    scene = bpy.context.scene
    scene.camera = bpy.context.object
    scene.camera.data.lens = 46
    scene.render.engine = "CYCLES"
    scene.cycles.samples, scene.cycles.use_denoising = 48, True
    scene.render.resolution_x = scene.render.resolution_y = 768
    scene.view_settings.view_transform = "Standard"
    scene.render.filepath = str(out.resolve())
    bpy.ops.render.render(write_still=True)


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "training/sample.png"))
