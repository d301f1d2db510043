"""Losses of the stylizer."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from impasto.core.models.layers import sort_last
from impasto.core.models.texture_loss import gram, gram_distance

STYLE_LAYERS = (("conv1", "fire2"), ("fire3",), ("fire4", "fire5"), ("fire6", "fire7"))
CONTENT_LAYERS = ("fire3", "fire5")
_FLAT = 0.03  # deviation inside a cell, and difference between two, from which they are not flat


def sliced_wasserstein(a: Tensor, b: Tensor, slices: int) -> Tensor:
    """Return the mean absolute difference of sorted random projections of point sets.

    The sets are ``(B, C, N)``, the result ``(B,)``.

    Points are whitened per channel by ``b``'s deviation. Bonneel et al., "Sliced and Radon
    Wasserstein Barycenters of Measures", 2015.
    """
    directions = F.normalize(torch.randn(slices, a.shape[1], device=a.device), dim=1)
    scale = (b.var(dim=2, keepdim=True) + 1e-4 * b.var() + 1e-8).rsqrt()
    pa, pb = (sort_last(directions @ (x * scale)) for x in (a, b))
    return (pa - pb).abs().mean((1, 2)) / a.shape[1] ** 0.25


def _thin(f: Tensor, side: int) -> Tensor:
    """Return every n-th position from a random start, so that about ``side`` squared are left."""
    step = max(1, f.shape[-1] // side)
    top, left = (int(i) for i in torch.randint(step, (2,)))
    return f[..., top::step, left::step]


def style_loss(painted: dict[str, Tensor], style: dict[str, Tensor], slices: int = 12) -> Tensor:
    """Return Gram distance plus sliced Wasserstein, averaged over one layer drawn from each group.

    Neighboring layers are largely redundant; drawing one of them costs half as much as using all.
    """
    total: Tensor | float = 0.0
    for group in STYLE_LAYERS:
        name = group[int(torch.randint(len(group), ()))]
        a, b = painted[name], style[name]
        total = total + gram_distance(*(gram(_thin(x, 48)) for x in (a, b))).mean()
        points = [_thin(x, 28).flatten(2) for x in (a, b)]
        total = total + 0.5 * sliced_wasserstein(*points, slices).mean()
    return total / len(STYLE_LAYERS)


def patch_loss(painted: Tensor, style: Tensor, slices: int = 12, size: int = 7) -> Tensor:
    """Return the sliced Wasserstein distance of ``size`` x ``size`` pixel patches at three scales.

    A random projection of patches is a convolution with a random filter. Elnekave and Weiss,
    "Generating natural images with direct patch distributions matching", ECCV 2022.
    """
    total: Tensor | float = 0.0
    for level in range(3):
        filters = torch.randn(slices, 3, size, size, device=painted.device)
        filters = filters / filters.flatten(1).norm(dim=1).view(-1, 1, 1, 1)
        stride, start = 3 - level, int(torch.randint(3 - level, ()))
        pa, pb = (
            sort_last(F.conv2d(x[..., start:, start:], filters, stride=stride).flatten(2))
            for x in (painted, style)
        )
        total = total + (pa - pb).abs().mean()
        painted, style = F.avg_pool2d(painted, 2), F.avg_pool2d(style, 2)
    return total / 3


def content_loss(painted: dict[str, Tensor], content: dict[str, Tensor]) -> Tensor:
    """Return the mean squared difference of instance-normalized features: structure, not color."""
    total: Tensor | float = 0.0
    for name in CONTENT_LAYERS:
        total = total + F.mse_loss(F.instance_norm(painted[name]), F.instance_norm(content[name]))
    return total / len(CONTENT_LAYERS)


def blotch_loss(painted: Tensor, moved: Tensor, cell: int = 16) -> Tensor:
    """Return how unevenly low frequencies change where the content is flat.

    This is the mean absolute difference of the change between cells at distances one and two,
    weighted by their flatness. Strokes, which are finer than a cell, and uniform changes cost nothing.
    (With cells of 8 pixels, all styles end up with the same small dents.)
    """
    mean = F.avg_pool2d(moved, cell)
    variance = (F.avg_pool2d(moved.square(), cell) - mean.square()).clamp(min=0).mean(1, True)
    flat = 1 / (1 + variance / _FLAT**2)
    change = F.avg_pool2d(painted, cell) - mean
    total: Tensor | float = 0.0
    for axis in (2, 3):
        for apart in (1, 2):
            count = change.shape[axis] - apart
            here, there = (
                (change.narrow(axis, i, count), flat.narrow(axis, i, count)) for i in (0, apart)
            )
            level = (mean.narrow(axis, 0, count) - mean.narrow(axis, apart, count)).square()
            joined = here[1] * there[1] / (1 + level.mean(1, True) / _FLAT**2)
            total = total + (joined * (here[0] - there[0]).abs()).mean()
    return total / 4
