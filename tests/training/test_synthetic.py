"""Every drawn style and content: right shape, deterministic, never blank, different by seed."""

from __future__ import annotations

import numpy as np
import pytest

from impasto.training import synthetic
from impasto.training.synthetic.palette import SCHEMES, from_oklab, sample_palette, to_oklab

SIZE = 96
GENERATORS = {**synthetic.STYLES, **synthetic.CONTENTS}


@pytest.fixture(scope="module")
def photo() -> np.ndarray:
    """A picture that is not square, with light, shade and color."""
    ys, xs = np.mgrid[:120, :170] / 120
    disc = np.hypot(xs - 0.7, ys - 0.5) < 0.3
    return (np.stack([xs / 1.5, ys, 1 - ys * disc], axis=2) * 255).astype(np.uint8)


def test_names_are_unique():
    assert not synthetic.STYLES.keys() & synthetic.CONTENTS.keys()
    assert len(synthetic.STYLES) >= 40
    assert len(synthetic.CONTENTS) >= 25


@pytest.mark.parametrize("name", GENERATORS)
def test_generator(name):
    first, again, other = (GENERATORS[name](np.random.default_rng(s), SIZE) for s in (3, 3, 4))
    assert first.shape == (SIZE, SIZE, 3)
    assert first.dtype == np.uint8
    assert first.flags.c_contiguous
    np.testing.assert_array_equal(first, again)
    assert first.std() > 2
    assert np.abs(first.astype(int) - other).mean() > 2


@pytest.mark.parametrize("name", synthetic.STYLES)
def test_style_takes_a_photograph_and_leaves_it_alone(name, photo):
    before = photo.copy()
    first, again = (synthetic.STYLES[name](np.random.default_rng(5), SIZE, photo) for _ in "12")
    assert first.shape == (SIZE, SIZE, 3)
    np.testing.assert_array_equal(first, again)
    np.testing.assert_array_equal(photo, before)


@pytest.mark.parametrize("size", [64, 97, 200])
def test_draws_at_any_size(size, photo):
    rng = np.random.default_rng(0)
    for _ in range(6):
        assert synthetic.draw_style(rng, size, photo=photo).shape == (size, size, 3)
        assert synthetic.draw_content(rng, size).shape == (size, size, 3)


def test_draws_vary():
    rng = np.random.default_rng(1)
    means = {tuple(synthetic.draw_style(rng, 64).mean((0, 1))) for _ in range(12)}
    assert len(means) == 12


@pytest.mark.parametrize("scheme", sorted(set(SCHEMES)))
def test_palettes_are_in_gamut_and_sorted_by_lightness(scheme):
    for seed in range(20):
        colors = sample_palette(np.random.default_rng(seed), 6, scheme).colors
        assert colors.shape == (6, 3)
        assert colors.min() >= 0
        assert colors.max() <= 1
        assert (np.diff(to_oklab(colors)[:, 0]) > -0.02).all()


def test_oklab_round_trip():
    rgb = np.random.default_rng(0).random((50, 3)).astype(np.float32)
    np.testing.assert_allclose(from_oklab(to_oklab(rgb)), rgb, atol=1e-4)
