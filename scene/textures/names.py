"""Names of results: close to the source's, never one that is taken."""

from __future__ import annotations

import re
from itertools import count
from pathlib import Path

import bpy

from .. import compat

UDIM = "<UDIM>"
_LONGEST = min(compat.MAX_NAME_BYTES, 220)
"""Bytes of a name: files may have 255, some of which are for the tile, the format and ``.part``."""

_SUFFIX = re.compile(r"\.(png|jpe?g|exr|tiff?|tga|bmp|hdr|webp|psd)$", re.IGNORECASE)
_NOT_IN_FILES = re.compile(r'[\\/:*?"<>|\x00-\x1f]')


def in_files(name: str) -> str:
    """A name without what files may not have in theirs."""
    return _NOT_IN_FILES.sub("_", name)


class Namer:
    """Names the results of one job: no image and no file is called so yet."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._given: set[Path] = set()

    def result(
        self, source: str, word: str, suffix: str, tiles: tuple[int, ...] = ()
    ) -> tuple[str, Path]:
        """Name and file of a result: ``Brick`` -> ``Brick (Impasto)``, ``Brick (Impasto 2)``, ...

        The file has ``<UDIM>`` in it if there are tiles. Names fit into what Blender and the disk
        take.
        """
        stem = _SUFFIX.sub("", source).encode()
        for number in count(1):
            ending = f" ({word})" if number == 1 else f" ({word} {number})"
            name = stem[: _LONGEST - len(ending)].decode(errors="ignore") + ending
            path = self._folder / (in_files(name) + (f".{UDIM}" if tiles else ""))
            path = path.with_name(path.name + suffix)
            files = set(tile_paths(path, tiles))
            taken = name in bpy.data.images or files & self._given
            if not taken and not any(file.exists() for file in files):
                self._given |= files
                return name, path
        raise AssertionError("count() never ends")


def tile_paths(path: Path, tiles: tuple[int, ...]) -> list[Path]:
    """The file of each tile, or the path itself if there are none."""
    return [Path(str(path).replace(UDIM, str(tile))) for tile in tiles] or [path]
