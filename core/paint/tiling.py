"""Cut images into tiles, each with the halo that the networks need."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..networks.layout import REFLECT, STRIDE, Border, PaddingMode

HALO = 144
"""Receptive field of encoder and decoder on each side, rounded up to the stride, in pixels."""


@dataclass(frozen=True)
class Window:
    """A tile along one axis.

    Attributes
    ----------
    start, stop : int
        The pixels ``[start, stop)`` are read, halo included.
    core_start, core_stop : int
        The pixels ``[core_start, core_stop)`` of the result are kept.
    """

    start: int
    stop: int
    core_start: int
    core_stop: int

    def inner(self, scale: int = 1) -> slice:
        """Return the kept part, relative to the start of the tile.

        Parameters
        ----------
        scale : int
            In maps whose sides are ``scale`` times smaller than the image's.

        Returns
        -------
        slice
            Along the axis.
        """
        return slice(
            (self.core_start - self.start) // scale, (self.core_stop - self.start) // scale
        )

    @property
    def core(self) -> slice:
        """The kept part, in pixels of the image."""
        return slice(self.core_start, self.core_stop)


@dataclass(frozen=True)
class Tile:
    """A rectangle of an image.

    Attributes
    ----------
    rows, columns : Window
        Where it is.
    border : Border
        Padding of convolutions: circular along an axis on which the tile is the whole torus.
    """

    rows: Window
    columns: Window
    border: Border = REFLECT


def _windows(length: int, tile: int, *, seamless: bool) -> list[Window]:
    """Cut an axis whose length is a multiple of 16.

    On a torus, halos reach over the end. Otherwise they stop there, and convolutions are padded as
    they are without tiles.
    """
    if length <= tile + 2 * HALO:
        return [Window(0, length, 0, length)]
    count = -(-length // tile)
    step = -(-length // (count * STRIDE)) * STRIDE
    cores = [(start, min(start + step, length)) for start in range(0, length, step)]
    if seamless:
        return [Window(a - HALO, b + HALO, a, b) for a, b in cores]
    return [Window(max(0, a - HALO), min(length, b + HALO), a, b) for a, b in cores]


def tiles(height: int, width: int, tile: int, *, seamless: bool) -> list[Tile]:
    """Cut an image into tiles.

    Parameters
    ----------
    height, width : int
        Size of the image in pixels, multiples of 16.
    tile : int
        Largest side of a tile without its halo, in pixels.
    seamless : bool
        Whether the image is a torus.

    Returns
    -------
    list of Tile
        Row by row.
    """
    rows = _windows(height, tile, seamless=seamless)
    columns = _windows(width, tile, seamless=seamless)
    # Where there are several, their halos reach over the end of the torus themselves.
    border = _padding(seamless and len(rows) == 1), _padding(seamless and len(columns) == 1)
    return [Tile(r, c, border) for r in rows for c in columns]


def _padding(circular: bool) -> PaddingMode:
    return "circular" if circular else "reflect"


def take(maps: np.ndarray, tile: Tile, scale: int = 1) -> np.ndarray:
    """Cut a tile out of maps, halo included; beyond the end it continues on the other side.

    Parameters
    ----------
    maps : (..., H / scale, W / scale) float32
        The maps; another dtype will do.
    tile : Tile
        What to cut out.
    scale : int
        How many times smaller the sides of the maps are than those of the image.

    Returns
    -------
    (..., h / scale, w / scale) float32
        The tile; a view where it can be.
    """
    for axis, window in ((-2, tile.rows), (-1, tile.columns)):
        start, stop = window.start // scale, window.stop // scale
        if start >= 0 and stop <= maps.shape[axis]:
            inside = slice(start, stop)
            maps = maps[..., inside, :] if axis == -2 else maps[..., inside]
        else:
            maps = maps.take(np.arange(start, stop), axis, mode="wrap")
    return maps


def take_pixels(image: np.ndarray, tile: Tile) -> np.ndarray:
    """Cut a tile out of an image, as :func:`take` does.

    Parameters
    ----------
    image : (H, W, C) float32
        The image; another dtype will do.
    tile : Tile
        What to cut out.

    Returns
    -------
    (h, w, C) float32
        The tile.
    """
    return np.moveaxis(take(np.moveaxis(image, 2, 0), tile), 0, 2)
