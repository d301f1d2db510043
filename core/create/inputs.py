"""Images and weights as the generators take them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..errors import BadRequest

_STRIDE = 16  # sides must be multiples of it, for every network


def enlarged(image: np.ndarray, min_side: int) -> np.ndarray:
    """Return an image extended by reflection where it is too small.

    Parameters
    ----------
    image : (H, W, 3) float32, sRGB-encoded in [0, 1]
        The image.
    min_side : int
        Smallest side of the result.

    Returns
    -------
    (H', W', 3) float32, sRGB-encoded in [0, 1]
        Cut to sides that are multiples of 16.
    """
    missing = [(0, max(0, min_side - side)) for side in image.shape[:2]]
    image = np.pad(image, [*missing, (0, 0)], mode="reflect")
    height, width = (side // _STRIDE * _STRIDE for side in image.shape[:2])
    return np.ascontiguousarray(image[:height, :width])


def windows_of(maps: np.ndarray, side: int) -> np.ndarray:
    """Return all squares of a side, as a view.

    Parameters
    ----------
    maps : (H, W, C) float32, or another dtype
        The maps.
    side : int
        Side of the squares.

    Returns
    -------
    (H - side + 1, W - side + 1, C, side, side) float32, or the other dtype
        The squares, by their first row and column.
    """
    window = np.lib.stride_tricks.sliding_window_view
    return window(maps, (side, side), axis=(0, 1))  # type: ignore[call-overload, no-any-return]


def normalize_mix(mix: Sequence[float], count: int) -> list[float]:
    """Return the weights of all images of a generator.

    Parameters
    ----------
    mix : sequence of float
        Weights of the first images; empty: the first image alone.
    count : int
        Number of images.

    Returns
    -------
    list of float
        One weight for each image; they sum to 1.

    Raises
    ------
    BadRequest
        There are more weights than images, or they are negative or all zero.
    """
    weights = [float(weight) for weight in mix] or [1.0]
    if len(weights) > count or min(weights) < 0 or sum(weights) <= 0:
        raise BadRequest(f"A mix has up to {count} weights, none negative and not all zero.")
    total = sum(weights)
    return [weight / total for weight in weights] + [0.0] * (count - len(weights))
