"""Fitting the metric of descriptions."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from impasto.core.features.columns import COLUMNS, LENGTH
from impasto.core.features.metric import load_metric
from impasto.training.metric import fit_metric, save_metric


def test_metric_keeps_what_tells_images_apart(tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    labels = np.repeat(np.arange(40), 5)
    rows = random.standard_normal((200, LENGTH)).astype(np.float32)
    start = COLUMNS["color"].start
    rows[:, start] = labels + 0.1 * random.standard_normal(200)
    metric = fit_metric(rows, labels)
    weight = np.linalg.norm(metric.projection["color"], axis=1)
    assert weight.argmax() == 0
    save_metric(metric, tmp_path / "metric.safetensors")
    again = load_metric(tmp_path / "metric.safetensors")
    assert again is not None
    np.testing.assert_allclose(
        again.projection["color"], metric.projection["color"], rtol=2e-3, atol=1e-4
    )
