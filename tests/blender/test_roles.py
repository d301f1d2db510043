"""What an image is for, followed through the very sockets: channels, groups, zones, bundles."""

from __future__ import annotations

import bpy
import pytest

from impasto.scene.textures import find, results

NEW = pytest.mark.skipif(
    bpy.app.version < (5, 0, 0), reason="no zones and bundles in shaders before Blender 5.0"
)


class Crate:
    """A material with two images, as a node tree to be wired."""

    def __init__(self, build) -> None:
        self.build = build
        self.material = build.material("Crate")
        self.tree = self.material.node_tree
        self.shader = build.principled(self.material)
        self.images = [build.image(name, kind) for kind, name in enumerate(("Paint", "Data"))]
        self.paint, self.data = (build.node(self.tree, image) for image in self.images)

    def new(self, kind: str, **settings):
        node = self.tree.nodes.new(kind)
        for name, value in settings.items():
            setattr(node, name, value)
        return node

    def link(self, source, target) -> None:
        self.tree.links.new(source, target)

    def roles(self) -> dict[str, str]:
        return {use.image.name: use.role for use in find.uses_in([self.material])}

    def skipped(self) -> dict[str, str]:
        return {t.image.name: t.skipped for t in find.textures_in([self.material])}


@pytest.fixture
def crate(build) -> Crate:
    return Crate(build)


def mix(crate, blend: str = "MULTIPLY"):
    return crate.new("ShaderNodeMix", data_type="RGBA", blend_type=blend)


# --- packed maps -----------------------------------------------------------------------------------


def orm(crate, split_kind: str = "ShaderNodeSeparateColor"):
    """Occlusion times color, roughness, metallic, as many importers leave it, at sRGB."""
    split, blend = crate.new(split_kind), mix(crate)
    crate.link(crate.data.outputs["Color"], split.inputs[0])
    crate.link(crate.paint.outputs["Color"], blend.inputs[6])
    crate.link(split.outputs[0], blend.inputs[7])
    crate.link(blend.outputs[2], crate.shader.inputs["Base Color"])
    crate.link(split.outputs[1], crate.shader.inputs["Roughness"])
    crate.link(split.outputs[2], crate.shader.inputs["Metallic"])
    return split, blend


OLD = pytest.param(
    "ShaderNodeSeparateRGB",
    marks=pytest.mark.skipif(bpy.app.version >= (5, 0, 0), reason="gone in Blender 5.0"),
)


@pytest.mark.parametrize("kind", ["ShaderNodeSeparateColor", "ShaderNodeSeparateXYZ", OLD])
def test_packed_map_is_data_even_where_occlusion_is_multiplied_into_color(crate, kind):
    orm(crate, kind)
    assert crate.roles() == {"Paint": "BASE_COLOR", "Data": "ROUGHNESS"}
    assert crate.skipped() == {"Paint": "", "Data": "Roughness data, not restyled"}


def test_packed_map_is_data_with_its_occlusion_through_more_nodes(crate):
    split, blend = orm(crate)
    power, gray = crate.new("ShaderNodeMath"), crate.new("ShaderNodeCombineColor")
    crate.link(split.outputs[0], power.inputs[0])
    for entry in gray.inputs:
        crate.link(power.outputs[0], entry)
    crate.link(gray.outputs[0], blend.inputs[7])
    assert crate.skipped()["Data"] == "Roughness data, not restyled"


def test_packed_map_whose_whole_color_is_multiplied_is_data(crate):
    _, blend = orm(crate)
    crate.link(crate.data.outputs["Color"], blend.inputs[7])
    assert crate.skipped()["Data"] == "Roughness data, not restyled"


def test_occlusion_by_a_node_of_its_own_is_part_of_the_packed_map(crate):
    _, blend = orm(crate)
    second = crate.build.node(crate.tree, crate.images[1])
    crate.link(second.outputs["Color"], blend.inputs[7])
    assert crate.skipped()["Data"] == "Roughness and Metallic data in one image, not restyled"


def test_packed_map_of_one_material_is_not_color_in_another(crate, build):
    orm(crate)
    other = build.material("Other", crate.images[1])
    (texture,) = find.textures_in([other])
    assert texture.skipped == "Roughness and Metallic data in one image, not restyled"


def test_channels_that_are_put_together_again_are_a_color(crate):
    split, join = crate.new("ShaderNodeSeparateColor"), crate.new("ShaderNodeCombineColor")
    crate.link(crate.paint.outputs["Color"], split.inputs[0])
    for source, target in zip(split.outputs, reversed(join.inputs), strict=True):
        crate.link(source, target)
    crate.link(join.outputs[0], crate.shader.inputs["Base Color"])
    assert crate.skipped()["Paint"] == ""


