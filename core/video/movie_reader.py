"""Read the frames of a movie by their numbers."""

from __future__ import annotations

import threading
from pathlib import Path

import cv2
import numpy as np

from ..errors import ImageMissing, ImageUnreadable

_NEAR = 32
"""Frames ahead that are skipped rather than sought."""


class MovieReader:
    """A movie that is open.

    Each thread opens it for itself and keeps its place, as the next frame costs a thirtieth of one that
    must be sought.

    Parameters
    ----------
    path : Path
        The movie.
    count : int
        How many frames it has.
    fps : float
        Frames per second.
    """

    def __init__(self, path: Path, count: int, fps: float) -> None:
        self.count, self.fps = count, fps
        self._path = path
        self._thread = threading.local()

    @classmethod
    def open(cls, path: Path) -> MovieReader:
        """Open a movie.

        Parameters
        ----------
        path : Path
            The movie.

        Returns
        -------
        MovieReader
            At its first frame.

        Raises
        ------
        ImageMissing
            It is not there.
        ImageUnreadable
            It cannot be opened.
        """
        movie = _open(path)
        count = max(0, int(movie.get(cv2.CAP_PROP_FRAME_COUNT)))
        return cls(path, count, float(movie.get(cv2.CAP_PROP_FPS)))

    def read(self, index: int) -> np.ndarray | None:
        """Read a frame.

        Parameters
        ----------
        index : int
            From 0.

        Returns
        -------
        (H, W, 3) uint8, or None
            sRGB-encoded; None where there is none.

        Raises
        ------
        ImageMissing
            The movie is gone.
        ImageUnreadable
            The movie cannot be opened any more.
        """
        movie: cv2.VideoCapture | None = getattr(self._thread, "movie", None)
        ahead = index - getattr(self._thread, "next", 0)
        if movie is None or not 0 <= ahead <= _NEAR:
            movie = self._thread.movie = movie or _open(self._path)
            movie.set(cv2.CAP_PROP_POS_FRAMES, index)
            ahead = 0
        sound, pixels = all(movie.grab() for _ in range(ahead)), None
        if sound:
            sound, pixels = movie.read()
        self._thread.next = index + 1
        if not sound or pixels is None:
            self._thread.movie = None
            return None
        return cv2.cvtColor(pixels, cv2.COLOR_BGR2RGB)


def _open(path: Path) -> cv2.VideoCapture:
    if not path.is_file():
        raise ImageMissing(f'The movie "{path}" does not exist; choose another one.')
    movie = cv2.VideoCapture(str(path))
    if not movie.isOpened():
        raise ImageUnreadable(
            f'The movie "{path.name}" cannot be opened; export it as an image sequence.'
        )
    return movie
