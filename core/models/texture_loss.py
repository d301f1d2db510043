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

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor

from .encoder import Encoder
from .layers import sort_last

_QUANTILES = 256
_SLICES = 24
_PATCHES = 4096  # that are compared, about
_FEATURE_PATCH, _PIXEL_PATCH = 3, 7
_PIXEL_SCALES = 4
_GRAIN = 0.1
_CHROMA = 2.5  # how much more differences of color count than brightness
_OPPONENT = torch.tensor([[1.0, 1, 1], [1, 0, -1], [1, -2, 1]])
_OPPONENT = _OPPONENT / _OPPONENT.norm(dim=1, keepdim=True)
_OPPONENT[1:] *= _CHROMA
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


def channel_scales(features: Tensor) -> Tensor:
    """What brings the channels of a picture's features ``(1, C, H, W)`` to the same spread, or the
    loudest would be all that is seen: ``(C, 1, 1)``."""
    return (features.var((0, 2, 3)) + 1e-4 * features.var() + 1e-8).rsqrt()[:, None, None]


def broad_distance(painted: Tensor, moved: Tensor, cell: int = 16) -> Tensor:
    """Mean absolute difference of broad light and color to the content in the style's colors, both
    ``(B, 3, H, W)``.

    Statistics of a style do not say where its lights and darks are: without this they come as
    blotches where the content is flat, or as the style's own layout.
    """
    return F.l1_loss(F.avg_pool2d(painted, cell), F.avg_pool2d(moved, cell))


def patch_quantiles(maps: Tensor, kernels: Tensor) -> Tensor:
    """Sorted projections of patches of a batch, thinned to ``(slices, 256)``.

    ``maps`` is ``(B, C, H, W)``, ``kernels`` ``(slices, C, k, k)``: projecting patches is a
    convolution. Of large maps only patches on a grid are taken, which lies elsewhere each time:
    sorting is what costs.
    """
    batch, _, height, width = maps.shape
    size = kernels.shape[2]
    stride = max(1, round((batch * height * width / _PATCHES) ** 0.5))
    room = max(1, min(stride, height - size + 1, width - size + 1))
    top, left = torch.randint(room, (2,)).tolist()
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
    """Sliced Wasserstein distance of the ``size`` x ``size`` patches of two batches of maps.

    With a ``second`` goal, from the barycenter of both goals that lies ``share`` of the way to it:
    along a line, quantiles of barycenters are means of quantiles (Rabin et al., "Wasserstein
    Barycenter and Its Application to Texture Mixing", SSVM 2011).
    """
    kernels = torch.randn(_SLICES, goal.shape[1], size, size, device=goal.device)
    kernels = kernels / kernels.flatten(1).norm(dim=1)[:, None, None, None]
    wanted = patch_quantiles(goal, kernels)
    if second is not None:
        wanted = torch.lerp(wanted, patch_quantiles(second, kernels), share)
    return (patch_quantiles(painted, kernels) - wanted).abs().mean()


def _opponent(image: Tensor) -> Tensor:
    """Brightness and two differences of color, which are what is seen first where there should be
    none: ``(B, 3, H, W)``."""
    matrix = _OPPONENT.to(image)
    return torch.einsum("oc,bchw->bohw", matrix, image)


def _grain(image: Tensor) -> Tensor:
    """What a 3 x 3 mean takes away of ``(B, 3, H, W)``."""
    return image - F.avg_pool2d(F.pad(image, (1, 1, 1, 1), mode="reflect"), 3, stride=1)


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
        """Of the encoder's features of a batch: a scalar, near 0 for the same texture.

        With ``other``, the goal lies ``share`` of the way to it: for the distributions of patches
        that is their barycenter.
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
        """Of the pixels ``(B, 3, H, W)`` themselves at four scales, and of their finest grain, which
        is lost among the rest: a scalar."""
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
        """Features and pixels of a batch ``(B, 3, H, W)`` together; sides are multiples of 16.

        ``features`` are those of the batch, where they are at hand.
        """
        seen = self._encoder(painted) if features is None else features
        told = self.feature_loss(seen, other, share)
        return told + pixels * self.pixel_loss(painted, other, share)
