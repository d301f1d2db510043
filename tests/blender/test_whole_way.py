"""Analyze, choose styles, Stylize, Compare, Revert, with an image of every kind, for real."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import bpy
import cv2
import numpy as np
import pytest

from impasto import preferences
from impasto.scene.jobs import queue
from impasto.scene.looks import gallery
from impasto.scene.options import preferences as chosen_preferences
from impasto.scene.textures import find, results

ops = bpy.ops.impasto


def read(image) -> np.ndarray:
    """The pixels of an image's file as they are stored."""
    return cv2.imread(bpy.path.abspath(image.filepath), cv2.IMREAD_UNCHANGED)


@pytest.fixture
def scene(build):
    """Images of every kind on planes; saved, analyzed, and every group with a style."""
    for kind, (name, options) in enumerate(
        {
            "Brick": {},
            "Leaf": {"channels": 4},
            "Deep": {"channels": 4, "dtype": np.uint16},
            "Odd": {"size": 45},
        }.items()
    ):
        build.textured(name, kind, **options)
    packed = build.textured("Packed", 1)
    packed.image.pack()
    build.plane("Tiles", build.material("Tiles", build.tiled("Wall")))
    sky = bpy.data.images.new("Sky", 48, 32, float_buffer=True)
    sky.pixels.foreach_set(np.random.default_rng(0).uniform(0, 8, 48 * 32 * 4).astype(np.float32))
    sky.filepath_raw, sky.file_format = str(build.folder / "Sky.exr"), "OPEN_EXR"
    sky.save()
    sky.source = "FILE"
    build.plane("Sky", build.material("Sky", sky, "Emission Color"))
    tree = bpy.data.node_groups.new("Shared", "ShaderNodeTree")
    tree.interface.new_socket("Paint", in_out="OUTPUT", socket_type="NodeSocketColor")
    inner = build.node(tree, build.image("Inner", 2))
    tree.links.new(inner.outputs["Color"], tree.nodes.new("NodeGroupOutput").inputs["Paint"])
    material = build.material("Grouped")
    entry = material.node_tree.nodes.new("ShaderNodeGroup")
    entry.node_tree = tree
    material.node_tree.links.new(entry.outputs[0], build.principled(material).inputs["Base Color"])
    build.plane("Grouped", material)
    build.plane("Twin", build.material("Twin", bpy.data.images["Brick"]))
    build.plane("Rough", build.material("Rough", build.image("Roughness", 2), "Roughness"))
    style = str(build.png("style", kind=3, size=128))
    build.save()
    assert ops.analyze_textures() == {"FINISHED"}
    settings = bpy.context.scene.impasto
    for group in settings.groups:
        group.look.style, group.look.engine = style, "NETWORK"
    return settings


def shown() -> dict[str, bpy.types.Image]:
    """What is shown now, by the name of the original."""
    return {use.image.name: use.node.image for use in find.uses_in(bpy.data.materials)}


