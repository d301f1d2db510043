"""A stroke list: a painting as its strokes, independent of resolution."""

from __future__ import annotations

import json
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np

from ...atomic import write_atomically
from ...errors import StyleUnreadable

_HEADER = "impasto_strokes"


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


def save_strokes(strokes: StrokeList, path: Path) -> None:
    """Write a stroke list atomically, as safetensors.

    Parameters
    ----------
    strokes : StrokeList
        What to write.
    path : Path
        A file that exists is replaced.

    Raises
    ------
    OutputUnwritable
        The folder is missing or read-only, or the disk is full.
    """
    from safetensors.numpy import save

    tensors = {name: np.ascontiguousarray(getattr(strokes, name)) for name in ARRAYS}
    text = json.dumps({"aspect": strokes.aspect, "seamless": strokes.seamless})
    write_atomically(path, save(tensors, metadata={_HEADER: text}), overwrite=True)


def load_strokes(path: Path) -> StrokeList:
    """Read a stroke list that :func:`save_strokes` wrote.

    Parameters
    ----------
    path : Path
        The file.

    Returns
    -------
    StrokeList
        The strokes.

    Raises
    ------
    StyleUnreadable
        The file is missing, damaged, or no stroke list.
    """
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, framework="numpy") as file:
            plain = json.loads((file.metadata() or {})[_HEADER])
            tensors = {name: file.get_tensor(name) for name in ARRAYS}
            (width, height), seamless = plain["aspect"], bool(plain["seamless"])
    except (OSError, SafetensorError, KeyError, TypeError, ValueError) as error:
        raise StyleUnreadable(f'"{path}" is not a list of strokes that Impasto wrote.') from error
    return StrokeList(**tensors, aspect=(width, height), seamless=seamless)
