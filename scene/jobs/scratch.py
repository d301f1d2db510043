"""The folder for the temporary files of this Blender; what killed Blenders left is removed."""

from __future__ import annotations

import shutil
import tempfile
from contextlib import suppress
from pathlib import Path

import bpy

from ...core.locks import Lock, take_over

_PREFIX = "impasto_jobs_"
_ALIVE = "alive"
"""In each folder: a file that its Blender holds."""

_own: list[tuple[Path, Lock]] = []


def new_folder() -> Path:
    """Make a new folder for the files of a job."""
    if not _own or not _own[0][0].is_dir():
        release()
        home = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=bpy.app.tempdir or None))
        _own.append((home, Lock(home / _ALIVE, stays=True)))
    return Path(tempfile.mkdtemp(dir=_own[0][0]))


def release() -> None:
    """Remove the folder with all that is in it."""
    while _own:
        home, lock = _own.pop()
        lock.release()
        shutil.rmtree(home, ignore_errors=True)


def sweep() -> None:
    """Remove the folders of Blenders that were killed."""
    # Blender makes a folder for itself inside of that which the system or the preferences name.
    places = {Path(tempfile.gettempdir())}
    if bpy.app.tempdir:
        places.add(Path(bpy.app.tempdir).parent)
    for place in places:
        with suppress(OSError):
            for alive in (
                *place.glob(f"{_PREFIX}*/{_ALIVE}"),
                *place.glob(f"blender_*/{_PREFIX}*/{_ALIVE}"),
            ):
                if take_over(alive):
                    shutil.rmtree(alive.parent, ignore_errors=True)
                    with suppress(OSError):  # Blender's own, unless there is more in it
                        if alive.parent.parent != place:
                            alive.parent.parent.rmdir()
