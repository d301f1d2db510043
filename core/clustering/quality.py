"""Quality of a grouping: silhouettes, stability, and a sentence about them for the artist."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from sklearn.metrics import adjusted_rand_score, pairwise_distances_chunked

from .algorithms import grow_tree

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


def stability(
    points: np.ndarray, labels_by_number: Mapping[int, np.ndarray], seed: int = 0, rounds: int = 4
) -> dict[int, float]:
    """Measure how much of a grouping comes back when a fifth of the points is left out.

    It is the mean adjusted Rand index between the labels and those of Ward's tree on random subsets
    (Ben-Hur, Elisseeff and Guyon, "A stability based method for discovering structure", 2002).

    Parameters
    ----------
    points : (N, D) float32
        The points.
    labels_by_number : mapping of int to (N,) int64
        Groupings, by their numbers of groups.
    seed : int, optional
        Random seed of the subsets.
    rounds : int, optional
        Number of subsets.

    Returns
    -------
    dict of int to float
        Stability of each grouping, in [0, 1].
    """
    random = np.random.default_rng(seed)
    scores: dict[int, list[float]] = {number: [] for number in labels_by_number}
    for _ in range(rounds):
        kept = np.sort(random.permutation(len(points))[: max(2, round(0.8 * len(points)))])
        tree = grow_tree(points[kept])
        for number, labels in labels_by_number.items():
            again = tree.cut(min(number, len(kept)))
            scores[number].append(adjusted_rand_score(labels[kept], again))
    return {number: float(np.clip(np.mean(found), 0, 1)) for number, found in scores.items()}


def sentence(names: Sequence[str], labels: np.ndarray, found: Silhouettes, reason: str) -> str:
    """Say how many groups there are, how separate they are, and which two overlap.

    Parameters
    ----------
    names : sequence of str
        Name of each group, by label.
    labels : (N,) int64
        Group of each point; -1 is ungrouped.
    found : Silhouettes
        Silhouettes of the points.
    reason : str
        Why there are as many groups; may be empty.

    Returns
    -------
    str
        A sentence for the artist.
    """
    ungrouped = int((labels < 0).sum())
    if not names:
        return "Nothing to group: " + (
            f"{ungrouped} images stay ungrouped." if ungrouped else "no images."
        )
    if len(names) == 1:
        text = f"1 group: {reason or 'no clear division among the images'}"
    else:
        score = found.mean(labels)
        text = f"{len(names)} groups, {_separation(score)} (silhouette {score:.2f})"
        overlap = _overlap(names, labels, found)
        text += f"; {overlap}" if overlap else ""
        text += f"; {reason}" if reason else ""
    if ungrouped:
        text += f"; {ungrouped} {'image stays' if ungrouped == 1 else 'images stay'} ungrouped"
    return text + "."


def _separation(score: float) -> str:
    for least, words in (
        (0.5, "clearly separate"),
        (0.3, "well separate"),
        (0.15, "partly separate"),
    ):
        if score >= least:
            return words
    return "hardly separate"


def _overlap(names: Sequence[str], labels: np.ndarray, found: Silhouettes) -> str:
    """Name the two groups whose members are most often as near to the other group as to their own."""
    doubtful = (labels >= 0) & (found.values < 0.05) & (found.rivals >= 0)
    if not doubtful.any():
        return ""
    pairs = np.sort(np.stack([labels[doubtful], found.rivals[doubtful]], 1), axis=1)
    kinds, counts = np.unique(pairs, axis=0, return_counts=True)
    sizes = np.array([(labels == a).sum() + (labels == b).sum() for a, b in kinds])
    worst = int(np.argmax(counts / sizes))
    if counts[worst] / sizes[worst] < 0.1:
        return ""
    first, second = kinds[worst]
    return f"'{names[first]}' overlaps '{names[second]}'"
