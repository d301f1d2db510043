"""Stroke files: a painting as its strokes, what they look like and what lies below them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ...atomic import write_atomically
from ...errors import StyleUnreadable
from ...styles import stroke_set
from ...styles.stroke_set import StrokeSet
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
    """Write a painting atomically, as safetensors.

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
    from safetensors.numpy import save

    strokes = painting.strokes
    tensors = {name: np.ascontiguousarray(getattr(strokes, name)) for name in ARRAYS}
    arrays, numbers = stroke_set.to_tensors(painting.stroke_set)
    tensors |= {_SET + name: np.ascontiguousarray(value) for name, value in arrays.items()}
    tensors["underpainting"] = np.ascontiguousarray(painting.underpainting, np.float16)
    header = {
        "aspect": strokes.aspect,
        "seamless": strokes.seamless,
        "size": painting.size,
        "relief": painting.relief,
        "set": numbers,
    }
    content = save(tensors, metadata={_HEADER: json.dumps(header)})
    write_atomically(path, content, overwrite=True)


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
    from safetensors import SafetensorError, safe_open

    refusal = StyleUnreadable(
        f'"{path}" is not a painting that Impasto wrote as strokes; choose a {SUFFIX} file.'
    )
    try:
        with safe_open(path, framework="numpy") as file:
            header = json.loads((file.metadata() or {})[_HEADER])
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
        across, down = map(float, header["aspect"])
        width, height = map(int, header["size"])
        rows = {name: tensors[name] for name in ARRAYS}
        own = {n.removeprefix(_SET): t for n, t in tensors.items() if n.startswith(_SET)}
        under = tensors["underpainting"].astype(np.float32)
        count = len(rows["x"])
        alike = all(len(row) == count for row in rows.values()) and under.ndim == 3 and under.size
        painting = StrokeFile(
            StrokeList(**rows, aspect=(across, down), seamless=bool(header["seamless"])),
            stroke_set.from_tensors(own, header["set"]),
            under,
            (width, height),
            float(header["relief"]),
        )
    except (OSError, SafetensorError, KeyError, TypeError, ValueError) as error:
        raise refusal from error
    if not alike:
        raise refusal
    return painting
