"""Draw a stroke list: color and height at any resolution, tile by tile.

Every stroke is drawn from its own numbers alone, so tiles and threads change no pixel.
"""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np

from ...control import SILENT, Control
from .stamps import BENDS, OUTSIDE, Stamps
from .stroke_list import StrokeList
from .windows import windows_of

TILE = 512
"""Side of a tile in pixels; twice that for large strokes, as those across a border are drawn again."""

_KEPT_HEIGHT = np.float32(0.5)
"""Share of the height below that a stroke keeps. Heights then end below a ceiling however many strokes
are laid on each other: they are never summed."""

_DETAIL = np.round(2 / 255 * 2**22) / 2**22
"""Lightness of a stamp's level. Of 16 bits, so that its product with a level is exact: some processors
round that, before the stroke's color is added, and some do not."""

_THINNEST = 0.4  # pixels; in a small picture, thinner strokes are not worth the time

_LARGE = 6000  # pixels of a stroke's window from which threads do not wait for each other

_PART = (
    8000  # pixels; windows of twice as many are cut, which leaves out what a stroke does not touch
)

_PATIENCE = 64  # strokes that are drawn before a cancel is seen

_FLAGS = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP

Ground = Callable[[slice, slice], np.ndarray]
"""Returns the color (h, w, 3) float32 below all strokes for rows and columns."""


@dataclass(frozen=True, eq=False)
class Clip:
    """Keeps strokes on parts of a picture.

    Attributes
    ----------
    region : (H, W) int32
        The part that each pixel belongs to.
    owner : (N,) int32
        The part on which each stroke is drawn; 0: on all of them.
    """

    region: np.ndarray
    owner: np.ndarray


@dataclass(frozen=True, eq=False)
class Painting:
    """A drawn picture, and how thick its paint is.

    Attributes
    ----------
    color : (H, W, 3) float32, sRGB-encoded in [0, 1]
        The picture.
    height : (H, W) float32 in [0, 1]
        Thickness of the paint.
    """

    color: np.ndarray
    height: np.ndarray


def draw(
    strokes: StrokeList,
    stamps: Stamps,
    size: tuple[int, int],
    ground: Ground,
    *,
    clip: Clip | None = None,
    tile: int = 0,
    threads: int = 0,
    control: Control = SILENT,
) -> Painting:
    """Draw strokes over a ground.

    Parameters
    ----------
    strokes : StrokeList
        What to draw.
    stamps : Stamps
        Pictures of single strokes.
    size : (int, int)
        Width and height in pixels.
    ground : callable
        Returns the color below all strokes.
    clip : Clip, optional
        Where each stroke is drawn; else everywhere.
    tile : int
        Side of a tile in pixels; 0: as suits the strokes.
    threads : int
        Tiles that are drawn at once; 0: one for each core, at most 8, if strokes are large. With small
        ones, threads only wait for Python's lock, and one is faster than two.
    control : Control
        Gets the progress, and is asked for a cancel between strokes.

    Returns
    -------
    Painting
        Color and height.

    Raises
    ------
    JobCancelled
        The control was cancelled.
    """
    width, height = size
    color = np.empty((height, width, 3), np.float32)
    relief = np.empty((height, width), np.float32)
    sized = _Sized(strokes, stamps, size)
    if not threads:
        threads = min(8, os.cpu_count() or 1) if sized.large else 1
    boxes = list(_boxes(size, tile or (2 * TILE if sized.large and min(size) > 2 * TILE else TILE)))
    done = 0
    spare = [_Buffers() for _ in range(threads)]

    def one(box: tuple[slice, slice]) -> None:
        buffers = spare.pop()
        try:
            canvas = _draw_tile(sized, box, ground(*box), clip, buffers, control)
        finally:
            spare.append(buffers)
        np.clip(canvas[..., :3], 0, 1, out=color[box])
        np.clip(canvas[..., 3], 0, 1, out=relief[box])

    with ThreadPoolExecutor(threads) as pool:
        for _ in pool.map(one, boxes):
            done += 1
            control.advance(done / len(boxes))
    return Painting(color, relief)


def _boxes(size: tuple[int, int], tile: int) -> Iterator[tuple[slice, slice]]:
    width, height = size
    for top in range(0, height, tile):
        for left in range(0, width, tile):
            yield slice(top, min(top + tile, height)), slice(left, min(left + tile, width))


