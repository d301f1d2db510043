"""A distance between textures along learned directions.

Along random directions most distributions look alike, so that small but visible differences drown.
These directions are trained, step by step, to where the two textures differ most.

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


class MaxSlicedDistance:
    """The distance of pictures from a texture along directions that are trained to separate them.

    Parameters
    ----------
    picture : (1, 3, H, W) float32, sRGB-encoded in [0, 1]
        The texture.
    features : sequence of Tensor
        The encoder's features of it, ``(1, C, h, w)`` float32.
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
        """Return the distance of a batch.

        Parameters
        ----------
        painted : (B, 3, H, W) float32, sRGB-encoded in [0, 1]
            Pictures.
        features : sequence of Tensor
            The encoder's features of them, ``(B, C, h, w)`` float32.

        Returns
        -------
        () float32
            Mean difference of the quantiles along the directions.
        """
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

    def step(self) -> None:
        """Make a step of gradient ascent, after a backward pass through the distance."""
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
