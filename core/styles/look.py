"""How to stylize: the artist's choices, as a value."""

from __future__ import annotations

from dataclasses import dataclass

SUFFIX = ".impasto"
"""Of style files; here, as the command line and Blender may not load numpy for it."""


@dataclass(frozen=True)
class StyleRef:
    """A style by where it comes from: a built-in identifier, an image file, or a saved style
    file."""

    source: str
    weight: float = 1.0


@dataclass(frozen=True)
class Look:
    """How to stylize. Several ``styles`` are blended by their weights or, with ``regions``, painted
    each on its own.

    ``strength`` in [0, 1]; 0 returns the input bit for bit. ``brush_scale`` in [0.25, 4]: size of
    the style's features relative to the picture, 1 as in the style. ``keep_color`` in [0, 1]: 1
    changes luminance only. ``max_side`` = 0 keeps the source's size. ``regions``: parts into which a
    picture is split, each with its own style (0: none).
    """

    styles: tuple[StyleRef, ...]
    strength: float = 1.0
    brush_scale: float = 1.0
    keep_color: float = 0.0
    seamless: bool = False
    max_side: int = 0
    seed: int = 0
    regions: int = 0
