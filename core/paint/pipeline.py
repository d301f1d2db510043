"""Stylize pictures: everything around the networks.

The networks take sRGB-encoded colors in [0, 1] at a working resolution. This module converts pictures
to that and back: color encoding and range, alpha, brush scale, keep-color, and output size.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from ..control import SILENT, Control
from ..errors import UnsupportedImage
from ..image.alpha import fill_under_alpha, full_alpha
from ..image.color import LUMA, keep_luminance_only, linear_to_srgb, srgb_to_linear
from ..image.picture import Picture
from ..image.resize import resize
from ..models.encoder import STRIDE
from ..styles.look import Look
from ..styles.style import ZOOMS, Style
from .network import TILE, PaintJob, Stylizer

REFERENCE_SIDE = 1024
"""Long side in pixels at which a brush scale of 1 is the native one of the style."""

RegionCodes = Callable[[np.ndarray, float], tuple[np.ndarray, np.ndarray]]
"""Returns weights ``(H, W, K)`` and codes ``(K, CODE_LENGTH)`` for a content and a zoom."""

_FULL_EFFECT = 0.5  # strength below which the painting is mixed with the original
_DETAIL = 0.7  # share of the original's fine detail that is added back to an enlarged painting


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


def stylize(
    stylizer: Stylizer,
    pictures: Sequence[Picture],
    look: Look,
    style: Style,
    *,
    region_painter: RegionCodes | None = None,
    alpha_covers: bool = True,
    tile: int = TILE,
    control: Control = SILENT,
) -> list[Picture]:
    """Stylize one picture, or the tiles of one UDIM with common statistics.

    Alpha is returned bit for bit, and so are colors with ``look.strength`` 0, unless ``look.max_side``
    makes the picture smaller.

    Parameters
    ----------
    stylizer : Stylizer
        The networks.
    pictures : sequence of Picture
        One, or several UDIM tiles.
    look : Look
        Strength, sizes, seed and so on.
    style : Style
        The style.
    region_painter : callable, optional
        Returns the weights of the regions and a code for each. Not used for several pictures, which
        have common statistics.
    alpha_covers : bool
        Whether alpha is opacity, unlike in channel-packed images. Colors under it are then filled in
        from their neighbors, and do not count for the statistics.
    tile : int
        Side of a tile without its halo, in pixels.
    control : Control
        Gets the progress, and is asked for a cancel after each layer.

    Returns
    -------
    list of Picture
        The stylized pictures.

    Raises
    ------
    UnsupportedImage
        A picture holds data, not color.
    JobCancelled
        The control was cancelled.
    """
    for picture in pictures:
        if picture.encoding == "data":
            raise UnsupportedImage(
                "The image holds data (Non-Color), not a picture; Impasto leaves such maps alone."
            )
    plans = [plan(p.size, look) for p in pictures]
    if look.strength == 0:
        return [
            resize_picture(p, goal.size, look.seamless)
            for p, goal in zip(pictures, plans, strict=True)
        ]
    works = [
        to_work(p, goal, look.seamless, alpha_covers)
        for p, goal in zip(pictures, plans, strict=True)
    ]
    content_code = None
    if len(works) > 1:
        colors, masks = zip(*works, strict=True)
        content_code = stylizer.measure(
            colors,
            style.code(plans[0].zoom),
            masks,
            strength=look.strength,
            seamless=look.seamless,
            tile=tile,
        )
    results = []
    for index, (picture, goal, (color, mask)) in enumerate(
        zip(pictures, plans, works, strict=True)
    ):
        part = control.part(index / len(pictures), (index + 1) / len(pictures))
        regions, codes = None, style.code(goal.zoom)
        if region_painter is not None and content_code is None:
            regions, codes = region_painter(color, goal.zoom)
        job = PaintJob(
            color,
            codes,
            content_code=content_code,
            regions=regions,
            strength=look.strength,
            seamless=look.seamless,
            seed=look.seed,
            mask=mask,
            adapters=style.adapters,
            tile=tile,
        )
        painted = stylizer.paint(job, part)
        sized = resize_picture(picture, goal.size, look.seamless)
        results.append(from_work(sized, color, painted, look))
    return results


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
        color = fill_under_alpha(color, picture.alpha)
        share = picture.alpha.astype(np.float32) / full_alpha(picture.alpha.dtype)
        mask = np.clip(resize(share, goal.working, wrap=seamless), 0, 1)
    work = resize(color, goal.working, wrap=seamless)
    if work is not picture.color or picture.depth not in ("8", "16"):  # integers are in range
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
    return Picture(color, alpha, picture.depth, picture.encoding, picture.gray)


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
    if discards_original(picture, work, look):
        return picture.with_color(painted)
    original = display_colors(picture)
    size = picture.size
    if painted.shape[1::-1] != size:
        low = resize(work, size, wrap=look.seamless)
        painted = resize(painted, size, wrap=look.seamless)
        if work.shape[0] * work.shape[1] < original.shape[0] * original.shape[1]:
            detail = (original - low) @ LUMA
            painted += np.float32(_DETAIL) * detail[..., None]
        painted = np.clip(painted, 0, 1)
    if look.keep_color > 0:
        painted = keep_luminance_only(painted, original, look.keep_color)
    if look.strength < _FULL_EFFECT:
        painted = original + (painted - original) * np.float32(look.strength / _FULL_EFFECT)
    if picture.encoding == "linear":
        painted = srgb_to_linear(painted) * _exposure(picture)
    return picture.with_color(painted)
