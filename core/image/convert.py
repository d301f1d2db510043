"""Between the float32 colors of a picture and the numbers that files store."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np

from .alpha import full_alpha
from .color import linear_to_srgb, srgb_to_linear
from .picture import Depth, Encoding, Picture

DTYPES: dict[Depth, type[np.generic]] = {
    "8": np.uint8,
    "16": np.uint16,
    "half": np.float16,
    "float": np.float32,
}
DEPTHS: dict[np.dtype, Depth] = {np.dtype(t): depth for depth, t in DTYPES.items()}

_LARGEST_HALF = 65504.0
_CACHED = 1 << 16  # numbers at a time, so that the processor's cache holds them


def to_float(samples: np.ndarray, out: np.ndarray) -> None:
    """Stored numbers as float32 into ``out`` of their shape: integers to [0, 1], floats made finite.

    Not-a-number becomes 0 and infinity the largest half float: a filter would spread them.
    """
    if samples.dtype.kind == "f":
        out[...] = samples
        bad = ~np.isfinite(out)
        if bad.any():
            out[bad] = np.nan_to_num(out[bad], nan=0.0, posinf=_LARGEST_HALF, neginf=-_LARGEST_HALF)
    else:
        np.divide(samples, np.float32(full_alpha(samples.dtype)), out=out)


def to_depth(colors: np.ndarray, depth: Depth) -> np.ndarray:
    """Float32 ``(H, W)`` or ``(H, W, C)`` as numbers to store: integers rounded and clipped, floats
    made finite."""
    dtype = np.dtype(DTYPES[depth])
    if dtype.kind == "f":
        limit = _LARGEST_HALF if depth == "half" else np.finfo(np.float32).max
        return np.nan_to_num(colors).clip(-limit, limit).astype(dtype)
    full = np.float32(full_alpha(dtype))
    result = np.empty(colors.shape, dtype)
    step = max(1, _CACHED * len(colors) // max(1, colors.size))
    for first in range(0, len(colors), step):
        rows = slice(first, first + step)
        levels = np.fmin(np.fmax(colors[rows], 0), 1)  # what is no number becomes 0
        levels *= full
        result[rows] = np.rint(levels, out=levels)
    return result


def clipped(image: np.ndarray) -> np.ndarray:
    """A float32 image clipped to [0, 1], in place, several times as fast as NumPy."""
    cv2.threshold(image, 0, 0, cv2.THRESH_TOZERO, dst=image)
    return cv2.threshold(image, 1, 0, cv2.THRESH_TRUNC, dst=image)[1]


def with_depth(picture: Picture, depth: Depth) -> Picture:
    """The picture as another depth stores it.

    Between integers and floats the colors change to the encoding that is usual there (sRGB in
    integers, scene-linear in floats); data stays what it is.
    """
    if depth == picture.depth:
        return picture
    old, new = (np.dtype(DTYPES[d]).kind == "f" for d in (picture.depth, depth))
    color, encoding = picture.color, picture.encoding
    if old and not new and encoding == "linear":
        color, encoding = linear_to_srgb(color), "srgb"
    elif new and not old and encoding == "srgb":
        color, encoding = srgb_to_linear(color), "linear"
    alpha = picture.alpha
    if alpha is not None:
        share = np.empty(alpha.shape, np.float32)
        to_float(alpha, share)
        alpha = to_depth(share, depth)
    return replace(picture, color=color, alpha=alpha, depth=depth, encoding=encoding)


def encoding_of(color_space: str, depth: Depth) -> Encoding:
    """What Blender's name of a color space means for the numbers.

    Empty: sRGB for integers, scene-linear for floats. Camera and view spaces (Filmic Log, AgX Base
    sRGB, ...) count as display colors.
    """
    name = color_space.lower()
    if not name:
        return "srgb" if depth in ("8", "16") else "linear"
    if any(part in name for part in ("non-colo", "noncolo", "raw", "data")):
        return "data"
    if any(part in name for part in ("linear", "acescg", "aces2065", "xyz")):
        return "linear"
    return "srgb"
