"""Ramps and palettes get other colors and no paint, whatever engine is chosen."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from impasto.core.control import SILENT
from impasto.core.image.files import read_picture, write_picture
from impasto.core.image.picture import Picture
from impasto.core.image.reference import ImageRef
from impasto.core.paint.ramps import is_ramp
from impasto.core.styles.look import Look, StyleRef
from impasto.core.tasks import registry
from impasto.core.tasks.stylize import StylizeItem, StylizeRequest

ROOT = Path(__file__).parents[3]


def ramp(width: int = 256, height: int = 1) -> np.ndarray:
    row = np.linspace((0.9, 0.2, 0.1), (0.1, 0.4, 0.8), width, dtype=np.float32)
    return np.repeat(row[None], height, axis=0)


def palette(side: int = 96, swatches: int = 8) -> np.ndarray:
    colors = np.random.default_rng(3).random((swatches, swatches, 3)).astype(np.float32)
    return colors.repeat(side // swatches, 0).repeat(side // swatches, 1)


def photo(height: int, width: int) -> np.ndarray:
    coarse = np.random.default_rng(4).random((9, 9, 3)).astype(np.float32)
    return np.clip(cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC), 0, 1)


@pytest.mark.parametrize(
    "color",
    [ramp(), ramp(8), ramp(1), ramp(256, 16), ramp(512, 64), palette(), palette(512, 16)],
    ids=lambda color: f"{color.shape[1]}x{color.shape[0]}",
)
def test_ramps_and_palettes_are_found_either_way_up(color):
    rng = np.random.default_rng(0)
    for pixels in (color, color.transpose(1, 0, 2), color[::-1, ::-1]):
        assert is_ramp(Picture(np.ascontiguousarray(pixels)))
        dithered = np.round(pixels * 255 + rng.uniform(-0.5, 0.5, pixels.shape)) / 255
        assert is_ramp(Picture(np.clip(dithered, 0, 1).astype(np.float32)))


def test_other_pictures_are_none():
    assert not is_ramp(Picture(photo(64, 96)))
    assert not is_ramp(Picture(photo(17, 4000)))
    assert not is_ramp(Picture(np.full((64, 64, 3), 0.4, np.float32))), "a wall of one color"
    turned = ramp(64, 64) + np.linspace(0, 0.004, 64, dtype=np.float32)[:, None, None]
    assert is_ramp(Picture(turned)), "in eight bits, its rows are the same"
    assert not is_ramp(Picture(turned, depth="16"))
    almost = ramp(256, 64)
    almost[10:40, 30:60] = photo(30, 30)
    assert not is_ramp(Picture(almost))
    cut_out = np.random.default_rng(0).integers(0, 255, (64, 64), np.uint8)
    assert not is_ramp(Picture(ramp(64, 64), cut_out)), "alpha has a shape of its own"


def run(tmp_path, color: np.ndarray, look: Look, suffix: str = ".exr"):
    """Run the task that the panel and the command line run; return its result and the picture."""
    source, out = tmp_path / f"ramp{suffix}", tmp_path / f"out{suffix}"
    write_picture(Picture(color, depth="float", encoding="linear"), source, overwrite=True)
    files = {}
    if look.engine == "STROKES":
        files = {"heights": (str(tmp_path / "h.png"),), "normals": (str(tmp_path / "n.png"),)}
    item = StylizeItem(ImageRef("Ramp", (str(source),)), look, (str(out),), **files)
    result = registry.run(StylizeRequest((item,), overwrite=True), SILENT)
    assert not result.failures
    return result, read_picture(source), read_picture(out)


@pytest.mark.parametrize("engine", ["NETWORK", "PATCHES", "STROKES"])
@settings(
    deadline=None,
    max_examples=12,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    strength=st.floats(0, 1),
    style=st.sampled_from(["scream", "starry-night", "cypresses", "charcoal"]),
    upright=st.booleans(),
    seamless=st.booleans(),
    keep_color=st.sampled_from([0.0, 0.5, 1.0]),
)
def test_a_ramp_stays_smooth(tmp_path, engine, strength, style, upright, seamless, keep_color):
    color = ramp().transpose(1, 0, 2) if upright else ramp()
    options = {"strength": strength, "seamless": seamless, "keep_color": keep_color}
    look = Look((StyleRef(style),), engine=engine, **options)
    result, before, after = run(tmp_path, color, look, ".png")
    assert result.recolored == ("Ramp",) and not (tmp_path / "h.png").exists()
    steps = np.diff(after.color.reshape(256, 3), axis=0)
    assert np.abs(steps).max() < 8 * np.abs(np.diff(ramp()[0], axis=0)).max()
    assert np.abs(np.diff(steps, axis=0)).max() < 0.03, (
        "it has no grain, if bends where it is clipped"
    )
    if strength == 0 or style == "charcoal":  # a medium has no colors
        assert np.array_equal(after.color, before.color)
    elif strength == 1 and not keep_color:
        assert np.abs(after.color - before.color).mean() > 0.02


def test_a_palette_keeps_its_swatches_and_is_painted_if_asked_to(tmp_path):
    look = Look((StyleRef("scream"),), engine="STROKES")
    _, _, after = run(tmp_path, palette(), look)
    swatches = after.color.reshape(8, 12, 8, 12, 3)
    assert np.ptp(swatches, axis=(1, 3)).max() < 1e-4, "each is of one color"
    assert not (tmp_path / "h.png").exists()
    result, _, painted = run(tmp_path, palette(), replace(look, paint_ramps=True))
    assert not result.recolored and (tmp_path / "h.png").exists()
    assert np.ptp(painted.color.reshape(8, 12, 8, 12, 3), axis=(1, 3)).max() > 0.05


@pytest.mark.parametrize("size", [(256, 1), (1, 64), (1, 1)])
def test_the_command_line_says_what_it_did(tmp_path, size):
    width, height = size
    row = (ramp(max(size))[0] * 255).astype(np.uint8).reshape(height, width, 3)
    cv2.imwrite(str(tmp_path / "ramp.png"), row[..., ::-1])
    command = [sys.executable, "-m", "impasto", "stylize", str(tmp_path / "ramp.png")]
    command += ["--style", "scream", "--engine", "strokes", "--relief-maps"]
    done = subprocess.run(
        [*command, "--out", str(tmp_path / "out.png")], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert "a ramp or palette, so it gets other colors only" in done.stdout
    result = cv2.imread(str(tmp_path / "out.png"))
    assert result.shape == (height, width, 3) and (result != row[..., ::-1]).any()
    assert not (tmp_path / "out_height.png").exists()
