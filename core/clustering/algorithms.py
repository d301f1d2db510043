"""The three algorithms, all through scikit-learn's estimator interface: fit, then ``labels_``."""

from __future__ import annotations

from typing import Self

import numpy as np
from sklearn.base import BaseEstimator, ClusterMixin
from sklearn.cluster import DBSCAN, AgglomerativeClustering, KMeans, MiniBatchKMeans
from sklearn.metrics import pairwise_distances_argmin
from sklearn.neighbors import NearestNeighbors

MANY = 2000
"""Above this, K-means works in mini-batches and trees grow on prototypes instead of single
images.
"""


def kmeans(points: np.ndarray, groups: int, seed: int, tree: Tree | None = None) -> np.ndarray:
    """K-means labels ``(N,)`` of ``(N, D)`` points; ``groups`` must not exceed the distinct points.

    It starts from the groups of Ward's tree, not from chance: the outcome hardly depends on luck,
    and
    small groups are not lost. ``tree`` saves growing one where it is at hand.
    """
    if tree is None:
        tree = Tree(linkage="ward", random_state=seed).fit(points)
    start = group_means(points, tree.cut(groups))
    if len(points) > MANY:
        estimator = MiniBatchKMeans(
            groups, init=start, n_init=1, batch_size=1024, random_state=seed
        )
    else:
        estimator = KMeans(groups, init=start, n_init=1, random_state=seed)
    return estimator.fit(points).labels_


def group_means(points: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """The mean ``(G, D)`` of each group; labels run from 0 without gaps."""
    sums = np.zeros((int(labels.max()) + 1, points.shape[1]))
    np.add.at(sums, labels, points)
    return (sums / np.bincount(labels)[:, None]).astype(points.dtype)


class Tree(BaseEstimator, ClusterMixin):
    """Agglomerative clustering grown once and cut anywhere, by number or by distance.

    Of many points, :data:`MANY` drawn at random are the leaves and the others go with the nearest
    leaf, so that memory grows with N and not with its square.

    Attributes
    ----------
    merges_ : (L - 1, 2) int
        Children of each merge of the ``L`` leaves, as in scikit-learn's ``children_``.
    heights_ : (L - 1,) float
        Distance at which each merge happens, ascending.
    leaves_ : (N,) int
        The leaf of each point.
    labels_ : (N,) int
        The cut into ``groups``.
    """

    def __init__(self, groups: int = 2, linkage: str = "ward", random_state: int = 0) -> None:
        self.groups = groups
        self.linkage = linkage
        self.random_state = random_state

    def fit(self, points: np.ndarray, y: object = None) -> Self:
        """Grow the tree of ``(N, D)`` points, N >= 2."""
        self.leaves_ = np.arange(len(points))
        leaves = points
        if len(points) > MANY:
            random = np.random.default_rng(self.random_state)
            leaves = points[np.sort(random.permutation(len(points))[:MANY])]
            self.leaves_ = pairwise_distances_argmin(points, leaves)
        # A square table could be taken for one of distances; a column of zeros changes no distance.
        if len(leaves) == leaves.shape[1]:
            leaves = np.pad(leaves, ((0, 0), (0, 1)))
        grown = AgglomerativeClustering(
            n_clusters=None,
            distance_threshold=0.0,
            linkage=self.linkage,
            compute_full_tree=True,
        ).fit(leaves)
        self.merges_, self.heights_ = grown.children_, grown.distances_
        self.labels_ = self.cut(self.groups)
        return self

    def cut(self, groups: int) -> np.ndarray:
        """Labels ``(N,)`` with exactly ``groups`` groups (at most as many as leaves)."""
        count = len(self.merges_) + 1
        return self._after(count - min(groups, count))

    def cut_at(self, distance: float) -> np.ndarray:
        """Labels ``(N,)``: nothing farther apart than ``distance`` is joined."""
        return self._after(int(np.searchsorted(self.heights_, distance, side="right")))

    def _after(self, merges: int) -> np.ndarray:
        count = len(self.merges_) + 1
        owner = np.arange(count + merges)
        # From the top down, so that each node already knows its final owner.
        for step in range(merges - 1, -1, -1):
            owner[self.merges_[step]] = owner[count + step]
        return np.unique(owner[:count], return_inverse=True)[1][self.leaves_]


def neighbors_needed(count: int) -> int:
    """DBSCAN's ``min_samples`` for so many images: few images make small groups."""
    return int(np.clip(round(np.log2(max(count, 2))), 2, 6))


def knee(points: np.ndarray, neighbors: int) -> float:
    """DBSCAN's eps: the knee of the sorted distances to the k-th neighbor, 0 if all are equal.

    The knee is the point farthest below the chord from the first to the last distance (Satopaa et
    al., "Finding a 'Kneedle' in a Haystack", 2011). Far outliers would bend the chord, so the
    farthest twentieth is left out.
    """
    search = NearestNeighbors(n_neighbors=min(neighbors, len(points) - 1)).fit(points)
    farthest = np.sort(search.kneighbors()[0][:, -1])
    kept = farthest[: max(2, int(np.ceil(len(farthest) * 0.95)))]
    rise = kept[-1] - kept[0]
    if rise <= 1e-9:
        return float(kept[-1] * 1.05)
    height = (kept - kept[0]) / rise
    along = np.linspace(0, 1, len(kept))
    return float(kept[np.argmax(along - height)])


def dbscan(points: np.ndarray, distance: float, neighbors: int) -> np.ndarray:
    """DBSCAN's labels ``(N,)``; -1 is noise."""
    return DBSCAN(eps=max(distance, 1e-6), min_samples=neighbors).fit(points).labels_
