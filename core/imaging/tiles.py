"""Cut an image into tiles with a halo, and paste their cores back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

STRIDE = 16
"""Tiles start, and their sides end, at multiples of the networks' stride in pixels."""

TileBorder = Literal["reflect", "circular"]


@dataclass(frozen=True)
class Tile:
    """A rectangle of an image, in pixels.

    ``[x, x + width)`` by ``[y, y + height)`` is the core that is kept: cores cover the image
    without overlap. The tile itself reaches ``halo`` further on each side and ends at a multiple of
    16, so parts of it may lie outside the image.
    """

    x: int
    y: int
    width: int
    height: int
    halo: int

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns of the whole tile; multiples of 16."""
        return _aligned(self.height) + 2 * self.halo, _aligned(self.width) + 2 * self.halo


def plan_tiles(width: int, height: int, *, tile: int, halo: int) -> list[Tile]:
    """Cover an image with tiles, row by row.

    Parameters
    ----------
    width, height : int
        Size of the image in pixels, from 1 up.
    tile, halo : int
        Side of a core, and the reach around it; both are rounded up to multiples of 16.

    Raises
    ------
    ValueError
        A size that is not positive, or a negative halo.
    """
    if min(width, height, tile) < 1 or halo < 0:
        raise ValueError(
            "tiles need an image and a side of at least one pixel, and a halo of 0 or more"
        )
    side, reach = _aligned(tile), _aligned(halo)
    return [
        Tile(x, y, min(side, width - x), min(side, height - y), reach)
        for y in range(0, height, side)
        for x in range(0, width, side)
    ]


def cut(array: np.ndarray, tile: Tile, *, border: TileBorder = "reflect") -> np.ndarray:
    """The pixels of a tile, halo included: ``(*tile.shape, ...)``, a view where it lies inside.

    ``array`` is ``(H, W)`` or ``(H, W, C)``. Beyond its border it is mirrored without repeating the
    edge, or goes on at the other side (the image is a torus).
    """
    starts = (tile.y - tile.halo, tile.x - tile.halo)
    for axis, (start, length) in enumerate(zip(starts, tile.shape, strict=True)):
        size = array.shape[axis]
        if start >= 0 and start + length <= size:
            array = array[(slice(None),) * axis + (slice(start, start + length),)]
        else:
            array = array.take(_fold(np.arange(start, start + length), size, border), axis=axis)
    return array


def paste(target: np.ndarray, tile: Tile, piece: np.ndarray) -> None:
    """Write the core of ``piece``, shaped as :func:`cut` made it, to its place in ``target``."""
    halo = tile.halo
    core = piece[halo : halo + tile.height, halo : halo + tile.width]
    target[tile.y : tile.y + tile.height, tile.x : tile.x + tile.width] = core


def _aligned(length: int) -> int:
    return -(-length // STRIDE) * STRIDE


def _fold(index: np.ndarray, size: int, border: TileBorder) -> np.ndarray:
    """Bring indices outside ``[0, size)`` back into it."""
    if border == "circular":
        return index % size
    if size == 1:
        return np.zeros_like(index)
    period = 2 * (size - 1)
    index = index % period
    return np.minimum(index, period - index)
