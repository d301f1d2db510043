"""Paint no more than need be: where a frame looks as it did before, so does its painting."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator

import cv2
import numpy as np

from ..generators.patches import REACH, patches
from ..generators.windows import Tile
from .painter import Loaded

_SAME = 4
"""Levels of 255, of a pixel and its neighbours together, that make no difference."""


def paintings(
    items: Iterable[Loaded],
    paint: Callable[[Loaded], np.ndarray],
    repaint: Callable[[Loaded, np.ndarray, list[Tile]], np.ndarray],
    *,
    alone: Collection[int],
    largest: int,
) -> Iterator[tuple[Loaded, np.ndarray]]:
    """Frames of an interval in order, each with its painting ``(H, W, 3)`` float32 in [0, 1].

    Every pixel is compared with what was seen when it was painted last, so that slow changes are not
    missed.

    Parameters
    ----------
    items : iterable of Loaded
        With what motion sees of them.
    paint, repaint : callable
        Paint a whole frame, or parts of it onto a picture.
    alone : collection of int
        Numbers of frames that have nothing to do with those before and after them: the anchor that
        closes the interval, and what the artist painted.
    largest : int
        Most pixels along a side of a part.
    """
    last: tuple[np.ndarray, np.ndarray] | None = None
    for item in items:
        assert item.seen is not None
        frame, apart = item.seen.frame, item.frame.number in alone
        parts = None
        if last is not None and not apart:
            painting, source = last
            reach = -(-REACH * frame.shape[1] // item.work.shape[1])
            changed = _changed(source, frame, reach)
            parts = patches(changed, (item.work.shape[1], item.work.shape[0]), largest)
        if parts is None:
            painting, source = paint(item), frame
        else:
            painting = repaint(item, painting, parts)
            source = np.where(changed[..., None], frame, source)
        yield item, painting
        last = None if apart else (painting, source)


def _changed(source: np.ndarray, frame: np.ndarray, reach: int) -> np.ndarray:
    """Where a difference between two pictures ``(h, w, 3)`` uint8 is to be seen within so many pixels,
    ``(h, w)`` bool."""
    red, green, blue = cv2.split(cv2.absdiff(source, frame))
    most = cv2.GaussianBlur(cv2.max(cv2.max(red, green), blue), (0, 0), 1.0)
    side = 2 * reach + 1
    return cv2.dilate(most, np.ones((side, side), np.uint8)) > _SAME
