"""Relief of strokes: planned, wired into materials, hidden with the result, and removed again."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import bpy
import cv2
import numpy as np
import pytest

from impasto.core.control import ItemDone
from impasto.scene.looks import stylize
from impasto.scene.textures import find, relief_group, relief_nodes, results
from impasto.scene.textures.sources import source_of


def waves(size: int = 64) -> np.ndarray:
    """A 16-bit normal map of ridges along y, as OpenCV writes it (BGR)."""
    slope = np.broadcast_to(0.9 * np.sin(np.arange(size) * 0.8), (size, size))
    normal = np.dstack([np.ones_like(slope), np.zeros_like(slope), -slope])
    normal /= np.linalg.norm(normal, axis=2, keepdims=True)
    return np.round((normal * 0.5 + 0.5) * 65535).astype(np.uint16)


class Studio:
    """Stylizes as the worker does, but with ready pictures."""

    def __init__(self, build) -> None:
        self.build = build
        self.folder = build.folder / "results"
        self.folder.mkdir()

    def group(self, *images, **look):
        group = self.build.group(*images, style="starry-night")
        group.look.engine = "STROKES"
        for name, value in look.items():
            setattr(group.look, name, value)
        return group

    def stylize(self, group, pack: bool = False, preview: bool = False) -> str:
        """Conclude a job; returns its message."""
        planner = stylize._Planner(self.folder, pack, preview)
        done = []
        self.items = []
        for member in group.members:
            item = planner.item(group, member, source_of(member.image, self.folder))
            for paths, pixels in (
                (item.outputs, self.build.pixels(1)),
                (item.heights, np.full((64, 64), 30000, np.uint16)),
                (item.normals, waves()),
            ):
                for path in paths:
                    assert not Path(path).exists()
                    cv2.imwrite(path, pixels)
            done.append(ItemDone(item.image.key, item.outputs))
            self.items.append(item)
        scene = bpy.context.scene
        job = SimpleNamespace(done=done, cancelled=False, result=1, scene=scene, message="")
        for _ in stylize._conclude(job, stylize._Batch(planner.plans, "", "")):
            pass
        assert job.changed
        return job.message


@pytest.fixture
def studio(build) -> Studio:
    return Studio(build)


@pytest.fixture
def brick(build, studio):
    """A textured plane, and the group of its texture."""
    part = build.textured("Brick")
    part.tree = part.material.node_tree
    part.shader = build.principled(part.material)
    part.group = studio.group(part.image)
    return part


def links(tree) -> set[tuple]:
    return {
        (
            *(link.from_node.name, link.from_socket.identifier),
            *(link.to_node.name, link.to_socket.identifier, link.is_muted),
        )
        for link in tree.links
    }


def parts(tree, kind: str) -> list:
    return [node for node in tree.nodes if find.PART in node and node.type == kind]


def part_of(tree, kind: str):
    (node,) = parts(tree, kind)
    return node


def former_normal(build, material, kind: str):
    """Link a normal map or a bump to the material's shader; returns the node."""
    tree = material.node_tree
    image = build.node(tree, build.image("Former", 2))
    image.image.colorspace_settings.name = "Non-Color"
    node = tree.nodes.new(f"ShaderNode{kind}")
    entry = {"NormalMap": "Color", "Bump": "Height"}[kind]
    tree.links.new(image.outputs["Color"], node.inputs[entry])
    tree.links.new(node.outputs["Normal"], build.principled(material).inputs["Normal"])
    return node


# --- planned ---------------------------------------------------------------------------------------


def test_maps_are_named_beside_the_result(studio, brick):
    (studio.folder / "Brick (Impasto Normal).png").touch()
    studio.stylize(brick.group)
    (item,) = studio.items
    assert [Path(p).name for p in (*item.outputs, *item.heights, *item.normals)] == [
        "Brick (Impasto).png",
        "Brick (Impasto Height).png",
        "Brick (Impasto Normal 2).png",
    ]


@pytest.mark.parametrize("look", [{"relief": 0.0}, {"engine": "NETWORK"}])
def test_no_maps_without_relief_or_strokes(build, studio, brick, look):
    for name, value in look.items():
        setattr(brick.group.look, name, value)
    before = links(brick.tree)
    studio.stylize(brick.group)
    assert studio.items[0].heights == studio.items[0].normals == ()
    assert links(brick.tree) == before


