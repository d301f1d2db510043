"""Resize images, across the border of seamless ones."""

from __future__ import annotations

from math import gcd

import cv2
import numpy as np

_REACH = 4
"""Pixels to each side that the Lanczos filter reads."""


def resize(image: np.ndarray, size: tuple[int, int], *, wrap: bool = False) -> np.ndarray:
    """Resize by area average where an axis shrinks, by Lanczos (8 taps) where it grows.

    Lanczos overshoots at hard edges; clip where the range matters.

    Parameters
    ----------
    image : (H, W) or (H, W, C), any dtype
        Converted to float32.
    size : (width, height)
        In pixels, at least 1.
    wrap : bool, optional
        Filters read across the border, so a seamless texture stays seamless.

    Returns
    -------
    (height, width) or (height, width, C) float32
        ``image`` itself if it has that size and is float32.
    """
    result = np.asarray(image, dtype=np.float32)
    # The axis that shrinks most comes first, as it leaves less to do.
    axes = sorted((1, 0), key=lambda axis: size[1 - axis] / result.shape[axis])
    for axis in axes:
        result = _along(result, axis, size[1 - axis], wrap)
    return result


def _along(image: np.ndarray, axis: int, length: int, wrap: bool) -> np.ndarray:
    old = image.shape[axis]
    if length == old:
        return image
    if length < old:  # an area average never reads across the border
        return _scaled(image, axis, length, cv2.INTER_AREA)
    if not wrap:
        return _scaled(image, axis, length, cv2.INTER_LANCZOS4)
    # The padding is a whole number of old and of new pixels, so there is no phase shift.
    unit = old // gcd(old, length)
    pad = -(-_REACH // unit) * unit
    margin = pad * length // old
    padded = image.take(np.arange(-pad, old + pad) % old, axis=axis)
    grown = _scaled(padded, axis, length + 2 * margin, cv2.INTER_LANCZOS4)
    return np.ascontiguousarray(grown[(slice(None),) * axis + (slice(margin, margin + length),)])


def _scaled(image: np.ndarray, axis: int, length: int, method: int) -> np.ndarray:
    height, width = image.shape[:2]
    target = (width, length) if axis == 0 else (length, height)
    if image.ndim == 3 and image.shape[2] > 4:  # more than OpenCV averages at once
        parts = [image[..., c : c + 4] for c in range(0, image.shape[2], 4)]
        return np.concatenate([_scaled(part, axis, length, method) for part in parts], axis=2)
    scaled = cv2.resize(image, target, interpolation=method)
    return scaled.reshape(scaled.shape[:2] + image.shape[2:])  # cv2 drops an axis of one channel
