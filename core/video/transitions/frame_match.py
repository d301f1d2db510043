"""How well one frame of a sequence is found again in another, wherever the camera has moved.

Thumbnails are compared block by block: each block is looked for in the other frame, by normalized
correlation, which no even change of light disturbs, near the displacement that suits most of them.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

SIDE = 48
"""Side of a thumbnail in pixels, whatever the frame's proportions."""

_BLOCK, _REACH, _SLACK = 12, 12, 3
_COUNT = SIDE // _BLOCK
_GRID = np.mgrid[:SIDE, :SIDE]
_BLUR = 0.8
_STRONG = 20.0
"""Deviation of a block, in levels, from which on more contrast does not make it count for more."""

_FAR = 0.1
"""Cost of a displacement by all of the reach: the farther, the more there is to choose from."""

_OVERLAP = 0.4
"""Share of the frame, by contrast, that must still be seen for a displacement to be believed."""


def _seen_shares() -> np.ndarray:
    """Return the share of each displaced block that lies inside the frame, ``(n, n, d, d)``."""
    start = np.arange(_COUNT)[:, None] * _BLOCK + np.arange(-_REACH, _REACH + 1)
    inside = np.minimum(start + _BLOCK, SIDE) - np.maximum(start, 0)
    share = (np.clip(inside, 0, _BLOCK) / _BLOCK).astype(np.float32)
    return share[:, None, :, None] * share[None, :, None, :]


_SEEN = _seen_shares()
_TRUST = _SEEN**4


@dataclass(frozen=True)
class FrameMatch:
    """A frame found in another.

    Attributes
    ----------
    score : float
        Mean correlation of its blocks in [-1, 1], weighted by contrast; 0 if it has none.
    down, right : (blocks, blocks) int
        How far each block of this frame is displaced in the other, in pixels of the thumbnail.
    """

    score: float
    down: np.ndarray
    right: np.ndarray


def blurred(thumbnail: np.ndarray) -> np.ndarray:
    """Blur a thumbnail a little, so that a displacement by half a pixel changes little.

    Parameters
    ----------
    thumbnail : (SIDE, SIDE, 3) uint8
        RGB, sRGB-encoded.

    Returns
    -------
    (SIDE, SIDE, 3) float32
        In levels of 255.
    """
    return cv2.GaussianBlur(thumbnail.astype(np.float32), (0, 0), _BLUR)


def structure(thumbnail: np.ndarray) -> np.ndarray:
    """Return what is looked for of a frame: its lightness, a little blurred.

    Parameters
    ----------
    thumbnail : (SIDE, SIDE, 3) uint8
        RGB, sRGB-encoded.

    Returns
    -------
    (SIDE, SIDE) float32
        In levels of 255.
    """
    return cv2.cvtColor(blurred(thumbnail), cv2.COLOR_RGB2GRAY)


def contrast(image: np.ndarray) -> float:
    """Return the mean deviation within blocks of a frame.

    Parameters
    ----------
    image : (SIDE, SIDE) float32
        From :func:`structure`.

    Returns
    -------
    float
        In levels of 255.
    """
    return float(_deviations(image).mean())


def match(here: np.ndarray, there: np.ndarray) -> FrameMatch:
    """Find the blocks of a frame in another one.

    Parameters
    ----------
    here, there : (SIDE, SIDE) float32
        From :func:`structure`.

    Returns
    -------
    FrameMatch
        The common displacement may be up to a quarter of the frame.
    """
    weights = np.minimum(_deviations(here), _STRONG)[..., None, None]
    maps = _correlations(here, there)
    believed = weights * _TRUST
    total = believed.sum((0, 1))
    overlap = total / max(float(weights.sum()), 1e-3) / _OVERLAP
    common = (maps * believed).sum((0, 1)) / np.maximum(total, 1e-3) * np.minimum(1, overlap)
    y, x = (int(i) for i in np.unravel_index(common.argmax(), common.shape))
    top, left = max(0, y - _SLACK), max(0, x - _SLACK)
    near = (slice(None), slice(None), slice(top, y + _SLACK + 1), slice(left, x + _SLACK + 1))
    some = maps[near] * np.minimum(1, 4 * _TRUST[near])
    flat = some.reshape(_COUNT, _COUNT, -1)
    best = flat.max(2)
    rows, columns = np.unravel_index(flat.argmax(2), some.shape[2:])
    counted = weights[..., 0, 0] * _TRUST[:, :, y, x]
    away = _FAR * float(np.hypot(y - _REACH, x - _REACH)) / _REACH
    score = float((best * counted).sum() / max(float(counted.sum()), 1e-3)) - away
    return FrameMatch(score, rows + top - _REACH, columns + left - _REACH)


def align(there: np.ndarray, found: FrameMatch) -> tuple[np.ndarray, np.ndarray]:
    """Move the blocks of a frame to where they were found in another.

    Parameters
    ----------
    there : (SIDE, SIDE, 3) float32
        The frame in which blocks were looked for.
    found : FrameMatch
        From :func:`match`.

    Returns
    -------
    aligned : (SIDE, SIDE, 3) float32
        The frame, moved.
    seen : (SIDE, SIDE) bool
        False where what was moved lay outside the frame.
    """
    ys, xs = (
        grid + np.kron(moves, np.ones((_BLOCK, _BLOCK), int))
        for grid, moves in zip(_GRID, (found.down, found.right), strict=True)
    )
    seen = (ys >= 0) & (ys < SIDE) & (xs >= 0) & (xs < SIDE)
    return _padded(there)[ys + _REACH, xs + _REACH], seen


def _deviations(image: np.ndarray) -> np.ndarray:
    return image.reshape(_COUNT, _BLOCK, _COUNT, _BLOCK).std((1, 3))


def _correlations(here: np.ndarray, there: np.ndarray) -> np.ndarray:
    """Return the correlation of each block with the other frame at each displacement."""
    padded = _padded(there)
    width = _BLOCK + 2 * _REACH
    maps = np.empty((_COUNT, _COUNT, 2 * _REACH + 1, 2 * _REACH + 1), np.float32)
    for row in range(_COUNT):
        for column in range(_COUNT):
            top, left = row * _BLOCK, column * _BLOCK
            block = here[top : top + _BLOCK, left : left + _BLOCK]
            around = padded[top : top + width, left : left + width]
            maps[row, column] = cv2.matchTemplate(around, block, cv2.TM_CCOEFF_NORMED)
    return np.clip(np.nan_to_num(maps), -1, 1)


def _padded(image: np.ndarray) -> np.ndarray:
    return cv2.copyMakeBorder(image, _REACH, _REACH, _REACH, _REACH, cv2.BORDER_REFLECT)
