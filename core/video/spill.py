"""Arrays put aside on disk."""

from __future__ import annotations

import tempfile
import threading
from typing import IO

import numpy as np

from ..errors import OutputUnwritable


class Shelf:
    """A list of arrays that lies on disk, so that long intervals need no memory.

    The file has no name, so it is gone with the process, however that ends. Threads may put down and
    fetch side by side.

    Parameters
    ----------
    file : binary file, open for reading and writing, unbuffered
        Written over from its start, which is several times as fast as a new one.
    """

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._lock = threading.Lock()
        self.clear()

    def __len__(self) -> int:
        return self._count

    def clear(self) -> None:
        """Begin anew."""
        self._count = self._end = 0
        self._places: dict[tuple[int, str], tuple[int, np.dtype, tuple[int, ...]]] = {}

    def append(self, **arrays: np.ndarray) -> None:
        """Put arrays down under names.

        Raises
        ------
        OutputUnwritable
            The disk is full.
        """
        for name, array in arrays.items():
            # Bare bytes: the header of a .npy file is read with Python's parser, and that of 3.11
            # fails now and then where two threads are in it.
            left = np.ascontiguousarray(array).data.cast("B")
            place = self._end, array.dtype, array.shape
            self._end += len(left)
            with self._lock:
                self._file.seek(place[0])
                try:
                    while left:
                        left = left[self._file.write(left) :]
                except OSError as error:
                    raise OutputUnwritable(
                        f'There is no room in "{tempfile.gettempdir()}" ({error.strerror});'
                        " free some space there, and run it again."
                    ) from error
            self._places[self._count, name] = place
        self._count += 1

    def fetch(self, index: int, name: str) -> np.ndarray:
        """An array of an entry."""
        place, dtype, shape = self._places[index, name]
        array = np.empty(shape, dtype)
        left = array.data.cast("B")
        with self._lock:
            self._file.seek(place)
            while left and (count := self._file.readinto(left)):  # type: ignore[attr-defined]
                left = left[count:]
        return array
