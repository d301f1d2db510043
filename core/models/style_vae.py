"""A variational autoencoder of style codes whose prior is a mixture of Gaussians.

A latent stands for a style at every brush scale; encoder and decoder are conditioned on the scale. The
components of the prior are families of styles, so a draw from one is a new member of its family.

References
----------
Kingma and Welling, "Auto-Encoding Variational Bayes", ICLR 2014.
Jiang et al., "Variational Deep Embedding", IJCAI 2017 (mixture prior, and its initialization).
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from ..networks.codes import CODE_LENGTH, DIRECTIONS, QUANTILES
from ..networks.style_vae import FAMILIES, LATENT

_WIDTH = 256
_PALETTE = QUANTILES * len(DIRECTIONS)
_PALETTE_WEIGHT = 3.0  # wrong colors are the most visible error


class StyleVae(nn.Module):
    """The networks between style codes and latents, and the prior of the latents.

    Attributes
    ----------
    code_mean, code_std, code_low, code_high : (CODE_LENGTH,) float32
        Mean, deviation and range of the codes that it was trained on.
    shares : (FAMILIES,) float32
        Logits of the weights of the components.
    means, spreads : (FAMILIES, LATENT) float32
        Means and logarithms of the deviations of the components.
    """

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

    def encode(self, codes: Tensor, zoom: Tensor) -> tuple[Tensor, Tensor]:
        """Return the distribution of the latents of codes.

        Parameters
        ----------
        codes : (B, CODE_LENGTH) float32
            Style codes.
        zoom : (B,) float32
            Base-2 logarithms of their brush scales.

        Returns
        -------
        mean, spread : (B, LATENT) float32
            Mean, and logarithm of the deviation.
        """
        standard = ((codes - self.code_mean) / self.code_std).clamp(-6, 6)
        mean, spread = self.inward(torch.cat([standard, zoom[:, None]], 1)).chunk(2, dim=1)
        return mean, spread.clamp(-5, 2)

    def decode(self, latents: Tensor, zoom: Tensor) -> Tensor:
        """Return the codes of latents.

        Parameters
        ----------
        latents : (B, LATENT) float32
            What to decode.
        zoom : (B,) float32
            Base-2 logarithms of the brush scales.

        Returns
        -------
        (B, CODE_LENGTH) float32
            Clamped to the range of the codes that the network was trained on.
        """
        codes = self.code_mean + self.code_std * self._standard_codes(latents, zoom)
        return torch.minimum(torch.maximum(codes, self.code_low), self.code_high)

    def _standard_codes(self, latents: Tensor, zoom: Tensor) -> Tensor:
        known = torch.cat([latents, zoom[:, None]], 1)
        return self.outward(known) + self.direct(known)

    def family_log_density(self, latents: Tensor) -> Tensor:
        """Return how likely latents belong to each family.

        Parameters
        ----------
        latents : (B, LATENT) float32
            Points of the latent space.

        Returns
        -------
        (B, FAMILIES) float32
            Logarithm of weight times density of each component.
        """
        away = (latents[:, None] - self.means) / self.spreads.exp()
        density = -0.5 * (away.square() + math.log(2 * math.pi)).sum(2) - self.spreads.sum(1)
        return torch.log_softmax(self.shares, 0) + density

    def loss(self, codes: Tensor, zoom: Tensor, weight: float) -> tuple[Tensor, Tensor]:
        """Return the two terms of the evidence lower bound, negated.

        Parameters
        ----------
        codes : (B, CODE_LENGTH) float32
            Style codes.
        zoom : (B,) float32
            Base-2 logarithms of their brush scales.
        weight : float
            Weight that the divergence will have; with 0, latents are their means and not drawn.

        Returns
        -------
        reconstruction, divergence : () float32
            Error of the codes, and divergence of the latents from the prior per number of a code.
        """
        mean, spread = self.encode(codes, zoom)
        drawn = torch.randn_like(mean)
        latents = mean + spread.exp() * drawn if weight else mean
        standard = (codes - self.code_mean) / self.code_std
        error = (self._standard_codes(latents, zoom) - standard).square()
        error = torch.cat([error[:, :-_PALETTE], _PALETTE_WEIGHT * error[:, -_PALETTE:]], 1)
        posterior = (-0.5 * (drawn.square() + math.log(2 * math.pi)) - spread).sum(1)
        prior = self.family_log_density(latents).logsumexp(1)
        divergence = (posterior - prior).mean() / CODE_LENGTH
        return error.mean(), divergence
