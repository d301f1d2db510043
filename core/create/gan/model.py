"""A fitted GAN: images to assemble new pictures from, and a generator that paints them.

References
----------
See :mod:`~core.models.spatial_gan`, :mod:`~.layout` and :mod:`~.detail`.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ...control import SILENT, Control
from ...errors import FileDamaged
from ...image.resize import resize
from ...networks.spatial_gan import (
    CELL,
    EMBEDDING,
    NOISE_SCALES,
    STRIDE,
    TexturePainter,
    draw_noise,
    shapes,
)
from ...networks.weights import Weights
from ...paint.tiling import take, tiles
from ...tensor_file import Array
from ..inputs import normalize_mix
from ..interface import Model, check_networks
from .exemplars import Exemplars

TILE = 1024
"""Side of the tiles that are painted at a time, in pixels."""

_FARTHEST = 1e3  # coordinate of an embedding
_ASSEMBLY = 0.6  # share of a sample's time before it is painted


class SpatialGan(Model):
    """A fitted GAN.

    Parameters
    ----------
    generator : mapping of str to ndarray
        The weights of the network, such as ``(out, in, 3, 3)`` float32.
    embeddings : (N, 16) float32
        Embeddings of the images.
    exemplars : Exemplars
        The images.
    recipe : dict
        See :class:`~core.create.interface.Model`.
    """

    kind = "GAN"

    def __init__(
        self, generator: Weights, embeddings: np.ndarray, exemplars: Exemplars, recipe: dict
    ) -> None:
        self.recipe, self._generator = recipe, generator
        self._exemplars, self._embeddings = exemplars, embeddings

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

        Memory beyond the result is bounded by a tile.

        Parameters
        ----------
        size : (int, int)
            Width and height in pixels.
        seed : int, optional
            Another seed gives another picture.
        seamless : bool, optional
            Whether the picture tiles; if not, it is cut out of a larger canvas that does.
        mix : sequence of float, optional
            Weights of the images; empty: the first alone.
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
        width, height = size
        spare = 0 if seamless else STRIDE
        tall, wide = (-(-(side + spare) // STRIDE) * STRIDE for side in (height, width))
        random = np.random.default_rng(seed)
        weights = normalize_mix(mix, len(self._embeddings))
        embedding = np.average(self._embeddings, axis=0, weights=weights).astype(np.float32)
        painter = TexturePainter(self._generator, embedding)
        layout, match = self._exemplars.draw(weights, tall, wide, random, control.cancel)
        planes = np.moveaxis(layout, 2, 0)
        noise = [maps[0] for maps in draw_noise(1, tall, wide, random)]
        canvas = np.empty((tall, wide, 3), np.float32)
        # A random origin: else the grid of cells would lie alike in all samples.
        begin = np.random.default_rng([seed, 1]).integers(STRIDE, size=2)
        parts = tiles(tall, wide, TILE, seamless=True)
        for number, tile in enumerate(parts):
            control.advance(_ASSEMBLY + (1 - _ASSEMBLY) * number / len(parts))
            painted = painter.paint(
                take(planes, tile, CELL),
                self._exemplars.detail.paint(layout, match, tile),
                [take(maps, tile, side) for maps, side in zip(noise, NOISE_SCALES, strict=True)],
                tile.border,
                control.cancel,
            )
            inside = painted[tile.rows.inner(), tile.columns.inner()]
            rows, columns = (
                (np.arange(side)[window.core] + start) % side
                for side, window, start in zip(
                    (tall, wide), (tile.rows, tile.columns), begin, strict=True
                )
            )
            canvas[np.ix_(rows, columns)] = inside
        if seamless and (tall, wide) != (height, width):
            return np.clip(resize(canvas, size, wrap=True), 0, 1)
        return canvas[:height, :width]

    def state(self) -> tuple[dict[str, np.ndarray], dict]:
        """Return what :func:`restore` takes.

        Returns
        -------
        tensors : dict of str to ndarray
            Parameters of the generator, float32; embeddings of the images ``(N, 16)`` float32; the
            images ``(H, W, 3)`` uint8.
        metadata : dict
            Empty.
        """
        tensors = {f"generator.{name}": part for name, part in self._generator.items()}
        images = {f"picture.{i}": image for i, image in enumerate(self._exemplars.images)}
        return {**tensors, "places": self._embeddings, **images}, {}


def restore(tensors: dict[str, np.ndarray], metadata: dict) -> SpatialGan:
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
    SpatialGan
        The model.

    Raises
    ------
    FileDamaged, KeyError
        They are not those of such a model.
    """
    prefix = "generator."
    weights = {n.removeprefix(prefix): t for n, t in tensors.items() if n.startswith(prefix)}
    check_networks(weights, shapes())
    places = tensors["places"]
    Array((-1, EMBEDDING), np.float32, -_FARTHEST, _FARTHEST).check("places", places)
    pictures = [tensors[f"picture.{i}"] for i in range(len(places))]
    for picture in pictures:
        Array((-1, -1, 3), np.uint8).check("picture", picture)
        if any(side % STRIDE for side in picture.shape[:2]):
            raise FileDamaged("a picture has no whole cells")
    return SpatialGan(weights, places, Exemplars(pictures), metadata["recipe"])
