"""Primaries against published matrices and their own laws."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from impasto.core.image import primaries

names = st.sampled_from(primaries.NAMES)


def test_rec2020_is_the_published_matrix():
    published = [  # ITU-R BT.2087-0, the matrix M2 backwards
        [1.6605, -0.5876, -0.0728],
        [-0.1246, 1.1329, -0.0083],
        [-0.0182, -0.1006, 1.1187],
    ]
    assert np.allclose(primaries.to_rec709("REC2020"), published, atol=1e-4)


def test_acescg_is_the_published_matrix():
    published = [  # Academy, AP1 to Rec.709 with Bradford adaptation
        [1.70505, -0.62179, -0.08326],
        [-0.13026, 1.14080, -0.01055],
        [-0.02400, -0.12897, 1.15297],
    ]
    assert np.allclose(primaries.to_rec709("ACESCG"), published, atol=1e-4)


def test_acescg_is_what_blender_makes_of_a_picture():
    seen = primaries.between("REC709", "ACESCG") @ [0.5776, 0.2159, 0.0513]
    assert np.allclose(seen, [0.4298, 0.2390, 0.0802], atol=2e-4)


@given(names, names)
def test_white_stays_white_and_the_way_back_is_exact(one, other):
    there, back = primaries.between(one, other), primaries.between(other, one)
    assert np.allclose(there @ np.ones(3), 1, atol=1e-9)
    assert np.allclose(there @ back, np.eye(3), atol=1e-9)


@given(names)
def test_chromaticities_of_a_file_are_the_named_ones(name):
    listed = primaries.Primaries(*(tuple(np.float32(xy)) for xy in primaries.PRIMARIES[name]))
    assert np.allclose(primaries.to_rec709(listed), primaries.to_rec709(name), atol=1e-5)


def test_colors_of_a_picture_are_converted():
    color = np.random.default_rng(0).random((3, 4, 3), dtype=np.float32) * 2 - 0.5
    matrix = primaries.to_rec709("P3")
    seen = primaries.convert(color, matrix)
    assert seen.dtype == np.float32
    assert np.allclose(seen[1, 2], matrix @ color[1, 2], atol=1e-5)


def test_primaries_on_one_line_are_refused():
    with pytest.raises(ValueError, match="span no color space"):
        primaries.to_rec709(primaries.Primaries((0.1, 0.1), (0.2, 0.2), (0.3, 0.3), (0.3, 0.3)))
