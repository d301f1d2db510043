"""What the artist decided holds, whatever the points are like."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from impasto.core.clustering.algorithms import Links, grow_tree
from impasto.core.clustering.decisions import Decisions
from impasto.core.clustering.grouping import group

ALGORITHMS = ("KMEANS", "DBSCAN", "AGGLOMERATIVE")


@st.composite
def problems(draw) -> tuple[np.ndarray, Links]:
    """Points, equal ones among them, and what was decided about some."""
    count = draw(st.integers(2, 12))
    rows = st.lists(st.integers(0, count - 1), min_size=2, max_size=4, unique=True)
    decisions = Decisions()
    for items, together in draw(st.lists(st.tuples(rows, st.booleans()), max_size=5)):
        if together:
            decisions = decisions.put_together(items)
        else:
            decisions = decisions.keep_apart(items[0], items[1:])
    values = st.lists(st.sampled_from([0.0, 0.1, 0.5, 2.0]), min_size=2, max_size=2)
    points = draw(st.lists(values, min_size=count, max_size=count))
    pairs = ([p for p in decisions.pairs if p.together is side] for side in (True, False))
    links = Links(*(tuple((p.first, p.second) for p in side) for side in pairs))
    return np.array(points, np.float32), links


@pytest.mark.parametrize("linkage", ["average", "ward"])
@pytest.mark.parametrize("algorithm", ALGORITHMS)
@given(problems(), st.sampled_from([0.0, 0.2, 0.7, 3.0]))
@settings(deadline=None, max_examples=60)
def test_links_hold(algorithm, linkage, problem, reach):
    points, links = problem
    labels = group(points, algorithm, reach=reach, linkage=linkage, links=links).labels
    for a, b in links.together:
        assert labels[a] == labels[b] >= 0
    for a, b in links.apart:
        assert labels[a] != labels[b] or labels[a] == -1


@pytest.fixture
def two_kinds() -> np.ndarray:
    """Five points near (0, 0) and five near (1, 0)."""
    near = np.random.default_rng(0).normal(0, 0.1, (10, 2))
    near[5:, 0] += 1
    return near.astype(np.float32)


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_a_point_that_is_put_with_others_leaves_these_together(two_kinds, algorithm):
    apart = tuple((0, other) for other in range(1, 5))
    links = Links(((0, 5),), apart)
    labels = group(two_kinds, algorithm, reach=0.5, links=links).labels
    assert labels.tolist() == [0, 1, 1, 1, 1, 0, 0, 0, 0, 0]


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_groups_that_are_put_together_still_take_what_is_like_them(two_kinds, algorithm):
    chain = (0, 1, 2, 3, 5, 6, 7)  # 4, 8 and 9 are new
    links = Links(tuple(pairwise(chain)))
    labels = group(two_kinds, algorithm, reach=0.5, links=links).labels
    assert labels.tolist() == [0] * 10


def test_linked_points_are_joined_before_equal_ones():
    points = np.zeros((4, 2), np.float32)
    points[3] = 5
    tree = grow_tree(points, links=Links(((0, 3),), ((0, 1),)))
    assert set(tree.links[0, :2].astype(int)) == {0, 3}
