"""Relief: tangent-space normals of a height map, and a picture lit by them."""

from __future__ import annotations

import cv2
import numpy as np

DEPTH = 0.012
"""Height of the thickest paint of normal strokes, as a share of the picture's short side."""

_BAND = 64  # rows at once


def normal_map(
    height: np.ndarray, depth: float, wrap: bool = False, *, integers: bool = False
) -> np.ndarray:
    """Return the normals of a height map in tangent space, y up, as Blender and OpenGL take them.

    Parameters
    ----------
    height : (H, W) float32 in [0, 1]
        The heights; the first row is the top of the picture.
    depth : float
        Height of 1, in pixels.
    wrap : bool
        Whether the map tiles.
    integers : bool
        Return 16-bit integers, in little memory.

    Returns
    -------
    (H, W, 3) float32 in [0, 1] or uint16
        Normals, encoded as (n + 1) / 2.
    """
    normals = np.empty((*height.shape, 3), np.uint16 if integers else np.float32)
    for top in range(0, len(height), _BAND):
        band = np.arange(top - 1, min(top + _BAND, len(height)) + 1)
        band = band % len(height) if wrap else band.clip(0, len(height) - 1)
        padded = np.pad(height[band], ((0, 0), (1, 1)), mode="wrap" if wrap else "edge")
        rows = _normals(padded, np.float32(depth))
        normals[top : top + _BAND] = to_16_bit(rows) if integers else rows
    return normals


def _normals(padded: np.ndarray, depth: np.float32) -> np.ndarray:
    """Return the encoded normals of some rows, which have a border of one pixel."""
    # Sobel's kernels add up to 8 for a slope of 1 pixel.
    dx = cv2.Sobel(padded, cv2.CV_32F, 1, 0)[1:-1, 1:-1] * (depth / 8)
    dy = cv2.Sobel(padded, cv2.CV_32F, 0, 1)[1:-1, 1:-1] * (depth / 8)
    half = np.float32(0.5) / np.sqrt(dx * dx + dy * dy + 1)
    middle = np.float32(0.5)
    return cv2.merge((middle - dx * half, middle + dy * half, middle + half))


def to_16_bit(values: np.ndarray) -> np.ndarray:
    """Return values in [0, 1] as 16-bit integers, in little memory.

    Parameters
    ----------
    values : (H, W) or (H, W, C) float32 in [0, 1]
        Heights or normals.

    Returns
    -------
    (H, W) or (H, W, C) uint16
        The integers.
    """
    result = np.empty(values.shape, np.uint16)
    for top in range(0, len(values), _BAND):
        rows = slice(top, top + _BAND)
        level = np.clip(values[rows], 0, 1)
        level *= np.float32(65535)
        level += np.float32(0.5)
        result[rows] = level
    return result


def light(color: np.ndarray, normals: np.ndarray, gloss: float = 0.12) -> np.ndarray:
    """Return a picture lit from the upper left, for sheets and thumbnails.

    Parameters
    ----------
    color : (H, W, 3) float32, sRGB-encoded in [0, 1]
        The picture.
    normals : (H, W, 3) float32 in [0, 1]
        Its normals, see :func:`normal_map`.
    gloss : float
        Strength of the highlights.

    Returns
    -------
    (H, W, 3) float32, sRGB-encoded in [0, 1]
        The lit picture; a flat surface keeps its colors.
    """
    normal = normals * 2 - 1
    sun = np.array([-0.45, 0.5, 0.74], np.float32)
    sun /= np.linalg.norm(sun)
    half = sun + np.array([0, 0, 1], np.float32)
    half /= np.linalg.norm(half)
    diffuse = (normal @ sun) / sun[2]
    shine = np.clip(normal @ half, 0, 1) ** 48 - half[2] ** 48
    shaded = color * (0.45 + 0.55 * diffuse[..., None]) + np.float32(gloss) * shine[..., None]
    return np.clip(shaded, 0, 1)
