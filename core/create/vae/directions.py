"""Directions along which a texture is still told from what is painted.

Along random directions most distributions look alike, and small differences that the eye sees at
once drown. These turn, step by step, to where the two differ most.

References
----------
Deshpande et al., "Max-Sliced Wasserstein Distance and its Use for GANs", CVPR 2019.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ...models.texture_loss import channel_scales, patch_quantiles

_COUNT = 16
_LEVELS = 3  # of features, and of pixels
_PATCHES = (3, 7)  # sides of patches of features, and of pixels
_RATE = 4e-3


class Directions:
    """Kernels that learn to tell patches of a picture ``(1, 3, H, W)`` from painted ones.

    ``features`` are the encoder's, of the picture.
    """

    def __init__(self, picture: Tensor, features: Sequence[Tensor]) -> None:
        self._scales = [channel_scales(f) for f in features[:_LEVELS]]
        self._goals = self._maps(picture, features)
        sides = [_PATCHES[0]] * _LEVELS + [_PATCHES[1]] * _LEVELS
        self._kernels = [
            nn.Parameter(torch.randn(_COUNT, goal.shape[1], side, side))
            for goal, side in zip(self._goals, sides, strict=True)
        ]
        self._optimizer = torch.optim.Adam(self._kernels, lr=_RATE, betas=(0.5, 0.99))

    def distance(self, painted: Tensor, features: Sequence[Tensor]) -> Tensor:
        """Of a painted batch ``(B, 3, H, W)`` and its features: a scalar."""
        with torch.no_grad():
            for kernel in self._kernels:
                kernel.div_(kernel.flatten(1).norm(dim=1)[:, None, None, None])
        distances = [
            (patch_quantiles(maps, kernel) - patch_quantiles(goal, kernel)).abs().mean()
            for maps, goal, kernel in zip(
                self._maps(painted, features), self._goals, self._kernels, strict=True
            )
        ]
        return torch.stack(distances).mean()

    def turn(self) -> None:
        """Go up the gradient that the distance was given by a backward pass."""
        for kernel in self._kernels:
            if kernel.grad is not None:
                kernel.grad.neg_()
        self._optimizer.step()
        self._optimizer.zero_grad(set_to_none=True)

    def _maps(self, picture: Tensor, features: Sequence[Tensor]) -> list[Tensor]:
        maps = [f * scale for f, scale in zip(features[:_LEVELS], self._scales, strict=True)]
        for level in range(_LEVELS):
            maps.append(F.avg_pool2d(picture, 2**level) if level else picture)
        return maps
