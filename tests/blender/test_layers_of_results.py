"""Results as layers over their originals: live strength and color, masks, compare, revert."""

from __future__ import annotations

import bpy
import numpy as np
import pytest

from impasto.core.image.color import keep_luminance_only, srgb_to_linear
from impasto.scene.textures import find, layer_group, layers, results

ops = bpy.ops.impasto


@pytest.fixture
def layered(build):
    """A textured plane with a result as a layer over its original."""
    part = build.textured("Brick")
    part.tree, part.shader = part.material.node_tree, build.principled(part.material)
    part.result = build.image("Brick (Impasto)", kind=1)
    part.result[find.RECIPE] = {"strength": 0.75, "keep_color": 0.25}
    results.assign(part.image, part.result, [part.material], layered=True)
    part.layer = layers.layer_of(part.node)
    return part


def values(layer) -> tuple[float, ...]:
    names = (layer_group.STRENGTH, layer_group.KEEP, layer_group.MASK)
    return tuple(round(layer.inputs[name].default_value, 6) for name in names)


def test_the_original_keeps_its_image(layered):
    assert layered.node.image == layered.image
    assert results.shown_image(layered.node) == layered.result
    assert layered.shader.inputs["Base Color"].links[0].from_node == layered.layer
    assert values(layered.layer) == (0.75, 0.25, 1.0)


def test_it_is_still_one_color_texture(layered):
    (texture,) = find.textures_in([layered.material])
    assert (texture.image, texture.role, texture.skipped) == (layered.image, "BASE_COLOR", "")
    assert len(texture.uses) == 1


def test_compare_mutes_the_layer_and_keeps_its_values(layered):
    results.show(None, originals=True)
    assert layered.layer.mute and results.shown_image(layered.node) == layered.image
    assert layered.tree.nodes.active == layered.node, "what Solid shading shows"
    results.show(None, originals=False)
    assert layered.tree.nodes.active == layers.painting_of(layered.layer)
    assert not layered.layer.mute and values(layered.layer) == (0.75, 0.25, 1.0)


def test_revert_leaves_no_trace(layered):
    assert results.revert([layered.material]) == 1
    assert layered.shader.inputs["Base Color"].links[0].from_node == layered.node
    assert not layered.node.keys()
    assert {node.type for node in layered.tree.nodes} == {
        "TEX_IMAGE",
        "BSDF_PRINCIPLED",
        "OUTPUT_MATERIAL",
    }
    assert not bpy.data.node_groups


def test_what_was_turned_stays_with_the_next_result(build, layered):
    """But what was set in the look since then is taken."""
    layered.layer.inputs[layer_group.STRENGTH].default_value = 0.4
    second = build.image("Second", 2)
    second[find.RECIPE] = {"strength": 0.75, "keep_color": 0.5}
    results.assign(layered.image, second, [layered.material], layered=True)
    assert layers.layer_of(layered.node) == layered.layer
    assert values(layered.layer) == (0.4, 0.5, 1.0)


def test_direct_and_layered_results_follow_each_other(build, layered):
    direct = build.image("Direct", 2)
    results.assign(layered.image, direct, [layered.material])
    assert layered.node.image == direct and layers.layer_of(layered.node) is None
    again = build.image("Again", 3)
    results.assign(layered.image, again, [layered.material], layered=True)
    assert layered.node.image == layered.image
    assert results.shown_image(layered.node) == again
    assert results.revert(None) == 1
    assert not layered.node.keys()


def test_a_layer_that_the_artist_removed_is_not_brought_back(layered):
    layered.tree.nodes.remove(layered.layer)
    results.show(None, originals=True)
    results.show(None, originals=False)
    assert layered.node.image == layered.image
    assert results.revert(None) == 1
    assert not layered.node.keys()


def test_revert_removes_the_layer_below_which_the_image_was_replaced(build, layered):
    layered.node.image = build.image("Chosen")
    assert results.revert(None) == 1
    assert layers.layer_of(layered.node) is None
    assert layered.node.image.name == "Chosen"


def test_values_can_be_animated(layered):
    socket = layered.layer.inputs[layer_group.STRENGTH]
    for frame, value in ((1, 0.0), (11, 1.0)):
        socket.default_value = value
        socket.keyframe_insert("default_value", frame=frame)
    bpy.context.scene.frame_set(6)
    assert socket.default_value == pytest.approx(0.5)


