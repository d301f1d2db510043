"""The encoder: one small network whose features serve all of Impasto.

It is a student of SqueezeNet 1.1 (see ``training/distill.py``), designed for the memory bandwidth of
CPUs: pixels are unshuffled to half resolution before the first convolution, so no layer with many
channels runs at full resolution.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn.functional import pixel_unshuffle

from ..networks.layout import REFLECT, WIDTHS, Border
from .layers import Bottleneck, Conv3x3, OnLayer, ignore_layer


class Features(NamedTuple):
    """Rectified feature maps of B images.

    Attributes
    ----------
    half, quarter, eighth, sixteenth : (B, WIDTHS[i], H / 2**(i + 1), W / 2**(i + 1)) float32
        Those at each scale i, finest first.
    """

    half: Tensor
    quarter: Tensor
    eighth: Tensor
    sixteenth: Tensor


class Encoder(nn.Module):
    """The network that sees: images to :class:`Features`.

    References
    ----------
    Iandola et al., "SqueezeNet", arXiv:1602.07360 (teacher, and the squeeze in the blocks).
    """

    LAYERS = 7
    """How often :meth:`forward` calls ``on_layer``."""

    def __init__(self) -> None:
        super().__init__()
        w1, w2, w3, w4 = WIDTHS
        self.stem = Conv3x3(12, w1)
        self.down2, self.block2 = Conv3x3(w1, w2, stride=2), Bottleneck(w2, 32)
        self.down3, self.block3 = Conv3x3(w2, w3, stride=2), Bottleneck(w3, 48)
        self.down4, self.block4 = Conv3x3(w3, w4, stride=2), Bottleneck(w4, 64)

    def forward(
        self, image: Tensor, border: Border = REFLECT, on_layer: OnLayer = ignore_layer
    ) -> Features:
        """Encode a batch of images.

        Parameters
        ----------
        image : (B, 3, H, W) float32, sRGB-encoded in [0, 1]
            The images; sides are multiples of 16.
        border : Border
            Padding of the convolutions.
        on_layer : callable
            Called :data:`LAYERS` times.

        Returns
        -------
        Features
            Their features.
        """

        def run(layer: nn.Module, x: Tensor) -> Tensor:
            x = layer(x, border)
            on_layer()
            return x

        half = torch.relu_(run(self.stem, pixel_unshuffle(image * 2 - 1, 2)))
        quarter = run(self.block2, torch.relu_(run(self.down2, half)))
        eighth = run(self.block3, torch.relu_(run(self.down3, quarter)))
        sixteenth = run(self.block4, torch.relu_(run(self.down4, eighth)))
        return Features(half, quarter, eighth, sixteenth)
