"""Tags of TIFF files (TIFF 6.0)."""

from __future__ import annotations

import io
import struct
from typing import BinaryIO

from ..ifd import (
    EXIF,
    GPS,
    UNDEFINED,
    Directory,
    Tag,
    exif_block,
    rational_tag,
    read_directory,
    short_tag,
    text_tag,
    write_directory,
)
from .base import Metadata
from .photoshop import kept_resources

_DESCRIPTION, _X, _Y, _UNIT, _XMP, _IPTC = 270, 282, 283, 296, 700, 33723
_ICC, _RESOURCES = 34675, 34377
TEXTS = {_DESCRIPTION: "Description", 305: "Software", 315: "Author", 33432: "Copyright"}
"""Tags of texts, in Exif, too, and PNG's keywords for them."""

_KEPT = frozenset(
    (
        *TEXTS,
        # Document, make, model, orientation, page and place on it, date, computer, rating
        *(269, 271, 272, 274, 285, 286, 287, 306, 316, 18246, 18249),
        *(33550, 33922, 34264, 34735, 34736, 34737, 42112, 42113),  # GeoTIFF, GDAL
        *range(40091, 40096),  # title, subject and the like, of Windows
        *(33434, 33437, 34850, 34855, *range(36864, 37500), 37510, 37520, 37521, 37522),  # Exif
        *range(41483, 42036),
        *(EXIF, GPS),
    )
)
"""Tags that describe the picture; the others are about how its pixels were stored."""

_METER = 39.37  # inches
_FACTORS = {2: _METER, 3: 100.0}


def read(file: BinaryIO) -> Metadata:
    """Read the tags that are kept.

    Parameters
    ----------
    file : BinaryIO
        A TIFF. A damaged one raises ``OSError``, ``struct.error`` or ``KeyError``.

    Returns
    -------
    Metadata
        Texts, density, color profile, blocks and tags.
    """
    found = read_directory(file)
    kept: Directory = {number: tag for number, tag in found.items() if number in _KEPT}
    tags = {number: tag for number, tag in found.items() if isinstance(tag, Tag)}
    density, native = None, []
    if _X in tags and _Y in tags and tags[_X].number > 0 and tags[_Y].number > 0:
        unit = int(tags[_UNIT].number) if _UNIT in tags else 2
        factor = _FACTORS.get(unit, _METER)
        density = (tags[_X].number * factor, tags[_Y].number * factor)
        native = [(_X, tags[_X]), (_Y, tags[_Y]), (_UNIT, short_tag(unit))]
    if _RESOURCES in tags:
        resources, _ = kept_resources(tags[_RESOURCES].content)
        native.append((_RESOURCES, Tag(tags[_RESOURCES].kind, resources)))
    content = {number: tags[number].content for number in (_ICC, _XMP, _IPTC) if number in tags}
    return Metadata(
        texts_of(kept),
        density,
        content.get(_ICC, b""),
        ".tif",
        tuple(native),
        exif=exif_block(kept),
        xmp=content.get(_XMP, b""),
        iptc=content.get(_IPTC, b""),
    )


def texts_of(directory: Directory) -> tuple[tuple[str, str], ...]:
    """Return the texts of a directory, under the keywords of PNG.

    Parameters
    ----------
    directory : Directory
        Of a TIFF file or an Exif block.

    Returns
    -------
    tuple of (keyword, text)
        Those that are there.
    """
    found = ((keyword, directory.get(tag)) for tag, keyword in TEXTS.items())
    return tuple((keyword, tag.text) for keyword, tag in found if isinstance(tag, Tag))


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
    tags: Directory = {}
    if metadata.exif:
        described = read_directory(io.BytesIO(metadata.exif))
        tags = {number: tag for number, tag in described.items() if number in _KEPT}
    blocks = ((_ICC, metadata.profile), (_XMP, metadata.xmp), (_IPTC, metadata.iptc))
    tags |= {number: Tag(UNDEFINED, block) for number, block in blocks if block}
    if metadata.kind == ".tif":
        return with_tags(data, {**tags, **dict(metadata.native)})
    if metadata.density is not None:
        x, y = (density / _METER for density in metadata.density)
        tags |= {_X: rational_tag(x), _Y: rational_tag(y), _UNIT: short_tag(2)}
    numbers = {keyword: tag for tag, keyword in TEXTS.items()}
    rest = []
    for keyword, text in metadata.texts:
        if numbers.get(keyword, _DESCRIPTION) != _DESCRIPTION:
            tags[numbers[keyword]] = text_tag(text)
        else:
            rest.append(text if keyword == "Description" else f"{keyword}: {text}")
    if rest:
        tags[_DESCRIPTION] = text_tag("\n".join(rest))
    return with_tags(data, tags)


def with_tags(tiff: bytes, tags: Directory) -> bytes:
    """Add tags to a file's directory, in place of those of the same number.

    Parameters
    ----------
    tiff : bytes
        A little-endian file of one picture.
    tags : Directory
        By number.

    Returns
    -------
    bytes
        The file with the tags; its old directory stays in it, unused.
    """
    if not tags:
        return tiff
    place = len(tiff) + len(tiff) % 2
    directory = write_directory({**read_directory(io.BytesIO(tiff)), **tags}, place)
    return b"".join(
        (tiff[:4], struct.pack("<I", place), tiff[8:], b"\0" * (len(tiff) % 2), directory)
    )
