"""An inverted file: nearest neighbors are searched in the few nearest of many clusters."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from threadpoolctl import threadpool_limits

_KEYS_PER_CLUSTER = 250
_MOST_CLUSTERS = 256
_KEYS_IN_CLUSTER = 1500
_FIT_SAMPLE = 20_000
_PROBE_ROWS = 2048  # queries compared with the centers at a time


@dataclass(frozen=True, eq=False)
class InvertedFile:
    """Features of patches, sorted by cluster.

    Attributes
    ----------
    centers : (K, F) float32
        Integers; the clusters' centers.
    starts : (K + 1,) int64
        Where each cluster's keys begin in ``keys``.
    keys : (N, F) float32
        Integers, sorted by cluster.
    norms : (N,) float32
        Squared norms of the keys.
    order : (N,) int64
        Number that each key had before it was sorted. Of equal keys, and in very large clusters, not
        all are there.
    """

    centers: np.ndarray
    starts: np.ndarray
    keys: np.ndarray
    norms: np.ndarray
    order: np.ndarray

    def search(
        self, queries: np.ndarray, probes: int, penalty: np.ndarray | None = None
    ) -> tuple[np.ndarray, np.ndarray]:
        """Find the nearest key of each query, penalties added to distances.

        Parameters
        ----------
        queries : (M, F) float32
            Integers.
        probes : int
            Number of clusters searched for each query.
        penalty : (N,) float32, optional
            What each key costs besides its squared distance.

        Returns
        -------
        numbers : (M,) int64
            The keys, numbered as they were when the index was built.
        costs : (M,) float32
            Squared distances and penalties.
        """
        handicap = self.norms if penalty is None else self.norms + penalty[self.order]
        best = np.full(len(queries), np.inf, np.float32)
        found = np.zeros(len(queries), np.int64)
        for cluster, rows in self._queries_by_cluster(queries, probes):
            here = slice(self.starts[cluster], self.starts[cluster + 1])
            costs = queries[rows] @ (-2 * self.keys[here].T)
            costs += handicap[here]
            nearest = costs.argmin(axis=1)
            cost = costs[np.arange(len(rows)), nearest]
            closer = cost < best[rows]
            best[rows[closer]] = cost[closer]
            found[rows[closer]] = nearest[closer] + here.start
        best += np.square(queries).sum(axis=1)
        return self.order[found], best

    def _queries_by_cluster(
        self, queries: np.ndarray, probes: int
    ) -> Iterator[tuple[int, np.ndarray]]:
        """Yield each cluster that is probed, and the rows of the queries that probe it."""
        probes = min(probes, len(self.centers))
        probed = _nearest(queries, self.centers, probes)
        order = np.argsort(probed, axis=None, kind="stable")
        bounds = np.searchsorted(probed.ravel()[order], np.arange(len(self.centers) + 1))
        for cluster in range(len(self.centers)):
            rows = order[bounds[cluster] : bounds[cluster + 1]] // probes
            if len(rows):
                yield cluster, rows


def build_index(keys: np.ndarray, seed: int) -> InvertedFile:
    """Cluster features by K-means and sort them by cluster.

    Parameters
    ----------
    keys : (N, F) float32
        Integers.
    seed : int
        Of the clustering.

    Returns
    -------
    InvertedFile
        Without empty clusters.
    """
    distinct = _distinct(keys)
    centers = _centers(keys[distinct], seed)
    cluster = _nearest(keys[distinct], centers, 1)[:, 0]
    order = np.argsort(cluster, kind="stable")
    used, starts, sizes = np.unique(cluster[order], return_index=True, return_counts=True)
    # Each cluster keeps every n-th key, so that none is larger than what a search can afford.
    kept = [
        order[start : start + size : -(-size // _KEYS_IN_CLUSTER)]
        for start, size in zip(starts, sizes, strict=True)
    ]
    order = distinct[np.concatenate(kept)]
    starts = np.cumsum([0, *(len(part) for part in kept)])
    return InvertedFile(centers[used], starts, keys[order], np.square(keys[order]).sum(1), order)


def _distinct(keys: np.ndarray) -> np.ndarray:
    """Return the numbers of keys that differ, one of each."""
    multipliers = np.random.default_rng(0).integers(1, 2**62, keys.shape[1])
    with np.errstate(over="ignore"):
        hashes = (keys.astype(np.int64) * multipliers).sum(axis=1)
    return np.unique(hashes, return_index=True)[1]


def _centers(keys: np.ndarray, seed: int) -> np.ndarray:
    random = np.random.default_rng(seed)
    sample = keys
    if len(keys) > _FIT_SAMPLE:
        sample = keys[random.choice(len(keys), _FIT_SAMPLE, replace=False)]
    count = min(_MOST_CLUSTERS, len(keys) // _KEYS_PER_CLUSTER)
    if count < 2:
        return np.rint(keys.mean(axis=0, keepdims=True))
    from sklearn.cluster import MiniBatchKMeans  # late: it is slow to import

    means = MiniBatchKMeans(
        count, init="random", n_init=1, batch_size=2048, max_iter=6, random_state=seed % 2**32
    )
    with threadpool_limits(limits=1):  # the same clusters with any number of threads
        return np.rint(means.fit(sample).cluster_centers_).astype(np.float32)


def _nearest(queries: np.ndarray, centers: np.ndarray, count: int) -> np.ndarray:
    """Return the numbers ``(M, count)`` of the nearest centers."""
    norms = np.square(centers).sum(axis=1)
    parts = []
    for first in range(0, len(queries), _PROBE_ROWS):
        distances = norms - 2 * (queries[first : first + _PROBE_ROWS] @ centers.T)
        found = np.empty((len(distances), count), np.int64)
        for place in range(count):  # much faster than argpartition for a few
            found[:, place] = distances.argmin(axis=1)
            np.put_along_axis(distances, found[:, place : place + 1], np.inf, axis=1)
        parts.append(found)
    return np.concatenate(parts)
