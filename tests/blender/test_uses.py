"""One image as color here and as data there: only the color takes the result."""

from __future__ import annotations

from random import Random

import bpy
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from impasto.scene.groups import analyze
from impasto.scene.textures import find, results, roles

DATA = {
    "roughness": ("Roughness", None),
    "alpha": ("Alpha", None),
    "emission strength": ("Emission Strength", None),
    "bump": ("Normal", ("Bump", "Height", "Normal")),
    "normal map": ("Normal", ("NormalMap", "Color", "Normal")),
    "mask": ("Base Color", ("Mix", 0, 2)),
    "hue": ("Base Color", ("HueSaturation", "Hue", "Color")),
    "coordinates": ("Base Color", ("TexNoise", "Vector", "Color")),
    "texture scale": ("Base Color", ("TexChecker", "Scale", "Color")),
    "temperature": ("Emission Color", ("Blackbody", "Temperature", "Color")),
}


def wire(build, material, image, case: str):
    """Use an image as data of some kind; returns its node, and how its color is linked."""
    socket, middle = DATA[case]
    tree, node = material.node_tree, build.node(material.node_tree, image)
    target = build.principled(material).inputs[socket]
    if middle is None:
        tree.links.new(node.outputs["Color"], target)
    else:
        kind, entry, leaving = middle
        between = tree.nodes.new(f"ShaderNode{kind}")
        if kind == "Mix":
            between.data_type = "RGBA"
        tree.links.new(node.outputs["Color"], between.inputs[entry])
        tree.links.new(between.outputs[leaving], target)
    return node


def restyle(build, image, materials):
    result = build.image("Result", 1)
    results.assign(image, result, materials)
    return result


@pytest.mark.parametrize("case", DATA)
@pytest.mark.parametrize("same_material", [True, False])
def test_a_node_that_is_data_keeps_the_original(build, case, same_material):
    image = build.image("Brick")
    color = build.material("Color", image, "Sheen Tint")
    other = color if same_material else build.material("Data")
    shown = next(n for n in color.node_tree.nodes if n.type == "TEX_IMAGE")
    node = wire(build, other, image, case)
    (texture,) = find.textures_in({color, other})
    assert not texture.skipped and other.name in texture.note
    result = restyle(build, image, {color, other})
    assert (shown.image, node.image) == (result, image)
    assert results.revert({color, other}) == 1


@pytest.mark.parametrize("case", DATA)
def test_data_alone_is_left_alone_and_says_as_what(build, case):
    image, material = build.image("Brick"), build.material("Data")
    wire(build, material, image, case)
    (texture,) = find.textures_in([material])
    assert texture.skipped.endswith("data, not restyled")


def test_left_alone_names_what_keeps_the_original(build):
    image = build.image("Brick")
    wall, floor = build.material("Wall", image), build.material("Floor", image, "Roughness")
    wire(build, wall, image, "bump")
    build.plane("Both", wall, floor)
    scene = bpy.context.scene
    (texture,) = find.textures_in([wall, floor])
    analyze.one_group(bpy.context, "SCENE")
    assert texture.note == (
        "Restyled only where it is color; left alone as Height data (Wall); Roughness data (Floor)"
    )
    assert [member.image for member in scene.impasto.groups[0].members] == [image]


def test_interpolation_and_extension_make_no_difference(build):
    image = build.image("Brick")
    material = build.material("M", image)
    second = build.node(material.node_tree, image)
    second.interpolation, second.extension = "Closest", "CLIP"
    material.node_tree.links.new(
        second.outputs["Color"], build.principled(material).inputs["Emission Color"]
    )
    result = restyle(build, image, [material])
    assert {n.image for n in material.node_tree.nodes if n.type == "TEX_IMAGE"} == {result}
    assert (second.interpolation, second.extension) == ("Closest", "CLIP")


