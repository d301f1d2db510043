"""The silhouette plot: how surely each image belongs to its group."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure

from . import theme

_WIDTH = 1200
_TOP, _LEFT, _RIGHT, _BOTTOM, _GAP = 112, 330, 60, 70, 16
_LEAST_HEIGHT = 34


def draw(
    labels: np.ndarray,
    values: np.ndarray,
    names: Sequence[str],
    typical: Sequence[np.ndarray | None],
    *,
    below: str = "",
) -> Figure:
    """Draw each group's silhouettes as bars, longest first.

    Parameters
    ----------
    labels : (N,) int64
        Group of each image; ungrouped ones (-1) are left out.
    values : (N,) float64
        Silhouette of each image, in [-1, 1].
    names : sequence of str
        Name of each group.
    typical : sequence of (h, w, 4) uint8 or None
        Thumbnail of each group's typical member.
    below : str, optional
        A line below the heading.

    Returns
    -------
    Figure
        1200 pixels wide, and as high as needed.
    """
    counts = [int((labels == row).sum()) for row in range(len(names))]
    bar = float(np.clip(560 / max(sum(counts), 1), 0.5, 12))
    heights = [max(_LEAST_HEIGHT, bar * count) for count in counts]
    total = sum(heights) + _GAP * max(len(names), 1)
    figure = theme.figure(_WIDTH, _TOP + total + _BOTTOM)
    axes = theme.canvas(figure)
    theme.title(axes, "How surely each texture belongs", below)
    low = min(-0.25, float(values.min(initial=0)) - 0.05)
    span = (_WIDTH - _LEFT - _RIGHT) / (1 - low)
    zero = _LEFT - low * span
    bottom = _TOP + total - _GAP / 2
    for tick in (-0.5, -0.25, 0, 0.25, 0.5, 0.75, 1):
        if tick >= low:
            x = zero + tick * span
            axes.plot(
                [x, x],
                [_TOP - 8, bottom],
                color=theme.LINE,
                linewidth=1.4 if tick == 0 else 0.7,
                zorder=0,
            )
            axes.text(
                x,
                bottom + 18,
                f"{tick:g}",
                color=theme.MUTED,
                fontsize=10,
                ha="center",
                va="center",
            )
    axes.text(
        _LEFT, bottom + 44, "nearer to another group", color=theme.MUTED, fontsize=10, va="center"
    )
    axes.text(
        _WIDTH - _RIGHT,
        bottom + 44,
        "surely in its group",
        color=theme.MUTED,
        fontsize=10,
        ha="right",
        va="center",
    )
    top = float(_TOP)
    for row, (name, height) in enumerate(zip(names, heights, strict=True)):
        found = np.sort(values[labels == row])[::-1]
        step = height / len(found)
        color = theme.group_color(row)
        axes.add_collection(
            PolyCollection(
                _bars(found * span, zero, top, step), facecolor=color, edgecolor="none", zorder=2
            ),
            autolim=False,
        )
        if len(found) == 1:
            axes.text(
                zero + 10, top + height / 2, "alone", color=theme.MUTED, fontsize=10, va="center"
            )
        image = typical[row]
        size = min(height, 46)
        middle = top + height / 2
        if image is not None:
            theme.thumbnail(
                axes,
                image,
                _LEFT - 20 - size,
                middle - size / 2,
                size,
                color=theme.mixed(color, 0.8),
            )
        axes.text(
            _LEFT - 78,
            middle,
            name,
            color=theme.TEXT,
            fontsize=10.5,
            fontweight="bold",
            ha="right",
            va="center",
        )
        top += height + _GAP
    grouped = labels >= 0
    if len(names) > 1 and grouped.any():
        mean = float(values[grouped].mean())
        x = zero + mean * span
        axes.plot(
            [x, x],
            [_TOP - 8, bottom],
            color=theme.TEXT,
            linewidth=1.2,
            linestyle=(0, (4, 3)),
            zorder=3,
        )
        axes.text(x + 7, _TOP - 16, f"mean {mean:.2f}", color=theme.TEXT, fontsize=10, va="center")
    return figure


def _bars(lengths: np.ndarray, zero: float, top: float, step: float) -> list[np.ndarray]:
    """Return polygons of bars below each other; thin ones are one outline, without gaps.

    A patch for each of ten thousand bars would take seconds.
    """
    ends = zero + lengths
    if step <= 3:
        edges = top + step * np.arange(len(ends) + 1)
        xs, ys = np.repeat(ends, 2), np.repeat(edges, 2)[1:-1]
        sides = np.array([[zero, edges[-1]], [zero, top]])
        return [np.concatenate([np.stack([xs, ys], 1), sides])]
    middles = top + step * (np.arange(len(ends)) + 0.5)
    half = 0.41 * step
    starts = np.full_like(ends, zero)
    xs = np.stack([starts, ends, ends, starts], 1)
    ys = np.stack([middles - half, middles - half, middles + half, middles + half], 1)
    return list(np.stack([xs, ys], 2))
