"""Where the frames of a movie are, found by looking at every packet rather than trusting its header."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import ImageUnreadable
from .movie_file import Container, Stream, is_cut_off, library, open_file, video_stream

_REORDERED = 16
"""Most frames that a codec stores in another order than that of their times."""
_LEAST_RATE, _MOST_RATE = Fraction(1, 100), Fraction(1000)


@dataclass(frozen=True)
class MovieIndex:
    """The frames of a movie, by their presentation times.

    Attributes
    ----------
    times : (N,) int64
        Presentation time of each frame, ascending, in units of ``time_base``.
    keys : (K,) int64
        Those of the frames with which decoding can begin, ascending.
    key_decodes : (K,) int64
        When each of these is decoded, which is what some files are sought by.
    time_base : Fraction
        Seconds.
    rate : Fraction
        Frames per second; on average, where the rate varies.
    varies : bool
        Frames are not shown equally long.
    counted : bool
        The file has no usable times: frames can only be counted from the start.
    cut_off : bool
        The file ends earlier than it says, or in the middle of a frame.
    """

    times: np.ndarray
    keys: np.ndarray
    key_decodes: np.ndarray
    time_base: Fraction
    rate: Fraction
    varies: bool
    counted: bool
    cut_off: bool

    @property
    def count(self) -> int:
        """How many frames there are."""
        return len(self.times)

    def start(self, index: int) -> Fraction:
        """Return when a frame appears; for the number after the last one, when the last one ends.

        Parameters
        ----------
        index : int
            From 0 to ``count``.

        Returns
        -------
        Fraction
            Seconds on the clock of the file, which its sound has, too.
        """
        if index < self.count:
            return int(self.times[index]) * self.time_base
        return int(self.times[-1]) * self.time_base + 1 / self.rate


def index_movie(path: Path) -> MovieIndex:
    """Look through a movie.

    All packets are read, none is decoded but the first ones, so this takes as long as reading the file.
    A frame takes 8 bytes.

    Parameters
    ----------
    path : Path
        The movie.

    Returns
    -------
    MovieIndex
        With at least one frame.

    Raises
    ------
    ImageMissing
        It is not there.
    ImageUnreadable
        It cannot be opened, or has no frame that can be decoded.
    UnsupportedImage
        PyAV is missing.
    """
    with open_file(path) as container:
        stream = video_stream(container, path.name)
        packets, broken = _packets(container, stream)
        time_base = stream.time_base or Fraction(1, 90000)
        rates = [stream.guessed_rate, stream.base_rate, stream.average_rate]
    times, decodes, key, discarded = packets
    first = _first_time(path)
    shown = ~discarded & (times != _NEVER)
    counted = first is None or bool((times[~discarded] == _NEVER).any())
    if not counted:
        # Frames before the first one that can be decoded lack what they refer to: the file begins in
        # the middle of a stream.
        shown &= times >= first
        # Two frames at one time, or a clock that was set back: pieces of several recordings.
        clock = decodes[decodes != _NEVER]
        counted = len(np.unique(times[shown])) < shown.sum() or bool((np.diff(clock) < 0).any())
    is_key = shown & key
    if counted or not is_key.any():
        counted = True
        ascending = _count_frames(path)
        keys = key_decodes = ascending[:1]
    else:
        ascending = np.sort(times[shown])
        order = np.argsort(times[is_key], kind="stable")
        keys, key_decodes = times[is_key][order], decodes[is_key][order]
        key_decodes = np.where(key_decodes == _NEVER, keys, key_decodes)
    if not len(ascending):
        raise ImageUnreadable(
            f'No frame of the movie "{path.name}" can be decoded; export it as an image sequence.'
        )
    cut_off = broken or is_cut_off(path)
    if cut_off:
        ascending = _without_stragglers(ascending)
    rate, varies = _rate(ascending, time_base, [r for r in rates if r])
    return MovieIndex(ascending, keys, key_decodes, time_base, rate, varies, counted, bool(cut_off))


_NEVER = np.iinfo(np.int64).min


def _packets(container: Container, stream: Stream) -> tuple[tuple[np.ndarray, ...], bool]:
    """Return times, decoding times, whether key and whether not shown; and whether reading failed."""
    av = library()
    times, decodes, key, hidden, broken = [], [], [], [], False
    try:
        for packet in container.demux(stream):
            if not packet.size:  # the end; or, in AVI, "the frame before, once more"
                continue
            times.append(_NEVER if packet.pts is None else packet.pts)
            decodes.append(_NEVER if packet.dts is None else packet.dts)
            key.append(packet.is_keyframe)
            hidden.append(packet.is_discard)
            broken = packet.is_corrupt
    except (av.FFmpegError, OSError):
        broken = True
    whole = (np.array(times, np.int64), np.array(decodes, np.int64))
    return (*whole, np.array(key, bool), np.array(hidden, bool)), broken


def _first_time(path: Path) -> int | None:
    """Return the time of the first frame that comes out of the decoder; None if it has none."""
    with open_file(path) as container:
        stream = video_stream(container, path.name)
        for frame in decoded(container.demux(stream), stream.codec_context):
            return frame.pts
    return None


def _count_frames(path: Path) -> np.ndarray:
    """Decode the whole movie and return the frames' times, or their numbers where they have none."""
    with open_file(path) as container:
        stream = video_stream(container, path.name)
        times = [frame.pts for frame in decoded(container.demux(stream), stream.codec_context)]
        tick = 1 / ((stream.guessed_rate or Fraction(24)) * (stream.time_base or Fraction(1)))
    if None not in times and all(a < b for a, b in pairwise(times)):
        return np.array(times, np.int64)
    return np.array([round(i * tick) for i in range(len(times))], np.int64)


