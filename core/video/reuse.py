"""Paint no more than need be: where a frame looks as it did before, so does its painting, and every
other frame is put together of what its neighbors show."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass

import cv2
import numpy as np

from ..paint.repaint import REACH, patches
from ..paint.tiling import Tile as Part
from .interpolate import Finds, find, inbetween
from .motion import difference
from .render import Loaded

_SAME = 4
"""Levels of 255, of a pixel and its neighbors together, that make no difference."""


@dataclass(frozen=True)
class _Own:
    """A painting of a frame alone ``(H, W, 3)``, and what was seen where it was painted, ``(h, w, 3)``
    uint8: slow changes are not missed."""

    painting: np.ndarray
    source: np.ndarray


class Sparing:
    """Paintings of the frames of an interval.

    Parameters
    ----------
    paint, repaint : callable
        Paint a whole frame, or parts of it onto a picture: ``(H, W, 3)`` float32 in [0, 1].
    tile : int
        Side in pixels of the tiles that a whole frame is painted in.
    inbetweens : bool
        Put every other frame together of its neighbors.
    """

    def __init__(
        self,
        paint: Callable[[Loaded], np.ndarray],
        repaint: Callable[[Loaded, np.ndarray, list[Part]], np.ndarray],
        tile: int,
        inbetweens: bool,
    ) -> None:
        self._paint, self._repaint = paint, repaint
        self._tile, self._inbetweens = tile, inbetweens

    def paintings(
        self, items: Iterable[Loaded], closing: int | None, foreign: Collection[int]
    ) -> Iterator[tuple[Loaded, np.ndarray]]:
        """Frames in order, each with its painting.

        Parameters
        ----------
        items : iterable of Loaded
            With what motion sees of them.
        closing : int, optional
            Number of the anchor that closes the interval, which is painted from nothing but itself,
            as the first frame is.
        foreign : collection of int
            Numbers of the frames that the artist painted: the network's paintings of others have
            nothing to do with them.
        """
        last: _Own | None = None
        held: Loaded | None = None
        for item in items:
            if item.frame.number in foreign:
                if held is not None:
                    yield held, self._next(held, last, closing).painting
                last = held = None
                yield item, self._paint(item)
            elif held is not None and last is not None:
                finds = _found(last, held, item)
                missing = self._parts(finds.missing > 0, held)
                if missing is None:  # too much is new: a flash, or something that flits by
                    last = self._next(held, last, closing)
                    yield held, last.painting
                    held = item
                    continue
                following = self._next(item, last, closing)
                known = inbetween(last.painting, following.painting, finds)
                yield held, self._repaint(held, known, missing)
                yield item, following.painting
                last, held = following, None
            elif self._inbetweens and last is not None:
                held = item
            else:
                last = self._next(item, last, closing)
                yield item, last.painting
        if held is not None:
            yield held, self._next(held, last, closing).painting

    def _next(self, item: Loaded, last: _Own | None, closing: int | None) -> _Own:
        """Of a frame; what looks as it did stays as it is."""
        frame = _frame(item)
        if last is not None and item.frame.number != closing:
            changed = _changed(last.source, item)
            parts = self._parts(changed, item)
            if parts is not None:
                source = np.where(changed[..., None], frame, last.source)
                return _Own(self._repaint(item, last.painting, parts), source)
        return _Own(self._paint(item), frame)

    def _parts(self, needed: np.ndarray, item: Loaded) -> list[Part] | None:
        height, width = item.work.shape[:2]
        return patches(needed, (width, height), self._tile)


def _found(last: _Own, held: Loaded, item: Loaded) -> Finds:
    """What of a frame is seen in those before and after it."""
    assert held.ties is not None and item.ties is not None
    frames = last.source, _frame(held), _frame(item)
    still = ~_changed(last.source, held)
    return find(frames, held.ties[0], item.ties[1], still)


def _frame(item: Loaded) -> np.ndarray:
    assert item.seen is not None
    return item.seen.frame


def _changed(source: np.ndarray, item: Loaded) -> np.ndarray:
    """Where a frame is to be painted otherwise than where ``source`` was seen, ``(h, w)`` bool."""
    most = cv2.GaussianBlur(difference(source, _frame(item)), (0, 0), 1.0)
    side = 2 * -(-REACH * most.shape[1] // item.work.shape[1]) + 1
    return cv2.dilate(most, np.ones((side, side), np.uint8)) > _SAME
