"""Draw strokes that are hardly wider than a pixel: larger, and shrunk, so that they do not shimmer."""

from __future__ import annotations

import numpy as np

from ...image.resize import resize
from ...paint.strokes.painter import placing_of
from ...paint.strokes.place import layer_widths
from ...styles.look import Look
from ...styles.stroke_set import StrokeSet

_FINE = 3.0
"""Width in pixels of the narrowest strokes below which the grid of pixels is seen when they move."""

_MOST = 4


def drawn_size(size: tuple[int, int], strokes: StrokeSet, look: Look) -> tuple[int, int]:
    """Return the size at which strokes are drawn.

    Parameters
    ----------
    size : (int, int)
        Width and height of the result in pixels.
    strokes : StrokeSet
        The strokes.
    look : Look
        Their settings.

    Returns
    -------
    (int, int)
        That size, or up to four times as many pixels along each side.
    """
    narrowest = float(layer_widths(strokes, placing_of(look))[-1]) * min(size)
    factor = int(np.clip(np.ceil(_FINE / narrowest), 1, _MOST))
    return factor * size[0], factor * size[1]


def shrunk(image: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """Return a drawing at the size of the result.

    Parameters
    ----------
    image : (H, W) or (H, W, C) float32 in [0, 1]
        What was drawn.
    size : (int, int)
        Width and height of the result in pixels.

    Returns
    -------
    (h, w) or (h, w, C) float32 in [0, 1]
        The image itself if it has that size.
    """
    return image if image.shape[1::-1] == size else np.clip(resize(image, size), 0, 1)
