"""From descriptions to named groups: points, labels, names."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..control import SILENT, Control
from ..features import comparing_pipeline
from .grouping import Grouping, graded, group
from .names import Named, group_names, lab_palette, nearest_to_mean
from .quality import sentence
from .settings import Algorithm, Linkage


def comparable(rows: np.ndarray, material_weight: float = 0.5, seed: int = 0) -> np.ndarray:
    """Turn descriptions into points whose distance is how different two images look.

    Parameters
    ----------
    rows : (N, LENGTH) float32
        Raw descriptions, see ``features.columns.COLUMNS``.
    material_weight : float
        From 0 (compare colors) to 1 (compare materials).
    seed : int
        Random seed.

    Returns
    -------
    (N, D) float32
        Points; their Euclidean distance is meant.
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
    distance: float = 0.0,
    linkage: Linkage = "ward",
    seed: int = 0,
    control: Control = SILENT,
) -> Grouping:
    """Group the points that are in no locked group; a locked group keeps exactly its members.

    Parameters
    ----------
    points : (N, D) float32
        From :func:`comparable`.
    locked : sequence of sequences of int
        Rows of ``points``; empty groups are ignored.
    algorithm, groups, distance, linkage, seed
        See :func:`~core.clustering.grouping.group`.
    control : Control, optional
        Hears of the progress.

    Returns
    -------
    Grouping
        Locked groups come first, in their order.

    Raises
    ------
    BadRequest
        The choices contradict themselves.
    JobCancelled
        The control was cancelled.
    """
    kept = [list(members) for members in locked if members]
    labels = np.full(len(points), -1)
    for label, members in enumerate(kept):
        labels[members] = label
    free = np.ones(len(points), bool)
    free[[index for members in kept for index in members]] = False
    found = group(
        points[free],
        algorithm,
        groups=groups,
        distance=distance,
        linkage=linkage,
        seed=seed,
        control=control,
    )
    if not kept:
        return found
    labels[free] = np.where(found.labels >= 0, found.labels + len(kept), -1)
    return graded(points, labels, seed, found.reason)


def name_groups(rows: np.ndarray, points: np.ndarray, grouping: Grouping, seed: int) -> Named:
    """Name the groups by how they look, and find their palettes and typical members.

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

    Returns
    -------
    Named
        One entry per group.
    """
    members = tuple(np.flatnonzero(grouping.labels == label) for label in range(grouping.count))
    palettes = tuple(lab_palette(rows[m], seed=seed) for m in members)
    names = tuple(group_names(palettes, [rows[m] for m in members]))
    return Named(
        names,
        members,
        tuple(nearest_to_mean(points, m) for m in members),
        palettes,
        sentence(names, grouping.labels, grouping.silhouettes, grouping.reason),
    )