class _Sized:
    """Strokes in pixels of a picture, with the rectangles that they may touch."""

    def __init__(self, strokes: StrokeList, stamps: Stamps, size: tuple[int, int]) -> None:
        width, height = size
        # Each axis by itself: sides of small pictures are rounded.
        across, down = width / strokes.aspect[0], height / strokes.aspect[1]
        scale = math.sqrt(across * down)
        self.stamps = stamps
        self.x, self.y = strokes.x * across, strokes.y * down
        self.visible = strokes.width * scale >= _THINNEST
        self.length = np.maximum(strokes.length * scale, 1.5)
        self.width = np.maximum(strokes.width * scale, 1.0)
        self.cos, self.sin = np.cos(strokes.angle), np.sin(strokes.angle)
        unit = self.width * stamps.aspect  # the stamp's length, were it stretched as its width is
        bend = strokes.bend * self.length / unit
        self.bend = np.abs(bend[:, None] - BENDS[None]).argmin(1)
        self.bends = BENDS[self.bend] * unit
        self.color, self.stamp = strokes.color.astype(np.float32), strokes.stamp % stamps.count
        self.opacity, self.load = strokes.opacity, strokes.load
        half_length, half_width = self.length / 2, self.width / 2
        # The arc's height counts on its own side only.
        low, high = half_width + np.maximum(self.bends, 0), half_width + np.maximum(-self.bends, 0)
        corners_u = np.stack((-half_length, half_length, half_length, -half_length))
        corners_v = np.stack((-low, -low, high, high))
        x = self.x + corners_u * self.cos - corners_v * self.sin
        y = self.y + corners_u * self.sin + corners_v * self.cos
        self.level = stamps.levels_for(self.length, self.width)
        self.high, self.long, self.center = stamps.geometry(self.level, self.bend)
        # A pixel reads from the next one of the stamp, too.
        margin = np.maximum(self.length / self.long, self.width / self.high) + 1
        self.windows = windows_of(x, y, margin, _PART)
        self.matrix = self._matrices()
        self.wraps = (width, height) if strokes.seamless else None

    def _matrices(self) -> np.ndarray:
        """Return the maps from pixels of each window to those of its stamp, ``(M, 2, 3)``."""
        across, down = self.long / self.length, self.high / self.width
        c, s = self.cos, self.sin
        turns = np.array(((c * across, s * across), (-s * down, c * down)), np.float64)
        owner = self.windows.owner
        x = (self.x[owner] - self.windows.left) - 0.5
        y = (self.y[owner] - self.windows.top) - 0.5
        ((a, b), (d, e)) = turns[..., owner]
        long, center = (self.long[owner] - 1) / 2, self.center[owner]
        rows = ((a, b, long - (a * x + b * y)), (d, e, center - (d * x + e * y)))
        return np.moveaxis(np.array(rows, np.float64), 2, 0)

    def shares(self, index: np.ndarray) -> np.ndarray:
        """Return what makes a stamp the share that each channel takes of a stroke, ``(N, 4, 4)``."""
        matrix = np.zeros((len(index), 4, 4), np.float32)
        opacity = self.opacity[index] / 255
        matrix[:, :3, 0] = opacity[:, None]
        matrix[:, 3, 0] = opacity * (1 - _KEPT_HEIGHT)
        return matrix

    def paints(self, index: np.ndarray) -> np.ndarray:
        """Return what makes a stamp the color and height that a stroke brings, ``(N, 4, 5)``."""
        matrix = np.zeros((len(index), 4, 5), np.float32)
        matrix[:, :3, 1] = _DETAIL
        matrix[:, :3, 4] = self.color[index] - np.float32(256 / 255)
        matrix[:, 3, 2] = self.load[index] / 255
        return matrix

    @cached_property
    def large(self) -> bool:
        """Whether most of the time is spent on pixels and not between them."""
        at = self.windows
        areas = (at.right - at.left) * (at.bottom - at.top)
        shown = self.visible[at.owner]
        return bool(shown.any() and areas[shown].sum() > _LARGE * self.visible.sum())

    def touching(self, box: tuple[slice, slice]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return the windows that touch a tile, in order, with shifts in x and y of each."""
        rows, columns = box
        at, visible = self.windows, self.visible[self.windows.owner]
        shifts = [(0, 0)]
        if self.wraps is not None:
            width, height = self.wraps
            shifts = [(i * width, j * height) for i in range(-2, 3) for j in range(-2, 3)]
        found = []
        for dx, dy in shifts:
            inside = (at.right + dx > columns.start) & (at.left + dx < columns.stop)
            inside &= (at.bottom + dy > rows.start) & (at.top + dy < rows.stop)
            inside &= visible
            chosen = np.flatnonzero(inside)
            found.append((chosen, np.full(len(chosen), dx), np.full(len(chosen), dy)))
        index, right, down = (np.concatenate(parts) for parts in zip(*found, strict=True))
        order = np.argsort(index, kind="stable")
        return index[order], right[order], down[order]


def _draw_tile(
    sized: _Sized,
    box: tuple[slice, slice],
    ground: np.ndarray,
    clip: Clip | None,
    buffers: _Buffers,
    control: Control,
) -> np.ndarray:
    """Draw one tile; returns ``(h, w, 4)`` float32: color and height."""
    rows, columns = box
    canvas = np.zeros((rows.stop - rows.start, columns.stop - columns.start, 4), np.float32)
    canvas[..., :3] = ground
    index, right, down = sized.touching(box)
    at, owner = sized.windows, sized.windows.owner[index]
    # Lists: single numbers are read from them much faster than from arrays.
    keys = np.stack((sized.stamp, sized.level, sized.bend), axis=1)[owner].tolist()
    left, top = at.left[index], at.top[index]
    sizes = (at.right[index] - left).tolist(), (at.bottom[index] - top).tolist()
    windows = list(zip(*sizes, strict=True))
    corners = np.stack((left + right - columns.start, top + down - rows.start), axis=1).tolist()
    matrices, shares, paints = sized.matrix[index], sized.shares(owner), sized.paints(owner)
    bent = sized.stamps.bent
    region = np.zeros((1, 1), np.int32) if clip is None else clip.region[box]
    parts = [0] * len(index) if clip is None else clip.owner[owner].tolist()
    for n, (key, window, corner) in enumerate(zip(keys, windows, corners, strict=True)):
        if n % _PATIENCE == 0:
            control.cancel.raise_if_set()
        stamp = bent(*key)
        kept = (region, parts[n])
        _lay(canvas, stamp, matrices[n], buffers[window], corner, shares[n], paints[n], kept)
    return canvas


_Arrays = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]


class _Buffers(dict[tuple[int, int], _Arrays]):
    """Arrays for windows of any width and height, in memory that all sizes share."""

    _floats = np.empty((3, 0), np.float32)
    _bytes = np.empty(0, np.uint8)

    def __missing__(self, window: tuple[int, int]) -> _Arrays:
        wide, high = window
        count = wide * high * 4
        if count > len(self._bytes):
            self._floats, self._bytes = np.empty((3, count), np.float32), np.empty(count, np.uint8)
            self.clear()
        shape = (high, wide, 4)
        first, second, third = (row[:count].reshape(shape) for row in self._floats)
        arrays = self[window] = (self._bytes[:count].reshape(shape), first, second, third)
        return arrays


def _lay(
    canvas: np.ndarray,
    stamp: np.ndarray,
    matrix: np.ndarray,
    buffers: _Arrays,
    corner: tuple[int, int],
    share: np.ndarray,
    paint: np.ndarray,
    kept: tuple[np.ndarray, int],
) -> None:
    """Lay one stroke on a canvas; its window's upper left corner may lie outside.

    It is ``kept`` on a part of it, unless that is 0.
    """
    height, width = canvas.shape[:2]
    pixels, drawn, alpha, laid = buffers
    high, wide = pixels.shape[:2]
    x, y = corner
    # The window is always drawn whole, so that tiles change nothing.
    cv2.warpAffine(stamp, matrix, (wide, high), pixels, _FLAGS, cv2.BORDER_CONSTANT, OUTSIDE)
    np.copyto(drawn, pixels)
    cv2.transform(drawn, share, alpha)
    cv2.transform(drawn, paint, laid)
    if x < 0 or y < 0 or x + wide > width or y + high > height:
        left, top = max(0, -x), max(0, -y)
        right, bottom = min(wide, width - x), min(high, height - y)
        if left >= right or top >= bottom:
            return
        alpha, laid = alpha[top:bottom, left:right], laid[top:bottom, left:right]
        x, y, wide, high = x + left, y + top, right - left, bottom - top
    below = canvas[y : y + high, x : x + wide]
    # OpenCV and not numpy: it is quicker with windows that are small.
    cv2.subtract(laid, below, laid)
    cv2.multiply(laid, alpha, laid)
    region, part = kept
    if not part:
        cv2.add(below, laid, below)
        return
    cv2.add(below, laid, laid)
    here = cv2.inRange(region[y : y + high, x : x + wide], part, part)  # type: ignore[call-overload]
    cv2.copyTo(laid, here, below)
