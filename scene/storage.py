"""Where Impasto keeps files of its own, and how it finds data-blocks again."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterable
from pathlib import Path

import bpy

_KEPT_ANALYSES = 20


def cache_folder() -> Path:
    """Descriptors of images, by content; may be deleted at any time."""
    return _own("cache")


def styles_folder() -> Path:
    """Styles that the artist made."""
    return _own("styles")


def models_folder() -> Path:
    """Generators that were fitted to the artist's textures."""
    return _own("models")


def new_analysis_folder() -> Path:
    """A new folder for thumbnails and pictures; the oldest of many are removed."""
    parent = _own("analyzes")
    for old in sorted(parent.iterdir())[: -_KEPT_ANALYSES + 1 or None]:
        shutil.rmtree(old, ignore_errors=True)
    folder = parent / f"{time.time_ns()}"
    folder.mkdir()
    return folder


def by_uid(collection: Iterable[bpy.types.ID], uid: int) -> bpy.types.ID | None:
    """The data-block of a session UID: unlike a reference it survives undo."""
    return next((item for item in collection if item.session_uid == uid), None)


def _own(name: str) -> Path:
    package = __package__.rpartition(".")[0]
    return Path(bpy.utils.extension_path_user(package, path=name, create=True))
