"""When the frames of a movie are shown, and which sound goes with them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

from ..errors import ImpastoError
from .movie_index import exact_rate
from .movie_reader import MovieReader
from .movie_sound import has_sound

FPS = Fraction(24)
"""Frames per second where neither the request nor the frames say."""

_SAME_RATE = 0.01


@dataclass(frozen=True)
class Timing:
    """When frames are shown.

    Attributes
    ----------
    times : tuple of Fraction
        When each frame appears, in seconds on the clock of the sound, and when the last one ends.
    rate : Fraction
        Frames per second; on average, where frames are not shown equally long.
    even : bool
        All frames are shown equally long.
    sound : Path or None
        A movie or a sound file.
    from_beginning : bool
        The first frame is the first of the movie that has the sound.
    pixel_aspect : Fraction
        How many times as wide as high a pixel is.
    notes : tuple of str
        Sentences on what is left out.
    """

    times: tuple[Fraction, ...]
    rate: Fraction
    even: bool = True
    sound: Path | None = None
    from_beginning: bool = True
    pixel_aspect: Fraction = Fraction(1)
    notes: tuple[str, ...] = ()


def even_timing(count: int, fps: float | Fraction, *, sound: Path | None = None) -> Timing:
    """Show frames equally long.

    Parameters
    ----------
    count : int
        How many.
    fps : float or Fraction
        Frames per second; 23.976 stands for 24000/1001, and so on.
    sound : Path, optional
        Begins with the first frame.

    Returns
    -------
    Timing
        From 0.
    """
    rate = exact_rate(fps)
    return Timing(tuple(i / rate for i in range(count + 1)), rate, sound=sound)


def timing_of_movie(
    movie: MovieReader, path: Path, numbers: Sequence[int], fps: float = 0.0
) -> Timing:
    """Show frames that were made of a movie's as it shows those, with its sound.

    Parameters
    ----------
    movie : MovieReader
        The source.
    path : Path
        Its file.
    numbers : sequence of int
        Which of its frames there are, from 1, ascending. Where some are left out, the ones before them
        are shown longer, so that the sound fits.
    fps : float
        Frames per second, if they are not to be those of the source; there is no sound then.

    Returns
    -------
    Timing
        On the clock of the movie.
    """
    aspect = movie.pixel_aspect
    if fps and abs(fps - float(movie.fps)) > _SAME_RATE:
        given = even_timing(len(numbers), fps)
        note = (
            f'The movie has no sound, as it is to run at {fps:g} frames per second and "{path.name}"'
            f" runs at {float(movie.fps):g}."
        )
        return Timing(given.times, given.rate, pixel_aspect=aspect, notes=(note,))
    places = [number - 1 for number in numbers if 0 < number <= movie.index.count]
    if len(places) < len(numbers):
        given = even_timing(len(numbers), movie.fps)
        note = f'The movie has no sound, as there are more frames than "{path.name}" has.'
        return Timing(given.times, given.rate, pixel_aspect=aspect, notes=(note,))
    steps = {b - a for a, b in pairwise(places)} or {1}
    if movie.index.varies or len(steps) > 1:
        times = [movie.index.start(place) for place in places]
        times.append(movie.index.start(places[-1] + 1))
        return Timing(tuple(times), movie.fps, False, path, places[0] == 0, aspect)
    rate = movie.fps / steps.pop()
    start = movie.index.start(places[0])
    even = tuple(start + i / rate for i in range(len(places) + 1))
    return Timing(even, rate, True, path, places[0] == 0, aspect)


def timing_of_results(
    source: Path, numbers: Sequence[int], fps: float, own_rate: Fraction
) -> Timing:
    """Choose the timing for finished frames, by what they were made of.

    Parameters
    ----------
    source : Path
        A movie whose frames they were made of, or a sound file that begins with the first of them.
    numbers : sequence of int
        Of the frames.
    fps : float
        Frames per second that were asked for; 0: as the source says.
    own_rate : Fraction
        What the frames say themselves; 0: nothing.

    Returns
    -------
    Timing
        Without sound, and with a note, if the source cannot be read.
    """
    try:
        movie = MovieReader.open(source)
    except ImpastoError as error:
        if has_sound(source):
            return even_timing(len(numbers), fps or own_rate or FPS, sound=source)
        given = even_timing(len(numbers), fps or own_rate or FPS)
        return Timing(given.times, given.rate, notes=(f"The movie has no sound: {error}",))
    return timing_of_movie(movie, source, numbers, fps)
