"""The color block of a description: which colors an image has, and how common each is."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .sample import Sample
from .stateless import Stateless

_STEP = 4
"""Every fourth row and column of an averaged window is enough for a histogram."""

_LIGHTNESS_BINS, _CHROMA_BINS = 8, 9
LENGTH = _LIGHTNESS_BINS + _CHROMA_BINS**2 + 11
"""Columns of the block."""

_CHROMA_REACH = 72.0


def lab_pixels(sample: Sample) -> tuple[np.ndarray, np.ndarray]:
    """Pick pixels of a sample evenly.

    Parameters
    ----------
    sample : Sample
        The sample.

    Returns
    -------
    colors : (P, 3) float32
        CIE Lab (D65).
    opacities : (P,) float32
        In [0, 1].
    """
    evenly = np.s_[_STEP // 2 :: _STEP, _STEP // 2 :: _STEP]
    return sample.lab[:, *evenly].reshape(-1, 3), sample.visible[:, *evenly].reshape(-1)


class ColorBlock(Stateless):
    """Pipeline step that describes samples by Lab histograms and Lab moments.

    Histograms are softly binned and square-rooted, so that Euclidean distance is Hellinger's. The
    moments are means, deviations and cube-rooted skews (Stricker and Orengo, "Similarity of color
    images", 1995), in units of 100 Lab.
    """

    def transform(self, samples: Sequence[Sample]) -> np.ndarray:
        """Describe each sample.

        Parameters
        ----------
        samples : sequence of Sample
            The samples.

        Returns
        -------
        (N, LENGTH) float32
            A row for each.
        """
        return np.stack([self._describe(*lab_pixels(sample)) for sample in samples])

    def _describe(self, lab: np.ndarray, weights: np.ndarray) -> np.ndarray:
        weights = weights / weights.sum()
        lightness = _soft_histogram(lab[:, :1] / 100, weights, _LIGHTNESS_BINS)
        # A root spreads the many nearly neutral colors over more bins.
        chroma = lab[:, 1:] / _CHROMA_REACH
        spread = np.sign(chroma) * np.sqrt(np.abs(chroma))
        chromas = _soft_histogram((spread + 1) / 2, weights, _CHROMA_BINS)
        mean = weights @ lab
        away = lab - mean
        squares = away * away
        deviation = np.sqrt(weights @ squares)
        skew = np.cbrt(weights @ (squares * away))
        moments = np.concatenate([mean, deviation, skew, [np.hypot(*mean[1:])]]) / 100
        parts = (
            np.sqrt(lightness),
            np.sqrt(chromas),
            moments,
            [weights @ np.hypot(*lab[:, 1:].T) / 100],
        )
        return np.concatenate(parts).astype(np.float32)


def _soft_histogram(values: np.ndarray, weights: np.ndarray, bins: int) -> np.ndarray:
    """Return the linearly interpolated histogram, ``(bins**D,)``, of ``(P, D)`` values in [0, 1]."""
    position = np.clip(values, 0, 1) * (bins - 1)
    low = np.minimum(position.astype(np.int32), bins - 2)
    share = position - low
    total = np.zeros(bins ** values.shape[1])
    for corner in np.ndindex(*(2,) * values.shape[1]):
        index = np.zeros(len(values), np.int64)
        weight = weights.astype(np.float64)
        for axis, side in enumerate(corner):
            index = index * bins + low[:, axis] + side
            weight = weight * (share[:, axis] if side else 1 - share[:, axis])
        total += np.bincount(index, weight, len(total))
    return total
