"""The map of styles: places to wander, families to draw from, ways between looks.

Known styles lie on a plane by the two main axes of their latents. A place on it is a look, too: the
mean of the latents of the styles around it, the nearer the more.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from sklearn.decomposition import PCA
from torch import Tensor

from ...errors import BadRequest
from ...models.loading import load_style_vae
from ...models.style_vae import LATENT, StyleVae
from ...paint.style_reader import StyleBook
from ...styles.catalog import builtin_styles
from ...styles.style import ZOOMS, Style

AXES = 4
"""Axes along which a latent may be moved: the main ones of the prior."""

_REACH = 0.07  # of the plane's side: how far a style is felt


def map_of(styles: StyleBook, own: Sequence[str]) -> StyleMap:
    """Return the map of the built-in styles and the artist's own, which are named by their files.

    Raises
    ------
    StyleUnreadable
        One of them cannot be read.
    """
    sources = [info.identifier for info in builtin_styles()] + list(own)
    return StyleMap(load_style_vae(), [styles.resolve_source(source) for source in sources])


class StyleMap:
    """Styles at their places.

    Parameters
    ----------
    vae : StyleVae
    styles : sequence of Style
        At least one.
    """

    def __init__(self, vae: StyleVae, styles: Sequence[Style]) -> None:
        if not styles:
            raise BadRequest("A map needs at least one style.")
        self.vae = vae
        self.names = [style.name for style in styles]
        self.latents = torch.stack([latent_of(vae, style.codes) for style in styles])
        self.places = _places(self.latents.numpy())
        spread = torch.randn(4096, LATENT, generator=torch.Generator().manual_seed(0))
        family = torch.multinomial(
            vae.shares.softmax(0), 4096, True, generator=torch.Generator().manual_seed(1)
        )
        prior = vae.means[family] + vae.spreads[family].exp() * spread
        axes = PCA(AXES, random_state=0).fit(prior.numpy())
        self._axes = torch.from_numpy(
            (axes.components_ * np.sqrt(axes.explained_variance_)[:, None]).astype(np.float32)
        )

    def at(self, x: float, y: float) -> Tensor:
        """The latent ``(LATENT,)`` at a place; x to the right and y down, both in [0, 1]."""
        away = ((self.places - np.array([x, y], np.float32)) ** 2).sum(1)
        weights = np.exp(-(away - away.min()) / (2 * _REACH**2)).astype(np.float32)
        return torch.from_numpy(weights / weights.sum()) @ self.latents

    def surprise(self, like: Tensor, *, boldness: float = 1.0, seed: int = 0) -> Tensor:
        """A draw from the family of a latent; ``boldness`` 0 gives the family's mean."""
        family = int(self.vae.family_log_odds(like[None])[0].argmax())
        drawn = torch.randn(LATENT, generator=torch.Generator().manual_seed(seed))
        return self.vae.means[family] + boldness * self.vae.spreads[family].exp() * drawn

    def moved(self, latent: Tensor, offsets: Sequence[float]) -> Tensor:
        """A latent moved along the main axes, in deviations of the prior."""
        if len(offsets) > AXES:
            raise BadRequest(f"There are {AXES} axes.")
        return latent + torch.tensor(list(offsets)) @ self._axes[: len(offsets)]


def latent_of(vae: StyleVae, codes: np.ndarray) -> Tensor:
    """The latent ``(LATENT,)`` of a style's codes ``(len(ZOOMS), CODE_LENGTH)``."""
    return vae.encode(torch.from_numpy(codes), zoom_logarithms())[0].mean(0)


def codes_of(vae: StyleVae, latent: Tensor) -> np.ndarray:
    """The codes ``(len(ZOOMS), CODE_LENGTH)`` float32 of a latent at every brush scale."""
    return vae.decode(latent.expand(len(ZOOMS), -1), zoom_logarithms()).numpy()


def zoom_logarithms() -> Tensor:
    """Base 2, of every brush scale that a style has a code for: ``(len(ZOOMS),)``."""
    return torch.from_numpy(np.log2(np.array(ZOOMS, np.float32)))


def _places(latents: np.ndarray) -> np.ndarray:
    """``(N, 2)`` float32 in [0, 1]: the two main axes, half by rank, so that no corner is
    crowded."""
    count = len(latents)
    if count < 3:
        return np.array([[(i + 1) / (count + 1), 0.5] for i in range(count)], np.float32)
    flat = PCA(2, random_state=0).fit_transform(latents)
    ranks = flat.argsort(0, kind="stable").argsort(0, kind="stable") / (count - 1)
    span = np.maximum(np.ptp(flat, axis=0), 1e-9)
    return (0.05 + 0.9 * (0.5 * (flat - flat.min(0)) / span + 0.5 * ranks)).astype(np.float32)
