"""Frames of a movie by their numbers."""

from __future__ import annotations

import threading
from pathlib import Path

import cv2
import numpy as np

from ..errors import ImageMissing, ImageUnreadable

_NEAR = 32
"""Frames ahead that are sooner skipped than sought."""


class MovieReader:
    """An open movie. Each thread opens it for itself and keeps its place, as the next frame costs a
    thirtieth of one that must be sought.

    Raises
    ------
    ImageMissing
        It is not there.
    ImageUnreadable
        It cannot be opened.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._mine = threading.local()
        movie = self._open()
        self.count = max(0, int(movie.get(cv2.CAP_PROP_FRAME_COUNT)))
        self.fps = float(movie.get(cv2.CAP_PROP_FPS))

    def read(self, index: int) -> np.ndarray | None:
        """Frame ``index`` from 0, ``(H, W, 3)`` uint8, sRGB-encoded; None where there is none."""
        movie: cv2.VideoCapture | None = getattr(self._mine, "movie", None)
        ahead = index - getattr(self._mine, "next", 0)
        if movie is None or not 0 <= ahead <= _NEAR:
            movie = self._mine.movie = movie or self._open()
            movie.set(cv2.CAP_PROP_POS_FRAMES, index)
            ahead = 0
        sound, pixels = all(movie.grab() for _ in range(ahead)), None
        if sound:
            sound, pixels = movie.read()
        self._mine.next = index + 1
        if not sound or pixels is None:
            self._mine.movie = None
            return None
        return cv2.cvtColor(pixels, cv2.COLOR_BGR2RGB)

    def _open(self) -> cv2.VideoCapture:
        if not self._path.is_file():
            raise ImageMissing(f'The movie "{self._path}" does not exist; choose another one.')
        movie = cv2.VideoCapture(str(self._path))
        if not movie.isOpened():
            raise ImageUnreadable(
                f'The movie "{self._path.name}" cannot be opened; export it as an image sequence.'
            )
        return movie
