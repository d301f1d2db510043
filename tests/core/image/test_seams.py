"""A seam is measured where there is one, and not where there is none."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter
from skimage import data

from impasto.benchmarks.seams import seam_strength


def texture(*, seed: int = 0, side: int = 128) -> np.ndarray:
    """Smooth noise that tiles."""
    noise = np.random.default_rng(seed).random((side, side, 3))
    smooth = gaussian_filter(noise, (3, 3, 0), mode="wrap").astype(np.float32)
    return (smooth - smooth.min()) / np.ptp(smooth)


@pytest.mark.parametrize("seed", range(5))
def test_a_tiling_texture_has_strength_one(seed):
    assert (
        0.7
        < min(seam_strength(texture(seed=seed)))
        <= seam_strength(texture(seed=seed)).worst
        < 1.4
    )


def test_a_cropped_texture_has_a_seam_on_the_cropped_axis_only():
    strength = seam_strength(texture()[:, :91])
    assert strength.left_right > 3
    assert strength.top_bottom < 1.4
    assert strength.worst == strength.left_right


def test_photographs_have_seams():
    brick = data.brick()[:400, :380].astype(np.float32) / 255
    assert seam_strength(brick).worst > 1.5


def test_mirrored_photograph_has_none():
    brick = data.brick()[:200, :200].astype(np.float32) / 255
    mirrored = np.block([[brick, brick[:, ::-1]], [brick[::-1], brick[::-1, ::-1]]])
    assert seam_strength(mirrored).worst < 0.1


def test_flat_and_tiny_images():
    assert seam_strength(np.full((8, 8, 3), 0.3, np.float32)) == (1, 1)
    assert seam_strength(np.zeros((1, 1), np.float32)) == (1, 1)
