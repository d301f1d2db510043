"""The grid of overlapping patches that covers a picture, and the picture that patches add up to."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .features import windows

_MOST = 16_384
"""Most patches at a time, so that a cancel is noticed soon."""


@dataclass(frozen=True)
class Axis:
    """The patches along one side of a picture.

    Attributes
    ----------
    length : int
        Length of the side in pixels.
    count : int
        Number of patches.
    wrap : bool
        The side is a circle.
    """

    length: int
    count: int
    wrap: bool

    @property
    def centers(self) -> np.ndarray:
        """The pixel in the middle of each patch: ``(count,) int64``."""
        return (2 * np.arange(self.count) + 1) * self.length // (2 * self.count)

    def neighbors(self, numbers: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return patches that may lie beyond the ends.

        Parameters
        ----------
        numbers : (...) int64
            Numbers of patches, also below 0 or above the last.

        Returns
        -------
        inside : (...) int64
            Numbers of the patches that are meant.
        centers : (...) int64
            Their middles, beyond the ends on a circle.
        """
        if self.wrap:
            turns, inside = np.divmod(numbers, self.count)
            return inside, self.centers[inside] + turns * self.length
        inside = np.clip(numbers, 0, self.count - 1)
        return inside, self.centers[inside]


def axis(length: int, stride: int, *, wrap: bool) -> Axis:
    """Place patches evenly along a side.

    Parameters
    ----------
    length : int
        Length of the side in pixels.
    stride : int
        Distance of patches in pixels, about; exact if it divides the length.
    wrap : bool
        The side is a circle.

    Returns
    -------
    Axis
        At least one patch.
    """
    return Axis(length, max(1, round(length / stride)), wrap)


@dataclass(frozen=True)
class Grid:
    """The patches of a picture.

    Attributes
    ----------
    rows, columns : Axis
        Along its height and its width.
    side : int
        Side of a patch in pixels.
    """

    rows: Axis
    columns: Axis
    side: int

    @property
    def shape(self) -> tuple[int, int]:
        """Number of patches down and across."""
        return self.rows.count, self.columns.count

    def batch(self, tile: int) -> int:
        """Return the number of patches that are worked on at a time.

        Parameters
        ----------
        tile : int
            Side in pixels of a square that holds as many patches.

        Returns
        -------
        int
            At least 1.
        """
        rows, columns = self.shape
        area = self.rows.length * self.columns.length
        return max(1, min(_MOST, tile * tile * rows * columns // area))

    def pad(self, picture: np.ndarray) -> np.ndarray:
        """Continue a picture beyond its border, as far as patches reach.

        Parameters
        ----------
        picture : (H, W, C) uint8
            The picture.

        Returns
        -------
        (H + side - 1, W + side - 1, C) uint8
            Contiguous.
        """
        before, after = self.side // 2, self.side - 1 - self.side // 2
        for number, one in enumerate((self.rows, self.columns)):
            width = [(0, 0)] * 3
            width[number] = (before, after)
            picture = np.pad(picture, width, mode="wrap" if one.wrap else "symmetric")
        return np.ascontiguousarray(picture)

    def patches(self, padded: np.ndarray, numbers: np.ndarray) -> np.ndarray:
        """Return patches of a picture.

        Parameters
        ----------
        padded : (H + side - 1, W + side - 1, C) uint8
            The picture, as :meth:`pad` returns it.
        numbers : (N,) int64
            Of the patches, row by row.

        Returns
        -------
        (N, side, side * C) uint8
            The patches.
        """
        row, column = np.divmod(numbers, self.columns.count)
        corners = self.rows.centers[row], self.columns.centers[column]
        return windows(padded, self.side)[corners]


@dataclass(frozen=True)
class Reach:
    """The weights of patches around their middle.

    Attributes
    ----------
    neighbors : int
        Number of patches to each side of a pixel.
    sigma : float
        Standard deviation of their weight, in strides.
    """

    neighbors: int
    sigma: float


def shares(one: Axis, pixels: slice, reach: Reach) -> list[tuple[np.ndarray, ...]]:
    """Return which patches cover pixels along an axis.

    Parameters
    ----------
    one : Axis
        The axis.
    pixels : slice
        Its pixels.
    reach : Reach
        Of the patches.

    Returns
    -------
    list of (numbers, places, weights)
        For one patch of each pixel: its number and the pixel's place from its middle, both (P,)
        int64, and its weight, (P,) float32; weights add up to one.
    """
    place = np.arange(pixels.start, pixels.stop)
    stride = one.length / one.count
    before = ((2 * place + 1) * one.count - one.length) // (2 * one.length)
    found = []
    for step in range(1 - reach.neighbors, 1 + reach.neighbors):
        number, center = one.neighbors(before + step)
        middle = (before + step + 0.5) * stride - 0.5
        weight = np.exp(-(((place - middle) / (reach.sigma * stride)) ** 2) / 2)
        found.append((number, place - center, weight))
    total = sum(weight for *_, weight in found)
    return [(number, at, (weight / total).astype(np.float32)) for number, at, weight in found]
