"""Colors under and beside transparency."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy.ndimage import distance_transform_edt

from impasto.core.image.alpha import fill_under_alpha, to_premultiplied, to_straight


@given(
    hnp.arrays(
        np.uint8,
        st.tuples(st.integers(1, 20), st.integers(1, 20)),
        elements=st.sampled_from([0, 0, 0, 9]),
    )
)
def test_transparent_pixels_take_a_visible_color_that_is_about_nearest(alpha):
    height, width = alpha.shape
    color = np.zeros((height, width, 3), np.float32)
    color[..., 0], color[..., 1] = np.indices((height, width))
    color[alpha == 0, 2] = 1
    filled = fill_under_alpha(color, alpha)
    if not alpha.any():
        assert filled is color
        return
    assert (filled[..., 2] == 0).all()
    assert np.array_equal(filled[alpha > 0], color[alpha > 0])
    taken = np.hypot(filled[..., 0] - color[..., 0], filled[..., 1] - color[..., 1])
    assert (taken <= distance_transform_edt(alpha == 0) * 1.05 + 0.5).all()


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float16, np.float32])
def test_every_kind_of_alpha(dtype):
    full = 1 if np.dtype(dtype).kind == "f" else np.iinfo(dtype).max
    alpha = np.array([[full, 0]], dtype)
    color = np.float32([[[1, 0, 0], [0, 0, 0]]])
    assert np.array_equal(fill_under_alpha(color, alpha), np.float32([[[1, 0, 0], [1, 0, 0]]]))
    assert fill_under_alpha(color, np.full_like(alpha, full)) is color


@given(
    hnp.arrays(np.uint16, (3, 5)),
    hnp.arrays(np.float32, (3, 5, 3), elements=st.floats(0, 100, width=32)),
)
def test_premultiply_and_back(alpha, color):
    premultiplied = to_premultiplied(color, alpha)
    back = premultiplied.copy()
    to_straight(back, alpha)
    seen = alpha > 0
    assert np.allclose(back[seen], color[seen], rtol=1e-5)
    assert np.array_equal(back[~seen], premultiplied[~seen])
    assert (premultiplied[~seen] == 0).all()


def test_bad_alpha_gives_finite_colors():
    color = np.full((1, 4, 3), 60000, np.float32)
    to_straight(color, np.float32([[np.nan, -1, 1e-38, 0]]))
    assert (color == 60000).all()
