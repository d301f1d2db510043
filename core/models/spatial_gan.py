"""A spatial GAN: a coarse layout, a draft and noise on a torus -> a texture of any size, and critics
of its patches.

The generator is fully convolutional and has no statistics of its own, so what it paints at a place
depends on what is near it alone. A layout says, for every 4 x 4 pixels, their mean color and how
much they differ; the draft is what was put together for it, joints and all; a place among materials
turns the same into one material or another. What is learned is the difference from the draft, which
is nothing at first.

References
----------
Jetchev et al., "Texture Synthesis with Spatial Generative Adversarial Networks", 2016.
Shaham et al., "SinGAN", ICCV 2019 (finer from coarser, and a reconstruction that anchors it).
Sauer et al., "Projected GANs Converge Faster", NeurIPS 2021 (critics on frozen features).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from .encoder import WIDTHS
from .layers import Conv3x3, Upsample2x

STRIDE = 16
"""Sides of what is painted must be multiples of this."""
CELL = 4
"""Pixels to a side of a cell of a layout."""
LAYOUT = 4
"""Numbers in a cell: mean color, and the deviation of brightness."""

_NOISE = (8, 4)  # channels at 1/4 and 1/2 of the size
_WIDTHS = (48, 40)
_DRAFT = 12  # channels at 1/2 of the size
PLACE = 16
"""Numbers that say where a material lies among others."""
_CRITIC = 48


class Generator(nn.Module):
    """Paints ``(B, 3, H, W)``, sRGB-encoded, about in [0, 1]."""

    def __init__(self) -> None:
        super().__init__()
        self.layers, self.bends = nn.ModuleList(), nn.ModuleList()
        inside = LAYOUT
        for noise, width in zip(_NOISE, _WIDTHS, strict=True):
            inside += _DRAFT if self.layers else 0
            self.layers.append(
                nn.ModuleList([Conv3x3(inside + noise, width), Conv3x3(width, width)])
            )
            self.bends.append(nn.Linear(PLACE, 4 * width))
            inside = width
        self.middle = Conv3x3(_WIDTHS[0], _WIDTHS[0])
        self.paint = Conv3x3(inside, 12)
        self.widen = Upsample2x()
        for part in self.paint.parameters():
            nn.init.zeros_(part)

    def forward(
        self, layout: Tensor, draft: Tensor, noise: Sequence[Tensor], place: Tensor
    ) -> Tensor:
        """Paint a layout ``(B, 4, H / 4, W / 4)`` and its draft ``(B, 3, H, W)`` in [0, 1] with
        :func:`draw_noise` at a place ``(B, 16)``."""
        x = layout * 2 - 1
        for level, own in enumerate(noise):
            if level:
                x = torch.cat([self.widen(x), F.pixel_unshuffle(draft * 2 - 1, 2)], dim=1)
            x = torch.cat([x, own], dim=1)
            bends = self.bends[level](place)[..., None, None].chunk(4, dim=1)
            for layer, scale, shift in zip(
                cast(nn.ModuleList, self.layers[level]), bends[::2], bends[1::2], strict=True
            ):
                x = F.leaky_relu(layer(x) * (1 + 0.3 * scale) + 0.3 * shift, 0.2)
            if level == 0:
                x = x + F.leaky_relu(self.middle(x), 0.2)
        return draft + F.pixel_shuffle(self.paint(x), 2)


def layout_of(picture: Tensor) -> Tensor:
    """The layout ``(B, 4, H / 4, W / 4)`` of a picture ``(B, 3, H, W)``."""
    mean = F.avg_pool2d(picture, CELL)
    gray = picture.mean(1, keepdim=True)
    variance = F.avg_pool2d(gray.square(), CELL) - F.avg_pool2d(gray, CELL).square()
    return torch.cat([mean, 2 * (variance.clamp(min=0) + 1e-5).sqrt()], dim=1)


def draw_noise(
    batch: int, height: int, width: int, generator: torch.Generator
) -> tuple[Tensor, ...]:
    """Noise at two scales, coarser first, each ``(batch, C, H / s, W / s)``."""
    return tuple(
        torch.randn(batch, channels, height // side, width // side, generator=generator)
        for channels, side in zip(_NOISE, (4, 2), strict=True)
    )


class Critics(nn.Module):
    """Judge patches: one head on the pixels and one on each of the encoder's features but the
    finest. Each gives logits ``(B, 1, h, w)``, for the picture that ``mix (B, N)`` names."""

    def __init__(self, pictures: int) -> None:
        super().__init__()
        self.pixels = nn.Sequential(
            Conv3x3(12, 32), nn.LeakyReLU(0.2), Conv3x3(32, _CRITIC, stride=2), nn.LeakyReLU(0.2)
        )
        self.features = nn.ModuleList(
            nn.Sequential(
                nn.Conv2d(width, _CRITIC, 1),
                nn.LeakyReLU(0.2),
                Conv3x3(_CRITIC, _CRITIC),
                nn.LeakyReLU(0.2),
            )
            for width in WIDTHS[1:]
        )
        self.wanted = nn.Parameter(torch.zeros(len(self.features) + 1, pictures, _CRITIC))
        self.judge = nn.ModuleList(nn.Conv2d(_CRITIC, 1, 1) for _ in range(len(self.features) + 1))

    def forward(self, picture: Tensor, features: Sequence[Tensor], mix: Tensor) -> list[Tensor]:
        """Judge ``(B, 3, H, W)`` and its (scaled) features at 1/4, 1/8 and 1/16."""
        hidden = [self.pixels(F.pixel_unshuffle(picture * 2 - 1, 2))]
        hidden += [head(f) for head, f in zip(self.features, features, strict=True)]
        return [
            judge(h) + ((mix @ wanted)[..., None, None] * h).sum(1, keepdim=True)
            for judge, wanted, h in zip(self.judge, self.wanted, hidden, strict=True)
        ]
