"""A spatial GAN: noise on a torus -> a texture of any size, and critics of its patches.

The generator is fully convolutional and has no statistics of its own, so what it paints at a place
depends on the noise near it alone. Three things go in: noise at four scales; plane waves with the
periods of the pictures it was fitted to, so that what is laid in courses stays in courses; and a
place among materials, which turns the same noise into one material or another. The bundled weights
know many materials by their style codes; a fit starts from there.

References
----------
Jetchev et al., "Texture Synthesis with Spatial Generative Adversarial Networks", 2016.
Bergmann et al., "Learning Texture Manifolds with the Periodic Spatial GAN", ICML 2017.
Sauer et al., "Projected GANs Converge Faster", NeurIPS 2021 (critics on frozen features).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from .codes import CODE_LENGTH
from .encoder import WIDTHS
from .layers import Conv3x3, Upsample2x

STRIDE = 16
"""Sides of what is painted must be multiples of this."""

_NOISE = (16, 8, 8, 4)  # channels at 1/16, 1/8, 1/4 and 1/2 of the size
_WIDTHS = (96, 80, 64, 40)
_PLACE = 128
_CRITIC = 48
_PROMINENT = 12.0  # how far a peak of the spectrum stands out of its ring to count as a period
WAVES = 4
"""Plane waves that a picture may have."""


class Waves(NamedTuple):
    """Plane waves of the pictures: ``vectors (N, K, 2)`` in cycles per pixel (y, x), and how much
    each counts, ``weights (N, K)``."""

    vectors: Tensor
    weights: Tensor


class Generator(nn.Module):
    """Paints ``(B, 3, H, W)``, sRGB-encoded in [0, 1], from :func:`draw_noise`, :func:`wave_maps`
    and a place among materials."""

    code_mean: Tensor
    code_std: Tensor

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("code_mean", torch.zeros(CODE_LENGTH))
        self.register_buffer("code_std", torch.ones(CODE_LENGTH))
        self.mapping = nn.Sequential(
            nn.Linear(CODE_LENGTH, _PLACE), nn.LeakyReLU(0.2), nn.Linear(_PLACE, _PLACE)
        )
        self.first, self.second, self.bend = nn.ModuleList(), nn.ModuleList(), nn.ModuleList()
        inside = 0
        for level, (noise, width) in enumerate(zip(_NOISE, _WIDTHS, strict=True)):
            self.first.append(Conv3x3(inside + noise + 2 * WAVES * (level > 0), width))
            self.second.append(Conv3x3(width, width))
            self.bend.append(nn.Linear(_PLACE, 4 * width))
            inside = width
        self.paint = Conv3x3(inside, 3 + 12)
        self.widen = Upsample2x()

    def place(self, code: Tensor) -> Tensor:
        """Where the material with a style code ``(B, CODE_LENGTH)`` lies: ``(B, 128)``."""
        return self.mapping(((code - self.code_mean) / self.code_std).clamp(-4, 4))

    def forward(self, noise: Sequence[Tensor], waves: Sequence[Tensor], place: Tensor) -> Tensor:
        """Paint. ``waves`` are at 1/8, 1/4 and 1/2 of the size, ``place`` is ``(B, 128)``."""
        x: Tensor | None = None
        for level, own in enumerate(noise):
            parts = [own] if x is None else [self.widen(x), own, waves[level - 1]]
            h = torch.cat(parts, dim=1)
            bends = self.bend[level](place)[..., None, None].chunk(4, dim=1)
            for layer, scale, shift in (
                (self.first[level], *bends[:2]),
                (self.second[level], *bends[2:]),
            ):
                h = F.leaky_relu(layer(h) * (1 + 0.3 * scale) + 0.3 * shift, 0.2)
                h = h * (h.square().mean(1, keepdim=True) + 1e-4).rsqrt()  # by place: no statistics
            x = h
        smooth, fine = self.paint(x).split([3, 12], dim=1)
        return torch.sigmoid(self.widen(smooth) + F.pixel_shuffle(fine, 2))


def find_waves(pictures: Sequence[Tensor]) -> Waves:
    """The strongest periods of each picture, by the peaks of its power spectrum.

    A peak counts if it stands out of the ring of its frequency; one picture may have none.
    """
    vectors = torch.zeros(len(pictures), WAVES, 2)
    weights = torch.zeros(len(pictures), WAVES)
    for index, picture in enumerate(pictures):
        grey = picture[0].mean(0)
        height, width = grey.shape
        taper = torch.hann_window(height)[:, None] * torch.hann_window(width)
        power = torch.fft.rfft2((grey - grey.mean()) * taper).abs().square()
        fy = torch.fft.fftfreq(height)[:, None].expand_as(power)
        fx = torch.fft.rfftfreq(width).expand_as(power)
        radius = torch.hypot(fy, fx)
        ring = (radius * min(height, width)).long()
        sums = torch.zeros(int(ring.max()) + 1).index_add_(0, ring.flatten(), power.flatten())
        counts = torch.bincount(ring.flatten())
        height_over = power / (sums / counts.clamp(min=1))[ring]
        # Between a quarter of the picture and four pixels: what the coarse noise cannot place.
        allowed = (radius * min(height, width) >= 3) & (radius <= 0.2)
        strong = torch.where(allowed & (height_over > _PROMINENT), power, torch.zeros(()))
        for slot in range(WAVES):
            peak = int(strong.argmax())
            if strong.flatten()[peak] <= 0:
                break
            at = torch.stack([fy.flatten()[peak], fx.flatten()[peak]])
            vectors[index, slot], weights[index, slot] = at, 1.0
            near = torch.hypot(fy - at[0], fx - at[1]) * min(height, width) < 3
            strong = torch.where(near, torch.zeros(()), strong)
    return Waves(vectors, weights)


def draw_noise(
    batch: int, height: int, width: int, generator: torch.Generator
) -> tuple[Tensor, ...]:
    """Noise at four scales, coarsest first, each ``(batch, C, H / s, W / s)``."""
    return tuple(
        torch.randn(batch, channels, height // side, width // side, generator=generator)
        for channels, side in zip(_NOISE, (16, 8, 4, 2), strict=True)
    )


def wave_maps(
    waves: Waves, mix: Tensor, height: int, width: int, generator: torch.Generator
) -> tuple[Tensor, ...]:
    """Cosine and sine of every wave at 1/8, 1/4 and 1/2: each ``(B, 2 K, H / s, W / s)``.

    Wave vectors are brought to whole cycles on the canvas, so that the waves close on the torus;
    their phases are random. Between two pictures the waves of one fade out before those of the
    other come in.
    """
    sides = torch.tensor([height, width], dtype=torch.float32)
    cycles = (waves.vectors * sides).round() / sides
    most, which = mix.max(1)
    chosen = cycles[which]
    strength = waves.weights[which] * (2 * most - 1).clamp(min=0)[:, None]
    phase = torch.rand(len(mix), chosen.shape[1], 1, 1, generator=generator)
    maps = []
    for side in (8, 4, 2):
        y = (torch.arange(height // side) + 0.5) * side
        x = (torch.arange(width // side) + 0.5) * side
        turn = chosen[..., 0, None, None] * y[:, None] + chosen[..., 1, None, None] * x + phase
        angle = 2 * torch.pi * turn
        both = torch.stack([angle.cos(), angle.sin()], dim=2) * strength[..., None, None, None]
        maps.append(both.flatten(1, 2))
    return tuple(maps)


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
