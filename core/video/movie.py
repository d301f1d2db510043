"""Make movies of finished frames."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from ..atomic import Part, new_part
from ..control import SILENT, Control, Failure
from ..errors import ImageUnreadable, ImpastoError, NoImages, OutputTaken, OutputUnwritable
from ..image.alpha import full_alpha
from ..image.files import read_shown
from ..image.picture import Picture
from ..paint.working import display_colors
from .movie_file import library, open_file
from .movie_pixels import BT601, BT709, RGB, ColorTags, fill_frame
from .movie_reader import MovieReader
from .movie_sound import Sound
from .movie_timing import Timing

MOVIE_VERSION = 2
"""Raise it when the same frames give another movie: movies of former versions are then made anew."""

_THREADS = 4
"""Always as many, as some encoders give other bytes with more."""
_KEY_EVERY = 24
_FINE, _FINEST = 90_000, 1_000_000
_SRGB_CURVE = 13


_VIDEO = ColorTags(BT709, 1, 1, full_range=False)
_RGB = ColorTags(RGB, _SRGB_CURVE, 1, full_range=True)
# JPEG is BT.601 and of full range by its standard, and AVI has no place to say otherwise.
_JPEG = ColorTags(BT601, 2, 2, full_range=True, centered_chroma=True)


@dataclass(frozen=True)
class _Kind:
    """How frames are stored."""

    codec: str
    format: str
    tags: ColorTags
    options: dict[str, str]


_H264 = _Kind("libx264", "yuv420p", _VIDEO, {"preset": "medium", "crf": "14", "profile": "high"})
# Of FFmpeg's two ProRes encoders, this one is ten times as fast, and closer; the other has alpha of 16
# bits.
_PRORES = _Kind("prores_aw", "yuv422p10le", _VIDEO, {"profile": "3", "vendor": "apl0"})
_PRORES_ALPHA = _Kind("prores_ks", "yuva444p10le", _VIDEO, {"profile": "4444", "vendor": "apl0"})
_PNG = _Kind("png", "rgba", _RGB, {"pred": "mixed"})
_FFV1 = _Kind("ffv1", "bgr0", _RGB, {"level": "3", "slices": "4", "slicecrc": "1"})
_MJPEG = _Kind("mjpeg", "yuvj422p", _JPEG, {"qmin": "1", "qmax": "2", "q": "2"})

SUFFIXES = (".mp4", ".mov", ".mkv", ".avi")
"""Kinds of movies that can be written."""


def _kind(suffix: str, picture: Picture) -> _Kind:
    """Choose how frames like this one are stored."""
    deep, alpha = picture.depth != "8", picture.alpha is not None
    if suffix == ".mp4":
        return _H264
    if suffix == ".avi":
        return _MJPEG
    if suffix == ".mkv":
        names = ("gbrp16le", "gbrap16le") if deep else ("bgr0", "bgra")
        return replace(_FFV1, format=names[alpha])
    if not alpha:
        return _PRORES
    # Blender 4.5 takes alpha of more than 8 bits for premultiplied, that of its own movies, too; so
    # frames of 8 bits are kept in 8.
    return _PRORES_ALPHA if deep else _PNG


@dataclass(frozen=True)
class WrittenMovie:
    """A movie that was written and looked through.

    Attributes
    ----------
    frames : int
        How many it has.
    failures : tuple of Failure
        Frames that could not be read.
    notes : tuple of str
        Sentences on what it lacks: sound, transparency.
    """

    frames: int
    failures: tuple[Failure, ...] = ()
    notes: tuple[str, ...] = ()


def write_movie(
    paths: Sequence[Path],
    movie: Path,
    timing: Timing,
    *,
    overwrite: bool = False,
    keep: Callable[[Part, WrittenMovie], None] | None = None,
    control: Control = SILENT,
) -> WrittenMovie:
    """Write frames as a movie: whole, or not at all. It is opened again and counted before it is kept.

    Parameters
    ----------
    paths : sequence of Path
        Files of the frames, in order.
    movie : Path
        Where it goes; its suffix decides the codec: ``.mp4`` H.264, ``.mov`` ProRes, ``.mkv`` FFV1
        (lossless), ``.avi`` Motion JPEG; with alpha ``.mov`` PNG (8 bit) or ProRes 4444.
    timing : Timing
        When each frame is shown, and the sound.
    overwrite : bool
        Replace a file that exists.
    keep : callable, optional
        Gives the written file its name, in place of :meth:`~.atomic.Part.rename`.
    control : Control
        Gets the progress.

    Returns
    -------
    WrittenMovie
        What is in it.

    Raises
    ------
    OutputTaken
        It exists.
    OutputUnwritable
        Its suffix is unknown, or it cannot be written.
    NoImages
        No frame can be read.
    UnsupportedImage
        PyAV is missing.
    """
    suffix = movie.suffix.lower()
    if suffix not in SUFFIXES:
        raise OutputUnwritable(
            f'Impasto cannot write "{movie.suffix}" movies; choose one of {", ".join(SUFFIXES)}.'
        )
    if movie.exists() and not overwrite:
        raise OutputTaken(f'"{movie}" exists; choose another name for the movie.')
    av = library()
    failures: list[Failure] = []
    with new_part(movie, overwrite=overwrite, keep_suffix=True) as part:
        try:
            with ExitStack() as stack:
                writer = _Writer(part.path, movie, timing, stack)
                for index, path in enumerate(paths):
                    try:
                        writer.add(index, read_shown(path))
                    except OutputUnwritable:
                        raise
                    except ImpastoError as error:
                        failures.append(Failure(path.name, str(error)))
                    control.advance((index + 1) / len(paths))
                if not writer.count:
                    raise NoImages("None of the frames can be read.")
                writer.finish()
        except av.FFmpegError as error:
            raise _as_system_error(error) from error
        part.sync()
        _check(part.path, movie, writer)
        written = WrittenMovie(writer.count, tuple(failures), tuple(dict.fromkeys(writer.notes)))
        if keep is None:
            part.rename(overwrite=overwrite)
        else:
            keep(part, written)
    return written


def _as_system_error(error: Any) -> OSError:
    """Return an error of FFmpeg as one of the system, of which :func:`new_part` knows the reasons."""
    return OSError(error.errno, error.strerror)


class _Writer:
    """A movie that is being written."""

    def __init__(self, part: Path, movie: Path, timing: Timing, stack: ExitStack) -> None:
        self._part, self._movie, self._timing, self._stack = part, movie, timing, stack
        self._suffix = movie.suffix.lower()
        self._kind: _Kind = _H264
        self.notes = list(timing.notes)
        self.count = self.sounds = 0
        self._even = timing.even
        self._with_sound = timing.sound is not None
        if self._suffix == ".avi" and not timing.even:
            self._even, self._with_sound = True, False
            self.notes.append(
                "AVI movies show all frames equally long, so this one has no sound;"
                " choose .mp4 or .mov."
            )
        self._base = 1 / timing.rate if self._even else _time_base(timing.times)
        self._lengths: dict[int, int] = {}

    def add(self, index: int, picture: Picture) -> None:
        """Write a frame."""
        if not self.count:
            self._begin(picture)
        if picture.size != self._size:
            raise ImageUnreadable(
                "The frame has another size than the first one, and is left out of the movie."
            )
        color, alpha = display_colors(picture), None
        if picture.alpha is not None:
            alpha = picture.alpha.astype(np.float32)
            alpha *= np.float32(1 / full_alpha(picture.alpha.dtype))
            if not self._has_alpha:
                # As in Blender's own movies without alpha: before black.
                color, alpha = color * alpha[..., None], None
                self.notes.append(
                    f"{self._suffix} movies have no transparency: what is transparent shows black;"
                    " frames assemble --movie name.mov keeps it."
                )
        frame = library().VideoFrame(*self._coded_size, self._kind.format)
        more = [
            (0, full - had) for full, had in zip(self._coded_size[::-1], color.shape, strict=False)
        ]
        if any(after for _, after in more):  # the last row or column once more
            color = np.pad(color, (*more, (0, 0)), "edge")
        fill_frame(frame, np.clip(color, 0, 1), alpha, self._kind.tags)
        self._tag(frame)
        # Where there is no sound to fit, frames close up to one that cannot be read.
        place = self.count if self._even and not self._with_sound else index
        frame.time_base, frame.pts = self._base, self._moment(place)
        self._lengths[frame.pts] = self._moment(place + 1) - frame.pts
        self.count += 1
        self._mux(self._stream.encode(frame))
        if self._sound is not None:
            self._sound.advance(frame.pts * self._base)

    def finish(self) -> None:
        """Write what is held back, and close the file."""
        self._mux(self._stream.encode(None))
        if self._sound is not None:
            self._sound.advance()
            self.notes += self._sound.notes
        self._container.close()

    def _moment(self, place: int) -> int:
        """Return when a frame appears, in units of the time base."""
        if self._even:
            return place
        return round((self._timing.times[place] - self._timing.times[0]) / self._base)

    def _begin(self, picture: Picture) -> None:
        av = library()
        self._size = picture.size
        kind = self._kind = _kind(self._suffix, picture)
        form = av.VideoFormat(kind.format, *picture.size)
        # Where colors are stored at half the size, players want even ones, and so does ProRes.
        halved = not form.is_rgb and form.components[1].is_chroma and "444" not in kind.format
        step = 2 if halved else 1
        self._coded_size = tuple(-(-side // step) * step for side in picture.size)
        self._has_alpha = form.components[-1].is_alpha
        # Without "bitexact", files hold random numbers and the version of the library.
        options = {"fflags": "+bitexact"}
        if self._suffix in (".mp4", ".mov"):
            options["movflags"] = "+faststart+write_colr"
        self._container = av.open(f"file:{self._part}", "w", options=options)
        self._stack.callback(_close, self._container)
        if kind.codec not in av.codecs_available:
            raise OutputUnwritable(
                f"The av package (PyAV) of this Python cannot write {kind.codec};"
                " choose another kind of movie, or install av from PyPI."
            )
        self._stream = self._container.add_stream(
            kind.codec, rate=self._timing.rate, options=kind.options
        )
        context = self._stream.codec_context
        context.width, context.height = self._coded_size
        context.pix_fmt, context.time_base = self._kind.format, self._base
        context.sample_aspect_ratio = self._timing.pixel_aspect
        if self._suffix == ".mkv" and self._timing.pixel_aspect != 1:  # PyAV cannot set it there
            self.notes.append(
                ".mkv movies are written with square pixels, and those of the source are not;"
                " choose .mp4 or .mov."
            )
        context.thread_count, context.gop_size = _THREADS, _KEY_EVERY
        context.flags |= av.codec.context.Flags.bitexact
        self._tag(context)
        self._sound = None
        if self._with_sound and self._timing.sound is not None:
            start, end = self._timing.times[0], self._timing.times[-1]
            self._sound = Sound(
                self._timing.sound,
                start,
                end,
                self._container,
                self._suffix,
                from_beginning=self._timing.from_beginning,
            )
            self._stack.callback(self._sound.close)
            self.sounds = self._sound.streams

    def _tag(self, target: Any) -> None:
        """Say in a frame or a codec what its colors mean."""
        tags = self._kind.tags
        target.colorspace, target.color_range = tags.matrix, 2 if tags.full_range else 1
        with suppress(AttributeError):  # frames, before version 17 of PyAV
            target.color_primaries, target.color_trc = tags.primaries, tags.curve

    def _mux(self, packets: Any) -> None:
        for packet in packets:
            packet.duration = self._lengths.pop(packet.pts, 1)
            self._container.mux(packet)


def _time_base(times: Sequence[Fraction]) -> Fraction:
    """Return a unit of time in which all of these are whole, or one fine enough."""
    common = math.lcm(*(time.denominator for time in times))
    return Fraction(1, common if common <= _FINEST else _FINE)


def _close(container: Any) -> None:
    """Close a file that is given up."""
    with suppress(library().FFmpegError, OSError):
        container.close()


def _check(part: Path, movie: Path, writer: _Writer) -> None:
    """Look through a movie that was written, and read its last frame."""
    try:
        reader = MovieReader.open(part)
        whole = reader.count == writer.count and reader.index.count == writer.count
        reader.read(writer.count - 1)
        with open_file(part) as container:
            whole = whole and len(container.streams.audio) == writer.sounds
    except ImpastoError:
        whole = False
    if not whole:
        raise OutputUnwritable(
            f'"{movie.name}" was not written whole, perhaps as the disk is full;'
            " free some space and try again."
        )
