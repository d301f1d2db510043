"""Arrays on disk instead of in memory, so that long segments need no more memory than short ones."""

from __future__ import annotations

import tempfile
import threading
from dataclasses import dataclass
from typing import IO

import cv2
import numpy as np

from ..errors import OutputUnwritable
from .motion import FlowMatch


class SpillFile:
    """A list of records of named arrays, in a temporary file.

    Threads may append and fetch at the same time.

    Parameters
    ----------
    file : binary file, open for reading and writing, unbuffered
        Without a name (``tempfile.TemporaryFile``), it is gone with the process, however that ends.
    """

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._lock = threading.Lock()
        self.clear()

    def __len__(self) -> int:
        return self._count

    def clear(self) -> None:
        """Forget all records; the file is written over, which is much faster than making a new one."""
        self._count = self._end = 0
        self._places: dict[tuple[int, str], tuple[int, np.dtype, tuple[int, ...]]] = {}

    def append(self, **arrays: np.ndarray) -> None:
        """Add a record.

        Parameters
        ----------
        **arrays : (...) float32 or of any other dtype
            The arrays of the record by their names.

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
        """Read an array of a record.

        Parameters
        ----------
        index : int
            Of the record, from 0.
        name : str
            Of the array.

        Returns
        -------
        (...) float32, or the dtype it had
            A copy of the array.
        """
        place, dtype, shape = self._places[index, name]
        array = np.empty(shape, dtype)
        left = array.data.cast("B")
        with self._lock:
            self._file.seek(place)
            while left and (count := self._file.readinto(left)):  # type: ignore[attr-defined]
                left = left[count:]
        return array


@dataclass(frozen=True)
class PaintedSource:
    """A frame painted by itself, and its motion.

    Attributes
    ----------
    painting : (H, W, 3) float32
        sRGB-encoded in [0, 1].
    matches : pair of FlowMatch, or None
        From the frame to the one before it, and from that one to the frame; may be smaller than the
        painting. None for the first frame.
    """

    painting: np.ndarray
    matches: tuple[FlowMatch, FlowMatch] | None


class SpilledFrames:
    """The paintings of a segment and the motion between them, on disk.

    Parameters
    ----------
    file : SpillFile
        Where they are put; empty at first.
    """

    def __init__(self, file: SpillFile) -> None:
        self._file = file

    def __len__(self) -> int:
        return len(self._file)

    def append(self, item: PaintedSource) -> None:
        """Add the next frame.

        Parameters
        ----------
        item : PaintedSource
            Without matches if it is the first.

        Raises
        ------
        OutputUnwritable
            The disk is full.
        """
        arrays = {"painting": to_half(item.painting)}
        if item.matches is not None:
            for name, match in zip(("backward", "forward"), item.matches, strict=True):
                arrays[f"{name}_flow"] = match.flow
                arrays[f"{name}_confidence"] = to_half(match.confidence)
        self._file.append(**arrays)

    def painting(self, index: int) -> np.ndarray:
        """Read the painting of a frame by itself.

        Parameters
        ----------
        index : int
            From 0.

        Returns
        -------
        (H, W, 3) float32
            sRGB-encoded in [0, 1].
        """
        return from_half(self._file.fetch(index, "painting"))

    def match(self, index: int, *, forward: bool) -> FlowMatch:
        """Read the match of a frame with a neighbor.

        Parameters
        ----------
        index : int
            From 0.
        forward : bool
            With the frame after it instead of the one before it.

        Returns
        -------
        FlowMatch
            From the frame to the neighbor.
        """
        name, index = ("forward", index + 1) if forward else ("backward", index)
        flow, confidence = (
            self._file.fetch(index, f"{name}_{part}") for part in ("flow", "confidence")
        )
        return FlowMatch(flow, from_half(confidence))


def to_half(image: np.ndarray) -> np.ndarray:
    """Convert to half precision, as disk is slow to fill; OpenCV is ten times as fast as NumPy.

    Parameters
    ----------
    image : (...) float32
        In [0, 1].

    Returns
    -------
    (...) float16
        Good to a sixteenth of a level of 255.
    """
    return cv2.convertFp16(np.ascontiguousarray(image)).view(np.float16).reshape(image.shape)


def from_half(image: np.ndarray) -> np.ndarray:
    """Convert from half precision.

    Parameters
    ----------
    image : (...) float16
        From :func:`to_half`.

    Returns
    -------
    (...) float32
        The same numbers.
    """
    return cv2.convertFp16(image.view(np.int16)).reshape(image.shape)
