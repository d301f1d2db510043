"""Colours under and beside transparency."""

from __future__ import annotations

import numpy as np
import pytest
from bl_ext.user_default.impasto.core.imaging.alpha import (
    fill_under_alpha,
    to_premultiplied,
    to_straight,
)
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy.ndimage import distance_transform_edt


@given(
    hnp.arrays(
        np.uint8,
        st.tuples(st.integers(1, 20), st.integers(1, 20)),
        elements=st.sampled_from([0, 0, 0, 9]),
    )
)
def test_transparent_pixels_take_a_visible_colour_that_is_about_nearest(alpha):
    height, width = alpha.shape
    colour = np.zeros((height, width, 3), np.float32)
    colour[..., 0], colour[..., 1] = np.indices((height, width))
    colour[alpha == 0, 2] = 1
    filled = fill_under_alpha(colour, alpha)
    if not alpha.any():
        assert filled is colour
        return
    assert (filled[..., 2] == 0).all()
    assert np.array_equal(filled[alpha > 0], colour[alpha > 0])
    taken = np.hypot(filled[..., 0] - colour[..., 0], filled[..., 1] - colour[..., 1])
    assert (taken <= distance_transform_edt(alpha == 0) * 1.05 + 0.5).all()


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float16, np.float32])
def test_every_kind_of_alpha(dtype):
    full = 1 if np.dtype(dtype).kind == "f" else np.iinfo(dtype).max
    alpha = np.array([[full, 0]], dtype)
    colour = np.float32([[[1, 0, 0], [0, 0, 0]]])
    assert np.array_equal(fill_under_alpha(colour, alpha), np.float32([[[1, 0, 0], [1, 0, 0]]]))
    assert fill_under_alpha(colour, np.full_like(alpha, full)) is colour


@given(
    hnp.arrays(np.uint16, (3, 5)),
    hnp.arrays(np.float32, (3, 5, 3), elements=st.floats(0, 100, width=32)),
)
def test_premultiply_and_back(alpha, colour):
    premultiplied = to_premultiplied(colour, alpha)
    back = premultiplied.copy()
    to_straight(back, alpha)
    seen = alpha > 0
    assert np.allclose(back[seen], colour[seen], rtol=1e-5)
    assert np.array_equal(back[~seen], premultiplied[~seen])
    assert (premultiplied[~seen] == 0).all()


def test_bad_alpha_gives_finite_colours():
    colour = np.full((1, 4, 3), 60000, np.float32)
    to_straight(colour, np.float32([[np.nan, -1, 1e-38, 0]]))
    assert (colour == 60000).all()
