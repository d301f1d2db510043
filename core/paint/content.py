"""A content image as the networks take it: tensors padded to their stride, and cut into tiles."""

from __future__ import annotations

import cv2
import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from ..models.encoder import STRIDE, WIDTHS, Features
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
    """

    def __init__(
        self, color: np.ndarray, regions: np.ndarray | None, seamless: bool, tile: int
    ) -> None:
        self.image = pad_to_stride(to_tensor(color))
        self.weights: list[Tensor] | None = None
        if regions is not None:
            planes = np.ascontiguousarray(np.moveaxis(regions, 2, 0), dtype=np.float32)
            self.weights = [pad_to_stride(torch.from_numpy(planes)[None])]
            for _ in WIDTHS:
                self.weights.append(_halved(self.weights[-1]))
        height, width = self.image.shape[2:]
        self.tiles = tiles(height, width, tile, seamless=seamless)

    def region_weights(self, tile: Tile) -> list[Tensor] | None:
        """Return the weights of the regions in a tile, halo included, at the scales of the features.

        Parameters
        ----------
        tile : Tile
            One of this image.

        Returns
        -------
        list of (1, K, h, w) float32 or None
            Finest first; None without regions.
        """
        if self.weights is None:
            return None
        return [take(w, tile, 2**i) for i, w in enumerate(self.weights[1:], start=1)]

    def cores(self, features: Features, tile: Tile) -> tuple[list[Tensor], list[Tensor] | None]:
        """Return the features of a tile, and the weights at the same places, without the halo.

        Parameters
        ----------
        features : Features
            Features of the tile, halo included.
        tile : Tile
            One of this image.

        Returns
        -------
        features : list of (1, C, h, w) float32
            Finest first.
        weights : list of (1, K, h, w) float32 or None
            Weights of the regions; None without regions.
        """
        scales = [2 ** (i + 1) for i in range(len(WIDTHS))]
        cores = [
            f[:, :, tile.rows.inner(s), tile.columns.inner(s)]
            for f, s in zip(features, scales, strict=True)
        ]
        if self.weights is None:
            return cores, None
        rows, columns = ((w.core_start, w.core_stop) for w in (tile.rows, tile.columns))
        kept = [
            w[:, :, rows[0] // s : rows[1] // s, columns[0] // s : columns[1] // s]
            for w, s in zip(self.weights[1:], scales, strict=True)
        ]
        return cores, kept


def to_tensor(color: np.ndarray) -> Tensor:
    """Return an image as a batch of one, sharing memory where it can.

    Parameters
    ----------
    color : (H, W, C) float32
        The image.

    Returns
    -------
    (1, C, H, W) float32
        The batch.
    """
    return torch.from_numpy(np.ascontiguousarray(color, dtype=np.float32)).permute(2, 0, 1)[None]


def pad_to_stride(image: Tensor) -> Tensor:
    """Extend an image at its right and bottom, by reflection, to multiples of the stride.

    Parameters
    ----------
    image : (1, C, H, W) float32
        The image.

    Returns
    -------
    (1, C, H', W') float32
        The image with sides that are multiples of 16.
    """
    height, width = image.shape[2:]
    bottom, right = -height % STRIDE, -width % STRIDE
    while bottom or right:  # reflection reaches only as far as the image does
        step = (min(right, image.shape[3] - 1), min(bottom, image.shape[2] - 1))
        if step == (0, 0):
            return F.pad(image, (0, right, 0, bottom), mode="replicate")
        image = F.pad(image, (0, step[0], 0, step[1]), mode="reflect")
        right, bottom = right - step[0], bottom - step[1]
    return image


def _halved(planes: Tensor) -> Tensor:
    """Return means of 2 x 2 of ``(1, K, H, W)``, several times as fast as torch's pooling."""
    height, width = planes.shape[2] // 2, planes.shape[3] // 2
    halves = np.empty((planes.shape[1], height, width), np.float32)
    for plane, half in zip(planes[0].numpy(), halves, strict=True):
        cv2.resize(plane, (width, height), dst=half, interpolation=cv2.INTER_AREA)
    return torch.from_numpy(halves)[None]