def render(build, item, size: int) -> np.ndarray:
    """The color of a plane that fills the picture, scene-linear, ``(size, size, 3)``."""
    scene = bpy.context.scene
    layer = item.data.uv_layers.new()
    for loop, uv in zip(layer.data, ((0, 0), (1, 0), (1, 1), (0, 1)), strict=True):
        loop.uv = uv
    camera = bpy.data.objects.new("Camera", bpy.data.cameras.new("Camera"))
    camera.data.type, camera.data.ortho_scale = "ORTHO", 1.0
    camera.location = (0.5, 0.5, 1.0)
    scene.collection.objects.link(camera)
    scene.camera, scene.render.engine = camera, "CYCLES"
    scene.cycles.samples, scene.cycles.use_denoising = 1, False
    scene.cycles.pixel_filter_type, scene.cycles.filter_width = "BLACKMAN_HARRIS", 0.01
    scene.render.resolution_x = scene.render.resolution_y = size
    scene.render.image_settings.file_format = "OPEN_EXR"
    scene.render.image_settings.color_depth = "32"
    scene.render.filepath = str(build.folder / "render.exr")
    bpy.ops.render.render(write_still=True)
    image = bpy.data.images.load(scene.render.filepath)
    pixels = np.empty(size * size * 4, np.float32)
    image.pixels.foreach_get(pixels)
    return pixels.reshape(size, size, 4)[::-1, :, :3]


def glowing(build, size: int):
    """A material that shines with the colors of a layered texture, and the layer."""
    image = build.image("Old", 1, size=size)
    material = build.material("M", image, "Emission Color")
    shader = build.principled(material)
    shader.inputs["Emission Strength"].default_value = 1.0
    shader.inputs["Base Color"].default_value = (0, 0, 0, 1)
    shader.inputs["Specular IOR Level"].default_value = 0.0
    (node,) = (n for n in material.node_tree.nodes if n.type == "TEX_IMAGE")
    node.interpolation = "Closest"
    result = build.image("New", 2, size=size)
    results.assign(image, result, [material], layered=True)
    layer = layers.layer_of(node)
    return material, layer


@pytest.mark.parametrize(
    ("strength", "keep", "muted"), [(1, 0, False), (0.5, 0, False), (1, 1, False), (1, 0.5, True)]
)
def test_what_is_rendered(build, strength, keep, muted):
    """The same colors as those of the painting engine, for colors that fit into the gamut."""
    size = 16
    material, layer = glowing(build, size)
    layer.inputs[layer_group.STRENGTH].default_value = strength
    layer.inputs[layer_group.KEEP].default_value = keep
    layer.mute = muted
    old, new = (build.pixels(kind, size).astype(np.float32) / 255 for kind in (1, 2))
    wanted = srgb_to_linear(old)
    if not muted:
        painted = srgb_to_linear(keep_luminance_only(new, old, keep))
        wanted = wanted + (painted - wanted) * strength
    difference = np.abs(render(build, build.plane("Screen", material), size) - wanted)
    assert np.median(difference) < 2e-3 and np.quantile(difference, 0.9) < 0.02


def test_stylize_lays_the_painting_over_the_original(build):
    part = build.textured("Brick")
    group = build.group(part.image, style=str(build.png("style", kind=3)))
    group.look.strength, group.look.keep_color = 0.5, 0.25
    assert ops.stylize_textures(layered=True) == {"FINISHED"}
    layer = layers.layer_of(part.node)
    assert part.node.image == part.image and values(layer) == (0.5, 0.25, 1.0)
    assert ops.compare_textures() == {"FINISHED"} and layer.mute
    assert ops.compare_textures() == {"FINISHED"} and not layer.mute
    build.save()
    bpy.ops.wm.open_mainfile(filepath=bpy.data.filepath)
    node = next(n for n in bpy.data.materials[0].node_tree.nodes if find.LAYERED in n)
    assert values(layers.layer_of(node)) == (0.5, 0.25, 1.0)
    assert ops.revert_textures() == {"FINISHED"}
    assert not node.keys()


