"""Find the strokes of two anchors that may become one another."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.spatial import cKDTree

from ...image.color import srgb_to_lab

_NEIGHBORS = 12
_ALONG, _ACROSS = 0.7, 1.3
_ANGLE, _COLOR, _SIZE = 0.7, 18.0, 0.9
"""Differences that alone would be too much: by the length and the width of a stroke, in radians, in
Lab, in the logarithm of the length. A stroke changes over a whole segment, so slowly that no eye sees
it."""

_MOST = 1.5
"""Sum of the squares of what is left of these."""


@dataclass(frozen=True, eq=False)
class Poses:
    """Strokes in one frame.

    Attributes
    ----------
    x, y, length, width, angle, bend : (N,) float32
        As in a stroke list.
    color : (N, 3) float32
        sRGB-encoded in [0, 1].
    """

    x: np.ndarray
    y: np.ndarray
    length: np.ndarray
    width: np.ndarray
    angle: np.ndarray
    bend: np.ndarray
    color: np.ndarray


def pair_alike(first: Poses, second: Poses) -> tuple[np.ndarray, np.ndarray]:
    """Pair strokes of one layer that lie, and look, nearly alike.

    Parameters
    ----------
    first, second : Poses
        In the same frame.

    Returns
    -------
    (P,) int64, (P,) int64
        Indices of the first and of the second of each pair; each stroke is in one pair at most.
    """
    if not len(first.x) or not len(second.x):
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    reach = float(np.median(second.length))
    near, distance = _nearest(first, second, reach)
    i, k = np.nonzero(np.isfinite(distance))
    j = near[i, k]
    dx, dy = second.x[j] - first.x[i], second.y[j] - first.y[i]
    c, s = np.cos(first.angle[i]), np.sin(first.angle[i])
    along = (c * dx + s * dy) / (_ALONG * first.length[i])
    across = (c * dy - s * dx) / (_ACROSS * first.width[i])
    turn = turned_by(first.angle[i], second.angle[j]) / _ANGLE
    lab = [srgb_to_lab(p.color[None])[0] for p in (first, second)]
    unlike = np.linalg.norm(lab[0][i] - lab[1][j], axis=1) / _COLOR
    longer = np.log(second.length[j] / first.length[i]) / _SIZE
    cost = along**2 + across**2 + turn**2 + unlike**2 + longer**2
    return _greedy(i, j, cost, cost < _MOST)


def pair_near(first: Poses, second: Poses) -> tuple[np.ndarray, np.ndarray]:
    """Pair strokes of one layer that lie near each other, whatever they look like.

    Parameters
    ----------
    first, second : Poses
        In the same frame.

    Returns
    -------
    (P,) int64, (P,) int64
        Indices of the first and of the second of each pair.
    """
    if not len(first.x) or not len(second.x):
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    near, distance = _nearest(first, second, 3 * float(np.median(second.length)))
    i, k = np.nonzero(np.isfinite(distance))
    return _greedy(i, near[i, k], distance[i, k], np.ones(len(i), bool))


def turned_by(angle: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Return by how much an angle is turned to another, where half a turn is none.

    Parameters
    ----------
    angle, other : (N,) float32
        In radians.

    Returns
    -------
    (N,) float32
        In [-pi/2, pi/2).
    """
    turn = (other - angle + np.pi / 2) % np.pi - np.pi / 2
    return np.where(other == angle, 0, turn).astype(np.float32)


def _nearest(first: Poses, second: Poses, reach: float) -> tuple[np.ndarray, np.ndarray]:
    tree = cKDTree(np.stack((second.x, second.y), axis=1))
    k = min(_NEIGHBORS, len(second.x))
    distance, near = tree.query(
        np.stack((first.x, first.y), axis=1), k=k, distance_upper_bound=reach
    )
    return near.reshape(-1, k), distance.reshape(-1, k)


def _greedy(
    i: np.ndarray, j: np.ndarray, cost: np.ndarray, allowed: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Take pairs by their cost, each stroke once."""
    order = np.flatnonzero(allowed)
    order = order[np.argsort(cost[order], kind="stable")]
    taken_first: set[int] = set()
    taken_second: set[int] = set()
    pairs = []
    for a, b in zip(i[order].tolist(), j[order].tolist(), strict=True):
        if a not in taken_first and b not in taken_second:
            taken_first.add(a)
            taken_second.add(b)
            pairs.append((a, b))
    found = np.array(pairs, np.int64).reshape(-1, 2)
    return found[:, 0], found[:, 1]
