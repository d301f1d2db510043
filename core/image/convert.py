"""Convert between the float32 colors of pictures and the numbers that files store."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np

from .alpha import full_alpha
from .color import linear_to_srgb, srgb_to_linear
from .formats import Depth
from .picture import Picture

DTYPES: dict[Depth, type[np.generic]] = {
    "8": np.uint8,
    "16": np.uint16,
    "half": np.float16,
    "float": np.float32,
}
DEPTHS: dict[np.dtype, Depth] = {np.dtype(t): depth for depth, t in DTYPES.items()}

_LARGEST_HALF = 65504.0
_CACHED = 1 << 16  # numbers at a time, to stay within the processor's cache


def to_float(samples: np.ndarray, out: np.ndarray) -> None:
    """Convert stored numbers to float32: integers to [0, 1], floats made finite.

    Not-a-number becomes 0 and infinity the largest half float, as a filter would spread them.

    Parameters
    ----------
    samples : (...) uint8, uint16, float16 or float32
        As a file stores them.
    out : (...) float32
        Where they go; of the same shape.
    """
    if samples.dtype.kind == "f":
        out[...] = samples
        bad = ~np.isfinite(out)
        if bad.any():
            out[bad] = np.nan_to_num(out[bad], nan=0.0, posinf=_LARGEST_HALF, neginf=-_LARGEST_HALF)
    else:
        np.divide(samples, np.float32(full_alpha(samples.dtype)), out=out)


def to_depth(colors: np.ndarray, depth: Depth) -> np.ndarray:
    """Convert colors to numbers to store: integers rounded and clipped, floats made finite.

    Parameters
    ----------
    colors : (H, W) or (H, W, C) float32
        In [0, 1] where ``depth`` is an integer.
    depth : Depth
        How they are stored.

    Returns
    -------
    (H, W) or (H, W, C) uint8, uint16, float16 or float32
        As ``depth`` says.
    """
    dtype = np.dtype(DTYPES[depth])
    if dtype.kind == "f":
        limit = _LARGEST_HALF if depth == "half" else np.finfo(np.float32).max
        return np.nan_to_num(colors).clip(-limit, limit).astype(dtype)
    full = np.float32(full_alpha(dtype))
    result = np.empty(colors.shape, dtype)
    step = max(1, _CACHED * len(colors) // max(1, colors.size))
    for first in range(0, len(colors), step):
        rows = slice(first, first + step)
        levels = np.fmin(np.fmax(colors[rows], 0), 1)  # not-a-number becomes 0
        levels *= full
        result[rows] = np.rint(levels, out=levels)
    return result


def clipped(image: np.ndarray) -> np.ndarray:
    """Clip an image to [0, 1] in place, several times as fast as NumPy.

    Parameters
    ----------
    image : (H, W) or (H, W, C) float32
        Changed.

    Returns
    -------
    (H, W) or (H, W, C) float32
        ``image``.
    """
    cv2.threshold(image, 0, 0, cv2.THRESH_TOZERO, dst=image)
    return cv2.threshold(image, 1, 0, cv2.THRESH_TRUNC, dst=image)[1]


def with_depth(picture: Picture, depth: Depth) -> Picture:
    """Return a picture with another depth.

    Between integers and floats the colors change to the usual encoding (sRGB for integers,
    scene-linear for floats); data stays as it is.

    Parameters
    ----------
    picture : Picture
        Of any depth.
    depth : Depth
        The new one.

    Returns
    -------
    Picture
        ``picture`` itself if it has that depth.
    """
    if depth == picture.depth:
        return picture
    old, new = (np.dtype(DTYPES[d]).kind == "f" for d in (picture.depth, depth))
    color, encoding = picture.color, picture.encoding
    primaries = picture.primaries if old == new else "REC709"
    if old and not new and encoding == "linear":
        color, encoding = linear_to_srgb(color), "srgb"
    elif new and not old and encoding == "srgb":
        color, encoding = srgb_to_linear(color), "linear"
    alpha = picture.alpha
    if alpha is not None:
        share = np.empty(alpha.shape, np.float32)
        to_float(alpha, share)
        alpha = to_depth(share, depth)
    return replace(
        picture, color=color, alpha=alpha, depth=depth, encoding=encoding, primaries=primaries
    )
