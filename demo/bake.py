"""Bake recipes to image files: Cycles' Emit bake on a plane, one sample grid per pixel."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import bpy
import numpy as np
from fields import Field, Sheet, plug

from impasto.core.image.color import linear_to_srgb
from impasto.core.image.files import write_picture
from impasto.core.image.formats import Depth
from impasto.core.image.picture import Picture

Recipe = Callable[[Sheet], "Field | tuple[Field, Field]"]


class Oven:
    """A plane in a scene of its own that wears one recipe after the other."""

    def __init__(self, samples: int = 3) -> None:
        self.scene = bpy.data.scenes.new("Oven")
        bpy.context.window.scene = self.scene
        self.scene.render.engine = "CYCLES"
        self.scene.cycles.samples = samples
        self.scene.render.bake.margin = 0
        bpy.ops.mesh.primitive_plane_add(size=1)
        self.plane = bpy.context.object

    def close(self) -> None:
        """Leave no trace in the file."""
        mesh = self.plane.data
        bpy.data.objects.remove(self.plane)
        bpy.data.meshes.remove(mesh)
        bpy.data.scenes.remove(self.scene)

    def bake(self, recipe: Recipe, size: int) -> list[np.ndarray]:
        """Linear RGB ``(size, size, 3)`` float32, rows top-down, of each field of a recipe."""
        material = bpy.data.materials.new("Recipe")
        material.use_nodes = True
        tree = material.node_tree
        tree.nodes.clear()
        fields = recipe(Sheet(tree))
        light = tree.nodes.new("ShaderNodeEmission")
        output = tree.nodes.new("ShaderNodeOutputMaterial")
        tree.links.new(light.outputs[0], output.inputs["Surface"])
        target = bpy.data.images.new("Recipe", size, size, float_buffer=True)
        target.colorspace_settings.name = "Non-Color"
        node = tree.nodes.new("ShaderNodeTexImage")
        node.image, tree.nodes.active = target, node
        self.plane.data.materials.clear()
        self.plane.data.materials.append(material)
        baked = []
        for field in fields if isinstance(fields, tuple) else (fields,):
            plug(light.inputs["Color"], field)
            bpy.ops.object.bake(type="EMIT", use_clear=True)
            pixels = np.empty(size * size * 4, np.float32)
            target.pixels.foreach_get(pixels)
            baked.append(pixels.reshape(size, size, 4)[::-1, :, :3].copy())
        bpy.data.images.remove(target)
        bpy.data.materials.remove(material)
        return baked

    def color(self, recipe: Recipe, path: Path, size: int = 512, depth: Depth = "8") -> Path:
        """Write a color texture; a recipe with two fields gets its second one as alpha."""
        color, *alpha = self.bake(recipe, size)
        if path.suffix == ".exr":
            return _write(Picture(color, depth=depth, encoding="linear"), path)
        codes = linear_to_srgb(np.clip(color, 0, 1)).astype(np.float32)
        mask = (np.clip(alpha[0][..., 0], 0, 1) * 255 + 0.5).astype(np.uint8) if alpha else None
        return _write(Picture(codes, mask, depth), path)

    def data(self, recipe: Recipe, path: Path, size: int = 512) -> Path:
        """Write a map whose numbers are no colors."""
        return _write(Picture(np.clip(self.bake(recipe, size)[0], 0, 1), encoding="data"), path)

    def normals(self, height: Recipe, path: Path, size: int = 512, strength: float = 6) -> Path:
        """Write a height field as a seamless tangent-space normal map (OpenGL: green is up)."""
        z = self.bake(height, size)[0][..., 0]
        right = np.roll(z, -1, 1) - np.roll(z, 1, 1)
        up = np.roll(z, 1, 0) - np.roll(z, -1, 0)
        normal = np.dstack([-right * strength, -up * strength, np.ones_like(z)])
        normal /= np.linalg.norm(normal, axis=2, keepdims=True)
        return _write(Picture((normal * 0.5 + 0.5).astype(np.float32), encoding="data"), path)


def _write(picture: Picture, path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    write_picture(picture, path, overwrite=True)
    return path
