"""Texture loss: the distance of a painted batch from the texture of a picture.

Two pictures have the same texture if their small patches, of pixels and of encoder features, have
the same distribution. Distributions are compared along random projections, by the mean distance of
sorted values (sliced Wasserstein distance); features also by their Gram matrices. Only the bundled
encoder is needed, so generators can be fitted with this loss on the artist's machine.

References
----------
Gatys et al., "Texture Synthesis Using Convolutional Neural Networks", NeurIPS 2015 (Gram matrices).
Elnekave and Weiss, "Generating natural images with direct patch distributions matching", ECCV 2022.
Heitz et al., "A Sliced Wasserstein Loss for Neural Texture Synthesis", CVPR 2021.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor

from .encoder import Encoder
from .layers import sort_last

_QUANTILES = 256
_SLICES = 24
_PATCHES = 4096  # number that is compared, about
_FEATURE_PATCH, _PIXEL_PATCH = 3, 7
_PIXEL_SCALES = 4
_GRAIN = 0.1
_CHROMA = 2.5  # weight of color differences, relative to brightness
_OPPONENT = torch.tensor([[1.0, 1, 1], [1, 0, -1], [1, -2, 1]])
_OPPONENT = _OPPONENT / _OPPONENT.norm(dim=1, keepdim=True)
_OPPONENT[1:] *= _CHROMA
_SMALLEST = 16  # pixels; below, a scale has too few patches to compare


def gram(features: Tensor) -> Tensor:
    """Return the Gram matrices of feature maps over space.

    Parameters
    ----------
    features : (B, C, H, W) float32
        The maps.

    Returns
    -------
    (B, C, C) float32
        Their Gram matrices, divided by the number of pixels.
    """
    flat = features.flatten(2)
    return flat @ flat.transpose(1, 2) / flat.shape[2]


def gram_distance(a: Tensor, b: Tensor) -> Tensor:
    """Return the squared Frobenius distances of Gram matrices, relative to their energies.

    Being relative, faint textures count as much as strong ones.

    Parameters
    ----------
    a, b : (B, C, C) float32
        Pairs of Gram matrices.

    Returns
    -------
    (B,) float32
        Distances in [0, 1].
    """
    return (a - b).square().sum((1, 2)) / (a.square().sum((1, 2)) + b.square().sum((1, 2)) + 1e-6)


def channel_scales(features: Tensor) -> Tensor:
    """Return the factors that bring all channels to about the same standard deviation.

    Without them, distances would be dominated by the strongest channels.

    Parameters
    ----------
    features : (1, C, H, W) float32
        Features of a picture.

    Returns
    -------
    (C, 1, 1) float32
        The factors.
    """
    return (features.var((0, 2, 3)) + 1e-4 * features.var() + 1e-8).rsqrt()[:, None, None]


def broad_distance(painted: Tensor, moved: Tensor, cell: int = 16) -> Tensor:
    """Return the mean absolute difference of the low frequencies of two batches.

    Statistics of a style do not say where its lights and darks are: without this loss they appear as
    blotches where the content is flat, or as the layout of the style's picture.

    Parameters
    ----------
    painted : (B, 3, H, W) float32, sRGB-encoded in [0, 1]
        The paintings.
    moved : (B, 3, H, W) float32, sRGB-encoded in [0, 1]
        The contents in the style's colors.
    cell : int
        Side in pixels of the cells whose means are compared.

    Returns
    -------
    () float32
        The difference.
    """
    return F.l1_loss(F.avg_pool2d(painted, cell), F.avg_pool2d(moved, cell))


def patch_quantiles(maps: Tensor, kernels: Tensor) -> Tensor:
    """Return quantiles of the projections of all patches of a batch.

    Sorting dominates the cost, so of large maps only patches on a grid are taken, which is at
    another place each time.

    Parameters
    ----------
    maps : (B, C, H, W) float32
        The batch.
    kernels : (slices, C, k, k) float32
        Directions to project on: projecting patches is a convolution.

    Returns
    -------
    (slices, 256) float32
        Quantiles along each direction.
    """
    batch, _, height, width = maps.shape
    size = kernels.shape[2]
    stride = max(1, round((batch * height * width / _PATCHES) ** 0.5))
    offsets = max(1, min(stride, height - size + 1, width - size + 1))
    top, left = torch.randint(offsets, (2,)).tolist()
    values = F.conv2d(maps[..., top:, left:], kernels, stride=stride)
    values = sort_last(values.transpose(0, 1).flatten(1))
    at = (torch.arange(_QUANTILES, device=maps.device) + 0.5) / _QUANTILES * values.shape[1]
    return values[:, at.long()]


def patch_distance(
    painted: Tensor,
    goal: Tensor,
    second: Tensor | None = None,
    *,
    size: int,
    share: float = 0.0,
) -> Tensor:
    """Return the sliced Wasserstein distance of the patches of two batches of maps.

    With two goals, it is the distance from their barycenter: along a line, quantiles of barycenters
    are means of quantiles (Rabin et al., "Wasserstein Barycenter and Its Application to Texture
    Mixing", SSVM 2011).

    Parameters
    ----------
    painted : (B, C, H, W) float32
        The batch.
    goal : (B', C, H', W') float32
        What it should be like.
    second : (B', C, H', W') float32, optional
        Another goal.
    size : int
        Side of the patches.
    share : float
        Weight of the second goal, in [0, 1].

    Returns
    -------
    () float32
        The distance.
    """
    kernels = torch.randn(_SLICES, goal.shape[1], size, size, device=goal.device)
    kernels = kernels / kernels.flatten(1).norm(dim=1)[:, None, None, None]
    wanted = patch_quantiles(goal, kernels)
    if second is not None:
        wanted = torch.lerp(wanted, patch_quantiles(second, kernels), share)
    return (patch_quantiles(painted, kernels) - wanted).abs().mean()


def _opponent(image: Tensor) -> Tensor:
    """Return brightness and two color differences ``(B, 3, H, W)``, weighted by visibility."""
    matrix = _OPPONENT.to(image)
    return torch.einsum("oc,bchw->bohw", matrix, image)


def _grain(image: Tensor) -> Tensor:
    """Return what a 3 x 3 mean removes from ``(B, 3, H, W)``."""
    return image - F.avg_pool2d(F.pad(image, (1, 1, 1, 1), mode="reflect"), 3, stride=1)


class TextureTarget:
    """The texture of a picture, encoded once and compared with many batches.

    Parameters
    ----------
    encoder : Encoder
        The bundled one; it is not trained.
    picture : (1, 3, H, W) float32, sRGB-encoded in [0, 1]
        The picture; sides are multiples of 16.
    """

    def __init__(self, encoder: Encoder, picture: Tensor) -> None:
        self._encoder = encoder
        with torch.no_grad():
            features = encoder(picture)
            self._scales = [channel_scales(f) for f in features]
            self._features = [f * s for f, s in zip(features, self._scales, strict=True)]
            self._grams = [gram(f) for f in features]
        picture = _opponent(picture)
        self._grain = _grain(picture)
        self._grain_scale = 1 / (self._grain.std() + 0.01)
        self._pixels = [picture]
        for _ in range(_PIXEL_SCALES - 1):
            self._pixels.append(F.avg_pool2d(self._pixels[-1], 2))

    def feature_loss(
        self, features: Sequence[Tensor], other: TextureTarget | None = None, share: float = 0.0
    ) -> Tensor:
        """Return the distance of a batch by its features, near 0 for the same texture.

        Parameters
        ----------
        features : sequence of (B, C, H, W) float32
            What the encoder gives for the batch.
        other : TextureTarget, optional
            Another texture: the goal is between both. For the distributions of patches that is
            their barycenter.
        share : float
            Weight of the other texture, in [0, 1].

        Returns
        -------
        () float32
            The distance.
        """
        total = torch.zeros(())
        for level, f in enumerate(features):
            scale, goal, wanted = self._scales[level], [self._features[level]], self._grams[level]
            if other is not None:
                scale = torch.lerp(scale, other._scales[level], share)
                raw = [t._features[level] / t._scales[level] for t in (self, other)]
                goal = [r * scale for r in raw]
                wanted = torch.lerp(wanted, other._grams[level], share)
            total = total + gram_distance(gram(f).mean(0, keepdim=True), wanted).mean()
            total = total + patch_distance(f * scale, *goal, size=_FEATURE_PATCH, share=share)
        return total / len(features)

    def pixel_loss(
        self, painted: Tensor, other: TextureTarget | None = None, share: float = 0.0
    ) -> Tensor:
        """Return the distance of a batch by its pixels at four scales, and by their finest grain.

        Parameters
        ----------
        painted : (B, 3, H, W) float32, sRGB-encoded in [0, 1]
            The batch.
        other : TextureTarget, optional
            Another texture: the goal is between both.
        share : float
            Weight of the other texture, in [0, 1].

        Returns
        -------
        () float32
            The distance.
        """
        painted = _opponent(painted)
        scale = self._grain_scale if other is None else min(self._grain_scale, other._grain_scale)
        grains = [t._grain * scale for t in (self, other) if t is not None]
        grain = patch_distance(_grain(painted) * scale, *grains, size=_FEATURE_PATCH, share=share)
        total, count = _GRAIN * grain, 0
        for level in range(_PIXEL_SCALES):
            goal = [t._pixels[level] for t in (self, other) if t is not None]
            if min(*painted.shape[2:], *(side for g in goal for side in g.shape[2:])) < _SMALLEST:
                break
            total = total + patch_distance(painted, *goal, size=_PIXEL_PATCH, share=share)
            count += 1
            painted = F.avg_pool2d(painted, 2)
        return total / max(1, count)

    def loss(
        self,
        painted: Tensor,
        features: Sequence[Tensor] | None = None,
        *,
        pixels: float = 4.0,
        other: TextureTarget | None = None,
        share: float = 0.0,
    ) -> Tensor:
        """Return the distance of a batch by its features and pixels.

        Parameters
        ----------
        painted : (B, 3, H, W) float32, sRGB-encoded in [0, 1]
            The batch; sides are multiples of 16.
        features : sequence of (B, C, H, W) float32, optional
            What the encoder gives for the batch; encoded here if not given.
        pixels : float
            Weight of the pixels.
        other : TextureTarget, optional
            Another texture: the goal is between both.
        share : float
            Weight of the other texture, in [0, 1].

        Returns
        -------
        () float32
            The distance.
        """
        encoded = self._encoder(painted) if features is None else features
        by_features = self.feature_loss(encoded, other, share)
        return by_features + pixels * self.pixel_loss(painted, other, share)
