"""Previews of running fits."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path


class PreviewFile:
    """Replace a PNG every few seconds that shows the progress of a fit.

    Parameters
    ----------
    path : str
        The file; empty: none is written.
    seconds : float
        Time between two pictures.
    delay : float, optional
        Time before the first one.
    """

    def __init__(self, path: str, seconds: float, delay: float = 0.0) -> None:
        self._path = Path(path) if path else None
        self._seconds = seconds
        self._due_at = time.monotonic() + delay

    def update(self, write: Callable[[Path], None]) -> None:
        """Replace the file if it is due.

        Parameters
        ----------
        write : callable
            Is called with the path, and writes the file.
        """
        if self._path is None or time.monotonic() < self._due_at:
            return
        write(self._path)
        self._due_at = time.monotonic() + self._seconds
