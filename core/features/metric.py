"""The metric: which differences between descriptions matter, learned once from many images.

Views of one image (other crops, other light) say which differences mean nothing; different images
say which do. The metric is fitted by ``training/metric.py`` and bundled as one small file.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Self

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin

from .columns import COLUMNS, VERSION
from .encoder import encoder_signature

_log = logging.getLogger(__name__)

PATH = Path(__file__).parent.parent / "models" / "weights" / "metric.safetensors"
BLOCKS = {
    "color": slice(COLUMNS["color"].start, COLUMNS["color"].stop),
    "material": slice(COLUMNS["structure"].start, COLUMNS["encoder"].stop),
}
"""Columns that are weighed together."""

_DIMENSIONS = {"color": 12, "material": 32}
_PARTS = {"mean": np.float32, "scale": np.float32, "projection": np.float16, "spread": np.float32}
_SHRINKAGE = {"color": 0.1, "material": 0.3}


@dataclass(frozen=True)
class Metric:
    """For each of :data:`BLOCKS`: how to standardize its columns and where to project them.

    Attributes
    ----------
    mean, scale : dict of (D,) float32
    projection : dict of (D, K) float32
        Such that the training images have a total variance of 1 in each block.
    spread : dict of (K,) float32
        Their deviation along each direction.
    encoder : (S,) float32
        The signature of the encoder whose features it weighs.
    version : int
        The version of the descriptions that it was fitted to.
    """

    mean: Mapping[str, np.ndarray]
    scale: Mapping[str, np.ndarray]
    projection: Mapping[str, np.ndarray]
    spread: Mapping[str, np.ndarray]
    encoder: np.ndarray
    version: int = VERSION

    def save(self, path: Path) -> None:
        """Write half-precision safetensors."""
        from safetensors.numpy import save_file

        tensors = {
            f"{block}.{part}": np.ascontiguousarray(getattr(self, part)[block], kind)
            for part, kind in _PARTS.items()
            for block in BLOCKS
        }
        tensors["encoder"] = self.encoder
        save_file(tensors, path, metadata={"version": str(self.version)})


@lru_cache(maxsize=2)
def load_metric(path: Path = PATH) -> Metric | None:
    """The bundled metric, or None (with a warning in the log) if it was fitted to something
    else."""
    from safetensors import safe_open

    if not path.is_file():
        _log.warning("No metric is bundled; descriptions are compared plainly.")
        return None
    with safe_open(path, framework="numpy") as file:
        encoder = file.get_tensor("encoder")
        if (file.metadata() or {}).get("version") != str(VERSION) or not _same(encoder):
            _log.warning("The metric is older than the encoder or the descriptors; fit it again.")
            return None
        parts: dict[str, Any] = {
            part: {block: file.get_tensor(f"{block}.{part}").astype(np.float32) for block in BLOCKS}
            for part in _PARTS
        }
    return Metric(**parts, encoder=encoder)


def _same(signature: np.ndarray) -> bool:
    """Whether the bundled encoder is, to a few percent, the one with this signature."""
    current = encoder_signature()
    if current.shape != signature.shape:
        return False
    return bool(np.square(current - signature).mean() < 0.05**2 * np.square(signature).mean())


def fit_metric(rows: np.ndarray, labels: np.ndarray) -> Metric:
    """Fit the metric to raw descriptions ``(N, LENGTH)`` of views, and the image ``(N,)`` of each.

    Linear discriminant analysis with a shrunk within-class covariance (Friedman, "Regularized
    discriminant analysis", 1989); each direction is weighed by how far it can be trusted,
    ``between / (between + within)``, as in probabilistic LDA (Ioffe, 2006).
    """
    mean, scale, projection, spread = {}, {}, {}, {}
    for block, columns in BLOCKS.items():
        part = rows[:, columns].astype(np.float64)
        mean[block], scale[block] = part.mean(0), part.std(0) + 1e-4
        even = (part - mean[block]) / scale[block]
        found = _discriminants(even, labels, _DIMENSIONS[block], _SHRINKAGE[block])
        projection[block] = found / np.sqrt((even @ found).var(0).sum())
        spread[block] = (even @ projection[block]).std(0)
    return Metric(mean, scale, projection, spread, encoder_signature())


def _discriminants(
    table: np.ndarray, labels: np.ndarray, dimensions: int, shrinkage: float
) -> np.ndarray:
    names = np.unique(labels, return_inverse=True)[1]
    counts = np.bincount(names)
    means = np.zeros((len(counts), table.shape[1]))
    np.add.at(means, names, table)
    means /= counts[:, None]
    away = table - means[names]
    within = away.T @ away / (len(table) - len(counts))
    mixed = (1 - shrinkage) * within + shrinkage * np.trace(within) / len(within) * np.eye(
        len(within)
    )
    sizes, axes = np.linalg.eigh(mixed)
    whiten = axes / np.sqrt(sizes)
    between, directions = np.linalg.eigh(whiten.T @ np.cov(means.T) @ whiten)
    best = np.argsort(-between)[:dimensions]
    return whiten @ directions[:, best] * np.sqrt(between[best] / (between[best] + 1))


class Discriminate(BaseEstimator, TransformerMixin):
    """Pipeline step: project standardized columns onto the metric's directions of one block.

    Far values are drawn in (``spread * asinh(value / spread)``), so that one odd image does not
    make
    all others look alike. Without a metric the columns pass, scaled to a total variance of about 1.
    """

    def __init__(
        self, projection: np.ndarray | None = None, spread: np.ndarray | None = None
    ) -> None:
        self.projection = projection
        self.spread = spread

    def fit(self, table: np.ndarray, y: object = None) -> Self:
        """Nothing to learn from the images at hand."""
        self.columns_ = table.shape[1]
        return self

    def transform(self, table: np.ndarray) -> np.ndarray:
        """``(N, D)`` -> ``(N, K)`` float32."""
        if self.projection is None or self.spread is None:
            return table / np.float32(np.sqrt(self.columns_))
        return self.spread * np.arcsinh(table @ self.projection / self.spread)
