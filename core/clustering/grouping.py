"""Group points by the algorithm and the number of groups that the artist chose, or automatically."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..control import SILENT, Control
from ..errors import BadRequest
from .algorithms import MANY, dbscan, grow_tree, kmeans, knee, neighbors_needed
from .number import ALIKE, Choice, choose_number, spread
from .quality import Silhouettes, silhouettes
from .settings import Algorithm, Linkage

_EPS_FACTORS = (0.6, 0.7, 0.8, 0.9, 1.0, 1.1, 1.2, 1.35, 1.5, 1.75, 2.0)


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
    reason : str
        Why there are as many groups; empty if there is nothing to explain.
    """

    labels: np.ndarray
    silhouettes: Silhouettes
    score: float
    reason: str = ""

    @property
    def count(self) -> int:
        """Number of groups."""
        return int(self.labels.max()) + 1 if len(self.labels) else 0


def group(
    points: np.ndarray,
    algorithm: Algorithm = "KMEANS",
    *,
    groups: int = 0,
    distance: float = 0.0,
    linkage: Linkage = "ward",
    seed: int = 0,
    control: Control = SILENT,
) -> Grouping:
    """Group points.

    Any number of points, equal ones included, gives a grouping and no warning. The same input and seed
    give the same groups.

    Parameters
    ----------
    points : (N, D) float32
        The points; their Euclidean distance counts.
    algorithm : {"KMEANS", "DBSCAN", "AGGLOMERATIVE"}, optional
        How to group.
    groups : int, optional
        Number of groups for K-means and agglomerative; 0 chooses it.
    distance : float, optional
        DBSCAN's ``eps``, or the height at which the agglomerative tree is cut if ``groups`` is 0; 0
        chooses it.
    linkage : {"ward", "average"}, optional
        Linkage of the agglomerative tree.
    seed : int, optional
        Random seed.
    control : Control, optional
        Progress and cancellation.

    Returns
    -------
    Grouping
        Groups by falling size.

    Raises
    ------
    BadRequest
        ``groups`` or ``distance`` is negative, or the algorithm is unknown.
    JobCancelled
        It was asked to stop.

    Examples
    --------
    >>> points = np.array([[0, 0], [0, 1], [9, 7], [9, 8], [9, 9]], np.float32)
    >>> group(points, groups=2).labels.tolist()
    [1, 1, 0, 0, 0]
    """
    if groups < 0 or distance < 0:
        raise BadRequest(
            "The number of groups and the distance cannot be negative; 0 means automatic."
        )
    if algorithm not in ("KMEANS", "DBSCAN", "AGGLOMERATIVE"):
        raise BadRequest(
            f'"{algorithm}" is not a grouping algorithm; choose K-means, DBSCAN or agglomerative.'
        )
    distinct = len(np.unique(points, axis=0)) if len(points) else 0
    if distinct < 2:
        reason = (
            ("the images look alike" if len(points) > 1 else "only one image") if distinct else ""
        )
        return with_silhouettes(points, np.zeros(len(points), np.int64), seed, reason)
    if algorithm == "DBSCAN":
        labels, reason = _by_density(points, distance, seed)
    elif algorithm == "AGGLOMERATIVE":
        labels, reason = _by_tree(points, groups, distance, linkage, seed, control)
    else:
        choice = Choice(groups) if groups else choose_number(points, "ward", seed, control)
        labels, reason = kmeans(points, min(choice.groups, distinct), seed), choice.reason
    return with_silhouettes(points, labels, seed, reason)


def with_silhouettes(
    points: np.ndarray, labels: np.ndarray, seed: int = 0, reason: str = ""
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
    reason : str, optional
        Why there are as many groups.

    Returns
    -------
    Grouping
        The same groups, by falling size.
    """
    tidy = _by_size(labels)
    found = silhouettes(points, tidy, seed)
    return Grouping(tidy, found, found.mean(tidy), reason)


def _by_size(labels: np.ndarray) -> np.ndarray:
    """Renumber labels from 0 by falling size (equal sizes by first member); -1 stays."""
    names, first, counts = np.unique(labels[labels >= 0], return_index=True, return_counts=True)
    tidy = np.full(len(labels), -1, np.int64)
    for new, old in enumerate(np.lexsort((first, -counts))):
        tidy[labels == names[old]] = new
    return tidy


def _by_tree(
    points: np.ndarray,
    groups: int,
    distance: float,
    linkage: Linkage,
    seed: int,
    control: Control,
) -> tuple[np.ndarray, str]:
    tree = grow_tree(points, linkage, seed)
    if distance and not groups:
        return tree.cut_at(distance), ""
    choice = Choice(groups) if groups else choose_number(points, linkage, seed, control)
    return tree.cut(choice.groups), choice.reason


def _by_density(points: np.ndarray, distance: float, seed: int) -> tuple[np.ndarray, str]:
    neighbors = neighbors_needed(len(points))
    if distance:
        return dbscan(points, distance, neighbors), ""
    if spread(points) < ALIKE:
        return np.zeros(len(points), np.int64), "the images look alike"
    start = knee(points, min(neighbors, len(points) - 1))
    best, best_rank = dbscan(points, start, neighbors), -np.inf
    # The knee says where to look; the best silhouette around it, counted over all images so that
    # noise does not pay, says where to stop.
    for factor in _EPS_FACTORS if len(points) <= 2 * MANY else (1.0,):
        labels = dbscan(points, factor * start, neighbors)
        rank = silhouettes(points, labels, seed).values.sum() / len(points)
        if labels.max() >= 1 and rank > best_rank:
            best, best_rank = labels, rank
    return best, ""
