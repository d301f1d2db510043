"""Carry strokes along the motion of a segment, and tell how long each can be seen.

A stroke is moved and turned, and stretched along and across itself, as fits the motion of points in and
around it. Points whose motion is not trusted, or that move with something else, have no say.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import cv2
import numpy as np

from ...paint.strokes.stroke_list import StrokeList

_SEEN = 0.3
"""Share of its points that must be seen, or a stroke is hidden."""

_STEP_LIMIT = 0.08
"""Most by which a stroke is turned (radians) or scaled from one frame to the next."""

_SMALLEST, _LARGEST = 0.5, 1.6
"""Bounds of a stroke's length and width, by those with which it was placed."""

_LEAST_REACH = 3.0
"""Pixels of the flow around a stroke's middle in which its turn and scale are measured at least."""

_INNER = np.array([(0, 0), (0.3, 0), (-0.3, 0), (0, 0.3), (0, -0.3)])
_OUTER = np.array(
    [(0.5, 0.5), (0.5, -0.5), (-0.5, 0.5), (-0.5, -0.5), (0.6, 0), (-0.6, 0), (0, 0.6), (0, -0.6)]
)
_ROW = 1024  # points in a row; OpenCV's maps may not be wider than 32767


class Motions(Protocol):
    """The motion between the frames of a segment."""

    def motion(self, index: int, *, forward: bool) -> np.ndarray:
        """Return the motion from a frame to its neighbor.

        Parameters
        ----------
        index : int
            Of the frame in the segment.
        forward : bool
            To the frame after it, else to the one before it.

        Returns
        -------
        (h, w, 3) float32
            Flow in pixels, x and y, and its confidence in [0, 1].
        """


@dataclass(frozen=True, eq=False)
class Tracks:
    """Says where strokes are in the frames of a segment.

    Attributes
    ----------
    strokes : StrokeList
        As they were placed.
    home : int
        Index of the frame in which they were placed.
    begin : int
        Index of the first frame of the arrays.
    x, y : (F, N) float32
        Middles, in units of the long side.
    turn : (F, N) float32
        By how much each is turned, in radians.
    long, wide : (F, N) float32
        Its length and width by those with which it was placed.
    first, last : (N,) int32
        Indices of the frames in the segment from which and to which it can be seen.
    """

    strokes: StrokeList
    home: int
    begin: int
    x: np.ndarray
    y: np.ndarray
    turn: np.ndarray
    long: np.ndarray
    wide: np.ndarray
    first: np.ndarray
    last: np.ndarray

    def __len__(self) -> int:
        return len(self.strokes)


def carry(strokes: StrokeList, home: int, begin: int, end: int, motions: Motions) -> Tracks:
    """Carry strokes from the frame in which they were placed to others.

    Parameters
    ----------
    strokes : StrokeList
        The strokes.
    home : int
        Index of their frame in the segment.
    begin, end : int
        Indices of the first and last frame to which they are carried.
    motions : Motions
        Of the segment.

    Returns
    -------
    Tracks
        Where they are; where the picture does not change, exactly where they were.
    """
    count, frames = len(strokes), end - begin + 1
    x, y, turn, long, wide = rows = [np.empty((frames, count), np.float32) for _ in range(5)]
    x[home - begin], y[home - begin], turn[home - begin] = strokes.x, strokes.y, 0
    long[home - begin] = wide[home - begin] = 1
    bounds = []
    for step in (-1, 1):
        carrier = _Carrier(strokes)
        stop = end if step > 0 else begin
        for index in range(home, stop, step):
            if not carrier.all_gone:
                carrier.advance(motions.motion(index, forward=step > 0))
            for row, value in zip(rows, carrier.state, strict=True):
                row[index + step - begin] = value
        bounds.append(home + step * np.minimum(carrier.seen_for, abs(stop - home)))
    return Tracks(strokes, home, begin, x, y, turn, long, wide, bounds[0], bounds[1])


