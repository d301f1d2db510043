"""Open movies with PyAV, and say in a sentence why one cannot be opened."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ..errors import ImageMissing, ImageUnreadable, UnsupportedImage

_BOXES = (b"mdat", b"moov", b"moof", b"free", b"skip", b"wide", b"uuid", b"mfra", b"udta")
_UNKNOWN_SIZE = 0xFFFFFFFF

Container = Any
Stream = Any
"""PyAV's objects; the package is loaded late, and never in Blender's own process."""


def library() -> Any:
    """Load PyAV.

    Returns
    -------
    module
        ``av``.

    Raises
    ------
    UnsupportedImage
        The Python that runs this does not have it.
    """
    try:
        import av
    except ImportError as error:
        raise UnsupportedImage(
            "The External Python has no av package (PyAV), which movies need; install it there,"
            " or export the movie as an image sequence."
        ) from error
    return av


def open_file(path: Path) -> Container:
    """Open a movie or a sound file for reading.

    Parameters
    ----------
    path : Path
        The file.

    Returns
    -------
    av.container.InputContainer
        To be closed.

    Raises
    ------
    ImageMissing
        It is not there.
    ImageUnreadable
        It is no such file, is cut off so that nothing can be found in it, or cannot be opened.
    UnsupportedImage
        PyAV is missing.
    """
    if not path.is_file():
        raise ImageMissing(f'The movie "{path}" does not exist; choose another one.')
    av = library()
    # "file:" as a name with a colon or a "%" is else taken for something else; and playlists, which
    # may have the suffix of a movie, must not fetch anything from elsewhere.
    only_files = {"protocol_whitelist": "file"}
    try:
        return av.open(f"file:{path}", options=only_files, metadata_errors="replace")
    except (av.FFmpegError, OSError) as error:
        if is_cut_off(path):
            why = "is cut off: its list of frames is missing"
        elif not path.stat().st_size:
            why = "is empty"
        else:
            why = f"cannot be opened ({_reason(error)}): it is damaged, or no movie"
        raise ImageUnreadable(
            f'The movie "{path.name}" {why}; export or copy it again, or use an image sequence.'
        ) from error


def video_stream(container: Container, name: str) -> Stream:
    """Choose the moving picture of a movie: no cover picture, no thumbnails. Other streams are skipped.

    Parameters
    ----------
    container : av.container.InputContainer
        The movie.
    name : str
        Its name, for errors.

    Returns
    -------
    av.video.stream.VideoStream
        The stream that players show.

    Raises
    ------
    ImageUnreadable
        There is none, or nothing here can decode it.
    """
    av = library()
    kinds = av.stream.Disposition
    still = kinds.attached_pic | kinds.timed_thumbnails | kinds.still_image
    streams = [s for s in container.streams.video if not s.disposition & still]
    streams.sort(key=lambda s: not s.disposition & kinds.default)
    if not streams:
        raise ImageUnreadable(f'"{name}" has no moving picture; choose another movie.')
    best = container.streams.best("video")
    stream = best if best in streams else streams[0]
    if stream.codec_context is None:
        raise ImageUnreadable(
            f'The movie "{name}" is compressed in a way that cannot be read here;'
            " export it as H.264, ProRes or an image sequence."
        )
    skip_others(container, stream)
    return stream


def skip_others(container: Container, *wanted: Stream) -> None:
    """Have the packets of all other streams skipped, which saves reading them.

    Parameters
    ----------
    container : av.container.InputContainer
        The file.
    *wanted : av.stream.Stream
        Those of it that are read.
    """
    discard = getattr(library().stream, "Discard", None)  # PyAV 17 and later
    if discard is None:
        return
    for stream in container.streams:
        if stream not in wanted:
            stream.discard = discard.all


def is_cut_off(path: Path) -> bool:
    """Return whether a file ends earlier than it says itself.

    Parameters
    ----------
    path : Path
        A movie.

    Returns
    -------
    bool
        False, too, for kinds of files that say nothing about it.
    """
    size = path.stat().st_size
    with path.open("rb") as file:
        head = file.read(64)
        if head[:4] == b"RIFF":
            said = int.from_bytes(head[4:8], "little")
            return said != _UNKNOWN_SIZE and size < said + 8
        if head[:4] == b"\x1aE\xdf\xa3":
            return _matroska_end(head) > size
        place, names, name = 0, set(), b""
        while place + 8 <= size:
            file.seek(place)
            box = file.read(16)
            length, name = int.from_bytes(box[:4], "big"), box[4:8]
            if not name.isalnum() and name != b"\xa9xyz":
                return False
            names.add(name)
            if length == 1:
                length = int.from_bytes(box[8:16], "big")
            if length == 0:  # as long as there is
                break
            place += max(8, length)
    # What cameras append after the last box is not always a box.
    ends_early = place > size and name in _BOXES
    return b"ftyp" in names and (ends_early or not names & {b"moov", b"moof"})


def _matroska_end(head: bytes) -> int:
    """Return where the segment of a Matroska file ends; 0 if it does not say."""

    def number(place: int) -> tuple[int, int]:
        length = 9 - head[place].bit_length()
        value = int.from_bytes(head[place : place + length], "big") & ((1 << 7 * length) - 1)
        return (0 if value == (1 << 7 * length) - 1 else value), place + length

    size, place = number(4)
    place += size
    if head[place : place + 4] != b"\x18S\x80g" or place + 12 > len(head):
        return 0
    size, start = number(place + 4)
    return start + size if size else 0


def _reason(error: Exception) -> str:
    return (getattr(error, "strerror", "") or str(error)).lower()