def test_preview_has_relief_too(studio, brick):
    studio.stylize(brick.group, preview=True, pack=True)
    image = part_of(brick.tree, "TEX_IMAGE").image
    assert image.name == "Brick (Impasto Preview Normal)" and image.packed_file


# --- wired -----------------------------------------------------------------------------------------


def test_plain_material_gets_a_normal_map(build, studio, brick):
    build.save()
    brick.node.extension, brick.node.interpolation = "MIRROR", "Cubic"
    message = studio.stylize(brick.group)
    assert "relief" not in message
    picture, normal = part_of(brick.tree, "TEX_IMAGE"), part_of(brick.tree, "NORMAL_MAP")
    assert (picture.extension, picture.interpolation) == ("MIRROR", "Cubic")
    assert not picture.inputs["Vector"].is_linked
    image, height = picture.image, picture[relief_nodes.HEIGHT]
    assert (image.name, height.name) == ("Brick (Impasto Normal)", "Brick (Impasto Height)")
    for made in (image, height):
        assert made.colorspace_settings.name == "Non-Color"
        assert made.filepath.startswith("//results") and made.users == 1
        assert made[results.RECIPE]["group"] == "Group"
    assert image.is_float, "16 bits are not cut to 8"
    assert (normal.label, normal.uv_map, normal.space) == ("Relief", "", "TANGENT")
    assert normal.inputs["Strength"].default_value == 1.0
    assert picture.outputs["Color"].links[0].to_node == normal
    assert brick.shader.inputs["Normal"].links[0].from_node == normal
    assert not parts(brick.tree, "GROUP")
    frame = part_of(brick.tree, "FRAME")
    assert frame.label == "Impasto Relief" and normal.parent == picture.parent == frame


def test_mapping_and_uv_map_are_those_of_the_texture(studio, brick):
    tree = brick.tree
    uv, reroute, mapping = (
        tree.nodes.new(kind) for kind in ("ShaderNodeUVMap", "NodeReroute", "ShaderNodeMapping")
    )
    uv.uv_map = "Second"
    tree.links.new(uv.outputs[0], reroute.inputs[0])
    tree.links.new(reroute.outputs[0], mapping.inputs["Vector"])
    tree.links.new(mapping.outputs[0], brick.node.inputs["Vector"])
    brick.node.texture_mapping.scale = (2, 3, 1)
    studio.stylize(brick.group)
    picture = part_of(tree, "TEX_IMAGE")
    assert picture.inputs["Vector"].links[0].from_node == mapping
    assert tuple(picture.texture_mapping.scale) == (2, 3, 1)
    assert part_of(tree, "NORMAL_MAP").uv_map == "Second"


@pytest.mark.parametrize("kind", ["NormalMap", "Bump"])
def test_former_normal_is_combined_and_restored(build, studio, brick, kind):
    former = former_normal(build, brick.material, kind)
    before, names = links(brick.tree), {node.name for node in brick.tree.nodes}
    studio.stylize(brick.group)
    group, normal = part_of(brick.tree, "GROUP"), part_of(brick.tree, "NORMAL_MAP")
    assert brick.shader.inputs["Normal"].links[0].from_node == group
    assert group.inputs["Normal"].links[0].from_node == former
    assert group.inputs["Relief"].links[0].from_node == normal
    assert results.revert([brick.material]) == 1
    assert links(brick.tree) == before
    assert {node.name for node in brick.tree.nodes} == names
    assert not brick.node.keys() and relief_group.NAME not in bpy.data.node_groups


def test_muted_former_link_is_restored_muted(build, studio, brick):
    former_normal(build, brick.material, "Bump")
    brick.shader.inputs["Normal"].links[0].is_muted = True
    before = links(brick.tree)
    studio.stylize(brick.group)
    assert part_of(brick.tree, "GROUP").inputs["Normal"].links[0].is_muted
    results.revert([brick.material])
    assert links(brick.tree) == before


def test_node_group_is_made_once(build, studio):
    ready = [build.textured(name, kind) for kind, name in enumerate("AB")]
    for part in ready:
        former_normal(build, part.material, "Bump")
    studio.stylize(studio.group(*(part.image for part in ready)))
    groups = {part_of(part.material.node_tree, "GROUP").node_tree for part in ready}
    assert groups == {bpy.data.node_groups["Impasto Relief"]}


