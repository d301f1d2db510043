"""The dendrogram: which images, then which groups, join at what distance; thumbnails at its
leaves.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure

from ..clustering.algorithms import Tree
from . import theme

WIDTH, HEIGHT = 1600, 900
_TOP, _SIDE, _FOOT = 130, 50, 96
_MOST = 34
"""Leaves drawn; of larger trees, the lowest merges are drawn as one leaf with a count."""


def draw(
    points: np.ndarray,
    labels: np.ndarray,
    thumbnail: Callable[[int], np.ndarray | None],
    *,
    linkage: str = "ward",
    cut: bool = True,
    heading: str = "What joins what",
    below: str = "",
    seed: int = 0,
) -> Figure:
    """Draw the tree of ``(N, D)`` points, colored by ``(N,)`` labels (-1: ungrouped).

    ``cut`` draws the height at which the tree falls into as many groups as there are labels.
    """
    drawn = theme.figure(WIDTH, HEIGHT)
    axes = theme.canvas(drawn)
    theme.title(axes, heading, below)
    if len(points) < 2:
        return drawn
    tree = Tree(linkage=linkage, random_state=seed).fit(points)
    leaves = tree.cut(_MOST)
    nodes = _Nodes(tree, leaves)
    order = nodes.order()
    cell = min((WIDTH - 2 * _SIDE) / len(order), 110)
    left = (WIDTH - cell * len(order)) / 2
    place = {leaf: left + cell * (at + 0.5) for at, leaf in enumerate(order)}
    floor, top = HEIGHT - _FOOT - cell * 0.6, float(nodes.heights.max(initial=1e-9))
    scale = (floor - _TOP) / max(top, 1e-9)
    size = 0.86 * cell
    leaf_labels = {leaf: _common(labels[leaves == leaf]) for leaf in order}
    for leaf in order:
        members = np.flatnonzero(leaves == leaf)
        away = ((points[members] - points[members].mean(0)) ** 2).sum(1)
        image = thumbnail(int(members[away.argmin()]))
        color = theme.group_color(leaf_labels[leaf])
        x = place[leaf]
        if image is not None:
            theme.thumbnail(axes, image, x - size / 2, floor + 10, size, color=color)
        if len(members) > 1:
            axes.text(
                x,
                floor + size + 25,
                f"{len(members)}",
                color=theme.MUTED,
                fontsize=9,
                ha="center",
                va="center",
            )
    xs, ys, kinds = dict(place), dict.fromkeys(order, floor), dict(leaf_labels)
    lines, colors, widths = [], [], []
    for node, (a, b), height in nodes.merges():
        y = floor - height * scale
        kinds[node] = kinds[a] if kinds[a] == kinds[b] else -2
        for child in (a, b):
            lines.append([(xs[child], ys[child]), (xs[child], y)])
            colors.append(_link_color(kinds[child]))
            widths.append(2.4 if kinds[child] >= 0 else 1.5)
        lines.append([(xs[a], y), (xs[b], y)])
        colors.append(_link_color(kinds[node]))
        widths.append(2.4 if kinds[node] >= 0 else 1.5)
        xs[node], ys[node] = (xs[a] + xs[b]) / 2, y
    axes.add_collection(
        LineCollection(lines, colors=colors, linewidths=widths, capstyle="round", zorder=1)
    )
    groups = len(np.unique(labels[labels >= 0]))
    if cut and 1 < groups < len(points):
        last = len(tree.heights_) - groups
        height = (tree.heights_[last] + tree.heights_[last + 1]) / 2
        y = floor - height * scale
        axes.plot(
            [_SIDE / 2, WIDTH - _SIDE / 2],
            [y, y],
            color=theme.TEXT,
            linewidth=1.1,
            linestyle=(0, (4, 4)),
        )
        words = f"cut at {height:.2f}: {groups} groups"
        axes.text(
            WIDTH - _SIDE / 2,
            y - 14,
            words,
            color=theme.TEXT,
            fontsize=10.5,
            ha="right",
            va="center",
            bbox={"facecolor": theme.BACKGROUND, "edgecolor": "none", "pad": 2},
            zorder=4,
        )
    return drawn


class _Nodes:
    """A tree whose lowest merges are gathered into given leaves."""

    def __init__(self, tree: Tree, leaves: np.ndarray) -> None:
        count = len(tree.merges_) + 1
        kept = int(leaves.max()) + 1
        of_leaf = np.full(count + len(tree.merges_), -1)
        of_leaf[tree.leaves_] = leaves
        self._merges: list[tuple[int, tuple[int, int], float]] = []
        for step, (a, b) in enumerate(tree.merges_):
            first, second = of_leaf[a], of_leaf[b]
            node = first if first == second else kept + len(self._merges)
            of_leaf[count + step] = node
            if first != second:
                self._merges.append(
                    (int(node), (int(first), int(second)), float(tree.heights_[step]))
                )
        self.leaves = kept
        self.heights = np.array([height for _, _, height in self._merges])

    def merges(self) -> list[tuple[int, tuple[int, int], float]]:
        """Node, its two children, and its height; lowest first."""
        return self._merges

    def order(self) -> list[int]:
        """The leaves from left to right, so that no lines cross."""
        children = {node: pair for node, pair, _ in self._merges}
        pending = [self._merges[-1][0] if self._merges else 0]
        found: list[int] = []
        while pending:
            node = pending.pop()
            if node in children:
                pending += children[node][::-1]
            else:
                found.append(node)
        return found


def _common(labels: np.ndarray) -> int:
    names, counts = np.unique(labels, return_counts=True)
    return int(names[counts.argmax()])


def _link_color(label: int) -> object:
    return "#6f6f6f" if label < 0 else theme.group_color(label)
