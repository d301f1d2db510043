"""Everything around the networks: size, range, alpha, strength, colour."""

from __future__ import annotations

import numpy as np
import pytest
from bl_ext.user_default.impasto.core.errors import UnsupportedImage
from bl_ext.user_default.impasto.core.generators import looks
from bl_ext.user_default.impasto.core.generators.stylebook import StyleBook
from bl_ext.user_default.impasto.core.generators.stylizer import Stylizer
from bl_ext.user_default.impasto.core.imaging.colour import srgb_to_lab
from bl_ext.user_default.impasto.core.imaging.picture import Picture
from bl_ext.user_default.impasto.core.styles.look import Look, StyleRef

STYLE = (StyleRef("starry-night"),)


@pytest.fixture(scope="module")
def stylizer() -> Stylizer:
    return Stylizer()


@pytest.fixture(scope="module")
def style(stylizer):
    return StyleBook(stylizer).resolve(STYLE)


@pytest.fixture
def colour() -> np.ndarray:
    y, x = np.mgrid[0:96, 0:128].astype(np.float32)
    return np.stack([x / 127, y / 95, 0.5 + 0.5 * np.sin(x / 9)], axis=2)


def test_strength_zero_is_the_picture_itself(stylizer, style, colour):
    picture = Picture(colour)
    (result,) = looks.stylize(stylizer, [picture], Look(STYLE, strength=0.0), style)
    assert result.colour is picture.colour


def test_strength_grows_evenly(stylizer, style, colour):
    distances = []
    for strength in (0.1, 0.3, 0.5, 1.0):
        (result,) = looks.stylize(
            stylizer, [Picture(colour)], Look(STYLE, strength=strength), style
        )
        distances.append(np.abs(result.colour - colour).mean())
    assert distances == sorted(distances)
    assert distances[0] < 0.5 * distances[-1]


def test_alpha_is_untouched_and_hidden_colours_do_not_matter(stylizer, style, colour):
    rng = np.random.default_rng(0)
    alpha = rng.integers(0, 65536, colour.shape[:2], np.uint16)
    alpha[:, 64:] = 0
    other = colour.copy()
    other[:, 64:] = np.float32([1, 0, 1])
    look = Look(STYLE)
    first, second = (
        looks.stylize(stylizer, [Picture(c, alpha, "16")], look, style)[0] for c in (colour, other)
    )
    assert np.array_equal(first.alpha, alpha)
    shown = alpha > 0
    assert np.abs(first.colour - second.colour)[shown].max() < 1e-3


def test_packed_channels_are_no_cover(stylizer, style, colour):
    """In a channel-packed image alpha is just another channel: all colours count."""
    packed = Picture(colour, np.zeros(colour.shape[:2], np.uint8))
    (with_alpha,) = looks.stylize(stylizer, [packed], Look(STYLE), style, alpha_covers=False)
    (without,) = looks.stylize(stylizer, [Picture(colour)], Look(STYLE), style)
    assert np.array_equal(with_alpha.colour, without.colour)


def test_highlights_survive(stylizer, style, colour):
    bright = colour.copy()
    bright[40:56, 50:78] = 20.0
    picture = Picture(bright, None, "half", "linear")
    (result,) = looks.stylize(stylizer, [picture], Look(STYLE, strength=0.5), style)
    assert result.depth == "half" and result.encoding == "linear"
    assert result.colour[44:52, 56:72].mean() > 2
    assert np.isfinite(result.colour).all()


def test_keep_colour_changes_lightness_only(stylizer, style, colour):
    look = Look(STYLE, keep_colour=1.0)
    (result,) = looks.stylize(stylizer, [Picture(0.25 + 0.5 * colour)], look, style)
    before, after = (srgb_to_lab(c) for c in (0.25 + 0.5 * colour, result.colour))
    assert np.abs(after[..., 0] - before[..., 0]).mean() > 1
    hue = [np.arctan2(c[..., 2], c[..., 1]) for c in (before, after)]
    coloured = np.hypot(before[..., 1], before[..., 2]) > 25
    turn = np.abs(np.angle(np.exp(1j * (hue[0] - hue[1]))))[coloured]
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
    (result,) = looks.stylize(stylizer, [picture], look, style)
    assert result.size == expected


@pytest.mark.parametrize("side", [64, 512, 1024, 2048, 8192, 16384])
@pytest.mark.parametrize("brush", [0.25, 1, 4])
def test_the_plan_keeps_zoom_in_range_and_work_bounded(side, brush):
    goal = looks.plan((side, side // 2), Look(STYLE, brush_scale=brush, seamless=True))
    assert 0.5 <= goal.zoom <= 2
    assert goal.size == (side, side // 2)
    assert all(s % 16 == 0 for s in goal.working)
    relative = goal.zoom / goal.working[0] * side
    assert relative == pytest.approx(brush * side / 1024, rel=0.07)


def test_udim_tiles_share_their_statistics(stylizer, style, colour):
    """A tile that is dark beside a bright one is not stretched to full range."""
    dark, bright = Picture(0.2 * colour), Picture(0.6 + 0.4 * colour)
    together = looks.stylize(stylizer, [dark, bright], Look(STYLE), style)
    alone = looks.stylize(stylizer, [dark], Look(STYLE), style)[0]
    assert together[0].colour.mean() < alone.colour.mean()
    assert together[0].colour.mean() < together[1].colour.mean()


def test_data_is_refused(stylizer, style, colour):
    with pytest.raises(UnsupportedImage, match="leaves such maps alone"):
        looks.stylize(stylizer, [Picture(colour, encoding="data")], Look(STYLE), style)
