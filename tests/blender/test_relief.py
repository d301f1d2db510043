"""Relief of strokes: planned, and wired into the materials of a result."""

from __future__ import annotations

from pathlib import Path

import bpy
import pytest

from impasto.scene.textures import find, relief_group, relief_nodes, results, versions

# --- planned ---------------------------------------------------------------------------------------


def test_maps_are_named_beside_the_result(studio, brick):
    (studio.folder / "Brick (Impasto Normal).png").touch()
    studio.stylize(brick.group)
    (item,) = studio.items
    files = (*item.outputs, *item.heights, *item.normals, *item.strokes)
    assert [Path(p).name for p in files] == [
        "Brick (Impasto).png",
        "Brick (Impasto Height).png",
        "Brick (Impasto Normal 2).png",
        "Brick (Impasto).strokes",
    ]


@pytest.mark.parametrize("look", [{"relief": 0.0}, {"engine": "NETWORK"}])
def test_no_maps_without_relief_or_strokes(studio, brick, look):
    for name, value in look.items():
        setattr(brick.group.look, name, value)
    before = studio.links(brick.tree)
    studio.stylize(brick.group)
    assert studio.items[0].heights == studio.items[0].normals == ()
    assert studio.links(brick.tree) == before


def test_preview_has_relief_too(studio, brick):
    studio.stylize(brick.group, preview=True, pack=True)
    assert studio.items[0].strokes == ()
    image = studio.part(brick.tree, "TEX_IMAGE").image
    assert image.name == "Brick (Impasto Preview Normal)" and image.packed_file


# --- wired -----------------------------------------------------------------------------------------


def test_plain_material_gets_a_normal_map(build, studio, brick):
    build.save()
    brick.node.extension, brick.node.interpolation = "MIRROR", "Cubic"
    message = studio.stylize(brick.group)
    assert "relief" not in message
    picture, normal = studio.part(brick.tree, "TEX_IMAGE"), studio.part(brick.tree, "NORMAL_MAP")
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
    assert not studio.parts(brick.tree, "GROUP")
    frame = studio.part(brick.tree, "FRAME")
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
    picture = studio.part(tree, "TEX_IMAGE")
    assert picture.inputs["Vector"].links[0].from_node == mapping
    assert tuple(picture.texture_mapping.scale) == (2, 3, 1)
    assert studio.part(tree, "NORMAL_MAP").uv_map == "Second"


@pytest.mark.parametrize("kind", ["NormalMap", "Bump"])
def test_former_normal_is_combined_and_restored(studio, brick, kind):
    former = studio.former(brick.material, kind)
    before, names = studio.links(brick.tree), {node.name for node in brick.tree.nodes}
    studio.stylize(brick.group)
    group, normal = studio.part(brick.tree, "GROUP"), studio.part(brick.tree, "NORMAL_MAP")
    assert brick.shader.inputs["Normal"].links[0].from_node == group
    assert group.inputs["Normal"].links[0].from_node == former
    assert group.inputs["Relief"].links[0].from_node == normal
    assert results.revert([brick.material]) == 1
    assert studio.links(brick.tree) == before
    assert {node.name for node in brick.tree.nodes} == names
    assert not brick.node.keys() and relief_group.NAME not in bpy.data.node_groups


def test_muted_former_link_is_restored_muted(studio, brick):
    studio.former(brick.material, "Bump")
    brick.shader.inputs["Normal"].links[0].is_muted = True
    before = studio.links(brick.tree)
    studio.stylize(brick.group)
    assert studio.part(brick.tree, "GROUP").inputs["Normal"].links[0].is_muted
    results.revert([brick.material])
    assert studio.links(brick.tree) == before


def test_node_group_is_made_once(build, studio):
    ready = [build.textured(name, kind) for kind, name in enumerate("AB")]
    for part in ready:
        studio.former(part.material, "Bump")
    studio.stylize(studio.group(*(part.image for part in ready)))
    groups = {studio.part(part.material.node_tree, "GROUP").node_tree for part in ready}
    assert groups == {bpy.data.node_groups["Impasto Relief"]}


def test_every_shader_behind_mixes_gets_relief(studio, brick):
    tree = brick.tree
    colors, mix = tree.nodes.new("ShaderNodeHueSaturation"), tree.nodes.new("ShaderNodeMixShader")
    tree.links.new(brick.node.outputs[0], colors.inputs["Color"])
    shaders = [tree.nodes.new(f"ShaderNodeBsdf{kind}") for kind in ("Diffuse", "Glossy")]
    bump = tree.nodes.new("ShaderNodeBump")
    for number, shader in enumerate(shaders, 1):
        tree.links.new(colors.outputs[0], shader.inputs["Color"])
        tree.links.new(bump.outputs[0], shader.inputs["Normal"])
        tree.links.new(shader.outputs[0], mix.inputs[number])
    before = studio.links(tree)
    studio.stylize(brick.group)
    assert len(studio.parts(tree, "NORMAL_MAP")) == 1 and len(studio.parts(tree, "GROUP")) == 2
    for shader in shaders:
        assert shader.inputs["Normal"].links[0].from_node.type == "GROUP"
    results.revert([brick.material])
    assert studio.links(tree) == before


