"""The in-memory form of an image."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from .formats import Depth
from .primaries import Name, Primaries

Encoding = Literal["srgb", "linear", "data"]
"""Meaning of the numbers: sRGB-encoded color, scene-linear color, or no color at all."""


@dataclass(frozen=True)
class Picture:
    """Hold pixels, and what is needed to write them back as they were.

    Attributes
    ----------
    color : (H, W, 3) float32
        RGB, rows top-down, straight (never premultiplied). In [0, 1] for 8 and 16 bit; open above 1
        for floats. Gray images are expanded to three equal channels.
    alpha : (H, W) of the file's dtype, or None
        Unchanged, so that it can be written back bit for bit.
    depth : Depth
        How one channel is stored on disk.
    encoding : Encoding
        Meaning of the color numbers.
    gray : bool
        The file had one color channel, and is written with one unless color was added.
    cover : (H, W) float32 in [0, 1], or None
        By what a file of premultiplied colors multiplies them, where that is not alpha: light that
        covers nothing (fire, glow) has colors at alpha 0.
    primaries : Name or Primaries
        Of the file's numbers. ``color`` always has those of Rec.709, out of its gamut where needed.
    """

    color: np.ndarray
    alpha: np.ndarray | None = None
    depth: Depth = "8"
    encoding: Encoding = "srgb"
    gray: bool = False
    cover: np.ndarray | None = None
    primaries: Name | Primaries = "REC709"

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        height, width = self.color.shape[:2]
        return width, height

    def with_color(self, color: np.ndarray) -> Picture:
        """Return the same picture with other colors.

        Parameters
        ----------
        color : (H, W, 3) float32
            Of the same size, in the picture's encoding.

        Returns
        -------
        Picture
            No longer gray.
        """
        return replace(self, color=color, gray=False)
