"""The cluster map: a block of thumbnails for each group, near the groups that it resembles."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from . import theme
from .layout import Block, lay_out

_WIDTH, _HEIGHT = 1600, 1000
_TOP, _MARGIN = 104, 44
_MOST = 360
"""Thumbnails on one map; of larger sets, each group shows its share."""

_LARGEST = 132


def draw(
    points: np.ndarray,
    labels: np.ndarray,
    names: Sequence[str],
    thumbnail: Callable[[int], np.ndarray | None],
    *,
    below: str = "",
    seed: int = 0,
) -> Figure:
    """Draw the cluster map.

    Parameters
    ----------
    points : (N, D) float32
        The points.
    labels : (N,) int64
        Group of each point; -1 is ungrouped.
    names : sequence of str
        Name of each group.
    thumbnail : callable
        Returns the thumbnail of a row, ``(h, w, 4)`` uint8; None gives an empty cell.
    below : str, optional
        A line below the heading.
    seed : int, optional
        Random seed.

    Returns
    -------
    Figure
        1600 x 1000 pixels.
    """
    figure = theme.figure(_WIDTH, _HEIGHT)
    axes = theme.canvas(figure)
    theme.title(axes, "Textures by look", below)
    shown = _shown(labels, seed)
    captions = {int(label): _caption(label, names, labels) for label in np.unique(labels)}
    widths = {label: 0.6 + 0.13 * len("".join(words)) for label, words in captions.items()}
    aspect = _WIDTH / (_HEIGHT - _TOP)
    placed = lay_out(points[shown], labels[shown], seed, aspect=aspect, least_widths=widths)
    if not placed:
        theme.title(axes, "", "Nothing to show", y=_HEIGHT / 2)
        return figure
    cell, left, top = _frame(placed)
    for block in placed:
        _draw_block(axes, block, cell, (left, top), captions[block.label])
        color = theme.group_color(block.label)
        for member, (x, y) in zip(block.members, block.cells, strict=True):
            image = thumbnail(int(shown[member]))
            size = 0.9 * cell
            at = (left + x * cell - size / 2, top + y * cell - size / 2)
            if image is None:
                shape = theme.rounded(*at, size, size, 0.09 * size)
                shape.set(facecolor=theme.LINE, zorder=2)
                axes.add_artist(shape)
            else:
                theme.thumbnail(axes, image, *at, size, color=theme.mixed(color, 0.55))
    return figure


def _shown(labels: np.ndarray, seed: int) -> np.ndarray:
    """Return the rows to draw: all, or an even share of each group."""
    if len(labels) <= _MOST:
        return np.arange(len(labels))
    random = np.random.default_rng(seed)
    parts = []
    for label in np.unique(labels):
        members = np.flatnonzero(labels == label)
        share = max(1, round(_MOST * len(members) / len(labels)))
        parts.append(random.permutation(members)[:share])
    return np.sort(np.concatenate(parts))


def _frame(placed: Sequence[Block]) -> tuple[float, float, float]:
    """Return the side of a cell and its origin's x and y, in pixels: all blocks fit, centered."""
    boxes = np.array([block.box for block in placed])
    low, high = boxes[:, :2].min(0) - [0.3, 0.9], boxes[:, 2:].max(0) + 0.3
    width, height = high - low
    cell = min((_WIDTH - 2 * _MARGIN) / width, (_HEIGHT - _TOP - _MARGIN / 2) / height, _LARGEST)
    left = (_WIDTH - cell * width) / 2 - cell * low[0]
    top = _TOP + (_HEIGHT - _TOP - _MARGIN / 2 - cell * height) / 2 - cell * low[1]
    return cell, left, top


def _draw_block(
    axes: Axes, block: Block, cell: float, origin: tuple[float, float], caption: tuple[str, str]
) -> None:
    """Draw the background of a block, and its name above."""
    ground = theme.mixed(theme.group_color(block.label), 0.2)
    reach = 1.24 * cell
    for x, y in block.cells:
        at = (origin[0] + x * cell - reach / 2, origin[1] + y * cell - reach / 2)
        shape = theme.rounded(*at, reach, reach, 0.2 * cell)
        shape.set(facecolor=ground, zorder=1)
        axes.add_artist(shape)
    left, top, right, _ = block.box
    x, y = origin[0] + (left + right) / 2 * cell, origin[1] + top * cell - 0.12 * cell - 6
    name, count = caption
    size = float(np.clip(cell / 7, 7.5, 12.5))
    color = theme.mixed(theme.group_color(block.label), 0.65, "#ffffff")
    words = axes.text(
        x,
        y,
        name,
        color=color,
        fontsize=size,
        fontweight="bold",
        ha="center",
        va="bottom",
        zorder=4,
    )
    axes.annotate(
        count,
        (1, 0),
        (5, 0),
        xycoords=words,
        textcoords="offset points",
        color=theme.MUTED,
        fontsize=size - 1,
        va="bottom",
        zorder=4,
    )


def _caption(label: int, names: Sequence[str], labels: np.ndarray) -> tuple[str, str]:
    count = int((labels == label).sum())
    return (names[label] if label >= 0 else "Ungrouped"), str(count)
