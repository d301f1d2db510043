"""Paint no more than need be: the paintings of an interval's frames, each as if it were painted alone.

Strokes are carried from anchors; what a frame's own painting is for is what comes into view, and to
lead broad light and colour. So where a frame looks as the last one did, its painting is that one's; and
every other frame is put together of what its two neighbours show, moved along with it. Gaps that are
left are lines along the edges of what moves, which are coloured after what is beside them; what is
wider is painted in patches, or for the most part drawn at a smaller size; or the frame is painted.

References
----------
He and Sun, "Fast Guided Filter", arXiv:1505.00996 (colours by a linear map of lightness).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import product

import cv2
import numpy as np

from ..generators.patches import REACH, patches
from ..generators.windows import Tile as Cut
from ..imaging.convert import clipped
from .motion import Tie, ends_of, fetched
from .painter import Loaded

_SAME = 4
"""Levels of 255 within which a pixel looks the same."""

_BELIEVED = 0.5
"""A point that is believed less is not seen."""

_LINE = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (15, 15))
"""Gaps into which this does not fit, of pixels of what motion is told for, are lines."""

_AROUND = 31
"""Width in such pixels of what a line is filled after."""

_FLAT = 1e-3
"""Variance of lightness of what is nearly flat."""

_MANY = 0.25
"""Share of a frame above which gaps are too many to fill."""

_PAYS = 0.25
"""Share of the time of the whole that patches of gaps may take; a draft takes more, and gives less."""

_BLOCK = 96


@dataclass(frozen=True)
class _Own:
    """A painting ``(H, W, 3)``, and what was seen where it was painted, ``(h, w, 3)`` uint8."""

    painting: np.ndarray
    source: np.ndarray


def paintings(
    items: Iterable[Loaded],
    paint: Callable[[Loaded], np.ndarray],
    repaint: Callable[[Loaded, np.ndarray, list[Cut]], np.ndarray],
    draft: Callable[[Loaded], np.ndarray | None],
    *,
    largest: int,
    closing: int | None,
) -> Iterator[tuple[Loaded, np.ndarray]]:
    """Frames of an interval in order, with the painting of each alone, ``(H, W, 3)`` float32 in
    [0, 1]; the first, and the anchor that closes the interval, by ``paint``.

    Parameters
    ----------
    items : iterable of Loaded
        In order, all but the first with their ties.
    paint, repaint, draft : callable
        Paint a whole frame; parts of it onto a picture; or all of it at the size at which motion sees
        it, ``(h, w, 3)``, which gives None where that is its own.
    largest : int
        Most pixels along a side of a part.
    closing : int, optional
        Number of the frame that closes the interval.
    """
    last: _Own | None = None
    held: Loaded | None = None

    def whole(item: Loaded) -> _Own:
        return _Own(paint(item), _frame(item))

    def onward(item: Loaded, last: _Own) -> _Own:
        """What looks as it did stays as it is."""
        if item.frame.number == closing:
            return whole(item)
        changed = _changed(last.source, item)
        parts = patches(changed, item.size, largest)
        if parts is None:
            return whole(item)
        source = np.where(changed[..., None], _frame(item), last.source)
        return _Own(repaint(item, last.painting, parts), source)

    for item in items:
        if last is None:
            last = whole(item)
            yield item, last.painting
        elif held is None:
            held = item
        else:
            gaps = _gaps(last, held, item)
            wide = _wide(gaps)
            parts, drawn = patches(wide, held.size, largest, _PAYS), None
            if parts is None and wide.mean() < _MANY:
                parts, drawn = [], draft(held)
            if parts is None or (wide.any() and not parts and drawn is None):
                last = onward(held, last)
                yield held, last.painting
                held = item
                continue
            following = onward(item, last)
            known = _inbetween(last, following, held, item)
            yield held, repaint(held, _filled(known, gaps, held, drawn), parts)
            yield item, following.painting
            last, held = following, None
    if held is not None and last is not None:
        yield held, onward(held, last).painting


def _changed(source: np.ndarray, item: Loaded) -> np.ndarray:
    """Where a frame is painted otherwise than it was where ``source`` was seen, ``(h, w)`` bool."""
    difference = cv2.absdiff(source, _frame(item))
    most = cv2.max(cv2.max(*cv2.split(difference)[:2]), difference[..., 2])
    changed = cv2.compare(cv2.GaussianBlur(most, (0, 0), 1.0), _SAME, cv2.CMP_GT)
    reach = 2 * -(-REACH * changed.shape[1] // item.size[0]) + 1
    return cv2.dilate(changed, np.ones((reach, reach), np.uint8)) > 0


def _ties(held: Loaded, item: Loaded) -> tuple[Tie, Tie]:
    """From a frame to the one before it, and to the one after it."""
    assert held.ties is not None and item.ties is not None
    return held.ties[0], item.ties[1]


def _gaps(last: _Own, held: Loaded, item: Loaded) -> np.ndarray:
    """What neither neighbour of a frame shows, neither still nor moved, ``(h, w)`` bool."""
    back, ahead = _ties(held, item)
    gaps: np.ndarray = cv2.max(back.believed, ahead.believed) < _BELIEVED
    for source in (last.source, _frame(item)):
        if gaps.any():
            gaps &= _changed(source, held)
    return gaps


def _wide(gaps: np.ndarray) -> np.ndarray:
    """Those gaps that are wider than a line."""
    return cv2.morphologyEx(gaps.astype(np.uint8), cv2.MORPH_OPEN, _LINE) > 0


def _filled(
    painting: np.ndarray, gaps: np.ndarray, held: Loaded, drawn: np.ndarray | None
) -> np.ndarray:
    """A painting whose gaps are coloured as the frame is painted around them: by a linear map of its
    lightness, from place to place. Strokes are those of what was ``drawn``, if anything."""
    if not gaps.any():
        return painting
    height, width = gaps.shape
    known = (~gaps).astype(np.float32)
    grey = cv2.cvtColor(held.work, cv2.COLOR_RGB2GRAY)
    small = cv2.resize(grey, (width, height), interpolation=cv2.INTER_AREA)
    seen = cv2.resize(painting, (width, height), interpolation=cv2.INTER_AREA)
    slope, offset = _map(small, seen, known)
    if drawn is not None:
        tint, base = _map(small, drawn, np.ones_like(known))
        offset += drawn - small[..., None] * tint - base
    slope, offset, share = (cv2.resize(part, held.size) for part in (slope, offset, 1 - known))
    for here in _blocks(share):
        fill = grey[here][..., None] * slope[here] + offset[here]
        painting[here] += share[here][..., None] * (fill - painting[here])
    return clipped(painting)


def _map(grey: np.ndarray, colour: np.ndarray, weight: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Slope and offset, ``(h, w, 3)`` each, of colour over lightness, from place to place."""

    def mean(values: np.ndarray) -> np.ndarray:
        many = values.ndim == 3
        total = cv2.multiply(values, cv2.merge([weight] * 3) if many else weight)
        around = cv2.boxFilter(total, -1, (_AROUND, _AROUND))
        return around / (counted[..., None] if many else counted)

    counted = cv2.max(cv2.boxFilter(weight, -1, (_AROUND, _AROUND)), 1e-6)
    middle, tone = mean(grey), mean(colour)
    spread = (mean(grey * grey) - middle**2 + _FLAT)[..., None]
    slope = (mean(colour * grey[..., None]) - middle[..., None] * tone) / spread
    return slope, tone - slope * middle[..., None]


