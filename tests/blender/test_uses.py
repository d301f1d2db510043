"""One image as color here and as data there: only the color takes the result."""

from __future__ import annotations

import bpy
import pytest

from impasto.scene.groups import analyze
from impasto.scene.textures import find, results

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