def test_every_shader_behind_mixes_gets_relief(build, studio, brick):
    tree = brick.tree
    colors, mix = tree.nodes.new("ShaderNodeHueSaturation"), tree.nodes.new("ShaderNodeMixShader")
    tree.links.new(brick.node.outputs[0], colors.inputs["Color"])
    shaders = [tree.nodes.new(f"ShaderNodeBsdf{kind}") for kind in ("Diffuse", "Glossy")]
    bump = tree.nodes.new("ShaderNodeBump")
    for number, shader in enumerate(shaders, 1):
        tree.links.new(colors.outputs[0], shader.inputs["Color"])
        tree.links.new(bump.outputs[0], shader.inputs["Normal"])
        tree.links.new(shader.outputs[0], mix.inputs[number])
    before = links(tree)
    studio.stylize(brick.group)
    assert len(parts(tree, "NORMAL_MAP")) == 1 and len(parts(tree, "GROUP")) == 2
    for shader in shaders:
        assert shader.inputs["Normal"].links[0].from_node.type == "GROUP"
    results.revert([brick.material])
    assert links(tree) == before


def test_two_textures_of_one_shader_are_added_and_removed_in_any_order(build, studio, brick):
    tree, moss = brick.tree, build.image("Moss", 1)
    mix = tree.nodes.new("ShaderNodeMix")
    mix.data_type = "RGBA"
    tree.links.new(brick.node.outputs[0], mix.inputs["A"])
    tree.links.new(build.node(tree, moss).outputs[0], mix.inputs["B"])
    tree.links.new(mix.outputs["Result"], brick.shader.inputs["Base Color"])
    before = links(tree)
    for order in ([brick.image, moss], [moss, brick.image]):
        studio.stylize(studio.group(brick.image, moss))
        assert len(parts(tree, "NORMAL_MAP")) == 2 and len(parts(tree, "GROUP")) == 1
        for image in order:
            results.revert([brick.material], only=[image])
        assert links(tree) == before


def test_texture_in_a_node_group_is_wired_there(build, studio):
    tree = bpy.data.node_groups.new("Paint", "ShaderNodeTree")
    tree.interface.new_socket("Shader", in_out="OUTPUT", socket_type="NodeSocketShader")
    shader = tree.nodes.new("ShaderNodeBsdfPrincipled")
    image = build.image("Inner")
    tree.links.new(build.node(tree, image).outputs[0], shader.inputs["Base Color"])
    tree.links.new(shader.outputs[0], tree.nodes.new("NodeGroupOutput").inputs[0])
    materials = [build.material(name) for name in "AB"]
    for material in materials:
        node = material.node_tree.nodes.new("ShaderNodeGroup")
        node.node_tree = tree
        output = material.node_tree.nodes["Material Output"]
        material.node_tree.links.new(node.outputs[0], output.inputs["Surface"])
    build.plane("Plane", *materials)
    before = links(tree)
    studio.stylize(studio.group(image))
    assert shader.inputs["Normal"].links[0].from_node == part_of(tree, "NORMAL_MAP")
    results.revert(materials)
    assert links(tree) == before


def test_shader_outside_the_node_group_is_left_alone(build, studio):
    tree = bpy.data.node_groups.new("Paint", "ShaderNodeTree")
    tree.interface.new_socket("Paint", in_out="OUTPUT", socket_type="NodeSocketColor")
    image = build.image("Inner")
    output = tree.nodes.new("NodeGroupOutput")
    tree.links.new(build.node(tree, image).outputs[0], output.inputs[0])
    material = build.material("M")
    node = material.node_tree.nodes.new("ShaderNodeGroup")
    node.node_tree = tree
    material.node_tree.links.new(node.outputs[0], build.principled(material).inputs["Base Color"])
    build.plane("Plane", material)
    message = studio.stylize(studio.group(image))
    assert (
        "There is no relief where no shader in the texture's node tree takes normals: M" in message
    )
    assert not parts(tree, "NORMAL_MAP") and not parts(material.node_tree, "NORMAL_MAP")
    assert "Inner (Impasto Normal)" not in bpy.data.images


