"""K-means, DBSCAN and agglomerative clustering of points, and what they need to start."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.cluster.hierarchy import fcluster
from scipy.cluster.hierarchy import linkage as linkage_matrix
from scipy.spatial.distance import pdist
from sklearn.cluster import DBSCAN, KMeans, MiniBatchKMeans
from sklearn.metrics import pairwise_distances_argmin
from sklearn.neighbors import NearestNeighbors

MANY = 2000
"""Above this many points, K-means works in mini-batches and trees are grown on a sample."""


@dataclass(frozen=True)
class Tree:
    """An agglomerative clustering, which can be cut by number or by distance.

    Attributes
    ----------
    links : (L - 1, 4) float64
        Linkage matrix of the ``L`` leaves, see :func:`scipy.cluster.hierarchy.linkage`.
    leaves : (N,) int64
        The leaf of each point.
    """

    links: np.ndarray
    leaves: np.ndarray

    def cut(self, groups: int) -> np.ndarray:
        """Cut the tree into a number of groups.

        Parameters
        ----------
        groups : int
            Exactly so many, or as many as there are leaves.

        Returns
        -------
        (N,) int64
            The group of each point, from 0.
        """
        # Merges are numbered in place of their heights, as equal heights cannot be cut apart.
        numbered = self.links.copy()
        numbered[:, 2] = np.arange(1, len(numbered) + 1)
        return self._labels(numbered, max(0, len(numbered) + 1 - groups))

    def cut_at(self, distance: float) -> np.ndarray:
        """Cut the tree at a height.

        Parameters
        ----------
        distance : float
            Groups that are farther apart than this are not joined.

        Returns
        -------
        (N,) int64
            The group of each point, from 0.
        """
        return self._labels(self.links, distance)

    def _labels(self, links: np.ndarray, height: float) -> np.ndarray:
        return fcluster(links, height, criterion="distance").astype(np.int64)[self.leaves] - 1


def grow_tree(points: np.ndarray, linkage: str = "ward", seed: int = 0) -> Tree:
    """Grow the tree of an agglomerative clustering.

    Of more than :data:`MANY` points, a random sample are the leaves and the others go with the nearest
    leaf, so that memory grows with N and not with its square.

    Parameters
    ----------
    points : (N, D) float32
        At least two points.
    linkage : str, optional
        A method of :func:`scipy.cluster.hierarchy.linkage`.
    seed : int, optional
        Random seed of the sample.

    Returns
    -------
    Tree
        The tree, yet to be cut.
    """
    leaves = np.arange(len(points))
    sample = points
    if len(points) > MANY:
        random = np.random.default_rng(seed)
        sample = points[np.sort(random.permutation(len(points))[:MANY])]
        leaves = pairwise_distances_argmin(points, sample)
    return Tree(linkage_matrix(pdist(sample), linkage), leaves)


def kmeans(points: np.ndarray, groups: int, seed: int = 0) -> np.ndarray:
    """Group points by K-means.

    It starts from the groups of Ward's tree, not from chance: the outcome hardly depends on luck, and
    small groups are not lost.

    Parameters
    ----------
    points : (N, D) float32
        At least two points.
    groups : int
        At most the number of distinct points.
    seed : int, optional
        Random seed.

    Returns
    -------
    (N,) int32
        The group of each point.
    """
    start = _group_means(points, grow_tree(points, "ward", seed).cut(groups))
    if len(points) > MANY:
        estimator = MiniBatchKMeans(
            groups, init=start, n_init=1, batch_size=1024, random_state=seed
        )
    else:
        estimator = KMeans(groups, init=start, n_init=1, random_state=seed)
    return estimator.fit(points).labels_


def _group_means(points: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Return the mean ``(G, D)`` of each group; labels run from 0 without gaps."""
    sums = np.zeros((int(labels.max()) + 1, points.shape[1]))
    np.add.at(sums, labels, points)
    return (sums / np.bincount(labels)[:, None]).astype(points.dtype)


def dbscan(points: np.ndarray, distance: float, neighbors: int) -> np.ndarray:
    """Group points by density.

    Parameters
    ----------
    points : (N, D) float32
        The points.
    distance : float
        How near neighbors are (``eps``).
    neighbors : int
        How many a point needs to found a group, itself included (``min_samples``).

    Returns
    -------
    (N,) int64
        The group of each point; -1 is noise.
    """
    return DBSCAN(eps=max(distance, 1e-6), min_samples=neighbors).fit(points).labels_


def neighbors_needed(count: int) -> int:
    """Return DBSCAN's ``min_samples``: few images make small groups.

    Parameters
    ----------
    count : int
        Number of images.

    Returns
    -------
    int
        From 2 to 6.
    """
    return int(np.clip(round(np.log2(max(count, 2))), 2, 6))


def knee(points: np.ndarray, neighbors: int) -> float:
    """Return DBSCAN's ``eps``: the knee of the sorted distances to the k-th neighbor.

    The knee is the point farthest below the chord from the first to the last distance (Satopaa et al.,
    "Finding a 'Kneedle' in a Haystack", 2011). Far outliers would bend the chord, so the farthest
    twentieth is left out.

    Parameters
    ----------
    points : (N, D) float32
        At least two points.
    neighbors : int
        Which neighbor's distance counts.

    Returns
    -------
    float
        A distance; 0 if all points are equal.
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