def test_two_textures_of_one_shader_are_added_and_removed_in_any_order(build, studio, brick):
    tree, moss = brick.tree, build.image("Moss", 1)
    mix = tree.nodes.new("ShaderNodeMix")
    mix.data_type = "RGBA"
    tree.links.new(brick.node.outputs[0], mix.inputs["A"])
    tree.links.new(build.node(tree, moss).outputs[0], mix.inputs["B"])
    tree.links.new(mix.outputs["Result"], brick.shader.inputs["Base Color"])
    before = studio.links(tree)
    for order in ([brick.image, moss], [moss, brick.image]):
        studio.stylize(studio.group(brick.image, moss))
        assert len(studio.parts(tree, "NORMAL_MAP")) == 2 and len(studio.parts(tree, "GROUP")) == 1
        for image in order:
            results.revert([brick.material], only=[image])
        assert studio.links(tree) == before


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
    before = studio.links(tree)
    studio.stylize(studio.group(image))
    assert shader.inputs["Normal"].links[0].from_node == studio.part(tree, "NORMAL_MAP")
    results.revert(materials)
    assert studio.links(tree) == before


@pytest.mark.parametrize(
    ("maps", "wired"), [(["A", "A"], "A"), (["", ""], ""), (["A", "B"], None), (["A", None], None)]
)
def test_mapping_from_outside_a_node_group_is_followed(build, studio, maps, wired):
    tree = bpy.data.node_groups.new("Paint", "ShaderNodeTree")
    tree.interface.new_socket("Place", in_out="INPUT", socket_type="NodeSocketVector")
    image = build.image("Inner")
    inner = build.node(tree, image)
    entry = tree.nodes.new("NodeGroupInput").outputs["Place"]
    shader = tree.nodes.new("ShaderNodeBsdfPrincipled")
    tree.links.new(entry, inner.inputs["Vector"])
    tree.links.new(inner.outputs[0], shader.inputs["Base Color"])
    for number, name in enumerate(maps):
        material = build.material(f"M{number}")
        node = material.node_tree.nodes.new("ShaderNodeGroup")
        node.node_tree = tree
        if name is not None:
            source = material.node_tree.nodes.new("ShaderNodeUVMap")
            source.uv_map = name
            material.node_tree.links.new(source.outputs[0], node.inputs["Place"])
        build.plane("Plane", material)
    message = studio.stylize(studio.group(image))
    assert [node.uv_map for node in studio.parts(tree, "NORMAL_MAP")] == (
        [] if wired is None else [wired]
    )
    if wired is None:
        assert "not mapped directly by one UV map: M0, M1" in message
    else:
        assert studio.part(tree, "TEX_IMAGE").inputs["Vector"].links[0].from_socket == entry


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
    assert not studio.parts(tree, "NORMAL_MAP") and not studio.parts(
        material.node_tree, "NORMAL_MAP"
    )
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
    image = studio.part(material.node_tree, "TEX_IMAGE").image
    assert image.source == "TILED" and [tile.number for tile in image.tiles] == [1001, 1002]
    assert image.filepath == "//results/Wall (Impasto Normal).<UDIM>.png"


@pytest.mark.parametrize("case", ["box", "generated", "position", "outside"])
def test_other_mappings_than_uv_are_skipped_and_named(studio, brick, case):
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
    before = studio.links(tree)
    message = studio.stylize(brick.group)
    assert (
        "There is no relief where a texture is not mapped directly by one UV map: Brick Material"
        in message
    )
    assert studio.links(tree) == before and brick.node.image.name == "Brick (Impasto)"


def test_texture_coordinates_by_uv_are_fine(studio, brick):
    source = brick.tree.nodes.new("ShaderNodeTexCoord").outputs["UV"]
    brick.tree.links.new(source, brick.node.inputs["Vector"])
    studio.stylize(brick.group)
    picture = studio.part(brick.tree, "TEX_IMAGE")
    assert picture.inputs["Vector"].links[0].from_socket == source