def decoded(packets: Iterable[Any], decoder: Any) -> Iterator[Any]:
    """Decode frames; what is damaged is left out.

    Parameters
    ----------
    packets : iterable of av.Packet
        Of one stream.
    decoder : av.codec.CodecContext
        Decodes them.

    Yields
    ------
    av.VideoFrame
        In the order in which they are shown.
    """
    av = library()
    try:
        for packet in packets:
            if not packet.size:
                continue
            try:
                yield from decoder.decode(packet)
            except av.EOFError:
                return
            except av.FFmpegError:
                continue
    except (av.FFmpegError, OSError):
        pass  # the file ends here; what the decoder still holds comes out
    with suppress(av.FFmpegError):
        yield from decoder.decode(None)


def _without_stragglers(times: np.ndarray) -> np.ndarray:
    """Drop frames after a hole just before the end: those between them were stored after them."""
    steps = np.diff(times)
    for place in range(max(0, len(steps) - _REORDERED), len(steps)):
        if steps[place] > 1.5 * np.median(steps):
            return times[: place + 1]
    return times


def _rate(times: np.ndarray, base: Fraction, candidates: list[Fraction]) -> tuple[Fraction, bool]:
    """Return the frames per second, and whether frames are shown unequally long."""
    steps = np.arange(len(times))
    since = (times - times[0]) * float(base)
    if len(times) < 2:
        return (candidates or [Fraction(24)])[0], False
    mean = Fraction(len(times) - 1, int(times[-1] - times[0])) / base
    for rate in map(exact_rate, (*candidates, mean)):
        # Two ticks, as rounded times in a file may begin at any fraction of one.
        near = min(2.001 * float(base), 0.25 / float(rate))
        if np.abs(since - steps / float(rate)).max() <= near:
            return rate, False
    return min(max(mean, _LEAST_RATE), _MOST_RATE), True


def exact_rate(fps: float | Fraction) -> Fraction:
    """Return a frame rate as the fraction that it stands for: 23.976 is 24000/1001.

    Parameters
    ----------
    fps : float or Fraction
        Frames per second, perhaps rounded.

    Returns
    -------
    Fraction
        A whole number, such a one times 1000/1001, or the nearest fraction with a small denominator.

    Examples
    --------
    >>> exact_rate(29.97), exact_rate(25.0), exact_rate(12.5)
    (Fraction(30000, 1001), Fraction(25, 1), Fraction(25, 2))
    """
    whole = max(1, round(fps))
    for rate in (Fraction(whole), Fraction(whole * 1000, 1001)):
        if abs(float(rate) - float(fps)) < 0.0051:
            return rate
    return Fraction(fps).limit_denominator(1001)
