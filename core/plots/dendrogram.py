"""The dendrogram: which images, then which groups, join at what distance; thumbnails as leaves."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from scipy.cluster.hierarchy import dendrogram, to_tree

from ..clustering.algorithms import Tree, grow_tree
from ..clustering.names import nearest_to_mean
from . import theme

_WIDTH, _HEIGHT = 1600, 900
_TOP, _SIDE, _FOOT = 130, 50, 96
_MOST = 34
"""Leaves drawn; of larger trees, the lowest merges are drawn as one leaf with a count."""

_MIXED = -2
"""Label of a branch whose leaves are of several groups."""


def draw(
    points: np.ndarray,
    labels: np.ndarray,
    thumbnail: Callable[[int], np.ndarray | None],
    *,
    linkage: str = "average",
    cut: bool = True,
    below: str = "",
    seed: int = 0,
) -> Figure:
    """Draw the tree of points, colored by group.

    Parameters
    ----------
    points : (N, D) float32
        The points.
    labels : (N,) int64
        Group of each point; -1 is ungrouped.
    thumbnail : callable
        Returns the thumbnail of a row, ``(h, w, 4)`` uint8, or None.
    linkage : {"average", "ward"}, optional
        Linkage of the tree.
    cut : bool, optional
        Draw the height at which the tree falls into as many groups as there are labels.
    below : str, optional
        A line below the heading.
    seed : int, optional
        Random seed, of the sample that is drawn of very many points.

    Returns
    -------
    Figure
        1600 x 900 pixels.
    """
    figure = theme.figure(_WIDTH, _HEIGHT)
    axes = theme.canvas(figure)
    theme.title(axes, "What joins what", below)
    if len(points) < 2:
        return figure
    tree = grow_tree(points, linkage, seed)
    layout = dendrogram(
        tree.links, p=_MOST, truncate_mode="lastp", no_plot=True, link_color_func=str
    )
    leaves = layout["leaves"]
    cell = min((_WIDTH - 2 * _SIDE) / len(leaves), 110)
    left = (_WIDTH - cell * len(leaves)) / 2
    floor = _HEIGHT - _FOOT - cell * 0.6
    scale = (floor - _TOP) / max(float(tree.links[-1, 2]), 1e-9)
    nodes = to_tree(tree.links, rd=True)[1]
    kinds = {}
    for place, leaf in enumerate(leaves):
        members = np.flatnonzero(np.isin(tree.leaves, nodes[leaf].pre_order()))
        kinds[leaf] = _most_common(labels[members])
        image = thumbnail(nearest_to_mean(points, members))
        x = left + cell * (place + 0.5)
        _draw_leaf(axes, image, len(members), (x, floor), 0.86 * cell, kinds[leaf])
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
            colors=[theme.group_color(kind) if kind >= 0 else "#6f6f6f" for kind in line_kinds],
            linewidths=[2.4 if kind >= 0 else 1.5 for kind in line_kinds],
            capstyle="round",
            zorder=1,
        )
    )
    groups = len(np.unique(labels[labels >= 0]))
    if cut and 1 < groups < len(points):
        _draw_cut(axes, tree, groups, floor, scale)
    return figure


def _draw_leaf(
    axes: Axes,
    image: np.ndarray | None,
    count: int,
    place: tuple[float, float],
    size: float,
    kind: int,
) -> None:
    """Draw a leaf's thumbnail and, below it, how many images it stands for."""
    x, y = place
    if image is not None:
        color = theme.group_color(kind)
        theme.thumbnail(axes, image, x - size / 2, y + 10, size, color=color)
    if count > 1:
        axes.text(
            x,
            y + size + 25,
            f"{count}",
            color=theme.MUTED,
            fontsize=9,
            ha="center",
            va="center",
        )


def _draw_cut(axes: Axes, tree: Tree, groups: int, floor: float, scale: float) -> None:
    """Draw the height at which the tree falls into a number of groups."""
    heights = tree.links[:, 2]
    last = len(heights) - groups
    height = (heights[last] + heights[last + 1]) / 2
    y = floor - height * scale
    axes.plot(
        [_SIDE / 2, _WIDTH - _SIDE / 2],
        [y, y],
        color=theme.TEXT,
        linewidth=1.1,
        linestyle=(0, (4, 4)),
    )
    axes.text(
        _WIDTH - _SIDE / 2,
        y - 14,
        f"cut at {height:.2f}: {groups} groups",
        color=theme.TEXT,
        fontsize=10.5,
        ha="right",
        va="center",
        bbox={"facecolor": theme.BACKGROUND, "edgecolor": "none", "pad": 2},
        zorder=4,
    )


def _most_common(labels: np.ndarray) -> int:
    names, counts = np.unique(labels, return_counts=True)
    return int(names[counts.argmax()])
