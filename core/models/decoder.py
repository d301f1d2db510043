"""The decoder: features of a content image and a style code -> the stylized image.

The style enters in three ways. At each of the encoder's four scales the content's channel statistics
are replaced by the style's (adaptive instance normalization). Inside each block a scale and a shift
per channel are computed from the whole code, and so are kernels that are added to the shared ones,
which turns the same convolutions into different brushes. Seeded noise breaks flat areas into strokes.

At inference with one style, all of it is folded into the weights of the convolutions and costs
nothing.

References
----------
Huang and Belongie, "Arbitrary Style Transfer in Real-time with Adaptive Instance Normalization",
ICCV 2017. Karras et al., "A Style-Based Generator Architecture", CVPR 2019 (noise inputs).
Chandran et al., "Adaptive Convolutions for Structure-Aware Style Transfer", CVPR 2021.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ..networks.codes import CODE_LENGTH
from ..networks.decoder import MAX_GAIN
from ..networks.layout import BLOCK_SCALES, BLOCKS, REFLECT, WIDTHS, Border
from .codes import split_statistics
from .layers import Conv1x1, Conv3x3, Linear, OnLayer, Upsample2x, ignore_layer
from .styled_layers import MAPPED, StyledBlock, affine_by_region


class Decoder(nn.Module):
    """The network that paints: features and codes to pixels."""

    LAYERS = 8
    """How often :meth:`forward` calls ``on_layer``."""

    code_mean: Tensor
    code_std: Tensor

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("code_mean", torch.zeros(CODE_LENGTH))
        self.register_buffer("code_std", torch.ones(CODE_LENGTH))
        self.mapping = nn.Sequential(
            Linear(CODE_LENGTH, MAPPED), nn.SiLU(), Linear(MAPPED, MAPPED), nn.SiLU()
        )
        self.blocks = nn.ModuleList(StyledBlock(*sizes) for sizes in BLOCKS)
        w1, w2, w3, w4 = WIDTHS
        self.narrow = nn.ModuleList((Conv1x1(w4, w3), Conv1x1(w3, w2), Conv1x1(w2, w1)))
        self.upsample = Upsample2x()
        self.to_pixels = Conv3x3(w1, 12)

    def sample_noise(
        self, batch: int, height: int, width: int, generator: torch.Generator | None = None
    ) -> list[Tensor]:
        """Draw the noise that :meth:`forward` takes.

        Parameters
        ----------
        batch : int
            Number of images.
        height, width : int
            Their size in pixels.
        generator : torch.Generator, optional
            The source of randomness.

        Returns
        -------
        list of (B, 1, H / 2**(s + 1), W / 2**(s + 1)) float32
            Standard normal, one for each scale s in :data:`BLOCK_SCALES`.
        """
        sides = [2 ** (s + 1) for s in BLOCK_SCALES]
        return [torch.randn(batch, 1, height // s, width // s, generator=generator) for s in sides]

    def forward(
        self,
        content: Sequence[Tensor],
        statistics: Tensor,
        code: Tensor,
        noise: Sequence[Tensor],
        regions: Sequence[Tensor] | None = None,
        border: Border = REFLECT,
        on_layer: OnLayer = ignore_layer,
    ) -> Tensor:
        """Paint contents whose statistics are given.

        Parameters
        ----------
        content : sequence of (B, C, h, w) float32
            Features of B content images, or of one tile of one.
        statistics : (B, >= 2 * sum(WIDTHS)) float32
            Channel statistics of the *whole* content image (the head of its code).
        code : (B, CODE_LENGTH) float32
            The style.
        noise : sequence of (B, 1, H / 2**(s + 1), W / 2**(s + 1)) float32
            Standard normal, one for each scale s in :data:`BLOCK_SCALES`.
        regions : sequence of (1, K, H / 2**(i + 1), W / 2**(i + 1)) float32, optional
            Four maps of weights that sum to one over K. ``statistics`` and ``code`` then have K
            rows, one for each region of a single image.
        border : Border
            Padding of the convolutions.
        on_layer : callable
            Called :data:`LAYERS` times.

        Returns
        -------
        (B, 3, H, W) float32, sRGB-encoded in [0, 1]
            The paintings.
        """
        mapped = self.mapping((code - self.code_mean) / self.code_std)
        given, wanted = split_statistics(statistics), split_statistics(code)

        def affine(scale: int) -> tuple[Tensor, Tensor]:
            (mean, std), (style_mean, style_std) = given[scale], wanted[scale]
            gain = (style_std / std).clamp(max=MAX_GAIN)
            return gain, style_mean - mean * gain

        def paint(block: int, x: Tensor) -> Tensor:
            weights = None if regions is None else regions[BLOCK_SCALES[block]]
            x = self.blocks[block](x, mapped, noise[block], weights, border)
            on_layer()
            return x

        def rise(level: int, x: Tensor) -> Tensor:
            """Narrow, double the resolution, and add the renormalized content of that scale."""
            gain, shift = affine(2 - level)
            x = self.narrow[level](x)
            on_layer()
            if regions is not None:
                weights, above = regions[2 - level], self.upsample(x, border)
                return affine_by_region(content[2 - level], gain, shift, weights, above)
            # Shifted while small: bilinear upsampling keeps constants.
            x = self.upsample(x + shift[..., None, None], border)
            return torch.addcmul(x, content[2 - level], gain[..., None, None])

        gain, shift = affine(3)
        if regions is None:
            x = torch.addcmul(shift[..., None, None], content[3], gain[..., None, None])
        else:
            x = affine_by_region(content[3], gain, shift, regions[3])
        x = paint(0, x)
        x = paint(2, paint(1, rise(0, x)))
        x = paint(3, rise(1, x))
        x = paint(4, rise(2, x))
        return F.pixel_shuffle(torch.sigmoid(self.to_pixels(x, border)), 2)
