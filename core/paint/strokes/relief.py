"""Relief: tangent-space normals of a height map, and a picture lit by them."""

from __future__ import annotations

import cv2
import numpy as np

DEPTH = 0.012
"""Height of the thickest paint of normal strokes, as a share of the picture's short side."""


def normal_map(height: np.ndarray, depth: float, wrap: bool = False) -> np.ndarray:
    """Return the normals of a height map in tangent space, y up, as Blender and OpenGL take them.

    Parameters
    ----------
    height : (H, W) float32 in [0, 1]
        The heights; the first row is the top of the picture.
    depth : float
        Height of 1, in pixels.
    wrap : bool
        Whether the map tiles.

    Returns
    -------
    (H, W, 3) float32 in [0, 1]
        Normals, encoded as (n + 1) / 2.
    """
    padded = np.pad(height, 1, mode="wrap" if wrap else "edge")
    # Sobel's kernels add up to 8 for a slope of 1 pixel.
    dx = cv2.Sobel(padded, cv2.CV_32F, 1, 0)[1:-1, 1:-1] * np.float32(depth / 8)
    dy = cv2.Sobel(padded, cv2.CV_32F, 0, 1)[1:-1, 1:-1] * np.float32(depth / 8)
    normal = np.stack((-dx, dy, np.ones_like(dx)), axis=2)
    normal /= np.linalg.norm(normal, axis=2, keepdims=True)
    return normal * np.float32(0.5) + np.float32(0.5)


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
