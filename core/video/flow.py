"""Optical flow: estimate it, and fetch pixels along it.

A flow is ``(H, W, 2)`` float32 in pixels, x to the right and y down: for each pixel of a frame, how
far the same scene point lies from there in the other frame.

References
----------
Kroeger et al., "Fast Optical Flow using Dense Inverse Search", ECCV 2016 (OpenCV's DIS).
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from itertools import product

import cv2
import numpy as np

LARGEST_SIDE = 1280
"""Longest side in pixels at which motion is estimated; larger frames are shrunk for it."""

_SEARCH_SIDE = 640
"""Longest side in pixels of the search itself: finer pixels lead it astray more often than they help,
and take four times as long."""

_BLOCK = 384
"""Side in pixels of the blocks in which an image is warped: blocks that stand still cost nothing."""


def shrunk_size(size: tuple[int, int], longest: int = LARGEST_SIDE) -> tuple[int, int]:
    """Divide a size by the least whole number that makes it small enough.

    Parameters
    ----------
    size : (width, height)
        In pixels.
    longest : int
        Most pixels along a side.

    Returns
    -------
    (width, height)
        At least 1 pixel each.
    """
    factor = -(-max(size) // longest)
    width, height = size
    return max(1, round(width / factor)), max(1, round(height / factor))


def optical_flow(frame: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Estimate the flow from one frame to another.

    Parameters
    ----------
    frame, other : (H, W, 3) uint8
        sRGB-encoded.

    Returns
    -------
    (H, W, 2) float32
        The flow, at the size of the frames.
    """
    search = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
    height, width = frame.shape[:2]
    size = shrunk_size((width, height), _SEARCH_SIDE)
    first, second = (
        cv2.cvtColor(cv2.resize(f, size, interpolation=cv2.INTER_AREA), cv2.COLOR_RGB2GRAY)
        for f in (frame, other)
    )
    flow = search.calc(first, second, np.zeros((*first.shape, 2), np.float32))
    return _enlarged(flow, width, height)


def warp(image: np.ndarray, flow: np.ndarray) -> np.ndarray:
    """Fetch each pixel from where the flow points.

    Interpolation is bicubic, so that an image that is warped over many frames does not grow soft.

    Parameters
    ----------
    image : (H, W) or (H, W, C) float32
        The image to move.
    flow : (h, w, 2) float32
        Scaled to the image where it has another size.

    Returns
    -------
    (H, W) or (H, W, C) float32
        Where nothing moves, the pixels of ``image`` bit for bit.
    """
    if not flow.any():
        return image
    height, width = image.shape[:2]
    flow, grid = _enlarged(flow, width, height), pixel_grid(width, height)
    result = np.empty_like(image)
    for here in blocks(height, width):
        if flow[here].any():
            sample(image, cv2.add(grid[here], flow[here]), cv2.INTER_CUBIC, result[here])
        else:
            result[here] = image[here]
    return result


def blocks(height: int, width: int) -> Iterator[tuple[slice, slice]]:
    """Split an image into the blocks in which it is warped.

    Parameters
    ----------
    height, width : int
        Of the image, in pixels.

    Yields
    ------
    tuple of slice
        Rows and columns of a block.
    """
    for top, left in product(range(0, height, _BLOCK), range(0, width, _BLOCK)):
        yield slice(top, top + _BLOCK), slice(left, left + _BLOCK)


def flow_targets(
    flow: np.ndarray, shape: tuple[int, ...], method: int = cv2.INTER_LINEAR
) -> np.ndarray:
    """Return the points that a flow leads to from the pixels of an image.

    Parameters
    ----------
    flow : (h, w, 2) float32
        Of any size.
    shape : (H, W, ...)
        Shape of the image.
    method : int
        OpenCV's interpolation with which the flow is enlarged.

    Returns
    -------
    (H, W, 2) float32
        x and y in pixels of the other image.
    """
    height, width = shape[:2]
    return cv2.add(pixel_grid(width, height), _enlarged(flow, width, height, method))


def sample(
    image: np.ndarray,
    points: np.ndarray,
    method: int = cv2.INTER_CUBIC,
    out: np.ndarray | None = None,
) -> np.ndarray:
    """Return the pixels of an image at given points; beyond its border, the nearest ones.

    Parameters
    ----------
    image : (H, W) or (H, W, C) float32 or uint8
        What is sampled.
    points : (h, w, 2) float32
        x and y in pixels.
    method : int
        OpenCV's interpolation.
    out : (h, w) or (h, w, C) float32 or uint8, optional
        Where the result is put.

    Returns
    -------
    (h, w) or (h, w, C) float32 or uint8
        As ``image``.
    """
    nothing = np.empty(0, np.float32)  # one map has both coordinates
    return cv2.remap(image, points, nothing, method, dst=out, borderMode=cv2.BORDER_REPLICATE)


@lru_cache(2)
def pixel_grid(width: int, height: int) -> np.ndarray:
    """Return the coordinates of an image's pixels; do not change them, they are kept.

    Parameters
    ----------
    width, height : int
        Of the image, in pixels.

    Returns
    -------
    (height, width, 2) float32
        x and y.
    """
    x, y = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    return np.dstack([x, y])


def _enlarged(
    flow: np.ndarray, width: int, height: int, method: int = cv2.INTER_LINEAR
) -> np.ndarray:
    """Scale a flow to larger frames."""
    if flow.shape[:2] == (height, width):
        return flow
    scale = np.array([width / flow.shape[1], height / flow.shape[0]], np.float32)
    return cv2.resize(flow * scale, (width, height), interpolation=method)
