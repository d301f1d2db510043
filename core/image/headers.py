"""Headers of image files: kind and size, read without decoding the pixels."""

from __future__ import annotations

import io
import re
import struct
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO, Literal

Kind = Literal["png", "jpeg", "tiff", "bmp", "tga", "webp", "exr", "hdr"]

_TGA_HEADER = 18
_TGA_TYPES = (1, 2, 3, 9, 10, 11)
_JPEG_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_ORIENTATION = 274
_TIFF_TYPES = {1: "B", 3: "H", 4: "I", 16: "Q"}


class BadHeader(Exception):
    """The bytes do not follow the format they claim."""


@dataclass(frozen=True)
class Header:
    """Hold kind and size of an image file, and what decoders do not report.

    Attributes
    ----------
    kind : Kind
        The format.
    width, height : int
        Size in pixels.
    gray : bool
        Whether one color channel is stored beside an alpha channel.
    alpha : str
        Meaning of a TIFF's last channel.
    bits : int
        Per channel, in PNG and TIFF.
    key : int or None
        The gray code that is transparent in a PNG without alpha.
    upright : (int, bytes) or None
        Place and bytes which, written there, keep decoders from rotating a TIFF.
    """

    kind: Kind
    width: int
    height: int
    gray: bool = False
    alpha: Literal["none", "straight", "premultiplied"] = "none"
    bits: int = 8
    key: int | None = None
    upright: tuple[int, bytes] | None = None


def read_header(file: BinaryIO, suffix: str = "") -> Header | None:
    """Read the header of an open file.

    Parameters
    ----------
    file : BinaryIO
        At its start.
    suffix : str, optional
        Of its name; needed for TGA only, which has no signature.

    Returns
    -------
    Header or None
        None if it is no image of a known kind. That of OpenEXR has size 0.

    Raises
    ------
    BadHeader
        The file starts like an image but does not continue like one.
    """
    start = file.read(32)
    try:
        for marks, reader in _READERS:
            if start.startswith(marks):
                return reader(file, start)
        if suffix.lower() == ".tga":
            return _tga(start)
    except (struct.error, ValueError, KeyError, IndexError) as error:
        raise BadHeader(str(error)) from error
    return None


def is_complete(kind: Kind, data: bytes | bytearray) -> bool:
    """Return whether a PNG or JPEG is whole; decoders differ in how they treat truncated ones.

    PNG: all chunks up to IEND are there and the critical ones match their checksum. JPEG: an
    end-of-image marker follows the start of the scan. Other kinds are left to their decoder.

    Parameters
    ----------
    kind : Kind
        The format.
    data : bytes or bytearray
        The file.

    Returns
    -------
    bool
        True for other kinds.
    """
    if kind == "png":
        return _whole_png(data)
    if kind == "jpeg":
        return _whole_jpeg(data)
    return True


def _png(file: BinaryIO, start: bytes) -> Header:
    width, height, bits, color = struct.unpack_from(">IIBB", start, 16)
    key = None
    if color == 0:  # the one kind whose transparent color decoders ignore
        file.seek(33)
        while (head := file.read(8))[4:] not in (b"IDAT", b""):
            length, name = struct.unpack(">I4s", head)
            if name == b"tRNS":
                key = struct.unpack(">H", file.read(2))[0] * (
                    255 // (2**bits - 1) if bits < 8 else 1
                )
                break
            file.seek(length + 4, 1)
    return Header("png", width, height, gray=color in (0, 4), bits=bits, key=key)


def _whole_png(data: bytes | bytearray) -> bool:
    view, position = memoryview(data), 8
    while position + 12 <= len(view):
        length, name = struct.unpack_from(">I4s", view, position)
        end = position + 8 + length
        if end + 4 > len(view):
            return False
        critical = not name[0] & 0x20
        if (
            critical
            and zlib.crc32(view[position + 4 : end]) != struct.unpack_from(">I", view, end)[0]
        ):
            return False
        if name == b"IEND":
            return True
        position = end + 4
    return False


def _jpeg(file: BinaryIO, start: bytes) -> Header:
    for mark, _ in jpeg_segments(file):
        if mark in _JPEG_FRAMES:
            _, height, width = struct.unpack(">BHH", file.read(5))
            return Header("jpeg", width, height)
    raise BadHeader("no frame")


def _whole_jpeg(data: bytes | bytearray) -> bool:
    file = io.BytesIO(data)
    try:
        scan = next(file.tell() for mark, _ in jpeg_segments(file) if mark == 0xDA)
    except (BadHeader, struct.error, StopIteration):
        return False
    return data.find(b"\xff\xd9", scan) > 0


