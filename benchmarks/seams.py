"""How visible the seam is where an image meets itself."""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

import numpy as np

_FLAT = 1e-5
"""Differences below this, in [0, 1] color, cannot be seen or stored, and count as none."""


class SeamStrength(NamedTuple):
    """Around 1: seamless; 2 and more: the seam shows."""

    left_right: float
    top_bottom: float

    @property
    def worst(self) -> float:
        """The stronger of the two seams."""
        return max(self)


def seam_strength(image: np.ndarray) -> SeamStrength:
    """Compare the step across the wrapped border with the steps between neighbors inside.

    For each axis: the root mean square difference between the last and the first line, divided by
    that between all neighboring lines. A texture that tiles steps over its border just as it does
    anywhere else, which gives about 1; a flat image, and an axis of a single line, give exactly 1.

    Parameters
    ----------
    image : (H, W) or (H, W, C) float32 in [0, 1]
        sRGB-encoded, so that differences count as they are seen.
    """
    return SeamStrength(_ratio(image, 1), _ratio(image, 0))


def _ratio(image: np.ndarray, axis: int) -> float:
    lines = np.moveaxis(np.asarray(image, dtype=np.float32), axis, 0)
    if len(lines) == 1:
        return 1.0
    energy = sum(float(np.mean(np.square(b - a), dtype=np.float64)) for a, b in pairwise(lines))
    inside = np.sqrt(energy / (len(lines) - 1))
    across = np.sqrt(np.mean(np.square(lines[0] - lines[-1]), dtype=np.float64))
    return float(max(across, _FLAT) / max(inside, _FLAT))
