"""Short integer features of patches, whose products are exact.

Every sum of products stays below 2**24, where float32 counts exactly. Distances are then the same on
any machine, with any number of threads, and however a picture is cut into tiles.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import as_strided
from threadpoolctl import threadpool_limits

_EXACT = 2.0**24
"""Largest integer up to which float32 holds all integers."""

_NORM = 2300.0
"""Largest norm of a feature: three times its square is below ``_EXACT``."""


def windows(picture: np.ndarray, side: int) -> np.ndarray:
    """Return a view of all patches of a picture.

    Parameters
    ----------
    picture : (H, W, C) uint8, contiguous
        At least ``side`` pixels high and wide.
    side : int
        Side of a patch in pixels.

    Returns
    -------
    (H - side + 1, W - side + 1, side, side * C) uint8
        Read-only; the first two axes are the top left corner.
    """
    height, width, channels = picture.shape
    row = width * channels
    return as_strided(
        picture,
        (height - side + 1, width - side + 1, side, side * channels),
        (row, channels, row, 1),
        writeable=False,
    )


@dataclass(frozen=True, eq=False)
class PatchSpace:
    """The projection of patches to a few integers by principal components.

    Attributes
    ----------
    side : int
        Side of a patch in pixels.
    matrix : (side * side * C, F) float32
        Integers; the components, times the weight of each value of a patch.
    offset : (F,) float32
        Projection of the mean patch.
    scale : float
        From projections to features.
    spread : (F,) float32
        Standard deviation of each feature over the exemplar.
    unit : float
        Squared distance of two patches that differ by one of 255 levels in every value.
    """

    side: int
    matrix: np.ndarray
    offset: np.ndarray
    scale: float
    spread: np.ndarray
    unit: float

    def project(self, patches: np.ndarray) -> np.ndarray:
        """Return the features of patches.

        Parameters
        ----------
        patches : (N, ...) uint8
            Patches, each with ``side * side * C`` values.

        Returns
        -------
        (N, F) float32
            Integers.
        """
        flat = patches.reshape(len(patches), len(self.matrix)).astype(np.float32)
        features = flat @ self.matrix
        features -= self.offset
        features *= np.float32(self.scale)
        return np.rint(features, out=features)


def patch_weights(side: int, channels: np.ndarray) -> np.ndarray:
    """Return the weight of each value of a patch: more in the middle than at the rim.

    Parameters
    ----------
    side : int
        Side of a patch in pixels.
    channels : (C,) float32
        Weights of the channels.

    Returns
    -------
    (side * side * C,) float64
        Sums to one.
    """
    place = (np.arange(side) - (side - 1) / 2) / max(1.0, side / 2.5)
    profile = np.exp(-(place**2) / 2)
    weights = np.multiply.outer(np.outer(profile, profile), channels.astype(np.float64)).ravel()
    return weights / weights.sum()


def fit_space(sample: np.ndarray, side: int, weights: np.ndarray, components: int) -> PatchSpace:
    """Return the space of the largest principal components of patches.

    Parameters
    ----------
    sample : (N, side * side * C) uint8
        Patches.
    side : int
        Side of a patch in pixels.
    weights : (side * side * C,) float64
        What each value of a patch counts; sums to one.
    components : int
        Number of features; fewer where patches have fewer values.

    Returns
    -------
    PatchSpace
        Its features have a norm of at most 2300.
    """
    root = np.sqrt(weights)
    weighed = sample * root
    mean = weighed.mean(axis=0)
    values = len(root)
    first = max(0, values - components)
    with threadpool_limits(limits=1):  # the same digits with any number of threads
        covariance = np.cov(weighed, rowvar=False, bias=True).reshape(values, values)
        from scipy.linalg import eigh  # late: it is slow to import

        variances, basis = eigh(covariance, subset_by_index=(first, values - 1))
    basis = basis * root[:, None]
    exactness = np.floor(_EXACT / 255 / np.abs(basis).sum(axis=0).max())
    matrix = np.rint(basis * exactness)
    offset = np.rint((mean / root) @ matrix)
    # No patch, whatever its values, is farther from the mean than this.
    reach = np.sqrt((weights * np.maximum(mean / root, 255 - mean / root) ** 2).sum())
    scale = _NORM / (reach * exactness)
    deviation = np.sqrt(np.maximum(variances, 0)) * exactness * scale
    return PatchSpace(
        side,
        matrix.astype(np.float32),
        offset.astype(np.float32),
        float(scale),
        deviation.astype(np.float32),
        float((exactness * scale) ** 2),
    )
