"""File formats of images and movies, by suffix. Light enough for Blender's process."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Depth = Literal["8", "16", "half", "float"]
"""Storage of one channel: unsigned 8 or 16 bit, or half or single float."""


@dataclass(frozen=True)
class Format:
    """Describe what a file format can store.

    Attributes
    ----------
    depths : tuple of Depth
        Depths it has; pictures of other depths are converted to the last one.
    alpha : bool
        Whether it has an alpha channel.
    lossless : str
        Suffix of the lossless format that has all of its depths; often its own.
    longest : int
        Most pixels along a side.
    """

    depths: tuple[Depth, ...]
    alpha: bool
    lossless: str
    longest: int = 1 << 20


FORMATS = {
    ".png": Format(("8", "16"), alpha=True, lossless=".png"),
    ".jpg": Format(("8",), alpha=False, lossless=".png", longest=65500),
    ".tif": Format(("8", "16", "float"), alpha=True, lossless=".tif"),
    ".bmp": Format(("8",), alpha=False, lossless=".png"),
    ".tga": Format(("8",), alpha=True, lossless=".png", longest=65535),
    ".webp": Format(("8",), alpha=True, lossless=".png", longest=16383),
    ".exr": Format(("half", "float"), alpha=True, lossless=".exr"),
    ".hdr": Format(("float",), alpha=False, lossless=".exr"),
}
"""Formats that can be read and written, by the usual suffix."""

_OTHER_SPELLINGS = {".jpeg": ".jpg", ".tiff": ".tif"}

IMAGE_SUFFIXES = (*FORMATS, *_OTHER_SPELLINGS)
"""Suffixes of image files, in lower case."""

# fmt: off
MOVIE_SUFFIXES = (
    ".mp4", ".mov", ".mkv", ".avi", ".webm", ".m4v", ".mpg", ".mpeg", ".m2v", ".vob", ".dvd", ".ts",
    ".m2ts", ".mts", ".m2t", ".wmv", ".flv", ".3gp", ".ogv", ".dv", ".mxf", ".gif",
)
# fmt: on
"""Suffixes of movies that can be read, in lower case."""

READ_SUFFIXES = (
    *IMAGE_SUFFIXES,
    *(".psd", ".dds", ".dpx", ".sgi", ".rgb", ".rgba", ".bw", ".jp2", ".j2k", ".j2c", ".jph"),
    *(".jxl", ".ico", ".pic", ".rla", ".iff", ".ppm", ".pgm", ".pbm", ".pnm", ".pfm", ".tx"),
    *(".sxr", ".mxr"),
)
"""Suffixes of image files that can be read; what :data:`FORMATS` lacks is written as PNG or OpenEXR."""

BLENDER_SUFFIXES = (*READ_SUFFIXES, ".gif", ".cin", ".avif")
"""Suffixes of image files, with those that only Blender reads."""


def usual_suffix(suffix: str) -> str:
    """Return a suffix as :data:`FORMATS` spells it.

    Parameters
    ----------
    suffix : str
        With its dot, in any case.

    Returns
    -------
    str
        In lower case; suffixes of other files are only lowered.

    Examples
    --------
    >>> usual_suffix(".JPEG")
    '.jpg'
    """
    suffix = suffix.lower()
    return _OTHER_SPELLINGS.get(suffix, suffix)
