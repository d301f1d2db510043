"""Metadata of image files, carried over from a source to its result.

Between files of one format everything is copied unchanged, except what described only the old pixels:
thumbnails, layers, modification time. Between formats, what both can express: stamps and other texts,
the pixel aspect, the color profile, Exif, XMP and IPTC. Maker notes hold places in their block, so they
are kept where it is copied as it is: in PNG and JPEG.
"""

from __future__ import annotations

import struct
import zlib
from pathlib import Path
from typing import BinaryIO

from ..formats import usual_suffix
from ..picture import Picture
from . import exr, jpeg, png, tiff
from .base import NOTHING, Metadata

__all__ = ["NOTHING", "Metadata", "embed", "exr_attributes", "metadata_of", "read_metadata"]

_READERS = {".png": png.read, ".jpg": jpeg.read, ".tif": tiff.read, ".exr": exr.read}
_WRITERS = {".png": png.embed, ".jpg": jpeg.embed, ".tif": tiff.embed}
_DAMAGED = (
    *(OSError, RuntimeError, SyntaxError, struct.error, zlib.error),
    *(ValueError, TypeError, KeyError, IndexError),
)


def read_metadata(path: str | Path) -> Metadata:
    """Read the metadata of a PNG, JPEG, TIFF or OpenEXR file.

    Parameters
    ----------
    path : str or Path
        The file.

    Returns
    -------
    Metadata
        :data:`NOTHING` for other formats, and for damaged or missing files: a frame must not fail
        because of its stamps.
    """
    path = Path(path)
    try:
        with path.open("rb") as file:
            return metadata_of(file, path.suffix)
    except OSError:
        return NOTHING


def metadata_of(file: BinaryIO, suffix: str) -> Metadata:
    """Read the metadata of an open file.

    Parameters
    ----------
    file : BinaryIO
        Open for reading, at any place.
    suffix : str
        Of its name.

    Returns
    -------
    Metadata
        As :func:`read_metadata` gives it.
    """
    reader = _READERS.get(usual_suffix(suffix))
    if reader is None:
        return NOTHING
    try:
        file.seek(0)
        return reader(file)
    except _DAMAGED:
        return NOTHING


def embed(data: bytes, suffix: str, metadata: Metadata, picture: Picture) -> bytes:
    """Return an encoded file with metadata in it.

    Parameters
    ----------
    data : bytes
        The file, as it was encoded.
    suffix : str
        That of its format; OpenEXR files get theirs from :func:`exr_attributes` instead.
    metadata : Metadata
        What goes into it.
    picture : Picture
        The picture that the file shows.

    Returns
    -------
    bytes
        ``data`` itself for formats without metadata.
    """
    writer = _WRITERS.get(usual_suffix(suffix))
    if writer is None or metadata is NOTHING:
        return data
    return writer(data, metadata.suited_to(picture))


def exr_attributes(metadata: Metadata, picture: Picture) -> dict[str, object]:
    """Return the metadata as attributes of the OpenEXR file of a picture.

    Parameters
    ----------
    metadata : Metadata
        Of any format.
    picture : Picture
        The picture that the file shows.

    Returns
    -------
    dict
        Values by attribute name.
    """
    return exr.attributes(metadata, picture.size)
