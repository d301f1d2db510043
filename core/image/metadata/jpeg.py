"""Segments of JPEG files: JFIF, Exif and XMP, ICC, and comments, where Blender writes its stamps."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import BinaryIO

from PIL import Image

from ..headers import jpeg_segments
from .base import Metadata
from .tiff import TEXTS

_JFIF, _EXIF, _ICC, _COMMENT = 0xE0, 0xE1, 0xE2, 0xFE
_EXIF_MARK, _XMP_MARK, _ICC_MARK = b"Exif\0\0", b"http://ns.adobe.com/xap/1.0/\0", b"ICC_PROFILE\0"
_STAMP = "Blender:"
_LONGEST = 65533
_METER = 39.37  # inches
_UNITS = {1: _METER, 2: 100.0}


def read(file: BinaryIO) -> Metadata:
    """Read the segments before the picture.

    Parameters
    ----------
    file : BinaryIO
        A JPEG. A damaged one raises ``BadHeader``, ``struct.error``, ``OSError`` or ``ValueError``.

    Returns
    -------
    Metadata
        Texts, density, color profile and segments.
    """
    texts, density, parts, native = [], None, [], []
    for mark, length in jpeg_segments(file):
        if mark == 0xDA:
            break
        if mark not in (_JFIF, _EXIF, _ICC, _COMMENT):
            continue
        body = file.read(length)
        if mark == _JFIF and body.startswith(b"JFIF\0"):
            density = _density(*struct.unpack_from(">BHH", body, 7))
            native.append((mark, body))
        elif mark == _COMMENT:
            texts.append(_comment(body.rstrip(b"\0").decode("utf-8", "replace")))
            native.append((mark, body))
        elif mark == _ICC and body.startswith(_ICC_MARK):
            parts.append((body[len(_ICC_MARK)], body[len(_ICC_MARK) + 2 :]))
        elif mark == _EXIF and body.startswith(_EXIF_MARK):
            exif = Image.Exif()
            exif.load(body)
            texts += [(TEXTS[tag], str(exif[tag])) for tag in TEXTS if tag in exif]
            native.append((mark, exif.tobytes()))  # without its thumbnail
        elif mark == _EXIF and body.startswith(_XMP_MARK):
            native.append((mark, body))
    profile = b"".join(part for _, part in sorted(parts))
    return Metadata(tuple(texts), density, profile, ".jpg", tuple(native))


def embed(data: bytes, metadata: Metadata) -> bytes:
    """Insert segments after the first one, that of JFIF.

    Parameters
    ----------
    data : bytes
        An encoded file.
    metadata : Metadata
        What goes into it.

    Returns
    -------
    bytes
        The file with the segments; unchanged if it does not start with JFIF's.
    """
    if data[2:4] != bytes((0xFF, _JFIF)):
        return data
    end = 4 + struct.unpack_from(">H", data, 4)[0]
    segments = list(_wanted(metadata))
    first, density = data[:end], metadata.density
    jfif = next((body for mark, body in segments if mark == _JFIF), None)
    if jfif is not None:
        density_bytes = jfif[7:12]
    elif density is not None:
        inches = [min(65535, max(1, round(d / _METER))) for d in density]
        density_bytes = struct.pack(">BHH", 1, *inches)
    else:
        density_bytes = first[13:18]
    first = first[:13] + density_bytes + first[18:]
    rest = b"".join(
        bytes((0xFF, mark)) + struct.pack(">H", len(body) + 2) + body
        for mark, body in segments
        if mark != _JFIF
    )
    return first + rest + data[end:]


def _wanted(metadata: Metadata) -> Iterator[tuple[int, bytes]]:
    if metadata.kind == ".jpg":
        yield from metadata.native
    size = _LONGEST - len(_ICC_MARK) - 2
    parts = [metadata.profile[i : i + size] for i in range(0, len(metadata.profile), size)]
    for index, part in enumerate(parts, start=1):
        yield _ICC, _ICC_MARK + bytes((index, len(parts))) + part
    if metadata.kind != ".jpg":
        for keyword, text in metadata.texts:
            yield _COMMENT, f"{_STAMP}{keyword}:{text}".encode()[:_LONGEST]


def _density(unit: int, x: int, y: int) -> tuple[float, float] | None:
    """Return pixels per meter; without a unit only their ratio means something."""
    if not (x and y) or (unit not in _UNITS and x == y):
        return None
    factor = _UNITS.get(unit, _METER)
    return x * factor, y * factor


def _comment(text: str) -> tuple[str, str]:
    if not text.startswith(_STAMP):
        return "Comment", text
    keyword, _, value = text[len(_STAMP) :].partition(":")
    return keyword, value
