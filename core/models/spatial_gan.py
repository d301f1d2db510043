"""A spatial GAN: a generator of textures of any size on a torus, and critics of their patches.

The generator turns a coarse layout, a draft and noise into a texture. It is fully convolutional and
uses no global statistics, so a pixel depends on its neighborhood alone. A layout has, for every
4 x 4 pixels, their mean color and contrast; the draft is a picture assembled for it, with visible
joints; an embedding selects the material, or a mixture of materials. The network learns the
difference from the draft, which is zero at first.

References
----------
Jetchev et al., "Texture Synthesis with Spatial Generative Adversarial Networks", 2016.
Shaham et al., "SinGAN", ICCV 2019 (coarse to fine, with a reconstruction loss).
Sauer et al., "Projected GANs Converge Faster", NeurIPS 2021 (critics on frozen features).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ..networks import spatial_gan as sizes
from ..networks.layout import REFLECT, WIDTHS, Border
from .layers import Conv3x3, Upsample2x

_CRITIC = 48


class Generator(nn.Module):
    """The network that paints textures."""

    def __init__(self) -> None:
        super().__init__()
        self.layers, self.bends = nn.ModuleList(), nn.ModuleList()
        inside = sizes.LAYOUT
        for noise, width in zip(sizes.NOISE, sizes.WIDTHS, strict=True):
            inside += sizes.DRAFT if self.layers else 0
            self.layers.append(
                nn.ModuleList([Conv3x3(inside + noise, width), Conv3x3(width, width)])
            )
            self.bends.append(nn.Linear(sizes.EMBEDDING, 4 * width))
            inside = width
        self.middle = Conv3x3(sizes.WIDTHS[0], sizes.WIDTHS[0])
        self.paint = Conv3x3(inside, 12)
        self.widen = Upsample2x()
        for part in self.paint.parameters():
            nn.init.zeros_(part)

    def forward(
        self,
        layout: Tensor,
        draft: Tensor,
        noise: Sequence[Tensor],
        embedding: Tensor,
        border: Border = REFLECT,
    ) -> Tensor:
        """Paint a batch of textures.

        Parameters
        ----------
        layout : (B, 4, H / 4, W / 4) float32
            See :func:`~core.networks.spatial_gan.layout_of`.
        draft : (B, 3, H, W) float32, sRGB-encoded in [0, 1]
            Pictures assembled for the layouts.
        noise : sequence of Tensor
            Two tensors ``(B, C, H / s, W / s)`` float32; see
            :func:`~core.networks.spatial_gan.draw_noise`.
        embedding : (B, 16) float32
            Materials to paint.
        border : Border, optional
            Padding along rows and columns.

        Returns
        -------
        (B, 3, H, W) float32
            sRGB-encoded, roughly in [0, 1].
        """
        x = layout * 2 - 1
        for level, added in enumerate(noise):
            if level:
                x = torch.cat([self.widen(x, border), F.pixel_unshuffle(draft * 2 - 1, 2)], dim=1)
            x = torch.cat([x, added], dim=1)
            bends = self.bends[level](embedding)[..., None, None].chunk(4, dim=1)
            for layer, scale, shift in zip(
                cast(nn.ModuleList, self.layers[level]), bends[::2], bends[1::2], strict=True
            ):
                x = F.leaky_relu(layer(x, border) * (1 + 0.3 * scale) + 0.3 * shift, 0.2)
            if level == 0:
                x = x + F.leaky_relu(self.middle(x, border), 0.2)
        return draft + F.pixel_shuffle(self.paint(x, border), 2)


class Critics(nn.Module):
    """Critics of patches: one head on the pixels, and one on each scale of features but the finest.

    Parameters
    ----------
    pictures : int
        Number of pictures, which condition the heads (projection discriminator).
    """

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
        self.projections = nn.Parameter(torch.zeros(len(self.features) + 1, pictures, _CRITIC))
        self.judge = nn.ModuleList(nn.Conv2d(_CRITIC, 1, 1) for _ in range(len(self.features) + 1))

    def forward(self, picture: Tensor, features: Sequence[Tensor], mix: Tensor) -> list[Tensor]:
        """Judge a batch of pictures.

        Parameters
        ----------
        picture : (B, 3, H, W) float32, sRGB-encoded in [0, 1]
            What is judged.
        features : sequence of Tensor
            The encoder's features of it, ``(B, C, H / s, W / s)`` float32 for s = 4, 8 and 16, scaled.
        mix : (B, N) float32
            Weights of the pictures that each is judged as.

        Returns
        -------
        list of Tensor
            Logits ``(B, 1, h, w)`` float32 of each head; large is real.
        """
        hidden = [self.pixels(F.pixel_unshuffle(picture * 2 - 1, 2))]
        hidden += [head(f) for head, f in zip(self.features, features, strict=True)]
        return [
            judge(h) + ((mix @ projection)[..., None, None] * h).sum(1, keepdim=True)
            for judge, projection, h in zip(self.judge, self.projections, hidden, strict=True)
        ]
