"""A stroke set: what the brush strokes of a style, or of a medium, look like, as numbers."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Annotated, Any

import numpy as np

from ..errors import BadRequest, FileDamaged
from ..schema import Length, Range, read_json
from ..tensor_file import Array, known_words

DIRECTIONS = 16
"""Bins of the histogram of directions, over half a turn."""


Unit = Annotated[float, Range(0, 1)]


@dataclass(frozen=True, eq=False)
class StrokeSet:
    """The brush strokes of a style.

    Sets can be blended, and are saved with a style. Lengths are shares of the picture's short side at a
    brush scale of 1.

    Attributes
    ----------
    width : float
        Width of the widest strokes.
    finest : float
        Width of the narrowest strokes, as a share of ``width``.
    aspect : float
        Length by width.
    softness : float
        In [0, 1]; share of a stroke's half width over which its edge fades.
    roughness : float
        In [0, 1]; how ragged edges and ends are, and how much the brush runs dry.
    bristles : float
        Number of bristle marks across a stroke.
    contrast : float
        Standard deviation of the lightness of bristle marks, sRGB-encoded in [0, 1].
    streak : float
        In [0, 1]; how far a bristle mark runs along the stroke; 1 from end to end.
    rim : float
        In [-1, 1]; how much darker the rim of a stroke is, as where watercolor dries.
    opacity : float
        In (0, 1].
    color_jitter : (3,) float
        Standard deviations of lightness, and of the two other axes of Lab, from stroke to stroke.
    angle_jitter : float
        Standard deviation of the angle, in radians.
    curvature : float
        Largest height of a stroke's arc, as a share of its length.
    density : float
        How many times the strokes of one layer would cover half of the picture.
    scatter : float
        In [0, 1]; how far strokes lie from an even grid.
    layers : int
        Layers of strokes, each narrower than the one before.
    retouch : float
        In [0, 1]; share of the finer strokes that are painted where the picture has no detail.
    flow : float
        Length over which strokes keep their direction in flat areas.
    relief : float
        In [0, 1]; thickness of the paint.
    ground : (3,) float or None
        sRGB-encoded color that is not painted over everywhere; None: a blurred underpainting.
    saturation : float
        In [0, 1]; 0 takes the colors out of what is painted.
    ink : bool
        Whether tone is made by how many strokes there are, all dark, rather than by their color.
    directions : (DIRECTIONS,) float32
        How often strokes of the style lie in each direction, from 0 to half a turn; sums to 1.
    stamps : (N, h, w, 3) uint8 or None
        Alpha, lightness (128: that of the stroke) and height of real strokes, lying along x. None:
        they are drawn from the numbers.
    """

    width: Annotated[float, Range(1e-4, 2)] = 0.06
    finest: Annotated[float, Range(1e-3, 1)] = 0.2
    aspect: Annotated[float, Range(0.05, 200)] = 3.2
    softness: Unit = 0.25
    roughness: Unit = 0.5
    bristles: Annotated[float, Range(1e-3, 1000)] = 9.0
    contrast: Annotated[float, Range(0, 10)] = 0.05
    streak: Unit = 0.7
    rim: Annotated[float, Range(-1, 1)] = 0.0
    opacity: Annotated[float, Range(1e-3, 1)] = 0.95
    color_jitter: Annotated[tuple[Annotated[float, Range(0, 200)], ...], Length(3, 3)] = (
        *(2.5, 1.5, 1.5),
    )
    angle_jitter: Annotated[float, Range(0, 100)] = 0.12
    curvature: Annotated[float, Range(0, 10)] = 0.2
    density: Annotated[float, Range(1e-3, 100)] = 1.6
    scatter: Unit = 0.9
    layers: Annotated[int, Range(1, 32)] = 4
    retouch: Unit = 0.12
    flow: Annotated[float, Range(1e-6, 100)] = 0.3
    relief: Unit = 0.7
    ground: Annotated[tuple[Unit, ...], Length(3, 3)] | None = None
    saturation: Unit = 1.0
    ink: bool = False
    directions: np.ndarray = field(
        default_factory=lambda: np.full(DIRECTIONS, 1 / DIRECTIONS, np.float32)
    )
    stamps: np.ndarray | None = None


_ARRAYS = {
    "directions": Array((DIRECTIONS,), np.floating, 0.0, 1.001),
    "stamps": Array((-1, -1, -1, 3), np.uint8),
}
_NUMBERS = tuple(
    row.name for row in fields(StrokeSet) if row.name not in (*_ARRAYS, "ground", "ink", "layers")
)


def blend_strokes(sets: Sequence[StrokeSet], shares: Sequence[float]) -> StrokeSet:
    """Return the weighted mean of stroke sets; what is no number is that of the largest share.

    Parameters
    ----------
    sets : sequence of StrokeSet
        At least one.
    shares : sequence of float
        One for each set; they sum to 1.

    Returns
    -------
    StrokeSet
        The mean; lengths and counts are averaged as logarithms.
    """
    weights = np.asarray(shares, np.float64)
    most = sets[int(weights.argmax())]
    means: dict[str, Any] = {}
    for name in _NUMBERS:
        values = np.asarray([getattr(row, name) for row in sets], np.float64)
        if name in ("width", "finest", "aspect", "bristles", "flow"):
            means[name] = float(np.exp(weights @ np.log(values)))
        else:
            mean = weights @ values
            means[name] = tuple(map(float, mean)) if mean.ndim else float(mean)
    directions = np.tensordot(weights, np.stack([row.directions for row in sets]), axes=1)
    means["directions"] = directions.astype(np.float32)
    return replace(most, **means)


def to_tensors(strokes: StrokeSet) -> tuple[dict[str, np.ndarray], str]:
    """Return the arrays of a stroke set, and the rest as JSON, for a file.

    Parameters
    ----------
    strokes : StrokeSet
        What to save.

    Returns
    -------
    tensors : dict of str to (DIRECTIONS,) float32 or (N, h, w, 3) uint8
        Arrays by the name of the field.
    text : str
        The numbers.
    """
    arrays = {name: getattr(strokes, name) for name in _ARRAYS}
    plain = {name: value for name, value in asdict(strokes).items() if name not in _ARRAYS}
    return {name: value for name, value in arrays.items() if value is not None}, json.dumps(plain)


def from_tensors(tensors: Mapping[str, np.ndarray], text: str) -> StrokeSet:
    """Return the stroke set that :func:`to_tensors` took apart; fields that it does not know are left.

    Parameters
    ----------
    tensors : mapping of str to (DIRECTIONS,) float32 or (N, h, w, 3) uint8
        Arrays by the name of the field.
    text : str
        The numbers.

    Returns
    -------
    StrokeSet
        The set.

    Raises
    ------
    FileDamaged
        The numbers are not JSON, or out of range, or the arrays of another kind.
    """
    try:
        words = read_json(text)
    except BadRequest as error:
        raise FileDamaged(str(error)) from error
    if not isinstance(words, dict):
        raise FileDamaged("the strokes are no object")
    numbers = known_words(StrokeSet, {n: v for n, v in words.items() if n not in _ARRAYS})
    arrays = {name: tensors[name] for name in _ARRAYS if name in tensors}
    for name, array in arrays.items():
        _ARRAYS[name].check(name, array)
    return replace(numbers, **arrays)  # type: ignore[arg-type]
