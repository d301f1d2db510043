"""Refine in Blender: a group's picture style becomes a style file of its own."""

from __future__ import annotations

from pathlib import Path

import bpy
import pytest

from impasto.core.styles.style import load_style_file
from impasto.scene import storage


@pytest.fixture
def group(build, tmp_path, monkeypatch):
    """A group of two textures whose style is a picture."""
    monkeypatch.setattr(storage, "styles_folder", lambda: tmp_path)
    parts = [build.textured(name, kind).image for kind, name in enumerate("AB")]
    return build.group(*parts, style=str(build.png("paint", kind=3, size=128)), name="Pair")


def test_the_group_takes_the_refined_style(group, tmp_path):
    assert bpy.ops.impasto.refine_style(seconds=1) == {"FINISHED"}
    path = Path(bpy.context.scene.impasto.groups[0].look.style)
    assert path == tmp_path / "paint refined.impasto"
    assert load_style_file(path).adapters
    assert bpy.ops.impasto.stylize_textures() == {"FINISHED"}


@pytest.mark.parametrize("style", ["", "irises", "/no/such/picture.png", "/saved.impasto"])
def test_only_pictures_are_refined(group, style):
    bpy.context.scene.impasto.groups[0].look.style = style
    assert not bpy.ops.impasto.refine_style.poll()
