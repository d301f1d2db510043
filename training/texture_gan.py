"""Teach the generator of the spatial GAN many materials, so that a fit need not begin at nothing.

``python -m training.texture_gan`` goes on from the newest checkpoint of the run. The generator is
given the style code of a crop and paints a torus that should have the crop's texture, by the same
texture loss that a fit uses; critics come in only when it is fitted.
"""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor

from core.networks.layers import set_border
from core.networks.spatial_gan import Generator, draw_noise, find_waves, wave_maps

from .texture_trainer import CANVAS, TextureTrainer, train


class Trainer(TextureTrainer):
    """Of the generator."""

    name = "texture_gan"

    def __init__(self, root: Path, run: Path, steps: int) -> None:
        super().__init__(Generator(), root, run, steps)
        for network in (self.network, self.average):
            set_border(network, "circular", "circular")

    def painted(self) -> tuple[Tensor, Tensor]:
        crops = next(self.ready)
        return self._paint(self.network, crops, torch.default_generator), crops

    def show(self, crops: Tensor, random: torch.Generator) -> Tensor:
        return self._paint(self.average, crops, random)

    def _paint(self, network: Generator, crops: Tensor, random: torch.Generator) -> Tensor:
        waves = find_waves([crop[None] for crop in crops])
        maps = wave_maps(waves, torch.eye(len(crops)), CANVAS, CANVAS, random)
        noise = draw_noise(len(crops), CANVAS, CANVAS, random)
        return network(noise, maps, network.place(self.codes(crops)))


if __name__ == "__main__":
    train(Trainer, __doc__, steps=9000)
