"""Relief of strokes: kept in the file, changed by hand, and as it is rendered."""

from __future__ import annotations

import bpy
import numpy as np
import pytest

from impasto.scene.textures import relief_nodes, results

# --- kept ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("pack", [False, True])
def test_relief_survives_saving(build, studio, brick, pack):
    studio.former(brick.material, "Bump")
    before = studio.links(brick.tree)
    build.save()
    studio.stylize(brick.group, pack=pack)
    for path in studio.folder.glob("*") if pack else ():
        path.unlink()
    results.show([brick.material], originals=True)
    build.save()
    bpy.ops.wm.open_mainfile(filepath=bpy.data.filepath)
    material = bpy.data.materials["Brick Material"]
    tree = material.node_tree
    assert all(link.is_muted for link in studio.part(tree, "NORMAL_MAP").outputs[0].links)
    results.show([material], originals=False)
    assert not any(link.is_muted for link in tree.links)
    picture = studio.part(tree, "TEX_IMAGE")
    assert tuple(picture.image.size) == tuple(picture[relief_nodes.HEIGHT].size) == (64, 64)
    assert bool(picture.image.packed_file) is pack
    assert results.revert([material]) == 1
    assert studio.links(tree) == before


def test_one_undo_takes_back_color_and_relief(studio, brick):
    bpy.ops.ed.undo_push(message="before")
    before = studio.links(brick.tree)
    studio.stylize(brick.group)
    bpy.ops.ed.undo_push(message="Stylize")
    bpy.ops.ed.undo()
    material = bpy.data.materials["Brick Material"]
    assert studio.links(material.node_tree) == before
    bpy.ops.ed.redo()
    material = bpy.data.materials["Brick Material"]
    assert studio.parts(material.node_tree, "NORMAL_MAP")
    assert results.revert([material]) == 1
    assert studio.links(material.node_tree) == before


# --- changed by hand -------------------------------------------------------------------------------


def every_step(studio, brick) -> None:
    """All that touches relief, on what is left of it."""
    results.show([brick.material], originals=True)
    results.show([brick.material], originals=False)
    studio.stylize(brick.group)
    assert studio.part(brick.tree, "TEX_IMAGE").image and studio.part(brick.tree, "NORMAL_MAP")
    results.revert([brick.material])
    assert not studio.parts(brick.tree)


@pytest.mark.parametrize("kind", ["TEX_IMAGE", "NORMAL_MAP", "GROUP", "FRAME", "BUMP"])
def test_nodes_deleted_by_hand_are_no_trouble(studio, brick, kind):
    studio.former(brick.material, "Bump")
    studio.stylize(brick.group)
    found = studio.parts(brick.tree, kind) or [n for n in brick.tree.nodes if n.type == kind]
    brick.tree.nodes.remove(found[0])
    every_step(studio, brick)
    source = {"GROUP": [], "BUMP": []}.get(kind, ["Bump"])
    assert [link.from_node.name for link in brick.shader.inputs["Normal"].links] == source


def test_deleted_data_is_no_trouble(studio, brick):
    studio.former(brick.material, "Bump")
    studio.stylize(brick.group)
    bpy.data.images.remove(bpy.data.images["Brick (Impasto Normal)"])
    bpy.data.images.remove(bpy.data.images["Brick (Impasto Height)"])
    bpy.data.node_groups.remove(bpy.data.node_groups["Impasto Relief"])
    every_step(studio, brick)


def test_shader_deleted_by_hand_takes_no_relief(studio, brick):
    studio.stylize(brick.group)
    brick.tree.nodes.remove(brick.shader)
    results.show([brick.material], originals=True)
    studio.stylize(brick.group)
    assert not studio.parts(brick.tree, "NORMAL_MAP")


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
    assert not studio.parts(brick.tree)


def test_image_of_the_artist_in_a_relief_node_stays_in_the_file(build, studio, brick):
    studio.stylize(brick.group)
    studio.part(brick.tree, "TEX_IMAGE").image = build.image("Own")
    studio.stylize(brick.group)
    assert "Own" in bpy.data.images


# --- seen ------------------------------------------------------------------------------------------


@pytest.fixture
def render(build, brick):
    """Renders the plane in grazing light, always in the colors of the original."""
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
        pixels = np.array(image.pixels[:]).reshape(64, 64, 4)[::-1, :, :3]
        bpy.data.images.remove(image)
        return pixels

    return render


@pytest.mark.parametrize("former", ["", "NormalMap", "Bump"])
def test_relief_is_seen_hidden_and_gone(studio, brick, render, former):
    if former:
        studio.former(brick.material, former)
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


@pytest.mark.parametrize("axis", [0, 1])
def test_slopes_toward_the_light_are_bright(studio, brick, render, axis):
    sun = bpy.data.objects["Sun"]
    sun.rotation_euler = [(0.0, 0.8, 0.0), (-0.8, 0.0, 0.0)][axis]  # it comes from +x or +y
    brick.shader.inputs["Roughness"].default_value = 1.0
    toward = sun.rotation_euler.to_matrix().col[2]
    original = render()
    studio.normals = studio.ridges(axis)
    studio.stylize(brick.group)
    brighter = (render() / original).mean(axis=(axis, 2))
    expected = (studio.normals @ np.array(toward)).mean(axis=axis)
    assert np.corrcoef(brighter, expected)[0, 1] > 0.95


def test_flat_relief_leaves_the_former_normal(studio, brick, render):
    studio.former(brick.material, "NormalMap")
    original = render()
    studio.stylize(brick.group)
    studio.part(brick.tree, "NORMAL_MAP").inputs["Strength"].default_value = 0.0
    np.testing.assert_allclose(render(), original, atol=1e-3)


def test_relief_alone_equals_relief_added_to_nothing(studio, brick, render):
    studio.stylize(brick.group)
    alone = render()
    results.revert([brick.material])
    bump = studio.former(brick.material, "Bump")
    studio.stylize(brick.group)
    brick.tree.nodes.remove(bump)
    np.testing.assert_allclose(render(), alone, atol=1e-3)
