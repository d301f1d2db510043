"""A stroke list: a painting as its strokes, independent of resolution."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

import numpy as np


@dataclass(frozen=True, eq=False)
class StrokeList:
    """The strokes of a painting, in the order in which they are laid.

    Lengths are in units of the picture's long side, so the list can be drawn at any size.

    Attributes
    ----------
    x, y : (N,) float32
        Middle of the chord from end to end.
    length, width : (N,) float32
        Of the chord, and across it.
    angle : (N,) float32
        Of the chord against the x axis, in radians; y points down.
    bend : (N,) float32
        Height of the arc over the chord, as a share of its length; positive: towards smaller y of a
        stroke that lies along x.
    color : (N, 3) float32, sRGB-encoded in [0, 1]
        Colors.
    stamp : (N,) int32
        Index of the stamp.
    opacity : (N,) float32
        In [0, 1].
    load : (N,) float32
        Amount of paint, in [0, 1].
    aspect : (float, float)
        Width and height of the picture by its long side.
    seamless : bool
        Whether strokes that leave the picture come in again at the other side.
    """

    x: np.ndarray
    y: np.ndarray
    length: np.ndarray
    width: np.ndarray
    angle: np.ndarray
    bend: np.ndarray
    color: np.ndarray
    stamp: np.ndarray
    opacity: np.ndarray
    load: np.ndarray
    aspect: tuple[float, float] = (1.0, 1.0)
    seamless: bool = False

    def __len__(self) -> int:
        return len(self.x)


ARRAYS = tuple(row.name for row in fields(StrokeList) if row.name not in ("aspect", "seamless"))
"""Names of the fields that have a row for each stroke."""


def joined(parts: Sequence[StrokeList]) -> StrokeList:
    """Join stroke lists of one picture.

    Parameters
    ----------
    parts : sequence of StrokeList
        At least one.

    Returns
    -------
    StrokeList
        Their strokes, one list after the other.
    """
    together = {name: np.concatenate([getattr(part, name) for part in parts]) for name in ARRAYS}
    return replace(parts[0], **together)


def picked(strokes: StrokeList, rows: np.ndarray) -> StrokeList:
    """Return some of the strokes of a list.

    Parameters
    ----------
    strokes : StrokeList
        All strokes.
    rows : (N,) bool or (M,) int64
        Which, in their new order.

    Returns
    -------
    StrokeList
        Those.
    """
    return replace(strokes, **{name: getattr(strokes, name)[rows] for name in ARRAYS})
