"""How good a grouping is: silhouettes, stability, and the sentence that says so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from sklearn.metrics import adjusted_rand_score, pairwise_distances_chunked

from .algorithms import Tree

_SAMPLE = 2000


@dataclass(frozen=True)
class Silhouettes:
    """Of each point: its silhouette, and the other group that it is nearest to.

    Attributes
    ----------
    values : (N,) float
        In [-1, 1]; 0 for noise, for a group's only member, and where there is one group.
    rivals : (N,) int
        Label of the nearest other group; -1 where there is none.
    """

    values: np.ndarray
    rivals: np.ndarray

    def mean(self, labels: np.ndarray) -> float:
        """The mean over the grouped points; 0 where nothing is grouped."""
        grouped = labels >= 0
        return float(self.values[grouped].mean()) if grouped.any() else 0.0


def silhouettes(points: np.ndarray, labels: np.ndarray, seed: int = 0) -> Silhouettes:
    """Silhouettes of ``(N, D)`` points under ``(N,)`` labels (Rousseeuw, 1987).

    Distances are measured to at most a few thousand points, drawn evenly from every group, so that
    the cost grows with N and not with its square.
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


def mean_silhouette(distances: np.ndarray, labels: np.ndarray) -> float:
    """The mean silhouette ``(N,)`` labels have under ``(N, N)`` distances; 0 for a single group."""
    counts = np.bincount(labels).astype(np.float64)
    if len(counts) < 2:
        return 0.0
    rows = np.arange(len(labels))
    sums = distances @ (labels[:, None] == np.arange(len(counts))).astype(distances.dtype)
    inside = sums[rows, labels] / np.maximum(counts[labels] - 1, 1)
    means = sums / counts
    means[rows, labels] = np.inf
    outside = means.min(1)
    values = (outside - inside) / np.maximum(np.maximum(inside, outside), 1e-12)
    return float(np.where(counts[labels] > 1, values, 0.0).mean())


def stability(
    points: np.ndarray, labels_by_number: Mapping[int, np.ndarray], seed: int = 0, rounds: int = 4
) -> dict[int, float]:
    """How far the same groups come back when a fifth of the images is left out, each in [0, 1].

    The mean adjusted Rand index between each ``(N,)`` labels and those of Ward's tree on random
    subsets (Ben-Hur, Elisseeff and Guyon, "A stability based method for discovering structure",
    2002).
    """
    random = np.random.default_rng(seed)
    scores: dict[int, list[float]] = {number: [] for number in labels_by_number}
    for _ in range(rounds):
        kept = np.sort(random.permutation(len(points))[: max(2, round(0.8 * len(points)))])
        tree = Tree(linkage="ward").fit(points[kept])
        for number, labels in labels_by_number.items():
            again = tree.cut(min(number, len(kept)))
            scores[number].append(adjusted_rand_score(labels[kept], again))
    return {number: float(np.clip(np.mean(found), 0, 1)) for number, found in scores.items()}


def sentence(names: Sequence[str], labels: np.ndarray, found: Silhouettes, reason: str) -> str:
    """One sentence for the artist: how many groups, how separate, which two overlap, and
    ``reason``.

    ``names[label]`` is the name of each group.
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
    """The two groups whose members are most often as near to the other group as to their own."""
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
