"""Palette strips: the main colors of every group, as wide as they are common."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ..image.color import lab_to_srgb
from . import theme
from .mosaic import Mosaic
from .shown import MOST_NAMED, OTHERS_ROW, draw_others, shown_groups

_WIDTH = 1200
_ROW, _TOP, _MARGIN, _STRIP = 92, 112, 40, 460


def draw(
    labels: np.ndarray,
    names: Sequence[str],
    palettes: Sequence[tuple[np.ndarray, np.ndarray]],
    typical: Sequence[int],
    thumbnail: Callable[[int], np.ndarray | None],
    *,
    below: str = "",
) -> Figure:
    """Draw a strip of colors for each of the largest groups, and say what else there is.

    Parameters
    ----------
    labels : (N,) int64
        Group of each image; -1 is ungrouped.
    names : sequence of str
        Name of each group.
    palettes : sequence of ((K, 3) float64, (K,) float64)
        Main colors of each group in CIE Lab, and their shares.
    typical : sequence of int
        Row of each group's typical member.
    thumbnail : callable
        Returns the thumbnail of a row, ``(h, w, 4)`` uint8, or None.
    below : str, optional
        A line below the heading.

    Returns
    -------
    Figure
        1200 pixels wide, and as high as needed.
    """
    shown = shown_groups(labels)
    # Single textures have a palette, too: where all fit, each has its strip.
    drawn = shown.named
    if len(names) <= MOST_NAMED:
        drawn += shown.single
        rest = replace(shown, single=())
    else:
        rest = shown
    others = len(rest.others())
    height = _TOP + _ROW * len(drawn) + OTHERS_ROW * others + _MARGIN / 2
    figure = theme.figure(_WIDTH, max(height, 220))
    axes = theme.canvas(figure)
    theme.title(axes, "Palettes", below)
    mosaic = Mosaic(axes)
    size = _ROW - 16
    for row, label in enumerate(drawn):
        top = _TOP + row * _ROW
        color = theme.mixed(shown.color(label), 0.8)
        mosaic.thumbnail(thumbnail(typical[label]), _MARGIN, top, size, color)
        left = 3 * _MARGIN + 20
        name = theme.fitted(axes, names[label], _STRIP - left - 16, 12.5, bold=True)
        theme.words(axes, left, top + size * 0.36, name, theme.TEXT, 12.5, bold=True)
        count = int(shown.sizes[label])
        text = f"{count:,} {'texture' if count == 1 else 'textures'}"
        theme.words(axes, left, top + size * 0.7, text, theme.MUTED, 10.5)
        _strip(axes, palettes[label], _STRIP, top, _WIDTH - _STRIP - _MARGIN, size)
    draw_others(axes, mosaic, labels, rest, thumbnail, _TOP + _ROW * len(drawn))
    mosaic.show()
    return figure


def _strip(
    axes: Axes,
    palette: tuple[np.ndarray, np.ndarray],
    left: float,
    top: float,
    width: float,
    height: float,
) -> None:
    lab, shares = palette
    colors = np.clip(lab_to_srgb(lab[None].astype(np.float32)), 0, 1)[0]
    # Rare colors stay wide enough to be read.
    widths = np.maximum(shares, 0.09)
    edges = left + width * np.concatenate([[0], np.cumsum(widths / widths.sum())])
    frame = theme.rounded(left, top, width, height, 9)
    frame.set(facecolor="none")
    axes.add_patch(frame)
    for start, end, rgb, tone in zip(edges[:-1], edges[1:], colors, lab[:, 0], strict=True):
        box = theme.rounded(start, top, end - start + 0.5, height, 0)
        box.set(facecolor=rgb, zorder=2)
        axes.add_patch(box)
        box.set_clip_path(frame)
        code = "#" + "".join(f"{round(255 * float(c)):02x}" for c in rgb)
        if theme.text_width(axes, code, 8) > end - start - 16:
            continue
        ink = "#000000" if tone > 55 else "#ffffff"
        axes.text(
            start + 10,
            top + height - 14,
            code,
            color=ink,
            alpha=0.75,
            fontsize=8,
            va="center",
            zorder=3,
        )
