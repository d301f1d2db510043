"""Points along edges, and what textures show at any place."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np


def points_along(ends: np.ndarray, spacing: float) -> tuple[np.ndarray, np.ndarray]:
    """Return points at even distances along edges, at least one in each.

    Parameters
    ----------
    ends : (N, 2) complex
        Starts and ends in pixels.
    spacing : float
        Largest distance of two points in pixels.

    Returns
    -------
    edge : (M,) int64
        The edge of each point.
    share : (M,) float64
        How far along it is.
    """
    count = np.maximum(1, np.ceil(np.abs(ends[:, 1] - ends[:, 0]) / spacing)).astype(np.int64)
    edge = np.repeat(np.arange(len(ends)), count)
    step = np.arange(len(edge)) - np.repeat(np.cumsum(count) - count, count)
    return edge, (step + 0.5) / count[edge]


def sampled(images: Sequence[np.ndarray], page: np.ndarray, place: np.ndarray) -> np.ndarray:
    """Read tiles at places, bilinearly.

    Parameters
    ----------
    images : sequence of (H, W, C) float32
        The tiles.
    page : (N,) int32
        Which one each place is in.
    place : (N,) complex
        In pixels.

    Returns
    -------
    (N, C) float32
        What is there; at the edge of a tile, its last pixels.
    """
    result = np.empty((len(place), images[0].shape[2]), np.float32)
    for index, image in enumerate(images):
        here = np.flatnonzero(page == index)
        if len(here):
            result[here] = _bilinear(image, place[here])
    return result


_ROW = 4096
"""Points in a row of the maps for OpenCV, whose sides are limited."""


def _bilinear(image: np.ndarray, place: np.ndarray) -> np.ndarray:
    count = len(place)
    padded = np.zeros(-(-count // _ROW) * _ROW, np.complex128)
    padded[:count] = place
    x, y = (part.astype(np.float32).reshape(-1, _ROW) for part in (padded.real, padded.imag))
    read = cv2.remap(image, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return read.reshape(len(padded), -1)[:count]
