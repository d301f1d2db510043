"""K-means, DBSCAN and agglomerative clustering of points, and what they need to start."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.cluster.hierarchy import fcluster
from scipy.cluster.hierarchy import linkage as linkage_matrix
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components
from scipy.spatial.distance import pdist, squareform
from sklearn.cluster import DBSCAN, KMeans
from sklearn.metrics import pairwise_distances_argmin, pairwise_distances_argmin_min
from sklearn.neighbors import NearestNeighbors

MANY = 2000
"""Above this many points, trees are grown on a sample."""

_MOSTLY, _LOOSE = 0.97, 1.1
"""Share of textures whose neighbors are near, and how much farther DBSCAN looks."""

_USUAL = 0.54
"""Mean distance of views of one texture."""

_INSIDE = 0.66
"""How much it counts that the textures of a group are nearer to each other than usual.

Both numbers are from a logistic regression on pairs of sets of one to four views, whose collections
the metric did not know (``training.metric``): a - b (between - 0.66 n / (n + 1) (inside - 0.54)).
"""


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

    def joins(self) -> np.ndarray:
        """Return how far apart the two sides of each join are, for a pair of textures to be alike.

        It is the height (their mean distance, if linkage is average) and what the textures inside
        both sides say: if they are nearer to each other than views of one texture mostly are, the
        distance between the sides counts for more.

        Returns
        -------
        (L - 1,) float64
            Distances; some may be negative.
        """
        count = len(self.links) + 1
        sizes = np.concatenate([np.ones(count), self.links[:, 3]])
        sums = np.zeros(2 * count - 1)
        """Sum of the distances of all pairs inside each node."""
        found = np.empty(count - 1)
        for step, (left, right, height, _) in enumerate(self.links):
            sides = [int(left), int(right)]
            pairs = float((sizes[sides] * (sizes[sides] - 1)).sum() / 2)
            inside = sums[sides].sum() / pairs if pairs else _USUAL
            found[step] = height + _INSIDE * pairs / (pairs + 1) * (_USUAL - inside)
            between = height
            if height == 0:  # linked points, or equal ones, say nothing of how far apart others are
                found[step], between = 0.0, _USUAL
            sums[count + step] = sums[sides].sum() + sizes[sides].prod() * between
        return found

    def separations(self) -> np.ndarray:
        """Return from which distance on each join holds: its own, or a larger one of a join inside it.

        Returns
        -------
        (L - 1,) float64
            Distances, none smaller than those of the joins inside.
        """
        count = len(self.links) + 1
        joins = self.joins()
        joins[np.isnan(joins)] = np.inf  # what must stay apart has no distance
        found = np.concatenate([np.full(count, -np.inf), joins])
        for step, (left, right, _, _) in enumerate(self.links):
            found[count + step] = max(found[count + step], found[int(left)], found[int(right)])
        return found[count:]

    def cut_at(self, distance: float) -> np.ndarray:
        """Cut the tree where sides are farther apart than a distance.

        Parameters
        ----------
        distance : float
            See :meth:`separations`.

        Returns
        -------
        (N,) int64
            The group of each point, from 0.
        """
        cut = self.links.copy()
        cut[:, 2] = self.separations() > distance
        return self._labels(cut, 0.5)

    def _labels(self, links: np.ndarray, height: float) -> np.ndarray:
        return fcluster(links, height, criterion="distance").astype(np.int64)[self.leaves] - 1


@dataclass(frozen=True)
class Links:
    """Pairs of points that belong together, or apart, as the artist decided.

    Attributes
    ----------
    together, apart : tuple of (int, int)
        Rows of points.
    """

    together: tuple[tuple[int, int], ...] = ()
    apart: tuple[tuple[int, int], ...] = ()

    @property
    def rows(self) -> np.ndarray:
        """Rows that are in any pair, in order, ``(L,)`` int64."""
        return np.unique(np.array([*self.together, *self.apart], np.int64).reshape(-1))

    def among(self, chosen: np.ndarray) -> Links:
        """Return the links among some of the points, by their places among these.

        Parameters
        ----------
        chosen : (M,) int64
            Rows that are kept.

        Returns
        -------
        Links
            Pairs of places in ``chosen``.
        """
        place = {int(row): index for index, row in enumerate(chosen)}
        kept = [
            tuple((place[a], place[b]) for a, b in pairs if a in place and b in place)
            for pairs in (self.together, self.apart)
        ]
        return Links(*kept)

    def with_sets(self, sets: Sequence[np.ndarray]) -> Links:
        """Put the points of sets together, too, unless the artist keeps some of a set apart.

        Parameters
        ----------
        sets : sequence of (M,) int64
            Rows of each set.

        Returns
        -------
        Links
            These links and more.
        """
        more: list[tuple[int, int]] = []
        for rows in sets:
            wanted = [(int(rows[0]), int(row)) for row in rows[1:]]
            joined = Links((*self.together, *more, *wanted), self.apart)
            labels = joined.sets(1 + int(max([*joined.rows, 0])))
            if all(labels[a] != labels[b] for a, b in self.apart):
                more += wanted
        return Links((*self.together, *more), self.apart)

    def sets(self, count: int) -> np.ndarray:
        """Return a label for each point, equal where points belong together, also by way of others.

        Parameters
        ----------
        count : int
            Number of points.

        Returns
        -------
        (count,) int64
            Labels.
        """
        return connected(self.together, count)


def connected(pairs: Collection[tuple[int, int]], count: int) -> np.ndarray:
    """Return a label for each item, equal where pairs connect items, also by way of others.

    Parameters
    ----------
    pairs : collection of (int, int)
        Connected items.
    count : int
        Number of items.

    Returns
    -------
    (count,) int64
        Labels from 0 without gaps.
    """
    ends = np.array([*pairs], np.int64).reshape(-1, 2).T
    graph = coo_matrix((np.ones(ends.shape[1]), (ends[0], ends[1])), (count, count))
    return connected_components(graph, directed=False)[1].astype(np.int64)


NO_LINKS = Links()
_FAR, _LEAST = 1e6, 1e-6
"""Distance of points that the artist keeps apart, and least distance of any that are not linked."""


def grow_tree(
    points: np.ndarray,
    linkage: str = "average",
    seed: int = 0,
    *,
    reach: float = np.inf,
    links: Links = NO_LINKS,
) -> Tree:
    """Grow the tree of an agglomerative clustering.

    Of more than :data:`MANY` points, some are the leaves and the others go with the nearest leaf, so
    that memory grows with N and not with its square: a random sample, points that are linked, and
    points that are far from all of these.

    Parameters
    ----------
    points : (N, D) float32
        At least two points.
    linkage : {"average", "ward"}, optional
        A method of :func:`scipy.cluster.hierarchy.linkage`.
    seed : int, optional
        Random seed of the sample.
    reach : float, optional
        Points farther than this from all leaves become leaves, too, up to :data:`MANY` of them.
    links : Links, optional
        Points that belong together are joined first, those that are kept apart last.

    Returns
    -------
    Tree
        The tree, yet to be cut.
    """
    leaves, sample = np.arange(len(points)), np.arange(len(points))
    if len(points) > MANY:
        chosen = np.random.default_rng(seed).permutation(len(points))[:MANY]
        sample = _with_far_points(points, np.union1d(chosen, links.rows), reach)
        leaves = pairwise_distances_argmin(points, points[sample])
    distances = pdist(points[sample]).astype(np.float64)
    if links != NO_LINKS:
        distances = _linked(squareform(distances), links.among(sample))
    return Tree(linkage_matrix(distances, linkage), leaves)


def _with_far_points(points: np.ndarray, sample: np.ndarray, reach: float) -> np.ndarray:
    """Add points to a sample that are farther than ``reach`` from all of it, and from each other."""
    added = 0
    _, nearest = pairwise_distances_argmin_min(points, points[sample])
    while added < MANY:
        far = np.flatnonzero(nearest > reach)[: MANY - added]
        if not len(far):
            break
        apart = [int(far[0])]  # not two that are near to each other
        for row in far[1:]:
            if np.linalg.norm(points[apart] - points[row], axis=1).min() > reach:
                apart.append(int(row))
        sample, added = np.union1d(sample, apart), added + len(apart)
        _, found = pairwise_distances_argmin_min(points, points[apart])
        nearest = np.minimum(nearest, found)
    return sample


def _linked(distances: np.ndarray, links: Links) -> np.ndarray:
    """Return condensed distances of a square ``(N, N)`` matrix: 0 in a set, far between some sets.

    All points of a set are as far from another point as its nearest half is on average: a texture that
    the artist put with others must not pull these away from those that they are like.
    """
    sets = links.sets(len(distances))
    for label in np.flatnonzero(np.bincount(sets) > 1):
        members = np.flatnonzero(sets == label)
        near = np.sort(distances[members], axis=0)[: (len(members) + 1) // 2].mean(0)
        distances[members], distances[:, members] = near, near[:, None]
    # Equal points that are not linked must not be joined before those that are.
    distances = np.where(sets[:, None] == sets, 0, np.maximum(distances, _LEAST))
    for a, b in links.apart:
        if sets[a] != sets[b]:  # what was joined later counts
            one, other = sets == sets[a], sets == sets[b]
            distances[np.ix_(one, other)] = distances[np.ix_(other, one)] = _FAR
    return squareform(distances, checks=False)


def kmeans(points: np.ndarray, start: np.ndarray, seed: int = 0) -> np.ndarray:
    """Group points by K-means.

    It starts from the groups of a tree, not from chance: the outcome hardly depends on luck, and
    small groups are not lost.

    Parameters
    ----------
    points : (N, D) float32
        At least one point.
    start : (N,) int64
        The group of each point to start from, from 0 without gaps.
    seed : int, optional
        Random seed.

    Returns
    -------
    (N,) int64
        The group of each point; numbers are those of ``start``.
    """
    means = _group_means(points, start)
    if len(np.unique(means, axis=0)) < len(means):  # equal points that are kept apart
        return start
    estimator = KMeans(len(means), init=means, n_init=1, max_iter=50, random_state=seed)
    return estimator.fit(points).labels_.astype(np.int64)


def _group_means(points: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Return the mean ``(G, D)`` of each group; labels run from 0 without gaps."""
    sums = np.zeros((int(labels.max()) + 1, points.shape[1]))
    np.add.at(sums, labels, points)
    return (sums / np.bincount(labels)[:, None]).astype(points.dtype)


def density(points: np.ndarray, labels: np.ndarray) -> tuple[float, int]:
    """Return how near and how many neighbors are in groups that a tree found.

    Parameters
    ----------
    points : (N, D) float32
        The points.
    labels : (N,) int64
        Their groups.

    Returns
    -------
    distance : float
        DBSCAN's ``eps`` with which most groups hold together; infinite if all points are single.
    neighbors : int
        DBSCAN's ``min_samples``: 2, more if groups are large.
    """
    sizes = np.bincount(labels)
    neighbors = int(np.clip(np.median(sizes[labels]) // 3, 2, 6))
    found = []
    for label in np.flatnonzero(sizes > 1):
        members = points[labels == label]
        search = NearestNeighbors(n_neighbors=min(neighbors, len(members)) - 1).fit(members)
        found.append(search.kneighbors()[0][:, -1])
    if not found:
        return np.inf, neighbors
    return _LOOSE * float(np.quantile(np.concatenate(found), _MOSTLY)), neighbors


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
    found = DBSCAN(eps=max(distance, 1e-6), min_samples=neighbors).fit(points)
    return found.labels_.astype(np.int64)
