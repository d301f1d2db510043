"""The autoencoder of style codes as it is used.

``core/models/style_vae.py`` has the same networks in torch, for fits, and says how they work.
"""

from __future__ import annotations

import math

import numpy as np

from .weights import Weights, bundled, linear, silu

LATENT = 32
"""Length of a latent."""
FAMILIES = 10
"""Number of components of the prior."""


class FrozenStyleVae:
    """The networks between style codes and latents, and the prior of the latents.

    Parameters
    ----------
    weights : mapping of str to ndarray
        Those of ``core.models.style_vae.StyleVae``, such as ``(out, in)`` float32.

    Attributes
    ----------
    weights : mapping of str to ndarray
        As given.
    code_std : (CODE_LENGTH,) float32
        Deviation of the codes that it was trained on.
    means, spreads : (FAMILIES, LATENT) float32
        Means and logarithms of the deviations of the components.
    shares : (FAMILIES,) float32
        Weights of the components; they sum to 1.

    Raises
    ------
    ValueError
        Names or shapes are not those of the bundled weights.
    """

    def __init__(self, weights: Weights) -> None:
        known, found = ({n: w.shape for n, w in x.items()} for x in (bundled("style_vae"), weights))
        if found != known:
            raise ValueError("These are not the weights of an autoencoder of style codes.")
        self.weights = weights
        self.code_std = weights["code_std"]
        self.means, self.spreads = weights["means"], weights["spreads"]
        odds = np.exp(weights["shares"] - weights["shares"].max())
        self.shares = odds / odds.sum()

    def encode(self, codes: np.ndarray, zoom: np.ndarray) -> np.ndarray:
        """Return the means of the latents of codes.

        Parameters
        ----------
        codes : (B, CODE_LENGTH) float32
            Style codes.
        zoom : (B,) float32
            Base-2 logarithms of their brush scales.

        Returns
        -------
        (B, LATENT) float32
            The latents.
        """
        standard = np.clip((codes - self.weights["code_mean"]) / self.code_std, -6, 6)
        return self._layers("inward", np.column_stack((standard, zoom)))[:, :LATENT]

    def decode(self, latents: np.ndarray, zoom: np.ndarray) -> np.ndarray:
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
        known = np.column_stack((latents, zoom))
        standard = self._layers("outward", known) + linear(self.weights, "direct", known)
        codes = self.weights["code_mean"] + self.code_std * standard
        return np.clip(codes, self.weights["code_low"], self.weights["code_high"])

    def family_log_density(self, latents: np.ndarray) -> np.ndarray:
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
        away = (latents[:, None] - self.means) / np.exp(self.spreads)
        density = -0.5 * (np.square(away) + math.log(2 * math.pi)).sum(2) - self.spreads.sum(1)
        return np.log(self.shares) + density

    def draw_from_family(
        self, like: np.ndarray, random: np.random.Generator, boldness: float = 1.0
    ) -> np.ndarray:
        """Draw a latent from the family that another one belongs to.

        Parameters
        ----------
        like : (LATENT,) float32
            A latent of the family.
        random : np.random.Generator
            What it is drawn with.
        boldness : float
            0 gives the family's mean, 1 draws with the family's own spread.

        Returns
        -------
        (LATENT,) float32
            The new latent.
        """
        family = int(self.family_log_density(like[None])[0].argmax())
        drawn = random.standard_normal(LATENT, np.float32)
        return self.means[family] + np.float32(boldness) * np.exp(self.spreads[family]) * drawn

    def _layers(self, name: str, rows: np.ndarray) -> np.ndarray:
        for layer in (0, 2):
            rows = silu(linear(self.weights, f"{name}.{layer}", rows))
        return linear(self.weights, f"{name}.4", rows)


def bundled_style_vae() -> FrozenStyleVae:
    """Return the bundled autoencoder of style codes.

    Returns
    -------
    FrozenStyleVae
        The networks.
    """
    return FrozenStyleVae(bundled("style_vae"))
