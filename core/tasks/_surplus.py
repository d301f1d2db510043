"""Entries of a cache folder that are to go."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path


def surplus(folder: Path, pattern: str, kept: int, newest: Path) -> list[Path]:
    """Return the entries of a folder but for the newest and those that changed last.

    Parameters
    ----------
    folder : Path
        The folder.
    pattern : str
        Which entries, as in :meth:`pathlib.Path.glob`.
    kept : int
        How many are kept.
    newest : Path
        The entry that was made now: it is kept, whatever the clock says.

    Returns
    -------
    list of Path
        The others, the oldest first.
    """
    times = []
    for path in set(folder.glob(pattern)) - {newest}:
        with suppress(OSError):  # another process may be at it, too
            times.append((path.stat().st_mtime, path))
    return [path for _, path in sorted(times)[: 1 - kept or None]]
