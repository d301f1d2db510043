"""Group points by the algorithm and the number of groups that the artist chose, or automatically."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..control import SILENT, Control
from ..errors import BadRequest
from .algorithms import NO_LINKS, Links, Tree, dbscan, density, grow_tree, kmeans
from .quality import Silhouettes, silhouettes
from .settings import Algorithm, Linkage


@dataclass(frozen=True)
class Grouping:
    """Group of each point, and how good the groups are.

    Attributes
    ----------
    labels : (N,) int64
        0 is the largest group; -1 is ungrouped (DBSCAN's noise).
    silhouettes : Silhouettes
        One for each point.
    score : float
        Mean silhouette of the grouped points, in [-1, 1]; 0 where it is undefined.
    tree : Tree or None
        The tree of averages that the groups are from; None of fewer than two points.
    """

    labels: np.ndarray
    silhouettes: Silhouettes
    score: float
    tree: Tree | None = None

    @property
    def count(self) -> int:
        """Number of groups."""
        return int(self.labels.max()) + 1 if len(self.labels) else 0


def group(
    points: np.ndarray,
    algorithm: Algorithm = "KMEANS",
    *,
    groups: int = 0,
    reach: float = 1.0,
    linkage: Linkage = "average",
    seed: int = 0,
    links: Links = NO_LINKS,
    control: Control = SILENT,
) -> Grouping:
    """Group points.

    Without a number, groups are joined as long as their members are on average nearer than ``reach``;
    a point that is near to no other stays alone. Any number of points, equal ones included, gives a
    grouping and no warning. The same input and seed give the same groups.

    Parameters
    ----------
    points : (N, D) float32
        The points; their Euclidean distance counts.
    algorithm : {"KMEANS", "DBSCAN", "AGGLOMERATIVE"}, optional
        How to group.
    groups : int, optional
        Number of groups for K-means and agglomerative; 0: as many as ``reach`` says.
    reach : float, optional
        Distance up to which two points count as alike; DBSCAN's ``eps`` is at most this.
    linkage : {"average", "ward"}, optional
        Linkage of the agglomerative tree.
    seed : int, optional
        Random seed.
    links : Links, optional
        Points that must be, or must not be, in one group.
    control : Control, optional
        Progress and cancellation.

    Returns
    -------
    Grouping
        Groups by falling size.

    Raises
    ------
    BadRequest
        ``groups`` or ``reach`` is negative, or the algorithm is unknown.
    JobCancelled
        It was asked to stop.

    Examples
    --------
    >>> points = np.array([[0, 0], [0, 1], [9, 7], [9, 8], [9, 9]], np.float32)
    >>> group(points, reach=3.0).labels.tolist()
    [1, 1, 0, 0, 0]
    """
    if groups < 0 or reach < 0:
        raise BadRequest("The number of groups cannot be negative; 0 means automatic.")
    if algorithm not in ("KMEANS", "DBSCAN", "AGGLOMERATIVE"):
        raise BadRequest(
            f'"{algorithm}" is not a grouping algorithm; choose K-means, DBSCAN or agglomerative.'
        )
    if len(points) < 2:
        return with_silhouettes(points, np.zeros(len(points), np.int64), seed)
    tree = grow_tree(points, "average", seed, reach=reach, links=links)
    control.advance(0.5)
    if algorithm == "DBSCAN":
        labels = _by_density(points, tree, reach, links)
    else:
        labels = _by_number(points, tree, groups, reach, linkage, seed, links, algorithm)
    return with_silhouettes(points, labels, seed, tree)


def with_silhouettes(
    points: np.ndarray, labels: np.ndarray, seed: int = 0, tree: Tree | None = None
) -> Grouping:
    """Renumber labels by size and measure their silhouettes.

    Parameters
    ----------
    points : (N, D) float32
        The points.
    labels : (N,) int64
        Group of each point; -1 is ungrouped.
    seed : int, optional
        Random seed.
    tree : Tree, optional
        The tree that they are from.

    Returns
    -------
    Grouping
        The same groups, by falling size.
    """
    tidy = _by_size(labels)
    found = silhouettes(points, tidy, seed)
    return Grouping(tidy, found, found.mean(tidy), tree)


def _by_size(labels: np.ndarray) -> np.ndarray:
    """Renumber labels from 0 by falling size (equal sizes by first member); -1 stays."""
    names, first, counts = np.unique(labels[labels >= 0], return_index=True, return_counts=True)
    tidy = np.full(len(labels), -1, np.int64)
    for new, old in enumerate(np.lexsort((first, -counts))):
        tidy[labels == names[old]] = new
    return tidy


def _by_number(
    points: np.ndarray,
    tree: Tree,
    groups: int,
    reach: float,
    linkage: Linkage,
    seed: int,
    links: Links,
    algorithm: Algorithm,
) -> np.ndarray:
    """Group by K-means or a tree; the tree of averages says into how many, unless it is given."""
    labels = tree.cut(groups) if groups else tree.cut_at(reach)
    if algorithm == "AGGLOMERATIVE":
        if linkage == "average":
            return labels
        other = grow_tree(points, linkage, seed, reach=reach, links=links)
        count = int(labels.max()) + 1
        found = other.cut(count)
        while not groups and any(found[a] == found[b] for a, b in links.apart):
            count += 1  # this tree needs more groups to keep apart what must be
            found = other.cut(count)
        return found
    found = kmeans(points, labels, seed)
    # The tree obeys what the artist decided, and its groups are numbered alike.
    found[links.rows] = labels[links.rows]
    return found


def _by_density(points: np.ndarray, tree: Tree, reach: float, links: Links) -> np.ndarray:
    """Group by density; groups are joined, or taken apart by the tree, as the artist decided."""
    decided = tree.cut_at(reach)
    # Where many textures are alike, chains of them would reach from one group to the next.
    distance, neighbors = density(points, decided)
    labels = dbscan(points, min(reach, distance), neighbors)
    if links == NO_LINKS:
        return labels
    sets = links.sets(len(points))
    for one in np.unique(sets[links.rows]):
        members = np.flatnonzero(sets == one)
        found = np.unique(labels[members][labels[members] >= 0])
        if len(members) > 1:
            label = found[0] if len(found) else labels.max() + 1
            labels[members] = label
            labels[np.isin(labels, found)] = label
    for a, b in links.apart:
        if labels[a] == labels[b] >= 0 and sets[a] != sets[b]:
            members = labels == labels[a]
            labels[members] = labels.max() + 1 + decided[members]
    return labels