def jpeg_segments(file: BinaryIO) -> Iterator[tuple[int, int]]:
    """Yield the segments before the pixels, with the file at the start of each one's body.

    Parameters
    ----------
    file : BinaryIO
        A JPEG.

    Yields
    ------
    tuple of int
        Second byte of the marker, and length of the body.

    Raises
    ------
    BadHeader
        There is something else between them.
    """
    file.seek(2)
    while (mark := file.read(1)) == b"\xff":
        while mark == b"\xff":
            mark = file.read(1)
        (length,) = struct.unpack(">H", file.read(2))
        end = file.tell() + length - 2
        yield mark[0], length - 2
        file.seek(end)
    raise BadHeader("a segment does not start with its marker")


def _tiff(file: BinaryIO, start: bytes) -> Header:
    order = "<" if start.startswith(b"II") else ">"
    big = start[2:4] in (b"+\0", b"\0+")
    word, counter = (order + "Q", order + "Q") if big else (order + "I", order + "H")
    file.seek(struct.unpack_from(word, start, 8 if big else 4)[0])
    (count,) = struct.unpack(counter, file.read(struct.calcsize(counter)))
    tags, upright = {}, None
    for _ in range(min(count, 4096)):
        tag, kind = struct.unpack(order + "HH", file.read(4))
        (length,) = struct.unpack(word, file.read(struct.calcsize(word)))
        place = file.tell()
        value = file.read(struct.calcsize(word))
        after = file.tell()
        if kind not in _TIFF_TYPES or not length:
            continue
        item = order + _TIFF_TYPES[kind]
        if length * struct.calcsize(item) > len(value):  # too many to be stored here
            file.seek(struct.unpack(word, value)[0])
            value = file.read(struct.calcsize(item))
            file.seek(after)
        tags[tag] = struct.unpack_from(item, value)[0]
        if tag == _ORIENTATION:
            upright = (place, struct.pack(item, 1))
    samples, extra = tags.get(277, 1), tags.get(338)
    gray = tags.get(262, 1) <= 1
    alpha: Literal["none", "straight", "premultiplied"] = "none"
    if samples == (2 if gray else 4) and tags.get(262, 1) <= 2:
        alpha = "premultiplied" if extra == 1 else "straight"
    bits = tags.get(258, 1)
    return Header("tiff", tags[256], tags[257], gray, alpha, bits, upright=upright)


def _bmp(file: BinaryIO, start: bytes) -> Header:
    width, height = struct.unpack_from("<ii", start, 18)
    return Header("bmp", width, abs(height))


def _tga(start: bytes) -> Header | None:
    if len(start) < _TGA_HEADER or start[2] not in _TGA_TYPES:
        return None
    width, height = struct.unpack_from("<HH", start, 12)
    return Header("tga", width, height)


def _webp(file: BinaryIO, start: bytes) -> Header | None:
    if start[8:12] != b"WEBP":  # a WAV or AVI file
        return None
    body = start[12:16]
    if body == b"VP8X":
        width, height = (1 + int.from_bytes(start[i : i + 3], "little") for i in (24, 27))
    elif body == b"VP8L":
        (packed,) = struct.unpack_from("<I", start, 21)
        width, height = 1 + (packed & 0x3FFF), 1 + (packed >> 14 & 0x3FFF)
    elif body == b"VP8 ":
        width, height = (side & 0x3FFF for side in struct.unpack_from("<HH", start, 26))
    else:
        raise BadHeader("no picture")
    return Header("webp", width, height)


def _exr(file: BinaryIO, start: bytes) -> Header:
    return Header("exr", 0, 0)


def _hdr(file: BinaryIO, start: bytes) -> Header:
    file.seek(0)
    found = re.search(rb"\n\n[-+]Y (\d+) [-+]X (\d+)\n", file.read(1 << 16))
    if not found:
        raise BadHeader("no resolution")
    return Header("hdr", int(found[2]), int(found[1]))


_READERS: tuple[tuple[tuple[bytes, ...], Callable[[BinaryIO, bytes], Header | None]], ...] = (
    ((b"\x89PNG\r\n\x1a\n",), _png),
    ((b"\xff\xd8\xff",), _jpeg),
    ((b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"), _tiff),
    ((b"BM",), _bmp),
    ((b"RIFF",), _webp),
    ((b"\x76\x2f\x31\x01",), _exr),
    ((b"#?RADIANCE", b"#?RGBE"), _hdr),
)
"""First bytes of each kind of file, and the reader of its header."""
