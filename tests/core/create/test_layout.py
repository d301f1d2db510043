"""Layouts on a torus."""

from __future__ import annotations

import cv2
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from impasto.core.create.gan.layout import draw_layout


def source(seed: int = 0, height: int = 32, width: int = 32) -> np.ndarray:
    """Soft blobs with a grain, ``(32, 32, 4)``."""
    rng = np.random.default_rng(seed)
    blobs = cv2.GaussianBlur(rng.random((height, width)).astype(np.float32), (0, 0), 2.5)
    blobs = (blobs - blobs.min()) / max(float(np.ptp(blobs)), 1e-6)
    return (0.9 * blobs[..., None] + 0.02 * rng.random((height, width, 4))).astype(np.float32)


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 60), st.integers(1, 60), st.integers(1, 24), st.integers(0, 5))
def test_any_size_is_filled_within_the_range_of_the_source(height, width, side, seed):
    cells = source(1, side, side)
    drawn, _ = draw_layout([cells], [1.0], height, width, np.random.default_rng(seed))
    assert drawn.shape == (height, width, 4)
    assert drawn.dtype == np.float32
    assert (drawn >= cells.min((0, 1)) - 1e-6).all()
    assert (drawn <= cells.max((0, 1)) + 1e-6).all()


def test_it_closes_on_the_torus():
    drawn, _ = draw_layout([source()], [1.0], 48, 64, np.random.default_rng(3))
    for axis in (0, 1):
        lines = np.moveaxis(drawn, axis, 0)
        inside = np.abs(np.diff(lines, axis=0)).mean((1, 2))
        assert np.abs(lines[0] - lines[-1]).mean() < 1.3 * np.quantile(inside, 0.9)


def test_the_same_seed_draws_the_same_and_another_another():
    first, again, other = (
        draw_layout([source()], [1.0], 40, 40, np.random.default_rng(seed))[0] for seed in (1, 1, 2)
    )
    np.testing.assert_array_equal(first, again)
    assert np.abs(first - other).mean() > 0.05


def test_a_mix_takes_from_both():
    dark, light = source() * 0.3, source() * 0.3 + 0.7
    drawn, _ = draw_layout([dark, light], [0.5, 0.5], 60, 60, np.random.default_rng(0))
    share = (drawn.mean(2) > 0.55).mean()
    assert 0.15 < share < 0.85
    only, origin = draw_layout([dark, light], [1.0, 0.0], 60, 60, np.random.default_rng(0))
    assert only.max() < 0.5
    assert (origin[..., 0] == 0).all()


def test_cells_know_where_they_are_from():
    cells = source()
    drawn, origin = draw_layout([cells], [1.0], 40, 40, np.random.default_rng(2))
    there = cells[origin[..., 1], origin[..., 2]]
    steps, own = (np.diff(c[..., 0], axis=1).ravel() for c in (drawn, there))
    away, by_chance = (np.median(np.abs(steps - other)) for other in (own, np.roll(own, 7)))
    assert away < 0.3 * by_chance
