"""Everything around the networks: size, range, alpha, strength, color."""

from __future__ import annotations

import numpy as np
import pytest

from impasto.core.errors import UnsupportedImage
from impasto.core.image.color import srgb_to_lab
from impasto.core.image.picture import Picture
from impasto.core.paint import pipeline, working
from impasto.core.paint.network import Stylizer
from impasto.core.paint.style_reader import StyleReader
from impasto.core.styles.look import Look, StyleRef

STYLE = (StyleRef("starry-night"),)


@pytest.fixture(scope="module")
def stylizer() -> Stylizer:
    return Stylizer()


@pytest.fixture(scope="module")
def style(stylizer):
    return StyleReader(stylizer).resolve(STYLE)


@pytest.fixture
def color() -> np.ndarray:
    y, x = np.mgrid[0:96, 0:128].astype(np.float32)
    return np.stack([x / 127, y / 95, 0.5 + 0.5 * np.sin(x / 9)], axis=2)


def test_strength_zero_is_the_picture_itself(stylizer, style, color):
    picture = Picture(color)
    (result,) = pipeline.stylize(stylizer, [picture], Look(STYLE, strength=0.0), style)
    assert result.color is picture.color


def test_strength_grows_evenly(stylizer, style, color):
    distances = []
    for strength in (0.1, 0.3, 0.5, 1.0):
        (result,) = pipeline.stylize(
            stylizer, [Picture(color)], Look(STYLE, strength=strength), style
        )
        distances.append(np.abs(result.color - color).mean())
    assert distances == sorted(distances)
    assert distances[0] < 0.5 * distances[-1]


def test_alpha_is_untouched_and_hidden_colors_do_not_matter(stylizer, style, color):
    rng = np.random.default_rng(0)
    alpha = rng.integers(0, 65536, color.shape[:2], np.uint16)
    alpha[:, 64:] = 0
    other = color.copy()
    other[:, 64:] = np.float32([1, 0, 1])
    look = Look(STYLE)
    first, second = (
        pipeline.stylize(stylizer, [Picture(c, alpha, "16")], look, style)[0]
        for c in (color, other)
    )
    assert np.array_equal(first.alpha, alpha)
    shown = alpha > 0
    assert np.abs(first.color - second.color)[shown].max() < 1e-3


def test_packed_channels_are_no_cover(stylizer, style, color):
    """In a channel-packed image alpha is just another channel: all colors count."""
    packed = Picture(color, np.zeros(color.shape[:2], np.uint8))
    (with_alpha,) = pipeline.stylize(stylizer, [packed], Look(STYLE), style, alpha_covers=False)
    (without,) = pipeline.stylize(stylizer, [Picture(color)], Look(STYLE), style)
    assert np.array_equal(with_alpha.color, without.color)


def test_highlights_survive(stylizer, style, color):
    bright = color.copy()
    bright[40:56, 50:78] = 20.0
    picture = Picture(bright, None, "half", "linear")
    (result,) = pipeline.stylize(stylizer, [picture], Look(STYLE, strength=0.5), style)
    assert result.depth == "half" and result.encoding == "linear"
    assert result.color[44:52, 56:72].mean() > 2
    assert np.isfinite(result.color).all()


def test_keep_color_changes_lightness_only(stylizer, style, color):
    look = Look(STYLE, keep_color=1.0)
    (result,) = pipeline.stylize(stylizer, [Picture(0.25 + 0.5 * color)], look, style)
    before, after = (srgb_to_lab(c) for c in (0.25 + 0.5 * color, result.color))
    assert np.abs(after[..., 0] - before[..., 0]).mean() > 1
    hue = [np.arctan2(c[..., 2], c[..., 1]) for c in (before, after)]
    colored = np.hypot(before[..., 1], before[..., 2]) > 25
    turn = np.abs(np.angle(np.exp(1j * (hue[0] - hue[1]))))[colored]
    assert np.median(turn) < 0.12


@pytest.mark.parametrize(
    ("size", "look", "expected"),
    [
        ((128, 96), Look(STYLE), (128, 96)),
        ((128, 96), Look(STYLE, max_side=64), (64, 48)),
        ((128, 96), Look(STYLE, max_side=512), (128, 96)),
        ((3, 1), Look(STYLE), (3, 1)),
        ((130, 70), Look(STYLE, seamless=True), (130, 70)),
    ],
)
def test_output_size(stylizer, style, size, look, expected):
    picture = Picture(np.full((size[1], size[0], 3), 0.4, np.float32))
    (result,) = pipeline.stylize(stylizer, [picture], look, style)
    assert result.size == expected


@pytest.mark.parametrize("side", [64, 512, 1024, 2048, 8192, 16384])
@pytest.mark.parametrize("brush", [0.25, 1, 4])
def test_the_plan_keeps_zoom_in_range_and_work_bounded(side, brush):
    goal = working.plan((side, side // 2), Look(STYLE, brush_scale=brush, seamless=True))
    assert 0.5 <= goal.zoom <= 2
    assert goal.size == (side, side // 2)
    assert all(s % 16 == 0 for s in goal.working)
    relative = goal.zoom / goal.working[0] * side
    assert relative == pytest.approx(brush * side / 1024, rel=0.07)


def test_udim_tiles_share_their_statistics(stylizer, style, color):
    """A tile that is dark beside a bright one is not stretched to full range."""
    dark, bright = Picture(0.2 * color), Picture(0.6 + 0.4 * color)
    together = pipeline.stylize(stylizer, [dark, bright], Look(STYLE), style)
    alone = pipeline.stylize(stylizer, [dark], Look(STYLE), style)[0]
    assert together[0].color.mean() < alone.color.mean()
    assert together[0].color.mean() < together[1].color.mean()


def test_data_is_refused(stylizer, style, color):
    with pytest.raises(UnsupportedImage, match="leaves such maps alone"):
        pipeline.stylize(stylizer, [Picture(color, encoding="data")], Look(STYLE), style)
