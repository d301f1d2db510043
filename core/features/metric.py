"""The metric: how probable it is that two images show the same kind of thing.

It is learned from pairs: views of one image (other crops, other light) are the same, other images are
not. ``training/metric.py`` fits it; the result is a small bundled file.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Self

import numpy as np
from scipy.special import expit, logit
from sklearn.base import BaseEstimator, TransformerMixin

from .columns import COLUMNS, VERSION
from .encoder import encoder_signature

_log = logging.getLogger(__name__)

PATH = Path(__file__).parent.parent / "models" / "weights" / "metric.safetensors"
BLOCKS = {
    "color": slice(COLUMNS["color"].start, COLUMNS["color"].stop),
    "material": slice(COLUMNS["structure"].start, COLUMNS["encoder"].stop),
}
"""Columns that go through one network."""

_PARTS = ("mean", "scale", "hidden", "bias", "projection")
_FAR = 6.0
"""Deviations beyond which a column says nothing more."""


@dataclass(frozen=True)
class Calibration:
    """Turns the distance of two images into the probability that they show the same kind of thing.

    The log odds are ``offset - slope * distance`` (logistic regression on labeled pairs).

    Attributes
    ----------
    offset, slope : float
        Of the line.
    """

    offset: float
    slope: float

    def probability(self, distance: np.ndarray | float) -> np.ndarray:
        """Return the probability of distances.

        Parameters
        ----------
        distance : (...) float64 or float
            Distances of points, at least 0.

        Returns
        -------
        (...) float64
            In [0, 1], of the same shape.
        """
        return expit(self.offset - self.slope * np.asarray(distance, np.float64))

    def distance(self, probability: float) -> float:
        """Return the distance at which a pair has this probability.

        Parameters
        ----------
        probability : float
            In [0, 1].

        Returns
        -------
        float
            At least 0; 0 if even equal images are less probable.
        """
        sure = float(np.clip(probability, 1e-6, 1 - 1e-6))
        return max(0.0, (self.offset - float(logit(sure))) / self.slope)


PLAIN = Calibration(4.0, 6.0)
"""Where no metric fits: unrelated images are about 1.4 apart."""


@dataclass(frozen=True)
class Metric:
    """A small network for each block of columns, and what its distances mean.

    Attributes
    ----------
    mean, scale : dict of str to (D,) float32
        Mean and deviation of each column, for each block of :data:`BLOCKS`.
    hidden, bias : dict of str to (D, H) and (H,) float32
        The first layer, which is followed by ``max(0, x)``.
    projection : dict of str to (H, K) float32
        The second layer.
    calibration : (W, 3) float32
        Material weight, offset and slope, by rising weight; see :class:`Calibration`.
    encoder : (S,) float32
        Signature of the encoder whose features the metric was fitted to.
    version : int
        Version of the descriptions that it was fitted to.
    """

    mean: Mapping[str, np.ndarray]
    scale: Mapping[str, np.ndarray]
    hidden: Mapping[str, np.ndarray]
    bias: Mapping[str, np.ndarray]
    projection: Mapping[str, np.ndarray]
    calibration: np.ndarray
    encoder: np.ndarray
    version: int = VERSION

    def calibrated(self, material_weight: float) -> Calibration:
        """Return what distances mean at a material weight.

        Parameters
        ----------
        material_weight : float
            In [0, 1].

        Returns
        -------
        Calibration
            Interpolated between the weights that were measured.
        """
        weights, offsets, slopes = self.calibration.T
        return Calibration(
            float(np.interp(material_weight, weights, offsets)),
            float(np.interp(material_weight, weights, slopes)),
        )


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
        calibration = file.get_tensor("calibration")
    return Metric(**parts, calibration=calibration, encoder=encoder)


def calibration(material_weight: float = 0.5) -> Calibration:
    """Return what the distances of ``pipeline.comparing_pipeline`` mean.

    Parameters
    ----------
    material_weight : float, optional
        As there.

    Returns
    -------
    Calibration
        Of the bundled metric.
    """
    metric = load_metric()
    return PLAIN if metric is None else metric.calibrated(material_weight)


def _same(signature: np.ndarray) -> bool:
    """Return whether the bundled encoder is, to a few percent, the one with this signature."""
    current = encoder_signature()
    if current.shape != signature.shape:
        return False
    return bool(np.square(current - signature).mean() < 0.05**2 * np.square(signature).mean())


class Embed(BaseEstimator, TransformerMixin):
    """Pipeline step that brings standardized columns into the metric's space, by a small network.

    Without a metric, columns are only scaled to a total variance of about 1.

    Parameters
    ----------
    hidden : (D, H) float32, optional
        See :class:`Metric`, as for the others.
    bias : (H,) float32, optional
        Of the first layer.
    projection : (H, K) float32, optional
        The second layer.
    """

    def __init__(
        self,
        hidden: np.ndarray | None = None,
        bias: np.ndarray | None = None,
        projection: np.ndarray | None = None,
    ) -> None:
        self.hidden = hidden
        self.bias = bias
        self.projection = projection

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
        Embed
            This step.
        """
        self.columns_ = table.shape[1]
        return self

    def transform(self, table: np.ndarray) -> np.ndarray:
        """Apply both layers.

        Parameters
        ----------
        table : (N, D) float32
            Standardized columns.

        Returns
        -------
        (N, K) float32
            Coordinates.
        """
        if self.hidden is None or self.bias is None or self.projection is None:
            return table / np.float32(np.sqrt(self.columns_))
        active = np.maximum(np.clip(table, -_FAR, _FAR) @ self.hidden + self.bias, 0)
        return active @ self.projection
