"""Segments of JPEG files: JFIF, Exif, XMP, ICC, IPTC, and comments, where Blender writes its stamps."""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from typing import BinaryIO

from PIL import Image

from ..ifd import read_directory, without_thumbnail
from .base import Metadata
from .photoshop import iptc_resource, kept_resources
from .tiff import texts_of

_JFIF, _EXIF, _ICC, _RESOURCES, _COMMENT = 0xE0, 0xE1, 0xE2, 0xED, 0xFE
_EXIF_MARK, _XMP_MARK, _ICC_MARK = b"Exif\0\0", b"http://ns.adobe.com/xap/1.0/\0", b"ICC_PROFILE\0"
_MORE_XMP_MARK, _RESOURCES_MARK = b"http://ns.adobe.com/xmp/extension/\0", b"Photoshop 3.0\0"
_STAMP = "Blender:"
_LONGEST = 65533
_METER = 39.37  # inches
_UNITS = {1: _METER, 2: 100.0}


def read(file: BinaryIO) -> Metadata:
    """Read the segments before the picture.

    Parameters
    ----------
    file : BinaryIO
        A JPEG. A damaged one raises ``OSError``, ``struct.error``, ``SyntaxError`` or ``ValueError``.

    Returns
    -------
    Metadata
        Texts, density, color profile, blocks and segments.
    """
    texts: list[tuple[str, str]] = []
    density, native = None, []
    blocks = dict.fromkeys((_EXIF_MARK, _XMP_MARK, _ICC_MARK, _RESOURCES_MARK), b"")
    with Image.open(file) as image:
        segments = [*getattr(image, "applist", ())]
    for name, body in segments:
        mark = next((m for m in (*blocks, _MORE_XMP_MARK) if body.startswith(m)), b"")
        content = body[len(mark) :]
        if name == "APP0" and body.startswith(b"JFIF\0"):
            density = _density(*struct.unpack_from(">BHH", body, 7))
            native.append((_JFIF, body))
        elif name == "COM":
            texts.append(_comment(body.rstrip(b"\0").decode("utf-8", "replace")))
            native.append((_COMMENT, body))
        elif mark == _ICC_MARK:
            blocks[mark] += content[2:]  # programs write the parts in order
        elif mark == _RESOURCES_MARK:
            blocks[mark] += content
        elif mark == _MORE_XMP_MARK:
            native.append((_EXIF, body))
        elif mark and not blocks[mark]:
            blocks[mark] = content
    exif = blocks[_EXIF_MARK]
    if exif:
        texts += texts_of(read_directory(io.BytesIO(exif)))
        exif = without_thumbnail(exif)
    resources, iptc = kept_resources(blocks[_RESOURCES_MARK])
    if resources:
        native.append((_RESOURCES, resources))
    return Metadata(
        tuple(texts),
        density,
        blocks[_ICC_MARK],
        ".jpg",
        tuple(native),
        exif=exif,
        xmp=blocks[_XMP_MARK],
        iptc=iptc,
    )


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
    first, density = data[:end], metadata.density
    same = metadata.kind == ".jpg"
    jfif = next((body for mark, body in metadata.native if mark == _JFIF), None) if same else None
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
        for mark, body in _wanted(metadata)
        if len(body) <= _LONGEST
    )
    return first + rest + data[end:]


def _wanted(metadata: Metadata) -> Iterator[tuple[int, bytes]]:
    if metadata.exif:
        yield _EXIF, _EXIF_MARK + metadata.exif
    if metadata.xmp:
        yield _EXIF, _XMP_MARK + metadata.xmp
    resources = iptc_resource(metadata.iptc)
    if metadata.kind == ".jpg":
        for mark, body in metadata.native:
            if mark == _RESOURCES:
                resources = body
            elif mark != _JFIF:
                yield mark, body
    yield from _parts(_RESOURCES, resources, lambda index, count: _RESOURCES_MARK)
    yield from _parts(
        _ICC, metadata.profile, lambda index, count: _ICC_MARK + bytes((index, count))
    )
    if metadata.kind != ".jpg":
        for keyword, text in metadata.texts:
            yield _COMMENT, f"{_STAMP}{keyword}:{text}".encode()[:_LONGEST]


def _parts(mark: int, block: bytes, head) -> Iterator[tuple[int, bytes]]:
    """Split a block into segments, each behind ``head(its number from 1, their count)``."""
    size = _LONGEST - len(head(1, 1))
    parts = [block[i : i + size] for i in range(0, len(block), size)]
    for index, part in enumerate(parts, start=1):
        yield mark, head(index, len(parts)) + part


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
