"""What the GAN has learned: pictures to put new ones together from, and a generator that paints them.

References
----------
See :mod:`~..networks.spatial_gan`, :mod:`~.layout` and :mod:`~.detail`.
"""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy

import numpy as np
import torch
from torch import Tensor

from ...control import NEVER, SILENT, CancelToken, Control
from ...image.convert import to_depth
from ...image.resize import resize
from ...models.layers import set_border
from ...models.spatial_gan import CELL, STRIDE, Generator, draw_noise, layout_of
from ...paint.tiling import take, tiles
from ..interface import mixture
from .detail import Detail
from .layout import draw_layout

TILE = 1024
_PUT_TOGETHER = 0.6  # share of a sample's time before it is painted


class Stock:
    """Pictures ``(H, W, 3)`` uint8 that new ones are put together from."""

    def __init__(self, levels: list[np.ndarray]) -> None:
        self.levels = levels
        self.pictures = [torch.from_numpy(p / np.float32(255)) for p in levels]
        self.batches = [p.permute(2, 0, 1)[None].contiguous() for p in self.pictures]
        self.layouts = [layout_of(b)[0].permute(1, 2, 0).numpy() for b in self.batches]
        self.detail = Detail([p.numpy() for p in self.pictures], self.layouts)

    def draw(
        self,
        weights: Sequence[float],
        height: int,
        width: int,
        random: np.random.Generator,
        cancel: CancelToken = NEVER,
    ) -> tuple[np.ndarray, Tensor]:
        """A layout of that many pixels on a torus, and the cells for it."""
        size = height // CELL, width // CELL
        drawn, origin = draw_layout(self.layouts, weights, *size, random, cancel)
        return drawn, self.detail.match(drawn, weights, random, origin, cancel=cancel)


class SpatialGan:
    """A fitted GAN; see :class:`~.interface.Model`.

    Parameters
    ----------
    places : (N, 16) Tensor
        Where each of the pictures lies among the materials.
    stock : Stock
        The pictures.
    """

    kind = "GAN"

    def __init__(self, generator: Generator, places: Tensor, stock: Stock, recipe: dict) -> None:
        self.recipe = recipe
        self._stock, self._places = stock, places.detach().clone()
        self._generator = deepcopy(generator).eval().requires_grad_(False)

    @property
    def pictures(self) -> int:
        """How many pictures it knows."""
        return len(self._places)

    @torch.inference_mode()
    def sample(
        self,
        size: tuple[int, int],
        *,
        seed: int = 0,
        seamless: bool = True,
        mix: Sequence[float] = (),
        control: Control = SILENT,
    ) -> np.ndarray:
        """See :meth:`~.interface.Model.sample`. Memory beyond the result is bounded by a tile.

        Without ``seamless`` it is cut out of a larger canvas, so its border is like its inside. Where
        on the torus a picture begins is drawn, too: cells would lie alike in all of them.
        """
        width, height = size
        spare = 0 if seamless else STRIDE
        tall, wide = (-(-(side + spare) // STRIDE) * STRIDE for side in (height, width))
        random = torch.Generator().manual_seed(seed)
        weights = mixture(mix, self.pictures)
        place = torch.tensor([weights]) @ self._places
        noise = draw_noise(1, tall, wide, random)
        drawn, match = self._stock.draw(
            weights, tall, wide, np.random.default_rng(seed), control.cancel
        )
        layout = as_batch(drawn)
        canvas = np.empty((tall, wide, 3), np.float32)
        begin = np.random.default_rng([seed, 1]).integers(STRIDE, size=2)
        parts = tiles(tall, wide, TILE, seamless=True)
        for number, tile in enumerate(parts):
            control.advance(_PUT_TOGETHER + (1 - _PUT_TOGETHER) * number / len(parts))
            set_border(
                self._generator, *("circular" if whole else "reflect" for whole in tile.circular)
            )
            painted = self._generator(
                take(layout, tile, CELL),
                self._stock.detail.paint(drawn, match, tile),
                [take(n, tile, side) for n, side in zip(noise, (4, 2), strict=True)],
                place,
            )
            inside = painted[0, :, tile.rows.inner(), tile.columns.inner()]
            rows, columns = (
                (np.arange(side)[window.core] + start) % side
                for side, window, start in zip(
                    (tall, wide), (tile.rows, tile.columns), begin, strict=True
                )
            )
            canvas[np.ix_(rows, columns)] = inside.permute(1, 2, 0).clamp(0, 1).numpy()
        if seamless and (tall, wide) != (height, width):
            return np.clip(resize(canvas, size, wrap=True), 0, 1)
        return canvas[:height, :width]

    def state(self) -> tuple[dict[str, np.ndarray], dict]:
        """See :meth:`~.interface.Model.state`."""
        tensors = {f"generator.{n}": t for n, t in self._generator.state_dict().items()}
        tensors["places"] = self._places
        pictures = {f"picture.{i}": levels for i, levels in enumerate(self._stock.levels)}
        return {**{name: tensor.numpy() for name, tensor in tensors.items()}, **pictures}, {}


def restore(tensors: dict[str, np.ndarray], words: dict) -> SpatialGan:
    """Of what :meth:`SpatialGan.state` gave."""
    stock = Stock([tensors[f"picture.{i}"] for i in range(len(tensors["places"]))])
    generator = Generator()
    generator.load_state_dict(
        {
            name.removeprefix("generator."): torch.from_numpy(tensor)
            for name, tensor in tensors.items()
            if name.startswith("generator.")
        }
    )
    return SpatialGan(generator, torch.from_numpy(tensors["places"]), stock, words["recipe"])


def to_levels(picture: Tensor) -> np.ndarray:
    """``(1, 3, H, W)`` in [0, 1] as ``(H, W, 3)`` uint8."""
    return to_depth(picture[0].permute(1, 2, 0).numpy(), "8")


def as_batch(layout: np.ndarray) -> Tensor:
    """A layout ``(h, w, 4)`` as ``(1, 4, h, w)``."""
    return torch.from_numpy(layout).permute(2, 0, 1)[None].contiguous()
