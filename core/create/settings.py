"""What to draw from a generator, as plain values. Light enough for Blender's process."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Generator = Literal["GAN", "VAE", "AUTOMATON"]

MODEL_SUFFIX = ".impasto-model"
"""Of the files in which fitted generators are kept."""


@dataclass(frozen=True)
class SampleSettings:
    """What to draw from a fitted generator.

    ``size`` is (width, height) in pixels. ``mix``: weights of the images that it was fitted to, in
    their order (the VAE: the place on its map); empty: as it likes. ``steps``: images that lead
    from the first image of ``mix`` to the second, if above 1. ``frames``: of a loop, if above 0;
    only the automaton moves. ``damage``: in the loop, holes are torn and grown over.
    """

    size: tuple[int, int] = (1024, 1024)
    seed: int = 0
    seamless: bool = True
    mix: tuple[float, ...] = ()
    morph: int = 0
    frames: int = 0
    damage: bool = False
