"""Texels between UV islands, which no mesh shows: a flat neutral color that touches the border."""

from __future__ import annotations

import cv2
import numpy as np

_SIDE = 512
"""Long side at which islands are counted; texels are picked, not averaged, so that flat stays flat."""

_FLAT = 2.5 / 255
_NEUTRAL = 8 / 255
_BORDER = 0.7
"""Share of the border that must have the color."""

_LEAST_UNUSED, _LEAST_ISLAND = 0.05, 0.06
"""Shares of the picture: of unused texels, and of the largest island; dots and letters are smaller."""

_SPECK, _MOST_ISLANDS = 1e-3, 48


def used_texels(color: np.ndarray) -> np.ndarray | None:
    """Return which texels belong to UV islands, if the picture looks like an atlas.

    Parameters
    ----------
    color : (H, W, 3) float32
        In [0, 1], in any encoding.

    Returns
    -------
    (H, W) float32 or None
        1 on islands, 0 between them; None if all of the picture counts.
    """
    step = max(1, -(-max(color.shape[:2]) // _SIDE))
    small = color[::step, ::step]
    border = np.concatenate([small[0], small[-1], small[:, 0], small[:, -1]])
    ground = np.median(border, axis=0)
    if np.ptp(ground) > _NEUTRAL or np.mean(_near(border, ground)) < _BORDER:
        return None
    flat = _near(small, ground).astype(np.uint8)
    _, pieces = cv2.connectedComponents(flat, connectivity=4)
    edge = np.concatenate([pieces[0], pieces[-1], pieces[:, 0], pieces[:, -1]])
    unused = np.isin(pieces, np.setdiff1d(edge, [0]))
    count, _, found, _ = cv2.connectedComponentsWithStats((~unused).astype(np.uint8))
    areas = found[1:count, cv2.CC_STAT_AREA] / unused.size
    islands = areas[areas > _SPECK]
    if unused.mean() < _LEAST_UNUSED or not len(islands) or len(islands) > _MOST_ISLANDS:
        return None
    if islands.max() < _LEAST_ISLAND:
        return None
    size = (color.shape[1], color.shape[0])
    return cv2.resize((~unused).astype(np.float32), size, interpolation=cv2.INTER_NEAREST)


def _near(texels: np.ndarray, color: np.ndarray) -> np.ndarray:
    return np.abs(texels - color).max(-1) <= _FLAT
