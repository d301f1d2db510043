"""The artist's choices for stylizing, as plain values."""

from __future__ import annotations

from dataclasses import dataclass

SUFFIX = ".impasto"
"""Suffix of style files. It is defined here because the command line and Blender's process, which use
it, load no numpy for it."""


@dataclass(frozen=True)
class StyleRef:
    """A style by where it comes from.

    Attributes
    ----------
    source : str
        The identifier of a built-in style, or the path of an image or of a saved style file.
    weight : float
        Its weight when several styles are blended; weights need not sum to 1.
    """

    source: str
    weight: float = 1.0


@dataclass(frozen=True)
class Look:
    """The settings of stylizing a picture.

    Attributes
    ----------
    styles : tuple of StyleRef
        Blended by their weights or, with ``regions``, painted each in regions of its own.
    strength : float
        In [0, 1]; 0 returns the input bit for bit.
    brush_scale : float
        Size of the style's features relative to the picture, in [0.25, 4]; 1 as in the style.
    keep_color : float
        In [0, 1]; 1 changes luminance only.
    seamless : bool
        Whether the result tiles.
    max_side : int
        Long side of the result in pixels; 0 keeps the source's size.
    seed : int
        Another seed gives other brush strokes.
    regions : int
        Number of regions into which a picture is split, each with its own style; 0: none.
    """

    styles: tuple[StyleRef, ...]
    strength: float = 1.0
    brush_scale: float = 1.0
    keep_color: float = 0.0
    seamless: bool = False
    max_side: int = 0
    seed: int = 0
    regions: int = 0
