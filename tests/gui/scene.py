"""Makes the test scenes: eight textures of four kinds on eight objects, and four of 4096 squared.

    blender -b --python scene.py -- FOLDER

Seen by a person: a row of spheres and cubes with bricks, boards, weave and stains, two of each.
"""

import sys
from pathlib import Path

import bpy
import numpy as np

FOLDER = Path(sys.argv[-1])
rng = np.random.default_rng(7)


def clouds(size, octaves, start=2):
    """Smooth tileable noise in [0, 1]."""
    total = np.zeros((size, size))
    for octave in range(octaves):
        cells = start << octave
        grid = rng.random((cells, cells))
        at = np.arange(size) * cells / size
        low = at.astype(int)
        part = at - low
        part = part * part * (3 - 2 * part)
        rows = grid[low] * (1 - part)[:, None] + grid[(low + 1) % cells] * part[:, None]
        total += (rows[:, low] * (1 - part) + rows[:, (low + 1) % cells] * part) / 2**octave
    return (total - total.min()) / np.ptp(total)


def bricks(size, color):
    """Running bond with pale joints."""
    y, x = np.mgrid[:size, :size] * 8 / size
    x = x / 2 + (y.astype(int) % 2) * 0.5
    joint = (y % 1 < 0.12) | (x % 1 < 0.06)
    shade = 0.75 + 0.5 * rng.random((8, 5))[y.astype(int), x.astype(int)] * clouds(size, 5)
    return np.where(joint[..., None], 0.72, np.multiply.outer(shade, color))


def boards(size, color):
    """Planks with grain along them."""
    y = np.mgrid[:size, :size][0] / size
    wave = 0.03 * clouds(size, 3)
    grain = 0.5 + 0.5 * np.sin((y * 6 % 1 + wave) * 60)
    shade = 0.55 + 0.3 * grain * clouds(size, 4) + 0.15 * (y * 6 % 1 > 0.04)
    return np.multiply.outer(shade, color)


def weave(size, color):
    """Warp over weft."""
    y, x = np.mgrid[:size, :size] * 40 / size
    over = (x.astype(int) + y.astype(int)) % 2
    thread = np.where(over, np.abs(np.sin(np.pi * x)), np.abs(np.sin(np.pi * y)))
    return np.multiply.outer(0.35 + 0.65 * thread, color)


def stains(size, color):
    """Rust on paint."""
    amount = np.clip(clouds(size, 6) * 3 - 1.2, 0, 1)[..., None]
    return amount * np.array((0.45, 0.22, 0.1)) + (1 - amount) * np.array(color)


def save(name, color):
    """Write an ``(H, W, 3)`` sRGB array as PNG through Blender; the image stays loaded."""
    size = len(color)
    image = bpy.data.images.new(name, size, size)
    pixels = np.ones((size, size, 4), np.float32)
    pixels[..., :3] = np.clip(color, 0, 1)
    image.pixels.foreach_set(pixels.ravel())
    image.filepath_raw = str(FOLDER / f"{name}.png")
    image.file_format = "PNG"
    image.save()
    bpy.data.images.remove(image)
    return bpy.data.images.load(str(FOLDER / f"{name}.png"))


def material(name, image):
    """Principled with the image as base color."""
    made = bpy.data.materials.new(name)
    made.use_nodes = True
    nodes = made.node_tree.nodes
    texture = nodes.new("ShaderNodeTexImage")
    texture.image = image
    texture.location = (-560, 300)
    nodes.active = texture  # Solid shading shows the active one.
    made.node_tree.links.new(
        texture.outputs["Color"], nodes["Principled BSDF"].inputs["Base Color"]
    )
    return made


FOLDER.mkdir(parents=True, exist_ok=True)
bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
KINDS = {
    "Bricks": (bricks, (0.62, 0.27, 0.18), (0.5, 0.34, 0.26)),
    "Boards": (boards, (0.78, 0.55, 0.32), (0.6, 0.4, 0.24)),
    "Weave": (weave, (0.25, 0.38, 0.6), (0.35, 0.5, 0.62)),
    "Paint": (stains, (0.2, 0.45, 0.35), (0.3, 0.5, 0.3)),
}
for column, (kind, (draw, *colors)) in enumerate(KINDS.items()):
    for row, color in enumerate(colors):
        name = f"{kind} {row + 1}"
        add = bpy.ops.mesh.primitive_uv_sphere_add if row else bpy.ops.mesh.primitive_cube_add
        add(location=(column * 2.6 - 3.9, row * 2.8 - 1.4, 0))
        made = bpy.context.object
        made.name = name
        if row:
            bpy.ops.object.shade_smooth()
        made.data.materials.append(material(name, save(name, draw(256, np.array(color)))))
bpy.ops.object.light_add(type="SUN", rotation=(0.6, 0.3, 0.4))
bpy.context.object.data.energy = 3.0
bpy.ops.object.camera_add(location=(0, -9, 7), rotation=(0.85, 0, 0))
bpy.context.scene.camera = bpy.context.object
bpy.context.scene.world = bpy.data.worlds.new("World")
bpy.ops.wm.save_as_mainfile(filepath=str(FOLDER / "scene.blend"), relative_remap=True)

big = save("Big", np.tile(bricks(512, np.array((0.62, 0.27, 0.18))), (8, 8, 1)))
for other in list(bpy.data.objects):
    if other.type == "MESH":
        bpy.data.objects.remove(other)
for number in range(4):  # Enough work for a test to happen meanwhile; only one of them is drawn.
    bpy.ops.mesh.primitive_plane_add(size=6)
    plane = bpy.context.object
    plane.data.materials.append(material(f"Big {number}", big if number == 0 else big.copy()))
    plane.hide_set(number > 0)
bpy.data.orphans_purge(do_recursive=True)
bpy.ops.wm.save_as_mainfile(filepath=str(FOLDER / "big.blend"), relative_remap=True)