def test_color_and_alpha_of_one_node_are_one_use(build):
    image = build.image("Leaf", channels=4)
    material = build.material("M", image)
    tree = material.node_tree
    node = next(n for n in tree.nodes if n.type == "TEX_IMAGE")
    tree.links.new(node.outputs["Alpha"], build.principled(material).inputs["Alpha"])
    (texture,) = find.textures_in([material])
    assert (texture.role, texture.skipped, texture.note) == ("BASE_COLOR", "", "")
    assert restyle(build, image, [material]) == node.image
    assert len(node.outputs["Alpha"].links) == 1


def test_node_that_became_data_gets_its_original_back(build):
    image = build.image("Brick")
    material = build.material("M", image)
    twin = build.material("Twin", image)
    tree = material.node_tree
    node = next(n for n in tree.nodes if n.type == "TEX_IMAGE")
    restyle(build, image, [material, twin])
    tree.links.remove(node.outputs["Color"].links[0])
    tree.links.new(node.outputs["Color"], build.principled(material).inputs["Roughness"])
    restyle(build, image, [material, twin])
    assert node.image == image and not node.keys()


def test_group_that_is_data_in_another_material_is_left_alone(build):
    """Its one node serves both: what changes it changes the roughness, too."""
    image = build.image("Brick")
    group = bpy.data.node_groups.new("Shared", "ShaderNodeTree")
    group.interface.new_socket("Paint", in_out="OUTPUT", socket_type="NodeSocketColor")
    node = build.node(group, image)
    group.links.new(node.outputs["Color"], group.nodes.new("NodeGroupOutput").inputs["Paint"])
    made = []
    for socket in ("Base Color", "Roughness"):
        material = build.material(socket)
        entry = material.node_tree.nodes.new("ShaderNodeGroup")
        entry.node_tree = group
        material.node_tree.links.new(entry.outputs[0], build.principled(material).inputs[socket])
        made.append(material)
    (texture,) = find.textures_in(made[:1])
    assert texture.skipped == (
        "The same links use it as color and as Roughness data;"
        " give each use an Image Texture node of its own to restyle it"
    )
    restyle(build, image, made)
    assert node.image == image


# --- one node for both -----------------------------------------------------------------------------


@pytest.fixture
def both(build, studio):
    """A node that is base color and, through a bump, height."""
    part = build.textured("Brick")
    part.tree = tree = part.material.node_tree
    part.bump = tree.nodes.new("ShaderNodeBump")
    part.shader = build.principled(part.material)
    part.ramp = tree.nodes.new("ShaderNodeValToRGB")
    mapping = tree.nodes.new("ShaderNodeMapping")
    source = tree.nodes.new("ShaderNodeTexCoord")
    tree.links.new(source.outputs["UV"], mapping.inputs["Vector"])
    tree.links.new(mapping.outputs[0], part.node.inputs["Vector"])
    tree.links.new(part.node.outputs["Color"], part.bump.inputs["Height"])
    tree.links.new(part.bump.outputs["Normal"], part.shader.inputs["Normal"])
    tree.links.new(part.node.outputs["Color"], part.ramp.inputs[0]).is_muted = False
    tree.links.new(part.ramp.outputs["Color"], part.shader.inputs["Roughness"])
    part.node.interpolation, part.node.texture_mapping.scale = "Cubic", (2, 3, 4)
    part.before = studio.links(tree)
    return part


def test_a_second_node_keeps_the_data_of_a_node(build, both):
    (texture,) = find.textures_in([both.material])
    assert texture.note.endswith("left alone as Height data (Brick Material); "
                                 "Roughness data (Brick Material)")  # fmt: skip
    result = restyle(build, both.image, [both.material])
    assert both.node.image == result
    (link,) = both.node.outputs["Color"].links
    assert link.to_socket == both.shader.inputs["Base Color"]
    second = both.bump.inputs["Height"].links[0].from_node
    assert second.image == both.image and second == both.ramp.inputs[0].links[0].from_node
    assert second.interpolation == "Cubic" and tuple(second.texture_mapping.scale) == (2, 3, 4)
    assert (
        second.inputs["Vector"].links[0].from_node == both.node.inputs["Vector"].links[0].from_node
    )
    assert second.location.y < both.node.location.y


