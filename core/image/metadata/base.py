"""The in-memory form of metadata, the same for all formats."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from ..picture import Picture

_COLOR_KIND = slice(16, 20)
"""Bytes of an ICC profile that name the kind of colors it describes."""


@dataclass(frozen=True)
class Metadata:
    """Hold what a file says besides its pixels.

    Attributes
    ----------
    texts : tuple of (keyword, text)
        Blender's stamps (``Frame``, ``Camera``, ...) and others, under the keywords of PNG:
        ``Author``, ``Description``, ``Copyright``, ``Software``, ``Comment``.
    density : (x, y), or None
        Pixels per meter; a pixel is ``y / x`` times as wide as high.
    profile : bytes
        An ICC profile; empty if there is none.
    kind : str
        Suffix of the format it was read from, in lower case.
    native : tuple
        What else was found, in the terms of that format; goes into files of the same format.
    exif, xmp, iptc : bytes
        Blocks that describe the picture: of Exif from its byte order on, of XMP, of IPTC-IIM records.
    """

    texts: tuple[tuple[str, str], ...] = ()
    density: tuple[float, float] | None = None
    profile: bytes = b""
    kind: str = ""
    native: tuple[tuple[Any, Any], ...] = ()
    exif: bytes = b""
    xmp: bytes = b""
    iptc: bytes = b""

    def suited_to(self, picture: Picture) -> Metadata:
        """Drop a color profile of another kind than the picture's colors (grays, inks).

        Parameters
        ----------
        picture : Picture
            The picture that the metadata will be written with.

        Returns
        -------
        Metadata
            ``self`` if the profile fits.
        """
        kind = b"GRAY" if picture.gray else b"RGB "
        return self if self.profile[_COLOR_KIND] == kind else replace(self, profile=b"")


NOTHING = Metadata()
