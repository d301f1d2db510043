"""A variational autoencoder of style codes whose prior is a mixture: the space of looks, made small.

A latent says which look it is, whatever the brush scale; encoder and decoder are told the scale. The
components of the prior are the families of looks, so a draw from one is a new member of its family.

References
----------
Kingma and Welling, "Auto-Encoding Variational Bayes", ICLR 2014.
Jiang et al., "Variational Deep Embedding", IJCAI 2017 (mixture prior, and how to begin).
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from .codes import CODE_LENGTH, DIRECTIONS, QUANTILES

LATENT = 32
"""Length of a latent."""
FAMILIES = 10
"""Components of the prior."""

_WIDTH = 256
_PALETTE = QUANTILES * len(DIRECTIONS)
_PALETTE_WEIGHT = 3.0  # wrong colors are seen first


class StyleVae(nn.Module):
    """Style codes ``(B, CODE_LENGTH)`` with the logarithm (base 2) of their zoom ``(B,)`` to latents
    ``(B, LATENT)`` and back."""

    code_mean: Tensor
    code_std: Tensor
    code_low: Tensor
    code_high: Tensor

    def __init__(self) -> None:
        super().__init__()
        for name, value in (("mean", 0.0), ("std", 1.0), ("low", -1e3), ("high", 1e3)):
            self.register_buffer(f"code_{name}", torch.full((CODE_LENGTH,), value))
        self.inward = nn.Sequential(
            nn.Linear(CODE_LENGTH + 1, _WIDTH),
            nn.SiLU(),
            nn.Linear(_WIDTH, _WIDTH),
            nn.SiLU(),
            nn.Linear(_WIDTH, 2 * LATENT),
        )
        self.outward = nn.Sequential(
            nn.Linear(LATENT + 1, _WIDTH),
            nn.SiLU(),
            nn.Linear(_WIDTH, _WIDTH),
            nn.SiLU(),
            nn.Linear(_WIDTH, CODE_LENGTH),
        )
        self.direct = nn.Linear(LATENT + 1, CODE_LENGTH)
        self.shares = nn.Parameter(torch.zeros(FAMILIES))
        self.means = nn.Parameter(torch.randn(FAMILIES, LATENT))
        self.spreads = nn.Parameter(torch.zeros(FAMILIES, LATENT))

    def fit_range(self, codes: Tensor) -> None:
        """Learn center, spread and range from codes ``(N, CODE_LENGTH)``."""
        self.code_mean.copy_(codes.mean(0))
        self.code_std.copy_(codes.std(0) + 0.02)
        room = 0.05 * (codes.amax(0) - codes.amin(0))
        self.code_low.copy_(codes.amin(0) - room)
        self.code_high.copy_(codes.amax(0) + room)

    def encode(self, codes: Tensor, zoom: Tensor) -> tuple[Tensor, Tensor]:
        """Mean and log deviation of the latents, each ``(B, LATENT)``."""
        even = ((codes - self.code_mean) / self.code_std).clamp(-6, 6)
        mean, spread = self.inward(torch.cat([even, zoom[:, None]], 1)).chunk(2, dim=1)
        return mean, spread.clamp(-5, 2)

    def decode(self, latents: Tensor, zoom: Tensor) -> Tensor:
        """Codes of latents at a zoom; no number leaves the range of the known."""
        codes = self.code_mean + self.code_std * self._even(latents, zoom)
        return torch.minimum(torch.maximum(codes, self.code_low), self.code_high)

    def _even(self, latents: Tensor, zoom: Tensor) -> Tensor:
        known = torch.cat([latents, zoom[:, None]], 1)
        return self.outward(known) + self.direct(known)

    def family_log_odds(self, latents: Tensor) -> Tensor:
        """Log of share times density of each family at latents: ``(B, FAMILIES)``."""
        away = (latents[:, None] - self.means) / self.spreads.exp()
        density = -0.5 * (away.square() + math.log(2 * math.pi)).sum(2) - self.spreads.sum(1)
        return torch.log_softmax(self.shares, 0) + density

    def loss(self, codes: Tensor, zoom: Tensor, weight: float) -> tuple[Tensor, Tensor]:
        """Reconstruction, and divergence of the latents from the prior (both scalars, by number).

        ``weight`` is the divergence's in what is minimized; with 0, latents are not drawn.
        """
        mean, spread = self.encode(codes, zoom)
        drawn = torch.randn_like(mean)
        latents = mean + spread.exp() * drawn if weight else mean
        even = (codes - self.code_mean) / self.code_std
        apart = (self._even(latents, zoom) - even).square()
        apart = torch.cat([apart[:, :-_PALETTE], _PALETTE_WEIGHT * apart[:, -_PALETTE:]], 1)
        own = (-0.5 * (drawn.square() + math.log(2 * math.pi)) - spread).sum(1)
        divergence = (own - self.family_log_odds(latents).logsumexp(1)).mean() / CODE_LENGTH
        return apart.mean(), divergence
