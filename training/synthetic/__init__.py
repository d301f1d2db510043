"""Drawn training pictures: procedural styles and contents, for what free images are short of.

Grain (hatches, dabs, stitches) is measured in pixels and composition in shares of the picture, so
draw at the size at which the picture will be seen. Everything is deterministic for a NumPy
generator. ``python -m training.synthetic sheet out.png`` shows all of them.
"""

from __future__ import annotations

import numpy as np

from . import (  # noqa: F401 (importing them fills the registries)
    cloth,
    cutting,
    diagrams,
    drawing,
    dyeing,
    folk,
    graphics,
    japanese,
    marbling,
    masonry,
    nature,
    ornament,
    painting,
    printing,
    spray,
    surfaces,
    testcards,
    washes,
)
from .registry import CONTENTS, STYLES

__all__ = ["CONTENTS", "STYLES", "draw_content", "draw_style"]


def draw_style(rng: np.random.Generator, size: int, photo: np.ndarray | None = None) -> np.ndarray:
    """A picture in a random style of `STYLES`.

    Parameters
    ----------
    rng
        The only source of chance.
    size
        Side of the result in pixels, at least 64.
    photo
        ``(H, W, 3)`` uint8 RGB that pictorial styles depict; without it they make up a subject.
        Ornaments ignore it.

    Returns
    -------
    ``(size, size, 3)`` uint8, RGB, sRGB-encoded.
    """
    names = tuple(STYLES)
    return STYLES[names[rng.integers(len(names))]](rng, size, photo)


def draw_content(rng: np.random.Generator, size: int) -> np.ndarray:
    """A random surface or graphic of `CONTENTS`, ``(size, size, 3)`` uint8, RGB, sRGB-encoded."""
    names = tuple(CONTENTS)
    return CONTENTS[names[rng.integers(len(names))]](rng, size)
