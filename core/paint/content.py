"""A content image as the networks take it: padded to their stride, and cut into tiles."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from ..networks.layout import STRIDE, WIDTHS
from .tiling import Tile, take, tiles


class Content:
    """An image, the weights of its regions at every scale of the features, and its tiles.

    Parameters
    ----------
    color : (H, W, 3) float32, sRGB-encoded in [0, 1]
        The image.
    regions : (H, W, K) float32 or None
        Weights of the regions, or a mask as the only one.
    seamless : bool
        Whether the image is a torus.
    tile : int
        Largest side of a tile without its halo, in pixels.

    Attributes
    ----------
    image : (H', W', 3) float32
        The image with sides that are multiples of 16.
    weights : list of (K, h, w) float32, or None
        Weights of the regions, at full size and at the scales of the features, finest first.
    tiles : list of Tile
        Row by row.
    """

    def __init__(
        self, color: np.ndarray, regions: np.ndarray | None, seamless: bool, tile: int
    ) -> None:
        self.image = pad_to_stride(np.asarray(color, np.float32), seamless=seamless)
        self.weights: list[np.ndarray] | None = None
        if regions is not None:
            padded = pad_to_stride(np.asarray(regions, np.float32), seamless=seamless)
            self.weights = [np.ascontiguousarray(np.moveaxis(padded, 2, 0))]
            for _ in WIDTHS:
                self.weights.append(_halved(self.weights[-1]))
        height, width = self.image.shape[:2]
        self.tiles = tiles(height, width, tile, seamless=seamless)

    def region_weights(self, tile: Tile) -> list[np.ndarray] | None:
        """Return the weights of the regions in a tile, halo included, at the scales of the features.

        Parameters
        ----------
        tile : Tile
            One of this image.

        Returns
        -------
        list of (K, h, w) float32 or None
            Finest first; None without regions.
        """
        if self.weights is None:
            return None
        return [take(w, tile, 2**i) for i, w in enumerate(self.weights[1:], start=1)]

    def cores(
        self, features: Sequence[np.ndarray], tile: Tile
    ) -> tuple[list[np.ndarray], list[np.ndarray] | None]:
        """Return the features of a tile, and the weights at the same places, without the halo.

        Parameters
        ----------
        features : sequence of (C, h, w) float32
            Features of the tile, halo included, finest first.
        tile : Tile
            One of this image.

        Returns
        -------
        features : list of (C, h, w) float32
            Finest first.
        weights : list of (K, h, w) float32 or None
            Weights of the regions; None without regions.
        """
        scales = [2 ** (i + 1) for i in range(len(WIDTHS))]
        cores = [
            f[:, tile.rows.inner(s), tile.columns.inner(s)]
            for f, s in zip(features, scales, strict=True)
        ]
        if self.weights is None:
            return cores, None
        rows, columns = ((w.core_start, w.core_stop) for w in (tile.rows, tile.columns))
        kept = [
            w[:, rows[0] // s : rows[1] // s, columns[0] // s : columns[1] // s]
            for w, s in zip(self.weights[1:], scales, strict=True)
        ]
        return cores, kept


def pad_to_stride(image: np.ndarray, *, seamless: bool = False) -> np.ndarray:
    """Extend an image at its right and bottom, by reflection, to sides that the networks can take.

    Parameters
    ----------
    image : (H, W, C) float32
        The image.
    seamless : bool
        Whether it is a torus, which may have a single cell: others need two, of which each is
        reflected in the other.

    Returns
    -------
    (H', W', C) float32
        The image with sides that are multiples of 16.
    """
    fewest = STRIDE if seamless else 2 * STRIDE
    bottom, right = (max(fewest, -(-side // STRIDE) * STRIDE) - side for side in image.shape[:2])
    if not bottom and not right:
        return image
    return np.pad(image, ((0, bottom), (0, right), (0, 0)), mode="reflect")


def _halved(planes: np.ndarray) -> np.ndarray:
    """Return means of 2 x 2 of ``(K, H, W)``."""
    height, width = planes.shape[1] // 2, planes.shape[2] // 2
    halves = np.empty((len(planes), height, width), np.float32)
    for plane, half in zip(planes, halves, strict=True):
        cv2.resize(plane, (width, height), dst=half, interpolation=cv2.INTER_AREA)
    return halves