def test_color_put_together_again_may_be_height_elsewhere(crate):
    split, join = crate.new("ShaderNodeSeparateColor"), crate.new("ShaderNodeCombineColor")
    bump, second = crate.new("ShaderNodeBump"), crate.build.node(crate.tree, crate.images[0])
    crate.link(second.outputs["Color"], crate.shader.inputs["Base Color"])
    crate.link(crate.paint.outputs["Color"], split.inputs[0])
    for source, target in zip(split.outputs, join.inputs, strict=True):
        crate.link(source, target)
    crate.link(join.outputs[0], bump.inputs["Height"])
    crate.link(bump.outputs[0], crate.shader.inputs["Normal"])
    assert crate.skipped()["Paint"] == ""


def test_lightness_of_a_color_picture_is_no_packed_data(crate):
    split = crate.new("ShaderNodeSeparateColor", mode="HSV")
    crate.link(crate.paint.outputs["Color"], split.inputs[0])
    crate.link(split.outputs[2], crate.shader.inputs["Base Color"])
    assert crate.skipped()["Paint"] == ""


def test_red_of_a_photo_as_roughness_leaves_its_color_a_color(crate):
    split = crate.new("ShaderNodeSeparateColor")
    crate.link(crate.paint.outputs["Color"], split.inputs[0])
    crate.link(crate.paint.outputs["Color"], crate.shader.inputs["Base Color"])
    crate.link(split.outputs[0], crate.shader.inputs["Roughness"])
    assert crate.skipped()["Paint"] == ""
    result = crate.build.image("Result", 2)
    results.assign(crate.images[0], result, [crate.material])
    assert crate.paint.image == result
    assert split.inputs[0].links[0].from_node.image == crate.images[0]


# --- nodes -----------------------------------------------------------------------------------------


def test_muted_node_passes_on_what_it_shows(crate):
    blend = mix(crate)
    crate.link(crate.data.outputs["Color"], blend.inputs["Factor"])
    crate.link(crate.paint.outputs["Color"], blend.inputs[6])
    crate.link(blend.outputs[2], crate.shader.inputs["Base Color"])
    blend.mute = True
    assert crate.roles() == {"Paint": "BASE_COLOR", "Data": "UNUSED"}


def test_links_to_sockets_that_are_switched_off_count_for_nothing(crate):
    blend = mix(crate)
    crate.link(crate.paint.outputs["Color"], blend.inputs[6])
    crate.link(blend.outputs[2], crate.shader.inputs["Base Color"])
    blend.data_type = "FLOAT"
    assert crate.roles()["Paint"] == "UNUSED"


def test_output_of_a_checker_that_ignores_its_colors_is_not_followed(crate):
    checker = crate.new("ShaderNodeTexChecker")
    crate.link(crate.paint.outputs["Color"], checker.inputs["Color1"])
    crate.link(checker.outputs["Color"], crate.shader.inputs["Base Color"])
    crate.link(checker.outputs[1], crate.shader.inputs["Roughness"])
    assert crate.skipped()["Paint"] == ""


@pytest.mark.parametrize("name", ["Factor", "Fac", "Normal", "Iteration"])
def test_names_that_the_artist_chose_for_a_group_say_nothing(crate, name):
    group = bpy.data.node_groups.new("Grade", "ShaderNodeTree")
    for way in ("INPUT", "OUTPUT"):
        group.interface.new_socket(name, in_out=way, socket_type="NodeSocketColor")
    entry, leaving = group.nodes.new("NodeGroupInput"), group.nodes.new("NodeGroupOutput")
    group.links.new(entry.outputs[0], leaving.inputs[0])
    node = crate.new("ShaderNodeGroup", node_tree=group)
    crate.link(crate.paint.outputs["Color"], node.inputs[0])
    crate.link(node.outputs[0], crate.shader.inputs["Base Color"])
    assert crate.roles()["Paint"] == "BASE_COLOR"


def test_only_the_active_output_of_a_group_counts(crate):
    group = bpy.data.node_groups.new("Two Outputs", "ShaderNodeTree")
    group.interface.new_socket("Out", in_out="OUTPUT", socket_type="NodeSocketColor")
    inside = crate.build.node(group, crate.images[0])
    first, second = (group.nodes.new("NodeGroupOutput") for _ in range(2))
    group.links.new(inside.outputs["Color"], first.inputs[0])
    second.is_active_output = True
    node = crate.new("ShaderNodeGroup", node_tree=group)
    crate.tree.nodes.remove(crate.paint)
    crate.link(node.outputs[0], crate.shader.inputs["Base Color"])
    assert crate.roles()["Paint"] == "UNUSED"


class PaintedGroup(bpy.types.ShaderNodeCustomGroup):
    """A group node as add-ons define them."""

    bl_name = bl_idname = "ImpastoTestGroup"
    bl_label = "Custom"


