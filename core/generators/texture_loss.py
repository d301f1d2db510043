"""Texture loss: how far a painted batch is from the texture of a picture, by the bundled encoder.

Two pictures have the same texture if small patches of them, of pixels and of features, have the
same distribution. Both are compared along random projections, where distributions of equal weight
differ by the mean distance of their sorted values; for features there are Gram matrices besides.
Nothing but the shipped encoder is needed, so it is what generators are fitted with on the artist's
machine.

References
----------
Gatys et al., "Texture Synthesis Using Convolutional Neural Networks", NeurIPS 2015 (Gram matrices).
Elnekave and Weiss, "Generating natural images with direct patch distributions matching", ECCV 2022.
Heitz et al., "A Sliced Wasserstein Loss for Neural Texture Synthesis", CVPR 2021.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from ..networks.encoder import Encoder

_QUANTILES = 256
_SLICES = 24
_FEATURE_PATCH, _PIXEL_PATCH = 3, 7
_PIXEL_SCALES = 4
_SMALLEST = 16  # pixels; below, a scale has too few patches to compare


def gram(features: Tensor) -> Tensor:
    """Gram matrices ``(B, C, C)`` of ``(B, C, H, W)`` over space."""
    flat = features.flatten(2)
    return flat @ flat.transpose(1, 2) / flat.shape[2]


def gram_distance(a: Tensor, b: Tensor) -> Tensor:
    """Squared Frobenius distance of two batches of Gram matrices, each pair in [0, 1]: ``(B,)``.

    Relative to the sum of their energies, so that faint styles count as much as loud ones.
    """
    return (a - b).square().sum((1, 2)) / (a.square().sum((1, 2)) + b.square().sum((1, 2)) + 1e-6)


def patch_quantiles(maps: Tensor, kernels: Tensor, stride: int = 1) -> Tensor:
    """Sorted projections of all patches of a batch, thinned to ``(slices, 256)``.

    ``maps`` is ``(B, C, H, W)``, ``kernels`` ``(slices, C, k, k)``: projecting patches is a
    convolution.
    """
    values = F.conv2d(maps, kernels, stride=stride).transpose(0, 1).flatten(1).sort(dim=1).values
    at = (torch.arange(_QUANTILES, device=maps.device) + 0.5) / _QUANTILES * values.shape[1]
    return values[:, at.long()]


def patch_distance(painted: Tensor, goal: Tensor, size: int, stride: int = 1) -> Tensor:
    """Sliced Wasserstein distance of the ``size`` x ``size`` patches of two batches of maps."""
    kernels = torch.randn(_SLICES, goal.shape[1], size, size, device=goal.device)
    kernels = kernels / kernels.flatten(1).norm(dim=1)[:, None, None, None]
    sides = (patch_quantiles(maps, kernels, stride) for maps in (painted, goal))
    first, second = sides
    return (first - second).abs().mean()


class TextureTarget:
    """The texture of one picture, seen once and compared with many.

    Parameters
    ----------
    encoder : Encoder
        The bundled one; it is not trained.
    picture : (1, 3, H, W) float32, sRGB-encoded in [0, 1]
        Sides are multiples of 16.
    """

    def __init__(self, encoder: Encoder, picture: Tensor) -> None:
        self._encoder = encoder
        with torch.no_grad():
            features = encoder(picture)
            # Channels are brought to the same spread, or the loudest would be all that is seen.
            self._scales = [
                (f.var((0, 2, 3)) + 1e-4 * f.var() + 1e-8).rsqrt()[:, None, None] for f in features
            ]
            self._features = [f * s for f, s in zip(features, self._scales, strict=True)]
            self._grams = [gram(f) for f in features]
        self._pixels = [picture]
        for _ in range(_PIXEL_SCALES - 1):
            self._pixels.append(F.avg_pool2d(self._pixels[-1], 2))

    def feature_loss(self, features: tuple[Tensor, ...]) -> Tensor:
        """Of the encoder's features of a batch: a scalar, near 0 for the same texture."""
        total = torch.zeros(())
        for f, scale, goal, wanted in zip(
            features, self._scales, self._features, self._grams, strict=True
        ):
            total = total + gram_distance(gram(f).mean(0, keepdim=True), wanted).mean()
            total = total + patch_distance(f * scale, goal, _FEATURE_PATCH)
        return total / len(self._features)

    def pixel_loss(self, painted: Tensor) -> Tensor:
        """Of the pixels ``(B, 3, H, W)`` themselves at four scales: a scalar."""
        total, count = torch.zeros(()), 0
        for level, goal in enumerate(self._pixels):
            if min(*painted.shape[2:], *goal.shape[2:]) < _SMALLEST:
                break
            total = total + patch_distance(painted, goal, _PIXEL_PATCH, stride=max(1, 3 - level))
            count += 1
            painted = F.avg_pool2d(painted, 2)
        return total / max(1, count)

    def loss(self, painted: Tensor, *, pixels: float = 4.0) -> Tensor:
        """Features and pixels of a batch ``(B, 3, H, W)`` together; sides are multiples of 16."""
        return self.feature_loss(self._encoder(painted)) + pixels * self.pixel_loss(painted)