class _Carrier:
    """Strokes on their way from frame to frame."""

    def __init__(self, strokes: StrokeList) -> None:
        count = len(strokes)
        self._strokes = strokes
        self.x, self.y = strokes.x.copy(), strokes.y.copy()
        self.turn = np.zeros(count, np.float32)
        self.long, self.wide = np.ones((2, count), np.float32)
        self._dx, self._dy = np.zeros(count, np.float32), np.zeros(count, np.float32)
        self._gone = np.zeros(count, bool)
        self._steps = 0
        self.seen_for = np.zeros(count, np.int32)

    @property
    def state(self) -> tuple[np.ndarray, ...]:
        """Where the strokes are: x, y, turn, length and width by those at first."""
        return self.x, self.y, self.turn, self.long, self.wide

    @property
    def all_gone(self) -> bool:
        """Whether there is nothing left to follow."""
        return bool(self._gone.all())

    def advance(self, motion: np.ndarray) -> None:
        """Go on to the next frame."""
        strokes = self._strokes
        height, width = motion.shape[:2]
        unit = np.array([width / strokes.aspect[0], height / strokes.aspect[1]], np.float32)
        middle = np.stack((self.x, self.y)) * unit[:, None] - 0.5  # (2, N)
        inner, outer = self._points(_INNER, unit, 0.0), self._points(_OUTER, unit, _LEAST_REACH)
        offsets = np.concatenate((inner, outer), axis=1)  # (2, K, N)
        at = middle[:, None] + offsets
        if strokes.seamless:
            at = at % np.array([width, height], np.float32)[:, None, None]
        flow = fetch(motion, at)  # (3, K, N)
        trust = flow[2] ** 2
        near = len(_INNER)
        center = _mean(flow[:2, :near], trust[:near])
        apart = flow[:2] - center[:, None]
        spread = 0.7 + 0.05 * np.hypot(*center)
        trust *= np.exp(-0.5 * (apart**2).sum(0) / spread**2)
        total = trust.sum(0)
        mean_flow, mean_at = _mean(flow[:2], trust), _mean(offsets, trust)
        q, d = offsets - mean_at[:, None], flow[:2] - mean_flow[:, None]
        # In the stroke's own axes, along and across, in which the points lie evenly.
        c, s = np.cos(strokes.angle + self.turn), np.sin(strokes.angle + self.turn)
        qu, qv = c * q[0] + s * q[1], c * q[1] - s * q[0]
        du, dv = c * d[0] + s * d[1], c * d[1] - s * d[0]
        enough = total > 3
        long, spin = _slope(qu, du, trust, enough), _slope(qu, dv, trust, enough)
        wide, lean = _slope(qv, dv, trust, enough), _slope(qv, du, trust, enough)
        mu, mv = c * mean_at[0] + s * mean_at[1], c * mean_at[1] - s * mean_at[0]
        back_u, back_v = long * mu + lean * mv, spin * mu + wide * mv
        move_x = mean_flow[0] - (c * back_u - s * back_v)
        move_y = mean_flow[1] - (s * back_u + c * back_v)
        known = total > 0.3
        # What is hidden goes on as it went.
        self._dx = np.where(known, move_x / unit[0], self._dx).astype(np.float32)
        self._dy = np.where(known, move_y / unit[1], self._dy).astype(np.float32)
        self.x, self.y = self.x + self._dx, self.y + self._dy
        self.turn = (self.turn + spin).astype(np.float32)
        self.long = np.clip(self.long * (1 + long), _SMALLEST, _LARGEST).astype(np.float32)
        self.wide = np.clip(self.wide * (1 + wide), _SMALLEST, _LARGEST).astype(np.float32)
        self._judge(at[:, :near], flow[:, :near], (width, height), known)

    def _points(self, shares: np.ndarray, unit: np.ndarray, least: float) -> np.ndarray:
        """Return offsets of points in pixels, ``(2, K, N)``, at shares of each stroke's length and
        width."""
        strokes = self._strokes
        long = np.maximum(strokes.length * self.long * unit[0], 2 * least)
        wide = np.maximum(strokes.width * self.wide * unit[0], 2 * least)
        c, s = np.cos(strokes.angle + self.turn), np.sin(strokes.angle + self.turn)
        u, v = shares[:, :1] * long, shares[:, 1:] * wide
        return np.stack((c * u - s * v, s * u + c * v)).astype(np.float32)

    def _judge(
        self, at: np.ndarray, flow: np.ndarray, size: tuple[int, int], known: np.ndarray
    ) -> None:
        """Find out which strokes are seen in the next frame."""
        width, height = size
        target = at + flow[:2]
        bounds = np.array([width - 1, height - 1], np.float32)[:, None, None]
        if self._strokes.seamless:
            inside = np.ones(target.shape[1:], bool)
        else:  # what leaves the picture is not hidden by anything
            inside = ((target >= 0) & (target <= bounds) & (at >= 0) & (at <= bounds)).all(0)
        count = inside.sum(0)
        seen = np.where(inside, flow[2], 0).sum(0)
        visible = (seen >= _SEEN * count) & (known | (count == 0))
        self._steps += 1
        # What was hidden once is gone: what is seen there next may be what hides it.
        self._gone |= ~visible | self._outside()
        self.seen_for = np.where(self._gone, self.seen_for, self._steps)

    def _outside(self) -> np.ndarray:
        strokes = self._strokes
        if strokes.seamless:
            return np.zeros(len(strokes), bool)
        reach = 0.5 * (strokes.length * self.long + strokes.width * self.wide)
        across, down = strokes.aspect
        return (
            (self.x < -reach)
            | (self.x > across + reach)
            | (self.y < -reach)
            | (self.y > down + reach)
        )


def _slope(at: np.ndarray, flow: np.ndarray, trust: np.ndarray, enough: np.ndarray) -> np.ndarray:
    """Return by how much flow grows along a coordinate, over K of ``(K, N)``."""
    square = (trust * at * at).sum(0)
    slope = (trust * at * flow).sum(0) / np.maximum(square, 1e-6)
    return np.clip(np.where(enough & (square > 0.5), slope, 0), -_STEP_LIMIT, _STEP_LIMIT)


def fetch(image: np.ndarray, at: np.ndarray) -> np.ndarray:
    """Return the channels of an image at points.

    Parameters
    ----------
    image : (h, w, C) float32
        The image, of at most 4 channels.
    at : (2, ...) float32
        x and y in pixels; beyond the border, the nearest pixels are taken.

    Returns
    -------
    (C, ...) float32
        The channels, interpolated linearly.
    """
    points = at.reshape(2, -1)
    count = points.shape[1]
    rows = max(1, -(-count // _ROW))
    padded = np.zeros((rows * _ROW, 2), np.float32)
    padded[:count] = points.T
    found = cv2.remap(
        image,
        padded.reshape(rows, _ROW, 2),
        np.empty(0, np.float32),
        cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    ).reshape(rows * _ROW, -1)
    return np.ascontiguousarray(found[:count].T).reshape(-1, *at.shape[1:])


def _mean(values: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return the weighted mean over K of ``(2, K, N)``."""
    return (values * weights).sum(1) / (weights.sum(0) + 1e-6)
