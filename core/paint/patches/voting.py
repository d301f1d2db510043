"""Put a picture together from overlapping patches, without blurring them."""

from __future__ import annotations

import numpy as np

from .grid import Reach, shares
from .matching import Matches

_ROUNDS = 2
"""Times that patches which disagree lose weight."""

_TRUST = 0.3
"""Share of the target in what patches are to agree with."""

_NOISE = 6.0
"""Squared difference of colors, in 8-bit steps, below which patches agree."""


def vote(
    matches: Matches, reach: Reach, pixels: tuple[slice, slice], target: np.ndarray
) -> np.ndarray:
    """Return a part of the picture that matched patches add up to.

    An average of patches is blurred. Here the patches that differ most from the average and the target
    lose their weight at a pixel, step by step, so it takes the color of those that agree (mean shift),
    and borders between patches follow the edges of the target.

    Parameters
    ----------
    matches : Matches
        The patch of the exemplar for each patch of the picture.
    reach : Reach
        How far patches count.
    pixels : tuple of slice
        Rows and columns of the part.
    target : (h, w, C) uint8
        What the part is to look like; colors come first.

    Returns
    -------
    (h, w, 3) float32
        sRGB-encoded colors in [0, 255].
    """
    grid, level = matches.grid, matches.level
    height, width = level.size
    rows, columns = matches.corners.reshape(2, *grid.shape)
    colors, weights = [], []  # planes come first, which is faster
    across = shares(grid.columns, pixels[1], reach)
    for row, down, row_weight in shares(grid.rows, pixels[0], reach):
        for column, right, column_weight in across:
            at = row[:, None], column[None]
            source = np.clip(rows[at] + (down[:, None] + grid.side // 2), 0, height - 1) * width
            source += np.clip(columns[at] + (right[None] + grid.side // 2), 0, width - 1)
            colors.append(level.colors.take(source, axis=1).astype(np.float32))
            weights.append(row_weight[:, None] * column_weight[None])
    wanted = np.moveaxis(target[..., :3], 2, 0)
    mean = _average(colors, weights)
    for _ in range(_ROUNDS):
        mean += np.float32(_TRUST) * (wanted - mean)
        weights = _agreeing(colors, weights, mean)
        mean = _average(colors, weights)
    return np.moveaxis(mean, 0, 2)


def _average(colors: list[np.ndarray], weights: list[np.ndarray]) -> np.ndarray:
    total = np.zeros_like(colors[0])
    for color, weight in zip(colors, weights, strict=True):
        total += color * weight
    return total


def _agreeing(
    colors: list[np.ndarray], weights: list[np.ndarray], mean: np.ndarray
) -> list[np.ndarray]:
    """Return weights that are lower for colors farther from a mean; they add up to one."""
    distances, spread = [], np.full(mean.shape[1:], _NOISE, np.float32)
    for color, weight in zip(colors, weights, strict=True):
        difference = color - mean
        difference *= difference
        distance = difference.sum(axis=0)
        distances.append(distance)
        spread += weight * distance
    nearest = np.minimum.reduce(distances)
    kept = [
        weight * np.exp((nearest - distance) / spread)
        for weight, distance in zip(weights, distances, strict=True)
    ]
    total = np.add.reduce(kept)
    return [weight / total for weight in kept]
