"""Choose the tiles of an image that are to be painted again where it changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import combinations

import cv2
import numpy as np

from ..networks.layout import STRIDE
from .engine import TILE
from .tiling import HALO, Tile, Window

REACH = 4 * STRIDE
"""Distance in pixels up to which a change of the content changes the painting.

Farther away it changes by less than a tenth of a level of 255 on average, although the receptive field
of the networks is twice as wide.
"""

_CELL = 4 * STRIDE
"""Spacing in pixels of the grid on which tiles lie."""

_LONGEST_SIDE = 1024
"""Longest side of a tile with its halo, in pixels."""

_OVERHEAD = 60_000
"""Constant cost of a tile, in pixels that could be painted in the same time."""

_MAX_SHARE = 0.6
"""Largest share of the image that tiles may have: small tiles are painted more slowly per pixel."""

_MAX_RUNS = 120
"""Largest number of runs of changed cells for which tiles are chosen, which takes quadratic time."""

Rectangle = tuple[int, int, int, int]
"""Top, left, bottom, right."""


def tiles_to_repaint(
    needed: np.ndarray, size: tuple[int, int], tile: int = TILE
) -> list[Tile] | None:
    """Return tiles that cover what needs painting, with a halo of :data:`REACH`.

    The result is the same on every machine, unless it has so little memory that tiles are small.

    Parameters
    ----------
    needed : (h, w) bool
        Where the image needs painting, at any size.
    size : (int, int)
        Width and height of the image in pixels.
    tile : int
        Side of the tiles in which the whole image would be painted, in pixels.

    Returns
    -------
    list of Tile or None
        None where it is faster to paint the whole image.
    """
    width, height = size
    wide = cv2.resize(needed.astype(np.uint8), size, interpolation=cv2.INTER_NEAREST)
    wide = np.pad(wide, ((0, -height % _CELL), (0, -width % _CELL)))
    cells = wide.reshape(wide.shape[0] // _CELL, _CELL, -1, _CELL).any(axis=(1, 3))
    if cells.mean() > _MAX_SHARE:
        return None
    largest = min(_LONGEST_SIDE, tile + 2 * HALO)
    runs = list(_runs(cells, (largest - 2 * REACH) // _CELL))
    if len(runs) > _MAX_RUNS:
        return None
    padded = -(-height // STRIDE) * STRIDE, -(-width // STRIDE) * STRIDE

    def cost(rectangle: Rectangle) -> float:
        tile = _tile(rectangle, padded)
        sides = tile.rows.stop - tile.rows.start, tile.columns.stop - tile.columns.start
        return sides[0] * sides[1] + _OVERHEAD if max(sides) <= largest else np.inf

    rectangles = _merged(runs, cost)
    if sum(map(cost, rectangles)) > _MAX_SHARE * (padded[0] * padded[1] + _OVERHEAD):
        return None
    return [_tile(rectangle, padded) for rectangle in rectangles]


def _runs(cells: np.ndarray, most: int) -> Iterator[Rectangle]:
    """Yield runs of neighboring cells of a row, at most ``most`` each, as rectangles in pixels."""
    for row, line in enumerate(cells):
        edges = np.flatnonzero(np.diff(line, prepend=False, append=False))
        for start, stop in edges.reshape(-1, 2).tolist():
            for first in range(start, stop, most):
                last = min(first + most, stop)
                yield row * _CELL, first * _CELL, (row + 1) * _CELL, last * _CELL


def _merged(rectangles: list[Rectangle], cost: Callable[[Rectangle], float]) -> list[Rectangle]:
    """Merge pairs of rectangles as long as that lowers the cost, best pair first."""
    gains: dict[tuple[Rectangle, Rectangle], float] = {}

    def consider(one: Rectangle, other: Rectangle) -> None:
        gain = cost(one) + cost(other) - cost(_bounds(one, other))
        if gain > 0:
            gains[one, other] = gain

    for one, other in combinations(rectangles, 2):
        consider(one, other)
    left = set(rectangles)
    while gains:
        pair = max(gains, key=gains.__getitem__)
        gains = {key: gain for key, gain in gains.items() if not set(key) & set(pair)}
        left -= set(pair)
        union = _bounds(*pair)
        for other in left:
            consider(union, other)
        left.add(union)
    return sorted(left)


def _bounds(one: Rectangle, other: Rectangle) -> Rectangle:
    """Return the smallest rectangle that covers both."""
    low, high = np.minimum(one, other), np.maximum(one, other)
    return int(low[0]), int(low[1]), int(high[2]), int(high[3])


def _tile(rectangle: Rectangle, padded: tuple[int, int]) -> Tile:
    top, left, bottom, right = rectangle
    return Tile(_window(top, bottom, padded[0]), _window(left, right, padded[1]))


def _window(start: int, stop: int, length: int) -> Window:
    stop = min(stop, length)
    return Window(max(0, start - REACH), min(length, stop + REACH), start, stop)
