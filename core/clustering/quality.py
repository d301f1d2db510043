"""Quality of a grouping: silhouettes, and a sentence for the artist."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from sklearn.metrics import pairwise_distances_chunked

_SAMPLE = 2000


@dataclass(frozen=True)
class Silhouettes:
    """Silhouette of each point, and the other group that it is nearest to.

    Attributes
    ----------
    values : (N,) float64
        In [-1, 1]; 0 for noise, for a group's only member, and where there is one group.
    rivals : (N,) int64
        Label of the nearest other group; -1 where there is none.
    """

    values: np.ndarray
    rivals: np.ndarray

    def mean(self, labels: np.ndarray) -> float:
        """Return the mean over the grouped points.

        Parameters
        ----------
        labels : (N,) int64
            Group of each point; -1 is ungrouped.

        Returns
        -------
        float
            In [-1, 1]; 0 if nothing is grouped.
        """
        grouped = labels >= 0
        return float(self.values[grouped].mean()) if grouped.any() else 0.0


def silhouettes(points: np.ndarray, labels: np.ndarray, seed: int = 0) -> Silhouettes:
    """Compute the silhouette of each point (Rousseeuw, 1987).

    Distances are measured to a few thousand points, drawn evenly from every group, so that the cost
    grows with N and not with its square.

    Parameters
    ----------
    points : (N, D) float32
        The points.
    labels : (N,) int64
        Group of each point; -1 is ungrouped.
    seed : int, optional
        Random seed of the sample.

    Returns
    -------
    Silhouettes
        One for each point.
    """
    values, rivals = np.zeros(len(points)), np.full(len(points), -1)
    names = np.unique(labels[labels >= 0])
    if len(names) < 2:
        return Silhouettes(values, rivals)
    chosen = _spread_sample(labels, names, seed)
    belongs = (labels[chosen][:, None] == names).astype(np.float64)
    counts = belongs.sum(0)
    own_column = np.searchsorted(names, labels)
    measured = np.isin(np.arange(len(points)), chosen)
    start = 0
    for distances in pairwise_distances_chunked(points, points[chosen], working_memory=64):
        here = np.arange(start, start + len(distances))
        start += len(distances)
        here_grouped = labels[here] >= 0
        here, sums = here[here_grouped], (distances @ belongs)[here_grouped]
        rows, own = np.arange(len(here)), own_column[here]
        others = counts[own] - measured[here]
        inside = sums[rows, own] / np.maximum(others, 1)
        means = sums / counts
        means[rows, own] = np.inf
        nearest = means.argmin(1)
        outside = means[rows, nearest]
        widest = np.maximum(np.maximum(inside, outside), 1e-12)
        values[here] = np.where(others > 0, (outside - inside) / widest, 0.0)
        rivals[here] = names[nearest]
    return Silhouettes(values, rivals)


def _spread_sample(labels: np.ndarray, names: np.ndarray, seed: int) -> np.ndarray:
    grouped = np.flatnonzero(labels >= 0)
    if len(grouped) <= _SAMPLE:
        return grouped
    random = np.random.default_rng(seed)
    share = max(_SAMPLE // len(names), 2)
    parts = [np.flatnonzero(labels == name) for name in names]
    return np.sort(np.concatenate([random.permutation(p)[:share] for p in parts]))


def sentence(labels: np.ndarray, doubts: int = 0) -> str:
    """Say in plain words how many groups there are, and how much is unsure.

    Parameters
    ----------
    labels : (N,) int64
        Group of each point; -1 is ungrouped.
    doubts : int, optional
        Pairs that may or may not be the same kind of thing.

    Returns
    -------
    str
        A sentence for the artist.
    """
    if not len(labels):
        return "No textures."
    sizes = np.bincount(labels[labels >= 0])
    single, ungrouped = int((sizes == 1).sum()), int((labels < 0).sum())
    if len(labels) == 1 or single == len(labels):
        text = _counted(len(labels), "texture")
        text += ", each of its own kind" if len(labels) > 1 else ""
    else:
        text = f"{_counted(len(labels), 'texture')} in {_counted(len(sizes), 'group')}"
        text += f", {single} of them with a single texture" if single else ""
    if ungrouped:
        text += f"; {_counted(ungrouped, 'texture')} ungrouped"
    if doubts:
        text += f"; {_counted(doubts, 'pair')} in doubt"
    return text + "."


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"
