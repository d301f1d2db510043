"""Grouping of points: trees, what the artist decided, doubts, silhouettes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import adjusted_rand_score, silhouette_samples

from impasto.core.clustering.algorithms import MANY, Links, grow_tree
from impasto.core.clustering.doubts import LEAST, MOST, find_doubts
from impasto.core.clustering.grouping import group, with_silhouettes
from impasto.core.clustering.quality import sentence, silhouettes
from impasto.core.features.metric import Calibration

pytestmark = pytest.mark.filterwarnings("error")


def blobs(
    sizes: tuple[int, ...], spread: float = 0.1, seed: int = 0
) -> tuple[np.ndarray, np.ndarray]:
    """Points ``(N, 6)`` around far centers, and their labels."""
    random = np.random.default_rng(seed)
    centers = 2 * random.standard_normal((len(sizes), 6))
    labels = np.repeat(np.arange(len(sizes)), sizes)
    points = centers[labels] + spread * random.standard_normal((len(labels), 6))
    return points.astype(np.float32), labels


@pytest.mark.parametrize("algorithm", ["KMEANS", "AGGLOMERATIVE", "DBSCAN"])
def test_finds_the_blobs(algorithm: str) -> None:
    points, labels = blobs((30, 20, 12, 8, 25))
    found = group(points, algorithm)
    assert found.count == 5
    assert adjusted_rand_score(labels, found.labels) > 0.95
    assert found.labels.dtype == np.int64
    assert [int((found.labels == g).sum()) for g in range(5)] == [30, 25, 20, 12, 8]


def test_many_points() -> None:
    points, labels = blobs((1500, 700, 300))
    for algorithm in ("KMEANS", "AGGLOMERATIVE"):
        assert len(points) > MANY
        assert adjusted_rand_score(labels, group(points, algorithm).labels) > 0.99


def test_noise_is_ungrouped_not_lost() -> None:
    points, _ = blobs((30, 30))
    points[0] += 50
    found = group(points, "DBSCAN")
    assert found.labels[0] == -1
    assert (found.labels[1:] >= 0).mean() > 0.9


@given(
    count=st.integers(0, 9),
    kinds=st.integers(1, 9),
    algorithm=st.sampled_from(["KMEANS", "AGGLOMERATIVE", "DBSCAN"]),
    groups=st.integers(0, 12),
)
@settings(max_examples=60, deadline=None)
def test_any_few_points(count: int, kinds: int, algorithm: str, groups: int) -> None:
    points = np.eye(9, dtype=np.float32)[np.arange(count) % kinds]
    found = group(points, algorithm, groups=groups)
    assert found.labels.shape == (count,)
    assert -1 <= found.score <= 1
    if algorithm != "DBSCAN" and count:
        assert set(found.labels) == set(range(found.count))


def test_silhouettes_agree_with_sklearn() -> None:
    points, labels = blobs((10, 1, 14), spread=0.6)
    expected = silhouette_samples(points, labels)
    np.testing.assert_allclose(silhouettes(points, labels).values, expected, atol=1e-5)
    assert silhouettes(points, labels).mean(labels) == pytest.approx(expected.mean(), abs=1e-5)


def test_sampled_silhouettes_are_close() -> None:
    points, labels = blobs((3000, 1500), spread=0.5)
    found = silhouettes(points, labels)
    assert found.mean(labels) == pytest.approx(silhouette_samples(points, labels).mean(), abs=0.02)


def test_tree_cuts_by_number_and_distance() -> None:
    points, labels = blobs((9, 7, 5))
    tree = grow_tree(points)
    assert adjusted_rand_score(labels, tree.cut(3)) == 1
    for number in range(1, len(points) + 1):
        assert len(np.unique(tree.cut(number))) == number
    joins = tree.joins()
    assert np.array_equal(tree.cut_at((joins[-3] + joins[-2]) / 2), tree.cut(3))
    assert len(np.unique(tree.cut_at(joins.max() + 1))) == 1
    assert len(np.unique(tree.cut_at(joins.min() - 1))) == len(points)


def test_tight_groups_are_not_joined_where_loose_ones_are() -> None:
    """Between the groups it is equally far (0.62); how near textures are inside them decides."""
    tight = np.array([[0, 0], [0.1, 0], [0, 0.1], [0.62, 0], [0.72, 0], [0.62, 0.1]], np.float32)
    loose = np.array([[0, 0], [0, 0.7], [0, 0.35], [0.5, 0], [0.5, 0.7], [0.5, 0.35]], np.float32)
    assert group(tight, reach=0.7).count == 2
    assert group(loose, reach=0.7).count == 1


@pytest.mark.parametrize("algorithm", ["KMEANS", "AGGLOMERATIVE", "DBSCAN"])
def test_singles_stay_single(algorithm: str) -> None:
    points = 2 * np.eye(8, dtype=np.float32)
    points[1] = points[0] + 0.1
    labels = group(points, algorithm, reach=0.7).labels
    assert labels[0] == labels[1] >= 0
    rest = labels[2:]
    assert (rest == -1).all() if algorithm == "DBSCAN" else len(np.unique(labels)) == 7


@pytest.mark.parametrize("algorithm", ["KMEANS", "AGGLOMERATIVE", "DBSCAN"])
def test_few_odd_points_among_many_stay_single(algorithm: str) -> None:
    points, _ = blobs((MANY, MANY // 2))
    points[[5, 50]] = [[40] * 6, [-40] * 6]
    found = group(points, algorithm).labels
    for odd in (5, 50):
        assert found[odd] == -1 or (found == found[odd]).sum() == 1


LINKED = st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7)), max_size=6)


@given(
    together=LINKED,
    apart=LINKED,
    algorithm=st.sampled_from(["KMEANS", "AGGLOMERATIVE", "DBSCAN"]),
    seed=st.integers(0, 50),
)
@settings(max_examples=80, deadline=None)
def test_what_the_artist_decided_holds(together, apart, algorithm, seed) -> None:
    points = np.random.default_rng(seed).standard_normal((8, 3)).astype(np.float32)
    links = Links(tuple(together), tuple(apart))
    labels = group(points, algorithm, reach=1.0, links=links).labels
    sets = links.sets(8)
    for a, b in together:
        assert a == b or labels[a] == labels[b] >= 0
    for a, b in apart:
        assert sets[a] == sets[b] or labels[a] != labels[b] or labels[a] == -1


def test_equal_points_can_be_kept_apart() -> None:
    points = np.zeros((4, 3), np.float32)
    for algorithm in ("KMEANS", "AGGLOMERATIVE", "DBSCAN"):
        labels = group(points, algorithm, links=Links(apart=((0, 3),))).labels
        assert labels[0] != labels[3]


def test_doubts_are_the_unsure_joins_until_they_are_decided() -> None:
    calibration = Calibration(5.0, 10.0)  # even odds at 0.5
    points = np.array([[0, 0], [0.1, 0], [0.45, 0], [5, 0], [5.2, 0]], np.float32)
    (doubt,) = find_doubts(points, grow_tree(points), calibration)
    assert {doubt.first, doubt.second} == {0, 2} or {doubt.first, doubt.second} == {1, 2}
    assert LEAST <= doubt.probability <= MOST
    for links in (Links(together=((0, 2),)), Links(apart=((1, 2),))):
        tree = grow_tree(points, links=links)
        assert find_doubts(points, tree, calibration, links) == []


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10**6), spread=st.floats(0.05, 0.3))
def test_a_doubt_is_in_one_group_if_it_is_as_probable_as_the_cut(seed: int, spread: float) -> None:
    calibration = Calibration(5.0, 10.0)
    points, _ = blobs((6, 5, 4, 1, 1), spread, seed)
    points *= 0.3
    tree = grow_tree(points)
    for similarity in (0.4, 0.5, 0.6):
        labels = tree.cut_at(calibration.distance(similarity))
        for doubt in find_doubts(points, tree, calibration):
            together = labels[doubt.first] == labels[doubt.second]
            assert together == (doubt.probability >= similarity)


def test_sides_that_are_less_one_group_than_both_are_not_asked_about() -> None:
    calibration = Calibration(5.0, 10.0)
    points, _ = blobs((6, 5, 4, 1, 1), 0.3, seed=180)
    tree = grow_tree(0.3 * points)
    joins, separations = tree.joins(), tree.separations()
    odds = calibration.probability(joins)
    hidden = (separations > joins) & (odds > LEAST) & (odds < MOST)
    assert hidden.any()
    asked = {doubt.probability for doubt in find_doubts(0.3 * points, tree, calibration)}
    assert asked and asked.isdisjoint(odds[hidden].tolist())


def test_calibration_goes_both_ways() -> None:
    calibration = Calibration(5.8, 7.9)
    for probability in (0.1, 0.5, 0.9):
        distance = calibration.distance(probability)
        assert calibration.probability(distance) == pytest.approx(probability)
    assert calibration.distance(1.0) == 0.0


def test_equal_heights_are_cut_apart() -> None:
    for points in (np.eye(6, dtype=np.float32), np.zeros((6, 2), np.float32)):
        tree = grow_tree(points)
        assert [len(np.unique(tree.cut(number))) for number in (1, 2, 5, 6, 9)] == [1, 2, 5, 6, 6]


def test_renumbering_by_size_keeps_noise() -> None:
    found = with_silhouettes(np.zeros((6, 2), np.float32), np.array([5, -1, 2, 2, 5, 2]))
    assert found.labels.tolist() == [1, -1, 0, 0, 1, 0]


def test_sentence_counts_in_plain_words() -> None:
    for labels, doubts, words in (
        ([], 0, "No textures."),
        ([0], 0, "1 texture."),
        ([0, 1, 2], 0, "3 textures, each of its own kind."),
        ([0, 0, 0], 0, "3 textures in 1 group."),
        ([0, 0, 1], 1, "3 textures in 2 groups, 1 of them with a single texture; 1 pair in doubt."),
        ([0, 0, -1], 0, "3 textures in 1 group; 1 texture ungrouped."),
    ):
        assert sentence(np.array(labels, np.int64), doubts) == words
