"""What image files say besides their pixels, kept from a source to its result.

Between files of one format all comes along as it is, but for what only the old pixels were true of:
thumbnails, layers, time of the last change. Between formats, what both have words for: stamps and
other texts, the pixel aspect, the color profile.
"""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

from ..headers import BadHeader
from ..picture import Picture
from . import exr, jpeg, png, tiff
from .metadata import NOTHING, Metadata

__all__ = ["NOTHING", "Metadata", "embed", "exr_header", "read_metadata"]

_READERS = {".png": png.read, ".jpg": jpeg.read, ".tif": tiff.read, ".exr": exr.read}
_WRITERS = {".png": png.embed, ".jpg": jpeg.embed, ".tif": tiff.embed}
_ALIASES = {".jpeg": ".jpg", ".tiff": ".tif"}
_DAMAGED = (
    *(OSError, RuntimeError, SyntaxError, struct.error, zlib.error, BadHeader),
    *(ValueError, TypeError, KeyError, IndexError),
)


def read_metadata(path: str | Path) -> Metadata:
    """Of a PNG, JPEG, TIFF or OpenEXR file; nothing of others, nor of what is damaged, as a frame
    must not fail for its stamps."""
    path = Path(path)
    reader = _READERS.get(_suffix(path.suffix))
    try:
        return reader(path) if reader is not None else NOTHING
    except _DAMAGED:
        return NOTHING


def embed(data: bytes, suffix: str, metadata: Metadata, picture: Picture) -> bytes:
    """An encoded file of ``picture`` with the metadata in it; as it was for other formats."""
    writer = _WRITERS.get(_suffix(suffix))
    if writer is None or metadata is NOTHING:
        return data
    return writer(data, metadata.suited_to(picture))


def exr_header(metadata: Metadata, picture: Picture) -> dict[str, object]:
    """Attributes of the OpenEXR file of a picture."""
    return exr.header(metadata, picture.size)


def _suffix(suffix: str) -> str:
    return _ALIASES.get(suffix.lower(), suffix.lower())
