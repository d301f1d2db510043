"""A fitted VAE: the textures of a group, painted in new styles that are related to the group's own."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ...control import SILENT, Control
from ...image.resize import resize
from ...networks.layout import STRIDE
from ...networks.style_vae import LATENT, FrozenStyleVae
from ...networks.weights import bundled
from ...paint.engine import PaintJob
from ...paint.session import session
from ...styles.style import ZOOMS
from ...tensor_file import Array
from ..inputs import normalize_mix
from ..interface import Model, check_networks
from .latents import decode_latent

_FARTHEST = 1e3
"""Coordinate of a latent."""


class StyleInventor(Model):
    """A fitted VAE.

    Parameters
    ----------
    vae : FrozenStyleVae
        The networks.
    latents : (N, LATENT) float32
        Latents of the images' styles.
    content : (H, W, 3) float32, sRGB-encoded in [0, 1]
        What samples are painted on.
    recipe : dict
        See :class:`~core.create.interface.Model`.
    """

    kind = "VAE"

    def __init__(
        self, vae: FrozenStyleVae, latents: np.ndarray, content: np.ndarray, recipe: dict
    ) -> None:
        self.recipe = recipe
        self.vae, self.latents = vae, latents
        self._content = np.rint(content * 255).astype(np.uint8)  # as it is saved

    def sample(
        self,
        size: tuple[int, int],
        *,
        seed: int = 0,
        seamless: bool = True,
        mix: Sequence[float] = (),
        control: Control = SILENT,
    ) -> np.ndarray:
        """Return a new picture; the same arguments give the same pixels.

        Parameters
        ----------
        size : (int, int)
            Width and height in pixels.
        seed : int, optional
            Another seed gives another picture.
        seamless : bool, optional
            Whether the picture tiles.
        mix : sequence of float, optional
            Weights of the images' styles; empty: a style is drawn from the family of one of them.
        control : Control, optional
            Progress, and cancellation.

        Returns
        -------
        (height, width, 3) float32
            sRGB-encoded in [0, 1].

        Raises
        ------
        BadRequest
            The weights do not fit the images.
        JobCancelled
            The control was cancelled.
        """
        code = decode_latent(self.vae, self._latent(seed, mix))[ZOOMS.index(1.0)]
        canvas = tuple(max(STRIDE, round(side / STRIDE) * STRIDE) for side in size)
        content = self._content.astype(np.float32) / 255
        content = np.clip(resize(content, (canvas[0], canvas[1]), wrap=seamless), 0, 1)
        job = PaintJob(content, code, seed=seed, seamless=seamless)
        painted = session(SILENT).stylizer.paint(job, control)
        return np.clip(resize(painted, size, wrap=seamless), 0, 1)

    def state(self) -> tuple[dict[str, np.ndarray], dict]:
        """Return what :func:`restore` takes.

        Returns
        -------
        tensors : dict of str to ndarray
            Parameters of the networks, float32; latents of the images ``(N, LATENT)`` float32; the
            content ``(H, W, 3)`` uint8.
        metadata : dict
            Empty.
        """
        tensors = {f"vae.{name}": part for name, part in self.vae.weights.items()}
        return {**tensors, "latents": self.latents, "content": self._content}, {}

    def _latent(self, seed: int, mix: Sequence[float]) -> np.ndarray:
        """A mean of the images' latents, or a draw from the family of one of them."""
        if mix:
            weights = normalize_mix(mix, len(self.latents))
            return np.average(self.latents, axis=0, weights=weights).astype(np.float32)
        random = np.random.default_rng(seed)
        like = self.latents[random.integers(len(self.latents))]
        return self.vae.draw_from_family(like, random)


def restore(tensors: dict[str, np.ndarray], metadata: dict) -> StyleInventor:
    """Return a model from its state.

    Parameters
    ----------
    tensors : dict of str to ndarray
        Arrays of any shape, such as ``(C,)``, and dtype, mostly float32; see
        :meth:`~core.create.interface.Model.state`.
    metadata : dict
        Plain values; has ``recipe``.

    Returns
    -------
    StyleInventor
        The model.

    Raises
    ------
    FileDamaged, KeyError
        They are not those of such a model.
    """
    rest = dict(tensors)
    content, latents = rest.pop("content"), rest.pop("latents")
    Array((-1, LATENT), np.float32, -_FARTHEST, _FARTHEST).check("latents", latents)
    Array((-1, -1, 3), np.uint8).check("content", content)
    weights = {name.removeprefix("vae."): tensor for name, tensor in rest.items()}
    check_networks(weights, {name: part.shape for name, part in bundled("style_vae").items()})
    vae = FrozenStyleVae(weights)
    picture = content.astype(np.float32) / 255
    return StyleInventor(vae, latents, picture, metadata["recipe"])
