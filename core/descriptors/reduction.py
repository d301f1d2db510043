"""Pipeline steps that learn from the images at hand: standardize, reduce, balance.

They extend scikit-learn's so that none, one, or many equal images go through without a warning.
"""

from __future__ import annotations

from typing import Self

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.decomposition import PCA


class Standardize(BaseEstimator, TransformerMixin):
    """Centre each column and divide it by its deviation, or by ``noise`` where that is larger.

    Attributes
    ----------
    mean_, scale_ : (D,) float32
    """

    def __init__(self, noise: float = 0.0) -> None:
        self.noise = noise

    def fit(self, table: np.ndarray, y: object = None) -> Self:
        """Learn means and deviations of ``(N, D)`` float32."""
        self.mean_ = table.mean(0)
        self.scale_ = np.maximum(table.std(0), max(self.noise, 1e-9))
        return self

    def transform(self, table: np.ndarray) -> np.ndarray:
        """``(N, D)`` float32 of mean 0 and deviation at most 1."""
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
            self.pca_ = PCA(
                most, svd_solver="randomized", random_state=self.random_state
            )
            self.pca_.fit(table)
        return self

    def transform(self, table: np.ndarray) -> np.ndarray:
        """``(N, K)`` float32, ``K`` <= ``components``; one column of zeros if all images are equal."""
        if self.pca_ is None:
            return np.zeros((len(table), 1), np.float32)
        return self.pca_.transform(table).astype(np.float32)


class Balance(BaseEstimator, TransformerMixin):
    """Scale a block so that its mean square spread is at most ``weight``."""

    def __init__(self, weight: float = 1.0, columns: int = 1) -> None:
        self.weight = weight
        self.columns = columns

    def fit(self, table: np.ndarray, y: object = None) -> Self:
        """Nothing to learn: standardized columns have a spread of at most one each."""
        self.scale_ = float(np.sqrt(self.weight / self.columns))
        return self

    def transform(self, table: np.ndarray) -> np.ndarray:
        """``(N, K)`` float32, scaled."""
        return table * np.float32(self.scale_)
