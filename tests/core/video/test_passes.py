"""Render passes belong to the view layer whose colors are painted."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import OpenEXR
import pytest

from impasto.core.video.passes import read_passes

SIZE = (8, 6)
COLORS = "RGBA"


def view_layer(name: str, move: float, view: str = "") -> dict[str, np.ndarray]:
    """Channels of a view layer in which everything moves to the right, as Blender names them."""
    plane = np.ones(SIZE[::-1], np.float32)
    channels = {f"{name}.Combined{view}.{c}": plane for c in COLORS}
    channels |= {f"{name}.Vector{view}.{c}": plane * 0 for c in "YZW"}
    return channels | {
        f"{name}.Vector{view}.X": -move * plane,
        f"{name}.Depth{view}.Z": plane * move,
    }


def header(**attributes: object) -> dict[str, object]:
    whole = {"compression": OpenEXR.ZIP_COMPRESSION, "type": OpenEXR.scanlineimage}
    return {**whole, **attributes}


def moved(path: Path, layer: str = "") -> float:
    passes = read_passes(path, SIZE, layer)
    assert passes.depth[0, 0] == -passes.to_previous[0, 0, 0]
    return float(-passes.to_previous[0, 0, 0])


@pytest.fixture(params=["one part", "many parts"])
def layers(request, tmp_path) -> Path:
    """Two view layers; the first in the alphabet is not the main one."""
    path = tmp_path / "a.exr"
    both = (view_layer("Background", 1), view_layer("ViewLayer", 2))
    if request.param == "one part":
        OpenEXR.File(header(), both[0] | both[1]).write(str(path))
        return path
    parts = []
    for channels in both:
        for name in ("Combined", "Vector", "Depth"):
            inside = {key: value for key, value in channels.items() if f".{name}." in key}
            part = f"{next(iter(inside)).partition('.')[0]}.{name}"
            parts.append(OpenEXR.Part(header(name=part), inside))
    OpenEXR.File(parts).write(str(path))
    return path


def test_motion_and_depth_are_those_of_the_colors(layers):
    assert moved(layers) == 2
    assert moved(layers, "ViewLayer") == 2
    assert moved(layers, "Background") == 1


def test_the_compositors_picture_moves_as_the_main_view_layer(tmp_path):
    path = tmp_path / "a.exr"
    plane = np.ones(SIZE[::-1], np.float32)
    composite = {f"Composite.Combined.{c}": plane for c in COLORS}
    channels = view_layer("Background", 1) | view_layer("ViewLayer", 2) | composite
    OpenEXR.File(header(), channels).write(str(path))
    assert moved(path) == 2
    OpenEXR.File(header(), view_layer("Beauty", 3) | composite).write(str(path))
    assert moved(path) == 3


def test_a_layer_without_motion_does_not_take_that_of_another(tmp_path):
    path = tmp_path / "a.exr"
    plane = np.ones(SIZE[::-1], np.float32)
    still = {f"Sky.Combined.{c}": plane for c in COLORS}
    OpenEXR.File(header(), view_layer("ViewLayer", 2) | still).write(str(path))
    assert read_passes(path, SIZE, "Sky") is None
    assert moved(path) == 2


def test_the_left_eye_moves_as_the_left_eye(tmp_path):
    path = tmp_path / "a.exr"
    channels = view_layer("ViewLayer", 1, ".left") | view_layer("ViewLayer", 2, ".right")
    OpenEXR.File(header(), channels).write(str(path))
    assert moved(path) == 1
