"""Palette strips: the main colors of every group, as wide as they are common."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure

from ..image.color import lab_to_srgb
from . import theme

WIDTH = 1200
_ROW, _TOP, _MARGIN = 92, 112, 40


def draw(
    names: Sequence[str],
    counts: Sequence[int],
    palettes: Sequence[tuple[np.ndarray, np.ndarray]],
    typical: Sequence[np.ndarray | None],
    *,
    heading: str = "Palettes",
) -> Figure:
    """One strip for each group.

    Parameters
    ----------
    names, counts : sequences of str and int
    palettes : sequence of (Lab ``(K, 3)``, shares ``(K,)``)
    typical : sequence of (h, w, 3 or 4) uint8 or None
        The thumbnail of each group's typical member.
    """
    drawn = theme.figure(WIDTH, _TOP + _ROW * max(len(names), 1) + _MARGIN / 2)
    axes = theme.canvas(drawn)
    theme.title(axes, heading, f"{sum(counts)} textures, {len(names)} groups")
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
        _strip(axes, palette, 460, top, WIDTH - 460 - _MARGIN, size)
    return drawn


def _strip(
    axes,
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
