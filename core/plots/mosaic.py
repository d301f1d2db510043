"""The mosaic: thumbnails and boxes of a plot, painted into one image."""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backend_bases import RendererBase
from matplotlib.colors import to_rgb
from matplotlib.typing import ColorType

from .theme import BACKGROUND, LINE, PANEL


class Mosaic:
    """Boxes and thumbnails, painted into one image: thousands take no longer than a few artists.

    Parameters
    ----------
    axes : Axes
        From :func:`theme.canvas`.
    """

    def __init__(self, axes: Axes) -> None:
        self._figure = axes.figure
        width, height = round(axes.get_xlim()[1]), round(axes.get_ylim()[0])
        self._pixels = np.empty((height, width, 3), np.float32)
        self._pixels[:] = _rgb(BACKGROUND)

    def box(
        self,
        left: float,
        top: float,
        width: float,
        height: float,
        radius: float,
        color: ColorType | np.ndarray,
    ) -> None:
        """Paint a rectangle with rounded corners.

        Parameters
        ----------
        left, top : float
            Its corner, in pixels.
        width, height : float
            Its size, in pixels.
        radius : float
            Radius of the corners, in pixels.
        color : color or (3,) float64
            Its color.
        """
        wide, high = max(1, round(width)), max(1, round(height))
        depth = _depth(wide, high, min(radius, wide / 2, high / 2))
        self._blend(left, top, np.clip(depth + 0.5, 0, 1), _rgb(color))

    def thumbnail(
        self,
        image: np.ndarray | None,
        left: float,
        top: float,
        size: float,
        color: ColorType | np.ndarray,
    ) -> None:
        """Paint a thumbnail with rounded corners and a frame.

        Parameters
        ----------
        image : (h, w, 3 or 4) uint8 or None
            The thumbnail; None paints an empty cell.
        left, top : float
            Its corner, in pixels.
        size : float
            Its side, in pixels.
        color : color or (3,) float64
            Color of the frame.
        """
        side = max(1, round(size))
        radius, border = 0.09 * side, float(np.clip(0.02 * side, 1, 2.5))
        depth = _depth(side, side, radius)
        self._blend(
            left, top, np.clip(depth + 0.5, 0, 1), _rgb(color if image is not None else LINE)
        )
        if image is None:
            return
        way = cv2.INTER_AREA if side < image.shape[0] else cv2.INTER_CUBIC
        scaled = cv2.resize(image, (side, side), interpolation=way).astype(np.float32) / 255
        mask = np.clip(depth + 0.5 - border, 0, 1)
        if image.shape[2] == 4:
            self._blend(left, top, mask, _rgb(PANEL))
            mask = mask * scaled[..., 3]
        self._blend(left, top, mask, scaled[..., :3])

    def show(self) -> None:
        """Add the image to the axes, below all lines and words."""
        shown = np.full((*self._pixels.shape[:2], 4), 255, np.uint8)
        shown[..., :3] = np.clip(self._pixels, 0, 1) * 255 + 0.5
        self._figure.add_artist(_Pixels(shown))

    def _blend(self, left: float, top: float, mask: np.ndarray, color: np.ndarray) -> None:
        """Paint a color or an image through a mask; what lies outside is cut off."""
        x, y = round(left), round(top)
        first, above = max(x, 0), max(y, 0)
        inside = np.s_[above - y :, first - x :]
        under = self._pixels[above : y + mask.shape[0], first : x + mask.shape[1]]
        mask = mask[inside][: under.shape[0], : under.shape[1], None]
        if color.ndim == 3:
            color = color[inside][: under.shape[0], : under.shape[1]]
        under += mask * (color - under)


class _Pixels(Artist):
    """An image as large as the figure; unlike matplotlib's images, it is not resampled."""

    def __init__(self, pixels: np.ndarray) -> None:
        super().__init__()
        self._bottom_up = np.ascontiguousarray(pixels[::-1])
        self.set_zorder(-1)

    def draw(self, renderer: RendererBase) -> None:
        renderer.draw_image(renderer.new_gc(), 0, 0, self._bottom_up)


@lru_cache(maxsize=64)
def _depth(width: int, height: int, radius: float) -> np.ndarray:
    """Return how deep each pixel lies inside a rounded rectangle, ``(height, width)`` float32."""
    xs = np.abs(np.arange(width) + 0.5 - width / 2) - (width / 2 - radius)
    ys = np.abs(np.arange(height) + 0.5 - height / 2) - (height / 2 - radius)
    corner = np.hypot(np.maximum(xs, 0)[None], np.maximum(ys, 0)[:, None])
    straight = np.minimum(np.maximum(xs[None], ys[:, None]), 0)
    return (radius - corner - straight).astype(np.float32)


def _rgb(color: ColorType | np.ndarray) -> np.ndarray:
    return np.asarray(to_rgb(color), np.float32)  # type: ignore[arg-type]
