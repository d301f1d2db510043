"""The dendrogram: which images, then which groups, join at what distance; thumbnails as leaves."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from scipy.cluster.hierarchy import ClusterNode, dendrogram, to_tree

from ..clustering.algorithms import Tree, grow_tree
from ..clustering.names import nearest_to_mean
from . import theme
from .mosaic import Mosaic
from .shown import shown_groups

_WIDTH, _HEIGHT = 1600, 900
_TOP, _SIDE, _FOOT = 130, 50, 60
_LABEL = 128
"""Pixels to the right of the tree for the words beside the line."""

_MOST = 32
"""Leaves drawn; of larger trees, the lowest merges are drawn as one leaf with a count."""

_FEW = 8
"""Textures and groups besides the named ones that are drawn with these in a tree of many leaves."""

_LARGEST = 230
_READABLE = 84
"""Leaves from this size on, in pixels, carry the names of their textures."""

_MIXED = -2
"""Label of a branch whose leaves are of several groups, or of none that has a color."""


def draw(
    points: np.ndarray,
    labels: np.ndarray,
    thumbnail: Callable[[int], np.ndarray | None],
    *,
    linkage: str = "average",
    reach: float | None = None,
    cut: bool = False,
    titles: Sequence[str] = (),
    below: str = "",
    seed: int = 0,
) -> Figure:
    """Draw the tree of points, colored by group.

    Where there is much besides the largest groups, only these are drawn.

    Parameters
    ----------
    points : (N, D) float32
        The points.
    labels : (N,) int64
        Group of each point; -1 is ungrouped.
    thumbnail : callable
        Returns the thumbnail of a row, ``(h, w, 4)`` uint8, or None.
    linkage : {"average", "ward"}, optional
        Linkage of the tree; heights are distances of pairs only if it is average.
    reach : float, optional
        Distance up to which pairs count as alike, drawn as a line if linkage is average.
    cut : bool, optional
        Draw the height at which the tree falls into as many groups as there are labels, if there is
        no other line.
    titles : sequence of str, optional
        Name of each texture, drawn where there is room.
    below : str, optional
        A line below the heading.
    seed : int, optional
        Random seed, of the sample that is drawn of very many points.

    Returns
    -------
    Figure
        1600 x 900 pixels.
    """
    shown = shown_groups(labels)
    kept = np.arange(len(points))
    if len(points) > _MOST and len(shown.named) > 1 and shown.unnamed > _FEW:
        # Else thousands of single textures would leave no room for groups.
        kept = np.flatnonzero(np.isin(labels, shown.named))
        points, labels = points[kept], labels[kept]
        below = f"{below} Only the {len(shown.named)} largest groups are drawn here.".strip()
    figure = theme.figure(_WIDTH, _HEIGHT)
    axes = theme.canvas(figure)
    theme.title(axes, "What joins what", below)
    if len(points) < 2:
        theme.title(
            axes,
            "",
            "A single texture joins nothing" if len(points) else "Nothing to show",
            y=_HEIGHT / 2,
        )
        return figure
    tree = grow_tree(points, linkage, seed)
    line = _line(tree, labels, linkage, reach, cut)
    layout = dendrogram(
        tree.links, p=_MOST, truncate_mode="lastp", no_plot=True, link_color_func=str
    )
    leaves = layout["leaves"]
    right = _WIDTH - _SIDE - (_LABEL if line else 0)
    cell = min((right - _SIDE) / len(leaves), _LARGEST)
    left = (_SIDE + right - cell * len(leaves)) / 2
    floor = _HEIGHT - _FOOT - cell
    highest = max(float(tree.links[-1, 2]), 1e-9)
    if line and line[0] < 2 * highest:  # else it is beyond the top
        highest = max(highest, line[0])
    scale = (floor - _TOP) / highest
    nodes = to_tree(tree.links, rd=True)[1]
    kinds = {}
    mosaic = Mosaic(axes)
    for place, (leaf, members) in enumerate(_members(tree, nodes, leaves)):
        found = np.unique(labels[members])
        kinds[leaf] = int(found[0]) if len(found) == 1 and found[0] in shown.named else _MIXED
        row = int(kept[nearest_to_mean(points, members)])
        center = (left + cell * (place + 0.5), floor)
        color = shown.color(kinds[leaf])
        name = titles[row] if titles else ""
        _draw_leaf(axes, mosaic, thumbnail(row), len(members), center, cell, color, name)
    mosaic.show()
    # Colors are the numbers of the nodes; the lowest are drawn first.
    links = zip(map(int, layout["color_list"]), layout["icoord"], layout["dcoord"], strict=True)
    lines, line_kinds = [], []
    for node, xs, heights in sorted(links):
        first, second = nodes[node].left.id, nodes[node].right.id
        kinds[node] = kinds[first] if kinds[first] == kinds[second] else _MIXED
        corners = [  # scipy's leaves are 10 apart
            (left + cell * x / 10, floor - height * scale)
            for x, height in zip(xs, heights, strict=True)
        ]
        lines += [corners[:2], corners[:-3:-1], corners[1:3]]
        line_kinds += [kinds[first], kinds[second], kinds[node]]
    axes.add_collection(
        LineCollection(
            lines,
            colors=[shown.color(kind) if kind >= 0 else "#6f6f6f" for kind in line_kinds],
            linewidths=[2.4 if kind >= 0 else 1.5 for kind in line_kinds],
            capstyle="round",
            zorder=1,
        ),
        autolim=False,
    )
    if line:
        _draw_line(axes, line[1], max(floor - line[0] * scale, _TOP - 20), right + 8)
    return figure


def _members(
    tree: Tree, nodes: Sequence[ClusterNode], leaves: Sequence[int]
) -> Iterator[tuple[int, np.ndarray]]:
    """Yield each drawn leaf and the rows of the points below it."""
    order = np.argsort(tree.leaves, kind="stable")
    bounds = np.searchsorted(tree.leaves[order], np.arange(len(tree.links) + 2))
    for leaf in leaves:
        parts = [order[bounds[i] : bounds[i + 1]] for i in nodes[leaf].pre_order()]
        yield leaf, np.sort(np.concatenate(parts))


def _draw_leaf(
    axes: Axes,
    mosaic: Mosaic,
    image: np.ndarray | None,
    count: int,
    place: tuple[float, float],
    cell: float,
    color: tuple[float, float, float],
    name: str,
) -> None:
    """Draw a leaf's thumbnail and, below it, how many textures it stands for, or its name."""
    x, floor = place
    size = min(0.86 * cell, cell - 4)
    mosaic.thumbnail(image, x - size / 2, floor + 10, size, color)
    y = floor + size + 23
    if count > 1:
        theme.words(axes, x, y, f"{count:,}", theme.MUTED, 9, ha="center")
    elif cell >= _READABLE:
        text = theme.fitted(axes, name, 0.94 * cell, 8.5)
        theme.words(axes, x, y, text, theme.MUTED, 8.5, ha="center")


def _line(
    tree: Tree, labels: np.ndarray, linkage: str, reach: float | None, cut: bool
) -> tuple[float, str] | None:
    """Return the height of the line and its words, or None."""
    if reach is not None and linkage == "average":
        return reach, "alike below\nthis line"
    groups = len(np.unique(labels[labels >= 0]))
    if not cut or not 1 < groups <= len(tree.links):
        return None
    heights = tree.links[:, 2]
    last = len(heights) - groups
    height = float(heights[last] + heights[last + 1]) / 2
    return height, f"cut into\n{groups:,} groups"


def _draw_line(axes: Axes, text: str, y: float, right: float) -> None:
    """Draw a level line across the tree, and words at its end."""
    axes.plot(
        [_SIDE / 2, right],
        [y, y],
        color=theme.TEXT,
        linewidth=1.1,
        linestyle=(0, (4, 4)),
        zorder=3,
    )
    theme.words(axes, right + 10, y, text, theme.TEXT, 10.5)
