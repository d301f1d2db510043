"""The cluster map: every group an island of its thumbnails, lying near the groups it resembles."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ..clustering.embedding import Island, islands
from . import theme

WIDTH, HEIGHT = 1600, 1000
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
    heading: str = "Textures by look",
    below: str = "",
    seed: int = 0,
) -> Figure:
    """Draw the map of ``(N, D)`` points.

    Parameters
    ----------
    points, labels : (N, D) float32, (N,) int
        Label -1 is ungrouped.
    names : sequence of str
        The name of each group.
    thumbnail : callable
        The picture ``(h, w, 3 or 4)`` uint8 of a row, read when it is drawn; None: an empty tile.
    """
    drawn = theme.figure(WIDTH, HEIGHT)
    axes = theme.canvas(drawn)
    theme.title(axes, heading, below)
    shown = _shown(labels, seed)
    captions = {int(label): _caption(label, names, labels) for label in np.unique(labels)}
    room = {label: 0.6 + 0.13 * len("".join(words)) for label, words in captions.items()}
    wide = WIDTH / (HEIGHT - _TOP)
    placed = islands(points[shown], labels[shown], seed, wide=wide, least_widths=room)
    if not placed:
        theme.title(axes, "", "Nothing to show", y=HEIGHT / 2)
        return drawn
    cell, left, top = _frame(placed)
    for island in placed:
        _island(axes, island, cell, (left, top), captions[island.label])
        color = theme.group_color(island.label)
        for member, (x, y) in zip(island.members, island.cells, strict=True):
            image = thumbnail(int(shown[member]))
            size = 0.9 * cell
            at = (left + x * cell - size / 2, top + y * cell - size / 2)
            if image is None:
                shape = theme.rounded(*at, size, size, 0.09 * size)
                shape.set(facecolor=theme.LINE, zorder=2)
                axes.add_patch(shape)
            else:
                theme.thumbnail(axes, image, *at, size, color=theme.mixed(color, 0.55))
    return drawn


def _shown(labels: np.ndarray, seed: int) -> np.ndarray:
    """Rows to draw: all, or an even share of each group."""
    if len(labels) <= _MOST:
        return np.arange(len(labels))
    random = np.random.default_rng(seed)
    parts = []
    for label in np.unique(labels):
        members = np.flatnonzero(labels == label)
        share = max(1, round(_MOST * len(members) / len(labels)))
        parts.append(random.permutation(members)[:share])
    return np.sort(np.concatenate(parts))


def _frame(placed: Sequence[Island]) -> tuple[float, float, float]:
    """Pixels of a cell, and where the origin of the cells lies, so that all islands fit and are
    centered.
    """
    boxes = np.array([island.box for island in placed])
    low, high = boxes[:, :2].min(0) - [0.3, 0.9], boxes[:, 2:].max(0) + 0.3
    width, height = high - low
    cell = min((WIDTH - 2 * _MARGIN) / width, (HEIGHT - _TOP - _MARGIN / 2) / height, _LARGEST)
    left = (WIDTH - cell * width) / 2 - cell * low[0]
    top = _TOP + (HEIGHT - _TOP - _MARGIN / 2 - cell * height) / 2 - cell * low[1]
    return cell, left, top


def _island(
    axes: Axes, island: Island, cell: float, origin: tuple[float, float], caption: tuple[str, str]
) -> None:
    """The ground under an island, and its name above."""
    ground = theme.mixed(theme.group_color(island.label), 0.2)
    reach = 1.24 * cell
    for x, y in island.cells:
        at = (origin[0] + x * cell - reach / 2, origin[1] + y * cell - reach / 2)
        shape = theme.rounded(*at, reach, reach, 0.2 * cell)
        shape.set(facecolor=ground, zorder=1)
        axes.add_patch(shape)
    left, top, right, _ = island.box
    x, y = origin[0] + (left + right) / 2 * cell, origin[1] + top * cell - 0.12 * cell - 6
    name, count = caption
    size = float(np.clip(cell / 7, 7.5, 12.5))
    color = theme.mixed(theme.group_color(island.label), 0.65, "#ffffff")
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
