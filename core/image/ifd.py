"""Directories of tags: the form of TIFF files (TIFF 6.0) and of Exif blocks (CIPA DC-008).

No library here writes one without changing types or leaving out what it does not know.
"""

from __future__ import annotations

import io
import struct
from dataclasses import dataclass
from typing import BinaryIO

BYTE, ASCII, SHORT, LONG, RATIONAL, UNDEFINED = 1, 2, 3, 4, 5, 7
EXIF, GPS = 34665, 34853
"""Tags that point to directories."""

_INTEROPERABILITY, _MAKER_NOTE = 40965, 37500
_SIZES = dict(zip(range(1, 14), (1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4), strict=True))
_SIZES |= {16: 8, 17: 8, 18: 8}
_COMPRESSION = 259
_HALVES = (5, 10)
"""Types of two numbers of 4 bytes each."""

COMPRESSIONS = frozenset((1, 2, 3, 4, 5, 7, 8, 32773, 32946, 50001))
"""Codes that can be decoded: none, fax, LZW, JPEG, Deflate, PackBits, WebP."""

_MOST_TAGS = 4096
_LONGEST = 1 << 26


@dataclass(frozen=True)
class Tag:
    """Hold a tag.

    Attributes
    ----------
    kind : int
        Type of its values.
    content : bytes
        The values, least significant byte first.
    """

    kind: int
    content: bytes

    @property
    def count(self) -> int:
        """Number of values."""
        return len(self.content) // _SIZES[self.kind]

    @property
    def text(self) -> str:
        """The values as text, read as UTF-8, else as Latin-1."""
        raw = self.content.split(b"\0")[0]
        try:
            return raw.decode()
        except UnicodeDecodeError:
            return raw.decode("latin-1")

    @property
    def number(self) -> float:
        """The first value; 0 if it is no number."""
        if self.kind == RATIONAL:
            above, below = struct.unpack_from("<II", self.content)
            return above / below if below else 0.0
        form = {BYTE: "<B", SHORT: "<H", LONG: "<I", 11: "<f", 12: "<d", 16: "<Q"}.get(self.kind)
        return struct.unpack_from(form, self.content)[0] if form else 0


Directory = dict[int, "Tag | Directory"]
"""Tags by number; those that point to a directory hold it."""


def text_tag(text: str) -> Tag:
    """Return a tag with a text.

    Parameters
    ----------
    text : str
        Written in UTF-8.

    Returns
    -------
    Tag
        Of type ASCII.
    """
    return Tag(ASCII, text.encode() + b"\0")


def rational_tag(value: float) -> Tag:
    """Return a tag with a fraction.

    Parameters
    ----------
    value : float
        At least 0; kept to four decimals.

    Returns
    -------
    Tag
        Of type RATIONAL.
    """
    return Tag(RATIONAL, struct.pack("<II", round(value * 10000), 10000))


def short_tag(value: int) -> Tag:
    """Return a tag with a number.

    Parameters
    ----------
    value : int
        Below 65,536.

    Returns
    -------
    Tag
        Of type SHORT.
    """
    return Tag(SHORT, struct.pack("<H", value))


def read_directory(file: BinaryIO) -> Directory:
    """Read the first directory of a TIFF file or an Exif block, and those inside of it.

    Parameters
    ----------
    file : BinaryIO
        Anything with that form, BigTIFF too. A damaged one raises ``struct.error`` or ``KeyError``.

    Returns
    -------
    Directory
        Without maker notes, which hold places in the old file, and tags of unknown types.
    """
    file.seek(0)
    start = file.read(16)
    order = "<" if start.startswith(b"II") else ">"
    big = start[2:4] in (b"+\0", b"\0+")
    (place,) = struct.unpack_from(order + ("Q" if big else "I"), start, 8 if big else 4)
    return _read(file, place, order, big)


