"""The decoder paints: a painting has the style's texture, which moving colors alone does not give."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import pytest

from impasto.core.networks.codes import STATISTICS, palette
from impasto.core.networks.cpu import KEEP_COLORS, CpuNetworks, Features
from impasto.core.networks.weights import bundled
from impasto.core.paint.color_transfer import color_transport, move_colors
from impasto.core.paint.engine import PaintJob
from impasto.core.paint.network import Stylizer
from impasto.core.paint.style_reader import StyleReader
from impasto.core.styles.catalog import builtin_styles

SIDE = 384
STYLES = ("starry-night", "water-lilies", "engraved-vessel")
CLEARLY = 0.85
"""Largest share of the distance of the color-moved content that a painting may have."""


def drawing() -> np.ndarray:
    """Discs and lines on a gradient, ``(H, W, 3)`` float32."""
    y, x = np.mgrid[0:SIDE, 0:SIDE].astype(np.float32) / SIDE
    image = np.stack([0.4 + 0.4 * x, 0.5 + 0.2 * y, 0.8 - 0.4 * x * y], axis=2)
    discs = (
        ((115, 134), 77, (0.8, 0.3, 0.2)),
        ((269, 115), 58, (0.9, 0.8, 0.3)),
        ((230, 276), 84, (0.2, 0.5, 0.3)),
    )
    for center, radius, color in discs:
        cv2.circle(image, center, radius, color, -1, cv2.LINE_AA)
    for left in range(0, SIDE, 64):
        cv2.line(image, (left, SIDE), (left + 64, 230), (0.1, 0.1, 0.15), 3, cv2.LINE_AA)
    return image


def bricks() -> np.ndarray:
    """A wall with a little grain, ``(H, W, 3)`` float32."""
    rng = np.random.default_rng(0)
    image = np.full((SIDE, SIDE, 3), (0.75, 0.72, 0.68), np.float32)
    for row, top in enumerate(range(0, SIDE, 32)):
        for left in range(-32 * (row % 2), SIDE, 64):
            color = np.array((0.6, 0.3, 0.22)) * rng.uniform(0.7, 1.2)
            cv2.rectangle(image, (left + 3, top + 3), (left + 60, top + 28), color.tolist(), -1)
    return np.clip(image + 0.03 * rng.standard_normal(image.shape, np.float32), 0, 1)


@pytest.fixture(scope="module")
def stylizer() -> Stylizer:
    return Stylizer()


@pytest.fixture(scope="module")
def codes(stylizer) -> dict[str, np.ndarray]:
    reader = StyleReader(stylizer)
    return {name: reader.resolve_source(name).code(1.0) for name in STYLES}


def color_moved(content: np.ndarray, code: np.ndarray) -> np.ndarray:
    """The content in the style's colors, which is what the networks start from."""
    (matrix,), (offset,) = color_transport(palette(content)[None], code[None])
    return move_colors(content, matrix, offset)


def texture_distance(stylizer: Stylizer, image: np.ndarray, code: np.ndarray) -> float:
    """Mean difference of the features' means and deviations to a style's, in units of how much they
    differ between styles. The palette does not count."""
    apart = (stylizer.encode_style(image) - code)[:STATISTICS]
    return float(np.abs(apart / bundled("decoder")["code_std"][:STATISTICS]).mean())


def share_left(stylizer: Stylizer, content: np.ndarray, code: np.ndarray) -> float:
    """The texture distance of the painting relative to that of the color-moved content."""
    painting = stylizer.paint(PaintJob(content, code))
    before = texture_distance(stylizer, color_moved(content, code), code)
    return texture_distance(stylizer, painting, code) / before


class Unchanged(CpuNetworks):
    """Networks whose decoder gives what the encoder was given."""

    def encode(self, image: np.ndarray, colors=KEEP_COLORS, *rest) -> Features:
        self._image = move_colors(image, *colors)
        return super().encode(image, colors, *rest)

    def decode(self, *_: object) -> np.ndarray:
        return self._image


def test_the_styles_are_of_different_families():
    families = {info.family for info in builtin_styles() if info.identifier in STYLES}
    assert len(families) == len(STYLES)


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("draw", [drawing, bricks])
def test_paintings_have_the_texture_of_the_style(
    stylizer, codes, style: str, draw: Callable[[], np.ndarray]
):
    assert share_left(stylizer, draw(), codes[style]) < CLEARLY


@pytest.mark.parametrize("style", STYLES)
def test_a_decoder_that_changes_nothing_would_be_noticed(codes, style: str):
    unchanged, content = Stylizer(Unchanged()), drawing()
    painting = unchanged.paint(PaintJob(content, codes[style]))
    assert np.abs(painting - color_moved(content, codes[style])).max() < 1e-4
    assert share_left(unchanged, content, codes[style]) > 0.99
