"""Color transport between palettes: what it keeps, and what it reaches."""

from __future__ import annotations

import pytest
import torch
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


def image(seed: int, spread: float = 0.12) -> torch.Tensor:
    """Correlated colors well inside of [0, 1], ``(1, 3, 96, 96)``."""
    generator = torch.Generator().manual_seed(seed)
    mix = torch.rand(3, 3, generator=generator) - 0.3
    colors = torch.randn(1, 3, 96, 96, generator=generator)
    mixed = torch.einsum("ij,bjhw->bihw", mix / mix.norm(), colors)
    return (0.5 + spread * mixed).clamp(0, 1)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**6), st.integers(0, 10**6))
def test_the_moments_of_the_goal_are_reached(first, second):
    content, style = image(first), image(second)
    moved = move_colors(content, *color_transport(palette(content), palette(style)))
    for got, wanted in zip(
        color_moments(palette(moved)), color_moments(palette(style)), strict=True
    ):
        assert torch.allclose(got, wanted, atol=0.02)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**6))
def test_to_its_own_colors_nothing_moves(seed):
    content = image(seed)
    moved = move_colors(content, *color_transport(palette(content), palette(content)))
    assert torch.allclose(moved, content, atol=1e-4)


def test_moments_are_those_of_the_pixels():
    content = image(3)
    mean, covariance = color_moments(palette(content))
    pixels = content.flatten(2)[0].double()
    assert torch.allclose(mean[0], pixels.mean(1), atol=0.01)
    # Eight quantiles see a little less of the tails than all pixels do.
    assert torch.allclose(covariance[0], 0.9 * torch.cov(pixels), atol=0.002)


@pytest.mark.parametrize("level", [0.0, 0.5, 1.0])
def test_a_flat_picture_takes_the_mean_and_no_more_than_the_largest_gain(level):
    flat, style = torch.full((1, 3, 64, 64), level), image(5)
    matrix, offset = color_transport(palette(flat), palette(style))
    assert torch.linalg.eigvalsh(matrix).max() <= MAX_GAIN + 1e-4
    moved = move_colors(flat, matrix, offset)
    assert torch.allclose(moved.mean((2, 3)), style.mean((2, 3)), atol=0.02)


def test_regions_are_mixed_as_if_each_were_moved_alone() -> None:
    torch.manual_seed(0)
    picture = torch.rand(1, 3, 96, 112).contiguous(memory_format=torch.channels_last)
    matrix, offset = torch.rand(3, 3, 3), torch.rand(3, 3) - 0.5
    weights = torch.rand(1, 3, 96, 112).softmax(1)
    mixed = move_colors_by_region(picture, matrix, offset, weights)
    alone = (move_colors(picture, matrix[k : k + 1], offset[k : k + 1]) for k in range(3))
    expected = sum(weights[:, k : k + 1] * moved for k, moved in enumerate(alone))
    torch.testing.assert_close(mixed, expected)
