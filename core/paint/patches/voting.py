"""Put a picture together from overlapping patches, without blurring them."""

from __future__ import annotations

import numpy as np

from .grid import Reach, shares
from .matching import Matches

_AGREEMENT = 2
"""Times that patches which disagree with the others at a pixel lose weight there."""

_NOISE = 4.0
"""Squared difference of colors, in 8-bit steps, below which patches agree."""


def vote(matches: Matches, reach: Reach, pixels: tuple[slice, slice]) -> np.ndarray:
    """Return a part of the picture that matched patches add up to.

    An average of patches is blurred. Here the patches that differ most from the average of a pixel
    lose their weight step by step, so it takes the color of those that agree (mean shift).

    Parameters
    ----------
    matches : Matches
        The patch of the exemplar for each patch of the picture.
    reach : Reach
        How far patches count.
    pixels : tuple of slice
        Rows and columns of the part.

    Returns
    -------
    (H, W, 3) float32
        sRGB-encoded colors in [0, 255].
    """
    grid, level = matches.grid, matches.level
    height, width = level.size
    rows, columns = matches.corners.reshape(2, *grid.shape)
    colors, weights = [], []
    across = shares(grid.columns, pixels[1], reach)
    for row, down, row_weight in shares(grid.rows, pixels[0], reach):
        for column, right, column_weight in across:
            at = row[:, None], column[None]
            source_row = rows[at] + (down[:, None] + grid.side // 2)
            source_column = columns[at] + (right[None] + grid.side // 2)
            source = np.clip(source_row, 0, height - 1) * width
            source += np.clip(source_column, 0, width - 1)
            colors.append(level.colors.take(source, axis=0).astype(np.float32))
            weights.append(row_weight[:, None] * column_weight[None])
    return _mode(np.stack(colors), np.stack(weights)[..., None])


def _mode(colors: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return the colors ``(H, W, 3)`` that ``(K, H, W, 3)`` candidates agree on."""
    mean = (weights * colors).sum(axis=0)
    if len(colors) == 1:
        return mean
    for _ in range(_AGREEMENT):
        distance = np.square(colors - mean).sum(axis=-1, keepdims=True)
        width = (weights * distance).sum(axis=0) + _NOISE
        weights = weights * np.exp(-distance / width)
        weights /= weights.sum(axis=0)
        mean = (weights * colors).sum(axis=0)
    return mean
