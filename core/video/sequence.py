"""Find the files (or frames of a movie) that form a sequence, and read them."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from itertools import pairwise
from pathlib import Path

from ..errors import NoImages
from ..image.files import image_size, read_picture
from ..image.formats import IMAGE_SUFFIXES, MOVIE_SUFFIXES
from ..image.metadata import NOTHING, Metadata, read_metadata
from ..image.picture import Picture
from .movie_reader import MovieReader
from .numbers import split_number
from .settings import SequenceRef

_PLACE = re.compile(r"#+|%0?(\d*)d|\*")
_PADDING = 4
_DENSITY = 72 / 0.0254
"""Pixels per meter, where only their aspect is known."""


@dataclass(frozen=True)
class Frame:
    """One frame of a sequence.

    Attributes
    ----------
    number : int
        As in the file's name; frames of a movie count from 1.
    path : Path
        Its file, or the movie.
    index : int
        Position in the movie, from 0; -1 for a file of its own.
    """

    number: int
    path: Path
    index: int = -1


@dataclass(frozen=True)
class Sequence:
    """Frames in order, and how the names of their files are made.

    Attributes
    ----------
    frames : tuple of Frame
        At least one.
    prefix, suffix : str
        What comes before and after the number in the name of a file.
    padding : int
        Least digits of the number.
    color_space : str
        As in :class:`~.settings.SequenceRef`.
    movie : MovieReader or None
        The movie that the frames are from.
    """

    frames: tuple[Frame, ...]
    prefix: str
    suffix: str
    padding: int
    color_space: str = ""
    movie: MovieReader | None = field(default=None, compare=False, repr=False)

    @property
    def is_movie(self) -> bool:
        """Whether the frames are those of a movie."""
        return self.frames[0].index >= 0

    @cached_property
    def by_number(self) -> dict[int, Frame]:
        """The frames by their numbers."""
        return {frame.number: frame for frame in self.frames}

    @property
    def fps(self) -> Fraction:
        """Frames per second, as a movie or the first frame says; 0 if neither does."""
        if self.movie is not None:
            return self.movie.fps
        fps = dict(self.metadata(self.frames[0]).native).get("framesPerSecond")
        return fps if isinstance(fps, Fraction) and fps > 0 else Fraction(0)

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
        """Return the name of a frame's file, with another suffix.

        Parameters
        ----------
        number : int
            Of the frame.
        suffix : str
            In place of the sequence's own.

        Returns
        -------
        str
            Without a folder.
        """
        sign, digits = ("-" if number < 0 else ""), f"{abs(number)}".zfill(self.padding)
        return f"{self.prefix}{sign}{digits}{suffix}"

    def read(self, frame: Frame) -> Picture:
        """Read a frame.

        Parameters
        ----------
        frame : Frame
            Of this sequence.

        Returns
        -------
        Picture
            Its pixels.

        Raises
        ------
        ImageMissing
            Its file is gone.
        ImageUnreadable
            Its file, or that place of the movie, cannot be decoded.
        UnsupportedImage
            Its file is of a kind that cannot be read.
        """
        if self.movie is None:
            return read_picture(frame.path, color_space=self.color_space)
        return self.movie.read(frame.index)

    def size(self, frame: Frame) -> tuple[int, int]:
        """Return the size of a frame, without decoding a file of its own.

        Parameters
        ----------
        frame : Frame
            Of this sequence.

        Returns
        -------
        (width, height)
            In pixels.

        Raises
        ------
        ImageMissing
            Its file is gone.
        ImageUnreadable
            Its file, or that place of the movie, cannot be read.
        """
        return image_size(frame.path) if self.movie is None else self.movie.size

    def metadata(self, frame: Frame) -> Metadata:
        """Read what a frame's file says besides its pixels.

        Parameters
        ----------
        frame : Frame
            Of this sequence.

        Returns
        -------
        Metadata
            Of a frame of a movie, whose pixels are not square: their aspect.
        """
        if self.movie is None:
            return read_metadata(frame.path)
        aspect = self.movie.pixel_aspect
        return NOTHING if aspect == 1 else Metadata(density=(_DENSITY, _DENSITY * float(aspect)))


def find_sequence(reference: SequenceRef) -> Sequence:
    """Find the frames that a reference means.

    Parameters
    ----------
    reference : SequenceRef
        Of files or a movie.

    Returns
    -------
    Sequence
        With at least one frame.

    Raises
    ------
    NoImages
        There are none in the range.
    ImageMissing
        The movie is not there.
    ImageUnreadable
        The movie cannot be opened.

    Examples
    --------
    >>> for number in (1, 2, 4):
    ...     Path(f"shot_{number:04d}.png").touch()
    >>> sequence = find_sequence(SequenceRef("shot_0001.png"))
    >>> [frame.number for frame in sequence.frames], sequence.missing
    ([1, 2, 4], (3,))
    """
    source = Path(reference.source)
    movie = None
    if reference.files:
        start = max(1, reference.first)
        frames = [Frame(start + i, Path(f)) for i, f in enumerate(reference.files)]
        prefix, suffix, padding = source.stem, frames[0].path.suffix, _PADDING
    elif source.suffix.lower() in MOVIE_SUFFIXES:
        movie = MovieReader.open(source)
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
    """Return the frames in a folder, and the prefix, suffix and padding of their names."""
    if source.is_dir():
        images = (p for p in sorted(source.iterdir()) if p.suffix.lower() in IMAGE_SUFFIXES)
        parts = next(filter(None, map(split_number, images)), None)
        if parts is None:
            return [], "", "", 0
        prefix, _, suffix = parts
        folder = source
    elif place := _PLACE.search(source.name):
        prefix, suffix, folder = (
            source.name[: place.start()],
            source.name[place.end() :],
            source.parent,
        )
    elif parts := split_number(source):
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
