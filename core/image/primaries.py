"""The primaries of RGB color spaces, and linear colors from one set of primaries to another.

Needs numpy only, so Blender's own process may import it.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Literal, NamedTuple, get_args

import numpy as np

Name = Literal["REC709", "REC2020", "P3", "ACESCG", "ACES"]
"""Rec.709 (sRGB), Rec.2020, Display P3, ACEScg (AP1), ACES2065-1 (AP0)."""

NAMES: tuple[Name, ...] = get_args(Name)


class Primaries(NamedTuple):
    """CIE xy chromaticities of red, green, blue and white, as EXR's ``chromaticities`` lists them."""

    red: tuple[float, float]
    green: tuple[float, float]
    blue: tuple[float, float]
    white: tuple[float, float]


D65 = (0.3127, 0.3290)
ACES_WHITE = (0.32168, 0.33767)
"""Near D60 (SMPTE ST 2065-1)."""

PRIMARIES: dict[Name, Primaries] = {
    "REC709": Primaries((0.640, 0.330), (0.300, 0.600), (0.150, 0.060), D65),
    "REC2020": Primaries((0.708, 0.292), (0.170, 0.797), (0.131, 0.046), D65),
    "P3": Primaries((0.680, 0.320), (0.265, 0.690), (0.150, 0.060), D65),
    "ACESCG": Primaries((0.713, 0.293), (0.165, 0.830), (0.128, 0.044), ACES_WHITE),
    "ACES": Primaries((0.7347, 0.2653), (0.0, 1.0), (0.0001, -0.0770), ACES_WHITE),
}
"""ITU-R BT.709 and BT.2020, SMPTE EG 432-1 with D65, Academy S-2014-004 and SMPTE ST 2065-1."""

# Lam 1985: the cone responses of the Bradford adaptation.
_BRADFORD = np.array(
    [[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]]
)


def to_rec709(source: Name | Primaries) -> np.ndarray:
    """Return the matrix from linear colors of some primaries to linear Rec.709.

    Parameters
    ----------
    source : Name or Primaries
        What the colors are now.

    Returns
    -------
    (3, 3) float64
        For columns of linear RGB: ``color @ matrix.T``. White stays white (Bradford adaptation).

    Raises
    ------
    ValueError
        The primaries span no color space.
    """
    return between(source, "REC709")


def between(source: Name | Primaries, target: Name | Primaries) -> np.ndarray:
    """Return the matrix from linear colors of some primaries to linear colors of others.

    Parameters
    ----------
    source, target : Name or Primaries
        What the colors are now, and what they shall be.

    Returns
    -------
    (3, 3) float64
        For columns of linear RGB: ``color @ matrix.T``.

    Raises
    ------
    ValueError
        Primaries that span no color space.
    """
    old, new = (PRIMARIES[p] if isinstance(p, str) else p for p in (source, target))
    return _between(_plain(old), _plain(new))


def convert(color: np.ndarray, matrix: np.ndarray) -> np.ndarray:
    """Apply a color matrix to linear colors, in a new array.

    Parameters
    ----------
    color : (..., 3) float32
        Linear RGB, of any range.
    matrix : (3, 3) float64
        As :func:`to_rec709` and :func:`between` return it.

    Returns
    -------
    (..., 3) float32
        Linear RGB.
    """
    return color @ matrix.T.astype(np.float32)


def luminance_weights(primaries: Name | Primaries) -> np.ndarray:
    """Return by what linear red, green and blue add up to CIE Y.

    Parameters
    ----------
    primaries : Name or Primaries
        Of the colors.

    Returns
    -------
    (3,) float64
        Their sum is 1.

    Raises
    ------
    ValueError
        The primaries span no color space.
    """
    return _to_xyz(PRIMARIES[primaries] if isinstance(primaries, str) else _plain(primaries))[1]


def _plain(primaries: Primaries) -> Primaries:
    return Primaries(*((float(x), float(y)) for x, y in primaries))


@lru_cache
def _between(source: Primaries, target: Primaries) -> np.ndarray:
    matrix = np.eye(3)
    if source != target:
        adapted = _adaptation(source.white, target.white)
        matrix = np.linalg.inv(_to_xyz(target)) @ adapted @ _to_xyz(source)
    matrix.flags.writeable = False
    return matrix


def _to_xyz(primaries: Primaries) -> np.ndarray:
    columns = np.stack([_xyz(xy) for xy in primaries[:3]], axis=1)
    if not abs(np.linalg.det(columns)) >= 1e-6 or not primaries.white[1] > 0:  # nor not a number
        raise ValueError(f"primaries span no color space: {primaries}")
    return columns * np.linalg.solve(columns, _xyz(primaries.white) / primaries.white[1])


def _xyz(xy: tuple[float, float]) -> np.ndarray:
    x, y = xy
    return np.array([x, y, 1 - x - y])


def _adaptation(source: tuple[float, float], target: tuple[float, float]) -> np.ndarray:
    old, new = (_BRADFORD @ (_xyz(white) / white[1]) for white in (source, target))
    return np.linalg.inv(_BRADFORD) @ np.diag(new / old) @ _BRADFORD
