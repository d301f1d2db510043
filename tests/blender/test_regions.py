"""Regions in Blender: what is shown is what is painted."""

from __future__ import annotations

from pathlib import Path

import bpy
import pytest

ops = bpy.ops.impasto


@pytest.fixture
def group(build):
    """A group of one texture, painted by a picture in two regions."""
    part = build.textured("Wall", 1, size=128)
    group = build.group(part.image, style=str(build.png("paint", kind=3, size=128)))
    group.look.regions = 2
    return group


@pytest.mark.parametrize("style", ["", "irises"])
def test_regions_are_drawn_into_an_image(group, style):
    group.look.style = style or group.look.style
    assert ops.draw_regions() == {"FINISHED"}
    path = Path(bpy.context.scene.impasto.plots["regions"].path)
    assert path.is_file()
    assert ops.open_plot(kind="regions") == {"FINISHED"}
    shown = bpy.data.images["Impasto Regions"]
    assert shown.size[0] == 1360 and Path(bpy.path.abspath(shown.filepath)) == path


def test_only_what_is_split_is_drawn(group):
    group.look.regions = 0
    assert not ops.draw_regions.poll()
