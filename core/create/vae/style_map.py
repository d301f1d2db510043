"""The map of styles: known styles on a plane, and new styles from any point of it.

Known styles lie on the plane by the two principal axes of their latents. Every other point stands for
a style, too: a weighted mean of the latents of the styles nearby.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from sklearn.decomposition import PCA

from ...control import Failure
from ...errors import BadRequest, ImpastoError
from ...networks.style_vae import FrozenStyleVae, bundled_style_vae
from ...paint.style_reader import StyleReader
from ...styles.catalog import pictured_styles
from ...styles.style import Style
from .latents import encode_codes

AXES = 4
"""Number of principal axes of the prior along which a latent may be moved."""

_SIGNS = np.array([[1], [-1], [1], [1]])  # of the largest number of an axis, as in earlier builds
_RADIUS = 0.07  # distance at which a style has influence, relative to the side of the plane


class StyleMap:
    """Known styles with their latents and their positions on the plane.

    Parameters
    ----------
    vae : FrozenStyleVae
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

    def __init__(self, vae: FrozenStyleVae, styles: Sequence[Style]) -> None:
        if not styles:
            raise BadRequest("A map needs at least one style.")
        self.vae = vae
        self.names = [style.name for style in styles]
        self.latents = np.stack([encode_codes(vae, style.codes) for style in styles])
        self.positions = _positions(self.latents)
        self._axes = _principal_axes(vae)

    def at(self, x: float, y: float) -> np.ndarray:
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
        weights = np.exp(-(squared - squared.min()) / (2 * _RADIUS**2))
        return np.average(self.latents, axis=0, weights=weights).astype(np.float32)

    def draw_from_family(
        self, like: np.ndarray, *, boldness: float = 1.0, seed: int = 0
    ) -> np.ndarray:
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
        return self.vae.draw_from_family(like, np.random.default_rng(seed), boldness)

    def move(self, latent: np.ndarray, offsets: Sequence[float]) -> np.ndarray:
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
        return latent + np.asarray(offsets, np.float32) @ self._axes[: len(offsets)]


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
    return StyleMap(bundled_style_vae(), styles), tuple(failures)


def _principal_axes(vae: FrozenStyleVae) -> np.ndarray:
    """The principal axes ``(AXES, LATENT)`` of the prior, each as long as its deviation."""
    means = vae.means - vae.shares @ vae.means
    variances = vae.shares @ np.exp(2 * vae.spreads)
    covariance = means.T @ (vae.shares[:, None] * means) + np.diag(variances)
    values, vectors = np.linalg.eigh(covariance)
    axes = (vectors * np.sqrt(values)).T[::-1][:AXES]
    largest = np.take_along_axis(axes, np.abs(axes).argmax(1)[:, None], 1)
    return (axes * np.sign(largest) * _SIGNS).astype(np.float32)


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
