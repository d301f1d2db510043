"""Style codes, see ``core/networks/codes.py``, of batches and with gradients, for fits."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn.functional import avg_pool2d

from ..networks import codes
from ..networks.codes import EPSILON, QUANTILES
from ..networks.layout import WIDTHS
from .layers import product, sort_last

DIRECTIONS = torch.from_numpy(codes.DIRECTIONS)
"""Unit directions in RGB on which the palette is sliced, ``(8, 3)``."""


def feature_statistics(features: Sequence[Tensor]) -> Tensor:
    """Return the mean and standard deviation of every channel.

    The deviation is the root of the variance plus an epsilon: the root of zero has no gradient.

    Parameters
    ----------
    features : sequence of (B, C, h, w) float32
        Features of B images.

    Returns
    -------
    (B, 2 * sum(WIDTHS)) float32
        Means and deviations, scale by scale.
    """
    parts = []
    for f in features:
        variance, mean = torch.var_mean(f, dim=(2, 3), correction=0)
        parts += [mean, (variance + EPSILON).sqrt()]
    return torch.cat(parts, dim=1)


def palette(image: Tensor, mask: Tensor | None = None) -> Tensor:
    """Return the sliced color quantiles of images.

    Parameters
    ----------
    image : (B, 3, H, W) float32, sRGB-encoded in [0, 1]
        The images.
    mask : (1, 1, H, W) float32 in [0, 1], optional
        For a single image: pixels below 1/2 are left out, unless all are.

    Returns
    -------
    (B, 64) float32
        Quantiles along each direction of :data:`DIRECTIONS`.
    """
    shrink = max(1, min(image.shape[-2:]) // 96)
    pixels = (avg_pool2d(image, shrink) if shrink > 1 else image).flatten(2)
    if mask is not None:
        kept = (avg_pool2d(mask, shrink) if shrink > 1 else mask).flatten() >= 0.5
        pixels = pixels[..., kept] if kept.any() else pixels
    slices = product(DIRECTIONS.to(image), pixels)
    at = (torch.arange(QUANTILES, device=image.device, dtype=image.dtype) + 0.5) / QUANTILES
    values = sort_last(slices)
    index = (at * (values.shape[2] - 1)).round().long()
    return values[:, :, index].flatten(1)


def style_code(image: Tensor, features: Sequence[Tensor]) -> Tensor:
    """Return the style codes of images.

    Parameters
    ----------
    image : (B, 3, H, W) float32, sRGB-encoded in [0, 1]
        The images.
    features : sequence of (B, C, h, w) float32
        What the encoder gives for them.

    Returns
    -------
    (B, CODE_LENGTH) float32
        The codes.
    """
    return torch.cat((feature_statistics(features), palette(image)), dim=1)


def split_statistics(code: Tensor) -> list[tuple[Tensor, Tensor]]:
    """Return the channel statistics in codes.

    Parameters
    ----------
    code : (B, >= 2 * sum(WIDTHS)) float32
        Codes, or the head of them.

    Returns
    -------
    list of ((B, C), (B, C)) float32
        Means and deviations at each scale, finest first.
    """
    sizes = [w for w in WIDTHS for _ in range(2)]
    parts = code[:, : sum(sizes)].split(sizes, dim=1)
    return [(parts[i], parts[i + 1]) for i in range(0, 2 * len(WIDTHS), 2)]