def test_linked_material_stays_as_it_is(build, studio):
    build.textured("Brick").material.use_fake_user = True
    library = str(build.save("library.blend"))
    bpy.ops.wm.read_homefile(use_factory_startup=True, use_empty=True)
    with bpy.data.libraries.load(library, link=True) as (_, wanted):
        wanted.materials = ["Brick Material"]
    material = bpy.data.materials["Brick Material"]
    build.plane("Plane", material)
    before = studio.links(material.node_tree)
    message = studio.stylize(studio.group(bpy.data.images["Brick"]))
    assert "Linked materials cannot be changed" in message and "relief" not in message
    assert studio.links(material.node_tree) == before
    assert results.revert([material]) == 0


def test_overridden_material_raises_nothing(build, studio):
    build.textured("Brick").material.use_fake_user = True
    library = str(build.save("library.blend"))
    bpy.ops.wm.read_homefile(use_factory_startup=True, use_empty=True)
    with bpy.data.libraries.load(library, link=True) as (_, wanted):
        wanted.materials = ["Brick Material"]
    material = bpy.data.materials["Brick Material"].override_create()
    build.plane("Plane", material)
    before = studio.links(material.node_tree)
    studio.stylize(studio.group(bpy.data.images["Brick"]))
    results.show([material], originals=True)
    results.revert([material])
    assert studio.links(material.node_tree) == before


def test_color_is_shown_also_if_no_maps_were_written(studio, brick):
    studio.normals = None
    before = studio.links(brick.tree)
    studio.stylize(brick.group)
    assert studio.links(brick.tree) == before and brick.node.image.name == "Brick (Impasto)"


def test_relief_is_not_taken_for_a_texture(studio, brick):
    studio.stylize(brick.group)
    assert [texture.image for texture in find.textures_in([brick.material])] == [brick.image]


# --- again -----------------------------------------------------------------------------------------


def test_stylizing_again_keeps_the_nodes_and_the_strength(studio, brick):
    studio.former(brick.material, "Bump")
    studio.stylize(brick.group)
    studio.part(brick.tree, "NORMAL_MAP").inputs["Strength"].default_value = 0.25
    wired = studio.links(brick.tree)
    studio.stylize(brick.group)
    assert studio.links(brick.tree) == wired
    assert studio.part(brick.tree, "NORMAL_MAP").inputs["Strength"].default_value == 0.25
    assert studio.part(brick.tree, "TEX_IMAGE").image.name == "Brick (Impasto Normal 2)"
    studio.stylize(brick.group)
    names = {image.name for image in bpy.data.images}
    assert not names & {"Brick (Impasto Normal)", "Brick (Impasto Height)"}


def test_the_version_before_has_its_own_relief(studio, brick):
    for _ in range(2):
        studio.stylize(brick.group)
    for wanted in ("Brick (Impasto Normal)", "Brick (Impasto Normal 2)"):
        assert versions.swap(find.uses_in([brick.material])) == 1
        assert studio.part(brick.tree, "TEX_IMAGE").image.name == wanted


def test_engine_without_relief_removes_it(studio, brick):
    studio.former(brick.material, "NormalMap")
    before = studio.links(brick.tree)
    studio.stylize(brick.group)
    brick.group.look.engine = "NETWORK"
    studio.stylize(brick.group)
    assert studio.links(brick.tree) == before and find.RELIEF not in brick.node
    studio.stylize(brick.group)
    assert not [image for image in bpy.data.images if "Normal" in image.name]


def test_mapping_that_changed_is_followed(studio, brick):
    studio.stylize(brick.group)
    tree = brick.tree
    mapping, source = tree.nodes.new("ShaderNodeMapping"), tree.nodes.new("ShaderNodeTexCoord")
    tree.links.new(source.outputs["UV"], mapping.inputs["Vector"])
    tree.links.new(mapping.outputs[0], brick.node.inputs["Vector"])
    studio.stylize(brick.group)
    assert studio.part(tree, "TEX_IMAGE").inputs["Vector"].links[0].from_node == mapping
    brick.node.projection = "SPHERE"
    assert "not mapped directly" in studio.stylize(brick.group)
    assert not studio.parts(tree, "TEX_IMAGE") and not brick.shader.inputs["Normal"].is_linked


def test_copies_of_a_texture_node_share_its_relief(studio, brick):
    studio.stylize(brick.group)
    copy, tree = brick.material.copy(), brick.material.node_tree
    twin = tree.nodes.new("ShaderNodeTexImage")
    twin.image = brick.node.image
    for key in (find.ORIGINAL, find.RESULT, find.RELIEF):
        twin[key] = brick.node[key]
    results.revert([copy])
    assert not studio.parts(copy.node_tree, "NORMAL_MAP") and studio.parts(tree, "NORMAL_MAP")
    studio.stylize(brick.group)
    assert len(studio.parts(tree, "NORMAL_MAP")) == 1
    assert results.revert([brick.material]) == 2
    assert not studio.parts(tree, "NORMAL_MAP")
