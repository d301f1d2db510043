"""Places of thumbnails on the cluster map: near what they look like, by group, never overlapping."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from scipy.optimize import linear_sum_assignment
from sklearn.decomposition import PCA
from sklearn.manifold import TSNE
from threadpoolctl import threadpool_limits

_GAP, _NAME_HEIGHT = 0.5, 0.45
"""Cells between blocks, and for the name above each."""


@dataclass(frozen=True)
class Block:
    """The thumbnails of one group on the map, in units of a thumbnail's cell.

    Attributes
    ----------
    label : int
        The group; -1 is ungrouped.
    members : (M,) int64
        Rows of the points.
    cells : (M, 2) float64
        Centers of the members' cells, x to the right and y down.
    """

    label: int
    members: np.ndarray
    cells: np.ndarray

    @property
    def box(self) -> tuple[float, float, float, float]:
        """Left, top, right and bottom."""
        low, high = self.cells.min(0) - 0.5, self.cells.max(0) + 0.5
        return float(low[0]), float(low[1]), float(high[0]), float(high[1])


def lay_out(
    points: np.ndarray,
    labels: np.ndarray,
    seed: int = 0,
    *,
    aspect: float = 1.6,
    least_widths: Mapping[int, float] = MappingProxyType({}),
    places: np.ndarray | None = None,
) -> list[Block]:
    """Lay out points by group.

    Only the groups' means are laid out, so that the cost hardly grows with N. Members fill a block of
    cells around that place, each in the direction in which it lies from there; the blocks are then
    packed closely, with space for a name above each.

    Parameters
    ----------
    points : (N, D) float32
        The points.
    labels : (N,) int64
        Group of each point; -1 is ungrouped.
    seed : int, optional
        Random seed.
    aspect : float, optional
        Width of the map over its height.
    least_widths : mapping of int to float, optional
        Cells that the name of a group needs, by label.
    places : (G, 2) float64, optional
        From :func:`group_places`, to lay out the same points several times.

    Returns
    -------
    list of Block
        One for each label, in ascending order.
    """
    if not len(points):
        return []
    names = [int(label) for label in np.unique(labels)]
    members = [np.flatnonzero(labels == name) for name in names]
    flat = group_places(points, labels, seed) if places is None else places
    blocks = [_cells(_by_components(points[m], seed)) for m in members]
    sizes = np.stack([np.ptp(block, axis=0) + 1 for block in blocks])
    sizes[:, 0] = np.maximum(sizes[:, 0], [least_widths.get(name, 0) for name in names])
    centers = _evened(flat) * [aspect, 1]
    centers = _packed(centers, sizes + np.array((_GAP, _GAP + _NAME_HEIGHT)), aspect)
    middles = [(block.min(0) + block.max(0)) / 2 for block in blocks]
    return [
        Block(name, m, block - middle + center)
        for name, m, block, middle, center in zip(
            names, members, blocks, middles, centers, strict=True
        )
    ]


def group_places(points: np.ndarray, labels: np.ndarray, seed: int = 0) -> np.ndarray:
    """Lay out the means of groups on a plane.

    Parameters
    ----------
    points : (N, D) float32
        At least one point.
    labels : (N,) int64
        Group of each point; -1 is ungrouped.
    seed : int, optional
        Random seed.

    Returns
    -------
    (G, 2) float64
        The place of each label, in ascending order.
    """
    means = [points[labels == name].mean(0) for name in np.unique(labels)]
    return _on_plane(np.stack(means), seed)


def in_grid(points: np.ndarray, columns: int, seed: int = 0) -> np.ndarray:
    """Lay out points in rows of cells, so that those that are alike are near each other.

    Parameters
    ----------
    points : (N, D) float32
        The points.
    columns : int
        Cells in a row.
    seed : int, optional
        Random seed.

    Returns
    -------
    (N, 2) int64
        Column and row of each point; only the last row has empty cells, at its end.
    """
    count = len(points)
    cells = np.stack([np.arange(count) % columns, np.arange(count) // columns], 1)
    if count < 2:
        return cells
    wide, high = min(columns, count), -(-count // columns)
    flat = _on_plane(points, seed)
    spread = flat.argsort(0).argsort(0) / (count - 1) * [wide - 1, high - 1]
    return cells[_nearest_cells(spread, cells)]


def _by_components(points: np.ndarray, seed: int) -> np.ndarray:
    """Return ``(N, D)`` points by their two principal components, ``(N, 2)``, around 0."""
    if len(points) < 3 or np.ptp(points, axis=0).max(initial=0) == 0:
        flat = np.zeros((len(points), 2))
        flat[:, 0] = points[:, 0] if points.size else 0
    else:
        flat = PCA(2, random_state=seed).fit_transform(np.pad(points, ((0, 0), (0, 1))))
    return np.asarray(flat - flat.mean(0))


def _on_plane(points: np.ndarray, seed: int) -> np.ndarray:
    """Return ``(N, D)`` points on a plane, ``(N, 2)``, of unit spread: by t-SNE, or PCA for a few.

    Van der Maaten and Hinton, "Visualizing Data using t-SNE", JMLR 2008.
    """
    count = len(points)
    if count < 10 or len(np.unique(points, axis=0)) < 3:
        flat = _by_components(points, seed)
    else:
        perplexity = min(30.0, (count - 1) / 3)
        # For a few hundred points, threads would mostly wait for each other.
        with threadpool_limits(1, "openmp"):
            flat = TSNE(
                2, perplexity=perplexity, init="pca", random_state=seed, max_iter=500
            ).fit_transform(points)
    flat = flat - flat.mean(0)
    return flat / max(float(np.sqrt((flat**2).sum(1).mean())), 1e-9)


def _evened(centers: np.ndarray) -> np.ndarray:
    """Mix places with ranks along each axis: neighbors stay neighbors, and empty areas close."""
    ranks = centers.argsort(0).argsort(0) / max(len(centers) - 1, 1)
    low, span = centers.min(0), np.maximum(np.ptp(centers, axis=0), 1e-9)
    return 0.4 * (centers - low) / span + 0.6 * ranks


def _cells(offsets: np.ndarray) -> np.ndarray:
    """Return a cell ``(M, 2)`` of a compact block for each offset, assigned by nearness."""
    count = len(offsets)
    columns = max(1, round(np.sqrt(count * 1.3)))
    rows = -(-count // columns)
    ys, xs = np.mgrid[:rows, :columns]
    cells = np.stack([xs.ravel(), ys.ravel()], 1).astype(float)[:count]
    last = count - (rows - 1) * columns
    cells[(rows - 1) * columns :, 0] += (columns - last) / 2
    spread = np.abs(offsets).max(0) + 1e-9
    wanted = offsets / spread * [columns / 2, rows / 2] + cells.mean(0)
    return cells[_nearest_cells(wanted, cells)]


def _nearest_cells(wanted: np.ndarray, cells: np.ndarray) -> np.ndarray:
    """Return the cell ``(M,)`` of each of ``(M, 2)`` places: one each, near on the whole."""
    cost = ((wanted[:, None] - cells[None]) ** 2).sum(2)
    chosen = np.empty(len(wanted), int)
    first, second = linear_sum_assignment(cost)
    chosen[first] = second
    return chosen


def _packed(centers: np.ndarray, sizes: np.ndarray, aspect: float) -> np.ndarray:
    """Pack boxes of ``(G, 2)`` sizes closely around ``(G, 2)`` centers, without overlap."""
    # Equal centers are moved apart a little. At the first scale, the smallest of which this is sure,
    # no boxes touch.
    centers = centers + 1e-3 * np.arange(len(centers))[:, None] * [1, -1]
    ratios = _reach(sizes) / np.maximum(np.abs(centers[:, None] - centers[None]), 1e-12)
    apart = ratios.min(2)
    np.fill_diagonal(apart, 0)
    certain = centers * max(1.0, float(apart.max()))
    # The smaller the scale from which boxes are pushed apart, the denser; the densest that fits wins.
    side = np.sqrt(sizes.prod(1).sum() / aspect)
    trials = [
        _pushed(centers * side * scale * [stretch, 1 / stretch], sizes)
        for scale in np.linspace(0.3, 1.6, 9)
        for stretch in (0.8, 1.0, 1.25)
    ]
    settled = [trial for trial in trials if trial is not None]
    return min([certain, *settled], key=lambda trial: _extent(trial, sizes, aspect))


def _reach(sizes: np.ndarray) -> np.ndarray:
    return (sizes[:, None] + sizes[None]) / 2


def _extent(centers: np.ndarray, sizes: np.ndarray, aspect: float) -> float:
    """Return the height of a frame of this aspect around all boxes, plus a tenth of its sides."""
    width, height = (centers + sizes / 2).max(0) - (centers - sizes / 2).min(0)
    return float(max(width / aspect, height) + 0.1 * (width / aspect + height))


def _pushed(centers: np.ndarray, sizes: np.ndarray, rounds: int = 400) -> np.ndarray | None:
    """Push overlapping boxes apart along the axis of least overlap; None if it does not settle."""
    centers = centers.copy()
    reach = _reach(sizes)
    for _ in range(rounds):
        between = centers[:, None] - centers[None]
        overlap = reach - np.abs(between)
        hit = (overlap > 1e-3).all(2)
        np.fill_diagonal(hit, False)
        if not hit.any():
            return centers
        axis = overlap.argmin(2)
        push = np.take_along_axis(overlap, axis[..., None], 2)[..., 0] * hit
        sign = np.sign(np.take_along_axis(between, axis[..., None], 2)[..., 0])
        for direction in (0, 1):
            centers[:, direction] += 0.5 * (push * sign * (axis == direction)).sum(1)
    return None
