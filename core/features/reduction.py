"""Pipeline steps that bring blocks to one scale and to few columns.

Where they learn from the images, none, one, or many equal images work, too, and without a warning.
"""

from __future__ import annotations

from typing import Self

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.decomposition import PCA


class Standardize(BaseEstimator, TransformerMixin):
    """Pipeline step that centers each column and divides it by its deviation.

    Parameters
    ----------
    mean, scale : (D,) float32, optional
        Known from many images, so that few images compare as well as many; None learns them.

    Attributes
    ----------
    mean_, scale_ : (D,) float32
        Mean and deviation that are used.
    """

    def __init__(self, mean: np.ndarray | None = None, scale: np.ndarray | None = None) -> None:
        self.mean = mean
        self.scale = scale

    def fit(self, table: np.ndarray, y: object = None) -> Self:
        """Learn means and deviations unless they are known.

        Parameters
        ----------
        table : (N, D) float32
            The columns.
        y : object, optional
            Ignored.

        Returns
        -------
        Standardize
            This step.
        """
        self.mean_ = table.mean(0) if self.mean is None else self.mean
        # Columns that hardly vary are noise, which is not scaled up to the size of real differences.
        self.scale_ = np.maximum(table.std(0), 0.02) if self.scale is None else self.scale
        return self

    def transform(self, table: np.ndarray) -> np.ndarray:
        """Standardize columns.

        Parameters
        ----------
        table : (N, D) float32
            The columns.

        Returns
        -------
        (N, D) float32
            Standardized.
        """
        return (table - self.mean_) / self.scale_


class Reduce(BaseEstimator, TransformerMixin):
    """Pipeline step that keeps principal components.

    Parameters
    ----------
    components : int, optional
        Components at most; there are fewer of few images.
    random_state : int, optional
        Random seed.

    Attributes
    ----------
    pca_ : sklearn.decomposition.PCA or None
        None if there is nothing to reduce: a single image, or all images equal.
    """

    def __init__(self, components: int = 64, random_state: int = 0) -> None:
        self.components = components
        self.random_state = random_state

    def fit(self, table: np.ndarray, y: object = None) -> Self:
        """Learn the components.

        Parameters
        ----------
        table : (N, D) float32
            The columns.
        y : object, optional
            Ignored.

        Returns
        -------
        Reduce
            This step.
        """
        most = min(self.components, len(table) - 1, table.shape[1])
        self.pca_ = None
        if most > 0 and float(table.std(0).max()) > 1e-6:
            self.pca_ = PCA(most, random_state=self.random_state).fit(table)
        return self

    def transform(self, table: np.ndarray) -> np.ndarray:
        """Project onto the components.

        Parameters
        ----------
        table : (N, D) float32
            The columns.

        Returns
        -------
        (N, K) float32
            At most ``components`` columns; a single one of zeros if all images are equal.
        """
        if self.pca_ is None:
            return np.zeros((len(table), 1), np.float32)
        return self.pca_.transform(table).astype(np.float32)


class Balance(BaseEstimator, TransformerMixin):
    """Pipeline step that multiplies a block by the root of its share in squared distances.

    Parameters
    ----------
    share : float, optional
        The share, in [0, 1].
    """

    def __init__(self, share: float = 1.0) -> None:
        self.share = share

    def fit(self, table: np.ndarray, y: object = None) -> Self:
        """Compute the factor; nothing is learned from the images.

        Parameters
        ----------
        table : (N, K) float32
            The columns.
        y : object, optional
            Ignored.

        Returns
        -------
        Balance
            This step.
        """
        self.factor_ = np.float32(np.sqrt(self.share))
        return self

    def transform(self, table: np.ndarray) -> np.ndarray:
        """Multiply the columns by the factor.

        Parameters
        ----------
        table : (N, K) float32
            The columns.

        Returns
        -------
        (N, K) float32
            The products.
        """
        return table * self.factor_
