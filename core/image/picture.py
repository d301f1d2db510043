"""The one in-memory form of an image."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

Depth = Literal["8", "16", "half", "float"]
"""Storage of one channel: unsigned 8 or 16 bit, or half or single float."""

Encoding = Literal["srgb", "linear", "data"]
"""What the numbers mean: sRGB-encoded color, scene-linear color, or no color at all."""


@dataclass(frozen=True)
class Picture:
    """Pixels and what is needed to write them back as they came.

    Attributes
    ----------
    color : (H, W, 3) float32
        RGB, rows top-down, straight (never premultiplied). In [0, 1] for 8 and 16 bit; open above 1
        for floats. Gray images are expanded to three equal channels.
    alpha : (H, W) of the file's own dtype, or None
        Untouched, so that it can be written back bit for bit.
    depth : Depth
        How one channel is stored on disk.
    encoding : Encoding
        What the color numbers mean.
    gray : bool
        The file had one color channel; it is written back with one unless color was added.
    """

    color: np.ndarray
    alpha: np.ndarray | None = None
    depth: Depth = "8"
    encoding: Encoding = "srgb"
    gray: bool = False

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        height, width = self.color.shape[:2]
        return width, height

    def with_color(self, color: np.ndarray) -> Picture:
        """The same picture with other colors of the same size, ``(H, W, 3)`` float32."""
        return replace(self, color=color, gray=False)
