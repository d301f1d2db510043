"""Stroke files: a painting as its strokes, what they look like and what lies below them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated

import numpy as np

from ...atomic import write_atomically
from ...errors import FileDamaged, StyleUnreadable
from ...schema import Range
from ...styles import stroke_set
from ...styles.stroke_set import StrokeSet
from ...tensor_file import Array, encoded_tensors, known_words, load_tensors
from .stroke_list import ARRAYS, StrokeList

SUFFIX = ".strokes"

_HEADER = "impasto_strokes"
_SET = "set."


@dataclass(frozen=True, eq=False)
class StrokeFile:
    """All that is needed to draw a painting again, at any size.

    Attributes
    ----------
    strokes : StrokeList
        The strokes.
    stroke_set : StrokeSet
        What they look like.
    underpainting : (h, w, 3) float32, sRGB-encoded in [0, 1]
        What lies below them, small; it is kept with half precision.
    size : (int, int)
        Width and height in pixels at which it was painted.
    relief : float
        Thickness of the paint in [0, 1], as in a look.
    """

    strokes: StrokeList
    stroke_set: StrokeSet
    underpainting: np.ndarray
    size: tuple[int, int]
    relief: float


def save_strokes(painting: StrokeFile, path: Path) -> None:
    """Write a painting atomically.

    Parameters
    ----------
    painting : StrokeFile
        What to write.
    path : Path
        A file that exists is replaced.

    Raises
    ------
    OutputUnwritable
        The folder is missing or read-only, or the disk is full.
    """
    write_atomically(path, encoded_strokes(painting), overwrite=True)


def encoded_strokes(painting: StrokeFile) -> bytes:
    """Return the content of a stroke file, which is safetensors.

    Parameters
    ----------
    painting : StrokeFile
        What to write.

    Returns
    -------
    bytes
        All of it.
    """
    strokes = painting.strokes
    tensors = {name: getattr(strokes, name) for name in ARRAYS}
    arrays, numbers = stroke_set.to_tensors(painting.stroke_set)
    tensors |= {_SET + name: value for name, value in arrays.items()}
    tensors["underpainting"] = painting.underpainting.astype(np.float16)
    header = {
        "aspect": strokes.aspect,
        "seamless": strokes.seamless,
        "size": painting.size,
        "relief": painting.relief,
        "set": numbers,
    }
    return encoded_tensors(_HEADER, tensors, header)


def load_strokes(path: Path) -> StrokeFile:
    """Read a painting that :func:`save_strokes` wrote.

    Parameters
    ----------
    path : Path
        The file.

    Returns
    -------
    StrokeFile
        The painting.

    Raises
    ------
    StyleUnreadable
        The file is missing, damaged, or no stroke file.
    """
    try:
        tensors, plain = load_tensors(path, _HEADER)
        words = known_words(_Words, plain)
        count = len(tensors.get("x", ()))
        rows = {name: tensors.get(name, np.empty(0)) for name in ARRAYS}
        for name, row in rows.items():
            kind = _ROWS.get(name, _ROW)
            replace(kind, shape=(count, *kind.shape[1:])).check(name, row)
        own = {n.removeprefix(_SET): t for n, t in tensors.items() if n.startswith(_SET)}
        under = tensors.get("underpainting", np.empty(0))
        _UNDER.check("underpainting", under)
        strokes = stroke_set.from_tensors(own, words.set)
    except FileDamaged as error:
        raise StyleUnreadable(
            f'"{path}" is not a painting that Impasto wrote as strokes, or is damaged;'
            f" choose a {SUFFIX} file."
        ) from error
    return StrokeFile(
        StrokeList(**rows, aspect=words.aspect, seamless=words.seamless),
        strokes,
        under.astype(np.float32),
        words.size,
        words.relief,
    )


_ROW = Array((-1,), np.float32, -1e4, 1e4)
_ROWS = {
    "color": Array((-1, 3), np.float32, -1.0, 2.0),
    "stamp": Array((-1,), np.int32, 0, 2**20),
}
_UNDER = Array((-1, -1, 3), np.floating, -1.0, 2.0)
_Side = Annotated[int, Range(1, 2**20)]
_Share = Annotated[float, Range(1e-6, 1)]


@dataclass(frozen=True)
class _Words:
    """The JSON of a stroke file."""

    aspect: tuple[_Share, _Share]
    seamless: bool
    size: tuple[_Side, _Side]
    relief: Annotated[float, Range(0, 1)]
    set: str
