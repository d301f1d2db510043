"""Style codes: a style as one flat vector, and the statistics it is made of.

A code consists of channel means and standard deviations of the encoder's four feature maps, followed
by sliced quantiles of the colors: quantile functions of the pixels' projections on fixed directions.
Such a palette can be averaged, since the mean of quantile functions is the Wasserstein barycenter in
one dimension. All parts can be averaged, so a blend of codes is a blend of styles.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn.functional import avg_pool2d

from .encoder import WIDTHS, Features
from .layers import as_rows, chunks, product, sort_last

QUANTILES = 8
_DIRECTIONS = torch.tensor(
    [[1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 1, 1], [1, -1, 0], [0, 1, -1], [1, 0, -1], [1, -2, 1]],
    dtype=torch.float32,
)
DIRECTIONS = _DIRECTIONS / _DIRECTIONS.norm(dim=1, keepdim=True)
"""Unit directions in RGB on which the palette is sliced, ``(8, 3)``."""

CODE_LENGTH = 2 * sum(WIDTHS) + QUANTILES * len(DIRECTIONS)
EPSILON = 1e-5
"""Added to variances before their root."""


def feature_statistics(features: Features) -> Tensor:
    """Return the mean and standard deviation of every channel.

    The deviation is the root of the variance plus an epsilon: the root of zero has no gradient.

    Parameters
    ----------
    features : Features
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


def style_code(image: Tensor, features: Features) -> Tensor:
    """Return the style codes of images.

    Parameters
    ----------
    image : (B, 3, H, W) float32, sRGB-encoded in [0, 1]
        The images.
    features : Features
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


def split_palette(code: Tensor) -> Tensor:
    """Return the palette in codes.

    Parameters
    ----------
    code : (B, CODE_LENGTH) or (B, 64) float32
        Codes or palettes.

    Returns
    -------
    (B, 8, QUANTILES) float32
        Color quantiles along :data:`DIRECTIONS`.
    """
    return code[:, -len(DIRECTIONS) * QUANTILES :].unflatten(1, (len(DIRECTIONS), QUANTILES))


class FeatureSums:
    """Channel statistics accumulated over tiles, for the whole image or for each of its regions.

    Sums are kept in double precision, so that the order of the tiles does not show.

    Parameters
    ----------
    regions : int
        Number of regions.
    """

    def __init__(self, regions: int = 1) -> None:
        self._count = [torch.zeros(regions, 1, dtype=torch.float64) for _ in WIDTHS]
        self._sum = [torch.zeros(regions, w, dtype=torch.float64) for w in WIDTHS]
        self._square = [torch.zeros(regions, w, dtype=torch.float64) for w in WIDTHS]

    def add(self, cores: Sequence[Tensor], weights: Sequence[Tensor] | None = None) -> None:
        """Add one tile.

        Parameters
        ----------
        cores : sequence of (1, C, h, w) float32
            Features of the tile without its halo, finest first.
        weights : sequence of (1, K, h, w) float32, optional
            Weights of the regions at the same scales.
        """
        for i, core in enumerate(cores):
            # Rows of channels: reductions over (2, 3) are ten times slower.
            rows = as_rows(core)
            if weights is None:
                count = torch.full((1, 1), len(rows))
                first, second = rows.sum(0, keepdim=True), rows.square().sum(0, keepdim=True)
            else:
                w = weights[i][0].flatten(1).to(rows)
                count = w.sum(1, keepdim=True)
                first = second = count.new_zeros(())
                for here in chunks(rows):
                    part, share = rows[here], w[:, here]
                    first = first + product(share, part)
                    second = second + product(share, part.square())
            for total, part in ((self._count, count), (self._sum, first), (self._square, second)):
                total[i] += part.double().cpu()

    def statistics(self) -> Tensor:
        """Return means and deviations, as :func:`feature_statistics` does.

        Returns
        -------
        (K, 2 * sum(WIDTHS)) float32
            Those of each region.
        """
        parts = []
        for count, first, second in zip(self._count, self._sum, self._square, strict=True):
            mean = first / count.clamp(min=1e-9)
            variance = (second / count.clamp(min=1e-9) - mean.square()).clamp(min=0)
            parts += [mean, (variance + EPSILON).sqrt()]
        return torch.cat(parts, dim=1).float()
