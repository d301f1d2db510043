"""Color transport between palettes: what it keeps, and what it reaches."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from impasto.core.networks.codes import palette
from impasto.core.paint.color_transfer import (
    MAX_GAIN,
    color_moments,
    color_transport,
    move_colors,
    move_colors_by_region,
)


def image(seed: int, spread: float = 0.12) -> np.ndarray:
    """Correlated colors well inside of [0, 1], ``(96, 96, 3)``."""
    random = np.random.default_rng(seed)
    mix = random.random((3, 3)) - 0.3
    colors = random.standard_normal((96, 96, 3)) @ (mix / np.linalg.norm(mix)).T
    return np.clip(0.5 + spread * colors, 0, 1).astype(np.float32)


def transported(content: np.ndarray, style: np.ndarray) -> np.ndarray:
    """The content in the colors of the style."""
    (matrix,), (offset,) = color_transport(palette(content)[None], palette(style)[None])
    return move_colors(content, matrix, offset)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**6), st.integers(0, 10**6))
def test_the_moments_of_the_goal_are_reached(first, second):
    content, style = image(first), image(second)
    moved = transported(content, style)
    for got, wanted in zip(
        color_moments(palette(moved)[None]), color_moments(palette(style)[None]), strict=True
    ):
        np.testing.assert_allclose(got, wanted, atol=0.02)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**6))
def test_to_its_own_colors_nothing_moves(seed):
    content = image(seed)
    np.testing.assert_allclose(transported(content, content), content, atol=1e-4)


def test_moments_are_those_of_the_pixels():
    content = image(3)
    (mean,), (covariance,) = color_moments(palette(content)[None])
    pixels = np.float64(content.reshape(-1, 3))
    np.testing.assert_allclose(mean, pixels.mean(0), atol=0.01)
    # Eight quantiles see a little less of the tails than all pixels do.
    np.testing.assert_allclose(covariance, 0.9 * np.cov(pixels.T), atol=0.002)


@pytest.mark.parametrize("level", [0.0, 0.5, 1.0])
def test_a_flat_picture_takes_the_mean_and_no_more_than_the_largest_gain(level):
    flat, style = np.full((64, 64, 3), level, np.float32), image(5)
    (matrix,), _ = color_transport(palette(flat)[None], palette(style)[None])
    assert np.linalg.eigvalsh(matrix).max() <= MAX_GAIN + 1e-4
    moved = transported(flat, style)
    np.testing.assert_allclose(moved.mean((0, 1)), style.mean((0, 1)), atol=0.02)


def test_regions_are_mixed_as_if_each_were_moved_alone() -> None:
    random = np.random.default_rng(0)
    picture = random.random((96, 112, 3), np.float32)
    matrix, offset = random.random((3, 3, 3), np.float32), random.random((3, 3), np.float32) - 0.5
    weights = random.random((3, 96, 112), np.float32)
    weights /= weights.sum(0)
    mixed = move_colors_by_region(picture, matrix, offset, weights)
    expected = sum(
        weights[k, ..., None] * move_colors(picture, matrix[k], offset[k]) for k in range(3)
    )
    np.testing.assert_allclose(mixed, expected, atol=1e-6)
