"""Files of earlier versions keep what was set in them."""

from __future__ import annotations

import bpy
import pytest

from impasto.scene import versioning

IN_SYSTEM = hasattr(bpy.types.ID, "bl_system_properties_get")


def stored(scene):
    return scene.bl_system_properties_get()["impasto"] if IN_SYSTEM else scene["impasto"]


def test_keep_colour_becomes_keep_color(build):
    settings = bpy.context.scene.impasto
    for name in ("First", "Second"):
        group = settings.groups.add()
        group.name, group.look.style = name, "irises"
    settings.frames.look.style = "irises"
    values = stored(bpy.context.scene)
    values["groups"][1]["look"]["keep_colour"] = 0.75
    values["frames"]["look"]["keep_colour"] = 0.5
    build.save()
    bpy.ops.wm.open_mainfile(filepath=bpy.data.filepath)
    settings = bpy.context.scene.impasto
    assert [group.look.keep_color for group in settings.groups] == [0, pytest.approx(0.75)]
    assert settings.frames.look.keep_color == pytest.approx(0.5)
    assert "keep_colour" not in stored(bpy.context.scene)["groups"][1]["look"]


def test_pictures_become_plots(build):
    bpy.context.scene.impasto.active_group = 1  # something is stored
    stored(bpy.context.scene)["pictures"] = [{"name": "map", "path": "/map.png"}]
    build.save()
    for _ in range(2):  # once is enough, and twice does no harm
        bpy.ops.wm.open_mainfile(filepath=bpy.data.filepath)
        plots = bpy.context.scene.impasto.plots
        assert [(plot.name, plot.path) for plot in plots] == [("map", "/map.png")]
        assert "pictures" not in stored(bpy.context.scene)
        build.save()


def test_files_without_these_settings_are_left_alone():
    versioning.update(bpy.context.scene)
    assert len(bpy.context.scene.impasto.groups) == 0


def test_linkage_keeps_its_meaning(build):
    """Ward came first once, and files store numbers."""
    assert bpy.context.scene.impasto.linkage == "average"
    for number, name in enumerate(("ward", "average")):
        bpy.context.scene.impasto.active_group = 1  # something is stored
        stored(bpy.context.scene)["linkage"] = number
        build.save()
        bpy.ops.wm.open_mainfile(filepath=bpy.data.filepath)
        assert bpy.context.scene.impasto.linkage == name
