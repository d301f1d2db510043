"""Teach the generator of the spatial GAN many materials, so that a fit need not begin at nothing.

``python -m training.texture_gan`` goes on from the newest checkpoint of the run. The generator is
given the style code and the coarse layout of a crop and paints the crop again: near it, pixel by
pixel and in the encoder's features, and with its texture. Critics come in only when it is fitted.
"""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor

from core.networks.layers import set_border
from core.networks.spatial_gan import Generator, draw_noise, layout_of

from .texture_trainer import CANVAS, TextureTrainer, train

_AGAIN = 2.0


class Trainer(TextureTrainer):
    """Of the generator."""

    name = "texture_gan"

    def __init__(self, root: Path, run: Path, steps: int) -> None:
        super().__init__(Generator(), root, run, steps)
        for network in (self.network, self.average):
            set_border(network, "reflect", "reflect")

    def painted(self) -> tuple[Tensor, Tensor]:
        crops = next(self.ready)[..., :CANVAS, :CANVAS].contiguous()
        return self._paint(self.network, crops, torch.default_generator), crops

    def again(self, painted: Tensor, features: list[Tensor], crops: Tensor) -> Tensor:
        with torch.no_grad():
            wanted = self.encoder(crops)
        spread = crops.std((1, 2, 3)) + 0.02
        apart = ((painted - crops).abs().mean((1, 2, 3)) / spread).mean()
        levels = [
            ((a - b).abs().mean((1, 2, 3)) / (b.std((1, 2, 3)) + 1e-3)).mean()
            for a, b in zip(features, wanted, strict=True)
        ]
        return _AGAIN * (apart + torch.stack(levels).mean())

    def show(self, crops: Tensor, random: torch.Generator) -> Tensor:
        return self._paint(self.average, crops[..., :CANVAS, :CANVAS].contiguous(), random)

    def _paint(self, network: Generator, crops: Tensor, random: torch.Generator) -> Tensor:
        noise = draw_noise(len(crops), CANVAS, CANVAS, random)
        return network(layout_of(crops), noise, network.place(self.codes(crops)))


if __name__ == "__main__":
    train(Trainer, __doc__, steps=3000)
