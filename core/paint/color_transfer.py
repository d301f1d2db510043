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

import torch
from torch import Tensor

from ..models.codes import DIRECTIONS, split_palette
from ..models.layers import as_rows

MAX_GAIN = 4.0
"""Largest gain of a color axis: beyond it, noise of an axis with hardly any color becomes color."""

_FLOOR = 1e-4  # variance: a standard deviation of 1/100
_PIXELS = 16384  # number at a time, so that they stay in the processor's cache
_PAIRS = ((0, 0), (1, 1), (2, 2), (0, 1), (1, 2), (0, 2))


def _variances_to_covariance() -> Tensor:
    """Return the matrix ``(6, 8)`` from variances along the directions to covariance entries."""
    columns = [DIRECTIONS[:, i] * DIRECTIONS[:, j] * (1 if i == j else 2) for i, j in _PAIRS]
    return torch.linalg.pinv(torch.stack(columns, dim=1).double())


_ENTRIES = _variances_to_covariance()
_MEANS = torch.linalg.pinv(DIRECTIONS.double())


def color_moments(codes: Tensor) -> tuple[Tensor, Tensor]:
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
    quantiles = split_palette(codes).double()
    variance, mean = torch.var_mean(quantiles, dim=2, correction=0)
    entries = variance @ _ENTRIES.to(variance).t()
    covariance = entries.new_empty(len(entries), 3, 3)
    for index, (i, j) in enumerate(_PAIRS):
        covariance[:, i, j] = covariance[:, j, i] = entries[:, index]
    return mean @ _MEANS.to(mean).t(), covariance


def _power(
    symmetric: Tensor, exponent: float, floor: float = 1e-12, ceiling: float = float("inf")
) -> Tensor:
    """Return a power of symmetric ``(B, 3, 3)`` matrices whose eigenvalues are clipped first."""
    values, vectors = torch.linalg.eigh(symmetric)
    raised = values.clamp(floor, ceiling) ** exponent
    return (vectors * raised[:, None]) @ vectors.mT


def color_transport(content: Tensor, style: Tensor) -> tuple[Tensor, Tensor]:
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
    return matrix.float(), offset.float()


def move_colors(image: Tensor, matrix: Tensor, offset: Tensor) -> Tensor:
    """Apply color maps to images.

    Parameters
    ----------
    image : (B, 3, H, W) float32, sRGB-encoded in [0, 1]
        The images.
    matrix : (B, 3, 3) float32
        Their matrices.
    offset : (B, 3) float32
        Their offsets.

    Returns
    -------
    (B, 3, H, W) float32
        The images in other colors, clipped to [0, 1].
    """
    moved = torch.einsum("bij,bjhw->bihw", matrix, image)
    return moved.add_(offset[..., None, None]).clamp_(0, 1)


def move_colors_by_region(image: Tensor, matrix: Tensor, offset: Tensor, weights: Tensor) -> Tensor:
    """Apply a color map for each region to an image, mixed at every pixel.

    Parameters
    ----------
    image : (1, 3, H, W) float32, sRGB-encoded in [0, 1]
        The image.
    matrix : (K, 3, 3) float32
        The matrix of each region.
    offset : (K, 3) float32
        The offset of each region.
    weights : (1, K, H, W) float32
        How much each pixel belongs to each region.

    Returns
    -------
    (1, 3, H, W) float32
        The image in other colors, in [0, 1].
    """
    # One product for all regions: products with matrices of three columns are slow.
    result = torch.empty(image.shape, dtype=image.dtype, device=image.device)
    planes, shares, pixels = result[0].flatten(1), weights[0].flatten(1), as_rows(image)
    matrices, offsets = matrix.flatten(0, 1), offset.reshape(-1, 1)
    for first in range(0, len(pixels), _PIXELS):
        here = slice(first, first + _PIXELS)
        moved = torch.addmm(offsets, matrices, pixels[here].t()).clamp_(0, 1)
        weighed = moved.view(len(matrix), 3, -1).mul_(shares[:, None, here])
        torch.sum(weighed, 0, out=planes[:, here])
    return result
