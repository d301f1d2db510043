"""Read triangles with UVs from Wavefront OBJ files."""

from __future__ import annotations

from itertools import pairwise

import numpy as np


def read_obj(text: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Read the faces of an OBJ file that have UVs; polygons are cut into fans of triangles.

    Parameters
    ----------
    text : str
        What is in the file.

    Returns
    -------
    positions : (V, 3) float32
        Vertices.
    triangles : (T, 3) int32
        Vertices of each triangle.
    uv : (T, 3, 2) float64
        UVs of its corners.

    Raises
    ------
    ValueError
        A number is none, or a face has an index that is not there.

    Examples
    --------
    >>> text = "v 0 0 0\\nv 1 0 0\\nv 0 1 0\\nvt 0 0\\nvt 1 0\\nvt 0 1\\nf 1/1 2/2 3/3"
    >>> read_obj(text)[1].tolist()
    [[0, 1, 2]]
    """
    positions: list[list[float]] = []
    places: list[list[float]] = []
    corners: list[tuple[int, int]] = []
    for line in text.splitlines():
        words = line.split() or [""]
        word, rest = words[0], words[1:]
        if word == "v":
            positions.append([float(number) for number in rest[:3]])
        elif word == "vt":
            places.append([float(number) for number in [*rest, "0"][:2]])
        elif word == "f":
            face = [corner.split("/") for corner in rest]
            if all(len(corner) > 1 and corner[1] for corner in face):
                # A negative index counts back from the last one that was read.
                known = [(_index(c[0], len(positions)), _index(c[1], len(places))) for c in face]
                for second, third in pairwise(known[1:]):
                    corners += [known[0], second, third]
    found = np.array(corners, np.int32).reshape(-1, 3, 2)
    where = np.array(places, np.float64).reshape(-1, 2)
    return np.array(positions, np.float32).reshape(-1, 3), found[..., 0], where[found[..., 1]]


def _index(word: str, count: int) -> int:
    number = int(word)
    index = number - 1 if number > 0 else count + number
    if not 0 <= index < count:
        raise ValueError(f"a face has the index {word}, but there are {count}")
    return index
