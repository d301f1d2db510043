"""Color transfer: the content's colors are moved to the style's before it is encoded.

This is the optimal linear map between two distributions of color (Monge-Kantorovitch), computed from
the palettes in two style codes: variances along eight directions determine the covariance. The
networks then start from a picture in the colors of the style, and change only its texture.

References
----------
Pitié and Kokaram, "The Linear Monge-Kantorovitch Linear Color Mapping for Example-Based Color
Transfer", CVMP 2007, eq. 18.
"""

from __future__ import annotations

import numpy as np

from ..networks.codes import DIRECTIONS, split_palette

MAX_GAIN = 4.0
"""Largest gain of a color axis: beyond it, noise of an axis with hardly any color becomes color."""

_FLOOR = 1e-4  # variance: a standard deviation of 1/100
_ROWS = 64  # at a time, so that they stay in the processor's cache
_PAIRS = ((0, 0), (1, 1), (2, 2), (0, 1), (1, 2), (0, 2))


def _variances_to_covariance() -> np.ndarray:
    """Return the matrix ``(6, 8)`` from variances along the directions to covariance entries."""
    columns = [DIRECTIONS[:, i] * DIRECTIONS[:, j] * (1 if i == j else 2) for i, j in _PAIRS]
    return np.linalg.pinv(np.float64(np.stack(columns, axis=1)))


_ENTRIES = _variances_to_covariance()
_MEANS = np.linalg.pinv(np.float64(DIRECTIONS))


def color_moments(codes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return mean and covariance of the colors in codes, by least squares over the directions.

    Parameters
    ----------
    codes : (B, CODE_LENGTH) or (B, 64) float32
        Codes or palettes.

    Returns
    -------
    mean : (B, 3) float64
        Mean colors.
    covariance : (B, 3, 3) float64
        Their covariances.
    """
    quantiles = np.float64(split_palette(codes))
    entries = quantiles.var(2) @ _ENTRIES.T
    covariance = np.empty((len(entries), 3, 3))
    for index, (i, j) in enumerate(_PAIRS):
        covariance[:, i, j] = covariance[:, j, i] = entries[:, index]
    return quantiles.mean(2) @ _MEANS.T, covariance


def _power(
    symmetric: np.ndarray, exponent: float, floor: float = 1e-12, ceiling: float = np.inf
) -> np.ndarray:
    """Return a power of symmetric ``(B, 3, 3)`` matrices whose eigenvalues are clipped first."""
    values, vectors = np.linalg.eigh(symmetric)
    raised = values.clip(floor, ceiling) ** exponent
    return (vectors * raised[:, None]) @ vectors.swapaxes(1, 2)


def color_transport(content: np.ndarray, style: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the map from the colors of contents to those of styles.

    Parameters
    ----------
    content, style : (B, CODE_LENGTH) or (B, 64) float32
        Codes or palettes, sRGB-encoded in [0, 1].

    Returns
    -------
    matrix : (B, 3, 3) float32
        Symmetric and positive; no axis is stretched by more than :data:`MAX_GAIN`.
    offset : (B, 3) float32
        Added afterwards.
    """
    (mean, covariance), (goal, wanted) = color_moments(content), color_moments(style)
    root, inverse = (_power(covariance, exponent, _FLOOR) for exponent in (0.5, -0.5))
    wanted = _power(wanted, 1.0, _FLOOR)
    matrix = inverse @ _power(root @ wanted @ root, 0.5) @ inverse
    matrix = _power(matrix, 1.0, 0.0, MAX_GAIN)
    offset = goal - (matrix @ mean[..., None])[..., 0]
    return matrix.astype(np.float32), offset.astype(np.float32)


def move_colors(image: np.ndarray, matrix: np.ndarray, offset: np.ndarray) -> np.ndarray:
    """Apply a color map to an image.

    Parameters
    ----------
    image : (H, W, 3) float32, sRGB-encoded in [0, 1]
        The image.
    matrix : (3, 3) float32
        Its matrix.
    offset : (3,) float32
        Its offset.

    Returns
    -------
    (H, W, 3) float32
        The image in other colors, clipped to [0, 1].
    """
    # cv2.transform adds otherwise on other processors.
    moved = image[..., :1] * matrix[:, 0]
    for channel in (1, 2):
        moved += image[..., channel : channel + 1] * matrix[:, channel]
    moved += offset
    return np.clip(moved, 0, 1, out=moved)


def move_colors_by_region(
    image: np.ndarray, matrix: np.ndarray, offset: np.ndarray, weights: np.ndarray
) -> np.ndarray:
    """Apply a color map for each region to an image, mixed at every pixel.

    Parameters
    ----------
    image : (H, W, 3) float32, sRGB-encoded in [0, 1]
        The image.
    matrix : (K, 3, 3) float32
        The matrix of each region.
    offset : (K, 3) float32
        The offset of each region.
    weights : (K, H, W) float32
        How much each pixel belongs to each region.

    Returns
    -------
    (H, W, 3) float32
        The image in other colors, in [0, 1].
    """
    result = np.zeros(image.shape, np.float32)
    for top in range(0, len(image), _ROWS):
        rows = slice(top, top + _ROWS)
        for one_matrix, one_offset, shares in zip(matrix, offset, weights, strict=True):
            moved = move_colors(image[rows], one_matrix, one_offset)
            moved *= shares[rows, :, None]
            result[rows] += moved
    return result
