"""Paint no more than needed.

Where a frame looks as it did before, so does its painting; and every other frame is interpolated from
its neighbors.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass

import cv2
import numpy as np

from ..paint.repaint import REACH, tiles_to_repaint
from ..paint.tiling import Tile
from .interpolate import SourceMap, find_sources, interpolate
from .load import LoadedFrame
from .motion import largest_difference

_SAME = 4
"""Levels of 255, of a pixel and its neighbors together, that make no difference."""


@dataclass(frozen=True)
class _Painting:
    """A frame painted by itself ``(H, W, 3)``, and what was seen where it was painted, ``(h, w, 3)``
    uint8: kept from frame to frame, so that slow changes are not missed."""

    painting: np.ndarray
    source: np.ndarray


class FrameReuse:
    """Paints the frames of a segment, each by itself, and reuses what it can.

    Parameters
    ----------
    paint : callable
        Paints a whole frame: returns ``(H, W, 3)`` float32 in [0, 1].
    repaint : callable
        Paints tiles of a frame over a base image.
    tile : int
        Side in pixels of the tiles in which a whole frame is painted.
    interpolates : bool
        Interpolate every other frame from its neighbors.
    """

    def __init__(
        self,
        paint: Callable[[LoadedFrame], np.ndarray],
        repaint: Callable[[LoadedFrame, np.ndarray, list[Tile]], np.ndarray],
        tile: int,
        interpolates: bool,
    ) -> None:
        self._paint, self._repaint = paint, repaint
        self._tile, self._interpolates = tile, interpolates

    def paintings(
        self, items: Iterable[LoadedFrame], end_anchor: int | None, by_artist: Collection[int]
    ) -> Iterator[tuple[LoadedFrame, np.ndarray]]:
        """Paint frames in order.

        Parameters
        ----------
        items : iterable of LoadedFrame
            With their motion sources and matches.
        end_anchor : int, optional
            Number of the anchor that ends the segment, which is painted from scratch, as the first
            frame is.
        by_artist : collection of int
            Numbers of the frames that the artist painted: other frames reuse nothing of them.

        Yields
        ------
        item : LoadedFrame
            The frame.
        painting : (H, W, 3) float32
            In [0, 1].
        """
        last: _Painting | None = None
        held: LoadedFrame | None = None
        for item in items:
            if item.frame.number in by_artist:
                if held is not None:
                    yield held, self._next(held, last, end_anchor).painting
                last = held = None
                yield item, self._paint(item)
            elif held is not None and last is not None:
                sources = _sources(last, held, item)
                missing = self._tiles(sources.missing > 0, held)
                if missing is None:  # too much is new: a flash, or something that flits by
                    last = self._next(held, last, end_anchor)
                    yield held, last.painting
                    held = item
                    continue
                following = self._next(item, last, end_anchor)
                known = interpolate(last.painting, following.painting, sources)
                yield held, self._repaint(held, known, missing)
                yield item, following.painting
                last, held = following, None
            elif self._interpolates and last is not None:
                held = item
            else:
                last = self._next(item, last, end_anchor)
                yield item, last.painting
        if held is not None:
            yield held, self._next(held, last, end_anchor).painting

    def _next(self, item: LoadedFrame, last: _Painting | None, end_anchor: int | None) -> _Painting:
        """Paint a frame; what looks as it did stays as it is."""
        frame = _frame(item)
        if last is not None and item.frame.number != end_anchor:
            changed = _changed(last.source, item)
            tiles = self._tiles(changed, item)
            if tiles is not None:
                source = np.where(changed[..., None], frame, last.source)
                return _Painting(self._repaint(item, last.painting, tiles), source)
        return _Painting(self._paint(item), frame)

    def _tiles(self, needed: np.ndarray, item: LoadedFrame) -> list[Tile] | None:
        height, width = item.work.shape[:2]
        return tiles_to_repaint(needed, (width, height), self._tile)


def _sources(last: _Painting, held: LoadedFrame, item: LoadedFrame) -> SourceMap:
    """Find a held frame in those before and after it."""
    assert held.matches is not None and item.matches is not None
    frames = last.source, _frame(held), _frame(item)
    still = ~_changed(last.source, held)
    return find_sources(frames, held.matches[0], item.matches[1], still)


def _frame(item: LoadedFrame) -> np.ndarray:
    assert item.motion is not None
    return item.motion.frame


def _changed(source: np.ndarray, item: LoadedFrame) -> np.ndarray:
    """Return where a frame must be painted otherwise than ``source`` was, ``(h, w)`` bool."""
    most = cv2.GaussianBlur(largest_difference(source, _frame(item)), (0, 0), 1.0)
    side = 2 * -(-REACH * most.shape[1] // item.work.shape[1]) + 1
    return cv2.dilate(most, np.ones((side, side), np.uint8)) > _SAME
