"""Image resources of Photoshop, in which JPEG and TIFF files keep captions and credits (IPTC)."""

from __future__ import annotations

import struct
from collections.abc import Iterator

_SIGNATURE = b"8BIM"
_IPTC = 0x0404
_ABOUT_PIXELS = frozenset((0x0409, 0x040C, 0x0422, 0x0424, 0x040F))
"""Thumbnails; and Exif, XMP and ICC, which have places of their own."""


def kept_resources(resources: bytes) -> tuple[bytes, bytes]:
    """Split image resources into what is kept, and the IPTC block among it.

    Parameters
    ----------
    resources : bytes
        From the first signature on.

    Returns
    -------
    kept, iptc : bytes
        All resources but thumbnails; and the records of IPTC-IIM. Empty if there are none.
    """
    kept, iptc = b"", b""
    for number, whole, content in _resources(resources):
        if number in _ABOUT_PIXELS:
            continue
        kept += whole
        if number == _IPTC:
            iptc = content
    return kept, iptc


def iptc_resource(iptc: bytes) -> bytes:
    """Return IPTC records as an image resource.

    Parameters
    ----------
    iptc : bytes
        The records.

    Returns
    -------
    bytes
        Empty if there are none.
    """
    if not iptc:
        return b""
    head = _SIGNATURE + struct.pack(">H", _IPTC) + b"\0\0" + struct.pack(">I", len(iptc))
    return head + iptc + b"\0" * (len(iptc) % 2)


def _resources(data: bytes) -> Iterator[tuple[int, bytes, bytes]]:
    """Yield number, whole bytes and content of each resource, up to the first damaged one."""
    place = 0
    while data[place : place + 4] == _SIGNATURE and place + 12 <= len(data):
        (number,) = struct.unpack_from(">H", data, place + 4)
        name = data[place + 6] + 1
        start = place + 6 + name + name % 2 + 4
        if start > len(data):
            return
        (length,) = struct.unpack_from(">I", data, start - 4)
        end = start + length + length % 2
        if start + length > len(data):
            return
        yield number, data[place:end].ljust(end - place, b"\0"), data[start : start + length]
        place = end