def test_whole_way(scene, build):
    names = {"Brick", "Leaf", "Deep", "Odd", "Packed", "Wall", "Sky", "Inner"}
    assert {m.image.name for g in scene.groups for m in g.members} == names
    assert scene.sentence and [row.name for row in scene.skipped] == ["Roughness"]
    assert all(Path(m.thumbnail).is_file() for g in scene.groups for m in g.members)

    before = {path: path.read_bytes() for path in build.folder.glob("*.*")}
    assert ops.stylize_textures() == {"FINISHED"}
    after = shown()
    assert {name for name, image in after.items() if results.RECIPE in image} == names
    for name in names:
        source, result = bpy.data.images[name], after[name]
        assert result.name == f"{name} (Impasto)"
        assert tuple(result.size) == tuple(source.size)
        assert result.colorspace_settings.name == source.colorspace_settings.name
        assert result.alpha_mode == source.alpha_mode
        assert (result.source, result.is_float) == (source.source, source.is_float)
        assert result.filepath.startswith("//impasto")
    assert {path: path.read_bytes() for path in before} == before

    for name in ("Leaf", "Deep"):
        source, result = read(bpy.data.images[name]), read(after[name])
        assert source.dtype == result.dtype
        np.testing.assert_array_equal(source[..., 3], result[..., 3])
        assert not np.array_equal(source[..., :3], result[..., :3])
    assert [tile.number for tile in after["Wall"].tiles] == [1001, 1002]
    assert [use.node.image.name for use in find.uses_in([bpy.data.materials["Twin"]])] == [
        "Brick (Impasto)"
    ]

    assert ops.compare_textures() == {"FINISHED"}
    assert {image.name for image in shown().values()} == names | {"Roughness"}
    assert scene.showing_originals
    ops.compare_textures()
    assert shown() == after

    build.save()
    bpy.ops.wm.open_mainfile(filepath=bpy.data.filepath)
    assert {image.name for image in shown().values() if results.RECIPE in image} == {
        f"{name} (Impasto)" for name in names
    }
    assert all(image.has_data for image in shown().values() if tuple(image.size))
    assert ops.revert_textures() == {"FINISHED"}
    assert {image.name for image in shown().values()} == names | {"Roughness"}


def test_preview_is_small_and_packed_and_replaced_by_the_real_thing(build):
    part = build.textured("Brick", size=640)
    build.save()
    build.group(part.image, style=str(build.png("style", kind=3)))
    ops.preview_textures()
    preview = part.node.image
    assert tuple(preview.size) == (512, 512) and preview.packed_file is not None
    assert preview["impasto"]["preview"]
    assert not (build.folder / "impasto").exists()
    ops.stylize_textures()
    assert tuple(part.node.image.size) == (640, 640)
    assert "Brick (Impasto Preview)" not in bpy.data.images
    ops.revert_textures(target="GROUP")
    assert part.node.image == part.image


def test_packed_results_leave_no_file(build):
    chosen = chosen_preferences(bpy.context)
    chosen.results = "PACKED"
    try:
        part = build.textured("Brick")
        wall = build.tiled("Wall")
        build.plane("Wall", build.material("Wall", wall))
        build.save()
        build.group(part.image, wall, style=str(build.png("style", kind=3)))
        ops.stylize_textures()
    finally:
        chosen.results = "FOLDER"
    assert not (build.folder / "impasto").exists()
    assert part.node.image.packed_file is not None
    assert len(bpy.data.images["Wall (Impasto)"].packed_files) == 2
    build.save()
    bpy.ops.wm.open_mainfile(filepath=bpy.data.filepath)
    wall = bpy.data.images["Wall (Impasto)"]
    assert [tile.number for tile in wall.tiles] == [1001, 1002] and tuple(wall.size) == (64, 64)


def test_built_in_style_is_chosen_by_its_name(build):
    style = gallery.builtin_styles()[0]
    part = build.textured("Brick")
    group = build.group(part.image)
    group.look.gallery = style.identifier
    assert (group.look.style, group.look.file) == (style.identifier, "")
    ops.stylize_textures()
    assert part.node.image["impasto"]["style"] == style.name


def test_excluded_textures_and_groups_are_left_out(build):
    one, two, three = (build.textured(name, kind) for kind, name in enumerate("ABC"))
    style = str(build.png("style", kind=3))
    group = build.group(one.image, two.image, style=style)
    group.members[1].excluded = True
    build.group(three.image, style=style).excluded = True
    ops.stylize_textures()
    assert {name for name, image in shown().items() if results.RECIPE in image} == {"A"}


def test_restyled_materials_become_assets_on_request(build):
    one, two = build.textured("A"), build.textured("B", 1)
    build.group(one.image, style="starry-night")
    assert not ops.mark_assets.poll()
    ops.stylize_textures()
    ops.mark_assets()
    assert two.material.asset_data is None
    assert {tag.name for tag in one.material.asset_data.tags} == {"Impasto", "Starry Night"}