@pytest.fixture
def custom():
    bpy.utils.register_class(PaintedGroup)
    yield
    bpy.utils.unregister_class(PaintedGroup)


def test_groups_that_an_addon_defines_are_walked_and_followed(crate, custom):
    group = bpy.data.node_groups.new("Inside", "ShaderNodeTree")
    group.interface.new_socket("In", in_out="INPUT", socket_type="NodeSocketColor")
    group.interface.new_socket("Rough", in_out="OUTPUT", socket_type="NodeSocketColor")
    group.interface.new_socket("Paint", in_out="OUTPUT", socket_type="NodeSocketColor")
    entry, leaving = group.nodes.new("NodeGroupInput"), group.nodes.new("NodeGroupOutput")
    inside = crate.build.node(group, crate.build.image("Inside", 2))
    group.links.new(inside.outputs["Color"], leaving.inputs["Paint"])
    group.links.new(entry.outputs["In"], leaving.inputs["Rough"])
    node = crate.new("ImpastoTestGroup", node_tree=group)
    crate.link(crate.data.outputs["Color"], node.inputs["In"])
    crate.link(node.outputs["Rough"], crate.shader.inputs["Roughness"])
    crate.link(node.outputs["Paint"], crate.shader.inputs["Base Color"])
    assert crate.roles() == {"Paint": "UNUSED", "Data": "ROUGHNESS", "Inside": "BASE_COLOR"}
    assert len(find.trees_in([crate.material])) == 2


def test_environment_texture_without_links_is_unused(crate):
    node = crate.new("ShaderNodeTexEnvironment", image=crate.images[0])
    assert "Alpha" not in node.outputs
    assert crate.skipped()["Paint"] == "Not connected to a shader"


# --- bundles, closures, zones (Blender 5.0) ----------------------------------------------------------

ITEMS = (("RGBA", "Tint"), ("FLOAT", "Rough"))
EXPECTED = {"Paint": "BASE_COLOR", "Data": "ROUGHNESS"}


def plug(crate, source, target) -> None:
    """Link the images into two inputs of a node, and two outputs of another to the shader."""
    crate.link(crate.paint.outputs["Color"], source.inputs["Tint"])
    crate.link(crate.data.outputs["Color"], source.inputs["Rough"])
    crate.link(target.outputs["Tint"], crate.shader.inputs["Base Color"])
    crate.link(target.outputs["Rough"], crate.shader.inputs["Roughness"])


def bundle(crate):
    pack, unpack = crate.new("NodeCombineBundle"), crate.new("NodeSeparateBundle")
    for node, items in ((pack, ITEMS), (unpack, reversed(ITEMS))):
        for item in items:
            node.bundle_items.new(*item)
    return pack, unpack


def closure(crate):
    entry, leaving = crate.new("NodeClosureInput"), crate.new("NodeClosureOutput")
    entry.pair_with_output(leaving)
    evaluate = crate.new("NodeEvaluateClosure")
    for item in ITEMS:
        for owner in (leaving, evaluate):
            owner.input_items.new(*item)
            owner.output_items.new(*item)
    return entry, leaving, evaluate


@NEW
def test_bundles_are_followed_by_name(crate):
    pack, unpack = bundle(crate)
    crate.link(pack.outputs[0], unpack.inputs[0])
    plug(crate, pack, unpack)
    assert crate.roles() == EXPECTED


@NEW
def test_bundles_in_bundles_through_groups_are_followed(crate):
    pack, unpack = bundle(crate)
    outer, inner = crate.new("NodeCombineBundle"), crate.new("NodeSeparateBundle")
    for node in (outer, inner):
        node.bundle_items.new("BUNDLE", "Maps")
        node.bundle_items.new("FLOAT", "Rough")  # the name is taken inside, too
    group = bpy.data.node_groups.new("Pass", "ShaderNodeTree")
    for way in ("INPUT", "OUTPUT"):
        group.interface.new_socket("All", in_out=way, socket_type="NodeSocketBundle")
    start, end = group.nodes.new("NodeGroupInput"), group.nodes.new("NodeGroupOutput")
    group.links.new(start.outputs[0], end.inputs[0])
    node = crate.new("ShaderNodeGroup", node_tree=group)
    crate.link(pack.outputs[0], outer.inputs["Maps"])
    crate.link(outer.outputs[0], node.inputs[0])
    crate.link(node.outputs[0], inner.inputs[0])
    crate.link(inner.outputs["Maps"], unpack.inputs[0])
    plug(crate, pack, unpack)
    assert crate.roles() == EXPECTED


