"""Attributes in the headers of OpenEXR files."""

from __future__ import annotations

from fractions import Fraction
from typing import Any, BinaryIO

import numpy as np

from .base import Metadata

_LAYOUT = frozenset(
    (
        *("channels", "chunkCount", "compression", "deepImageState", "dwaCompressionLevel"),
        *("lineOrder", "maxSamplesPerPixel", "multiView", "name", "preview", "tiles", "type"),
        *("version", "view", "zipCompressionLevel"),
    )
)
"""Attributes of the old file's layout, or that show its old pixels."""

_WINDOWS = ("dataWindow", "displayWindow")
_LAYERS = ("BlenderMultiChannel", "cryptomatte/")
"""Prefixes of attributes about layers, which the result does not have."""

_PLAIN = (str, int, float, Fraction, tuple, list, np.ndarray)
_CODES = ("TimeCode", "KeyCode")
_KEYWORDS = {"owner": "Author", "comments": "Comment"}
_INCH = 39.37  # in a meter


def read(file: BinaryIO) -> Metadata:
    """Read the attributes of the first part.

    Parameters
    ----------
    file : BinaryIO
        At its start. A damaged one raises what the OpenEXR package raises.

    Returns
    -------
    Metadata
        Texts, density and attributes.
    """
    import OpenEXR

    parts = OpenEXR.File(file, separate_channels=True, header_only=True).parts
    header: dict[str, Any] = parts[0].header
    native = {name: value for name, value in header.items() if _is_kept(name, value)}
    texts = tuple(
        (_KEYWORDS.get(name, name), value)
        for name, value in native.items()
        if isinstance(value, str)
    )
    aspect = float(header.get("pixelAspectRatio", 1.0))
    across = float(header.get("xDensity", 0.0)) * _INCH
    density = None
    if across > 0 and aspect > 0:
        density = (across, across * aspect)
    elif aspect > 0 and abs(aspect - 1) > 1e-6:
        density = (72 * _INCH, 72 * _INCH * aspect)
    return Metadata(texts, density, b"", ".exr", tuple(native.items()))


def attributes(metadata: Metadata, size: tuple[int, int]) -> dict[str, object]:
    """Return metadata as attributes for the header of a file.

    Parameters
    ----------
    metadata : Metadata
        Of any format.
    size : (width, height)
        Of the picture that the file shows, in pixels.

    Returns
    -------
    dict
        Values by attribute name.
    """
    if metadata.kind == ".exr":
        native = dict(metadata.native)
        low, high = native.get(_WINDOWS[0], ((0, 0), (-1, -1)))
        if tuple(int(b - a + 1) for a, b in zip(low, high, strict=True)) != size:
            for name in _WINDOWS:
                native.pop(name, None)
        return native
    names = {keyword: name for name, keyword in _KEYWORDS.items()}
    found: dict[str, object] = {}
    for keyword, text in metadata.texts:
        name = names.get(keyword, keyword)
        if keyword in names or _is_free(name):
            found[name] = text
    if metadata.density is not None:
        x, y = metadata.density
        found |= {"xDensity": x / _INCH, "pixelAspectRatio": y / x}
    return found


def _is_free(name: str) -> bool:
    """Return whether no standard attribute, which may be no text, can have that name."""
    return bool(name) and len(name.encode()) < 256 and ("." in name or not name[0].islower())


def _is_kept(name: str, value: object) -> bool:
    if name in _LAYOUT or name.startswith(_LAYERS):
        return False
    return isinstance(value, _PLAIN) or type(value).__name__ in _CODES
