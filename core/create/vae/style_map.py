"""The map of styles: known styles on a plane, and new styles from any point of it.

Known styles lie on the plane by the two principal axes of their latents. Every other point stands for
a style, too: a weighted mean of the latents of the styles nearby.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from sklearn.decomposition import PCA
from torch import Tensor

from ...control import Failure
from ...errors import BadRequest, ImpastoError
from ...models.loading import load_style_vae
from ...models.style_vae import LATENT, StyleVae
from ...paint.style_reader import StyleReader
from ...styles.catalog import pictured_styles
from ...styles.style import Style
from .latents import encode_codes

AXES = 4
"""Number of principal axes of the prior along which a latent may be moved."""

_RADIUS = 0.07  # distance at which a style has influence, relative to the side of the plane
_DRAWS = 4096  # from the prior, for its principal axes


class StyleMap:
    """Known styles with their latents and their positions on the plane.

    Parameters
    ----------
    vae : StyleVae
        The networks.
    styles : sequence of Style
        At least one.

    Attributes
    ----------
    names : list of str
        Names of the styles.
    latents : (N, LATENT) float32
        Their latents.
    positions : (N, 2) float32
        Where they are: x to the right and y down, in [0, 1].

    Raises
    ------
    BadRequest
        There are no styles.
    """

    def __init__(self, vae: StyleVae, styles: Sequence[Style]) -> None:
        if not styles:
            raise BadRequest("A map needs at least one style.")
        self.vae = vae
        self.names = [style.name for style in styles]
        self.latents = torch.stack([encode_codes(vae, style.codes) for style in styles])
        self.positions = _positions(self.latents.numpy())
        self._axes = _principal_axes(vae)

    def at(self, x: float, y: float) -> Tensor:
        """Return the latent at a position.

        Parameters
        ----------
        x, y : float
            To the right and down, in [0, 1].

        Returns
        -------
        (LATENT,) float32
            A mean of the styles' latents, weighted by their distance.
        """
        squared = ((self.positions - np.array([x, y], np.float32)) ** 2).sum(1)
        weights = np.exp(-(squared - squared.min()) / (2 * _RADIUS**2)).astype(np.float32)
        return torch.from_numpy(weights / weights.sum()) @ self.latents

    def draw_from_family(self, like: Tensor, *, boldness: float = 1.0, seed: int = 0) -> Tensor:
        """Draw a latent from the family that another one belongs to.

        Parameters
        ----------
        like : (LATENT,) float32
            A latent of the family.
        boldness : float, optional
            0 gives the family's mean, 1 draws with the family's own spread.
        seed : int, optional
            Another seed gives another latent.

        Returns
        -------
        (LATENT,) float32
            The new latent.
        """
        family = int(self.vae.family_log_density(like[None])[0].argmax())
        drawn = torch.randn(LATENT, generator=torch.Generator().manual_seed(seed))
        return self.vae.means[family] + boldness * self.vae.spreads[family].exp() * drawn

    def move(self, latent: Tensor, offsets: Sequence[float]) -> Tensor:
        """Return a latent moved along the principal axes of the prior.

        Parameters
        ----------
        latent : (LATENT,) float32
            Where to start.
        offsets : sequence of float
            At most :data:`AXES`, in deviations of the prior.

        Returns
        -------
        (LATENT,) float32
            The moved latent.

        Raises
        ------
        BadRequest
            There are more offsets than axes.
        """
        if len(offsets) > AXES:
            raise BadRequest(f"There are {AXES} axes.")
        return latent + torch.tensor(list(offsets)) @ self._axes[: len(offsets)]


def build_style_map(
    reader: StyleReader, own_styles: Sequence[str]
) -> tuple[StyleMap, tuple[Failure, ...]]:
    """Return the map of the built-in styles and of styles of the artist that can be read.

    Parameters
    ----------
    reader : StyleReader
        Reads the styles.
    own_styles : sequence of str
        Style files or images of the artist.

    Returns
    -------
    style_map : StyleMap
        With the built-in styles first.
    failures : tuple of Failure
        The artist's styles that cannot be read, by their sources.
    """
    styles, failures = [], []
    for source in [info.identifier for info in pictured_styles()] + list(own_styles):
        try:
            styles.append(reader.resolve_source(source))
        except ImpastoError as error:
            failures.append(Failure(source, str(error)))
    return StyleMap(load_style_vae(), styles), tuple(failures)


def _principal_axes(vae: StyleVae) -> Tensor:
    """The principal axes ``(AXES, LATENT)`` of the prior, each as long as its deviation."""
    drawn = torch.randn(_DRAWS, LATENT, generator=torch.Generator().manual_seed(0))
    family = torch.multinomial(
        vae.shares.softmax(0), _DRAWS, True, generator=torch.Generator().manual_seed(1)
    )
    prior = vae.means[family] + vae.spreads[family].exp() * drawn
    axes = PCA(AXES, random_state=0).fit(prior.numpy())
    lengths = np.sqrt(axes.explained_variance_)[:, None]
    return torch.from_numpy((axes.components_ * lengths).astype(np.float32))


def _positions(latents: np.ndarray) -> np.ndarray:
    """Positions ``(N, 2)`` float32 in [0, 1] by the two principal axes, half by value and half by
    rank, so that no corner is crowded."""
    count = len(latents)
    if count < 3:
        return np.array([[(i + 1) / (count + 1), 0.5] for i in range(count)], np.float32)
    flat = PCA(2, random_state=0).fit_transform(latents)
    ranks = flat.argsort(0, kind="stable").argsort(0, kind="stable") / (count - 1)
    span = np.maximum(np.ptp(flat, axis=0), 1e-9)
    return (0.05 + 0.9 * (0.5 * (flat - flat.min(0)) / span + 0.5 * ranks)).astype(np.float32)
