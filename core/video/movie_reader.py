"""Read the frames of a movie by their numbers."""

from __future__ import annotations

import threading
from fractions import Fraction
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import ImageUnreadable
from ..image.picture import Picture
from .movie_file import library, open_file, video_stream
from .movie_index import MovieIndex, decoded, index_movie
from .movie_pixels import ColorTags, check_tags, container_tags, tags_of, to_picture

_EARLIER = 3
"""Keyframes before a frame that are tried, as some are none: decoding recovers over several frames."""
_DECODER_THREADS = 2
_MATRIX_PLACES = 9


class MovieReader:
    """A movie that is open.

    Each thread opens it for itself and keeps its place, as the next frame costs a fraction of one that
    must be sought. A frame is the same however it was reached.

    Parameters
    ----------
    path : Path
        The movie.
    index : MovieIndex
        Its frames.
    first : av.VideoFrame
        The first of them, which says how all are stored.
    tags : ColorTags
        What its colors mean.
    aspect : Fraction
        How many times as wide as high a stored pixel is.
    decoder : str
        Name of the decoder to use in place of the usual one; empty: that one.
    """

    def __init__(
        self,
        path: Path,
        index: MovieIndex,
        first: Any,
        tags: ColorTags,
        aspect: Fraction,
        decoder: str = "",
    ) -> None:
        self.index = index
        self._path, self._decoder = path, decoder
        self._turn = _display_turn(first)
        check_tags(tags, path.name)
        self._tags = tags
        width, height = self._coded_size = first.width, first.height
        across, down = aspect.numerator, aspect.denominator
        if self._turn[0]:
            width, height, across, down = height, width, down, across
        self.size, self.pixel_aspect = (width, height), Fraction(across, down)
        self._thread = threading.local()

    @property
    def count(self) -> int:
        """How many frames can be read, and one more where the movie is cut off, which says so."""
        return self.index.count + self.index.cut_off

    @property
    def fps(self) -> Fraction:
        """Frames per second; on average, where frames are shown unequally long."""
        return self.index.rate

    @classmethod
    def open(cls, path: Path) -> MovieReader:
        """Open a movie.

        Parameters
        ----------
        path : Path
            The movie.

        Returns
        -------
        MovieReader
            At its first frame.

        Raises
        ------
        ImageMissing
            It is not there.
        ImageUnreadable
            It cannot be opened, or no frame of it be decoded.
        UnsupportedImage
            Its colors are of a kind that would come out wrong, or PyAV is missing.
        """
        index = index_movie(path)
        with open_file(path) as container:
            stream = video_stream(container, path.name)
            codec = stream.codec_context.name
            # FFmpeg's own VP8 and VP9 decoders leave out what WebM keeps alpha in.
            with_alpha = stream.metadata.get("alpha_mode", stream.metadata.get("ALPHA_MODE")) == "1"
            decoder = {"vp8": "libvpx", "vp9": "libvpx-vp9"}.get(codec, "") if with_alpha else ""
            aspect = stream.sample_aspect_ratio or Fraction(1)
            said = container_tags(stream.codec_context)
            first = next(decoded(container.demux(stream), stream.codec_context))
            tags = tags_of(first, stream.codec_context, said)
            return cls(path, index, first, tags, aspect if aspect > 0 else Fraction(1), decoder)

    def read(self, index: int) -> Picture:
        """Read a frame.

        Parameters
        ----------
        index : int
            From 0.

        Returns
        -------
        Picture
            Upright, as the movie is to be shown; sRGB-encoded, of depth 8 or 16.

        Raises
        ------
        ImageMissing
            The movie is gone.
        ImageUnreadable
            There is no such frame, or it is damaged.
        UnsupportedImage
            Its pixels are of a kind that cannot be converted.
        """
        frame = self._frame(index) if 0 <= index < self.index.count else None
        if frame is None:
            raise ImageUnreadable(self._why_not(index))
        if (frame.width, frame.height) != self._coded_size:
            raise ImageUnreadable(
                f'From frame {index + 1} on, the pictures of the movie "{self._path.name}" have another'
                " size; cut it in two."
            )
        picture = to_picture(frame, self._tags)
        alpha = picture.alpha
        if any(self._turn):
            alpha = None if alpha is None else _turned(alpha, self._turn)
            picture = Picture(_turned(picture.color, self._turn), alpha, picture.depth)
        return picture

    def _why_not(self, index: int) -> str:
        if index < self.index.count:
            return (
                f'Frame {index + 1} of the movie "{self._path.name}" is damaged;'
                " copy or export the movie again."
            )
        if self.index.cut_off:
            return (
                f'The movie "{self._path.name}" is cut off or damaged after frame {self.index.count};'
                " the frames before are sound. Copy or export it again for the others."
            )
        return f'The movie "{self._path.name}" has {self.index.count} frames only.'

    def _frame(self, index: int) -> Any | None:
        """Return a decoded frame, from where this thread is, or from a keyframe before it."""
        place: _Place | None = getattr(self._thread, "place", None)
        if place is not None and self._is_near(place.position, index):
            frame = place.advance(index)
            if frame is not None and not frame.is_corrupt:
                return frame
        # With several threads, damage in one frame costs its neighbors, too; so the second time, one.
        for earlier, threads in enumerate((_DECODER_THREADS, *[1] * _EARLIER), start=-1):
            self._thread.place = None
            if place is not None:
                place.close()
            place = _Place(self._path, self.index, self._decoder, index, max(0, earlier), threads)
            frame = place.advance(index)
            if frame is not None and not frame.is_corrupt:
                self._thread.place = place
                return frame
            if place.is_at_start and threads == 1:
                break
        if place is not None:
            place.close()
        return None

    def _is_near(self, position: int, index: int) -> bool:
        """Return whether decoding on from a frame is no more work than seeking one."""
        if index <= position:
            return False
        if self.index.counted:
            return True
        key = np.searchsorted(self.index.keys, self.index.times[index], "right") - 1
        return key < 0 or self.index.keys[key] <= self.index.times[position + 1]


