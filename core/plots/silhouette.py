"""The silhouette plot: how surely each image belongs to its group."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure

from . import theme
from .mosaic import Mosaic
from .shown import OTHERS_ROW, draw_others, shown_groups

_WIDTH = 1200
_TOP, _LEFT, _RIGHT, _BOTTOM, _GAP = 112, 330, 60, 70, 16
_LEAST_HEIGHT, _ALL_HEIGHTS = 34, 900


def draw(
    labels: np.ndarray,
    values: np.ndarray,
    names: Sequence[str],
    typical: Sequence[int],
    thumbnail: Callable[[int], np.ndarray | None],
    *,
    below: str = "",
) -> Figure:
    """Draw the silhouettes of the largest groups as bars, longest first.

    Groups of a single texture have none: what is not drawn as bars is a line of thumbnails.

    Parameters
    ----------
    labels : (N,) int64
        Group of each image; ungrouped ones (-1) are left out.
    values : (N,) float64
        Silhouette of each image, in [-1, 1].
    names : sequence of str
        Name of each group.
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
    counts = [int(shown.sizes[label]) for label in shown.named]
    bar = min(_ALL_HEIGHTS / max(sum(counts), 1), 12)
    heights = [max(_LEAST_HEIGHT, bar * count) for count in counts]
    total = sum(heights) + _GAP * len(counts)
    scale_height = _BOTTOM if counts else 0
    others = shown.others()
    height = _TOP + total + scale_height + OTHERS_ROW * len(others) + 20
    figure = theme.figure(_WIDTH, max(height, 220))
    axes = theme.canvas(figure)
    theme.title(axes, "How surely each texture belongs", below)
    mosaic = Mosaic(axes)
    draw_others(axes, mosaic, labels, shown, thumbnail, _TOP + total + scale_height)
    if counts:
        low = min(-0.25, float(values.min(initial=0)) - 0.05)
        span = (_WIDTH - _LEFT - _RIGHT) / (1 - low)
        zero = _LEFT - low * span
        _draw_scale(axes, low, zero, span, _TOP + total - _GAP / 2)
        top = float(_TOP)
        for label, height in zip(shown.named, heights, strict=True):
            found = np.sort(values[labels == label])[::-1]
            color = shown.color(label)
            bars = _bars(found * span, zero, top, height / len(found))
            axes.add_collection(
                PolyCollection(bars, facecolor=color, edgecolor="none", zorder=2), autolim=False
            )
            size, middle = min(height, 46), top + height / 2
            at = (_LEFT - 20 - size, middle - size / 2)
            mosaic.thumbnail(thumbnail(typical[label]), *at, size, theme.mixed(color, 0.8))
            name = theme.fitted(axes, names[label], _LEFT - 98, 10.5, bold=True)
            theme.words(axes, _LEFT - 78, middle, name, theme.TEXT, 10.5, bold=True, ha="right")
            top += height + _GAP
        _draw_mean(axes, values[np.isin(labels, shown.named + shown.small)], zero, span, top)
    mosaic.show()
    return figure


def _draw_scale(axes: Axes, low: float, zero: float, span: float, bottom: float) -> None:
    """Draw level marks, and what the ends of the scale mean."""
    for tick in (-0.5, -0.25, 0, 0.25, 0.5, 0.75, 1):
        if tick >= low:
            x = zero + tick * span
            axes.plot(
                [x, x],
                [_TOP - 8, bottom],
                color=theme.LINE,
                linewidth=1.4 if tick == 0 else 0.7,
                zorder=1,
            )
            theme.words(axes, x, bottom + 18, f"{tick:g}", theme.MUTED, 10, ha="center")
    y, end = bottom + 44, _WIDTH - _RIGHT
    theme.words(axes, _LEFT, y, "nearer to another group", theme.MUTED, 10)
    theme.words(axes, end, y, "surely in its group", theme.MUTED, 10, ha="right")


def _draw_mean(axes: Axes, values: np.ndarray, zero: float, span: float, bottom: float) -> None:
    """Mark the mean of the textures that share a group, unless none has a silhouette."""
    if not values.any():
        return
    mean = float(values.mean())
    x = zero + mean * span
    axes.plot(
        [x, x],
        [_TOP - 8, bottom - _GAP],
        color=theme.TEXT,
        linewidth=1.2,
        linestyle=(0, (4, 3)),
        zorder=3,
    )
    theme.words(axes, x + 7, _TOP - 16, f"mean {mean:.2f}", theme.TEXT, 10)


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
