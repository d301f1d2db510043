"""The metric: which differences between descriptions matter, learned from many images.

Differences between views of one image (other crops, other light) do not matter; those between
different images do. ``training/metric.py`` fits the metric; the result is a small bundled file.
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
"""Columns that are projected together."""

_PARTS = ("mean", "scale", "projection", "spread")


@dataclass(frozen=True)
class Metric:
    """Means and scales to standardize columns with, and directions to project them onto, by block.

    Attributes
    ----------
    mean, scale : dict of str to (D,) float32
        Mean and deviation of each column, for each block of :data:`BLOCKS`.
    projection : dict of str to (D, K) float32
        Directions onto which standardized columns are projected; the training images have a total
        variance of 1 in each block.
    spread : dict of str to (K,) float32
        Their deviation along each direction.
    encoder : (S,) float32
        Signature of the encoder whose features the metric was fitted to.
    version : int
        Version of the descriptions that it was fitted to.
    """

    mean: Mapping[str, np.ndarray]
    scale: Mapping[str, np.ndarray]
    projection: Mapping[str, np.ndarray]
    spread: Mapping[str, np.ndarray]
    encoder: np.ndarray
    version: int = VERSION


@lru_cache(maxsize=2)
def load_metric(path: Path = PATH) -> Metric | None:
    """Load a metric.

    Parameters
    ----------
    path : Path, optional
        The file; by default the bundled one.

    Returns
    -------
    Metric or None
        None, with a warning in the log, if it was fitted to another encoder or other descriptions.
    """
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
    """Return whether the bundled encoder is, to a few percent, the one with this signature."""
    current = encoder_signature()
    if current.shape != signature.shape:
        return False
    return bool(np.square(current - signature).mean() < 0.05**2 * np.square(signature).mean())


class Discriminate(BaseEstimator, TransformerMixin):
    """Pipeline step that projects standardized columns onto the metric's directions of a block.

    Far values are compressed (``spread * asinh(value / spread)``), so that one odd image does not make
    all others look alike. Without a metric, columns are only scaled to a total variance of about 1.

    Parameters
    ----------
    projection : (D, K) float32, optional
        See :class:`Metric`.
    spread : (K,) float32, optional
        See :class:`Metric`.
    """

    def __init__(
        self, projection: np.ndarray | None = None, spread: np.ndarray | None = None
    ) -> None:
        self.projection = projection
        self.spread = spread

    def fit(self, table: np.ndarray, y: object = None) -> Self:
        """Count the columns; nothing is learned from the images.

        Parameters
        ----------
        table : (N, D) float32
            Standardized columns.
        y : object, optional
            Ignored.

        Returns
        -------
        Discriminate
            This step.
        """
        self.columns_ = table.shape[1]
        return self

    def transform(self, table: np.ndarray) -> np.ndarray:
        """Project the columns.

        Parameters
        ----------
        table : (N, D) float32
            Standardized columns.

        Returns
        -------
        (N, K) float32
            Projected columns.
        """
        if self.projection is None or self.spread is None:
            return table / np.float32(np.sqrt(self.columns_))
        return self.spread * np.arcsinh(table @ self.projection / self.spread)
