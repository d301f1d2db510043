"""Name results after their sources, never with a name that is taken."""

from __future__ import annotations

import re
from itertools import count
from pathlib import Path

import bpy

from ...core.image.formats import BLENDER_SUFFIXES
from .. import compat, storage

UDIM = "<UDIM>"
UVTILE = "<UVTILE>"
"""Blender's words for the tile in a path: 1012 or u2_v2."""

_LONGEST = min(compat.MAX_NAME_BYTES, 220)
"""Most bytes of a name: files may have 255, including the tile, the suffix and ``.part``."""

_SUFFIX = re.compile(f"({'|'.join(map(re.escape, BLENDER_SUFFIXES))})$", re.IGNORECASE)


class Namer:
    """Give the results of one job names that no image and no file has."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._given: set[Path] = set()

    def result(
        self, source: str, word: str, suffix: str, tiles: tuple[int, ...] = ()
    ) -> tuple[str, Path]:
        """Return name and file of a result: ``Brick (Impasto)``, ``Brick (Impasto 2)``, ...

        The file name contains ``<UDIM>`` if there are tiles. Names are as long as Blender and the
        disk allow.
        """
        stem = _SUFFIX.sub("", source).encode()
        for number in count(1):
            ending = f" ({word})" if number == 1 else f" ({word} {number})"
            name = stem[: _LONGEST - len(ending)].decode(errors="ignore") + ending
            path = self._folder / (storage.file_name(name) + (f".{UDIM}" if tiles else ""))
            path = path.with_name(path.name + suffix)
            files = set(tile_paths(path, tiles))
            taken = name in bpy.data.images or files & self._given
            if not taken and not any(file.exists() for file in files):
                self._given |= files
                return name, path
        raise AssertionError("count() never ends")


def tile_paths(path: Path, tiles: tuple[int, ...]) -> list[Path]:
    """Return the file of each tile, or the path itself if there are none."""
    pattern = str(path)
    return [
        Path(pattern.replace(UDIM, str(tile)).replace(UVTILE, _uv_tile(tile))) for tile in tiles
    ] or [path]


def _uv_tile(tile: int) -> str:
    """Return a tile as Mudbox writes it: 10 in a row, both numbers from 1."""
    v, u = divmod(tile - 1001, 10)
    return f"u{u + 1}_v{v + 1}"
