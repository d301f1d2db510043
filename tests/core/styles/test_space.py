"""Families of styles, looks between them, and new ones."""

from __future__ import annotations

import numpy as np
import pytest

from impasto.core.errors import BadRequest
from impasto.core.styles.space import between, new_codes, style_space

pytestmark = pytest.mark.filterwarnings("error")


def codes(families: int = 3, members: int = 6, seed: int = 0) -> np.ndarray:
    """Codes ``(families * members, 50)`` in clear families."""
    random = np.random.default_rng(seed)
    centers = random.standard_normal((families, 50))
    away = 0.15 * random.standard_normal((families * members, 50))
    return (np.repeat(centers, members, 0) + away).astype(np.float32)


def test_families() -> None:
    space = style_space(codes())
    assert space.families.count == 3
    for family in range(3):
        rows = space.members(family)
        assert len({int(row) // 6 for row in rows}) == 1
    assert style_space(codes(), families=2).families.count == 2


def test_points_and_codes_are_two_names_for_one_thing() -> None:
    space = style_space(codes(2, 4))
    np.testing.assert_allclose(space.point(space.codes[1]), space.points[1], atol=1e-4)
    np.testing.assert_allclose(space.code(space.points), space.codes, atol=1e-4)


def test_between() -> None:
    space = style_space(codes())
    ends = [space.codes[space.members(family)].mean(0) for family in (0, 1)]
    np.testing.assert_allclose(between(space, 0, 1, 0.0), ends[0], atol=1e-6)
    np.testing.assert_allclose(between(space, 0, 1, 1.0), ends[1], atol=1e-6)
    np.testing.assert_allclose(
        between(space, 0, 1, 0.25), 0.75 * ends[0] + 0.25 * ends[1], atol=1e-6
    )


def test_new_looks_are_new_and_of_their_family() -> None:
    space = style_space(codes())
    drawn = new_codes(space, 8, family=1, seed=4)
    assert drawn.shape == (8, 50)
    assert drawn.dtype == np.float32
    away = np.linalg.norm(drawn[:, None] - space.codes[None], axis=2)
    assert away.min() > 0.05
    assert set(away.argmin(1)) <= set(space.members(1))
    np.testing.assert_array_equal(drawn, new_codes(space, 8, family=1, seed=4))
    assert not np.array_equal(drawn, new_codes(space, 8, family=1, seed=5))


def test_boldness_zero_is_the_mean() -> None:
    space = style_space(codes())
    drawn = new_codes(space, 1, family=2, boldness=0.0)
    np.testing.assert_allclose(drawn[0], space.codes[space.members(2)].mean(0), atol=0.02)


@pytest.mark.parametrize("count", [1, 2, 3])
def test_few_styles(count: int) -> None:
    space = style_space(codes(1, 6)[:count])
    assert np.isfinite(new_codes(space, 2)).all()
    assert np.isfinite(new_codes(style_space(np.repeat(space.codes[:1], 4, 0)), 2)).all()


def test_bad_requests() -> None:
    space = style_space(codes())
    for wrong in (
        lambda: style_space(np.zeros((0, 5), np.float32)),
        lambda: style_space(np.full((2, 5), np.nan, np.float32)),
        lambda: between(space, 0, 9),
        lambda: between(space, 0, 1, 1.5),
        lambda: new_codes(space, -1),
        lambda: new_codes(space, 1, family=7),
    ):
        with pytest.raises(BadRequest):
            wrong()