def test_udim(build, studio):
    wall = build.tiled("Wall")
    material = build.material("Wall", wall)
    build.plane("Wall", material)
    build.save()
    studio.stylize(studio.group(wall))
    assert [Path(path).name for path in studio.items[0].normals] == [
        "Wall (Impasto Normal).1001.png",
        "Wall (Impasto Normal).1002.png",
    ]
    image = part_of(material.node_tree, "TEX_IMAGE").image
    assert image.source == "TILED" and [tile.number for tile in image.tiles] == [1001, 1002]
    assert image.filepath == "//results/Wall (Impasto Normal).<UDIM>.png"


@pytest.mark.parametrize("case", ["box", "generated", "position", "outside"])
def test_other_mappings_than_uv_are_skipped_and_named(build, studio, brick, case):
    tree = brick.tree
    if case == "box":
        brick.node.projection = "BOX"
    else:
        kind, socket = {
            "generated": ("TexCoord", "Generated"),
            "position": ("NewGeometry", "Position"),
            "outside": ("Attribute", "Vector"),
        }[case]
        source = tree.nodes.new(f"ShaderNode{kind}").outputs[socket]
        tree.links.new(source, brick.node.inputs["Vector"])
    before = links(tree)
    message = studio.stylize(brick.group)
    assert "There is no relief where a texture is not mapped by UV: Brick Material" in message
    assert links(tree) == before and brick.node.image.name == "Brick (Impasto)"


def test_texture_coordinates_by_uv_are_fine(studio, brick):
    source = brick.tree.nodes.new("ShaderNodeTexCoord").outputs["UV"]
    brick.tree.links.new(source, brick.node.inputs["Vector"])
    studio.stylize(brick.group)
    picture = part_of(brick.tree, "TEX_IMAGE")
    assert picture.inputs["Vector"].links[0].from_socket == source


def test_linked_material_stays_as_it_is(build, studio):
    build.textured("Brick").material.use_fake_user = True
    library = str(build.save("library.blend"))
    bpy.ops.wm.read_homefile(use_factory_startup=True, use_empty=True)
    with bpy.data.libraries.load(library, link=True) as (_, wanted):
        wanted.materials = ["Brick Material"]
    material = bpy.data.materials["Brick Material"]
    build.plane("Plane", material)
    before = links(material.node_tree)
    message = studio.stylize(studio.group(bpy.data.images["Brick"]))
    assert "Linked materials cannot be changed" in message and "relief" not in message
    assert links(material.node_tree) == before
    assert results.revert([material]) == 0


def test_relief_is_not_taken_for_a_texture(studio, brick):
    studio.stylize(brick.group)
    assert [texture.image for texture in find.textures_in([brick.material])] == [brick.image]


# --- again -----------------------------------------------------------------------------------------


def test_stylizing_again_keeps_the_nodes_and_the_strength(build, studio, brick):
    former_normal(build, brick.material, "Bump")
    studio.stylize(brick.group)
    part_of(brick.tree, "NORMAL_MAP").inputs["Strength"].default_value = 0.25
    wired = links(brick.tree)
    studio.stylize(brick.group)
    assert links(brick.tree) == wired
    assert part_of(brick.tree, "NORMAL_MAP").inputs["Strength"].default_value == 0.25
    assert part_of(brick.tree, "TEX_IMAGE").image.name == "Brick (Impasto Normal 2)"
    names = {image.name for image in bpy.data.images}
    assert not names & {"Brick (Impasto Normal)", "Brick (Impasto Height)"}


def test_engine_without_relief_removes_it(build, studio, brick):
    former_normal(build, brick.material, "NormalMap")
    before = links(brick.tree)
    studio.stylize(brick.group)
    brick.group.look.engine = "NETWORK"
    studio.stylize(brick.group)
    assert links(brick.tree) == before and find.RELIEF not in brick.node
    assert not [image for image in bpy.data.images if "Normal" in image.name]


def test_mapping_that_changed_is_followed(studio, brick):
    studio.stylize(brick.group)
    tree = brick.tree
    mapping, source = tree.nodes.new("ShaderNodeMapping"), tree.nodes.new("ShaderNodeTexCoord")
    tree.links.new(source.outputs["UV"], mapping.inputs["Vector"])
    tree.links.new(mapping.outputs[0], brick.node.inputs["Vector"])
    studio.stylize(brick.group)
    assert part_of(tree, "TEX_IMAGE").inputs["Vector"].links[0].from_node == mapping
    brick.node.projection = "SPHERE"
    assert "not mapped by UV" in studio.stylize(brick.group)
    assert not parts(tree, "TEX_IMAGE") and not brick.shader.inputs["Normal"].is_linked


