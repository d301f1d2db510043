"""Palette transfer: pictures get the distribution of a style's colors, not its mean and spread alone.

Along each of the directions that a style code has quantiles for, the quantiles of the pictures are
moved to those of the style, in turn and several times, until all of them agree.

References
----------
Pitié, Kokaram and Dahyot, "N-Dimensional Probability Density Function Transfer and its Application to
Colour Transfer", ICCV 2005.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from ..networks.codes import DIRECTIONS, QUANTILES, split_palette

_SWEEPS = 3
_SHORT = 96  # pixels, as the palettes of codes are read


def transfer_palette(
    pictures: Sequence[np.ndarray],
    code: np.ndarray,
    share: float,
    weights: Sequence[np.ndarray | None] | None = None,
) -> list[np.ndarray]:
    """Move the colors of pictures to the palette of a style, by one map for all pictures.

    Parameters
    ----------
    pictures : sequence of (H, W, 3) float32, sRGB-encoded in [0, 1]
        The pictures.
    code : (CODE_LENGTH,) float32
        Code of the style.
    share : float in [0, 1]
        How far the colors are moved.
    weights : sequence of (H, W) float32 in [0, 1] or None, optional
        Pixels below 1/2 do not count, though they are moved, too. If that are all, nothing is moved.

    Returns
    -------
    list of (H, W, 3) float32, sRGB-encoded in [0, 1]
        The pictures in other colors.
    """
    known = weights or [None] * len(pictures)
    counted = [_counted(*pair) for pair in zip(pictures, known, strict=True)]
    few = np.concatenate(counted) if counted else np.zeros((0, 3), np.float32)
    if not len(few) or share == 0:
        return list(pictures)
    goals = split_palette(code.astype(np.float32))
    moved = [picture.reshape(-1, 3).copy() for picture in pictures]
    at = (np.arange(QUANTILES) + 0.5) / QUANTILES
    for _ in range(_SWEEPS):
        for direction, goal in zip(DIRECTIONS, goals, strict=True):
            found = np.quantile(few @ direction, at)
            for colors in (few, *moved):
                shift = np.interp(colors @ direction, found, goal - found).astype(np.float32)
                np.add(colors, shift[:, None] * direction, out=colors)
    return [
        np.clip(picture + np.float32(share) * (colors.reshape(picture.shape) - picture), 0, 1)
        for picture, colors in zip(pictures, moved, strict=True)
    ]


def _counted(picture: np.ndarray, weights: np.ndarray | None) -> np.ndarray:
    """Return the colors ``(N, 3)`` of a small copy of a picture, as far as they count."""
    scale = min(1.0, _SHORT / min(picture.shape[:2]))
    size = tuple(max(1, round(side * scale)) for side in picture.shape[1::-1])
    colors = cv2.resize(picture, size, interpolation=cv2.INTER_AREA).reshape(-1, 3)
    if weights is None:
        return colors
    return colors[cv2.resize(weights, size, interpolation=cv2.INTER_AREA).ravel() >= 0.5]
