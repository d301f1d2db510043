"""Palette transfer: the colors of pictures become distributed as those of a style."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from impasto.core.networks.codes import CODE_LENGTH, palette
from impasto.core.paint.palette_transfer import transfer_palette
from tests.golden.scenes import clouds, strokes


def code_of(picture: np.ndarray) -> np.ndarray:
    code = np.zeros(CODE_LENGTH, np.float32)
    found = palette(picture)
    code[-len(found) :] = found
    return code


@pytest.fixture(scope="module")
def style() -> np.ndarray:
    return np.clip(strokes(128, 128, 3) * (0.9, 0.6, 0.3), 0, 1).astype(np.float32)


def test_all_of_it_gives_the_palette_of_the_style(style):
    picture = clouds(200, 160, 5).astype(np.float32)
    before = np.abs(palette(picture) - palette(style)).mean()
    (moved,) = transfer_palette([picture], code_of(style), 1.0)
    after = np.abs(palette(moved) - palette(style)).mean()
    assert moved.shape == picture.shape and moved.dtype == np.float32
    assert moved.min() >= 0 and moved.max() <= 1
    assert after < 0.15 * before


@settings(max_examples=10, deadline=None)
@given(share=st.floats(0, 1), seed=st.integers(0, 99))
def test_a_share_lies_between_the_picture_and_all_of_it(style, share, seed):
    picture = clouds(40, 60, seed).astype(np.float32)
    (whole,), (part,) = (transfer_palette([picture], code_of(style), s) for s in (1.0, share))
    expected = picture + share * (whole - picture)
    # Clipping comes last, so it may differ where all of it leaves the range.
    inside = (whole > 0) & (whole < 1)
    assert np.abs(part - expected)[inside].max(initial=0) < 1e-5


def test_pictures_share_one_map(style):
    """UDIM tiles: a color that two of them have stays one color."""
    tiles = [clouds(64, 64, 1).astype(np.float32), strokes(64, 96, 2).astype(np.float32)]
    tiles[1][10, 20] = tiles[0][30, 40]
    moved = transfer_palette(tiles, code_of(style), 0.8)
    assert np.allclose(moved[0][30, 40], moved[1][10, 20], atol=1e-6)


def test_pixels_without_weight_do_not_count(style):
    picture = clouds(96, 96, 4).astype(np.float32)
    weights = np.ones((96, 96), np.float32)
    weights[:, 48:] = 0
    half = np.ascontiguousarray(picture[:, :48])
    (whole,) = transfer_palette([picture], code_of(style), 1.0, [weights])
    (alone,) = transfer_palette([half], code_of(style), 1.0)
    assert np.abs(whole[:, :48] - alone).mean() < 0.01
    (nothing,) = transfer_palette([picture], code_of(style), 1.0, [np.zeros_like(weights)])
    assert np.array_equal(nothing, picture)
