"""Decide where results go: into a folder that can be written to, or into the .blend file."""

from __future__ import annotations

import uuid
from contextlib import suppress
from pathlib import Path
from typing import Literal

import bpy

from ...core.errors import OutputUnwritable


def preferred(options: bpy.types.AddonPreferences) -> tuple[Path | Literal["PACK"], str]:
    """Return the place that the preferences name, and a note if it cannot be used."""
    if options.results == "PACKED":
        return "PACK", ""
    if options.results_folder.startswith("//") and not bpy.data.filepath:
        return "PACK", "Packed: save the .blend to write image files"
    return Path(bpy.path.abspath(options.results_folder)), ""


def shown(folder: Path) -> str:
    """Return a folder as reports name it: relative to the .blend file if that is shorter."""
    text = str(folder)
    if bpy.data.filepath:
        with suppress(ValueError):  # another drive on Windows
            text = min(text, bpy.path.relpath(text), key=len)
    return text


def prepare(folder: Path) -> None:
    """Make a folder and try to write into it.

    Raises
    ------
    OutputUnwritable
        The folder cannot be made or written to.
    """
    probe = folder / f".impasto_{uuid.uuid4().hex}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise OutputUnwritable(
            f'Results cannot be written to "{folder}" ({error.strerror}); '
            "choose another Results Folder, or pack the results."
        ) from error
