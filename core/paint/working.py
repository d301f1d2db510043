"""Convert pictures to what the networks take, and paintings back to pictures.

The networks take sRGB-encoded colors in [0, 1] at a working resolution, which depends on the brush
scale. On the way back, the size, range and alpha of the picture are restored, and keep-color and low
strengths are applied.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from ..image.alpha import fill_under_alpha, full_alpha
from ..image.color import LUMA, keep_luminance_only, linear_to_srgb, srgb_to_linear
from ..image.picture import Picture
from ..image.resize import resize
from ..networks.layout import STRIDE
from ..styles.look import Look
from ..styles.style import ZOOMS

REFERENCE_SIDE = 1024
"""Long side in pixels at which a brush scale of 1 is the native one of the style."""

_FULL_EFFECT = 0.5  # strength below which the painting is mixed with the original
_DETAIL = 0.7  # share of the original's fine detail that is added back to an enlarged painting

_STRIP = 512
"""Columns that are resized at a time."""
LARGE = 4096**2
"""Pixels of a picture from which on memory is spared where that takes longer."""


@dataclass(frozen=True)
class Plan:
    """At which sizes a picture is painted and returned.

    Attributes
    ----------
    size : (int, int)
        Width and height of the result in pixels.
    working : (int, int)
        Width and height at which the networks paint.
    zoom : float
        Brush scale at which the style's code is taken.
    """

    size: tuple[int, int]
    working: tuple[int, int]
    zoom: float


def plan(size: tuple[int, int], look: Look) -> Plan:
    """Choose the resolution to paint at, so that the brush has its size relative to the picture.

    A style has codes for brushes from half to twice their native size. Other sizes are reached by
    painting a smaller or larger picture, so a preview looks like the final result.

    Parameters
    ----------
    size : (int, int)
        Width and height of the picture in pixels.
    look : Look
        Has the brush scale, and the largest side of the result.

    Returns
    -------
    Plan
        The sizes.
    """
    width, height = size
    if look.max_side and max(size) > look.max_side:
        factor = look.max_side / max(size)
        width, height = (max(1, round(side * factor)) for side in size)
    wanted = look.brush_scale * max(width, height) / REFERENCE_SIDE
    zoom = float(np.clip(wanted, ZOOMS[0], ZOOMS[-1]))
    unit = STRIDE if look.seamless else 1
    working = tuple(
        max(STRIDE, round(side * zoom / wanted / unit) * unit) for side in (width, height)
    )
    return Plan((width, height), working, zoom)  # type: ignore[arg-type]


def _exposure(picture: Picture) -> np.ndarray:
    """Return by how much scene-linear colors exceed 1, ``(H, W, 1)`` float32, at least 1."""
    return np.maximum(picture.color.max(axis=2, keepdims=True), np.float32(1))


def display_colors(picture: Picture) -> np.ndarray:
    """Return the colors of a picture as the networks take them.

    A scene-linear pixel that exceeds 1 is divided by its largest channel, and :func:`from_work`
    multiplies with it again: a lamp stays as bright as it was, whatever its style.

    Parameters
    ----------
    picture : Picture
        The picture.

    Returns
    -------
    (H, W, 3) float32, sRGB-encoded in [0, 1]
        Its colors.
    """
    if picture.encoding == "linear":
        return linear_to_srgb(np.maximum(picture.color, 0) / _exposure(picture))
    return picture.color


def to_work(
    picture: Picture, goal: Plan, seamless: bool, alpha_covers: bool
) -> tuple[np.ndarray, np.ndarray | None]:
    """Return a picture at working resolution.

    Parameters
    ----------
    picture : Picture
        The picture.
    goal : Plan
        Has the working resolution.
    seamless : bool
        Whether the picture is a torus.
    alpha_covers : bool
        Whether alpha is opacity.

    Returns
    -------
    work : (H, W, 3) float32, sRGB-encoded in [0, 1]
        The colors.
    mask : (H, W) float32 in [0, 1] or None
        Which pixels count; None: all.
    """
    color, mask = display_colors(picture), None
    if picture.alpha is not None and alpha_covers:
        cover = picture.alpha if picture.cover is None else picture.cover
        color = fill_under_alpha(color, cover)
        share = cover.astype(np.float32) / full_alpha(cover.dtype)
        mask = np.clip(resize(share, goal.working, wrap=seamless), 0, 1)
    work = resize(color, goal.working, wrap=seamless)
    in_range = picture.depth in ("8", "16") and picture.primaries == "REC709"
    if work is not picture.color or not in_range:
        work = np.clip(work, 0, 1)
    return work, mask


def resize_picture(picture: Picture, size: tuple[int, int], seamless: bool) -> Picture:
    """Resize a picture, alpha included.

    Parameters
    ----------
    picture : Picture
        The picture.
    size : (int, int)
        Width and height in pixels.
    seamless : bool
        Whether the picture is a torus.

    Returns
    -------
    Picture
        The resized picture; the same object if it has that size.
    """
    if picture.size == size:
        return picture
    alpha = picture.alpha
    if alpha is not None:
        top = full_alpha(alpha.dtype)
        smooth = resize(alpha.astype(np.float32), size, wrap=seamless).clip(0, top)
        alpha = (smooth if alpha.dtype.kind == "f" else np.rint(smooth)).astype(alpha.dtype)
    color = resize(picture.color, size, wrap=seamless)
    if picture.depth in ("8", "16"):
        color = color.clip(0, 1)
    cover = picture.cover
    if cover is not None:
        cover = resize(cover, size, wrap=seamless).clip(0, 1)
    return replace(picture, color=color, alpha=alpha, cover=cover)


def discards_original(picture: Picture, work: np.ndarray, look: Look) -> bool:
    """Return whether :func:`from_work` keeps nothing of the original colors.

    Parameters
    ----------
    picture : Picture
        The original at the size of the result.
    work : (H, W, 3) float32, sRGB-encoded in [0, 1]
        The original at working resolution.
    look : Look
        Strength, keep-color and sizes.

    Returns
    -------
    bool
        Whether the result has the colors of the painting, unchanged.
    """
    return (
        work.shape[1::-1] == picture.size == plan(picture.size, look).size
        and not look.keep_color > 0
        and look.strength >= _FULL_EFFECT
        and picture.encoding != "linear"
    )


def _resized_with_detail(
    painted: np.ndarray, work: np.ndarray, original: np.ndarray, seamless: bool
) -> np.ndarray:
    """Resize a painting to the original's size; add fine detail of lightness if that is larger.

    Plane by plane, strip by strip: of large pictures, a third array of colors would not fit the
    memory.
    """
    height, width = original.shape[:2]
    enlarged = work.shape[0] * work.shape[1] < height * width
    light = resize(work @ LUMA, (width, work.shape[0]), wrap=seamless)
    result = np.empty((height, width, 3), np.float32)
    planes = 3 if height * width <= LARGE else 1  # at a time
    for first in range(0, 3, planes):
        channels = slice(first, first + planes)
        part = np.ascontiguousarray(painted[..., channels])
        wide = resize(part, (width, len(part)), wrap=seamless)
        for left in range(0, width, _STRIP):
            columns = slice(left, left + _STRIP)
            size = (wide[:, columns].shape[1], height)
            strip = resize(wide[:, columns], size, wrap=seamless)
            if enlarged:
                low = resize(light[:, columns], size, wrap=seamless)
                detail = original[:, columns] @ LUMA - low
                strip = strip + np.float32(_DETAIL) * detail[..., None]
            np.clip(strip, 0, 1, out=result[:, columns, channels])
    return result


def from_work(picture: Picture, work: np.ndarray, painted: np.ndarray, look: Look) -> Picture:
    """Convert a painting to the picture's size and range, and apply keep-color and low strengths.

    Where the working resolution was lower than the picture's, fine detail of lightness, which the
    networks could not see, is added back from the original.

    Parameters
    ----------
    picture : Picture
        The original at the size of the result.
    work : (H, W, 3) float32, sRGB-encoded in [0, 1]
        The original at working resolution.
    painted : (H, W, 3) float32, sRGB-encoded in [0, 1]
        The painting at working resolution.
    look : Look
        Strength, keep-color and sizes.

    Returns
    -------
    Picture
        The result, with the alpha of the original.
    """
    if look.strength == 0:
        return picture
    if discards_original(picture, work, look):
        return picture.with_color(painted)
    original = display_colors(picture)
    size = picture.size
    if painted.shape[1::-1] != size:
        painted = _resized_with_detail(painted, work, original, look.seamless)
    if look.keep_color > 0:
        painted = keep_luminance_only(painted, original, look.keep_color)
    if look.strength < _FULL_EFFECT:
        painted = original + (painted - original) * np.float32(look.strength / _FULL_EFFECT)
    if picture.encoding == "linear":
        painted = srgb_to_linear(painted) * _exposure(picture)
        if (
            look.strength < _FULL_EFFECT
        ):  # colors out of gamut are negative, and fade as all others do
            rest = np.float32(1 - look.strength / _FULL_EFFECT)
            painted += rest * np.minimum(picture.color, 0)
    return picture.with_color(painted)
