"""Whether aligned pictures are the same, but for small differences of tone and color."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np

from ..image.color import srgb_to_lab_fast

_PLAIN = 0.8
"""Deviation of lightness, in [0, 100], below which a picture is plain."""

_COLOR_SIDE = 12
"""Side at which colors are compared."""

_PLAIN_GAP = 4.0
"""Lab distance of plain pictures that count as the same; 2.3 is just noticeable on large areas."""

_MOST_GAIN = 1.8
_MOST_SHIFT = 22.0
_MOST_SATURATION, _MOST_TURN = 1.6, np.radians(15)
_MOST_RESIDUE = 3.5
"""Root mean square distance of a and b, once tone, saturation and a slight hue are allowed for."""

_ALIKE, _ALIKE_SMOOTH = 0.9, 0.985
"""Least correlation of pictures, and of those without edges."""

_AROUND = 9
"""Pixels of 48 within which edges are compared."""

_EDGE = 1.6
"""Deviation of lightness around a pixel that is more than noise."""

_ALIKE_AROUND, _ALIKE_EDGES = 0.6, 0.8
"""Least correlation around an edge's pixel, and the share of such pixels that have it."""

SQUARE_VIEWS: tuple[Callable[[np.ndarray], np.ndarray], ...] = (
    lambda images: images,
    lambda images: images[:, :, ::-1],
    lambda images: images[:, ::-1],
    lambda images: images[:, ::-1, ::-1],
    lambda images: images.swapaxes(1, 2),
    lambda images: images.swapaxes(1, 2)[:, :, ::-1],
    lambda images: images.swapaxes(1, 2)[:, ::-1],
    lambda images: images.swapaxes(1, 2)[:, ::-1, ::-1],
)
"""The eight ways to see squares ``(N, S, S, ...)``: as they are, mirrored twice, and turned."""


def lab_of(image: np.ndarray, side: int) -> np.ndarray:
    """Return a thumbnail in CIE Lab.

    Parameters
    ----------
    image : (h, w, 4) uint8
        RGBA; what is transparent becomes gray.
    side : int
        Pixels along a side of the result.

    Returns
    -------
    (side, side, 3) float32
        CIE Lab.
    """
    color: np.ndarray = image[..., :3].astype(np.float32) / 255
    if image.shape[2] == 4 and image[..., 3].min() < 255:
        opacity = image[..., 3:].astype(np.float32) / 255
        color = color * opacity + 0.5 * (1 - opacity)
    if color.shape[:2] != (side, side):
        color = cv2.resize(color, (side, side), interpolation=cv2.INTER_AREA)
    return srgb_to_lab_fast(color)


def is_plain(lightness: np.ndarray) -> np.ndarray:
    """Return which pictures show nothing.

    Parameters
    ----------
    lightness : (N, S, S) float32
        In [0, 100].

    Returns
    -------
    (N,) bool
        True where all pixels are nearly equal.
    """
    return lightness.std((1, 2)) < _PLAIN


def correlation(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Return Pearson's correlation of pictures.

    Parameters
    ----------
    one, other : (N, S, S) float32
        Lightness.

    Returns
    -------
    (N,) float32
        In [-1, 1].
    """
    first = one - one.mean((1, 2), keepdims=True)
    second = other - other.mean((1, 2), keepdims=True)
    product = (first * second).sum((1, 2))
    squares = (first * first).sum((1, 2)) * (second * second).sum((1, 2))
    result: np.ndarray = product / np.sqrt(np.maximum(squares, 1e-9))
    return result


def agreeing_colors(one: np.ndarray, other: np.ndarray, plain: bool = False) -> bool:
    """Return whether two aligned pictures differ only a little in tone, saturation and hue.

    Parameters
    ----------
    one, other : (H, W, 3) float32
        CIE Lab.
    plain : bool, optional
        They show nothing but their color, which must be the same.

    Returns
    -------
    bool
        True if they may be the same picture.
    """
    # Broad areas only: fine color is lost in JPEG and at other sizes.
    size = (_COLOR_SIDE, _COLOR_SIDE)
    one, other = (cv2.resize(lab, size, interpolation=cv2.INTER_AREA) for lab in (one, other))
    means = one.mean((0, 1)), other.mean((0, 1))
    if plain:
        return bool(np.linalg.norm(means[0] - means[1]) <= _PLAIN_GAP) and bool(
            np.sqrt(((one - other) ** 2).sum(-1).mean()) <= 1.5 * _PLAIN_GAP
        )
    deviations = one[..., 0].std(), other[..., 0].std()
    if (
        max(deviations) > _MOST_GAIN * min(deviations)
        or abs(means[0][0] - means[1][0]) > _MOST_SHIFT
    ):
        return False
    first = one[..., 1] + 1j * one[..., 2]
    second = other[..., 1] + 1j * other[..., 2]
    power = float((np.abs(first) ** 2).mean())
    factor = complex((first.conj() * second).mean()) / max(power, 1.0)
    size = np.clip(abs(factor), 1 / _MOST_SATURATION, _MOST_SATURATION)
    turn = np.clip(np.angle(factor), -_MOST_TURN, _MOST_TURN)
    residue = second - size * np.exp(1j * turn) * first
    return bool(np.sqrt((np.abs(residue) ** 2).mean()) <= _MOST_RESIDUE)


def shows_the_same(one: np.ndarray, other: np.ndarray) -> bool:
    """Return whether two aligned pictures are the same.

    One bright sky correlates with another, so the edges must agree as well.

    Parameters
    ----------
    one, other : (S, S, 3) float32
        CIE Lab.

    Returns
    -------
    bool
        True if they are.
    """
    first, second = one[..., 0], np.ascontiguousarray(other[..., 0])
    whole = correlation(first[None], second[None])[0]
    if whole < _ALIKE or not agreeing_colors(one, other):
        return False
    alike, edges = _edges(first, second)
    if edges < 0.01 and whole < _ALIKE_SMOOTH:
        return False
    return alike >= _ALIKE_EDGES


def edges_agree(one: np.ndarray, other: np.ndarray) -> bool:
    """Return whether the edges of two aligned pictures are at the same places.

    Parameters
    ----------
    one, other : (H, W) float32
        Lightness in [0, 100], of about 48 pixels a side.

    Returns
    -------
    bool
        True if they are; also if there are none.
    """
    return _edges(one, other)[0] >= _ALIKE_EDGES


def _edges(one: np.ndarray, other: np.ndarray) -> tuple[float, float]:
    """Return the share of edges that agree, and the share of all pixels that are edges.

    Correlation within a window is the structure term of Wang et al., "Image quality assessment: from
    error visibility to structural similarity", 2004.
    """
    means = [cv2.blur(light, (_AROUND, _AROUND)) for light in (one, other)]
    squares = [cv2.blur(light * light, (_AROUND, _AROUND)) for light in (one, other)]
    variances = [np.maximum(s - m * m, 0) for s, m in zip(squares, means, strict=True)]
    shared = cv2.blur(one * other, (_AROUND, _AROUND)) - means[0] * means[1]
    here = np.maximum(*variances) > _EDGE**2
    alike = shared > _ALIKE_AROUND * np.sqrt(variances[0] * variances[1])
    return float(alike[here].mean()) if here.any() else 1.0, float(here.mean())
