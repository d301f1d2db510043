"""Find the files (or frames of a movie) that form a sequence, and read them."""

from __future__ import annotations

import math
from contextlib import suppress
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property
from itertools import pairwise
from pathlib import Path

import numpy as np

from ..errors import BadRequest, ImpastoError, NoImages
from ..image.files import image_size, open_image
from ..image.formats import MOVIE_SUFFIXES, READ_SUFFIXES
from ..image.metadata import NOTHING, Metadata, read_metadata
from ..image.picture import Picture
from ..image.windows import Window, around, cropped_picture, placed_picture
from .movie_reader import MovieReader
from .numbers import NumberedFiles, find_sequences, listed, sequence_like, sequence_of, spelled
from .passes import Passes, read_passes
from .settings import SequenceRef

_PADDING = 4
_DENSITY = 72 / 0.0254
"""Pixels per meter, where only their aspect is known."""

_SPARSE = 100
"""How many times as many numbers as frames there may be for those without a frame to be missing."""


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
    color_space, layer : str
        As in :class:`~.settings.SequenceRef`.
    files : NumberedFiles or None
        Names of the files on disk, whose results have the same ones.
    others : tuple of str
        Names of other pictures in the folder, if that was asked for: they are left as they are.
    movie : MovieReader or None
        The movie that the frames are from.
    """

    frames: tuple[Frame, ...]
    prefix: str
    suffix: str
    padding: int
    color_space: str = ""
    layer: str = ""
    files: NumberedFiles | None = field(default=None, compare=False, repr=False)
    others: tuple[str, ...] = ()
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
        expected = range(numbers[0], numbers[-1], step or 1)
        if len(expected) > _SPARSE * len(numbers):
            return ()
        return tuple(sorted(set(expected) - set(numbers)))

    @property
    def pattern(self) -> str:
        """Name of the files with ``#`` for the digits of the number."""
        return f"{self.prefix}{'#' * max(1, self.padding)}{self.suffix}"

    def name(self, number: int, suffix: str, kind: str = "") -> str:
        """Return the name of a frame's file, with another suffix.

        Parameters
        ----------
        number : int
            Of the frame.
        suffix : str
            In place of the sequence's own.
        kind : str
            What to put before the number, if it is a file of another kind.

        Returns
        -------
        str
            Without a folder.
        """
        if self.files is not None and number in self.files.names:
            digits = self.files.digits(number)
        else:
            digits = f"{number:0{self.padding}d}"
        name = f"{self.prefix}{f'{kind}_' if kind else ''}{digits}{self.suffix}"
        return Path(name).with_suffix(suffix).name

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
            with open_image(frame.path) as image:
                picture = image.read(color_space=self.color_space, layer=self.layer)
                window, _ = image.windows
            if self.canvas is None:
                return picture
            if picture.alpha is None:  # around it there is nothing, not black
                picture = replace(picture, alpha=np.ones(picture.color.shape[:2], np.float32))
            return placed_picture(picture, window, self.canvas)
        return self.movie.read(frame.index)

    @cached_property
    def canvas(self) -> Window | None:
        """What all frames lie on, if they hold other parts of one frame (OpenEXR's data windows)."""
        if self.movie is not None or self.frames[0].path.suffix.lower() != ".exr":
            return None
        data, display = set(), set()
        for frame in self.frames:
            with suppress(ImpastoError), open_image(frame.path) as image:
                window, shown = image.windows
                data.add(window)
                display.add(shown)
        if len(display) != 1 or len(data | display) == 1:
            return None
        return around(data | display)

    def original_window(self, frame: Frame, picture: Picture, suffix: str) -> Picture:
        """Cut a result to what its source holds of the canvas, or else to the frame that is shown.

        Parameters
        ----------
        frame : Frame
            Of this sequence.
        picture : Picture
            Its result.
        suffix : str
            Of the result's file; only OpenEXR can say which part of the frame it holds.

        Returns
        -------
        Picture
            ``picture`` itself if there is nothing to be cut, or it has another size than the canvas.
        """
        if self.canvas is None or picture.size != self.canvas.size:
            return picture
        with open_image(frame.path) as image:
            window, shown = image.windows
            opaque = not image.has_alpha(self.layer)
        picture = cropped_picture(picture, self.canvas, window if suffix == ".exr" else shown)
        if opaque and picture.alpha is not None:
            inside = picture.alpha[..., None] > 0
            picture = replace(picture, color=picture.color * inside, alpha=None, cover=None)
        return picture

    def passes(self, frame: Frame, size: tuple[int, int]) -> Passes | None:
        """Read the render passes of a frame.

        Parameters
        ----------
        frame : Frame
            Of this sequence.
        size : (width, height)
            To which they are scaled, in pixels.

        Returns
        -------
        Passes or None
            None where it has none.
        """
        if frame.index >= 0:
            return None
        return read_passes(frame.path, size, self.layer, self.canvas)

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
        if self.movie is not None:
            return self.movie.size
        return image_size(frame.path) if self.canvas is None else self.canvas.size

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
    BadRequest
        The folder holds several sequences, or the frames have no layers.
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
    movie, files = None, None
    others: tuple[str, ...] = ()
    if reference.files:
        start = max(1, reference.first)
        frames = [Frame(start + i, Path(f)) for i, f in enumerate(reference.files)]
        prefix, suffix, padding = source.stem, frames[0].path.suffix, _PADDING
    elif source.suffix.lower() in MOVIE_SUFFIXES:
        movie = MovieReader.open(source)
        frames = [Frame(i + 1, source, i) for i in range(movie.count)]
        prefix, suffix, padding = f"{source.stem}_", ".png", _PADDING
    elif files := _named(source):
        folder = source.parent
        if source.is_dir():
            folder, others = source, _others(source, files)
        frames = [Frame(number, folder / name) for number, name in files.names.items()]
        prefix, suffix, padding = files.before, files.after, files.padding
    else:
        frames = [Frame(1, source)] if source.is_file() else []
        prefix, suffix, padding = f"{source.stem}_", source.suffix, _PADDING
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
    if reference.layer and kept[0].path.suffix.lower() != ".exr":
        raise BadRequest(f'"{kept[0].path.name}" has no layers; only OpenEXR frames have.')
    return Sequence(
        kept,
        prefix,
        suffix,
        padding,
        reference.color_space,
        reference.layer,
        files=files,
        others=others,
        movie=movie,
    )


def _named(source: Path) -> NumberedFiles | None:
    """Return the files that a folder, a pattern, or one of them means."""
    if source.is_dir():
        return _only_sequence(source)
    folder = source.parent
    names = [path.name for path in folder.iterdir()] if folder.is_dir() else []
    like = None if source.is_file() else sequence_like(source.name, names)
    return like or sequence_of(source.name, names)


def _only_sequence(folder: Path) -> NumberedFiles | None:
    """Return the one sequence in a folder, beside which there may be single pictures.

    Raises
    ------
    BadRequest
        There are several.
    """
    found = find_sequences(_pictures(folder))
    several = [files for files in found if len(files.names) > 1] or found
    if len(several) > 1:
        shown = [f"{files.pattern} ({spelled(files.names)})" for files in several]
        raise BadRequest(
            f'There are several sequences in "{folder}": {listed(shown)};'
            " choose a frame of the one you mean, or its pattern."
        )
    return several[0] if several else None


def _others(folder: Path, files: NumberedFiles) -> tuple[str, ...]:
    """Return the names of the other pictures in a folder."""
    return tuple(sorted(set(_pictures(folder)) - set(files.names.values())))


def _pictures(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir() if path.suffix.lower() in READ_SUFFIXES]
