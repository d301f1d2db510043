"""Paint a picture with strokes: place them at working resolution, draw them at the picture's own."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from ...control import SILENT, Control
from ...image.resize import resize
from ...styles.look import Look
from ...styles.stroke_set import StrokeSet
from .orientation import blur
from .place import Placing, layer_widths, place, working_side
from .relief import DEPTH, normal_map
from .render import Clip, Painting, draw
from .stamps import stamps_of
from .stroke_list import StrokeList

_SMALLEST = 16  # pixels of the working resolution
_UNDER_SIDE = 256  # short side in pixels at which the blurred underpainting is kept


@dataclass(frozen=True, eq=False)
class StrokePainting:
    """A picture painted with strokes.

    Attributes
    ----------
    color : (H, W, 3) float32, sRGB-encoded in [0, 1]
        The picture.
    height : (H, W) float32 in [0, 1]
        Thickness of the paint.
    strokes : StrokeList
        The strokes, which can be drawn again at another size.
    underpainting : (h, w, 3) float32, sRGB-encoded in [0, 1]
        What lies below them, small.
    """

    color: np.ndarray
    height: np.ndarray
    strokes: StrokeList
    underpainting: np.ndarray

    def normals(self, *, integers: bool = False) -> np.ndarray:
        """Return the tangent-space normals of the paint.

        Parameters
        ----------
        integers : bool
            Return 16-bit integers.

        Returns
        -------
        (H, W, 3) float32 in [0, 1] or uint16
            See :func:`~.relief.normal_map`.
        """
        depth = DEPTH * min(self.height.shape)
        return normal_map(self.height, depth, self.strokes.seamless, integers=integers)


def placing_of(look: Look) -> Placing:
    """Return how the strokes of a look are placed.

    Parameters
    ----------
    look : Look
        The look.

    Returns
    -------
    Placing
        Its settings.
    """
    return Placing(**{row.name: getattr(look, row.name) for row in fields(Placing)})


def working_size(size: tuple[int, int], strokes: StrokeSet, look: Look) -> tuple[int, int]:
    """Return the size at which strokes are placed, which hangs on the picture's shape alone.

    Parameters
    ----------
    size : (int, int)
        Width and height of the picture in pixels.
    strokes : StrokeSet
        The strokes.
    look : Look
        Their settings.

    Returns
    -------
    (int, int)
        Width and height in pixels.
    """
    side = working_side(strokes, placing_of(look))
    short, long = min(size), max(size)
    # A strip of pixels is not blown up without end.
    factor = min(side / short, min(4 * side, 4096) / long)
    width, height = (max(_SMALLEST, round(factor * s)) for s in size)
    return width, height


def paint_strokes(
    content: np.ndarray,
    guide: np.ndarray,
    size: tuple[int, int],
    strokes: StrokeSet,
    look: Look,
    *,
    mask: np.ndarray | None = None,
    tile: int = 0,
    threads: int = 0,
    control: Control = SILENT,
) -> StrokePainting:
    """Paint a picture with strokes.

    Parameters
    ----------
    content : (h, w, 3) float32, sRGB-encoded in [0, 1]
        The picture at the size that :func:`working_size` returns.
    guide : (h, w, 3) float32, sRGB-encoded in [0, 1]
        The colors to paint with, at the same size.
    size : (int, int)
        Width and height of the result in pixels.
    strokes : StrokeSet
        What the strokes are like.
    look : Look
        Settings of the strokes.
    mask : (h, w) float32 in [0, 1], optional
        Where anything is to be painted.
    tile : int
        Side of the tiles that are drawn, in pixels; 0: as suits the strokes.
    threads : int
        Tiles drawn at once; 0: as suits the strokes, see :func:`~.render.draw`.
    control : Control
        Gets the progress, and is asked for a cancel.

    Returns
    -------
    StrokePainting
        Color, height and strokes.

    Raises
    ------
    JobCancelled
        The control was cancelled.

    Examples
    --------
    >>> picture = np.full((64, 64, 3), 0.5, np.float32)
    >>> painted = paint_strokes(picture, picture, (128, 128), StrokeSet(), Look(()))
    >>> painted.color.shape, len(painted.strokes) > 50
    ((128, 128, 3), True)
    """
    placed, under = place_strokes(content, guide, strokes, look, mask, control.part(0.0, 0.2))
    control.advance(0.2, "Drawing strokes")
    options: dict[str, Any] = {"relief": look.relief, "tile": tile, "threads": threads}
    return redraw(placed, under, size, strokes, **options, control=control.part(0.2, 1.0))


def place_strokes(
    content: np.ndarray,
    guide: np.ndarray,
    strokes: StrokeSet,
    look: Look,
    mask: np.ndarray | None = None,
    control: Control = SILENT,
) -> tuple[StrokeList, np.ndarray]:
    """Place strokes on a picture without drawing them.

    Parameters
    ----------
    content, guide : (h, w, 3) float32, sRGB-encoded in [0, 1]
        As in :func:`paint_strokes`.
    strokes : StrokeSet
        What the strokes are like.
    look : Look
        Settings of the strokes.
    mask : (h, w) float32 in [0, 1], optional
        Where anything is to be painted.
    control : Control
        Gets the progress, and is asked for a cancel.

    Returns
    -------
    placed : StrokeList
        The strokes.
    underpainting : (h, w, 3) float32, sRGB-encoded in [0, 1]
        What lies below them, small.

    Raises
    ------
    JobCancelled
        The control was cancelled.
    """
    control.advance(0.0, "Placing strokes")
    placing = placing_of(look)
    placed = place(content, guide, strokes, placing, mask, control)
    return placed, _underpainting(guide, strokes, placing)


def redraw(
    placed: StrokeList,
    underpainting: np.ndarray,
    size: tuple[int, int],
    strokes: StrokeSet,
    *,
    relief: float = 0.5,
    clip: Clip | None = None,
    tile: int = 0,
    threads: int = 0,
    control: Control = SILENT,
) -> StrokePainting:
    """Paint with strokes that were placed before.

    Parameters
    ----------
    placed : StrokeList
        The strokes.
    underpainting : (h, w, 3) float32, sRGB-encoded in [0, 1]
        What is below them, at any size.
    size : (int, int)
        Width and height of the result in pixels.
    strokes : StrokeSet
        Has the stamps.
    relief : float
        Thickness of the paint in [0, 1], as in a look.
    clip : Clip, optional
        Where each stroke is drawn; else everywhere.
    tile : int
        Side of the tiles that are drawn, in pixels; 0: as suits the strokes.
    threads : int
        Tiles drawn at once; 0: as suits the strokes, see :func:`~.render.draw`.
    control : Control
        Gets the progress, and is asked for a cancel.

    Returns
    -------
    StrokePainting
        The painting.

    Raises
    ------
    JobCancelled
        The control was cancelled.
    """
    options: dict[str, Any] = {
        "clip": clip,
        "tile": tile,
        "threads": threads,
        "control": control,
    }
    painting = replay(placed, underpainting, size, strokes, **options)
    height = painting.height  # in place: there may be little memory left
    height *= np.float32(2 * relief)
    np.minimum(height, 1, out=height)
    return StrokePainting(painting.color, height, placed, underpainting)


def replay(
    placed: StrokeList,
    underpainting: np.ndarray,
    size: tuple[int, int],
    strokes: StrokeSet,
    *,
    clip: Clip | None = None,
    tile: int = 0,
    threads: int = 0,
    control: Control = SILENT,
) -> Painting:
    """Draw strokes that were placed before, at any size.

    Parameters
    ----------
    placed : StrokeList
        The strokes.
    underpainting : (h, w, 3) float32, sRGB-encoded in [0, 1]
        What is below them, at any size.
    size : (int, int)
        Width and height of the result in pixels.
    strokes : StrokeSet
        Has the stamps.
    clip : Clip, optional
        Where each stroke is drawn; else everywhere.
    tile : int
        Side of the tiles that are drawn, in pixels; 0: as suits the strokes.
    threads : int
        Tiles drawn at once; 0: as suits the strokes, see :func:`~.render.draw`.
    control : Control
        Gets the progress, and is asked for a cancel.

    Returns
    -------
    Painting
        Color and height.

    Raises
    ------
    JobCancelled
        The control was cancelled.
    """
    ground = _Ground(underpainting, size, placed.seamless)
    return draw(
        placed,
        stamps_of(strokes),
        size,
        ground,
        clip=clip,
        tile=tile,
        threads=threads,
        control=control,
    )


def _underpainting(guide: np.ndarray, strokes: StrokeSet, placing: Placing) -> np.ndarray:
    """Return what is below all strokes, at a low resolution: paper, or the guide without detail."""
    if strokes.ground is not None:
        return np.full((1, 1, 3), strokes.ground, np.float32)
    short = min(guide.shape[:2])
    sigma = 0.4 * layer_widths(strokes, placing)[0] * short
    blurred = blur(guide, float(sigma), placing.seamless)
    scale = min(1.0, _UNDER_SIDE / short)
    size = max(1, round(scale * guide.shape[1])), max(1, round(scale * guide.shape[0]))
    small = np.clip(resize(blurred, size, wrap=placing.seamless), 0, 1)
    # As it is kept in files, so that a painting that is drawn again has the same pixels.
    return small.astype(np.float16).astype(np.float32)


class _Ground:
    """Reads tiles of an enlarged underpainting; each pixel depends on its own place alone."""

    def __init__(self, low: np.ndarray, size: tuple[int, int], wrap: bool) -> None:
        self._low, self._size, self._wrap = low, size, wrap

    def __call__(self, rows: slice, columns: slice) -> np.ndarray:
        top, bottom, down = self._along(rows, 0)
        left, right, across = self._along(columns, 1)
        low = self._low
        upper = _mixed(low[top][:, left], low[top][:, right], across[None, :, None])
        lower = _mixed(low[bottom][:, left], low[bottom][:, right], across[None, :, None])
        return _mixed(upper, lower, down[:, None, None])

    def _along(self, span: slice, axis: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return the two source pixels of each pixel along an axis, and the share of the second."""
        count, length = self._low.shape[axis], self._size[1 - axis]
        place = (np.arange(span.start, span.stop) + 0.5) * count / length - 0.5
        first = np.floor(place).astype(int)
        share = (place - first).astype(np.float32)
        if self._wrap:
            return first % count, (first + 1) % count, share
        return first.clip(0, count - 1), (first + 1).clip(0, count - 1), share


def _mixed(first: np.ndarray, second: np.ndarray, share: np.ndarray) -> np.ndarray:
    return first + (second - first) * share
