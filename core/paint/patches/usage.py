"""Prices that make a painting use all of its exemplar.

Where the exemplar is used more than on average its price rises, elsewhere it falls, as in an auction.
Prices are kept from one iteration and level to the next, so they settle instead of swinging.

References
----------
Bertsekas, "The Auction Algorithm: A Distributed Relaxation Method for the Assignment Problem", Annals
of Operations Research 14, 1988.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from .exemplar import ExemplarLevel

_CELLS = 40
"""Cells along the short side of an exemplar."""

_MOST_USE = 4.0
"""Multiple of the mean use above which a price rises no faster."""

_HIGHEST = 3.0


@dataclass(frozen=True, eq=False)
class Prices:
    """The price of patches in each part of an exemplar.

    Attributes
    ----------
    cells : (h, w) float32
        Prices, in multiples of the typical squared distance of a match.
    """

    cells: np.ndarray

    def of(self, level: ExemplarLevel, corners: np.ndarray) -> np.ndarray:
        """Return the prices of patches.

        Parameters
        ----------
        level : ExemplarLevel
            The size of the exemplar.
        corners : (2, N) int64
            Top left corners of the patches.

        Returns
        -------
        (N,) float32
            In multiples of the typical squared distance.
        """
        return self.cells.take(self._cell(level, corners))

    def updated(self, level: ExemplarLevel, corners: np.ndarray, rate: float) -> Prices:
        """Return the prices after an iteration.

        Parameters
        ----------
        level : ExemplarLevel
            The size of the exemplar.
        corners : (2, N) int64
            Top left corners of the patches that the painting uses.
        rate : float
            Rise of what is used twice as much as the mean.

        Returns
        -------
        Prices
            In [0, 3].
        """
        number = self._cell(level, corners)
        counts = np.bincount(number, minlength=self.cells.size).reshape(self.cells.shape)
        near = cv2.blur(counts.astype(np.float64), (3, 3), borderType=cv2.BORDER_REPLICATE)
        share = np.minimum(near * (self.cells.size / len(number)), _MOST_USE)
        return Prices(np.clip(self.cells + rate * (share - 1), 0, _HIGHEST).astype(np.float32))

    def _cell(self, level: ExemplarLevel, corners: np.ndarray) -> np.ndarray:
        row, column = (
            corners[axis] * self.cells.shape[axis] // (level.last_corner[axis] + 1)
            for axis in (0, 1)
        )
        return row * self.cells.shape[1] + column


def no_prices(height: int, width: int) -> Prices:
    """Return the prices before the first iteration.

    Parameters
    ----------
    height, width : int
        Size of the exemplar in pixels.

    Returns
    -------
    Prices
        All 0.
    """
    scale = _CELLS / min(height, width)
    return Prices(np.zeros((round(height * scale), round(width * scale)), np.float32))
