"""In-betweens: a painting of a frame put together of those of the frame before it and the one after it.

Nearly everything that a frame shows is seen in one of its neighbors, and is painted there as it would
be here. Where the motion is known, each point is fetched along it. In the gaps, along the edges of what
moves, motion that was found beside them is tried, and what looks most like the frame is taken: moved as
it is, so strokes are not bent.

References
----------
Barnes et al., "PatchMatch", SIGGRAPH 2009 (a match is sought among those of the neighbors).
Jamriska et al., "Stylizing Video by Example", SIGGRAPH 2019 (in-betweens of painted frames).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np

from ..image.convert import clipped
from .motion import Tie, blocks, ends_of, fetched

_SEEN = 0.5
"""A match that is believed less leaves a gap."""

_CERTAIN = 0.9
"""Motion that is believed as much is tried in gaps beside it."""

_ALIKE = 26.0
"""Levels of 255 by which what is found in a gap may differ."""

_AROUND = 2.0
"""Deviation in pixels of what is compared around each."""

_BETTER = 2.0
"""Levels by which a match must be more alike than those that were tried before it."""

_SPECK = np.ones((5, 5), np.uint8)
"""What is smaller is not missed."""

_LEAP = 0.75
"""Pixels between the places that neighbors come from, which leaves a seam."""

_SEAM = 0.6
"""Deviation in pixels by which seams are made smooth."""

_OUTSIDE = 255

_TOO_MANY = 0.5
"""Share of a frame above which gaps are not searched: nothing in it is where it was."""


@dataclass(frozen=True)
class Finds:
    """Where a frame's pixels are found: in the frame before it along ``back``, or, where ``later``, in
    the one after it along ``ahead``; where ``rigid``, along ``leaps``, which changes from one pixel to
    the next as it likes. Those that are ``missing`` are found nowhere.

    Flows are ``(h, w, 2)`` float32, the others ``(h, w)`` uint8, 0 or 1.
    """

    back: np.ndarray
    ahead: np.ndarray
    leaps: np.ndarray
    later: np.ndarray
    rigid: np.ndarray
    missing: np.ndarray


def find(
    frames: tuple[np.ndarray, np.ndarray, np.ndarray],
    back: Tie,
    ahead: Tie,
    still: np.ndarray,
) -> Finds:
    """Look for a frame in its neighbors.

    Parameters
    ----------
    frames : three of (h, w, 3) uint8, sRGB-encoded
        The one before, the frame, and the one after.
    back, ahead : Tie
        From the frame to the one before, and to the one after.
    still : (h, w) bool
        What looks as it did before, and needs no search.
    """
    later = (back.believed < _SEEN) & ~still
    gaps = later & (ahead.believed < _SEEN)
    leaps, missing = np.zeros_like(back.flow), np.zeros_like(gaps)
    if gaps.mean() > _TOO_MANY:
        missing = gaps
    elif gaps.any():
        before, frame, after = frames
        search = _Search(frame, gaps)
        for other, tie, is_later in ((before, back, False), (after, ahead, True)):
            search.attempt(other, np.zeros_like(search.flow), is_later)
            for place in _beside(tie.believed >= _CERTAIN, search.places):
                search.attempt(other, tie.flow[place], is_later)
        leaps[search.places], later[search.places] = search.flow, search.later
        missing[search.places] = search.unlike > _ALIKE
    return Finds(
        back.flow,
        ahead.flow,
        leaps,
        later.view(np.uint8),
        (gaps | still).view(np.uint8),
        cv2.morphologyEx(missing.view(np.uint8), cv2.MORPH_OPEN, _SPECK),
    )


class _Search:
    """The best of what was tried for each pixel of the gaps."""

    def __init__(self, frame: np.ndarray, gaps: np.ndarray) -> None:
        self.places = np.nonzero(gaps)
        count = len(self.places[0])
        self.flow = np.zeros((count, 2), np.float32)
        self.later = np.zeros(count, bool)
        self.unlike = np.full(count, np.inf, np.float32)
        self._frame = frame[self.places]
        self._points = np.stack(self.places[::-1], axis=1).astype(np.float32)
        self._plane = gaps.astype(np.float32)
        self._weight = self._blurred()

    def attempt(self, other: np.ndarray, flow: np.ndarray, later: bool) -> None:
        """Fetch all from another frame along ``flow`` ``(n, 2)``; what looks more alike is kept."""
        ends = self._points + flow
        difference = np.abs(_at(other, ends).astype(np.int16) - self._frame).max(1)
        corner = np.array(other.shape[1::-1]) - 1
        difference[((ends < 0) | (ends > corner)).any(1)] = _OUTSIDE
        self._plane[self.places] = difference
        unlike = self._blurred() / self._weight
        better = unlike + _BETTER < self.unlike
        self.flow[better], self.later[better] = flow[better], later
        self.unlike[better] = unlike[better]

    def _blurred(self) -> np.ndarray:
        return cv2.GaussianBlur(self._plane, (0, 0), _AROUND)[self.places]


def _at(image: np.ndarray, points: np.ndarray) -> np.ndarray:
    """Nearest pixels of an image at points ``(n, 2)``, inside it."""
    height, width = image.shape[:2]
    x, y = np.rint(points).astype(np.int32).T
    return image[y.clip(0, height - 1), x.clip(0, width - 1)]


def _beside(
    known: np.ndarray, places: tuple[np.ndarray, ...]
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """For each place the nearest that is known to the left, right, top and bottom, as indices; one at
    the border where there is none."""
    rows, columns = places
    for axis, end in ((1, known.shape[1] - 1), (0, known.shape[0] - 1)):
        index = np.arange(end + 1, dtype=np.int32)
        index = index[None] if axis else index[:, None]
        low = np.maximum.accumulate(np.where(known, index, 0), axis)
        high = np.flip(np.where(known, index, end), axis)
        high = np.flip(np.minimum.accumulate(high, axis), axis)
        for found in (low[places], high[places]):
            yield (rows, found) if axis else (found, columns)


def inbetween(last: np.ndarray, following: np.ndarray, finds: Finds) -> np.ndarray:
    """The painting ``(H, W, 3)`` float32 in [0, 1] of a frame, from those before and after it."""
    height, width = last.shape[:2]

    def wide(mask: np.ndarray) -> np.ndarray:
        return cv2.resize(mask, (width, height), interpolation=cv2.INTER_NEAREST)

    later, rigid = wide(finds.later), wide(finds.rigid)
    ends = ends_of(finds.back, last.shape)
    cv2.copyTo(ends_of(finds.ahead, last.shape), later, ends)
    cv2.copyTo(ends_of(finds.leaps, last.shape, cv2.INTER_NEAREST), rigid, ends)
    result = fetched(last, ends)
    seams = wide(_seams(finds))
    for here in blocks(height, width):
        if later[here].any():
            cv2.copyTo(fetched(following, ends[here]), later[here], result[here])
        if seams[here].any():
            smooth = cv2.GaussianBlur(result[here], (0, 0), _SEAM)
            cv2.copyTo(smooth, seams[here], result[here])
    return clipped(result)


def _seams(finds: Finds) -> np.ndarray:
    """Where what comes from different places meets, ``(h, w)`` uint8, 0 or 1."""
    apart = np.zeros(finds.later.shape, bool)
    for planes in (finds.leaps, finds.later, finds.rigid):
        for axis in (0, 1):
            step = np.abs(np.diff(planes.astype(np.float32), axis=axis)) > _LEAP
            step = step.any(2) if step.ndim == 3 else step
            apart[(slice(1, None), slice(None))[:: 1 - 2 * axis]] |= step
    return cv2.dilate(apart.view(np.uint8), np.ones((2, 2), np.uint8))
