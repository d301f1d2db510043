"""The images that a GAN assembles new pictures from."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from ...control import NEVER, CancelToken
from ...models.spatial_gan import CELL, layout_of
from .detail import DetailSynthesizer
from .layout import draw_layout


class Exemplars:
    """Images of one or more textures, with their layouts and their cells.

    Parameters
    ----------
    images : sequence of ndarray
        ``(H, W, 3)`` uint8, sRGB-encoded; sides are multiples of 16.

    Attributes
    ----------
    images : list of ndarray
        As given.
    batches : list of Tensor
        The images as ``(1, 3, H, W)`` float32 in [0, 1].
    layouts : list of ndarray
        Their layouts ``(H / 4, W / 4, 4)`` float32; see :func:`~core.models.spatial_gan.layout_of`.
    detail : DetailSynthesizer
        Makes drafts for layouts out of the images' cells.
    """

    def __init__(self, images: Sequence[np.ndarray]) -> None:
        self.images = list(images)
        pictures = [image / np.float32(255) for image in self.images]
        self.batches = [torch.from_numpy(p).permute(2, 0, 1)[None].contiguous() for p in pictures]
        self.layouts = [layout_of(b)[0].permute(1, 2, 0).numpy() for b in self.batches]
        self.detail = DetailSynthesizer(pictures, self.layouts)

    def draw(
        self,
        weights: Sequence[float],
        height: int,
        width: int,
        random: np.random.Generator,
        cancel: CancelToken = NEVER,
    ) -> tuple[np.ndarray, Tensor]:
        """Draw a new layout on a torus, and find cells for it.

        Parameters
        ----------
        weights : sequence of float
            How much is taken from each image.
        height, width : int
            Size in pixels, multiples of 16.
        random : np.random.Generator
            What it is drawn with.
        cancel : CancelToken, optional
            Ends the work.

        Returns
        -------
        layout : (height / 4, width / 4, 4) float32
            The layout.
        match : (height / 4, width / 4) int64
            The number of the exemplars' cell that each cell of the layout is painted with.

        Raises
        ------
        JobCancelled
            It was cancelled.
        """
        size = height // CELL, width // CELL
        layout, origin = draw_layout(self.layouts, weights, *size, random, cancel)
        return layout, self.detail.match(layout, weights, random, origin, cancel=cancel)


def layout_to_tensor(layout: np.ndarray) -> Tensor:
    """Return a layout as a batch of one.

    Parameters
    ----------
    layout : (h, w, 4) float32
        The layout.

    Returns
    -------
    (1, 4, h, w) float32
        The same.
    """
    return torch.from_numpy(layout).permute(2, 0, 1)[None].contiguous()
