"""Base of pipeline steps that learn nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self

from sklearn.base import BaseEstimator, TransformerMixin


class Stateless(BaseEstimator, TransformerMixin):
    """A transformer of sequences of objects that is always fitted."""

    def fit(self, items: Sequence[Any], y: object = None) -> Self:
        """Return at once, as there is nothing to learn.

        Parameters
        ----------
        items : sequence
            Ignored.
        y : object, optional
            Ignored.

        Returns
        -------
        Stateless
            This step.
        """
        return self

    def __sklearn_is_fitted__(self) -> bool:
        return True
