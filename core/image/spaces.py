"""Names of color spaces, in Blender and in files: they say what the numbers of a file mean."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from .color import linear_to_srgb, srgb_to_linear
from .formats import Depth
from .picture import Encoding
from .primaries import D65, Name, Primaries, between, convert

_XYZ_AXES = ((1.0, 0.0), (0.0, 1.0), (0.0, 0.0))


class Meaning(NamedTuple):
    """Say what numbers mean.

    Attributes
    ----------
    encoding : Encoding
        Their curve, or that they are no color.
    primaries : Name or Primaries
        Of their red, green and blue.
    """

    encoding: Encoding
    primaries: Name | Primaries = "REC709"


_EXACT: dict[str, Name | Primaries] = {
    "acescg": "ACESCG",
    "aces2065-1": "ACES",
    "linear rec.2020": "REC2020",
    "linear dci-p3 d65": "P3",
    "linear cie-xyz d65": Primaries(*_XYZ_AXES, D65),
    "linear cie-xyz e": Primaries(*_XYZ_AXES, (1 / 3, 1 / 3)),
    "linear filmlight e-gamut": Primaries((0.8, 0.3177), (0.18, 0.9), (0.065, -0.0805), D65),
    "display p3": "P3",
    "rec.2020": "REC2020",
}
"""Blender's names of spaces that do not have the primaries of Rec.709, in lower case."""

_INTEROP: dict[str, Meaning] = {
    "lin_rec709_scene": Meaning("linear"),
    "lin_rec2020_scene": Meaning("linear", "REC2020"),
    "lin_p3d65_scene": Meaning("linear", "P3"),
    "lin_ap1_scene": Meaning("linear", "ACESCG"),
    "lin_ap0_scene": Meaning("linear", "ACES"),
    "lin_ciexyzd65_scene": Meaning("linear", _EXACT["linear cie-xyz d65"]),
    "srgb_rec709_scene": Meaning("srgb"),
    "srgb_rec709_display": Meaning("srgb"),
    "srgb_p3d65_scene": Meaning("srgb", "P3"),
    "srgb_p3d65_display": Meaning("srgb", "P3"),
    "data": Meaning("data"),
}
"""Values of the attribute ``colorInteropID`` (Color Interop Forum's recommendation)."""

_HDR = ("rec.2100-pq", "rec.2100-hlg")


def meaning_of(color_space: str, depth: Depth) -> Meaning:
    """Return what numbers in a color space of Blender mean.

    Camera and view spaces (Filmic Log, AgX Base sRGB, ...) count as display colors.

    Parameters
    ----------
    color_space : str
        Blender's name of it; empty: sRGB for integers, scene-linear for floats.
    depth : Depth
        How the file stores a channel.

    Returns
    -------
    Meaning
        Of the numbers.
    """
    name = color_space.lower()
    if not name:
        return Meaning("srgb" if depth in ("8", "16") else "linear")
    if any(part in name for part in ("non-colo", "noncolo", "raw", "data")):
        return Meaning("data")
    linear = any(part in name for part in ("linear", "acescg", "aces2065", "xyz"))
    return Meaning("linear" if linear else "srgb", _EXACT.get(name, "REC709"))


def is_hdr(color_space: str) -> bool:
    """Return whether a color space of Blender is one of video with high dynamic range (PQ, HLG).

    Parameters
    ----------
    color_space : str
        Blender's name of it.

    Returns
    -------
    bool
        Such numbers are neither sRGB-encoded nor linear.
    """
    return color_space.lower() in _HDR


def meaning_of_interop(identifier: str) -> Meaning | None:
    """Return what numbers mean, by the ``colorInteropID`` of an OpenEXR file.

    Parameters
    ----------
    identifier : str
        The attribute; empty if the file has none.

    Returns
    -------
    Meaning or None
        None if it is empty or unknown.
    """
    return _INTEROP.get(identifier)


def interop_of(meaning: Meaning) -> str:
    """Return the ``colorInteropID`` for numbers.

    Parameters
    ----------
    meaning : Meaning
        Of the numbers.

    Returns
    -------
    str
        Empty if there is none for these primaries.
    """
    return next((name for name, known in _INTEROP.items() if known == meaning), "")


def to_rec709(color: np.ndarray, meaning: Meaning) -> np.ndarray:
    """Return colors with the primaries of Rec.709, in the same encoding.

    Parameters
    ----------
    color : (H, W, 3) float32
        As ``meaning`` says.
    meaning : Meaning
        Of the numbers.

    Returns
    -------
    (H, W, 3) float32
        ``color`` itself if it has them, or is data. May be out of [0, 1].
    """
    return _changed(color, meaning, meaning.primaries, "REC709")


def from_rec709(color: np.ndarray, meaning: Meaning) -> np.ndarray:
    """Return colors with other primaries than those of Rec.709, in the same encoding.

    Parameters
    ----------
    color : (H, W, 3) float32
        With the primaries of Rec.709.
    meaning : Meaning
        What the numbers shall mean.

    Returns
    -------
    (H, W, 3) float32
        ``color`` itself if nothing changes.
    """
    return _changed(color, meaning, "REC709", meaning.primaries)


def _changed(
    color: np.ndarray, meaning: Meaning, old: Name | Primaries, new: Name | Primaries
) -> np.ndarray:
    if meaning.encoding == "data" or old == new:
        return color
    matrix = between(old, new)
    if meaning.encoding == "linear":
        return convert(color, matrix)
    return linear_to_srgb(convert(srgb_to_linear(color), matrix))
