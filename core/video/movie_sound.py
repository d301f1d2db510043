"""Take the sound of a movie along into another: copied where that is possible, else compressed anew."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

from ..errors import ImpastoError
from .movie_file import library, open_file, skip_others

_COPIED = {
    ".mp4": {"aac", "mp3", "ac3", "eac3", "alac", "opus", "flac"},
    ".mov": {"aac", "mp3", "ac3", "eac3", "alac"},
    ".mkv": {
        *("aac", "mp3", "mp2", "ac3", "eac3", "dts", "truehd", "alac", "flac", "opus", "vorbis"),
        *("wavpack", "tta"),
    },
    ".avi": {"mp3", "mp2", "ac3"},
}
"""Codecs that are copied as they are, by the suffix of the movie: what its players know."""

_ANEW = {".mp4": "aac", ".mov": "pcm_s16le", ".mkv": "flac", ".avi": "pcm_s16le"}
_LOSSLESS = ("flac", "alac", "wavpack", "tta")
_BIT_RATE = 320_000
_DEEP = ("s32", "s32p", "flt", "fltp", "dbl", "dblp", "s64", "s64p")
_LAYOUTS = {1: "mono", 2: "stereo"}
_DISK = (
    errno.ENOSPC,
    errno.EFBIG,
    errno.EIO,
    errno.EDQUOT if hasattr(errno, "EDQUOT") else errno.EIO,
)
_AAC_RATES = (96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000)


def has_sound(path: Path) -> bool:
    """Return whether a file has sound that can be taken along.

    Parameters
    ----------
    path : Path
        A movie or a sound file.

    Returns
    -------
    bool
        False, too, if it cannot be opened.
    """
    try:
        with open_file(path) as container:
            return bool(container.streams.audio)
    except ImpastoError:
        return False


class Sound:
    """The sound of a file, on its way into a movie that is being written.

    Parameters
    ----------
    source : Path
        A movie or a sound file.
    start, end : Fraction
        The part to take, in seconds on the clock of the source.
    movie : av.container.OutputContainer
        Gets the sound; nothing has been written to it yet.
    suffix : str
        Of the movie.
    from_beginning : bool
        Nothing is left out before ``start`` but an encoder's delay, which is copied, too.
    """

    def __init__(
        self,
        source: Path,
        start: Fraction,
        end: Fraction,
        movie: Any,
        suffix: str,
        *,
        from_beginning: bool,
    ) -> None:
        self.notes: list[str] = []
        self._from_beginning = from_beginning
        self._name, self._until = source.name, Fraction(-1)
        self._tracks: dict[int, _Copied | _Encoded] = {}
        self._source: Any = None
        try:
            self._source = open_file(source)
        except ImpastoError as error:
            self.notes.append(f"The movie has no sound: {error}")
            return
        skip_others(self._source, *self._source.streams.audio)
        for stream in self._source.streams.audio:
            self._add(stream, start, end, movie, suffix)
        taken = [stream for stream in self._source.streams.audio if stream.index in self._tracks]
        self._packets: Iterator[Any] = self._source.demux(*taken) if taken else iter(())

    @property
    def streams(self) -> int:
        """How many sound tracks the movie gets."""
        return len(self._tracks)

    def advance(self, until: Fraction | None = None) -> None:
        """Write the sound up to a moment.

        Parameters
        ----------
        until : Fraction, optional
            In seconds from the movie's start; None: to the end.
        """
        while self._tracks and (until is None or self._until < until):
            packet = self._next()
            if packet is not None and packet.size and packet.pts is not None:
                track = self._tracks[packet.stream.index]
                try:
                    self._until = max(self._until, track.put(packet))
                except _SourceDamaged:
                    self._say_damaged()
            if packet is None or all(track.done for track in self._tracks.values()):
                for track in self._tracks.values():
                    track.finish()
                self._tracks = {}

    def close(self) -> None:
        """Close the source."""
        if self._source is not None:
            self._source.close()

    def _add(self, stream: Any, start: Fraction, end: Fraction, movie: Any, suffix: str) -> None:
        if stream.codec_context is None:
            self.notes.append(f'A sound track of "{self._name}" cannot be read and is left out.')
            return
        codec = stream.codec_context.codec.name
        copied = stream.codec_context.codec.canonical_name in _COPIED[suffix]
        if not self._from_beginning:
            # Cut to the sample, as long as that costs nothing; and AVI cannot say when sound begins.
            copied = copied and codec not in _LOSSLESS and suffix != ".avi"
        if copied:
            try:
                self._tracks[stream.index] = _Copied(
                    stream, start, end, movie, self._from_beginning
                )
                return
            except ValueError:  # the container does not take it after all
                pass
        kept = codec in _LOSSLESS or (codec.startswith("pcm_") and suffix != ".mp4")
        names = [codec] if kept and (codec in _COPIED[suffix] or codec not in _LOSSLESS) else []
        for name in (*names, _anew(stream, suffix)):
            try:
                self._tracks[stream.index] = _Encoded(stream, start, end, movie, name)
                return
            except (ValueError, library().FFmpegError):
                continue
        self.notes.append(
            f'The sound of "{self._name}" ({codec}) cannot be put into a {suffix} file; choose .mkv.'
        )

    def _next(self) -> Any | None:
        """Return the next packet of the source; None at its end."""
        try:
            return next(self._packets, None)
        except (library().FFmpegError, OSError):
            self._say_damaged()
            return None

    def _say_damaged(self) -> None:
        said = f'The sound of "{self._name}" is damaged; a part of it is missing.'
        if said not in self.notes:
            self.notes.append(said)


class _SourceDamaged(Exception):
    """A packet cannot be decoded."""


class _Copied:
    """A track whose packets are copied."""

    def __init__(
        self, stream: Any, start: Fraction, end: Fraction, movie: Any, from_beginning: bool
    ) -> None:
        self._start, self._end, self._movie = start, end, movie
        self._from_beginning = from_beginning
        self._out = movie.add_stream_from_template(stream)
        _carry_over(stream, self._out)
        self.done = False

    def put(self, packet: Any) -> Fraction:
        """Copy a packet, and return when in the movie it is heard."""
        base = packet.time_base
        begin, end = packet.pts * base, (packet.pts + (packet.duration or 0)) * base
        moment = begin - self._start
        if begin >= self._end:
            self.done = True
            return moment
        # What lies before the first sample that is heard (the encoder's delay) stays where it is. A
        # packet that begins before the movie is hidden in part by MP4 and MOV; Matroska begins with it.
        if end <= self._start and not self._from_beginning:
            return moment
        shift = round(self._start / base)
        packet.pts -= shift
        if packet.dts is not None:
            packet.dts -= shift
        packet.stream = self._out
        self._movie.mux(packet)
        return moment

    def finish(self) -> None:
        """Nothing is held back."""


class _Encoded:
    """A track that is decoded, cut to the sample, and encoded."""

    def __init__(self, stream: Any, start: Fraction, end: Fraction, movie: Any, codec: str) -> None:
        self._start, self._end, self._movie = start, end, movie
        source = stream.codec_context
        rate = source.sample_rate
        if codec == "aac":
            rate = next((r for r in _AAC_RATES if r <= rate), _AAC_RATES[-1])
        self._out = movie.add_stream(codec, rate=rate)
        target = self._out.codec_context
        # Some files only count their channels; encoders want to know which is which.
        target.layout = _LAYOUTS.get(source.layout.nb_channels, source.layout.name)
        if codec == "aac":
            target.bit_rate = _BIT_RATE
        _carry_over(stream, self._out)
        self._graph: Any = None
        self.done = False

    def put(self, packet: Any) -> Fraction:
        """Decode and encode a packet, and return when in the movie it is heard."""
        begin = packet.pts * packet.time_base
        if begin >= self._end:
            self.done = True
            return begin - self._start
        try:
            for frame in packet.decode():
                self._graph = self._graph or self._filters(frame)
                self._graph.push(frame)
                self._encode()
        except library().FFmpegError as error:
            if error.errno in _DISK:
                raise
            raise _SourceDamaged from error
        return begin - self._start

    def finish(self) -> None:
        """Write what the encoder holds back."""
        if self._graph is not None:
            self._graph.push(None)
            self._encode()
            self._movie.mux(self._out.encode(None))

    def _filters(self, frame: Any) -> Any:
        """Return filters that cut frames like this one and bring them to what the encoder takes."""
        target = self._out.codec_context
        start, end = (f"{float(moment):.6f}" for moment in (self._start, self._end))
        kind = f"sample_fmts={target.format.name}:channel_layouts={target.layout.name}"
        graph = library().filter.Graph()
        chain = [
            graph.add_abuffer(
                sample_rate=frame.sample_rate,
                format=frame.format.name,
                layout=frame.layout.name,
                time_base=frame.time_base,
            ),
            graph.add("atrim", f"start={start}:end={end}"),
            graph.add("asetpts", f"PTS-{start}/TB"),
            graph.add("aresample", f"{target.sample_rate}:async=1:first_pts=0"),
            graph.add("aformat", f"{kind}:sample_rates={target.sample_rate}"),
            graph.add("abuffersink"),
        ]
        graph.link_nodes(*chain).configure()
        return graph

    def _encode(self) -> None:
        av = library()
        while True:
            try:
                frame = self._graph.pull()
            except (av.BlockingIOError, av.EOFError):
                return
            self._movie.mux(self._out.encode(frame))


def _anew(stream: Any, suffix: str) -> str:
    """Return the codec for sound that cannot be copied; samples of over 16 bits keep 24."""
    codec = _ANEW[suffix]
    lossless = stream.codec_context.codec.name in (*_LOSSLESS, "truehd", "ape")
    deep = stream.codec_context.format is not None and stream.codec_context.format.name in _DEEP
    return "pcm_s24le" if codec == "pcm_s16le" and lossless and deep else codec


def _carry_over(stream: Any, out: Any) -> None:
    """Keep the language and the name of a track, and which one is heard unless another is chosen."""
    kept = {key: stream.metadata[key] for key in ("language", "title") if key in stream.metadata}
    out.metadata.update(kept)
    out.disposition = stream.disposition
