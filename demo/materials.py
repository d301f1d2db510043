"""The demo's images and the materials that use them, each image in a way that scenes do."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import bpy
import recipes
from bake import Oven
from fields import plug

from impasto.core.image.files import read_picture, write_picture
from impasto.core.image.picture import Picture

RENDER = Path(__file__).resolve().parents[1] / "training" / "sample.png"
BAKED: dict[str, tuple[Callable, int, str]] = {
    "Brick Wall": (recipes.brick_wall, 768, "8"),
    "Planks": (recipes.planks, 512, "16"),
    "Table Boards": (recipes.table_boards, 512, "8"),
    "Shutter Boards": (recipes.shutter_boards, 512, "8"),
    "Gingham": (recipes.gingham, 512, "8"),
    "Awning": (recipes.awning, 512, "8"),
    "Burlap": (recipes.burlap, 512, "8"),
    "Barrel Paint": (recipes.barrel_paint, 512, "8"),
    "Bucket Paint": (recipes.bucket_paint, 512, "8"),
    "Jug Paint": (recipes.sign_paint, 512, "8"),
    "Wall Tiles": (recipes.azulejo, 512, "8"),
    "Terracotta": (recipes.terracotta, 512, "8"),
    "Orange Peel": (recipes.orange_peel, 256, "8"),
    "Lemon Peel": (recipes.lemon_peel, 256, "8"),
    "Olive Leaves": (recipes.olive_sprig, 512, "8"),
    "Basil Leaves": (recipes.basil_sprig, 512, "8"),
    "Vine Leaves": (recipes.vine_sprig, 512, "8"),
    "Dahlia Picture": (recipes.dahlia, 512, "8"),
}
"""Name: recipe, pixels of a side, bits of a channel."""


def make_images(folder: Path) -> dict[str, bpy.types.Image]:
    """Bake all textures into a folder, crop a render for a picture on the wall, and load them."""
    oven = Oven()
    images = {}
    for name, (recipe, size, depth) in BAKED.items():
        path = folder / f"{name.lower().replace(' ', '_')}.png"
        images[name] = _load(name, oven.color(recipe, path, size, depth))
    glow = oven.color(recipes.lantern_paper, folder / "lantern.exr", 256, "half")
    images["Lantern"] = _load("Lantern", glow)
    relief = oven.normals(recipes.brick_height, folder / "brick_normal.png", 768)
    images["Brick Normal"] = _load("Brick Normal", relief, "Non-Color")
    rough = oven.data(recipes.plank_roughness, folder / "plank_roughness.png")
    images["Plank Roughness"] = _load("Plank Roughness", rough, "Non-Color")
    for tile, recipe in ((1001, recipes.floor_star), (1002, recipes.floor_plain)):
        oven.color(recipe, folder / f"floor_tiles.{tile}.png")
    oven.close()
    floor = _load("Floor Tiles", folder / "floor_tiles.1001.png")
    floor.source = "TILED"
    floor.filepath = str(folder / "floor_tiles.<UDIM>.png")
    images["Floor Tiles"] = floor
    images["Suzanne Picture"] = _load("Suzanne Picture", _cropped_render(folder))
    images["Gingham"].pack()
    return images


def _cropped_render(folder: Path) -> Path:
    """The middle of the render that ``training/make_sample.py`` makes, three wide and two high."""
    render = read_picture(RENDER)
    height, width = render.color.shape[:2]
    top = (height - width * 2 // 3) // 2
    path = folder / "suzanne.png"
    cropped = Picture(render.color[top : top + width * 2 // 3], None, render.depth)
    write_picture(cropped, path, overwrite=True)
    return path


def _load(name: str, path: Path, space: str = "sRGB") -> bpy.types.Image:
    image = bpy.data.images.load(str(path))
    image.name = name
    if path.suffix != ".exr":
        image.colorspace_settings.name = space
    return image


class Material:
    """A material with a Principled BSDF, and shorthands to plug images into it."""

    def __init__(self, name: str, image: bpy.types.Image | None = None, **values) -> None:
        self.block = bpy.data.materials.new(name)
        self.block.use_nodes = True
        self.tree = self.block.node_tree
        self.shader = next(n for n in self.tree.nodes if n.type == "BSDF_PRINCIPLED")
        for socket, value in values.items():
            plug(self.shader.inputs[socket.replace("_", " ").title()], value)
        if image is not None:
            self.image = self.add_image(image)
            self.link(self.image.outputs["Color"], "Base Color")

    def add_image(self, image: bpy.types.Image) -> bpy.types.Node:
        node = self.tree.nodes.new("ShaderNodeTexImage")
        node.image = image
        node.location = (-600, 300 - 280 * sum(n.type == "TEX_IMAGE" for n in self.tree.nodes))
        return node

    def link(self, output: bpy.types.NodeSocket, socket: str) -> None:
        self.tree.links.new(output, self.shader.inputs[socket])


def make_materials(images: dict[str, bpy.types.Image]) -> dict[str, bpy.types.Material]:
    """One material for each kind of surface, by its name."""
    plain = {
        "Awning": 0.85, "Burlap": 1.0, "Bucket Paint": 0.4, "Jug Paint": 0.4, "Terracotta": 0.8,
        "Orange Peel": 0.38, "Lemon Peel": 0.38, "Table Boards": 0.5, "Shutter Boards": 0.6,
        "Wall Tiles": 0.18, "Floor Tiles": 0.3, "Gingham": 0.9,
        "Suzanne Picture": 0.25, "Dahlia Picture": 0.25,
    }  # fmt: skip
    made = [Material(name, images[name], roughness=rough) for name, rough in plain.items()]
    made += [_brick(images), _wood(images), _dark_wood(images), _barrel(images), _lantern(images)]
    made += [_leaves(name, images[name]) for name in images if name.endswith("Leaves")]
    made.append(Material("Iron", base_color="2a2826", roughness=0.5, metallic=0.8))
    made.append(Material("Soil", base_color="2b1d14", roughness=1.0))
    made.append(Material("Mount", base_color="efe8d8", roughness=0.9))
    return {material.block.name: material.block for material in made}


def _brick(images) -> Material:
    brick = Material("Brick Wall", images["Brick Wall"], roughness=0.85)
    relief = brick.tree.nodes.new("ShaderNodeNormalMap")
    relief.inputs["Strength"].default_value = 0.8
    brick.tree.links.new(
        brick.add_image(images["Brick Normal"]).outputs["Color"], relief.inputs["Color"]
    )
    brick.link(relief.outputs["Normal"], "Normal")
    return brick


def _wood(images) -> Material:
    wood = Material("Pale Wood", images["Planks"])
    wood.link(wood.add_image(images["Plank Roughness"]).outputs["Color"], "Roughness")
    return wood


def _dark_wood(images) -> Material:
    """The same image as the pale wood, stained."""
    wood = Material("Stained Wood", images["Planks"], roughness=0.6)
    stain = wood.tree.nodes.new("ShaderNodeMix")
    stain.data_type, stain.blend_type = "RGBA", "MULTIPLY"
    plug(stain.inputs[0], 0.85)
    plug(stain.inputs[7], "b5764a")
    wood.tree.links.new(wood.image.outputs["Color"], stain.inputs[6])
    wood.link(stain.outputs[2], "Base Color")
    return wood


def _barrel(images) -> Material:
    """The image sits inside a node group."""
    group = bpy.data.node_groups.new("Old Paint", "ShaderNodeTree")
    group.interface.new_socket("Paint", in_out="OUTPUT", socket_type="NodeSocketColor")
    node = group.nodes.new("ShaderNodeTexImage")
    node.image = images["Barrel Paint"]
    end = group.nodes.new("NodeGroupOutput")
    end.location = (300, 0)
    group.links.new(node.outputs["Color"], end.inputs["Paint"])
    barrel = Material("Barrel Paint", roughness=0.38)
    entry = barrel.tree.nodes.new("ShaderNodeGroup")
    entry.node_tree, entry.location = group, (-300, 300)
    barrel.link(entry.outputs["Paint"], "Base Color")
    return barrel


def _leaves(name: str, image: bpy.types.Image) -> Material:
    leaves = Material(name, image, roughness=0.5, subsurface_weight=0.0)
    leaves.link(leaves.image.outputs["Alpha"], "Alpha")
    return leaves


def _lantern(images) -> Material:
    lantern = Material("Lantern", base_color="3a1c0c", roughness=0.9, emission_strength=1.0)
    lantern.link(lantern.add_image(images["Lantern"]).outputs["Color"], "Emission Color")
    return lantern
