"""How many groups: the number whose groups are separate and come back from part of the images."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from .quality import silhouettes, stability

MOST_GROUPS = 40
_FINALISTS = 4
_STABILITY_SHARE = 0.25
ALIKE = 0.3
"""Root mean square distance from the centre below which images count as copies of one look."""

_NO_DIVISION = 0.06
"""Best silhouette below which the images form one cloud, not groups."""


@dataclass(frozen=True)
class Choice:
    """A number of groups, the labels ``(N,)`` that go with it, and why it was chosen."""

    groups: int
    labels: np.ndarray
    reason: str


def spread(points: np.ndarray) -> float:
    """Root mean square distance of ``(N, D)`` points from their centre."""
    return (
        float(np.sqrt(((points - points.mean(0)) ** 2).sum(1).mean()))
        if len(points)
        else 0.0
    )


def candidates(points: np.ndarray) -> list[int]:
    """Numbers worth trying: every one while they are few, then in widening steps."""
    most = min(
        MOST_GROUPS, len(np.unique(points, axis=0)), max(2, int(len(points) / 1.5))
    )
    return [k for k in range(2, most + 1) if k <= 24 or k % 2 == 0]


def choose_number(
    points: np.ndarray,
    labels_for: Callable[[int], np.ndarray],
    seed: int = 0,
    tick: Callable[[float], None] = lambda done: None,
    tried: Sequence[int] | None = None,
) -> Choice:
    """Choose the number of groups of ``(N, D)`` points.

    ``labels_for(k)`` groups all points into ``k``. The best few by mean silhouette are ranked again
    with their stability. ``tick`` is told the share of the work that is done; it may raise.
    """
    one = Choice(1, np.zeros(len(points), np.int64), "")
    if spread(points) < ALIKE:
        return Choice(
            1,
            one.labels,
            "the images look alike" if len(points) > 1 else "only one image",
        )
    numbers = list(tried or candidates(points))
    if len(points) < 3 or not numbers:
        apart = np.unique(points, axis=0, return_inverse=True)[1].reshape(-1)
        return Choice(int(apart.max()) + 1, apart, "too few images to compare")
    labels, scores = {}, {}
    for step, k in enumerate(numbers):
        tick(0.7 * step / len(numbers))
        labels[k] = labels_for(k)
        scores[k] = silhouettes(points, labels[k], seed).mean(labels[k])
    finalists = sorted(numbers, key=lambda k: -scores[k])[:_FINALISTS]
    if scores[finalists[0]] < _NO_DIVISION:
        return Choice(1, one.labels, "no clear division among the images")
    ranks = {}
    for step, k in enumerate(finalists):
        tick(0.7 + 0.3 * step / len(finalists))
        ranks[k] = scores[k] + _STABILITY_SHARE * (
            stability(points, labels[k], seed) - 1
        )
    best = max(finalists, key=lambda k: (ranks[k], -k))
    return Choice(best, labels[best], "")
