"""Pairs that may or may not be the same kind of thing, to be asked about."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.cluster.hierarchy import to_tree

from ..features.metric import Calibration
from .algorithms import NO_LINKS, Links, Tree
from .names import nearest_to_mean

LEAST, MOST = 0.35, 0.65
"""Probabilities between which a pair is in doubt."""

_AT_MOST = 20


@dataclass(frozen=True)
class Pair:
    """Two sets of points that a tree joins, or does not join, with little certainty.

    Attributes
    ----------
    first, second : int
        A typical point of each set.
    probability : float
        That both show the same kind of thing.
    """

    first: int
    second: int
    probability: float


def find_doubts(
    points: np.ndarray, tree: Tree, calibration: Calibration, links: Links = NO_LINKS
) -> list[Pair]:
    """Find the joins of a tree of averages that are neither probable nor improbable.

    The probability is that by which the tree is cut: both sides are in one group if it is at least
    *Similarity*.

    Parameters
    ----------
    points : (N, D) float32
        The points.
    tree : Tree
        Their tree, by average linkage.
    calibration : Calibration
        What distances mean.
    links : Links, optional
        What the artist decided already, and is not asked about again.

    Returns
    -------
    list of Pair
        The least certain first, twenty at most.
    """
    nodes = to_tree(tree.links, rd=True)[1]
    count = len(tree.links) + 1
    joins = tree.joins()
    probabilities = calibration.probability(joins)
    # Sides that are not one group themselves are not asked about, but what is inside them.
    whole = joins >= tree.separations()
    unsure = np.flatnonzero((probabilities >= LEAST) & (probabilities <= MOST) & whole)
    unsure = unsure[np.argsort(np.abs(probabilities[unsure] - 0.5), kind="stable")]
    found: list[Pair] = []
    for step in unsure:
        node = nodes[count + step]
        sides = [
            np.flatnonzero(np.isin(tree.leaves, side.pre_order()))
            for side in (node.left, node.right)
        ]
        if _joined(sides, links):
            continue
        first, second = sorted(nearest_to_mean(points, side) for side in sides)
        found.append(Pair(first, second, float(probabilities[step])))
        if len(found) == _AT_MOST:
            break
    return found


def _joined(sides: list[np.ndarray], links: Links) -> bool:
    """Return whether the artist has put a point of one side together with one of the other."""
    one, other = (set(side.tolist()) for side in sides)
    return any((a in one and b in other) or (a in other and b in one) for a, b in links.together)