def _inbetween(last: _Own, following: _Own, held: Loaded, item: Loaded) -> np.ndarray:
    """The painting of a frame, ``(H, W, 3)`` float32 in [0, 1], from those before and after it.

    Each point is fetched from one of them, so that strokes are not mixed: from the one before, unless
    only the other shows it.
    """
    back, ahead = _ties(held, item)
    moved = _changed(last.source, held)
    result = last.painting.copy()
    if not moved.any():
        return result
    height, width = result.shape[:2]

    def wide(share: np.ndarray) -> np.ndarray:
        return cv2.resize(share.astype(np.float32), (width, height))[..., None]

    moving, hidden = wide(moved), wide(1 - back.believed)
    still = wide(~_changed(following.source, held))
    before, after = (ends_of(flow, result.shape) for flow in (back.flow, ahead.flow))
    for here in _blocks(moving):
        part = fetched(last.painting, before[here])
        if hidden[here].any():
            other = fetched(following.painting, after[here])
            part += hidden[here] * (other - part)
        if still[here].any():
            part += still[here] * (following.painting[here] - part)
        result[here] += moving[here] * (part - result[here])
    return clipped(result)


def _blocks(weight: np.ndarray) -> Iterator[tuple[slice, slice]]:
    """The parts of a picture in which any weight is not 0."""
    for top, left in product(*(range(0, side, _BLOCK) for side in weight.shape[:2])):
        here = slice(top, top + _BLOCK), slice(left, left + _BLOCK)
        if weight[here].any():
            yield here


def _frame(item: Loaded) -> np.ndarray:
    assert item.seen is not None
    return item.seen.frame
