"""Image quilting, the patch-based baseline of texture synthesis.

References
----------
Efros and Freeman, "Image Quilting for Texture Synthesis and Transfer", SIGGRAPH 2001.
"""

from __future__ import annotations

import cv2
import numpy as np

_BLOCK, _OVERLAP = 48, 12
_TOLERANCE = 1.1


def quilt(source: np.ndarray, side: int, random: np.random.Generator) -> np.ndarray:
    """A ``(side, side, 3)`` float32 texture of blocks of ``source (H, W, 3)``, cut along the paths
    where they differ least."""
    step = _BLOCK - _OVERLAP
    count = -(-(side - _OVERLAP) // step)
    out = np.zeros((count * step + _OVERLAP,) * 2 + (3,), np.float32)
    for row in range(count):
        for column in range(count):
            top, left = row * step, column * step
            place = out[top : top + _BLOCK, left : left + _BLOCK]
            mask = np.zeros((_BLOCK, _BLOCK), np.float32)
            mask[:, :_OVERLAP] = column > 0
            if row > 0:
                mask[:_OVERLAP] = 1
            block = _fitting(source, place, mask, random)
            keep = np.zeros((_BLOCK, _BLOCK), bool)
            error = ((place - block) ** 2).sum(2)
            if column > 0:
                keep[:, :_OVERLAP] |= _cut(error[:, :_OVERLAP])
            if row > 0:
                keep[:_OVERLAP] |= _cut(error[:_OVERLAP].T).T
            place[~keep] = block[~keep]
    return out[:side, :side]


def _fitting(
    source: np.ndarray, place: np.ndarray, mask: np.ndarray, random: np.random.Generator
) -> np.ndarray:
    """A block of the source that agrees with what is already there, one of the best."""
    if mask.any():
        error = cv2.matchTemplate(source, place, cv2.TM_SQDIFF, mask=np.dstack([mask] * 3))
        error = np.maximum(error, 0)
        rows, columns = np.nonzero(error <= _TOLERANCE * max(float(error.min()), 1e-4))
    else:
        rows, columns = np.nonzero(
            np.ones((source.shape[0] - _BLOCK + 1, source.shape[1] - _BLOCK + 1))
        )
    at = random.integers(len(rows))
    return source[rows[at] : rows[at] + _BLOCK, columns[at] : columns[at] + _BLOCK]


def _cut(error: np.ndarray) -> np.ndarray:
    """True left of the cheapest path down a strip of errors ``(H, W)``."""
    total = error.copy()
    for row in range(1, len(total)):
        before = np.pad(total[row - 1], 1, constant_values=np.inf)
        total[row] += np.minimum(np.minimum(before[:-2], before[1:-1]), before[2:])
    keep = np.zeros(error.shape, bool)
    at = int(total[-1].argmin())
    for row in range(len(total) - 1, -1, -1):
        keep[row, :at] = True
        if row:
            low, high = max(0, at - 1), min(total.shape[1], at + 2)
            at = low + int(total[row - 1, low:high].argmin())
    return keep
