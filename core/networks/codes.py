"""Style codes: a style as one flat vector, and the statistics it is made of.

A code consists of channel means and standard deviations of the encoder's four feature maps, followed
by sliced quantiles of the colors: quantile functions of the pixels' projections on fixed directions.
Such a palette can be averaged, since the mean of quantile functions is the Wasserstein barycenter in
one dimension. All parts can be averaged, so a blend of codes is a blend of styles.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from .layout import WIDTHS
from .weights import product

QUANTILES = 8
_DIRECTIONS = np.array(
    [[1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 1, 1], [1, -1, 0], [0, 1, -1], [1, 0, -1], [1, -2, 1]],
    np.float32,
)
DIRECTIONS = _DIRECTIONS / np.sqrt(np.square(_DIRECTIONS).sum(1, keepdims=True))
"""Unit directions in RGB on which the palette is sliced, ``(8, 3)`` float32."""

STATISTICS = 2 * sum(WIDTHS)
"""Length of the head of a code: means and deviations."""
CODE_LENGTH = STATISTICS + QUANTILES * len(DIRECTIONS)
EPSILON = 1e-5
"""Added to variances before their root."""

_SHORT = 96  # pixels along the shorter side of the copy that colors are read from
_PIXELS = 1 << 17  # at a time, so that they stay in the processor's cache


def palette(image: np.ndarray, mask: np.ndarray | None = None) -> np.ndarray:
    """Return the sliced color quantiles of an image.

    Parameters
    ----------
    image : (H, W, 3) float32, sRGB-encoded in [0, 1]
        The image.
    mask : (H, W) float32 in [0, 1], optional
        Pixels below 1/2 are left out, unless all are.

    Returns
    -------
    (64,) float32
        Quantiles along each direction of :data:`DIRECTIONS`.
    """
    shrink = max(1, min(image.shape[:2]) // _SHORT)
    pixels = _shrunk(image, shrink).reshape(-1, 3)
    if mask is not None:
        kept = _shrunk(mask, shrink).ravel() >= 0.5
        pixels = pixels[kept] if kept.any() else pixels
    slices = np.sort(product(DIRECTIONS, pixels.T), axis=1)
    at = (np.arange(QUANTILES, dtype=np.float32) + np.float32(0.5)) / np.float32(QUANTILES)
    index = np.rint(at * np.float32(slices.shape[1] - 1)).astype(np.int64)
    return slices[:, index].ravel()


def _shrunk(image: np.ndarray, times: int) -> np.ndarray:
    """Return means of squares of pixels; what is left at the ends does not count."""
    if times == 1:
        return image
    height, width = (side // times for side in image.shape[:2])
    whole = image[: height * times, : width * times]
    return cv2.resize(whole, (width, height), interpolation=cv2.INTER_AREA)


def split_statistics(codes: np.ndarray) -> list[tuple[np.ndarray, np.ndarray]]:
    """Return the channel statistics in codes.

    Parameters
    ----------
    codes : (..., >= STATISTICS) float32
        Codes, or the head of them.

    Returns
    -------
    list of ((..., C), (..., C)) float32
        Means and deviations at each scale, finest first.
    """
    ends = np.cumsum([w for w in WIDTHS for _ in range(2)])
    parts = np.split(codes[..., :STATISTICS], ends[:-1], axis=-1)
    return list(zip(parts[::2], parts[1::2], strict=True))


def split_palette(codes: np.ndarray) -> np.ndarray:
    """Return the palette in codes.

    Parameters
    ----------
    codes : (..., CODE_LENGTH) or (..., 64) float32
        Codes or palettes.

    Returns
    -------
    (..., 8, QUANTILES) float32
        Color quantiles along :data:`DIRECTIONS`.
    """
    colors = codes[..., -len(DIRECTIONS) * QUANTILES :]
    return colors.reshape(*codes.shape[:-1], len(DIRECTIONS), QUANTILES)


class FeatureSums:
    """Channel statistics accumulated over tiles, for the whole image or for each of its regions.

    Sums are kept in double precision, so that the order of the tiles does not show.

    Parameters
    ----------
    regions : int
        Number of regions.
    """

    def __init__(self, regions: int = 1) -> None:
        self._count = [np.zeros((regions, 1)) for _ in WIDTHS]
        self._sum = [np.zeros((regions, w)) for w in WIDTHS]
        self._square = [np.zeros((regions, w)) for w in WIDTHS]

    def add(self, cores: Sequence[np.ndarray], weights: Sequence[np.ndarray] | None = None) -> None:
        """Add one tile.

        Parameters
        ----------
        cores : sequence of (C, h, w) float32
            Features of the tile without its halo, finest first.
        weights : sequence of (K, h, w) float32, optional
            Weights of the regions at the same scales.
        """
        for i, core in enumerate(cores):
            if weights is None:
                pixels = core.shape[1] * core.shape[2]
                found = np.array([np.ravel(cv2.meanStdDev(plane)) for plane in core])
                mean, square = found[:, 0], np.square(found).sum(1)
                parts = np.array([[pixels]]), pixels * mean[None], pixels * square[None]
            else:
                parts = _weighted_sums(core, weights[i])
            for total, part in zip((self._count, self._sum, self._square), parts, strict=True):
                total[i] += part

    def statistics(self) -> np.ndarray:
        """Return means and deviations.

        Returns
        -------
        (K, STATISTICS) float32
            Those of each region, scale by scale. The deviation is the root of the variance plus
            :data:`EPSILON`.
        """
        parts = []
        for count, first, second in zip(self._count, self._sum, self._square, strict=True):
            mean = first / np.maximum(count, 1e-9)
            variance = np.maximum(second / np.maximum(count, 1e-9) - np.square(mean), 0)
            parts += [mean, np.sqrt(variance + EPSILON)]
        return np.concatenate(parts, axis=1).astype(np.float32)


def _weighted_sums(
    core: np.ndarray, weights: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return sums of weights ``(K, 1)``, of weighted features and of their squares ``(K, C)``."""
    step = max(1, _PIXELS // core.shape[2])
    count = np.zeros((len(weights), 1))
    first, second = (np.zeros((len(weights), len(core))) for _ in range(2))
    for top in range(0, core.shape[1], step):
        shares = np.float64(weights[:, top : top + step]).reshape(len(weights), -1)
        values = np.float64(core[:, top : top + step]).reshape(len(core), -1).T
        count += shares.sum(1, keepdims=True)
        first += shares @ values
        second += shares @ np.square(values, out=values)
    return count, first, second
