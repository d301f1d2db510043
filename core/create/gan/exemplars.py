"""The images that a GAN assembles new pictures from."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ...control import NEVER, CancelToken
from ...networks.spatial_gan import CELL, layout_of
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
    pictures : list of ndarray
        The images as ``(H, W, 3)`` float32 in [0, 1].
    layouts : list of ndarray
        Their layouts ``(H / 4, W / 4, 4)`` float32; see :func:`~core.networks.spatial_gan.layout_of`.
    detail : DetailSynthesizer
        Makes drafts for layouts out of the images' cells.
    """

    def __init__(self, images: Sequence[np.ndarray]) -> None:
        self.images = list(images)
        self.pictures = [image / np.float32(255) for image in self.images]
        self.layouts = [layout_of(picture) for picture in self.pictures]
        self.detail = DetailSynthesizer(self.images, self.layouts)

    def draw(
        self,
        weights: Sequence[float],
        height: int,
        width: int,
        random: np.random.Generator,
        cancel: CancelToken = NEVER,
    ) -> tuple[np.ndarray, np.ndarray]:
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