@NEW
def test_closures_are_followed_by_item(crate):
    entry, leaving, evaluate = closure(crate)
    crate.link(leaving.outputs[0], evaluate.inputs["Closure"])
    for name in ("Tint", "Rough"):
        crate.link(entry.outputs[name], leaving.inputs[name])
    plug(crate, evaluate, evaluate)
    assert crate.roles() == EXPECTED


@NEW
def test_images_inside_of_a_closure_are_followed(crate):
    _, leaving, evaluate = closure(crate)
    crate.link(leaving.outputs[0], evaluate.inputs["Closure"])
    plug(crate, leaving, evaluate)
    assert crate.roles() == EXPECTED


@NEW
def test_closures_that_swap_their_items_are_followed(crate):
    entry, leaving, evaluate = closure(crate)
    crate.link(leaving.outputs[0], evaluate.inputs["Closure"])
    crate.link(entry.outputs["Tint"], leaving.inputs["Rough"])
    crate.link(entry.outputs["Rough"], leaving.inputs["Tint"])
    plug(crate, evaluate, evaluate)
    assert crate.roles() == {"Paint": "ROUGHNESS", "Data": "BASE_COLOR"}


@NEW
def test_closure_that_comes_in_a_bundle_is_found(crate):
    entry, leaving, evaluate = closure(crate)
    pack, unpack = crate.new("NodeCombineBundle"), crate.new("NodeSeparateBundle")
    for node in (pack, unpack):
        node.bundle_items.new("CLOSURE", "Shade")
    crate.link(leaving.outputs[0], pack.inputs[0])
    crate.link(pack.outputs[0], unpack.inputs[0])
    crate.link(unpack.outputs[0], evaluate.inputs["Closure"])
    for name in ("Tint", "Rough"):
        crate.link(entry.outputs[name], leaving.inputs[name])
    plug(crate, evaluate, evaluate)
    assert crate.roles() == EXPECTED


@NEW
def test_unknown_closure_is_a_doubt_and_left_alone(crate):
    _, _, evaluate = closure(crate)
    plug(crate, evaluate, evaluate)
    assert crate.skipped() == dict.fromkeys(
        ("Paint", "Data"),
        "The same links use it as color and as Roughness data;"
        " give each use an Image Texture node of its own to restyle it",
    )


def repeat(crate):
    entry, leaving = crate.new("GeometryNodeRepeatInput"), crate.new("GeometryNodeRepeatOutput")
    entry.pair_with_output(leaving)
    for item in ITEMS:
        leaving.repeat_items.new(*item)
    return entry, leaving


@NEW
def test_repeat_zones_are_followed_by_item(crate):
    entry, leaving = repeat(crate)
    for name in ("Tint", "Rough"):
        crate.link(entry.outputs[name], leaving.inputs[name])
    plug(crate, entry, leaving)
    assert crate.roles() == EXPECTED


@NEW
def test_what_a_repeat_zone_hands_to_the_next_round_is_followed(crate):
    entry, leaving = repeat(crate)
    crate.link(entry.outputs["Rough"], leaving.inputs["Tint"])
    crate.link(crate.data.outputs["Color"], leaving.inputs["Rough"])
    crate.link(leaving.outputs["Tint"], crate.shader.inputs["Base Color"])
    assert crate.roles()["Data"] == "BASE_COLOR"


@NEW
def test_image_that_counts_the_rounds_is_a_mask(crate):
    entry, leaving = repeat(crate)
    crate.link(crate.data.outputs["Color"], entry.inputs["Iterations"])
    crate.link(leaving.outputs["Tint"], crate.shader.inputs["Base Color"])
    assert crate.roles()["Data"] == "MASK"


@NEW
def test_bundle_that_grows_in_each_round_comes_to_an_end(crate):
    entry, leaving = crate.new("GeometryNodeRepeatInput"), crate.new("GeometryNodeRepeatOutput")
    entry.pair_with_output(leaving)
    leaving.repeat_items.new("BUNDLE", "Maps")
    pack = crate.new("NodeCombineBundle")
    pack.bundle_items.new("BUNDLE", "Maps")
    pack.bundle_items.new("RGBA", "Tint")
    crate.link(entry.outputs["Maps"], pack.inputs["Maps"])
    crate.link(crate.paint.outputs["Color"], pack.inputs["Tint"])
    crate.link(pack.outputs[0], leaving.inputs["Maps"])
    assert crate.roles()["Paint"] == "UNUSED"


@NEW
def test_menu_switch_passes_on_its_items(crate):
    switch = crate.new("GeometryNodeMenuSwitch", data_type="RGBA")
    crate.link(crate.paint.outputs["Color"], switch.inputs["A"])
    crate.link(switch.outputs["Output"], crate.shader.inputs["Base Color"])
    crate.link(switch.outputs["A"], crate.shader.inputs["Roughness"])
    assert crate.skipped()["Paint"] == ""
