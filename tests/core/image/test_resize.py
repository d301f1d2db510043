"""Resizing: shapes, averages, flatness, and tori that stay tori."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from impasto.core.image.resize import resize

side = st.integers(1, 40)


@given(side, side, side, side, st.sampled_from([(), (1,), (3,), (7,)]), st.booleans())
def test_shape_type_and_flatness(width, height, new_width, new_height, channels, wrap):
    flat = np.full((height, width, *channels), 0.25, np.float32)
    result = resize(flat, (new_width, new_height), wrap=wrap)
    assert result.shape == (new_height, new_width, *channels)
    assert result.dtype == np.float32
    assert np.allclose(result, 0.25, atol=1e-5)


def test_own_size_is_free():
    image = np.zeros((3, 4, 3), np.float32)
    assert resize(image, (4, 3)) is image
    assert resize(image.astype(np.float64), (4, 3)).dtype == np.float32


@given(st.integers(1, 8), st.integers(1, 8), st.integers(1, 6), st.integers(1, 6))
def test_shrinking_by_whole_factors_averages(width, height, x, y):
    image = np.random.default_rng(0).random((height * y, width * x, 3), dtype=np.float32)
    means = image.reshape(height, y, width, x, 3).mean((1, 3))
    assert np.allclose(resize(image, (width, height)), means, atol=1e-5)


@pytest.mark.parametrize("size", [(96, 128), (72, 60), (24, 80), (16, 20)])
def test_torus_can_be_shifted_before_or_after(size):
    image = np.random.default_rng(1).random((40, 48, 3), dtype=np.float32)
    shift = (20, 24)  # half the image: a whole number of new pixels, too
    after = np.roll(resize(image, size, wrap=True), (size[1] // 2, size[0] // 2), (0, 1))
    assert np.allclose(resize(np.roll(image, shift, (0, 1)), size, wrap=True), after, atol=1e-5)


def test_growing_keeps_a_smooth_wave():
    phase = 2 * np.pi * (np.arange(64) + 0.5) / 64
    fine = 2 * np.pi * (np.arange(200) + 0.5) / 200
    wave = np.tile(np.sin(3 * phase).astype(np.float32), (5, 1))
    assert np.abs(resize(wave, (200, 5), wrap=True) - np.sin(3 * fine)).max() < 5e-3
