"""Keypoints of an image, by which a part of it is found again: blobs, and what surrounds them."""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

import cv2
import numpy as np

COUNT = 72
"""Keypoints of an image, at most."""

DIMENSIONS = 12
"""Numbers that describe a keypoint's surroundings."""

_SIDE = 128
_OCTAVES = 2
_BASE = 1.6
"""Blur of the finest level in pixels of its octave; the next ones are each the root of 2 wider."""

_PATCH = 8
_SPACING = 1.5
"""Samples of a keypoint's surroundings, per side, and their distance in blurs."""

_SHARES = (28, 22, 13, 9)
"""Keypoints of each size, at most; they sum to COUNT."""

_FAINT = 0.05
"""Difference of lightness, in [0, 100], below which a blob is noise."""

_FREQUENCIES = (
    *((0, 1), (1, 0), (1, 1), (0, 2), (2, 0), (1, 2), (2, 1), (2, 2)),
    *((0, 3), (3, 0), (1, 3), (3, 1)),
)


class Keypoints(NamedTuple):
    """Keypoints of N images.

    Attributes
    ----------
    places : (N, COUNT, 2) float32
        x and y, as shares of the window's side.
    levels : (N, COUNT) int64
        Twice the half octave of their size, plus 1 for dark blobs; -1: no keypoint.
    surroundings : (N, COUNT, DIMENSIONS) float32
        Unit vectors.
    """

    places: np.ndarray
    levels: np.ndarray
    surroundings: np.ndarray


def find_keypoints(lightness: np.ndarray) -> np.ndarray:
    """Find the clearest blobs of each size in a square window.

    They are extrema of differences of Gaussians in place and size (Lowe, "Distinctive image features
    from scale-invariant keypoints", 2004). Each is described by the lowest cosine frequencies around.

    Parameters
    ----------
    lightness : (S, S) float32
        CIE lightness in [0, 100].

    Returns
    -------
    (COUNT, 3 + DIMENSIONS) uint8
        x and y in 255ths of the side, level plus 1 (0: no keypoint), surroundings; see :func:`unpack`.
    """
    packed = np.zeros((COUNT, 3 + DIMENSIONS), np.uint8)
    image = cv2.resize(lightness, (_SIDE, _SIDE), interpolation=cv2.INTER_AREA)
    row = 0
    for octave in range(_OCTAVES):
        blurred = _blurs(image, first=octave == 0)
        bands = [finer - coarser for finer, coarser in pairwise(blurred)]
        highest = [cv2.dilate(band, _NEIGHBORS) for band in bands]
        lowest = [cv2.erode(band, _NEIGHBORS) for band in bands]
        for level in (1, 2):
            band = bands[level]
            above = cv2.max(cv2.max(highest[level - 1], highest[level]), highest[level + 1])
            below = cv2.min(cv2.min(lowest[level - 1], lowest[level]), lowest[level + 1])
            peaks = ((band >= above) & (band > _FAINT)) | ((band <= below) & (band < -_FAINT))
            reach = int(2 * _BASE * 2 ** (level / 2))
            peaks[:reach], peaks[-reach:], peaks[:, :reach], peaks[:, -reach:] = (False,) * 4
            ys, xs = np.nonzero(peaks)
            if not len(ys):
                continue
            heights = band[ys, xs]
            best = np.argsort(-np.abs(heights), kind="stable")[: _SHARES[2 * octave + level - 1]]
            ys, xs, heights = ys[best], xs[best], heights[best]
            side = len(band)
            found = slice(row, row + len(best))
            packed[found, 0] = np.rint(255 * (xs + 0.5) / side)
            packed[found, 1] = np.rint(255 * (ys + 0.5) / side)
            packed[found, 2] = 1 + 2 * (2 * octave + level - 1) + (heights < 0)
            around = _surroundings(blurred[level], xs, ys, _BASE * 2 ** (level / 2))
            packed[found, 3:] = np.rint(128 + 127 * around)
            row += len(best)
        image = blurred[2][::2, ::2]
    return packed


def unpack(packed: np.ndarray) -> Keypoints:
    """Return keypoints as numbers.

    Parameters
    ----------
    packed : (N, COUNT, 3 + DIMENSIONS) uint8
        From :func:`find_keypoints`.

    Returns
    -------
    Keypoints
        The same.
    """
    places = packed[..., :2].astype(np.float32) / 255
    levels = packed[..., 2].astype(np.int64) - 1
    around = (packed[..., 3:].astype(np.float32) - 128) / 127
    around /= np.maximum(np.linalg.norm(around, axis=-1, keepdims=True), 1e-6)
    return Keypoints(places, levels, around)


_NEIGHBORS = np.ones((3, 3), np.uint8)


def _blurs(image: np.ndarray, first: bool) -> list[np.ndarray]:
    """Return an octave: blurred by _BASE times 1, 2 ** 0.5, ... 4; the first image is sharp yet."""
    widths = [_BASE * 2 ** (step / 2) for step in range(5)]
    now = 0.5 if first else _BASE
    levels = []
    for width in widths:
        added = np.sqrt(max(width**2 - now**2, 0))
        size = 2 * int(np.ceil(2.5 * added)) + 1
        image = cv2.GaussianBlur(image, (size, size), added) if added > 0.1 else image
        now = width
        levels.append(image)
    return levels


def _surroundings(image: np.ndarray, xs: np.ndarray, ys: np.ndarray, blur: float) -> np.ndarray:
    """Describe what surrounds pixels of a blurred image: ``(K, DIMENSIONS)`` unit vectors."""
    offsets = (np.arange(_PATCH) - (_PATCH - 1) / 2) * _SPACING * blur
    at_y, at_x = np.meshgrid(offsets, offsets, indexing="ij")
    map_x = (xs[:, None] + at_x.ravel()).astype(np.float32)
    map_y = (ys[:, None] + at_y.ravel()).astype(np.float32)
    patches = cv2.remap(image, map_x, map_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101)
    waves = patches @ _waves()
    return waves / np.maximum(np.linalg.norm(waves, axis=1, keepdims=True), 1e-6)


@lru_cache(maxsize=1)
def _waves() -> np.ndarray:
    """Return the cosine waves that patches are described by, ``(_PATCH**2, DIMENSIONS)``."""
    at = (np.arange(_PATCH) + 0.5) * np.pi / _PATCH
    waves = [np.outer(np.cos(v * at), np.cos(u * at)).ravel() for v, u in _FREQUENCIES]
    table = np.stack(waves, 1)
    return (table / np.linalg.norm(table, axis=0)).astype(np.float32)
