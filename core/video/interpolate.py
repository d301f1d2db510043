"""Interpolate the painting of a frame from those of the frame before it and the one after it.

Nearly everything that a frame shows is visible in one of its neighbors, and is painted there as it
would be here. Where the motion is known, each pixel is fetched along it. In the gaps, along the edges
of what moves, the motion found beside them is tried, and what looks most like the frame is taken: moved
rigidly, so strokes are not bent.

References
----------
Barnes et al., "PatchMatch", SIGGRAPH 2009 (a match is sought among those of the neighbors).
Jamriska et al., "Stylizing Video by Example", SIGGRAPH 2019 (interpolation of painted frames).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np

from ..image.convert import clipped
from .flow import blocks, flow_targets, sample
from .motion import FlowMatch

_GAP = 0.5
"""Confidence below which a match leaves a gap."""

_CERTAIN = 0.9
"""Confidence from which on motion is tried in the gaps beside it."""

_LARGEST_DIFFERENCE = 26.0
"""Levels of 255 by which what is found in a gap may differ from the frame."""

_COMPARED = 2.0
"""Standard deviation in pixels of the neighborhood that is compared around each pixel."""

_BETTER = 2.0
"""Levels by which a candidate must be more alike than those tried before it."""

_SPECK = np.ones((5, 5), np.uint8)
"""Missing parts that are smaller than this are ignored."""

_JUMP = 0.75
"""Change of flow in pixels, from one pixel to the next, above which there is a seam."""

_SEAM = 0.6
"""Standard deviation in pixels of the blur along seams."""

_OUTSIDE = 255

_MOST_GAPS = 0.5
"""Share of a frame above which gaps are not searched: nothing in it is where it was."""


@dataclass(frozen=True)
class SourceMap:
    """Map of the pixels of a frame to those of the frame before it or the one after it.

    Attributes
    ----------
    backward, forward : (h, w, 2) float32
        Flows to the frame before and to the one after.
    rigid_flow : (h, w, 2) float32
        In place of both where ``is_rigid``; may change abruptly from one pixel to the next.
    from_next : (h, w) uint8, 0 or 1
        Fetched from the frame after instead of the one before.
    is_rigid : (h, w) uint8, 0 or 1
        Fetched along ``rigid_flow``.
    missing : (h, w) uint8, 0 or 1
        Found in neither.
    """

    backward: np.ndarray
    forward: np.ndarray
    rigid_flow: np.ndarray
    from_next: np.ndarray
    is_rigid: np.ndarray
    missing: np.ndarray


def find_sources(
    frames: tuple[np.ndarray, np.ndarray, np.ndarray],
    backward: FlowMatch,
    forward: FlowMatch,
    still: np.ndarray,
) -> SourceMap:
    """Find the pixels of a frame in its neighbors.

    Parameters
    ----------
    frames : three of (h, w, 3) uint8, sRGB-encoded
        The one before, the frame, and the one after.
    backward, forward : FlowMatch
        From the frame to the one before, and to the one after.
    still : (h, w) bool
        Looks as in the frame before, and needs no search.

    Returns
    -------
    SourceMap
        Of the frame.
    """
    from_next = (backward.confidence < _GAP) & ~still
    gaps = from_next & (forward.confidence < _GAP)
    rigid_flow, missing = np.zeros_like(backward.flow), np.zeros_like(gaps)
    if gaps.mean() > _MOST_GAPS:
        missing = gaps
    elif gaps.any():
        before, frame, after = frames
        search = _Search(frame, gaps)
        for other, match, is_next in ((before, backward, False), (after, forward, True)):
            search.attempt(other, np.zeros_like(search.flow), is_next)
            for place in _nearest(match.confidence >= _CERTAIN, search.places):
                search.attempt(other, match.flow[place], is_next)
        rigid_flow[search.places], from_next[search.places] = search.flow, search.from_next
        missing[search.places] = search.difference > _LARGEST_DIFFERENCE
    return SourceMap(
        backward.flow,
        forward.flow,
        rigid_flow,
        from_next.view(np.uint8),
        (gaps | still).view(np.uint8),
        cv2.morphologyEx(missing.view(np.uint8), cv2.MORPH_OPEN, _SPECK),
    )


def interpolate(previous: np.ndarray, following: np.ndarray, sources: SourceMap) -> np.ndarray:
    """Put the painting of a frame together from those before and after it.

    Parameters
    ----------
    previous, following : (H, W, 3) float32
        Paintings of the neighbors, in [0, 1].
    sources : SourceMap
        Of the frame; may be smaller than the paintings.

    Returns
    -------
    (H, W, 3) float32
        In [0, 1]; arbitrary where the source is missing.
    """
    height, width = previous.shape[:2]

    def enlarged(mask: np.ndarray) -> np.ndarray:
        return cv2.resize(mask, (width, height), interpolation=cv2.INTER_NEAREST)

    from_next, is_rigid = enlarged(sources.from_next), enlarged(sources.is_rigid)
    targets = flow_targets(sources.backward, previous.shape)
    cv2.copyTo(flow_targets(sources.forward, previous.shape), from_next, targets)
    rigid = flow_targets(sources.rigid_flow, previous.shape, cv2.INTER_NEAREST)
    cv2.copyTo(rigid, is_rigid, targets)
    result = sample(previous, targets)
    seams = enlarged(_seams(sources))
    for here in blocks(height, width):
        if from_next[here].any():
            cv2.copyTo(sample(following, targets[here]), from_next[here], result[here])
        if seams[here].any():
            smooth = cv2.GaussianBlur(result[here], (0, 0), _SEAM)
            cv2.copyTo(smooth, seams[here], result[here])
    return clipped(result)


class _Search:
    """The best candidate so far for each pixel of the gaps.

    Parameters
    ----------
    frame : (h, w, 3) uint8
        The frame with gaps.
    gaps : (h, w) bool
        Its pixels that are searched for.
    """

    def __init__(self, frame: np.ndarray, gaps: np.ndarray) -> None:
        self.places = np.nonzero(gaps)
        count = len(self.places[0])
        self.flow = np.zeros((count, 2), np.float32)
        self.from_next = np.zeros(count, bool)
        self.difference = np.full(count, np.inf, np.float32)
        self._frame = frame[self.places]
        self._points = np.stack(self.places[::-1], axis=1).astype(np.float32)
        self._plane = gaps.astype(np.float32)
        self._weight = self._blurred()

    def attempt(self, other: np.ndarray, flow: np.ndarray, from_next: bool) -> None:
        """Try to fetch all from another frame along ``flow`` ``(n, 2)``; keep what is more alike."""
        targets = self._points + flow
        levels = np.abs(_nearest_pixels(other, targets).astype(np.int16) - self._frame).max(1)
        corner = np.array(other.shape[1::-1]) - 1
        levels[((targets < 0) | (targets > corner)).any(1)] = _OUTSIDE
        self._plane[self.places] = levels
        difference = self._blurred() / self._weight
        better = difference + _BETTER < self.difference
        self.flow[better], self.from_next[better] = flow[better], from_next
        self.difference[better] = difference[better]

    def _blurred(self) -> np.ndarray:
        return cv2.GaussianBlur(self._plane, (0, 0), _COMPARED)[self.places]


def _nearest_pixels(image: np.ndarray, points: np.ndarray) -> np.ndarray:
    """Return the pixels of an image nearest to points ``(n, 2)``."""
    height, width = image.shape[:2]
    x, y = np.rint(points).astype(np.int32).T
    return image[y.clip(0, height - 1), x.clip(0, width - 1)]


def _nearest(
    known: np.ndarray, places: tuple[np.ndarray, ...]
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """For each place, yield the nearest known one to the left, right, top and bottom, as indices.

    Where there is none, it is the one at the border.
    """
    rows, columns = places
    for axis, end in ((1, known.shape[1] - 1), (0, known.shape[0] - 1)):
        index = np.arange(end + 1, dtype=np.int32)
        index = index[None] if axis else index[:, None]
        low = np.maximum.accumulate(np.where(known, index, 0), axis)
        high = np.flip(np.where(known, index, end), axis)
        high = np.flip(np.minimum.accumulate(high, axis), axis)
        for found in (low[places], high[places]):
            yield (rows, found) if axis else (found, columns)


def _seams(sources: SourceMap) -> np.ndarray:
    """Return where pixels from different places meet, ``(h, w)`` uint8, 0 or 1."""
    apart = np.zeros(sources.from_next.shape, bool)
    for planes in (sources.rigid_flow, sources.from_next, sources.is_rigid):
        for axis in (0, 1):
            step = np.abs(np.diff(planes.astype(np.float32), axis=axis)) > _JUMP
            step = step.any(2) if step.ndim == 3 else step
            apart[(slice(1, None), slice(None))[:: 1 - 2 * axis]] |= step
    return cv2.dilate(apart.view(np.uint8), np.ones((2, 2), np.uint8))
