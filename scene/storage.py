"""Locate the files that Impasto keeps for itself."""

from __future__ import annotations

import re
import shutil
import time
from itertools import count
from pathlib import Path

import bpy

_KEPT_ANALYSES = 20
_NOT_IN_FILES = re.compile(r'[\\/:*?"<>|\x00-\x1f]')


def cache_folder() -> Path:
    """Return the folder of image features, stored by content; it may be deleted at any time."""
    return _user_folder("cache")


def styles_folder() -> Path:
    """Return the folder of the styles that the artist made."""
    return _user_folder("styles")


def models_folder() -> Path:
    """Return the folder of the generators that were fitted to the artist's textures."""
    return _user_folder("models")


def new_analysis_folder() -> Path:
    """Make a new folder for thumbnails and plots, and remove the oldest if there are many."""
    parent = _user_folder("analyzes")
    for old in sorted(parent.iterdir())[: -_KEPT_ANALYSES + 1 or None]:
        shutil.rmtree(old, ignore_errors=True)
    folder = parent / f"{time.time_ns()}"
    folder.mkdir()
    return folder


def file_name(name: str) -> str:
    """Return a name with what file names cannot contain replaced."""
    return _NOT_IN_FILES.sub("_", name)


def new_file(folder: Path, stem: str, suffix: str) -> Path:
    """Return the path of a file that does not exist yet: ``stem``, ``stem 2``, ``stem 3``, ..."""
    plain = file_name(stem)
    names = (f"{plain}{f' {n}' if n > 1 else ''}{suffix}" for n in count(1))
    return next(path for path in (folder / name for name in names) if not path.exists())


def _user_folder(name: str) -> Path:
    addon = __package__.rpartition(".")[0]
    return Path(bpy.utils.extension_path_user(addon, path=name, create=True))