def test_tiles_and_environment_textures_are_layered(build):
    image = build.tiled("Wall")
    material = build.material("M", image)
    tree = material.node_tree
    sky = tree.nodes.new("ShaderNodeTexEnvironment")
    sky.image = build.image("Sky")
    tree.links.new(sky.outputs["Color"], build.principled(material).inputs["Emission Color"])
    for original, kind in ((image, "TEX_IMAGE"), (sky.image, "TEX_ENVIRONMENT")):
        results.assign(original, build.image("R", 1), [material], layered=True)
        node = next(n for n in tree.nodes if n.type == kind and find.LAYERED in n)
        painting = layers.painting_of(layers.layer_of(node))
        assert painting.type == kind


def test_the_painting_is_mapped_as_the_texture_is(build):
    part = build.textured("Brick")
    tree = part.material.node_tree
    mapping = tree.nodes.new("ShaderNodeMapping")
    tree.links.new(mapping.outputs["Vector"], part.node.inputs["Vector"])
    part.node.interpolation, part.node.extension = "Cubic", "MIRROR"
    results.assign(part.image, build.image("R", 1), [part.material], layered=True)
    painting = layers.painting_of(layers.layer_of(part.node))
    assert (painting.interpolation, painting.extension) == ("Cubic", "MIRROR")
    assert painting.inputs["Vector"].links[0].from_node == mapping


@pytest.fixture
def active(layered):
    """The same, as the active object, with no groups."""
    bpy.context.view_layer.objects.active = layered.item
    return layered


def test_the_panel_shows_the_values_of_the_layer(active, draw):
    from impasto.panels import stylize

    shown = draw(*stylize.PANELS)
    assert "default_value" in shown and "strength" not in shown
    results.revert(None)
    shown = draw(*stylize.PANELS)
    assert "default_value" not in shown and "strength" in shown


@pytest.mark.parametrize("kind", ["IMAGE", "COLOR", "OBJECT"])
def test_a_mask_begins_with_everything_painted_and_leaves_no_trace(active, kind):
    before = len(active.tree.nodes)
    assert ops.mask_layer(kind=kind) == {"FINISHED"}
    assert active.layer.inputs[layer_group.MASK].is_linked
    assert len(active.tree.nodes) == before + 1
    (texture,) = find.textures_in([active.material])
    assert texture.image == active.image
    if kind == "COLOR":
        assert {tuple(c.color) for c in active.item.data.color_attributes[0].data} == {(1, 1, 1, 1)}
    if kind == "OBJECT":
        assert active.item["Impasto Mask"] == 1.0
    assert ops.mask_layer(kind="NONE") == {"FINISHED"}
    assert len(active.tree.nodes) == before


def test_revert_takes_a_masks_node_away_too(active):
    ops.mask_layer(kind="IMAGE")
    assert results.revert(None) == 1
    assert len(active.tree.nodes) == 3


def test_values_are_copied_to_all_textures_of_the_target(build, active):
    second = build.textured("Second", 2)
    active.item.data.materials.append(second.material)
    results.assign(second.image, build.image("R", 3), [second.material], layered=True)
    active.layer.inputs[layer_group.STRENGTH].default_value = 0.3
    assert ops.copy_layer() == {"FINISHED"}
    assert values(layers.layer_of(second.node))[:2] == (0.3, 0.25)


def read_image(image) -> np.ndarray:
    """The pixels of an image as Blender has them, rows top-down."""
    width, height = image.size
    pixels = np.empty(width * height * 4, np.float32)
    image.pixels.foreach_get(pixels)
    return pixels.reshape(height, width, 4)[::-1, :, :3]


def test_apply_makes_one_image_of_both(build, active):
    build.save()
    active.layer.inputs[layer_group.STRENGTH].default_value = 0.5
    active.layer.inputs[layer_group.KEEP].default_value = 0.0
    before = {path: path.read_bytes() for path in build.folder.glob("*.png")}
    old, new = (srgb_to_linear(read_image(image)) for image in (active.image, active.result))
    assert ops.apply_layers() == {"FINISHED"}
    assert layers.layer_of(active.node) is None
    baked = active.node.image
    assert baked != active.image and baked.filepath.startswith("//impasto")
    difference = np.abs(srgb_to_linear(read_image(baked)) - (old + new) / 2)
    assert difference.max() < 0.01
    assert {path: path.read_bytes() for path in before} == before
    assert ops.compare_textures() == {"FINISHED"} and active.node.image == active.image
    assert ops.revert_textures() == {"FINISHED"} and not active.node.keys()


