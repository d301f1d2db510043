"""Choose the number of groups: they are separate, and come back from a part of the images."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from sklearn.metrics import pairwise_distances, silhouette_score

from ..control import SILENT, Control
from .algorithms import MANY, grow_tree
from .quality import stability
from .settings import Linkage

_MOST_GROUPS = 100
ALIKE = 0.2
"""Root mean square distance from the center below which images count as copies of one look."""

_FINALISTS = 6
_STABILITY_SHARE = 0.25
_NO_DIVISION = 0.08
"""Best silhouette below which the images form one cloud, not groups."""


@dataclass(frozen=True)
class Choice:
    """A number of groups, and why it was chosen.

    Attributes
    ----------
    groups : int
        The number.
    reason : str
        Words for the artist; empty if there is nothing to explain.
    """

    groups: int
    reason: str = ""


def spread(points: np.ndarray) -> float:
    """Return the root mean square distance of points from their center.

    Parameters
    ----------
    points : (N, D) float32
        The points.

    Returns
    -------
    float
        0 if there are none.
    """
    return float(np.sqrt(((points - points.mean(0)) ** 2).sum(1).mean())) if len(points) else 0.0


def choose_number(
    points: np.ndarray,
    linkage: Linkage = "ward",
    seed: int = 0,
    control: Control = SILENT,
) -> Choice:
    """Choose the number of groups of points.

    A tree is cut into every number of groups; the best few by mean silhouette are ranked again with
    their stability. Of more than :data:`~core.clustering.algorithms.MANY` points, a sample is judged.

    Parameters
    ----------
    points : (N, D) float32
        At least one point.
    linkage : {"ward", "average"}, optional
        Linkage of the tree.
    seed : int, optional
        Random seed.
    control : Control, optional
        Progress and cancellation.

    Returns
    -------
    Choice
        The number, and why.

    Raises
    ------
    JobCancelled
        It was asked to stop.
    """
    if spread(points) < ALIKE:
        return Choice(1, "the images look alike" if len(points) > 1 else "only one image")
    if len(points) < 3:
        return Choice(len(points), "too few images to compare")
    if len(points) > MANY:
        points = points[np.sort(np.random.default_rng(seed).permutation(len(points))[:MANY])]
    distances = pairwise_distances(points)
    tree = grow_tree(points, linkage, seed)
    distinct = len(np.unique(points, axis=0))
    most = max(int(len(points) / 1.5), min(len(points) - 1, 6))
    numbers = range(2, min(_MOST_GROUPS, distinct, most) + 1)
    labels, scores = {}, {}
    for number in numbers:
        control.advance(0.8 * number / len(numbers))
        labels[number] = tree.cut(number)
        scores[number] = silhouette_score(distances, labels[number], metric="precomputed")
    finalists = sorted(numbers, key=lambda number: -scores[number])[:_FINALISTS]
    if scores[finalists[0]] < _NO_DIVISION:
        return Choice(1, "no clear division among the images")
    stable = stability(points, {number: labels[number] for number in finalists}, seed)
    ranks = {n: scores[n] + _STABILITY_SHARE * (stable[n] - 1) for n in finalists}
    return Choice(max(finalists, key=lambda number: (ranks[number], -number)))
