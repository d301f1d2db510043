"""Drafts: detail for a layout that is sharp, no copy, and closes on the torus."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
import torch
from bl_ext.user_default.impasto.core.create.gan import Stock
from bl_ext.user_default.impasto.core.generators.windows import Tile, Window

_APART = 8


@pytest.fixture(scope="module")
def stock() -> Stock:
    """Of two textures with stones of different size."""
    rng = np.random.default_rng(0)
    pictures = []
    for spread in (1.5, 3.0):
        noise = cv2.GaussianBlur(rng.random((160, 192, 3)), (0, 0), spread)
        stones = noise > np.median(noise)
        pictures.append((40 + 160 * stones + rng.integers(0, 20, stones.shape)).astype(np.uint8))
    return Stock(pictures)


def test_detail_is_as_sharp_as_the_picture(stock):
    drawn, match = stock.draw([1.0, 0.0], 128, 160, np.random.default_rng(1))
    draft = stock.detail.paint(drawn, match)[0].permute(1, 2, 0).numpy()
    assert draft.shape == (128, 160, 3)
    sharp = [cv2.Laplacian(p, cv2.CV_32F).std() for p in (draft, stock.pictures[0].numpy())]
    assert sharp[0] > 0.8 * sharp[1]


def test_no_cell_comes_from_where_the_layout_is_from(stock):
    from bl_ext.user_default.impasto.core.create.layout import draw_layout

    random = np.random.default_rng(2)
    drawn, origin = draw_layout(stock.layouts, [0.5, 0.5], 32, 40, random)
    match = stock.detail.match(drawn, [0.5, 0.5], random, origin).numpy()
    first = stock.layouts[0].shape[0] * stock.layouts[0].shape[1]
    owner, inside = match // first, match % first
    rows, columns = np.divmod(inside, stock.layouts[0].shape[1])
    apart = np.maximum(np.abs(rows - origin[..., 1]), np.abs(columns - origin[..., 2]))
    assert (apart[owner == origin[..., 0]] >= _APART).all()
    assert 0 < owner.mean() < 1


def test_a_part_is_painted_as_in_the_whole_over_the_border_of_the_torus(stock):
    drawn, match = stock.draw([1.0, 0.0], 96, 128, np.random.default_rng(3))
    whole = stock.detail.paint(drawn, match)
    tile = Tile(Window(-16, 48, 0, 32), Window(64, 160, 80, 144))
    part = stock.detail.paint(drawn, match, tile)
    around = whole.roll((16, -64), (2, 3))[..., :64, :96]
    torch.testing.assert_close(part, around, atol=1e-6, rtol=0)
