"""Tiles of an image with the halo that the networks need around each."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from ..models.encoder import STRIDE
from ..models.layers import REFLECT, Border, PaddingMode

HALO = 144
"""Receptive field of encoder and decoder on each side, rounded up to the stride, in pixels."""


@dataclass(frozen=True)
class Window:
    """A tile along one axis: ``[start, stop)`` is read, ``[core_start, core_stop)`` of it is
    kept."""

    start: int
    stop: int
    core_start: int
    core_stop: int

    def inner(self, scale: int = 1) -> slice:
        """The kept part, counted from the start of the tile, at 1/``scale`` resolution."""
        return slice(
            (self.core_start - self.start) // scale, (self.core_stop - self.start) // scale
        )

    @property
    def core(self) -> slice:
        """The kept part, in the coordinates of the image."""
        return slice(self.core_start, self.core_stop)


@dataclass(frozen=True)
class Tile:
    """A rectangle of the image. ``circular``: along (rows, columns), the whole torus is in it."""

    rows: Window
    columns: Window
    border: Border = REFLECT


def windows(length: int, tile: int, *, seamless: bool) -> list[Window]:
    """Cut an axis whose length is a multiple of 16.

    On a torus, halos reach over the end; else they stop there, and the convolutions' own border
    rule applies, as it does without tiles.
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
    """All tiles of an image, row by row."""
    rows = windows(height, tile, seamless=seamless)
    columns = windows(width, tile, seamless=seamless)
    # Where there are several, their halos reach over the end of the torus themselves.
    border = _padding(seamless and len(rows) == 1), _padding(seamless and len(columns) == 1)
    return [Tile(r, c, border) for r in rows for c in columns]


def _padding(circular: bool) -> PaddingMode:
    return "circular" if circular else "reflect"


def take(image: Tensor, tile: Tile, scale: int = 1) -> Tensor:
    """Cut ``tile`` out of ``(B, C, H / scale, W / scale)``, around the torus where it reaches
    over."""
    for axis, window in ((2, tile.rows), (3, tile.columns)):
        length = image.shape[axis]
        start, stop = window.start // scale, window.stop // scale
        if start >= 0 and stop <= length:
            image = image.narrow(axis, start, stop - start)
        else:
            index = torch.arange(start, stop, device=image.device) % length
            image = image.index_select(axis, index)
    return image
