"""Two blocks that no distance uses: fingerprints, to find duplicates, and swatches, for palettes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from ..image.color import srgb_to_lab_fast
from .color import lab_pixels
from .keypoints import COUNT, DIMENSIONS, Keypoints, find_keypoints
from .keypoints import unpack as unpack_keypoints
from .sample import Sample
from .stateless import Stateless

THUMB = 12
"""Side of the thumbnail in a fingerprint."""

SWATCHES = 64
"""Number of swatches."""

_BYTES = COUNT * (3 + DIMENSIONS)
LENGTH = THUMB * THUMB + _BYTES // 3 + 2
"""Columns of a fingerprint."""


@dataclass(frozen=True)
class Fingerprints:
    """Fingerprints of N images as numbers.

    Attributes
    ----------
    thumbs : (N, THUMB, THUMB, 3) float32
        Each whole image, squeezed into a square, in CIE Lab.
    keypoints : Keypoints
        Of the middle window.
    sizes : (N, 2) int64
        Width and height of the first tile in pixels.
    """

    thumbs: np.ndarray
    keypoints: Keypoints
    sizes: np.ndarray


class FingerprintBlock(Stateless):
    """Pipeline step that gives samples a small thumbnail, keypoints and their size.

    A column holds a pixel or three bytes, as float32 holds 24-bit integers exactly.
    """

    def transform(self, samples: Sequence[Sample]) -> np.ndarray:
        """Fingerprint each sample.

        Parameters
        ----------
        samples : sequence of Sample
            The samples.

        Returns
        -------
        (N, LENGTH) float32
            A row for each; see :func:`unpack_fingerprints`.
        """
        return np.stack([self._describe(sample) for sample in samples])

    def _describe(self, sample: Sample) -> np.ndarray:
        # All tiles side by side, squeezed into one square: they count in full.
        strip = srgb_to_lab_fast(np.concatenate([*sample.squares], axis=1))
        thumb = cv2.resize(strip, (THUMB, THUMB), interpolation=cv2.INTER_AREA)
        levels = np.rint((thumb + _LAB_OFFSET) * _LAB_SCALE).clip(0, _LAB_MOST)
        keypoints = find_keypoints(sample.center_lightness)
        pixels = levels.reshape(-1, 3).astype(np.int32) @ _LAB_PLACES
        columns = (pixels, _packed(keypoints), np.array(sample.size))
        return np.concatenate(columns).astype(np.float32)


def unpack_fingerprints(rows: np.ndarray) -> Fingerprints:
    """Return fingerprints as numbers.

    Parameters
    ----------
    rows : (N, LENGTH) float32
        From :class:`FingerprintBlock`.

    Returns
    -------
    Fingerprints
        The same.
    """
    pixels, count = THUMB * THUMB, len(rows)
    whole = rows[:, :pixels, None].astype(np.int32)
    levels = (whole // _LAB_PLACES % (_LAB_MOST + 1)).reshape(count, THUMB, THUMB, 3)
    packed = _unpacked(rows[:, pixels:-2]).reshape(count, COUNT, 3 + DIMENSIONS)
    thumbs = levels.astype(np.float32) / _LAB_SCALE - _LAB_OFFSET
    return Fingerprints(thumbs, unpack_keypoints(packed), rows[:, -2:].astype(np.int64))


# Of the 24 bits of a pixel, lightness has ten.
_LAB_MOST = np.array([1023, 127, 127])
_LAB_OFFSET = np.array([0, 100, 100], np.float32)
_LAB_SCALE = np.array([10.23, 0.635, 0.635], np.float32)
_LAB_PLACES = np.array([1, 1 << 10, 1 << 17], np.int32)
_PLACES = np.array([1, 256, 65536], np.int32)


def _packed(numbers: np.ndarray) -> np.ndarray:
    """Put three bytes each into one number."""
    return numbers.reshape(-1, 3).astype(np.int32) @ _PLACES


def _unpacked(columns: np.ndarray) -> np.ndarray:
    """Return the three bytes of each number, ``(N, 3 C)`` uint8."""
    whole = columns.astype(np.int32)
    three = np.stack([whole & 255, whole >> 8 & 255, whole >> 16], -1)
    return three.astype(np.uint8).reshape(len(columns), -1)


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