def test_comparing_and_restyling_again_need_no_third_node(build, both):
    restyle(build, both.image, [both.material])
    count = len(both.tree.nodes)
    results.show([both.material], originals=True)
    assert {n.image for n in both.tree.nodes if n.type == "TEX_IMAGE"} == {both.image}
    assert restyle(build, both.image, [both.material]) == both.node.image
    assert len(both.tree.nodes) == count


def test_revert_removes_the_second_node(build, both, studio):
    count = len(both.tree.nodes)
    restyle(build, both.image, [both.material])
    assert len(both.tree.nodes) == count + 1
    assert results.revert([both.material]) == 1
    assert studio.links(both.tree) == both.before and len(both.tree.nodes) == count
    assert both.node.image == both.image and not both.node.keys()


def test_revert_copes_with_a_second_node_that_was_deleted(build, both):
    restyle(build, both.image, [both.material])
    both.tree.nodes.remove(both.bump.inputs["Height"].links[0].from_node)
    assert results.revert([both.material]) == 1
    assert not both.node.keys()


def test_link_to_data_that_was_made_later_moves_to_the_same_node(build, both):
    restyle(build, both.image, [both.material])
    second = both.bump.inputs["Height"].links[0].from_node
    both.tree.links.new(both.node.outputs["Color"], both.shader.inputs["Metallic"])
    restyle(build, both.image, [both.material])
    assert both.shader.inputs["Metallic"].links[0].from_node == second


def test_reroutes_are_no_reason_to_leave_a_node_alone(build, both, studio):
    """Many artists lead a texture to a reroute first, and from there to all that it is for."""
    tree = both.tree
    first, second = (tree.nodes.new("NodeReroute") for _ in range(2))
    targets = [link.to_socket for link in both.node.outputs["Color"].links]
    tree.links.new(both.node.outputs["Color"], first.inputs[0])
    tree.links.new(first.outputs[0], second.inputs[0])
    for target, source in zip(targets, (first, first, second), strict=True):
        tree.links.new(source.outputs[0], target)
    before = studio.links(tree)
    (texture,) = find.textures_in([both.material])
    assert not texture.skipped
    result = restyle(build, both.image, [both.material])
    assert both.node.image == result
    assert both.bump.inputs["Height"].links[0].from_node.image == both.image
    assert both.ramp.inputs[0].links[0].from_node.image == both.image
    assert both.shader.inputs["Base Color"].links[0].from_node in {first, second}
    results.revert([both.material])
    assert studio.links(tree) == before


def test_second_node_is_known_after_saving_and_opening(build, both):
    restyle(build, both.image, [both.material])
    blend = str(build.save())
    bpy.ops.wm.open_mainfile(filepath=blend)
    material = bpy.data.materials["Brick Material"]
    assert results.revert([material]) == 1
    nodes = [node for node in material.node_tree.nodes if node.type == "TEX_IMAGE"]
    assert len(nodes) == 1 and len(nodes[0].outputs["Color"].links) == 3


def test_links_that_part_behind_another_node_leave_the_image_alone(build):
    image, material = build.image("Brick"), build.material("M")
    tree, shader = material.node_tree, build.principled(material)
    node, middle = build.node(tree, image), tree.nodes.new("ShaderNodeHueSaturation")
    tree.links.new(node.outputs["Color"], middle.inputs["Color"])
    tree.links.new(middle.outputs["Color"], shader.inputs["Base Color"])
    tree.links.new(middle.outputs["Color"], shader.inputs["Roughness"])
    (texture,) = find.textures_in([material])
    assert "as color and as Roughness data" in texture.skipped
    restyle(build, image, [material])
    assert node.image == image


