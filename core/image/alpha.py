"""Straight and premultiplied alpha, and the color under transparent pixels."""

from __future__ import annotations

import cv2
import numpy as np

_BAND = 256
_LEAST = 1e-6
"""Alpha below this, or not a number, counts as 0: dividing by it could give infinity."""

_COVERED = np.float32(0.5)
"""Pixels of at least this alpha say how bright covered colors are."""

_TRANSPARENT = np.float32(1 / 255)
"""Alpha below this cannot be seen with 8 bits."""


def full_alpha(dtype: np.dtype) -> int:
    """Return the value that means opaque.

    Parameters
    ----------
    dtype : numpy.dtype
        Of an alpha channel.

    Returns
    -------
    int
        1 for floats, the largest value for integers.
    """
    return 1 if np.dtype(dtype).kind == "f" else int(np.iinfo(dtype).max)


def fill_under_alpha(color: np.ndarray, alpha: np.ndarray) -> np.ndarray:
    """Give transparent pixels the color of the nearest pixel that is not transparent.

    Colors stored under alpha 0 are arbitrary (often black) and would bleed into the picture through
    filters and networks. Alpha below one 8-bit step, 1/255, counts as transparent.

    Parameters
    ----------
    color : (H, W, 3) float32
        Straight color, any encoding.
    alpha : (H, W) uint8, uint16, float16 or float32
        Of the same picture.

    Returns
    -------
    (H, W, 3) float32
        ``color`` itself if no pixel, or every pixel, is transparent.
    """
    hidden = ~(alpha >= alpha.dtype.type(full_alpha(alpha.dtype) * _TRANSPARENT))
    if not hidden.any() or hidden.all():
        return color
    # Each visible pixel is a source with its own label; hidden ones get the label of the nearest.
    _, labels = cv2.distanceTransformWithLabels(
        hidden.view(np.uint8), cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL
    )
    seen = np.flatnonzero(~hidden)
    colors = np.empty((len(seen) + 1, 3), np.float32)
    colors[labels.ravel()[seen]] = color.reshape(-1, 3)[seen]
    return np.take(colors, labels, axis=0)


def to_straight(color: np.ndarray, alpha: np.ndarray) -> None:
    """Divide premultiplied color by its alpha, in place.

    Where alpha is 0 the color stays, as in Blender.

    Parameters
    ----------
    color : (H, W, 3) float32
        Premultiplied; changed to straight.
    alpha : (H, W) uint8, uint16, float16 or float32
        Of the same picture, or its cover (see :func:`cover_of`).
    """
    for rows, share in _shares(alpha):
        share[~(share >= _LEAST)] = 1
        color[rows] /= share[..., None]


def to_premultiplied(color: np.ndarray, alpha: np.ndarray) -> np.ndarray:
    """Multiply straight color by its alpha.

    Parameters
    ----------
    color : (H, W, 3) float32
        Straight.
    alpha : (H, W) uint8, uint16, float16 or float32
        Of the same picture, or its cover.

    Returns
    -------
    (H, W, 3) float32
        Premultiplied; a new array.
    """
    result = np.empty_like(color, dtype=np.float32)
    for rows, share in _shares(alpha):
        np.multiply(color[rows], share[..., None], out=result[rows])
    return result


def cover_of(color: np.ndarray, alpha: np.ndarray) -> np.ndarray | None:
    """Find light that covers nothing, as that of fire: color where alpha is below one 8-bit step.

    It counts as covering as much as is needed to be no brighter than the brightest covered color.

    Parameters
    ----------
    color : (H, W, 3) float32
        Premultiplied.
    alpha : (H, W) uint8, uint16, float16 or float32
        Of the same picture.

    Returns
    -------
    (H, W) float32 in [0, 1], or None
        At least alpha; None if it is alpha everywhere.
    """
    light = np.abs(color).max(axis=2)  # out of gamut, it may be negative
    share = np.concatenate([share for _, share in _shares(alpha)])
    share[~(share >= _LEAST)] = 0
    np.minimum(share, 1, out=share)
    covered = share >= _COVERED
    peak = np.max(light / np.maximum(share, _COVERED), where=covered, initial=1.0)
    needed = np.minimum(light / np.float32(peak), 1)
    glows = (share < _TRANSPARENT) & (needed > share)
    if not glows.any():
        return None
    return np.where(glows, needed, share)


def _shares(alpha: np.ndarray):
    """Yield bands of rows, with alpha there as new float32 in [0, 1]."""
    full = np.float32(full_alpha(alpha.dtype))
    for start in range(0, len(alpha), _BAND):
        rows = slice(start, start + _BAND)
        yield rows, alpha[rows].astype(np.float32) / full
