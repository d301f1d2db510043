"""Patches cover what is needed, fit into little memory, and are painted as the whole would be."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from impasto.core.paint.engine import PaintJob
from impasto.core.paint.network import Stylizer
from impasto.core.paint.repaint import REACH, tiles_to_repaint

from .test_network import smooth

STRIDE = 16


@settings(deadline=None, max_examples=60)
@given(
    size=st.tuples(st.integers(16, 1500), st.integers(16, 1500)),
    shrunk=st.integers(1, 3),
    tile=st.sampled_from([256, 512, 2048]),
    dots=st.lists(st.tuples(st.floats(0, 0.999), st.floats(0, 0.999)), max_size=12),
)
def test_what_is_needed_lies_in_a_patch(size, shrunk, tile, dots):
    width, height = size
    needed = np.zeros((max(1, height // shrunk), max(1, width // shrunk)), bool)
    for y, x in dots:
        needed[int(y * needed.shape[0]), int(x * needed.shape[1])] = True
    found = tiles_to_repaint(needed, size, tile)
    if found is None:
        return
    assert bool(found) == bool(needed.any())
    covered = np.zeros((height, width), bool)
    for part in found:
        covered[part.rows.core, part.columns.core] = True
        for window, length in ((part.rows, height), (part.columns, width)):
            end = -(-length // STRIDE) * STRIDE
            assert 0 <= window.start <= window.core_start < window.core_stop <= window.stop <= end
            assert window.start % STRIDE == window.stop % STRIDE == 0
            assert window.stop - window.start <= min(1024, tile + 288)
            assert window.start == 0 or window.core_start - window.start == REACH
    rows = np.arange(height) * needed.shape[0] // height
    columns = np.arange(width) * needed.shape[1] // width
    assert covered[needed[np.ix_(rows, columns)]].all()


def test_the_whole_picture_is_no_patch():
    assert tiles_to_repaint(np.ones((40, 60), bool), (1200, 800)) is None
    scattered = np.zeros((40, 60), bool)
    scattered[::2, ::2] = True
    assert tiles_to_repaint(scattered, (1200, 800)) is None
    assert tiles_to_repaint(np.zeros((40, 60), bool), (1200, 800)) == []


@pytest.mark.parametrize("at", [(0, 0), (300, 420), (560, 880)])
def test_a_patch_is_painted_as_in_the_whole(at):
    stylizer = Stylizer()
    before = smooth(600, 904, 1)
    after = before.copy()
    top, left = at
    after[top : top + 40, left : left + 40] = smooth(40, 40, 2)[: 600 - top, : 904 - left]
    code = stylizer.encode_style(smooth(256, 256, 7, cells=30))
    content_code = stylizer.measure([before], code)
    first, whole = (
        stylizer.paint(PaintJob(picture, code, content_code)) for picture in (before, after)
    )
    changed = np.abs(after - before).max(2) > 0
    reach = np.zeros_like(changed)
    for y, x in zip(*np.nonzero(changed), strict=True):
        reach[max(0, y - REACH) : y + REACH, max(0, x - REACH) : x + REACH] = True
    parts = tiles_to_repaint(reach, (904, 600))
    assert parts
    painted = stylizer.paint(PaintJob(after, code, content_code, base=first, tiles=parts))
    assert 255 * np.abs(first - whole)[changed].mean() > 3
    apart = 255 * np.abs(painted - whole)
    assert apart[reach].mean() < 0.1 and np.quantile(apart, 0.9995) < 3
    rest = np.ones_like(changed)
    for tile in parts:
        rest[tile.rows.core, tile.columns.core] = False
    assert rest.any() and np.array_equal(painted[rest], first[rest])
