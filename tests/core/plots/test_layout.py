"""Layout of the cluster map."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from impasto.core.plots.layout import lay_out


@given(st.lists(st.integers(1, 12), min_size=1, max_size=12), st.integers(0, 3))
@settings(max_examples=25, deadline=None)
def test_no_thumbnail_covers_another(sizes: list[int], seed: int) -> None:
    random = np.random.default_rng(seed)
    centers = 2 * random.standard_normal((len(sizes), 6))
    labels = np.repeat(np.arange(len(sizes)), sizes)
    points = (centers[labels] + 0.1 * random.standard_normal((len(labels), 6))).astype(np.float32)
    placed = lay_out(points, labels, seed)
    cells = np.concatenate([block.cells for block in placed])
    assert sorted(np.concatenate([block.members for block in placed])) == list(range(len(points)))
    away = np.abs(cells[:, None] - cells[None]).max(2)
    np.fill_diagonal(away, np.inf)
    assert away.min(initial=np.inf) > 0.999
