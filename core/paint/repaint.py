"""Patches: the parts of a picture that are worth painting when the rest is known."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import combinations

import cv2
import numpy as np

from ..models.encoder import STRIDE
from .network import TILE
from .tiling import HALO, Tile, Window

REACH = 4 * STRIDE
"""How far in pixels what is seen changes what is painted: farther away, by less than a tenth of a level
of 255 on average. (The receptive field of the networks is twice as wide.)"""

_CELL = 4 * STRIDE
"""Patches lie on a grid of so many pixels."""

_LARGEST = 1024
"""Most pixels along a side of a patch and what is around it."""

_CALL = 60_000
"""Pixels that are painted in the time that each patch takes besides."""

_PAYS = 0.6
"""Share of the pixels of the whole that patches may have: small ones are painted more slowly."""

_RUNS = 120
"""Runs of cells, row by row, beyond which nobody looks for patches."""

Rectangle = tuple[int, int, int, int]
"""Top, left, bottom, right."""


def patches(needed: np.ndarray, size: tuple[int, int], tile: int = TILE) -> list[Tile] | None:
    """Rectangles that cover what is needed, with :data:`REACH` around them.

    Every machine finds the same ones, unless it has so little memory that tiles are small.

    Parameters
    ----------
    needed : (h, w) bool
        At any size.
    size : (width, height)
        Of the picture that they are parts of, in pixels.
    tile : int
        Side of the tiles in which the whole picture would be painted.

    Returns
    -------
    list of Tile
        None where they would take longer.
    """
    width, height = size
    wide = cv2.resize(needed.astype(np.uint8), size, interpolation=cv2.INTER_NEAREST)
    wide = np.pad(wide, ((0, -height % _CELL), (0, -width % _CELL)))
    cells = wide.reshape(wide.shape[0] // _CELL, _CELL, -1, _CELL).any(axis=(1, 3))
    if cells.mean() > _PAYS:
        return None
    largest = min(_LARGEST, tile + 2 * HALO)
    runs = list(_runs(cells, (largest - 2 * REACH) // _CELL))
    if len(runs) > _RUNS:
        return None
    padded = -(-height // STRIDE) * STRIDE, -(-width // STRIDE) * STRIDE

    def cost(rectangle: Rectangle) -> float:
        tile = _tile(rectangle, padded)
        sides = tile.rows.stop - tile.rows.start, tile.columns.stop - tile.columns.start
        return sides[0] * sides[1] + _CALL if max(sides) <= largest else np.inf

    rectangles = _merged(runs, cost)
    if sum(map(cost, rectangles)) > _PAYS * (padded[0] * padded[1] + _CALL):
        return None
    return [_tile(rectangle, padded) for rectangle in rectangles]


def _runs(cells: np.ndarray, most: int) -> Iterator[Rectangle]:
    """Neighboring cells of a row together, no more than ``most``; in pixels."""
    for row, line in enumerate(cells):
        edges = np.flatnonzero(np.diff(line, prepend=False, append=False))
        for start, stop in edges.reshape(-1, 2).tolist():
            for first in range(start, stop, most):
                last = min(first + most, stop)
                yield row * _CELL, first * _CELL, (row + 1) * _CELL, last * _CELL


def _merged(rectangles: list[Rectangle], cost: Callable[[Rectangle], float]) -> list[Rectangle]:
    """Two at a time become one that covers both, as long as that costs less, best first."""
    gains: dict[tuple[Rectangle, Rectangle], float] = {}

    def weigh(one: Rectangle, other: Rectangle) -> None:
        gain = cost(one) + cost(other) - cost(_around(one, other))
        if gain > 0:
            gains[one, other] = gain

    for one, other in combinations(rectangles, 2):
        weigh(one, other)
    left = set(rectangles)
    while gains:
        pair = max(gains, key=gains.__getitem__)
        gains = {key: gain for key, gain in gains.items() if not set(key) & set(pair)}
        left -= set(pair)
        union = _around(*pair)
        for other in left:
            weigh(union, other)
        left.add(union)
    return sorted(left)


def _around(one: Rectangle, other: Rectangle) -> Rectangle:
    low, high = np.minimum(one, other), np.maximum(one, other)
    return int(low[0]), int(low[1]), int(high[2]), int(high[3])


def _tile(rectangle: Rectangle, padded: tuple[int, int]) -> Tile:
    top, left, bottom, right = rectangle
    return Tile(_window(top, bottom, padded[0]), _window(left, right, padded[1]))


def _window(start: int, stop: int, length: int) -> Window:
    stop = min(stop, length)
    return Window(max(0, start - REACH), min(length, stop + REACH), start, stop)
