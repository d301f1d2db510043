"""Fingerprints, which tell whether two files show the same picture, and swatches, a few true
pixels.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from .color import lab_pixels
from .sample import Sample
from .stateless import Stateless

THUMB = 8
SWATCHES = 64
LENGTH = THUMB * THUMB * 3 + 64


class FingerprintBlock(Stateless):
    """Pipeline step: samples -> ``(N, 256)`` float32: an 8x8 Lab thumbnail, then a 64-bit pHash.

    The hash holds the signs (+1, -1) of the 64 lowest cosine frequencies of a 32x32 gray image,
    against their median (Zauner, "Implementation and benchmarking of perceptual image hash
    functions", 2010); 0 where the image is plain and a sign would be chance.
    """

    def transform(self, samples: Sequence[Sample]) -> np.ndarray:
        """Fingerprint each sample."""
        return np.stack([self._describe(sample) for sample in samples])

    def _describe(self, sample: Sample) -> np.ndarray:
        # All windows side by side squeezed into one square: oblong and tiled images keep their
        # ends.
        strip = np.concatenate(list(sample.windows), axis=1)
        lab = cv2.cvtColor(strip, cv2.COLOR_RGB2Lab)
        thumb = cv2.resize(lab, (THUMB, THUMB), interpolation=cv2.INTER_AREA)
        gray = cv2.resize(lab[..., 0], (32, 32), interpolation=cv2.INTER_AREA)
        waves = cv2.dct(gray)[1:9, 1:9].ravel()
        signs = np.where(np.abs(waves) < 0.5, 0, np.sign(waves - np.median(waves)))
        return np.concatenate([thumb.ravel(), signs]).astype(np.float32)


class SwatchBlock(Stateless):
    """Pipeline step: samples -> ``(N, 192)`` float32: 64 visible pixels in Lab, evenly picked.

    Enough to make a group's palette from later, without opening its images again.
    """

    def transform(self, samples: Sequence[Sample]) -> np.ndarray:
        """Pick each sample's pixels."""
        return np.stack([self._pick(*lab_pixels(sample)) for sample in samples])

    def _pick(self, lab: np.ndarray, weights: np.ndarray) -> np.ndarray:
        visible = lab[weights > 0.5 * weights.max()]
        # The golden ratio walks through all rows and columns evenly, and never in step with a
        # pattern.
        at = (np.arange(SWATCHES) * 0.6180339887 % 1 * len(visible)).astype(int)
        return visible[at].ravel().astype(np.float32)
