"""The color block: which colors an image has, and how they are spread."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from .sample import Sample
from .stateless import Stateless

_THIN = 4
"""Every fourth pixel of an already averaged window is plenty for a histogram."""

LIGHTNESS_BINS, CHROMA_BINS = 8, 9
LENGTH = LIGHTNESS_BINS + CHROMA_BINS**2 + 11
_CHROMA_REACH = 72.0


def lab_pixels(sample: Sample, thin: int = _THIN) -> tuple[np.ndarray, np.ndarray]:
    """CIE Lab (D65) pixels ``(P, 3)`` float32 of a sample, and their opacities ``(P,)``."""
    small = np.concatenate([w[thin // 2 :: thin, thin // 2 :: thin] for w in sample.windows])
    lab = cv2.cvtColor(np.ascontiguousarray(small), cv2.COLOR_RGB2Lab).reshape(-1, 3)
    weights = sample.visible[:, thin // 2 :: thin, thin // 2 :: thin].reshape(-1)
    return lab, weights


class ColorBlock(Stateless):
    """Pipeline step: samples -> ``(N, LENGTH)`` float32: Lab histograms and Lab moments.

    Histograms are softly binned and square-rooted, so that Euclidean distance is Hellinger's.
    The moments are means, deviations and cube-rooted skews (Stricker and Orengo, "Similarity of
    color images", 1995), in units of 100 Lab.
    """

    def transform(self, samples: Sequence[Sample]) -> np.ndarray:
        """Describe each sample."""
        return np.stack([self._describe(*lab_pixels(sample)) for sample in samples])

    def _describe(self, lab: np.ndarray, weights: np.ndarray) -> np.ndarray:
        weights = weights / weights.sum()
        lightness = _soft_histogram(lab[:, :1] / 100, weights, LIGHTNESS_BINS)
        # A root spreads the crowd of near-neutral colors over more bins.
        chroma = lab[:, 1:] / _CHROMA_REACH
        spread = np.sign(chroma) * np.sqrt(np.abs(chroma))
        chromas = _soft_histogram((spread + 1) / 2, weights, CHROMA_BINS)
        mean = weights @ lab
        away = lab - mean
        deviation = np.sqrt(weights @ away**2)
        skew = np.cbrt(weights @ away**3)
        moments = np.concatenate([mean, deviation, skew, [np.hypot(*mean[1:])]]) / 100
        parts = (
            np.sqrt(lightness),
            np.sqrt(chromas),
            moments,
            [weights @ np.hypot(*lab[:, 1:].T) / 100],
        )
        return np.concatenate(parts).astype(np.float32)


def _soft_histogram(values: np.ndarray, weights: np.ndarray, bins: int) -> np.ndarray:
    """Linearly interpolated histogram of ``(P, D)`` values in [0, 1]: ``(bins**D,)``, sums to
    one.
    """
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
