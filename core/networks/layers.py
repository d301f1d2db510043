"""Building blocks shared by the networks."""

from __future__ import annotations

from typing import Literal

import torch
import torch.nn.functional as F
from torch import Tensor, nn

Border = Literal["reflect", "circular"]


class Conv3x3(nn.Conv2d):
    """3x3 convolution whose border rule is chosen when it runs, not when it is built.

    ``reflect`` is what the networks are trained with; ``circular`` makes the result seamless.
    """

    def __init__(self, in_channels: int, out_channels: int, stride: int = 1) -> None:
        super().__init__(in_channels, out_channels, 3, stride=stride)
        self.border: Border | tuple[Border, Border] = "reflect"

    def forward(self, x: Tensor) -> Tensor:
        """Map ``(B, in, H, W)`` to ``(B, out, H / stride, W / stride)`` for even H and W."""
        return self.convolve(x, self.weight, self.bias)

    def convolve(self, x: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:
        """The same convolution with other weights (modulation folds itself into them)."""
        return F.conv2d(pad(x, self.border), weight, bias, self.stride)


def pad(x: Tensor, border: Border | tuple[Border, Border]) -> Tensor:
    """Put one cell around ``(B, C, H, W)``; a pair of rules is for rows and columns."""
    if isinstance(border, tuple):
        rows, columns = border
        return pad_axis(pad_axis(x, rows, (0, 0, 1, 1)), columns, (1, 1, 0, 0))
    return pad_axis(x, border, (1, 1, 1, 1))


def pad_axis(x: Tensor, border: Border, amounts: tuple[int, int, int, int]) -> Tensor:
    """Pad with one rule; a single row or column has no neighbour to reflect, and is repeated."""
    short = (amounts[0] and x.shape[3] < 2) or (amounts[2] and x.shape[2] < 2)
    return F.pad(x, amounts, mode="replicate" if border == "reflect" and short else border)


def set_border(module: nn.Module, border: Border | tuple[Border, Border]) -> None:
    """Choose the border rule of everything in ``module`` that looks past its cell."""
    for child in module.modules():
        if isinstance(child, (Conv3x3, Upsample2x)):
            child.border = border


class Upsample2x(nn.Module):
    """Bilinear upsampling by two that knows a torus when it is on one."""

    def __init__(self) -> None:
        super().__init__()
        self.border: Border | tuple[Border, Border] = "reflect"

    def forward(self, x: Tensor) -> Tensor:
        """Map ``(B, C, H, W)`` to ``(B, C, 2 H, 2 W)``."""
        if "circular" not in (self.border, *self.border):
            return F.interpolate(x, scale_factor=2, mode="bilinear", align_corners=False)
        wide = F.interpolate(pad(x, self.border), scale_factor=2, mode="bilinear", align_corners=False)
        return wide[..., 2:-2, 2:-2]


class Bottleneck(nn.Module):
    """Residual block that squeezes channels before its 3x3 convolution (the fire idea)."""

    def __init__(self, channels: int, squeeze: int) -> None:
        super().__init__()
        self.squeeze = nn.Conv2d(channels, squeeze, 1)
        self.expand = Conv3x3(squeeze, channels)

    def forward(self, x: Tensor) -> Tensor:
        """Return ``(B, channels, H, W)``, rectified."""
        return torch.relu_(self.expand(torch.relu_(self.squeeze(x))) + x)