def test_apply_takes_a_painted_mask_in(build, active):
    ops.mask_layer(kind="IMAGE")
    active.layer.inputs[layer_group.STRENGTH].default_value = 1.0
    active.layer.inputs[layer_group.KEEP].default_value = 0.0
    mask = active.layer.inputs[layer_group.MASK].links[0].from_node.image
    width, height = mask.size
    pixels = np.ones((height, width, 4), np.float32)
    pixels[:, : width // 2, :3] = 0  # the left half shows the original
    mask.pixels.foreach_set(pixels.ravel())
    old, new = map(read_image, (active.image, active.result))
    assert ops.apply_layers() == {"FINISHED"}
    baked = read_image(active.node.image)
    middle = baked.shape[1] // 2
    np.testing.assert_allclose(baked[:, : middle - 3], old[:, : middle - 3], atol=0.01)
    np.testing.assert_allclose(baked[:, middle + 3 :], new[:, middle + 3 :], atol=0.01)


@pytest.mark.parametrize("kind", ["COLOR", "OBJECT"])
def test_apply_refuses_a_mask_that_is_no_image(active, kind):
    ops.mask_layer(kind=kind)
    with pytest.raises(RuntimeError, match='The mask of "Brick" is no image'):
        ops.apply_layers()
    assert layers.layer_of(active.node) == active.layer


def test_apply_refuses_previews_and_links(build, active):
    value = active.tree.nodes.new("ShaderNodeValue")
    link = active.tree.links.new(value.outputs[0], active.layer.inputs[layer_group.STRENGTH])
    with pytest.raises(RuntimeError, match='Strength of "Brick" is linked'):
        ops.apply_layers()
    active.tree.links.remove(link)
    active.result[find.RECIPE] = {"preview": True}
    with pytest.raises(RuntimeError, match='"Brick" is a preview'):
        ops.apply_layers()


def test_apply_leaves_other_layers_alone(build, active):
    other = build.material("Other", active.image)
    build.plane("Other Plane", other)
    second = build.image("Second", 2)
    results.assign(active.image, second, [other], layered=True)
    assert ops.apply_layers() == {"FINISHED"}
    node = next(n for n in other.node_tree.nodes if find.LAYERED in n)
    assert results.shown_image(node) == second
    assert ops.apply_layers(target="ALL") == {"FINISHED"}
    assert node.image not in (active.image, second) and layers.layer_of(node) is None


def test_gltf_has_the_applied_image(build, active):
    """The exporter does not look into node groups: that is what Apply is for."""
    import json

    active.item.data.uv_layers.new()
    build.save()
    ops.apply_layers()
    path = build.folder / "model.gltf"
    bpy.ops.export_scene.gltf(filepath=str(path), export_format="GLTF_SEPARATE")
    (image,) = json.loads(path.read_text())["images"]
    assert "Impasto" in image["uri"].replace("%20", " ")


@pytest.mark.parametrize("kind", ["IMAGE", "COLOR", "OBJECT"])
@pytest.mark.parametrize("painted", [False, True])
def test_a_mask_is_what_is_rendered(build, kind, painted):
    """Everywhere the painting at first; where the mask is black, the original."""
    size = 16
    material, layer = glowing(build, size)
    item = build.plane("Any", material)
    bpy.context.view_layer.objects.active = item
    assert ops.mask_layer(kind=kind) == {"FINISHED"}
    if not painted and kind == "IMAGE":
        mask = layer.inputs[layer_group.MASK].links[0].from_node.image
        mask.pixels.foreach_set(np.tile((0, 0, 0, 1), mask.size[0] * mask.size[1]).astype("f"))
    elif not painted and kind == "COLOR":
        colors = item.data.color_attributes["Impasto Mask"].data
        colors.foreach_set("color", [0.0, 0.0, 0.0, 1.0] * len(colors))
    elif not painted:
        item["Impasto Mask"] = 0.0
    item.update_tag()
    wanted = srgb_to_linear(build.pixels(2 if painted else 1, size).astype(np.float32) / 255)
    shown = render(build, item, size)
    assert np.median(np.abs(shown - wanted)) < 2e-3