def _read(file: BinaryIO, place: int, order: str, big: bool, *, outer: bool = True) -> Directory:
    word, counter = (order + "Q", order + "Q") if big else (order + "I", order + "H")
    width = struct.calcsize(word)
    file.seek(place)
    (count,) = struct.unpack(counter, file.read(struct.calcsize(counter)))
    entries = file.read(min(count, _MOST_TAGS) * (4 + 2 * width))
    found: Directory = {}
    for at in range(0, len(entries), 4 + 2 * width):
        number, kind = struct.unpack_from(order + "HH", entries, at)
        (length,) = struct.unpack_from(word, entries, at + 4)
        size = length * _SIZES.get(kind, 0)
        if not 0 < size < _LONGEST or number in (_MAKER_NOTE, _INTEROPERABILITY):
            continue
        content = entries[at + 4 + width : at + 4 + width + size]
        if size > width:
            file.seek(struct.unpack_from(word, entries, at + 4 + width)[0])
            content = file.read(size)
        if len(content) < size:
            continue
        tag = Tag(kind, _little_endian(content, kind, order))
        if number not in (EXIF, GPS):
            found[number] = tag
        elif outer:
            found[number] = _read(file, int(tag.number), order, big, outer=False)
    return found


def _little_endian(content: bytes, kind: int, order: str) -> bytes:
    unit = 4 if kind in _HALVES else _SIZES[kind]
    if order == "<" or unit == 1:
        return content
    return b"".join(content[at : at + unit][::-1] for at in range(0, len(content), unit))


def compression_of(file: BinaryIO) -> int:
    """Return how a TIFF is compressed.

    Parameters
    ----------
    file : BinaryIO
        Open for reading.

    Returns
    -------
    int
        The code of its compression; 1, which means none, also for what is no TIFF.
    """
    try:
        tag = read_directory(file).get(_COMPRESSION)
    except (struct.error, OSError, KeyError):
        return 1
    return int(tag.number) if isinstance(tag, Tag) else 1


def write_directory(directory: Directory, place: int) -> bytes:
    """Return the bytes of a directory, least significant first, with all that it points to behind it.

    Parameters
    ----------
    directory : Directory
        The tags.
    place : int
        Where the bytes begin in the file; even.

    Returns
    -------
    bytes
        Of even length.
    """
    behind = place + 2 + 12 * len(directory) + 4
    entries, pieces = [], []
    for number, tag in sorted(directory.items()):
        if isinstance(tag, dict):
            inner = write_directory(tag, behind)
            entries.append(struct.pack("<HHII", number, LONG, 1, behind))
            pieces.append(inner)
            behind += len(inner)
            continue
        value = tag.content.ljust(4, b"\0")
        if len(tag.content) > 4:
            value = struct.pack("<I", behind)
            pieces.append(tag.content + b"\0" * (len(tag.content) % 2))
            behind += len(pieces[-1])
        entries.append(struct.pack("<HHI", number, tag.kind, tag.count) + value)
    return b"".join((struct.pack("<H", len(entries)), *entries, bytes(4), *pieces))


def exif_block(directory: Directory) -> bytes:
    """Return a directory as an Exif block.

    Parameters
    ----------
    directory : Directory
        The tags.

    Returns
    -------
    bytes
        From its byte order on; empty if there are no tags.
    """
    return b"II*\0\x08\0\0\0" + write_directory(directory, 8) if directory else b""


def without_thumbnail(exif: bytes) -> bytes:
    """Return an Exif block whose thumbnail, which shows old pixels, is gone and all else in its place.

    Maker notes refer to places in the block, so nothing may move.

    Parameters
    ----------
    exif : bytes
        From its byte order on, without ``Exif\\0\\0``. A damaged one raises ``struct.error``.

    Returns
    -------
    bytes
        ``exif`` itself if it has none.
    """
    order = "<" if exif[:2] == b"II" else ">"
    (place,) = struct.unpack_from(order + "I", exif, 4)
    (count,) = struct.unpack_from(order + "H", exif, place)
    link = place + 2 + 12 * count
    second = int.from_bytes(exif[link : link + 4], "little" if order == "<" else "big")
    if not 0 < second < len(exif):
        return exif
    thumbnail = _read(io.BytesIO(exif), second, order, False, outer=False)
    start, length = (_number(thumbnail, tag) for tag in (513, 514))
    end = start + length
    cut = bytearray(exif)
    cut[link : link + 4] = bytes(4)
    if start:
        cut[start:end] = bytes(len(cut[start:end]))
    return bytes(cut[:start] if start > 0 and end >= len(cut) - 3 else cut)


def _number(directory: Directory, tag: int) -> int:
    value = directory.get(tag)
    return int(value.number) if isinstance(value, Tag) else 0
