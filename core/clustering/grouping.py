"""Points to groups, by the algorithm and the number the artist chose, or chosen for them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..control import SILENT, Control
from ..errors import BadRequest
from .algorithms import MANY, Tree, dbscan, kmeans, knee, neighbors_needed
from .number import ALIKE, Choice, choose_number, spread
from .quality import Silhouettes, silhouettes
from .settings import Algorithm, Linkage

_EPS_FACTORS = (0.6, 0.7, 0.8, 0.9, 1.0, 1.1, 1.2, 1.35, 1.5, 1.75, 2.0)


@dataclass(frozen=True)
class Grouping:
    """What belongs together.

    Attributes
    ----------
    labels : (N,) int
        0 is the largest group; -1 is ungrouped (DBSCAN's noise).
    silhouettes : Silhouettes
        Of each point; ``score`` is their mean.
    score : float
        0 where it is undefined.
    reason : str
        Why this number of groups, where that needs saying.
    """

    labels: np.ndarray
    silhouettes: Silhouettes
    score: float
    reason: str = ""

    @property
    def count(self) -> int:
        """The number of groups."""
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
    """Group ``(N, D)`` float32 points; see the task ``analyze`` for the choices.

    Any N, equal points included, gives a grouping and no warning. The same input and seed give the
    same groups.
    Raises
    ------
    JobCancelled
        The control was cancelled.
    BadRequest
        Negative ``groups`` or ``distance``, or an unknown algorithm.
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
        return graded(points, np.zeros(len(points), np.int64), seed, reason)
    if algorithm == "DBSCAN":
        labels, reason = _by_density(points, distance, seed)
    elif algorithm == "AGGLOMERATIVE":
        labels, reason = _by_tree(points, groups, distance, linkage, seed, control)
    else:
        choice = Choice(groups) if groups else choose_number(points, "ward", seed, control)
        labels, reason = kmeans(points, min(choice.groups, distinct), seed), choice.reason
    return graded(points, labels, seed, reason)


def graded(points: np.ndarray, labels: np.ndarray, seed: int = 0, reason: str = "") -> Grouping:
    """A grouping of given labels, renumbered by size, with its silhouettes."""
    tidy = by_size(labels)
    found = silhouettes(points, tidy, seed)
    return Grouping(tidy, found, found.mean(tidy), reason)


def by_size(labels: np.ndarray) -> np.ndarray:
    """Labels renumbered from 0 by falling size (ties: by first member); -1 stays."""
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
    tree = Tree(linkage=linkage, random_state=seed).fit(points)
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
