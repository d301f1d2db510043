"""Drafts: detail for a layout that is sharp, no copy, and closes on the torus."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from impasto.core.create.gan.exemplars import Exemplars
from impasto.core.paint.tiling import Tile, Window

_APART = 8
_LONGEST = 10


@pytest.fixture(scope="module")
def exemplars() -> Exemplars:
    """Of two textures with stones of different size."""
    rng = np.random.default_rng(0)
    pictures = []
    for spread in (1.5, 3.0):
        noise = cv2.GaussianBlur(rng.random((160, 192, 3)), (0, 0), spread)
        stones = noise > np.median(noise)
        pictures.append((40 + 160 * stones + rng.integers(0, 20, stones.shape)).astype(np.uint8))
    return Exemplars(pictures)


def test_detail_is_as_sharp_as_the_picture(exemplars):
    drawn, match = exemplars.draw([1.0, 0.0], 128, 160, np.random.default_rng(1))
    draft = exemplars.detail.paint(drawn, match)
    assert draft.shape == (128, 160, 3)
    sharp = [
        cv2.Laplacian(p, cv2.CV_32F).std() for p in (draft, exemplars.images[0] / np.float32(255))
    ]
    assert sharp[0] > 0.8 * sharp[1]


def test_no_cell_comes_from_where_the_layout_is_from(exemplars):
    from impasto.core.create.gan.layout import draw_layout

    random = np.random.default_rng(2)
    drawn, origin = draw_layout(exemplars.layouts, [0.5, 0.5], 32, 40, random)
    match = exemplars.detail.match(drawn, [0.5, 0.5], random, origin)
    first = exemplars.layouts[0].shape[0] * exemplars.layouts[0].shape[1]
    owner, inside = match // first, match % first
    rows, columns = np.divmod(inside, exemplars.layouts[0].shape[1])
    apart = np.maximum(np.abs(rows - origin[..., 1]), np.abs(columns - origin[..., 2]))
    assert (apart[owner == origin[..., 0]] >= _APART).all()
    assert 0 < owner.mean() < 1


def test_a_part_is_painted_as_in_the_whole_over_the_border_of_the_torus(exemplars):
    drawn, match = exemplars.draw([1.0, 0.0], 96, 128, np.random.default_rng(3))
    whole = exemplars.detail.paint(drawn, match)
    tile = Tile(Window(-16, 48, 0, 32), Window(64, 160, 80, 144))
    part = exemplars.detail.paint(drawn, match, tile)
    around = np.roll(whole, (16, -64), (0, 1))[:64, :96]
    np.testing.assert_allclose(part, around, atol=1e-6)


@pytest.fixture(scope="module")
def weave() -> Exemplars:
    """Of threads of six pixels, each of its own brightness: cells of four do not tell them apart."""
    rng = np.random.default_rng(4)
    y, x = np.mgrid[:192, :192]
    over = (y // 6 + x // 6) % 2 == 0
    threads = [rng.uniform(0.9, 1.0, 32)[side // 6] for side in (y, x)]
    round_ = [np.sin(np.pi * (side % 6 + 0.5) / 6) for side in (y, x)]
    lit = np.where(over, round_[0] * threads[0], round_[1] * threads[1])
    return Exemplars([np.repeat((60 + 160 * lit)[..., None], 3, axis=2).astype(np.uint8)])


def test_a_weave_goes_on_over_the_joints(weave):
    drawn, match = weave.draw([1.0], 128, 128, np.random.default_rng(5))
    draft = weave.detail.paint(drawn, match)
    draft = np.pad(draft, [(0, 16), (0, 16), (0, 0)], mode="wrap")
    source = weave.images[0] / np.float32(255)
    contrast = source.std()
    away = []
    for top, left in np.random.default_rng(6).integers(0, 128, (40, 2)):
        patch = draft[top : top + 16, left : left + 16]
        error = cv2.matchTemplate(source, patch, cv2.TM_SQDIFF).min()
        away.append((max(0.0, error) / patch.size) ** 0.5)
    assert np.median(away) < 0.4 * contrast


def test_no_more_hangs_together_than_may(weave):
    _, match = weave.draw([1.0], 160, 160, np.random.default_rng(7))
    rows, columns = np.divmod(match, weave.layouts[0].shape[1])
    for axis, own, other in ((0, rows, columns), (1, columns, rows)):
        together = np.roll(own, -_LONGEST, axis) - own == _LONGEST
        together &= np.roll(other, -_LONGEST, axis) == other
        assert together.mean() < 0.01
    assert (np.diff(match, axis=1) == 1).mean() > 0.5
