"""Palette strips: the main colors of every group, as wide as they are common."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ..image.color import lab_to_srgb
from . import theme

_WIDTH = 1200
_ROW, _TOP, _MARGIN = 92, 112, 40


def draw(
    names: Sequence[str],
    counts: Sequence[int],
    palettes: Sequence[tuple[np.ndarray, np.ndarray]],
    typical: Sequence[np.ndarray | None],
) -> Figure:
    """Draw a strip of colors for each group.

    Parameters
    ----------
    names : sequence of str
        Name of each group.
    counts : sequence of int
        Number of members of each group.
    palettes : sequence of ((K, 3) float64, (K,) float64)
        Main colors of each group in CIE Lab, and their shares.
    typical : sequence of (h, w, 4) uint8 or None
        Thumbnail of each group's typical member.

    Returns
    -------
    Figure
        1200 pixels wide, and as high as needed.
    """
    figure = theme.figure(_WIDTH, _TOP + _ROW * max(len(names), 1) + _MARGIN / 2)
    axes = theme.canvas(figure)
    theme.title(axes, "Palettes", f"{sum(counts)} textures, {len(names)} groups")
    size = _ROW - 16
    for row, (name, count, palette, image) in enumerate(
        zip(names, counts, palettes, typical, strict=True)
    ):
        top = _TOP + row * _ROW
        color = theme.group_color(row)
        if image is not None:
            theme.thumbnail(axes, image, _MARGIN, top, size, color=theme.mixed(color, 0.8))
        words = 3 * _MARGIN + 20
        axes.text(
            words,
            top + size * 0.36,
            name,
            color=theme.TEXT,
            fontsize=12.5,
            fontweight="bold",
            va="center",
        )
        noun = "texture" if count == 1 else "textures"
        axes.text(
            words,
            top + size * 0.7,
            f"{count} {noun}",
            color=theme.MUTED,
            fontsize=10.5,
            va="center",
        )
        _strip(axes, palette, 460, top, _WIDTH - 460 - _MARGIN, size)
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
