"""Two blocks that no distance uses: fingerprints, to find duplicates, and swatches, for palettes."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from ..image.color import srgb_to_lab_fast
from .color import lab_pixels
from .sample import Sample
from .stateless import Stateless

THUMB = 8
"""Side of the thumbnail in a fingerprint."""

SWATCHES = 64
"""Number of swatches."""

LENGTH = THUMB * THUMB * 3 + 64
"""Columns of a fingerprint."""


class FingerprintBlock(Stateless):
    """Pipeline step that gives samples an 8x8 Lab thumbnail and a 64-bit perceptual hash.

    The hash holds the signs (+1, -1) of the 64 lowest cosine frequencies of a 32x32 gray image,
    against their median (Zauner, "Implementation and benchmarking of perceptual image hash
    functions", 2010); 0 where the image is plain and a sign would be random.
    """

    def transform(self, samples: Sequence[Sample]) -> np.ndarray:
        """Fingerprint each sample.

        Parameters
        ----------
        samples : sequence of Sample
            The samples.

        Returns
        -------
        (N, 256) float32
            A row for each: the thumbnail's pixels, then the hash.
        """
        return np.stack([self._describe(sample) for sample in samples])

    def _describe(self, sample: Sample) -> np.ndarray:
        # All windows side by side, squeezed into one square: oblong and tiled images count in full.
        strip = np.concatenate(list(sample.windows), axis=1)
        lab = srgb_to_lab_fast(strip)
        thumb = cv2.resize(lab, (THUMB, THUMB), interpolation=cv2.INTER_AREA)
        gray = cv2.resize(lab[..., 0], (32, 32), interpolation=cv2.INTER_AREA)
        waves = cv2.dct(gray)[1:9, 1:9].ravel()
        signs = np.where(np.abs(waves) < 0.5, 0, np.sign(waves - np.median(waves)))
        return np.concatenate([thumb.ravel(), signs]).astype(np.float32)


class SwatchBlock(Stateless):
    """Pipeline step that picks 64 visible pixels of each sample, evenly.

    A group's palette can later be made from them, without opening its images again.
    """

    def transform(self, samples: Sequence[Sample]) -> np.ndarray:
        """Pick each sample's pixels.

        Parameters
        ----------
        samples : sequence of Sample
            The samples.

        Returns
        -------
        (N, 192) float32
            A row of CIE Lab colors for each.
        """
        return np.stack([self._pick(*lab_pixels(sample)) for sample in samples])

    def _pick(self, lab: np.ndarray, weights: np.ndarray) -> np.ndarray:
        visible = lab[weights > 0.5 * weights.max()]
        # Steps of the golden ratio visit all rows and columns evenly, and never follow a pattern.
        at = (np.arange(SWATCHES) * 0.6180339887 % 1 * len(visible)).astype(int)
        return visible[at].ravel().astype(np.float32)