def test_copies_of_a_texture_node_share_its_relief(studio, brick):
    studio.stylize(brick.group)
    copy, tree = brick.material.copy(), brick.material.node_tree
    twin = tree.nodes.new("ShaderNodeTexImage")
    twin.image = brick.node.image
    for key in (find.ORIGINAL, find.RESULT, find.RELIEF):
        twin[key] = brick.node[key]
    results.revert([copy])
    assert not parts(copy.node_tree, "NORMAL_MAP") and parts(tree, "NORMAL_MAP")
    studio.stylize(brick.group)
    assert len(parts(tree, "NORMAL_MAP")) == 1
    assert results.revert([brick.material]) == 2
    assert not parts(tree, "NORMAL_MAP")


# --- kept ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("pack", [False, True])
def test_relief_survives_saving(build, studio, brick, pack):
    former_normal(build, brick.material, "Bump")
    before = links(brick.tree)
    build.save()
    studio.stylize(brick.group, pack=pack)
    for path in studio.folder.glob("*") if pack else ():
        path.unlink()
    results.show([brick.material], originals=True)
    build.save()
    bpy.ops.wm.open_mainfile(filepath=bpy.data.filepath)
    material = bpy.data.materials["Brick Material"]
    tree = material.node_tree
    assert all(link.is_muted for link in part_of(tree, "NORMAL_MAP").outputs[0].links)
    results.show([material], originals=False)
    assert not any(link.is_muted for link in tree.links)
    picture = part_of(tree, "TEX_IMAGE")
    assert tuple(picture.image.size) == tuple(picture[relief_nodes.HEIGHT].size) == (64, 64)
    assert bool(picture.image.packed_file) is pack
    assert results.revert([material]) == 1
    assert links(tree) == before


def test_one_undo_takes_back_color_and_relief(build, studio, brick):
    bpy.ops.ed.undo_push(message="before")
    before = links(brick.tree)
    studio.stylize(brick.group)
    bpy.ops.ed.undo_push(message="Stylize")
    bpy.ops.ed.undo()
    material = bpy.data.materials["Brick Material"]
    assert links(material.node_tree) == before
    bpy.ops.ed.redo()
    material = bpy.data.materials["Brick Material"]
    assert parts(material.node_tree, "NORMAL_MAP")
    assert results.revert([material]) == 1
    assert links(material.node_tree) == before


# --- changed by hand -------------------------------------------------------------------------------


def every_step(studio, brick) -> None:
    """All that touches relief, on what is left of it."""
    results.show([brick.material], originals=True)
    results.show([brick.material], originals=False)
    studio.stylize(brick.group)
    assert len(parts(brick.tree, "TEX_IMAGE")) == len(parts(brick.tree, "NORMAL_MAP")) == 1
    results.revert([brick.material])
    assert not [node for node in brick.tree.nodes if find.PART in node]


@pytest.mark.parametrize("kind", ["TEX_IMAGE", "NORMAL_MAP", "GROUP", "FRAME", "BUMP"])
def test_nodes_deleted_by_hand_are_no_trouble(build, studio, brick, kind):
    former_normal(build, brick.material, "Bump")
    studio.stylize(brick.group)
    found = parts(brick.tree, kind) or [n for n in brick.tree.nodes if n.type == kind]
    brick.tree.nodes.remove(found[0])
    every_step(studio, brick)
    source = {"GROUP": [], "BUMP": []}.get(kind, ["Bump"])
    assert [link.from_node.name for link in brick.shader.inputs["Normal"].links] == source


def test_deleted_data_is_no_trouble(build, studio, brick):
    former_normal(build, brick.material, "Bump")
    studio.stylize(brick.group)
    bpy.data.images.remove(bpy.data.images["Brick (Impasto Normal)"])
    bpy.data.images.remove(bpy.data.images["Brick (Impasto Height)"])
    bpy.data.node_groups.remove(bpy.data.node_groups["Impasto Relief"])
    every_step(studio, brick)


def test_shader_deleted_by_hand_takes_no_relief(build, studio, brick):
    studio.stylize(brick.group)
    brick.tree.nodes.remove(brick.shader)
    results.show([brick.material], originals=True)
    studio.stylize(brick.group)
    assert not parts(brick.tree, "NORMAL_MAP")


