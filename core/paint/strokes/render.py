"""Draw a stroke list: color and height at any resolution, tile by tile.

Every stroke is drawn from its own numbers alone, so tiles and threads change no pixel.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import cv2
import numpy as np

from ...control import SILENT, Control
from .stamps import BENDS, OUTSIDE, Stamps
from .stroke_list import StrokeList

TILE = 1024
"""Default side of a tile in pixels."""

_KEPT_HEIGHT = 0.5
"""Share of the height below that a stroke keeps. Heights then end below a ceiling however many strokes
are laid on each other: they are never summed."""

Ground = Callable[[slice, slice], np.ndarray]
"""Returns the color (h, w, 3) float32 below all strokes for rows and columns."""


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
    tile: int = TILE,
    threads: int = 1,
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
    tile : int
        Side of a tile in pixels.
    threads : int
        Tiles that are drawn at once.
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
    boxes = list(_boxes(size, tile))
    done = 0

    def one(box: tuple[slice, slice]) -> tuple[tuple[slice, slice], np.ndarray]:
        return box, _draw_tile(sized, box, ground(*box), control)

    with ThreadPoolExecutor(max(1, threads)) as pool:
        for box, canvas in pool.map(one, boxes):
            color[box] = np.moveaxis(canvas[:3], 0, 2)
            relief[box] = canvas[3]
            done += 1
            control.advance(done / len(boxes))
    return Painting(np.clip(color, 0, 1, out=color), np.clip(relief, 0, 1, out=relief))


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
        self.left, self.right = np.floor(x.min(0)).astype(int), np.ceil(x.max(0)).astype(int) + 1
        self.top, self.bottom = np.floor(y.min(0)).astype(int), np.ceil(y.max(0)).astype(int) + 1
        self.wraps = (width, height) if strokes.seamless else None

    def touching(self, box: tuple[slice, slice]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return the strokes that may touch a tile, in order, with shifts in x and y of each."""
        rows, columns = box
        shifts = [(0, 0)]
        if self.wraps is not None:
            width, height = self.wraps
            shifts = [(i * width, j * height) for i in range(-2, 3) for j in range(-2, 3)]
        found = []
        for dx, dy in shifts:
            inside = (self.right + dx > columns.start) & (self.left + dx < columns.stop)
            inside &= (self.bottom + dy > rows.start) & (self.top + dy < rows.stop)
            chosen = np.flatnonzero(inside)
            found.append((chosen, np.full(len(chosen), dx), np.full(len(chosen), dy)))
        index, right, down = (np.concatenate(parts) for parts in zip(*found, strict=True))
        order = np.argsort(index, kind="stable")
        return index[order], right[order], down[order]


def _draw_tile(
    sized: _Sized, box: tuple[slice, slice], ground: np.ndarray, control: Control
) -> np.ndarray:
    """Draw one tile; returns ``(4, h, w)`` float32: color and height."""
    rows, columns = box
    canvas = np.zeros((4, rows.stop - rows.start, columns.stop - columns.start), np.float32)
    canvas[:3] = np.moveaxis(ground, 2, 0)
    for number, (i, dx, dy) in enumerate(zip(*sized.touching(box), strict=True)):
        if number % 512 == 0:
            control.cancel.raise_if_set()
        _draw_stroke(canvas, sized, i, int(dx) - columns.start, int(dy) - rows.start)
    return canvas


def _draw_stroke(canvas: np.ndarray, sized: _Sized, i: int, dx: int, dy: int) -> None:
    """Lay one stroke on a canvas whose origin is at ``(-dx, -dy)``."""
    height, width = canvas.shape[1:]
    left, top = sized.left[i], sized.top[i]
    long, wide = sized.length[i], sized.width[i]
    level = sized.stamps.level_for(long, wide)
    stamp, center = sized.stamps.bent(int(sized.stamp[i]), level, int(sized.bend[i]))
    straight = sized.stamps.height(level)
    # From pixels of the window to those of the stamp; the same for any tile.
    across, down = stamp.shape[1] / long, straight / wide
    c, s = sized.cos[i], sized.sin[i]
    x, y = sized.x[i] - left - 0.5, sized.y[i] - top - 0.5
    matrix = np.array(
        [
            [c * across, s * across, (stamp.shape[1] - 1) / 2 - across * (c * x + s * y)],
            [-s * down, c * down, center - down * (c * y - s * x)],
        ]
    )
    window = cv2.warpAffine(
        stamp,
        matrix,
        (int(sized.right[i] - left), int(sized.bottom[i] - top)),
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_CONSTANT,
        borderValue=OUTSIDE,
    )
    x0, y0 = int(left) + dx, int(top) + dy
    inner = (
        slice(max(0, -y0), min(window.shape[0], height - y0)),
        slice(max(0, -x0), min(window.shape[1], width - x0)),
    )
    if inner[0].start >= inner[0].stop or inner[1].start >= inner[1].stop:
        return
    region = (
        slice(None),
        slice(y0 + inner[0].start, y0 + inner[0].stop),
        slice(x0 + inner[1].start, x0 + inner[1].stop),
    )
    below = canvas[region]
    alpha, tone, bristle = cv2.split(np.ascontiguousarray(window[inner]))
    cover = np.multiply(alpha, np.float32(sized.opacity[i] / 255), dtype=np.float32)
    light = np.multiply(tone, np.float32(2 / 255), dtype=np.float32)
    light -= np.float32(256 / 255)
    laid = np.empty_like(below)
    np.add(light, sized.color[i][:, None, None], out=laid[:3])
    load = sized.load[i] * (1 - _KEPT_HEIGHT)
    np.multiply(bristle, np.float32(load / 255), out=laid[3], dtype=np.float32)
    laid[3] += np.float32(_KEPT_HEIGHT) * below[3]
    laid -= below
    laid *= cover
    below += laid
