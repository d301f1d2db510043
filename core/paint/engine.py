"""The protocol of engines, which paint a :class:`PaintJob`; ``network.py`` holds the first one."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from ..control import SILENT, Control
from ..networks.decoder import Adapters
from ..networks.layout import STRIDE
from ..styles.look import GRAIN
from .tiling import Tile

TILE = 2048
"""Default side of a tile without its halo, in pixels: about 1.2 GB of activations at the peak."""


@dataclass(frozen=True, eq=False)
class PaintJob:
    """An image to paint, and how; see :meth:`~.network.Stylizer.paint`.

    Attributes
    ----------
    color : (H, W, 3) float32, sRGB-encoded in [0, 1]
        The content.
    codes : (CODE_LENGTH,) or (K, CODE_LENGTH) float32
        The style, or those of K regions.
    content_code : (K, CODE_LENGTH) float32, optional
        The code of the content, as ``Stylizer.measure`` returns it for the same codes and strength.
        Measured while painting if not given.
    regions : (H, W, K) float32, optional
        How much each pixel belongs to each region; sums to one over K.
    strength : float in [0, 1]
        How far the code of the content is moved to that of the style.
    seamless : bool
        Treat the image as a torus. Its sides must then be multiples of 16.
    seed : int
        Of the noise that breaks flat areas into strokes.
    grain : float in [0, 1]
        Amount of that noise; 1 is what the decoder was trained with.
    mask : (H, W) float32 in [0, 1], optional
        Which pixels count for the content's statistics (its alpha).
    adapters : pairs of an adapter and its weight
        What Refine added to the decoder for the style.
    base : (H, W, 3) float32, sRGB-encoded in [0, 1], optional
        Paint only ``tiles``, and take the rest from this image. Needs ``content_code``.
    tiles : collection of Tile
        What to paint over ``base``.
    tile : int
        Side of a tile without its halo, in pixels; smaller needs less memory.

    Raises
    ------
    ValueError
        A seamless image whose sides are no multiples of 16, regions that do not fit, or a base
        without a content code.
    """

    color: np.ndarray
    codes: np.ndarray
    content_code: np.ndarray | None = None
    regions: np.ndarray | None = None
    strength: float = 1.0
    seamless: bool = False
    seed: int = 0
    grain: float = GRAIN
    mask: np.ndarray | None = None
    adapters: Adapters = ()
    base: np.ndarray | None = None
    tiles: Collection[Tile] = ()
    tile: int = TILE

    def __post_init__(self) -> None:
        height, width = self.color.shape[:2]
        count = len(np.atleast_2d(self.codes))
        if self.seamless and (height % STRIDE or width % STRIDE):
            raise ValueError("a seamless image needs sides that are multiples of 16")
        if self.regions is not None and self.regions.shape != (height, width, count):
            raise ValueError(f"regions {self.regions.shape} do not fit {count} codes and the image")
        if self.base is not None and self.content_code is None:
            raise ValueError("painting over a base needs the code of the content")


class Engine(Protocol):
    """A way to turn a :class:`PaintJob` into pixels.

    Whatever an engine gathers over a whole image it must also accept from outside, so that tiles of
    a UDIM and frames of a shot agree.
    """

    def paint(self, job: PaintJob, control: Control = SILENT) -> np.ndarray:
        """Paint an image at its own resolution.

        Parameters
        ----------
        job : PaintJob
            What to paint.
        control : Control
            Gets the progress; cancels within a fraction of a second.

        Returns
        -------
        (H, W, 3) float32, sRGB-encoded in [0, 1]
            The painting.
        """

    def measure(
        self,
        images: Sequence[np.ndarray],
        codes: np.ndarray,
        masks: Sequence[np.ndarray | None] | None = None,
        *,
        strength: float = 1.0,
        seamless: bool = False,
        tile: int = TILE,
    ) -> np.ndarray:
        """Return the common content code of several images, for ``PaintJob.content_code``.

        Parameters
        ----------
        images : sequence of (H, W, 3) float32, sRGB-encoded in [0, 1]
            UDIM tiles, or frames of a shot.
        codes : (CODE_LENGTH,) or (K, CODE_LENGTH) float32
            The style, or several.
        masks : sequence of (H, W) float32 in [0, 1] or None, optional
            Which pixels count.
        strength : float in [0, 1]
            How far the contents will be moved to the style.
        seamless : bool
            Treat the images as tori.
        tile : int
            Side of a tile without its halo, in pixels.

        Returns
        -------
        (K, CODE_LENGTH) float32
            The content code for each style.
        """
