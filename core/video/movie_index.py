"""Where the frames of a movie are, found by looking at every packet rather than trusting its header."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice, pairwise
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import ImageUnreadable
from .movie_file import Container, Stream, is_cut_off, library, open_file, video_stream

_NEVER = np.iinfo(np.int64).min
"""In place of a time that is not there."""
_LOOKED_AT = 8
"""Frames that are decoded to see whether packets tell the truth."""
_MOST_DAMAGED = 0.75
"""If fewer of these come out, packets are no frames; if more, some are damaged."""
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
    Where packets do not tell when frames are shown, all are decoded. A frame takes 8 bytes.

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
        packets = _look_through(container, stream)
        time_base = stream.time_base or Fraction(1, 90000)
        rates = [stream.guessed_rate, stream.base_rate, stream.average_rate]
    times, timed = _shown_times(packets, _decoded_times(path, _LOOKED_AT)), True
    if times is None:
        times, timed = _whole_times(_decoded_times(path), time_base * (rates[0] or 24))
    if not len(times):
        raise ImageUnreadable(
            f'No frame of the movie "{path.name}" can be decoded; export it as an image sequence.'
        )
    cut_off = packets.broken or is_cut_off(path)
    if cut_off:
        times = _without_stragglers(times)
    usable = packets.key & ~packets.hidden & np.isin(packets.times, times)
    order = np.argsort(packets.times[usable], kind="stable")
    keys, decodes = packets.times[usable][order], packets.decodes[usable][order]
    rate, varies = _rate(times, time_base, [rate for rate in rates if rate])
    return MovieIndex(
        times,
        keys,
        np.where(decodes == _NEVER, keys, decodes),
        time_base,
        rate,
        varies,
        counted=not timed or not len(keys),
        cut_off=cut_off,
    )


@dataclass(frozen=True)
class _Packets:
    """What the packets of a movie say, in the order of decoding."""

    times: np.ndarray
    decodes: np.ndarray
    key: np.ndarray
    hidden: np.ndarray
    """An edit list leaves it out, or the codec only refers to it."""
    broken: bool
    """The last one is cut off, or reading failed after it."""


def _look_through(container: Container, stream: Stream) -> _Packets:
    av = library()
    times, decodes, key, hidden = array("q"), array("q"), bytearray(), bytearray()
    broken, is_vp8 = False, stream.codec_context.name in ("vp8", "libvpx")
    try:
        for packet in container.demux(stream):
            if not packet.size:  # the end; or, in AVI, "the frame before, once more"
                continue
            times.append(_NEVER if packet.pts is None else packet.pts)
            decodes.append(_NEVER if packet.dts is None else packet.dts)
            key.append(packet.is_keyframe)
            # RFC 6386, 9.1: a frame of VP8 may be there for others only.
            unseen = is_vp8 and not memoryview(packet)[0] & 0x10
            hidden.append(packet.is_discard or unseen)
            broken = packet.is_corrupt
    except (av.FFmpegError, OSError):
        broken = True
    return _Packets(
        np.array(times, np.int64),
        np.array(decodes, np.int64),
        np.array(key, bool),
        np.array(hidden, bool),
        broken,
    )


def _shown_times(packets: _Packets, first: list[int | None]) -> np.ndarray | None:
    """Return when the frames are shown, as the packets say; None if they do not tell.

    ``first`` are the times of the first frames that came out of the decoder.
    """
    times = packets.times[~packets.hidden]
    if not first or None in first or (times == _NEVER).any():
        return None
    # Two frames at one time, or a clock that was set back: pieces of several recordings.
    clock = packets.decodes[packets.decodes != _NEVER]
    if len(np.unique(times)) < len(times) or (np.diff(clock) < 0).any():
        return None
    # Frames before the first one that can be decoded lack what they refer to: the file begins in the
    # middle of a stream.
    times = np.sort(times[times >= first[0]])
    # Interlaced H.264 may have a packet for each field.
    looked_at = times[times <= first[-1]]
    if np.isin(looked_at, np.array(first)).sum() < _MOST_DAMAGED * len(looked_at):
        return None
    return times


def _decoded_times(path: Path, most: int | None = None) -> list[int | None]:
    """Decode a movie, or the first frames of it, and return their times."""
    with open_file(path) as container:
        stream = video_stream(container, path.name)
        frames = decoded(container.demux(stream), stream.codec_context)
        return [frame.pts for frame in islice(frames, most)]


def _whole_times(times: list[int | None], per_frame: Fraction) -> tuple[np.ndarray, bool]:
    """Return the times of all decoded frames, and True; or, where they have none, their numbers."""
    known = [time for time in times if time is not None]
    if len(known) == len(times) and all(a < b for a, b in pairwise(known)):
        return np.array(known, np.int64), True
    return np.array([round(place / per_frame) for place in range(len(times))], np.int64), False


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
    # Rates that are common before those that a header averages over few frames.
    for rate in sorted(map(exact_rate, (*candidates, mean)), key=_is_uncommon):
        # Two ticks, as rounded times in a file may begin at any fraction of one.
        near = min(2.001 * float(base), 0.25 / float(rate))
        if np.abs(since - steps / float(rate)).max() <= near:
            return rate, False
    return min(max(mean, _LEAST_RATE), _MOST_RATE), True


def _is_uncommon(rate: Fraction) -> bool:
    return rate.denominator not in (1, 1001)


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
