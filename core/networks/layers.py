"""Building blocks shared by the networks."""

from __future__ import annotations

from typing import Literal

import torch
import torch.nn.functional as F
from torch import Tensor, nn

Padding = Literal["reflect", "circular", "zeros"]


class Conv3x3(nn.Conv2d):
    """3x3 convolution whose border rule is chosen when it runs, not when it is built.

    ``reflect`` is what the networks are trained with, ``circular`` makes the result seamless, and
    ``zeros`` is for tiles that already carry a halo of real pixels, where it is the fastest.
    """

    def __init__(self, in_channels: int, out_channels: int, stride: int = 1) -> None:
        super().__init__(in_channels, out_channels, 3, stride=stride)
        self.border: Padding = "reflect"

    def forward(self, x: Tensor) -> Tensor:
        """Map ``(B, in, H, W)`` to ``(B, out, H / stride, W / stride)`` for even H and W."""
        if self.border == "zeros":
            return F.conv2d(x, self.weight, self.bias, self.stride, padding=1)
        mode = self.border
        if mode == "reflect" and min(x.shape[-2:]) < 2:
            mode = "replicate"  # reflection needs a neighbour
        return F.conv2d(F.pad(x, (1, 1, 1, 1), mode=mode), self.weight, self.bias, self.stride)


def set_border(module: nn.Module, border: Padding) -> None:
    """Choose the border rule of every :class:`Conv3x3` in ``module``."""
    for child in module.modules():
        if isinstance(child, Conv3x3):
            child.border = border


class Bottleneck(nn.Module):
    """Residual block that squeezes channels before its 3x3 convolution (the fire idea)."""

    def __init__(self, channels: int, squeeze: int) -> None:
        super().__init__()
        self.squeeze = nn.Conv2d(channels, squeeze, 1)
        self.expand = Conv3x3(squeeze, channels)

    def forward(self, x: Tensor) -> Tensor:
        """Return ``(B, channels, H, W)``, rectified."""
        return torch.relu_(self.expand(torch.relu_(self.squeeze(x))) + x)
