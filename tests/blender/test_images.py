"""Which images are found, what they are for, and which are left alone."""

from __future__ import annotations

import bpy
import pytest

from impasto.scene.textures import find


def role_in(material, image) -> str:
    return next(t for t in find.textures_in([material]) if t.image == image).role


@pytest.mark.parametrize(
    ("socket", "role"),
    [
        ("Base Color", "BASE_COLOR"),
        ("Emission Color", "EMISSION"),
        ("Roughness", "ROUGHNESS"),
        ("Metallic", "METALLIC"),
        ("Alpha", "ALPHA"),
        ("Normal", "NORMAL"),
        ("Sheen Tint", "COLOR"),
        ("IOR", "MASK"),
    ],
)
def test_role_is_the_socket_of_the_shader(build, socket, role):
    image = build.image("Brick")
    assert role_in(build.material("M", image, socket), image) == role


@pytest.mark.parametrize(
    "through", ["ShaderNodeMix", "ShaderNodeValToRGB", "ShaderNodeHueSaturation"]
)
def test_color_is_followed_through_nodes_that_change_it(build, through):
    image = build.image("Brick")
    material = build.material("M")
    tree = material.node_tree
    middle = tree.nodes.new(through)
    if through == "ShaderNodeMix":
        middle.data_type = "RGBA"
    source, target = build.node(tree, image), build.principled(material).inputs["Base Color"]
    entry = next(s for s in middle.inputs if s.enabled and s.type in {"RGBA", "VALUE"} and (
        s.type == "RGBA" or through == "ShaderNodeValToRGB"))  # fmt: skip
    exit_ = next(s for s in middle.outputs if s.enabled and s.type == "RGBA")
    tree.links.new(source.outputs["Color"], entry)
    tree.links.new(exit_, target)
    assert role_in(material, image) == "BASE_COLOR"


def test_image_that_only_drives_a_mix_factor_is_a_mask(build):
    image = build.image("Brick")
    material = build.material("M")
    tree = material.node_tree
    mix = tree.nodes.new("ShaderNodeMix")
    mix.data_type = "RGBA"
    tree.links.new(build.node(tree, image).outputs["Color"], mix.inputs[0])
    result = next(s for s in mix.outputs if s.enabled)
    tree.links.new(result, build.principled(material).inputs["Base Color"])
    assert role_in(material, image) == "MASK"


def test_normal_and_bump_maps_are_known_by_their_nodes(build):
    material = build.material("M")
    tree = material.node_tree
    normal, bump = build.image("Normal"), build.image("Bump")
    for image, kind, socket in ((normal, "NormalMap", "Color"), (bump, "Bump", "Height")):
        middle = tree.nodes.new(f"ShaderNode{kind}")
        tree.links.new(build.node(tree, image).outputs["Color"], middle.inputs[socket])
        tree.links.new(middle.outputs["Normal"], build.principled(material).inputs["Normal"])
    # The second link replaced the first, so the normal map leads nowhere but into its node.
    assert role_in(material, normal) == "NORMAL"
    assert role_in(material, bump) == "HEIGHT"


def test_separated_channels_are_data_and_packed_maps_too(build):
    image = build.image("ORM")
    material = build.material("M")
    tree = material.node_tree
    split = tree.nodes.new("ShaderNodeSeparateColor")
    tree.links.new(build.node(tree, image).outputs["Color"], split.inputs[0])
    tree.links.new(split.outputs[1], build.principled(material).inputs["Roughness"])
    tree.links.new(split.outputs[2], build.principled(material).inputs["Metallic"])
    assert role_in(material, image) == "ROUGHNESS"


def test_nested_node_groups_are_walked_and_followed(build):
    image = build.image("Brick")
    inner = bpy.data.node_groups.new("Inner", "ShaderNodeTree")
    inner.interface.new_socket("Tint", in_out="OUTPUT", socket_type="NodeSocketColor")
    ending = inner.nodes.new("NodeGroupOutput")
    inner.links.new(build.node(inner, image).outputs["Color"], ending.inputs["Tint"])
    outer = bpy.data.node_groups.new("Outer", "ShaderNodeTree")
    outer.interface.new_socket("Paint", in_out="OUTPUT", socket_type="NodeSocketColor")
    middle = outer.nodes.new("ShaderNodeGroup")
    middle.node_tree = inner
    ending = outer.nodes.new("NodeGroupOutput")
    outer.links.new(middle.outputs["Tint"], ending.inputs["Paint"])
    material = build.material("M")
    entry = material.node_tree.nodes.new("ShaderNodeGroup")
    entry.node_tree = outer
    material.node_tree.links.new(
        entry.outputs["Paint"], build.principled(material).inputs["Base Color"]
    )
    assert role_in(material, image) == "BASE_COLOR"


def test_link_into_a_node_group_is_followed(build):
    image = build.image("Brick")
    tree = bpy.data.node_groups.new("Shader", "ShaderNodeTree")
    tree.interface.new_socket("Paint", in_out="INPUT", socket_type="NodeSocketColor")
    beginning = tree.nodes.new("NodeGroupInput")
    shader = tree.nodes.new("ShaderNodeBsdfPrincipled")
    tree.links.new(beginning.outputs["Paint"], shader.inputs["Emission Color"])
    material = build.material("M")
    entry = material.node_tree.nodes.new("ShaderNodeGroup")
    entry.node_tree = tree
    source = build.node(material.node_tree, image)
    material.node_tree.links.new(source.outputs["Color"], entry.inputs["Paint"])
    assert role_in(material, image) == "EMISSION"


def test_image_of_two_materials_is_one_texture(build):
    image = build.image("Brick")
    one, two = build.material("One", image), build.material("Two", image, "Roughness")
    (texture,) = find.textures_in([one, two])
    assert texture.materials == [one, two]
    assert texture.role == "BASE_COLOR"
    assert not texture.skipped


def test_data_and_unconnected_images_say_why_they_are_left_alone(build):
    rough, plain, loose = build.image("Rough"), build.image("Plain"), build.image("Loose")
    plain.colorspace_settings.name = "Non-Color"
    material = build.material("M", rough, "Roughness")
    tree = material.node_tree
    tree.links.new(
        build.node(tree, plain).outputs["Color"], build.principled(material).inputs["Base Color"]
    )
    build.node(tree, loose)
    reasons = {t.image.name: t.skipped for t in find.textures_in([material])}
    assert reasons == {
        "Rough": "Roughness data, not restyled",
        "Plain": "Non-Color data, not restyled",
        "Loose": "Not connected to a shader",
    }


def test_scopes(build):
    chosen, other = build.textured("Chosen"), build.textured("Other")
    unused = build.material("Unused", build.image("Unused"))
    chosen.item.select_set(True)
    context = bpy.context
    assert find.materials_in("SELECTED", context) == [chosen.material]
    assert find.materials_in("SCENE", context) == [chosen.material, other.material]
    assert set(find.materials_in("FILE", context)) == {chosen.material, other.material, unused}


def test_scene_includes_instanced_collections(build):
    inside = build.textured("Inside")
    collection = bpy.data.collections.new("Kit")
    collection.objects.link(inside.item)
    bpy.context.scene.collection.objects.unlink(inside.item)
    empty = bpy.data.objects.new("Instance", None)
    empty.instance_type, empty.instance_collection = "COLLECTION", collection
    bpy.context.scene.collection.objects.link(empty)
    assert find.materials_in("SCENE", bpy.context) == [inside.material]
