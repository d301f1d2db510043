"""The one in-memory form of metadata."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from ..picture import Picture

_SPACE = slice(16, 20)
"""Where an ICC profile names the kind of colors that it describes."""


@dataclass(frozen=True)
class Metadata:
    """What a file says besides its pixels.

    Attributes
    ----------
    texts : tuple of (keyword, text)
        Blender's stamps (``Frame``, ``Camera``, ...), and others, under the keywords of PNG:
        ``Author``, ``Description``, ``Copyright``, ``Software``, ``Comment``.
    density : (x, y), or None
        Pixels per meter; a pixel is ``y / x`` times as wide as high.
    profile : bytes
        An ICC profile; empty if there is none.
    kind : str
        The suffix of the format that it comes from, in lower case.
    own : tuple
        All that was found, as that format has it: what goes into a file of the same format.
    """

    texts: tuple[tuple[str, str], ...] = ()
    density: tuple[float, float] | None = None
    profile: bytes = b""
    kind: str = ""
    own: tuple[tuple[Any, Any], ...] = ()

    def suited_to(self, picture: Picture) -> Metadata:
        """Without a color profile that is not of such colors (of grays, of inks)."""
        kind = b"GRAY" if picture.gray else b"RGB "
        return self if self.profile[_SPACE] == kind else replace(self, profile=b"")


NOTHING = Metadata()