def test_look_presets_are_kept_and_applied(build, monkeypatch):
    # Blender shows the chosen preset as the menu's title; undone after the test.
    monkeypatch.setattr(bpy.types.IMPASTO_PT_look_presets, "bl_label", "Look Presets")
    look = build.group(build.textured("A").image, style="starry-night").look
    look.brush_scale = 2.5
    ops.add_look_preset(name="Big Strokes")
    look.style, look.brush_scale = "", 1.0
    folder = Path(bpy.utils.user_resource("SCRIPTS", path="presets/impasto/looks"))
    bpy.ops.script.execute_preset(
        filepath=str(folder / "Big_Strokes.py"), menu_idname="IMPASTO_PT_look_presets"
    )
    assert (look.style, look.brush_scale) == ("starry-night", 2.5)


def test_revert_of_the_selected_objects_only(build):
    one, two = build.textured("A"), build.textured("B", 1)
    build.group(one.image, two.image, style=str(build.png("style", kind=3)))
    ops.stylize_textures()
    two.item.select_set(True)
    ops.revert_textures(target="SELECTED")
    assert {image.name for image in shown().values()} == {"A (Impasto)", "B"}


def test_pictures_of_the_analysis_open_as_images(scene):
    assert scene.plots
    for plot in scene.plots:
        assert ops.open_plot(kind=plot.name) == {"FINISHED"}
    assert bpy.data.images["Impasto Cluster Map"].size[0] > 100


ENABLE = """
import os, sys
os.environ["BLENDER_USER_RESOURCES"] = sys.argv[1]
import bpy, addon_utils
before = set(sys.modules)
addon_utils.enable("bl_ext.user_default.impasto", default_set=True)
print("LOADED", *sorted(name for name in set(sys.modules) - before if "." not in name))
addon_utils.disable("bl_ext.user_default.impasto")
left = [name for name in dir(bpy.types) if name.startswith("IMPASTO_")]
print("LEFT", *left, *[name for name in dir(bpy.types.Scene) if name == "impasto"], flush=True)
os._exit(0)  # the bpy module of 4.2 crashes at exit wherever properties have callbacks
"""


def test_enabling_loads_nothing_heavy_and_disabling_leaves_nothing(tmp_path):
    extensions = tmp_path / "extensions" / "user_default"
    extensions.mkdir(parents=True)
    (extensions / "impasto").symlink_to(Path(preferences.__file__).resolve().parent)
    answer = subprocess.run(
        [sys.executable, "-c", ENABLE, tmp_path], capture_output=True, text=True, check=True
    )
    lines = {line.split()[0]: line.split()[1:] for line in answer.stdout.splitlines() if line}
    heavy = {"torch", "sklearn", "cv2", "scipy", "matplotlib", "safetensors", "OpenEXR", "PIL"}
    heavy |= {"OpenImageIO", "av"}
    assert not heavy & set(lines["LOADED"])
    assert lines["LEFT"] == []
    assert "Traceback" not in answer.stderr + answer.stdout


def test_a_ramp_gets_other_colors_and_no_relief(build):
    ramp = build.write(build.folder / "Ramp.png", np.arange(256, dtype=np.uint8)[None, :, None])
    image = bpy.data.images.load(str(ramp))
    material = build.material("Toon", image)
    build.plane("Plane", material)
    group = build.group(image, style="scream")
    group.look.engine = "STROKES"
    assert bpy.ops.impasto.stylize_textures(target="ALL") == {"FINISHED"}
    assert "Ramps and palettes get other colors only: Ramp.png" in queue.history[0].message
    result = next(i for i in bpy.data.images if i.name.startswith("Ramp (Impasto)"))
    pixels = np.array(result.pixels[:]).reshape(256, 4)
    assert np.abs(np.diff(pixels, axis=0)).max() < 0.03
    assert not any("Normal" in i.name for i in bpy.data.images)
