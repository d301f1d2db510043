"""Sequences: which files (or frames of a movie) belong together, in order, and how they are read."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from ..errors import ImageMissing, ImageUnreadable, NoImages
from ..imaging.files import FORMATS, read_picture
from ..imaging.picture import Picture
from ..jobs.frames_messages import SequenceRef

MOVIES = (".mp4", ".mov", ".mkv", ".avi", ".webm", ".m4v", ".mpg", ".ogv")

_NUMBER = re.compile(r"(\d+)(?!.*\d)")
_PLACE = re.compile(r"#+|%0?(\d*)d|\*")
_PADDING = 4


@dataclass(frozen=True)
class Frame:
    """One frame: a file of its own, or number ``index`` (from 0) of a movie."""

    number: int
    path: Path
    index: int = -1


@dataclass(frozen=True)
class Sequence:
    """Frames in order of their numbers, and how the names of their files are made."""

    frames: tuple[Frame, ...]
    prefix: str
    suffix: str
    padding: int
    colour_space: str = ""

    @property
    def is_movie(self) -> bool:
        return self.frames[0].index >= 0

    @property
    def pattern(self) -> str:
        """Name of the files with ``#`` for the digits of the number."""
        return f"{self.prefix}{'#' * max(1, self.padding)}{self.suffix}"

    def name(self, number: int, suffix: str) -> str:
        """Name of a frame's file, with another suffix."""
        sign, digits = ("-" if number < 0 else ""), f"{abs(number)}".zfill(self.padding)
        return f"{self.prefix}{sign}{digits}{suffix}"

    def read(self, frame: Frame) -> Picture:
        """The picture of a frame.

        Raises
        ------
        ImageMissing, ImageUnreadable, UnsupportedImage
        """
        if frame.index < 0:
            return read_picture(frame.path, colour_space=self.colour_space)
        movie = _open(frame.path)
        movie.set(cv2.CAP_PROP_POS_FRAMES, frame.index)
        sound, pixels = movie.read()
        movie.release()
        if not sound:
            raise ImageUnreadable(
                f'Frame {frame.number} of "{frame.path.name}" cannot be read;'
                " export the movie as an image sequence."
            )
        return Picture(cv2.cvtColor(pixels, cv2.COLOR_BGR2RGB).astype(np.float32) / 255)


def find_sequence(reference: SequenceRef) -> Sequence:
    """The frames that a reference means.

    Raises
    ------
    NoImages
        There are none, in the range.
    ImageMissing
        A movie that is not there.
    ImageUnreadable
        A movie that cannot be opened.
    """
    source = Path(reference.source)
    if reference.files:
        start = max(1, reference.first)
        frames = [Frame(start + i, Path(f)) for i, f in enumerate(reference.files)]
        prefix, suffix, padding = source.stem, frames[0].path.suffix, _PADDING
    elif source.suffix.lower() in MOVIES:
        count = _count(source)
        frames = [Frame(i + 1, source, i) for i in range(count)]
        prefix, suffix, padding = f"{source.stem}_", ".png", _PADDING
    else:
        frames, prefix, suffix, padding = _on_disk(source)
    inside = [f for f in frames if reference.first <= f.number <= reference.last]
    if reference.files:
        inside = frames
    if not inside:
        raise NoImages(
            f'No frames were found for "{reference.source}" in that range;'
            " name one of them, a folder, or a pattern such as render_####.png."
        )
    step = max(1, reference.step)
    start = inside[0].number
    kept = tuple(f for f in inside if (f.number - start) % step == 0)
    return Sequence(kept, prefix, suffix, padding, reference.colour_space)


def _on_disk(source: Path) -> tuple[list[Frame], str, str, int]:
    """Frames beside each other in a folder, and prefix, suffix and padding of their names."""
    if source.is_dir():
        first = next(
            (p for p in sorted(source.iterdir()) if p.suffix.lower() in _known() and _split(p)),
            None,
        )
        if first is None:
            return [], "", "", 0
        prefix, _, suffix = _split(first)  # type: ignore[misc]
        folder = source
    elif place := _PLACE.search(source.name):
        prefix, suffix, folder = (
            source.name[: place.start()],
            source.name[place.end() :],
            source.parent,
        )
    elif parts := _split(source):
        prefix, _, suffix = parts
        folder = source.parent
    elif source.is_file():
        return [Frame(1, source)], f"{source.stem}_", source.suffix, _PADDING
    else:
        return [], "", "", 0
    expression = re.compile(f"{re.escape(prefix)}(-?\\d+){re.escape(suffix)}")
    entries = folder.iterdir() if folder.is_dir() else ()
    found = [(m[1], p) for p in entries if (m := expression.fullmatch(p.name))]
    frames = {int(digits): Frame(int(digits), path) for digits, path in sorted(found)}
    padding = min((len(digits.lstrip("-")) for digits, _ in found), default=0)
    return [frames[n] for n in sorted(frames)], prefix, suffix, padding


def _split(path: Path) -> tuple[str, str, str] | None:
    """Prefix, digits and suffix of a name with a number; the last number is the frame's."""
    number = _NUMBER.search(path.stem)
    if number is None:
        return None
    return path.stem[: number.start()], number[1], path.stem[number.end() :] + path.suffix


def _known() -> Iterable[str]:
    return (*FORMATS, ".jpeg", ".tif")


def _open(path: Path) -> cv2.VideoCapture:
    if not path.is_file():
        raise ImageMissing(f'The movie "{path}" does not exist; choose another one.')
    movie = cv2.VideoCapture(str(path))
    if not movie.isOpened():
        raise ImageUnreadable(
            f'The movie "{path.name}" cannot be opened; export it as an image sequence.'
        )
    return movie


def _count(path: Path) -> int:
    movie = _open(path)
    count = int(movie.get(cv2.CAP_PROP_FRAME_COUNT))
    movie.release()
    return count
