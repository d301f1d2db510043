"""Turn descriptions into points, points into groups, and name the groups."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from ..control import SILENT, Control
from ..features import comparing_pipeline
from ..features.metric import Calibration
from .algorithms import NO_LINKS, Links
from .doubts import Pair, find_doubts
from .grouping import Grouping, group, with_silhouettes
from .names import NamedGroups, group_names, lab_palette, nearest_to_mean
from .quality import sentence
from .settings import Algorithm, Linkage


def comparable(rows: np.ndarray, material_weight: float = 0.5, seed: int = 0) -> np.ndarray:
    """Turn descriptions into points whose Euclidean distance is how different two images look.

    Parameters
    ----------
    rows : (N, LENGTH) float32
        Raw descriptions, see ``features.columns.COLUMNS``.
    material_weight : float, optional
        From 0 (compare colors) to 1 (compare materials).
    seed : int, optional
        Random seed.

    Returns
    -------
    (N, D) float32
        Points.
    """
    if not len(rows):
        return np.zeros((0, 1), np.float32)
    return comparing_pipeline(material_weight, seed=seed).fit_transform(rows)


def group_unlocked(
    points: np.ndarray,
    locked: Sequence[Sequence[int]],
    algorithm: Algorithm = "KMEANS",
    *,
    groups: int = 0,
    reach: float = 1.0,
    linkage: Linkage = "average",
    seed: int = 0,
    links: Links = NO_LINKS,
    control: Control = SILENT,
) -> Grouping:
    """Group the points that are in no locked group; a locked group keeps exactly its members.

    Parameters
    ----------
    points : (N, D) float32
        From :func:`comparable`.
    locked : sequence of sequences of int
        Rows of ``points``; empty groups are ignored.
    algorithm : {"KMEANS", "DBSCAN", "AGGLOMERATIVE"}, optional
        As in :func:`~core.clustering.grouping.group`, and so are the following.
    groups : int, optional
        Number of groups; 0 chooses it.
    reach : float, optional
        Distance up to which two points count as alike.
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
        Locked groups and others, by falling size.

    Raises
    ------
    BadRequest
        A choice is out of range.
    JobCancelled
        It was asked to stop.
    """
    kept = [list(members) for members in locked if members]
    free = unlocked(len(points), kept)
    found = group(
        points[free],
        algorithm,
        groups=groups,
        reach=reach,
        linkage=linkage,
        seed=seed,
        links=links.among(free),
        control=control,
    )
    if not kept:
        return found
    labels = np.full(len(points), -1)
    for label, members in enumerate(kept):
        labels[members] = label
    labels[free] = np.where(found.labels >= 0, found.labels + len(kept), -1)
    return with_silhouettes(points, labels, seed, found.tree)


def unlocked(count: int, locked: Sequence[Sequence[int]]) -> np.ndarray:
    """Return the rows that are in no locked group.

    Parameters
    ----------
    count : int
        Number of points.
    locked : sequence of sequences of int
        Rows of locked groups.

    Returns
    -------
    (M,) int64
        The others, in order.
    """
    return np.setdiff1d(np.arange(count), [row for members in locked for row in members])


def doubts(
    points: np.ndarray,
    locked: Sequence[Sequence[int]],
    grouping: Grouping,
    calibration: Calibration,
    links: Links = NO_LINKS,
) -> list[Pair]:
    """Find pairs outside locked groups that may or may not be the same kind of thing.

    Parameters
    ----------
    points : (N, D) float32
        From :func:`comparable`.
    locked : sequence of sequences of int
        Rows of locked groups.
    grouping : Grouping
        From :func:`group_unlocked`.
    calibration : Calibration
        What distances mean.
    links : Links, optional
        What the artist decided already.

    Returns
    -------
    list of Pair
        Rows of ``points``; the least certain first.
    """
    if grouping.tree is None:
        return []
    free = unlocked(len(points), locked)
    found = find_doubts(points[free], grouping.tree, calibration, links.among(free))
    return [
        replace(pair, first=int(free[pair.first]), second=int(free[pair.second])) for pair in found
    ]


def name_groups(
    rows: np.ndarray, points: np.ndarray, grouping: Grouping, seed: int, doubts: int = 0
) -> NamedGroups:
    """Name groups by how they look, and find their palettes and typical members.

    Parameters
    ----------
    rows : (N, LENGTH) float32
        Raw descriptions.
    points : (N, D) float32
        From :func:`comparable`.
    grouping : Grouping
        Labels of the points.
    seed : int
        Random seed.
    doubts : int, optional
        Pairs in doubt, which the sentence counts.

    Returns
    -------
    NamedGroups
        One entry per group.
    """
    members = tuple(np.flatnonzero(grouping.labels == label) for label in range(grouping.count))
    palettes = tuple(lab_palette(rows[m], seed=seed) for m in members)
    names = tuple(group_names(palettes, [rows[m] for m in members]))
    return NamedGroups(
        names,
        members,
        tuple(nearest_to_mean(points, m) for m in members),
        palettes,
        sentence(grouping.labels, doubts),
    )
