"""Settings of a sample from a generator, as plain values. Light enough for Blender's process."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Generator = Literal["GAN", "VAE", "AUTOMATON"]

MODEL_SUFFIX = ".impasto-model"
"""Suffix of the files of fitted generators."""

MOST_PIXELS, MOST_PICTURES = 2**16, 9999
"""Longest side, and most pictures of a morph or loop, which are numbered with four digits."""


@dataclass(frozen=True)
class SampleSettings:
    """Settings of a sample from a fitted generator.

    Attributes
    ----------
    size : (int, int)
        Width and height in pixels.
    seed : int
        Another seed gives another sample.
    seamless : bool
        Whether it tiles.
    mix : tuple of float
        Weights of the images that the generator was fitted to, in their order (for the VAE they give
        the place on its map); empty: the generator chooses.
    morph : int
        If above 1, the number of pictures that lead from the first image to the second.
    frames : int
        If above 0, the length of a loop; for the automaton only.
    damage : bool
        Whether holes are torn into the loop, and grown over.
    """

    size: tuple[int, int] = (1024, 1024)
    seed: int = 0
    seamless: bool = True
    mix: tuple[float, ...] = ()
    morph: int = 0
    frames: int = 0
    damage: bool = False
