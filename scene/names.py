"""Names of results: close to the source's, never one that is taken."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import count
from pathlib import Path

from . import compat

UDIM = "<UDIM>"


def result_name(source: str, suffix: str) -> str:
    """``Brick``, ``Impasto`` -> ``Brick (Impasto)``, within the longest name that Blender keeps."""
    ending = f" ({suffix})"
    room = compat.MAX_NAME_BYTES - len(ending.encode()) - len(".001")
    stem = re.sub(r"\.(png|jpe?g|exr|tiff?|tga|bmp|hdr|webp|psd)$", "", source, flags=re.IGNORECASE)
    return stem.encode()[:room].decode(errors="ignore") + ending


def free_path(
    folder: Path, name: str, suffix: str, tiles: tuple[int, ...], taken: set[Path]
) -> Path:
    """A path of which no file exists and none is planned; with ``<UDIM>`` in it for tiles."""
    stem = re.sub(r'[\\/:*?"<>|\x00-\x1f]', "_", name).strip(" .") or "image"
    for candidate in _numbered(stem):
        path = folder / (f"{candidate}.{UDIM}{suffix}" if tiles else candidate + suffix)
        files = tile_paths(path, tiles)
        if not any(file in taken or file.exists() for file in files):
            taken.update(files)
            return path
    raise AssertionError("unreachable")


def tile_paths(path: Path, tiles: tuple[int, ...]) -> list[Path]:
    """The file of each tile, or the path itself if there are none."""
    return [Path(str(path).replace(UDIM, str(tile))) for tile in tiles] or [path]


def _numbered(stem: str) -> Iterator[str]:
    yield stem
    yield from (f"{stem} {number}" for number in count(2))
