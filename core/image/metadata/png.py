"""Chunks of PNG files (ISO/IEC 15948)."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from typing import BinaryIO

from ..ifd import without_thumbnail
from .base import Metadata

_START = 8
_IHDR_END = 33
_COLOR = (b"sRGB", b"gAMA", b"cHRM", b"cICP")
_KEPT = (*_COLOR, b"iCCP", b"pHYs", b"oFFs", b"eXIf", b"tEXt", b"zTXt", b"iTXt")
"""Not the modification time, nor what refers to stored codes: background, palette, bits."""

_XMP = b"XML:com.adobe.xmp"
_LONGEST = 1 << 26
"""Most bytes that a chunk may hold, compressed or not; no profile is that long."""


def read(file: BinaryIO) -> Metadata:
    """Read the chunks that are kept.

    Parameters
    ----------
    file : BinaryIO
        A PNG. A damaged one raises ``struct.error``, ``OSError`` or ``ValueError``.

    Returns
    -------
    Metadata
        Texts, density, color profile and chunks.
    """
    texts, density, profile, native, exif, xmp = [], None, b"", [], b"", b""
    for name, body in _chunks(file):
        native.append((name, body))
        if name in (b"tEXt", b"zTXt", b"iTXt"):
            texts += [text for text in [_text(name, body)] if text]
        elif name == b"iCCP":
            profile = _inflated(body.partition(b"\0")[2][1:])
        elif name == b"pHYs":
            x, y, _ = struct.unpack(">IIB", body)
            density = (float(x), float(y)) if x and y else None
        elif name == b"eXIf":
            exif = exif or without_thumbnail(body)
            native[-1] = (name, exif)
        if name == b"iTXt" and body.startswith(_XMP):
            xmp = _itxt(body)[1].encode()
    return Metadata(tuple(texts), density, profile, ".png", tuple(native), exif=exif, xmp=xmp)


def code_points(file: BinaryIO) -> tuple[int, ...]:
    """Read what cICP says of the colors.

    Parameters
    ----------
    file : BinaryIO
        A PNG.

    Returns
    -------
    tuple of int
        Color primaries, transfer, matrix and range (ITU-T H.273); empty if there is no such chunk.
    """
    try:
        return next((tuple(body) for name, body in _chunks(file) if name == b"cICP"), ())
    except struct.error:
        return ()


def embed(data: bytes, metadata: Metadata) -> bytes:
    """Insert chunks after the header.

    Parameters
    ----------
    data : bytes
        An encoded file.
    metadata : Metadata
        What goes into it.

    Returns
    -------
    bytes
        The file with the chunks.
    """
    chunks = b"".join(_chunk(name, body) for name, body in _wanted(metadata))
    return data[:_IHDR_END] + chunks + data[_IHDR_END:]


def _wanted(metadata: Metadata) -> Iterator[tuple[bytes, bytes]]:
    if metadata.kind == ".png":
        for name, body in metadata.native:
            if name != b"iCCP" or metadata.profile:
                yield name, body
        return
    if metadata.profile:
        yield b"iCCP", b"ICC profile\0\0" + zlib.compress(metadata.profile)
    if metadata.density is not None:
        yield b"pHYs", struct.pack(">IIB", *(max(1, round(d)) for d in metadata.density), 1)
    if metadata.exif:
        yield b"eXIf", metadata.exif
    if metadata.xmp:
        yield b"iTXt", _XMP + b"\0" * 5 + metadata.xmp
    if metadata.iptc:
        records = f"\niptc\n{len(metadata.iptc):8}\n{metadata.iptc.hex()}\n".encode()
        yield b"zTXt", b"Raw profile type iptc\0\0" + zlib.compress(records)
    for keyword, text in metadata.texts:
        key = keyword.encode("latin-1", "replace")[:79].strip()
        try:
            yield b"tEXt", key + b"\0" + text.encode("latin-1")
        except UnicodeEncodeError:
            yield b"iTXt", key + b"\0\0\0\0\0" + text.encode()


def _chunks(file: BinaryIO) -> Iterator[tuple[bytes, bytes]]:
    file.seek(_START)
    while len(head := file.read(8)) == 8:
        length, name = struct.unpack(">I4s", head)
        if name == b"IEND":
            return
        if name not in _KEPT or length > _LONGEST:
            file.seek(length + 4, 1)
            continue
        body = file.read(length)
        (checksum,) = struct.unpack(">I", file.read(4))
        if checksum == zlib.crc32(name + body):
            yield name, body


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def _text(name: bytes, body: bytes) -> tuple[str, str] | None:
    keyword, _, rest = body.partition(b"\0")
    if name == b"tEXt":
        return keyword.decode("latin-1"), rest.decode("latin-1")
    if name == b"zTXt":
        return keyword.decode("latin-1"), _inflated(rest[1:]).decode("latin-1")
    if keyword.startswith(b"XML:"):
        return None
    return _itxt(body)


def _itxt(body: bytes) -> tuple[str, str]:
    keyword, _, rest = body.partition(b"\0")
    packed, (_, _, text) = rest[:1] == b"\1", _split(rest[2:])
    return keyword.decode("latin-1"), (_inflated(text) if packed else text).decode()


def _split(rest: bytes) -> tuple[bytes, bytes, bytes]:
    """Split an iTXt chunk into language, translated keyword and text."""
    language, _, rest = rest.partition(b"\0")
    translated, _, text = rest.partition(b"\0")
    return language, translated, text


def _inflated(data: bytes) -> bytes:
    """Decompress; return nothing if it is damaged, or a decompression bomb."""
    unpack = zlib.decompressobj()
    try:
        found = unpack.decompress(data, _LONGEST)
    except zlib.error:
        return b""
    return found if unpack.eof else b""