@pytest.mark.parametrize("how", ["deleted", "another image"])
def test_relief_of_a_texture_that_is_gone_is_removed(build, studio, brick, how):
    studio.stylize(brick.group)
    if how == "deleted":
        brick.tree.nodes.remove(brick.node)
    else:
        brick.node.image = build.image("Chosen")
    assert results.any_restyled()
    assert results.revert([brick.material]) == 1
    assert not brick.shader.inputs["Normal"].is_linked
    assert not [node for node in brick.tree.nodes if find.PART in node]


def test_image_of_the_artist_in_a_relief_node_stays_in_the_file(build, studio, brick):
    studio.stylize(brick.group)
    part_of(brick.tree, "TEX_IMAGE").image = build.image("Own")
    studio.stylize(brick.group)
    assert "Own" in bpy.data.images


# --- seen ------------------------------------------------------------------------------------------


@pytest.fixture
def render(build, brick):
    """Renders the plane in grazing light, in linear light; ``original`` colors in all renders."""
    mesh = brick.item.data
    mesh.uv_layers.new(name="UVMap").uv.foreach_set("vector", [0, 0, 1, 0, 1, 1, 0, 1])
    scene = bpy.context.scene
    camera = bpy.data.objects.new("Camera", bpy.data.cameras.new("Camera"))
    camera.data.type, camera.data.ortho_scale = "ORTHO", 1.0
    camera.location = (0.5, 0.5, 2.0)
    sun = bpy.data.objects.new("Sun", bpy.data.lights.new("Sun", "SUN"))
    sun.data.energy, sun.rotation_euler = 3.0, (0.0, 1.2, 0.0)
    for item in (camera, sun):
        scene.collection.objects.link(item)
    scene.camera = camera
    scene.render.engine = "CYCLES"
    scene.cycles.device, scene.cycles.samples, scene.cycles.use_denoising = "CPU", 4, False
    scene.render.threads_mode, scene.render.threads = "FIXED", 2
    scene.render.resolution_x = scene.render.resolution_y = 64
    scene.render.image_settings.file_format = "OPEN_EXR"
    scene.render.image_settings.color_depth = "32"
    path = build.folder / "render.exr"

    def render() -> np.ndarray:
        shown = brick.node.image
        brick.node.image = brick.image
        scene.render.filepath = str(path)
        bpy.ops.render.render(write_still=True)
        brick.node.image = shown
        image = bpy.data.images.load(str(path))
        pixels = np.array(image.pixels[:]).reshape(64, 64, 4)[..., :3]
        bpy.data.images.remove(image)
        return pixels

    return render


@pytest.mark.parametrize("former", ["", "NormalMap", "Bump"])
def test_relief_is_seen_hidden_and_gone(build, studio, brick, render, former):
    if former:
        former_normal(build, brick.material, former)
    original = render()
    studio.stylize(brick.group)
    relief = render()
    assert np.abs(relief - original).mean() > 0.05 * original.mean()
    results.show([brick.material], originals=True)
    np.testing.assert_allclose(render(), original, atol=1e-3)
    results.show([brick.material], originals=False)
    np.testing.assert_array_equal(render(), relief)
    results.revert([brick.material])
    np.testing.assert_array_equal(render(), original)


def test_ridges_are_lit_from_the_side_of_the_light(studio, brick, render):
    original = render().mean(axis=(0, 2))
    studio.stylize(brick.group)
    ratio = render().mean(axis=(0, 2)) / original
    slope = waves()[0, :, 2] / 65535.0 - 0.5  # x of the normal; the light comes from -x or +x
    toward = np.corrcoef(ratio, slope)[0, 1]
    assert abs(toward) > 0.9


def test_flat_relief_leaves_the_former_normal(build, studio, brick, render):
    former_normal(build, brick.material, "NormalMap")
    original = render()
    studio.stylize(brick.group)
    part_of(brick.tree, "NORMAL_MAP").inputs["Strength"].default_value = 0.0
    np.testing.assert_allclose(render(), original, atol=1e-3)


def test_relief_alone_equals_relief_added_to_nothing(build, studio, brick, render):
    studio.stylize(brick.group)
    alone = render()
    results.revert([brick.material])
    bump = former_normal(build, brick.material, "Bump")
    studio.stylize(brick.group)
    brick.tree.nodes.remove(bump)
    np.testing.assert_allclose(render(), alone, atol=1e-3)