class _Place:
    """An open movie, and how far it is decoded."""

    def __init__(
        self,
        path: Path,
        index: MovieIndex,
        decoder: str,
        target: int,
        earlier: int,
        threads: int,
    ) -> None:
        """Begin at the keyframe before the frame ``target``, or ``earlier`` ones."""
        self._index, self._threads = index, threads
        self.position = -1
        key = -1
        if not index.counted:
            key = int(np.searchsorted(index.keys, index.times[target], "right")) - 1 - earlier
        self.is_at_start = key <= 0
        self._open(path, decoder)
        if not self.is_at_start and not self._seek(index, key):
            self._container.close()
            self._open(path, decoder)
            self.is_at_start = True

    def close(self) -> None:
        """Close the file."""
        self._container.close()

    def advance(self, index: int) -> Any | None:
        """Decode up to a frame, and return it; None if it does not come out."""
        times = self._index.times
        if self._index.counted:
            for frame in self._frames:
                self.position += 1
                if self.position == index:
                    return frame
            return None
        for frame in self._frames:
            if frame.pts is None or frame.pts < times[index]:
                continue
            self.position = int(np.searchsorted(times, frame.pts, "right")) - 1
            return frame if frame.pts == times[index] else None
        self.position = len(times)
        return None

    def _open(self, path: Path, decoder: str) -> None:
        self._container = open_file(path)
        self._stream = video_stream(self._container, path.name)
        own = library().CodecContext.create(decoder, "r") if decoder else None
        self._context = own or self._stream.codec_context
        self._context.thread_type, self._context.thread_count = "AUTO", self._threads
        self._frames = decoded(self._container.demux(self._stream), self._context)

    def _seek(self, index: MovieIndex, key: int) -> bool:
        """Go to a keyframe; False where that fails, as in files that have no list of them."""
        wanted = int(index.keys[key])
        for when in dict.fromkeys((wanted, int(index.key_decodes[key]))):
            try:
                self._container.seek(when, stream=self._stream)
                packets = self._container.demux(self._stream)
                for packet in packets:
                    if packet.pts is None or not packet.is_keyframe or packet.pts < wanted:
                        continue
                    if packet.pts > wanted:
                        break
                    self._frames = decoded(chain([packet], packets), self._context)
                    return True
            except library().FFmpegError:
                return False
        return False


def _display_turn(frame: Any) -> tuple[bool, bool, bool]:
    """Return how the display matrix has a frame shown: transposed, then columns and rows reversed.

    Angles between are taken for the nearest right one.
    """
    kind = library().sidedata.sidedata.Type.DISPLAYMATRIX
    data = frame.side_data.get(kind)
    if data is None or len(bytes(data)) < 4 * _MATRIX_PLACES:
        return False, False, False
    a, b, _, c, d = np.frombuffer(bytes(data), "<i4")[:5].astype(np.int64)
    if abs(b) + abs(c) > abs(a) + abs(d):
        return True, bool(c < 0), bool(b < 0)
    return False, bool(a < 0), bool(d < 0)


def _turned(image: np.ndarray, turn: tuple[bool, bool, bool]) -> np.ndarray:
    transposed, columns, rows = turn
    if transposed:
        image = image.swapaxes(0, 1)
    image = image[:: -1 if rows else 1, :: -1 if columns else 1]
    return np.ascontiguousarray(image)
