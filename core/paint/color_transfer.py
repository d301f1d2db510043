"""Color transport: the content's colors are moved to the style's before the encoder sees them.

The optimal linear map between two distributions of color (Monge-Kantorovitch), from nothing but
the palettes in two style codes: the variances along eight directions determine the covariance.
With it, the networks start from a picture that already has the range of colors of the style, and
have only the brush to change.

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
"""A color axis that the content hardly uses would turn its noise into color."""

_FLOOR = 1e-4  # variance; a deviation of 1/100
_PIXELS = 16384  # at a time, so that they stay in the processor's cache
_PAIRS = ((0, 0), (1, 1), (2, 2), (0, 1), (1, 2), (0, 2))


def _solve() -> Tensor:
    """``(6, 8)``: variances along the directions -> the six entries of the covariance."""
    columns = [DIRECTIONS[:, i] * DIRECTIONS[:, j] * (1 if i == j else 2) for i, j in _PAIRS]
    return torch.linalg.pinv(torch.stack(columns, dim=1).double())


_ENTRIES = _solve()
_MEANS = torch.linalg.pinv(DIRECTIONS.double())


def color_moments(codes: Tensor) -> tuple[Tensor, Tensor]:
    """Mean ``(B, 3)`` and covariance ``(B, 3, 3)`` of the colors that ``(B, CODE_LENGTH)`` codes
    hold, float64, least squares over the palette's directions."""
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
    """A power of symmetric ``(B, 3, 3)`` matrices, eigenvalues first kept in a range."""
    values, vectors = torch.linalg.eigh(symmetric)
    raised = values.clamp(floor, ceiling) ** exponent
    return (vectors * raised[:, None]) @ vectors.mT


def color_transport(content: Tensor, style: Tensor) -> tuple[Tensor, Tensor]:
    """The map from the colors of one code to those of another, row by row.

    Parameters
    ----------
    content, style : (B, CODE_LENGTH)
        Codes whose palettes are sRGB-encoded in [0, 1].

    Returns
    -------
    matrix : (B, 3, 3) float32
        Symmetric and positive; no axis is stretched by more than :data:`MAX_GAIN`.
    offset : (B, 3) float32
    """
    (mean, covariance), (goal, wanted) = color_moments(content), color_moments(style)
    root, inverse = (_power(covariance, exponent, _FLOOR) for exponent in (0.5, -0.5))
    wanted = _power(wanted, 1.0, _FLOOR)
    matrix = inverse @ _power(root @ wanted @ root, 0.5) @ inverse
    matrix = _power(matrix, 1.0, 0.0, MAX_GAIN)
    offset = goal - (matrix @ mean[..., None])[..., 0]
    return matrix.float(), offset.float()


def move_colors(image: Tensor, matrix: Tensor, offset: Tensor) -> Tensor:
    """Apply maps ``(B, 3, 3)`` and ``(B, 3)`` to ``(B, 3, H, W)`` images; clipped to [0, 1]."""
    moved = torch.einsum("bij,bjhw->bihw", matrix, image)
    return moved.add_(offset[..., None, None]).clamp_(0, 1)


def move_colors_by_region(image: Tensor, matrix: Tensor, offset: Tensor, weights: Tensor) -> Tensor:
    """As :func:`move_colors` with ``(K, 3, 3)`` and ``(K, 3)``, mixed by region weights
    ``(1, K, H, W)`` of a ``(1, 3, H, W)`` image."""
    # Pixel by pixel in memory for all regions at once: what has three columns is slow to multiply.
    result = torch.empty(image.shape, dtype=image.dtype, device=image.device)
    planes, shares, pixels = result[0].flatten(1), weights[0].flatten(1), as_rows(image)
    matrices, offsets = matrix.flatten(0, 1), offset.reshape(-1, 1)
    for first in range(0, len(pixels), _PIXELS):
        here = slice(first, first + _PIXELS)
        moved = torch.addmm(offsets, matrices, pixels[here].t()).clamp_(0, 1)
        weighed = moved.view(len(matrix), 3, -1).mul_(shares[:, None, here])
        torch.sum(weighed, 0, out=planes[:, here])
    return result
