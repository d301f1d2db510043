"""Losses of the autoencoder of style codes besides its evidence lower bound."""

from __future__ import annotations

import torch
from torch import Tensor

from ...models.style_vae import StyleVae
from ...networks.style_vae import LATENT

DIVERGENCE_WEIGHT = 0.3
"""Weight of the divergence in the evidence lower bound."""
ROUND_TRIP_WEIGHT = 0.5
"""Weight of :func:`round_trip_loss` relative to the evidence lower bound."""

_LATENT_NOISE = 0.01  # so that neighbors of a style are similar to it


@torch.no_grad()
def replay(known: StyleVae, count: int, zooms: Tensor) -> tuple[Tensor, Tensor]:
    """Draw codes from an autoencoder, on which another one trains so as not to forget them.

    Parameters
    ----------
    known : StyleVae
        The autoencoder to draw from.
    count : int
        Number of codes.
    zooms : (Z,) float32
        Base-2 logarithms of the brush scales to draw at.

    Returns
    -------
    codes : (count, CODE_LENGTH) float32
        Decoded draws from the prior.
    drawn_zooms : (count,) float32
        Logarithms of their brush scales.
    """
    families = torch.multinomial(known.shares.softmax(0), count, True)
    drawn = torch.randn(count, LATENT) * known.spreads[families].exp()
    drawn_zooms = zooms[torch.randint(len(zooms), (count,))]
    return known.decode(known.means[families] + drawn, drawn_zooms), drawn_zooms


def round_trip_loss(vae: StyleVae, styles: Tensor, zooms: Tensor) -> Tensor:
    """Return how far styles are from their reconstructions.

    As when the autoencoder is used, the latent of a style is the mean over its brush scales, and is
    decoded at each of them.

    Parameters
    ----------
    vae : StyleVae
        The autoencoder.
    styles : (S, Z, CODE_LENGTH) float32
        Codes of the styles.
    zooms : (Z,) float32
        Base-2 logarithms of their brush scales.

    Returns
    -------
    () float32
        Mean absolute plus mean squared error, in deviations of the codes.
    """
    count, each = styles.shape[:2]
    codes, every = styles.flatten(0, 1), zooms.repeat(count)
    latents = vae.encode(codes, every)[0].unflatten(0, (count, each)).mean(1)
    latents = latents + _LATENT_NOISE * torch.randn_like(latents)
    error = (vae.decode(latents.repeat_interleave(each, 0), every) - codes) / vae.code_std
    return error.abs().mean() + error.square().mean()
