"""Regions of a picture, each in its own style."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from impasto.core.image.picture import Picture
from impasto.core.paint import pipeline
from impasto.core.paint.network import Stylizer
from impasto.core.paint.regions import RegionPainter
from impasto.core.paint.style_reader import StyleReader
from impasto.core.styles.look import Look, StyleRef


@pytest.fixture(scope="module")
def stylizer() -> Stylizer:
    return Stylizer()


@pytest.fixture(scope="module")
def halves() -> np.ndarray:
    """Blue, finely grained above; orange with broad stripes below: (192, 256, 3)."""
    rng = np.random.default_rng(0)
    y, x = np.mgrid[:192, :256]
    grain = cv2.GaussianBlur(rng.random((192, 256)).astype(np.float32), (0, 0), 1.0)[..., None]
    above = np.float32([0.2, 0.4, 0.8]) * (0.7 + 0.6 * grain)
    stripes = (0.75 + 0.25 * np.sign(np.sin(x / 12)))[..., None]
    below = np.float32([0.9, 0.5, 0.1]) * stripes.astype(np.float32)
    return np.clip(np.where((y < 110)[..., None], above, below), 0, 1).astype(np.float32)


def paint(stylizer: Stylizer, image: np.ndarray, look: Look) -> np.ndarray:
    book = StyleReader(stylizer)
    painter = RegionPainter(stylizer, book, look) if look.regions else None
    style = book.resolve(look.styles)
    return pipeline.stylize(stylizer, [Picture(image)], look, style, region_painter=painter)[
        0
    ].color


def test_two_styles_take_a_region_each(stylizer, halves):
    styles = (StyleRef("starry-night"), StyleRef("scream"))
    alone = [paint(stylizer, halves, Look((s,))) for s in styles]
    both = paint(stylizer, halves, Look(styles, regions=2))
    for rows, mine, other in ((slice(0, 90), 0, 1), (slice(130, 192), 1, 0)):
        color = [p[rows].mean((0, 1)) for p in (both, alone[mine], alone[other])]
        assert np.abs(color[0] - color[1]).sum() < np.abs(color[0] - color[2]).sum()
    jump = np.abs(np.diff(both, axis=0)).mean((1, 2))
    content = np.abs(np.diff(halves, axis=0)).mean((1, 2))
    assert jump.max() < 3 * max(content.max(), jump.mean())  # no hard cut but the content's own


def test_each_region_takes_the_paint_that_suits_it(stylizer, halves, tmp_path):
    picture = halves[::-1]  # the grained blue is below
    path = tmp_path / "style.png"
    cv2.imwrite(str(path), (picture[..., ::-1] * 255).astype(np.uint8))
    painted = paint(stylizer, halves, Look((StyleRef(str(path)),), regions=2))
    above, below = painted[:90].mean((0, 1)), painted[130:].mean((0, 1))
    assert above[2] > above[0] + 0.15
    assert below[0] > below[2] + 0.15


def test_a_plain_picture_has_one_region(stylizer):
    gray = np.full((64, 64, 3), 0.5, np.float32)
    look = Look((StyleRef("starry-night"),), regions=4)
    assert np.isfinite(paint(stylizer, gray, look)).all()
