"""Where results go: into a folder that can be written to, or into the .blend file."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import Literal

import bpy

from ...core.errors import OutputUnwritable


def preferred(options, notes: list[str]) -> Path | Literal["PACK"]:
    """What the preferences say; a file that was never saved has no folder, which is noted."""
    if options.results == "PACKED":
        return "PACK"
    if options.results_folder.startswith("//") and not bpy.data.filepath:
        notes.append("Packed into the file, as it was never saved.")
        return "PACK"
    return Path(bpy.path.abspath(options.results_folder))


def prepare(folder: Path) -> None:
    """Make a folder and try to write into it.

    Raises
    ------
    OutputUnwritable
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
