"""Pipeline steps that bring blocks to one scale and to few columns.

Where they learn from the images at hand, none, one, or many equal images go through without a
warning.
"""

from __future__ import annotations

from typing import Self

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.decomposition import PCA


class Standardize(BaseEstimator, TransformerMixin):
    """Center each column and divide it by its deviation, known beforehand or learned.

    Parameters
    ----------
    mean, scale : (D,) float32, or None
        Known from many images, so that few images compare as well as many; None learns them.

    Attributes
    ----------
    mean_, scale_ : (D,) float32
    """

    def __init__(self, mean: np.ndarray | None = None, scale: np.ndarray | None = None) -> None:
        self.mean = mean
        self.scale = scale

    def fit(self, table: np.ndarray, y: object = None) -> Self:
        """Learn means and deviations of ``(N, D)`` float32 unless they are known."""
        self.mean_ = table.mean(0) if self.mean is None else self.mean
        # Columns that hardly vary are noise; they are not stretched to the size of real
        # differences.
        self.scale_ = np.maximum(table.std(0), 0.02) if self.scale is None else self.scale
        return self

    def transform(self, table: np.ndarray) -> np.ndarray:
        """``(N, D)`` float32."""
        return (table - self.mean_) / self.scale_


class Reduce(BaseEstimator, TransformerMixin):
    """Principal components: at most ``components``, and no more than the images can tell apart.

    Attributes
    ----------
    pca_ : sklearn.decomposition.PCA or None
        None where there is nothing to reduce: a single image, or all of them equal.
    """

    def __init__(self, components: int = 24, random_state: int = 0) -> None:
        self.components = components
        self.random_state = random_state

    def fit(self, table: np.ndarray, y: object = None) -> Self:
        """Learn the components of ``(N, D)`` float32."""
        most = min(self.components, len(table) - 1, table.shape[1])
        self.pca_ = None
        if most > 0 and float(table.std(0).max()) > 1e-6:
            self.pca_ = PCA(most, random_state=self.random_state).fit(table)
        return self

    def transform(self, table: np.ndarray) -> np.ndarray:
        """``(N, K)`` float32, ``K`` <= ``components``; one column of zeros if all images are
        equal.
        """
        if self.pca_ is None:
            return np.zeros((len(table), 1), np.float32)
        return self.pca_.transform(table).astype(np.float32)


class Balance(BaseEstimator, TransformerMixin):
    """Multiply a block by the root of its share in squared distances."""

    def __init__(self, share: float = 1.0) -> None:
        self.share = share

    def fit(self, table: np.ndarray, y: object = None) -> Self:
        """Nothing to learn."""
        self.factor_ = np.float32(np.sqrt(self.share))
        return self

    def transform(self, table: np.ndarray) -> np.ndarray:
        """``(N, K)`` float32."""
        return table * self.factor_
