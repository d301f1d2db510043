"""Grouping of points: numbers, knees, trees, silhouettes, stability."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import adjusted_rand_score, silhouette_samples

from impasto.core.clustering.algorithms import MANY, grow_tree, kmeans, knee
from impasto.core.clustering.grouping import group, with_silhouettes
from impasto.core.clustering.quality import sentence, silhouettes, stability

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
    heights = tree.links[:, 2]
    assert np.array_equal(tree.cut_at((heights[-3] + heights[-2]) / 2), tree.cut(3))
    assert len(np.unique(tree.cut_at(heights[-1] + 1))) == 1


def test_equal_heights_are_cut_apart() -> None:
    for points in (np.eye(6, dtype=np.float32), np.zeros((6, 2), np.float32)):
        tree = grow_tree(points)
        assert [len(np.unique(tree.cut(number))) for number in (1, 2, 5, 6, 9)] == [1, 2, 5, 6, 6]


def test_stable_where_true() -> None:
    points, labels = blobs((20, 20, 20))
    found = stability(points, {3: labels, 7: kmeans(points, 7, 0)})
    assert found[3] > 0.99
    assert found[7] < found[3]


def test_knee_lies_between_near_and_far() -> None:
    points, _ = blobs((40, 40))
    assert 0.1 < knee(points, 4) < 1.0


def test_renumbering_by_size_keeps_noise() -> None:
    found = with_silhouettes(np.zeros((6, 2), np.float32), np.array([5, -1, 2, 2, 5, 2]))
    assert found.labels.tolist() == [1, -1, 0, 0, 1, 0]


def test_sentence_names_the_overlap() -> None:
    points, labels = blobs((20, 20, 20), spread=0.05)
    points[labels == 1] = points[labels == 0] + 0.02
    words = sentence(["wood", "bark", "brick"], labels, silhouettes(points, labels), "")
    assert words.startswith("3 groups, ")
    assert "'wood' overlaps 'bark'" in words
    assert sentence([], np.zeros(0, int), silhouettes(points[:0], labels[:0]), "").endswith(".")
