"""Tiles cover an image once, start at multiples of the stride, and paste back exactly."""

from __future__ import annotations

import numpy as np
import pytest
from bl_ext.user_default.impasto.core.imaging.tiles import cut, paste, plan_tiles
from hypothesis import given
from hypothesis import strategies as st

side = st.integers(1, 90)
border = st.sampled_from(["reflect", "circular"])


@given(side, side, st.integers(1, 70), st.integers(0, 40), border)
def test_pasted_cores_reproduce_the_image(width, height, tile, halo, border):
    image = np.arange(width * height * 2, dtype=np.float32).reshape(height, width, 2)
    covered = np.zeros((height, width), int)
    result = np.full_like(image, -1)
    for part in plan_tiles(width, height, tile=tile, halo=halo):
        piece = cut(image, part, border=border)
        assert piece.shape == (*part.shape, 2)
        assert (part.x - part.halo) % 16 == (part.y - part.halo) % 16 == 0
        assert part.shape[0] % 16 == part.shape[1] % 16 == 0
        paste(result, part, piece)
        covered[part.y : part.y + part.height, part.x : part.x + part.width] += 1
    assert (covered == 1).all()
    assert np.array_equal(result, image)


@given(side, side, st.integers(0, 40))
def test_halo_continues_the_image_as_numpy_pads(width, height, halo):
    image = np.random.default_rng(0).random((height, width), dtype=np.float32)
    (part,) = plan_tiles(width, height, tile=96, halo=halo)
    rows, columns = part.shape
    around = ((part.halo, rows - height - part.halo), (part.halo, columns - width - part.halo))
    for border, mode in (("reflect", "reflect"), ("circular", "wrap")):
        assert np.array_equal(cut(image, part, border=border), np.pad(image, around, mode=mode))


def test_inner_tile_is_a_view():
    image = np.zeros((256, 256, 3), np.float32)
    middle = plan_tiles(256, 256, tile=64, halo=16)[5]
    assert np.shares_memory(cut(image, middle), image)


def test_nothing_to_cut():
    with pytest.raises(ValueError, match="one pixel"):
        plan_tiles(0, 5, tile=16, halo=0)
