"""Ramps and palettes, in which colors are looked up: they get other colors, and no paint."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from ..image.alpha import full_alpha
from ..image.picture import Picture
from ..networks.codes import palette, split_palette
from ..styles.look import Look
from ..styles.style import Style
from .color_transfer import color_transport, move_colors
from .pipeline import unpainted
from .working import Plan, display_colors, from_work, to_work

_MOST = 16
"""Different rows, or columns, of a ramp or a palette."""

_ALIKE = 2.5
"""Levels by which rows may differ and be the same: those of two dithered pixels."""

_SAMPLE = 64
"""Rows and columns that are looked at first."""


def is_ramp(picture: Picture) -> bool:
    """Return whether a picture is a ramp or a palette.

    Either its rows or its columns are no more than 16 different ones. A larger picture of one color is
    none: it can be painted like any wall.

    Parameters
    ----------
    picture : Picture
        Any picture.

    Returns
    -------
    bool
        True if it is.
    """
    width, height = picture.size
    if min(width, height) == 1:
        return True
    alike = _ALIKE / (255 if picture.depth == "8" else 65535)
    sample = _pixels(picture, (-(-height // _SAMPLE), -(-width // _SAMPLE)))
    if not _few(sample, alike) and not _few(sample.transpose(1, 0, 2), alike):
        return False
    pixels = _pixels(picture, (1, 1))
    if min(width, height) > _MOST and np.abs(pixels - pixels[0, 0]).max() <= alike:
        return False
    return _few(pixels, alike) or _few(pixels.transpose(1, 0, 2), alike)


def _pixels(picture: Picture, steps: tuple[int, int]) -> np.ndarray:
    """Return every so manieth pixel of each column and row, alpha included, ``(h, w, 3 or 4)``."""
    color = picture.color[:: steps[0], :: steps[1]]
    pixels = display_colors(replace(picture, color=color, alpha=None))
    if picture.alpha is None:
        return pixels
    alpha = picture.alpha[:: steps[0], :: steps[1], None]
    return np.concatenate((pixels, alpha / np.float32(full_alpha(alpha.dtype))), axis=2)


def _few(rows: np.ndarray, alike: float) -> bool:
    """Return whether all rows are alike but for a few."""
    for _ in range(_MOST):
        rows = rows[np.abs(rows - rows[0]).max(axis=(1, 2)) > alike]
        if not len(rows):
            return True
    return False


def recolor(
    pictures: Sequence[Picture], look: Look, style: Style, *, alpha_covers: bool = True
) -> list[Picture]:
    """Move the colors of pictures to those of a style, by one linear map, which keeps ramps smooth.

    Parameters
    ----------
    pictures : sequence of Picture
        One, or several UDIM tiles.
    look : Look
        Strength, keep-color and the largest side of the result.
    style : Style
        The style; one without colors of its own changes nothing.
    alpha_covers : bool
        Whether alpha is opacity.

    Returns
    -------
    list of Picture
        The results.
    """
    sized = unpainted(pictures, look)
    if style.own_color or look.strength == 0:
        return sized
    plans = [Plan(picture.size, picture.size, 1.0) for picture in sized]
    works = [
        to_work(picture, goal, look.seamless, alpha_covers)
        for picture, goal in zip(sized, plans, strict=True)
    ]
    colors = np.mean([palette(color, mask) for color, mask in works], axis=0)
    goal = split_palette(style.code(1.0)).ravel()
    wanted = colors + np.float32(look.strength) * (goal - colors)
    (matrix,), (offset,) = color_transport(colors[None], wanted[None])
    return [
        from_work(picture, color, move_colors(color, matrix, offset), look)
        for picture, (color, _) in zip(sized, works, strict=True)
    ]
