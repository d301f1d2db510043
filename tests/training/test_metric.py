"""Fitting the metric of descriptions."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from impasto.core.features.columns import COLUMNS, LENGTH
from impasto.core.features.metric import load_metric
from impasto.training.metric import (
    Views,
    calibrated,
    fit_metric,
    held_apart,
    labeled_distances,
    save_metric,
)

_STEPS = 150


def views() -> Views:
    """Forty pictures in eight collections, five views each; one column alone tells them apart."""
    random = np.random.default_rng(0)
    pictures = np.repeat(np.arange(40), 5)
    rows = random.standard_normal((200, LENGTH)).astype(np.float32)
    rows[:, COLUMNS["color"].start] = pictures + 0.1 * random.standard_normal(200)
    return Views(rows, pictures, pictures % 8, np.zeros(200, bool))


def test_metric_learns_which_pictures_are_the_same(tmp_path: Path) -> None:
    metric = fit_metric(views(), _STEPS)
    distances, same = labeled_distances(metric, views(), 0.0)
    assert np.median(distances[same]) < 0.5 * np.median(distances[~same])
    save_metric(metric, tmp_path / "metric.safetensors")
    again = load_metric(tmp_path / "metric.safetensors")
    assert again is not None
    for part in ("hidden", "projection"):
        one, other = (getattr(m, part)["color"] for m in (metric, again))
        np.testing.assert_allclose(other, one, rtol=2e-3, atol=1e-4)
    np.testing.assert_array_equal(again.calibration, metric.calibration)


def test_collections_are_held_apart_and_calibration_falls_with_distance() -> None:
    found = views()
    tested = [np.unique(others.collections) for _, others in held_apart(found, 2)]
    assert sorted(np.concatenate(tested)) == list(range(8))
    metric, pairs = calibrated(fit_metric(found, _STEPS), found, _STEPS)
    assert set(pairs) == set(metric.calibration[:, 0])
    line = metric.calibrated(0.0)  # by color, the column that tells them apart
    assert line.probability(0.0) > line.probability(1.0)


def test_drawings_of_one_way_are_no_unlike_pairs() -> None:
    found = views()
    drawn = Views(found.rows, found.pictures, np.zeros(200, np.int64), np.ones(200, bool))
    _, same = labeled_distances(fit_metric(found, 2), drawn, 0.5)
    assert same.all()
