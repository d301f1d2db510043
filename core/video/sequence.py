"""Sequences: which files (or frames of a movie) belong together, in order, and how they are read."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import numpy as np

from ..errors import ImageUnreadable, NoImages
from ..image.files import FORMATS, read_picture
from ..image.metadata import NOTHING, Metadata, read_metadata
from ..image.picture import Picture
from .movie_reader import MovieReader
from .numbers import MOVIES
from .settings import SequenceRef

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
    color_space: str = ""
    movie: MovieReader | None = field(default=None, compare=False, repr=False)

    @property
    def is_movie(self) -> bool:
        return self.frames[0].index >= 0

    @property
    def fps(self) -> float:
        """Frames per second, as a movie or the first frame says; 0 if neither does."""
        if self.movie is not None:
            return self.movie.fps
        said = dict(self.metadata(self.frames[0]).own).get("framesPerSecond")
        return float(said) if isinstance(said, Fraction) and said > 0 else 0.0

    @property
    def missing(self) -> tuple[int, ...]:
        """Numbers that the sequence leaves out, where the others lie evenly."""
        numbers = [frame.number for frame in self.frames]
        step = math.gcd(*(b - a for a, b in pairwise(numbers)))
        return tuple(sorted(set(range(numbers[0], numbers[-1], step or 1)) - set(numbers)))

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
            return read_picture(frame.path, color_space=self.color_space)
        pixels = self.movie.read(frame.index) if self.movie is not None else None
        if pixels is None:
            raise ImageUnreadable(
                f'Frame {frame.number} of "{frame.path.name}" cannot be read;'
                " export the movie as an image sequence."
            )
        return Picture(pixels.astype(np.float32) / 255)

    def metadata(self, frame: Frame) -> Metadata:
        """What a frame's file says besides its pixels; nothing for a movie's."""
        return read_metadata(frame.path) if frame.index < 0 else NOTHING


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
    movie = None
    if reference.files:
        start = max(1, reference.first)
        frames = [Frame(start + i, Path(f)) for i, f in enumerate(reference.files)]
        prefix, suffix, padding = source.stem, frames[0].path.suffix, _PADDING
    elif source.suffix.lower() in MOVIES:
        movie = MovieReader(source)
        frames = [Frame(i + 1, source, i) for i in range(movie.count)]
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
    return Sequence(kept, prefix, suffix, padding, reference.color_space, movie)


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
