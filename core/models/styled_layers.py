"""Layers of the decoder that a style changes: convolutions, and residual blocks of them.

Each comes in three forms. With one style at inference, it is folded into the weights. With one style
for each image of a batch, as in training, maps are scaled and shifted. With one style for each region
of an image, styles are mixed at every pixel.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ..networks.layout import REFLECT, Border
from .layers import Conv3x3, Linear, as_maps, as_rows, chunks, product

MAPPED = 256
"""Length of a style as the layers take it."""

_SLOPE = 0.2  # of leaky ReLU on inner channels: with plain ReLU nearly all died early in training


class StyledConv(Conv3x3):
    """3x3 convolution to whose kernel the style adds a mixture of others.

    The added kernels share their outputs' directions (``spread``), so that a mixture of them has a
    low rank and costs little where styles differ from pixel to pixel.

    Parameters
    ----------
    in_channels, out_channels : int
        Channels.
    rank : int
        How many kernels are mixed.
    """

    bias: Tensor

    def __init__(self, in_channels: int, out_channels: int, rank: int) -> None:
        super().__init__(in_channels, out_channels)
        self.gate = Linear(MAPPED, rank)
        self.basis = nn.Parameter(torch.randn(rank, in_channels, 3, 3) / (9 * in_channels) ** 0.5)
        self.spread = nn.Parameter(torch.randn(out_channels, rank) / rank**0.5)
        nn.init.zeros_(self.gate.weight)
        nn.init.zeros_(self.gate.bias)

    def kernel(self, mapped: Tensor) -> Tensor:
        """Return the kernel for a single style.

        Parameters
        ----------
        mapped : (1, 256) float32
            The style.

        Returns
        -------
        (out, in, 3, 3) float32
            The kernel.
        """
        added = product(self.spread * self.gate(mapped), self.basis.flatten(1))
        return self.weight + added.view_as(self.weight)

    def forward(  # type: ignore[override]
        self, x: Tensor, mapped: Tensor, border: Border = REFLECT
    ) -> Tensor:
        """Convolve a batch with a style for each image.

        Parameters
        ----------
        x : (B, in, H, W) float32
            Maps of the images.
        mapped : (B, 256) float32
            The styles.
        border : Border
            The padding.

        Returns
        -------
        (B, out, H, W) float32
            The result.
        """
        if len(mapped) == 1 and not torch.is_grad_enabled():
            return self.convolve(x, self.kernel(mapped), self.bias, border)
        gates = self.gate(mapped)[..., None, None]
        plain, low = self._shared(x, border).split(self.spread.shape, 1)
        return plain + F.conv2d(low * gates, self.spread[..., None, None])

    def by_region(
        self,
        x: Tensor,
        mapped: Tensor,
        weights: Tensor,
        finish: Callable[[Tensor, slice], object],
        border: Border = REFLECT,
    ) -> Tensor:
        """Convolve a single image with a style for each region, mixed at every pixel.

        Parameters
        ----------
        x : (1, in, h, w) float32
            Maps of the image.
        mapped : (K, 256) float32
            The styles.
        weights : (1, K, h, w) float32
            How much each pixel belongs to each region.
        finish : callable
            Gets rows of pixels ``(n, out)`` float32 of the result to change in place, while the
            processor's cache holds them, and the slice of all pixels that they are.
        border : Border
            The padding.

        Returns
        -------
        (1, out, h, w) float32
            The result.
        """
        gates, both, shares = self.gate(mapped), as_rows(self._shared(x, border)), as_rows(weights)
        out = len(self.spread)
        result = both.new_empty(len(both), out)
        for here in chunks(both):
            low = (shares[here] @ gates).mul_(both[here, out:])
            done = torch.addmm(both[here, :out], low, self.spread.t(), out=result[here])
            finish(done, here)
        return as_maps(result, x)

    def _shared(self, x: Tensor, border: Border) -> Tensor:
        """Convolve with what all styles share: the plain kernels, and the basis of those added."""
        kernels = torch.cat([self.weight, self.basis])
        return self.convolve(x, kernels, F.pad(self.bias, (0, len(self.basis))), border)


class StyledBlock(nn.Module):
    """Residual block: modulate, 3x3 to fewer channels, noise, 3x3 back.

    Parameters
    ----------
    channels, inner : int
        Channels outside, and between the convolutions.
    rank : int
        How many kernels each convolution mixes.
    """

    def __init__(self, channels: int, inner: int, rank: int) -> None:
        super().__init__()
        self.modulation = Linear(MAPPED, 2 * channels)
        self.noise_gain = Linear(MAPPED, inner)
        self.first = StyledConv(channels, inner, rank)
        self.second = StyledConv(inner, channels, rank)
        nn.init.zeros_(self.noise_gain.weight)
        nn.init.constant_(self.noise_gain.bias, 0.05)
        nn.init.normal_(self.modulation.weight, std=0.02)
        nn.init.zeros_(self.modulation.bias)
        with torch.no_grad():
            self.second.weight.mul_(0.3)  # start near the identity

    def forward(
        self,
        x: Tensor,
        mapped: Tensor,
        noise: Tensor,
        weights: Tensor | None,
        border: Border = REFLECT,
    ) -> Tensor:
        """Paint at one scale.

        Parameters
        ----------
        x : (B, channels, h, w) float32
            Maps of the images.
        mapped : (B, 256) or (K, 256) float32
            A style for each image, or for each region of a single one.
        noise : (B, 1, h, w) float32
            Standard normal.
        weights : (1, K, h, w) float32 or None
            How much each pixel belongs to each region.
        border : Border
            Padding of the convolutions.

        Returns
        -------
        (B, channels, h, w) float32
            The result, rectified.
        """
        scale, shift = self.modulation(mapped).chunk(2, dim=1)
        gain = self.noise_gain(mapped)
        if weights is not None:
            modulated = affine_by_region(x, 1 + scale, shift, weights)
            return self._by_region(x, modulated, mapped, noise, gain, weights, border)
        if len(mapped) == 1 and not torch.is_grad_enabled():
            kernel = self.first.kernel(mapped)
            bias = self.first.bias + (kernel * shift[0, :, None, None]).sum((1, 2, 3))
            h = self.first.convolve(x, kernel * (1 + scale[0, :, None, None]), bias, border)
            gain = gain[..., None, None]
        else:
            scale, shift, gain = (m[..., None, None] for m in (1 + scale, shift, gain))
            h = self.first(torch.addcmul(shift, x, scale), mapped, border)
        h = F.leaky_relu_(torch.addcmul(h, noise, gain), _SLOPE)
        return F.relu_(self.second(h, mapped, border).add_(x))

    def _by_region(
        self,
        x: Tensor,
        modulated: Tensor,
        mapped: Tensor,
        noise: Tensor,
        gain: Tensor,
        weights: Tensor,
        border: Border,
    ) -> Tensor:
        shares, grain, kept = as_rows(weights), as_rows(noise), as_rows(x)

        def roughen(rows: Tensor, here: slice) -> None:
            F.leaky_relu_(rows.addmm_(shares[here] * grain[here], gain), _SLOPE)

        def add(rows: Tensor, here: slice) -> None:
            F.relu_(rows.add_(kept[here]))

        h = self.first.by_region(modulated, mapped, weights, roughen, border)
        return self.second.by_region(h, mapped, weights, add, border)


def affine_by_region(
    x: Tensor, scale: Tensor, shift: Tensor, weights: Tensor, added: Tensor | None = None
) -> Tensor:
    """Return ``x * scale + shift``, where both are mixed at every pixel by region weights.

    Maps of all scales and shifts would not fit the processor's cache, so rows are taken in parts.

    Parameters
    ----------
    x : (1, C, h, w) float32
        Maps of the image.
    scale, shift : (K, C) float32
        Those of each region.
    weights : (1, K, h, w) float32
        How much each pixel belongs to each region.
    added : (1, C, h, w) float32, optional
        Added to the result.

    Returns
    -------
    (1, C, h, w) float32
        The result.
    """
    rows, shares = as_rows(x), as_rows(weights)
    more = None if added is None else as_rows(added)
    result = torch.empty_like(rows)
    for here in chunks(rows):
        out = torch.mm(shares[here], shift, out=result[here])
        out.addcmul_(rows[here], shares[here] @ scale)
        if more is not None:
            out.add_(more[here])
    return as_maps(result, x)