def test_relief_lies_on_the_color_of_a_node_that_was_split(both, studio):
    studio.stylize(studio.group(both.image))
    assert both.node.image.name == "Brick (Impasto)"
    assert both.bump.inputs["Height"].links[0].from_node.image == both.image
    assert studio.parts(both.tree, "NORMAL_MAP")
    results.revert([both.material])
    assert studio.links(both.tree) == both.before


# --- whatever is wired -----------------------------------------------------------------------------

KINDS = [
    *("TexImage", "TexImage", "TexImage", "Mix", "SeparateColor", "CombineColor", "ValToRGB"),
    *("HueSaturation", "Bump", "NormalMap", "Math", "Mapping", "TexNoise", "Emission", "MixShader"),
    *("BsdfPrincipled", "Group", "Invert", "RGBToBW", "Displacement"),
    *("Reroute", "Reroute", "Reroute"),
]


def wire_at_random(build, rng: Random, tree, images, groups) -> None:
    """Fill a tree with nodes that are linked from left to right."""
    nodes = [node for node in tree.nodes if node.type == "GROUP_INPUT"]
    for kind in rng.choices(KINDS, k=rng.randint(2, 16)):
        node = tree.nodes.new("NodeReroute" if kind == "Reroute" else f"ShaderNode{kind}")
        if kind == "TexImage":
            node.image = rng.choice(images)
        if kind == "Mix":
            node.data_type = rng.choice(["RGBA", "FLOAT"])
        if kind == "Group" and groups:
            node.node_tree = rng.choice(groups)
        node.mute = rng.random() < 0.1
        nodes.append(node)
    nodes += [n for n in tree.nodes if n.type in {"GROUP_OUTPUT", "BSDF_PRINCIPLED"}]
    for _ in range(rng.randint(2, 40)):
        left, right = sorted(rng.sample(range(len(nodes)), 2))
        sources = [s for s in nodes[left].outputs if s.identifier != "__extend__"]
        targets = [s for s in nodes[right].inputs if s.identifier != "__extend__"]
        if sources and targets:
            link = tree.links.new(rng.choice(sources), rng.choice(targets))
            link.is_muted = rng.random() < 0.1


@pytest.mark.parametrize("layered", [False, True])
@given(seed=st.integers(0, 1 << 30))
@settings(
    max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
def test_whatever_is_wired_data_stays_and_revert_restores_all(build, studio_links, seed, layered):
    rng = Random(seed)
    bpy.ops.wm.read_homefile(use_factory_startup=True, use_empty=True)
    images = [bpy.data.images.new(f"Image {n}", 2, 2) for n in range(3)]
    group = bpy.data.node_groups.new("Group", "ShaderNodeTree")
    for way in ("INPUT", "OUTPUT"):
        group.nodes.new(f"NodeGroup{way.title()}")
        for name in ("A", "B"):
            group.interface.new_socket(name, in_out=way, socket_type="NodeSocketColor")
    wire_at_random(build, rng, group, images, [])
    materials = [build.material(name) for name in ("One", "Two")]
    for material in materials:
        wire_at_random(build, rng, material.node_tree, images, [group])
    trees = find.trees_in(materials)
    before = [(studio_links(tree), len(tree.nodes)) for tree in trees]
    result = bpy.data.images.new("Result", 2, 2)
    for texture in find.textures_in(materials):
        if not texture.skipped:
            results.assign(texture.image, result, materials, layered=layered)
    for use in find.uses_in(materials):
        assert results.shown_image(use.node) != result or not roles.data_ends(use.ends)
    results.show(materials, originals=True)
    assert all(results.shown_image(use.node) == use.image for use in find.uses_in(materials))
    results.revert(materials)
    assert [(studio_links(tree), len(tree.nodes)) for tree in trees] == before


@pytest.fixture
def studio_links(studio):
    return studio.links
