"""The rectangles of pixels that strokes may touch; those of large ones are cut into tight parts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

_MOST = 16  # parts of a stroke


@dataclass(frozen=True, eq=False)
class Windows:
    """Rectangles of pixels; no two of one stroke have a pixel in common.

    Attributes
    ----------
    owner : (M,) int64
        The stroke that each belongs to, in the order of the strokes.
    left, right, top, bottom : (M,) int64
        In pixels, as ends of slices.
    """

    owner: np.ndarray
    left: np.ndarray
    right: np.ndarray
    top: np.ndarray
    bottom: np.ndarray


def windows_of(x: np.ndarray, y: np.ndarray, margin: np.ndarray, area: int) -> Windows:
    """Return what quadrilaterals touch.

    A slanted one fills less than half of the rectangle around it, so a large rectangle is cut across
    its longer side, and each part is made as narrow as what it has of the quadrilateral.

    Parameters
    ----------
    x, y : (4, N) float
        Corners of convex quadrilaterals in pixels, in turn.
    margin : (N,) float
        Pixels around a quadrilateral that must not be left out by cutting.
    area : int
        Pixels from twice which a rectangle is cut, into parts of about so many.

    Returns
    -------
    Windows
        They hang on each quadrilateral alone.
    """
    left, right = np.floor(x.min(0)).astype(int), np.ceil(x.max(0)).astype(int) + 1
    top, bottom = np.floor(y.min(0)).astype(int), np.ceil(y.max(0)).astype(int) + 1
    count = np.clip((right - left) * (bottom - top) // area, 1, _MOST)
    owner = np.repeat(np.arange(len(count)), count)
    if len(owner) == len(count):
        return Windows(owner, left, right, top, bottom)
    part = np.arange(len(owner)) - np.repeat(np.cumsum(count) - count, count)
    count, margin, x, y = count[owner], margin[owner], x[:, owner], y[:, owner]
    left, right, top, bottom = (side[owner] for side in (left, right, top, bottom))
    tall = bottom - top > right - left
    begin, end = np.where(tall, top, left), np.where(tall, bottom, right)
    start, stop = (begin + (end - begin) * n // count for n in (part, part + 1))
    along, across = np.where(tall, y, x), np.where(tall, x, y)
    low, high = _between(along, across, start - margin, stop + margin)
    # Those that are not cut stay as they are.
    least, most = np.where(tall, left, top), np.where(tall, right, bottom)
    found = (count > 1) & (low <= high)
    low = np.where(found, np.floor(np.where(found, low, 0) - margin).astype(int), least)
    high = np.where(found, np.ceil(np.where(found, high, 0) + margin).astype(int) + 1, most)
    low, high = np.maximum(low, least), np.minimum(high, most)
    return Windows(
        owner,
        np.where(tall, low, start),
        np.where(tall, high, stop),
        np.where(tall, start, low),
        np.where(tall, stop, high),
    )


def _between(
    along: np.ndarray, across: np.ndarray, start: np.ndarray, stop: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return least and greatest ``across`` of quadrilaterals between two limits of ``along``."""
    low, high = np.full(len(start), np.inf), np.full(len(start), -np.inf)
    for p, q, r, s in zip(
        along, np.roll(along, -1, 0), across, np.roll(across, -1, 0), strict=True
    ):
        least, most = np.minimum(p, q), np.maximum(p, q)
        meets = (least <= stop) & (most >= start)
        run = np.where(np.abs(q - p) < 1e-6, np.inf, q - p)
        for limit, end in ((np.maximum(least, start), r), (np.minimum(most, stop), s)):
            # An edge straight across has no slope: its ends count.
            value = np.where(np.isinf(run), end, r + (s - r) * (limit - p) / run)
            low = np.where(meets, np.minimum(low, value), low)
            high = np.where(meets, np.maximum(high, value), high)
    return low, high
