"""Tags of TIFF files (TIFF 6.0)."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import BinaryIO

from PIL.TiffImagePlugin import ImageFileDirectory_v2

from .base import Metadata

_DESCRIPTION, _X, _Y, _UNIT, _XMP, _IPTC, _ICC = 270, 282, 283, 296, 700, 33723, 34675
TEXTS = {_DESCRIPTION: "Description", 305: "Software", 315: "Author", 33432: "Copyright"}
"""Tags of texts, in Exif, too, and PNG's keywords for them."""

_OTHER_TEXTS = (269, 271, 272, 285, 316)  # document, make, model, page, computer
_BYTE, _ASCII, _SHORT, _RATIONAL, _UNDEFINED = 1, 2, 3, 5, 7
_METER = 39.37  # inches
_FACTORS = {2: _METER, 3: 100.0}

Tag = tuple[int, int, bytes]
"""Type, number of values, and their bytes, least significant first."""


def read(file: BinaryIO) -> Metadata:
    """Read the tags that are kept.

    Parameters
    ----------
    file : BinaryIO
        A TIFF at its start. A damaged one raises ``OSError``, ``struct.error``, ``SyntaxError`` or
        ``IndexError``.

    Returns
    -------
    Metadata
        Texts, density, color profile and tags.
    """
    start = file.read(8)
    start += file.read(8) if start[2] == 43 else b""
    found = ImageFileDirectory_v2(start)
    file.seek(found.next)
    found.load(file)
    texts = tuple((TEXTS[tag], _decoded(str(found[tag]))) for tag in TEXTS if tag in found)
    density = None
    if found.get(_X) and found.get(_Y):
        factor = _FACTORS.get(found.get(_UNIT, 2), _METER)
        density = (float(found[_X]) * factor, float(found[_Y]) * factor)
    names = [tag for tag in (*TEXTS, *_OTHER_TEXTS) if tag in found]
    native = [(tag, _ascii(_decoded(str(found[tag])))) for tag in names]
    if density is not None:
        native += [(tag, _rational(float(found[tag]))) for tag in (_X, _Y)]
        native.append((_UNIT, _short(int(found.get(_UNIT, 2)))))
    for tag, kind in ((_XMP, _BYTE), (_IPTC, _UNDEFINED)):
        if isinstance(content := found.get(tag), bytes):
            native.append((tag, (kind, len(content), content)))
    profile = found.get(_ICC, b"")
    return Metadata(
        texts, density, profile if isinstance(profile, bytes) else b"", ".tif", tuple(native)
    )


def embed(data: bytes, metadata: Metadata) -> bytes:
    """Add the tags to the directory of a file.

    Parameters
    ----------
    data : bytes
        An encoded file of one picture.
    metadata : Metadata
        What goes into it.

    Returns
    -------
    bytes
        The file with the tags.
    """
    return with_tags(data, dict(_wanted(metadata)))


def _wanted(metadata: Metadata) -> Iterator[tuple[int, Tag]]:
    if metadata.profile:
        yield _ICC, (_UNDEFINED, len(metadata.profile), metadata.profile)
    if metadata.kind == ".tif":
        yield from metadata.native
        return
    if metadata.density is not None:
        x, y = (density / _METER for density in metadata.density)
        yield from ((_X, _rational(x)), (_Y, _rational(y)), (_UNIT, _short(2)))
    tags = {keyword: tag for tag, keyword in TEXTS.items()}
    rest = []
    for keyword, text in metadata.texts:
        if tags.get(keyword, _DESCRIPTION) != _DESCRIPTION:
            yield tags[keyword], _ascii(text)
        else:
            rest.append(text if keyword == "Description" else f"{keyword}: {text}")
    if rest:
        yield _DESCRIPTION, _ascii("\n".join(rest))


def with_tags(tiff: bytes, tags: dict[int, Tag]) -> bytes:
    """Add tags to a file's directory, in place of those of the same number.

    Parameters
    ----------
    tiff : bytes
        A little-endian file of one picture.
    tags : dict of int to Tag
        By number.

    Returns
    -------
    bytes
        The file with the tags; unchanged if it is not little-endian.
    """
    if tiff[:4] != b"II*\0" or not tags:
        return tiff
    (place,) = struct.unpack_from("<I", tiff, 4)
    (count,) = struct.unpack_from("<H", tiff, place)
    entries = {}
    for i in range(count):
        entry = tiff[place + 2 + 12 * i : place + 14 + 12 * i]
        entries[struct.unpack_from("<H", entry)[0]] = entry
    pieces = [tiff[8:], b"\0" * (len(tiff) % 2)]
    end = len(tiff) + len(tiff) % 2
    for tag, (kind, length, content) in tags.items():
        value = content.ljust(4, b"\0")
        if len(content) > 4:
            value = struct.pack("<I", end)
            pieces.append(content + b"\0" * (len(content) % 2))
            end += len(pieces[-1])
        entries[tag] = struct.pack("<HHI", tag, kind, length) + value
    directory = struct.pack("<H", len(entries)) + b"".join(entries[tag] for tag in sorted(entries))
    return b"".join((tiff[:4], struct.pack("<I", end), *pieces, directory, b"\0" * 4))


def _decoded(text: str) -> str:
    """Decode again what Pillow read as Latin-1, though most programs write UTF-8."""
    try:
        return text.encode("latin-1").decode()
    except UnicodeError:
        return text


def _ascii(text: str) -> Tag:
    content = text.encode() + b"\0"
    return _ASCII, len(content), content


def _short(value: int) -> Tag:
    return _SHORT, 1, struct.pack("<H", value)


def _rational(value: float) -> Tag:
    return _RATIONAL, 1, struct.pack("<II", round(value * 10000), 10000)
