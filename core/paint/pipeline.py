"""From a picture and a look to the stylized picture: everything around the networks.

Color and range, alpha, brush scale, keep-color, output size. The networks see sRGB-encoded
colors in [0, 1] at a working resolution; this module takes pictures there and back.
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
"""Long side in pixels at which a brush scale of 1 is the style's own."""

RegionCodes = Callable[[np.ndarray, float], tuple[np.ndarray, np.ndarray]]
"""From a content ``(H, W, 3)`` and a zoom to weights ``(H, W, K)`` and codes ``(K, L)``."""

_FULL_EFFECT = 0.5
_DETAIL = 0.7


@dataclass(frozen=True)
class Plan:
    """Sizes ``(width, height)`` of the result and of the work, and the zoom of the style."""

    size: tuple[int, int]
    working: tuple[int, int]
    zoom: float


def plan(size: tuple[int, int], look: Look) -> Plan:
    """Decide at which resolution to paint, so that the brush has its size relative to the picture.

    The style's codes know brushes from half to twice their native size. What lies beyond is
    reached by painting a smaller or larger picture, so a preview looks like the final.
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

    Alpha comes back bit for bit. Where it covers (it does not in channel-packed images), colors
    under it are made up from their neighbors and do not count for the statistics. With
    ``look.strength`` 0 the colors come back bit for bit (resized if ``max_side`` asks).
    ``region_painter`` gives the weights of regions and a code for each (not for UDIM tiles, which have
    common statistics).

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
            resized(p, goal.size, look.seamless) for p, goal in zip(pictures, plans, strict=True)
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
        sized = resized(picture, goal.size, look.seamless)
        results.append(from_work(sized, color, painted, look))
    return results


def _exposure(picture: Picture) -> np.ndarray:
    """By how much scene-linear colors exceed 1, ``(H, W, 1)`` float32, at least 1."""
    return np.maximum(picture.color.max(axis=2, keepdims=True), np.float32(1))


def display(picture: Picture) -> np.ndarray:
    """Colors as the networks want them: ``(H, W, 3)`` float32, sRGB-encoded in [0, 1].

    Of a scene-linear picture, what exceeds 1 is divided out as exposure, and :func:`from_work`
    multiplies it back: a lamp stays as bright as it was, whatever its style.
    """
    if picture.encoding == "linear":
        return linear_to_srgb(np.maximum(picture.color, 0) / _exposure(picture))
    return picture.color


def to_work(
    picture: Picture, goal: Plan, seamless: bool, alpha_covers: bool
) -> tuple[np.ndarray, np.ndarray | None]:
    """The picture at working resolution, and which of its pixels count."""
    color, mask = display(picture), None
    if picture.alpha is not None and alpha_covers:
        color = fill_under_alpha(color, picture.alpha)
        share = picture.alpha.astype(np.float32) / full_alpha(picture.alpha.dtype)
        mask = np.clip(resize(share, goal.working, wrap=seamless), 0, 1)
    work = resize(color, goal.working, wrap=seamless)
    if work is not picture.color or picture.depth not in ("8", "16"):  # those are in range
        work = np.clip(work, 0, 1)
    return work, mask


def resized(picture: Picture, size: tuple[int, int], seamless: bool) -> Picture:
    """The picture at another size, alpha included; the same object if the size is its own."""
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


def replaces_all(picture: Picture, work: np.ndarray, look: Look) -> bool:
    """Whether :func:`from_work` gives the painting of that work as it is, whatever the colors of the
    picture were."""
    return (
        work.shape[1::-1] == picture.size == plan(picture.size, look).size
        and not look.keep_color > 0
        and look.strength >= _FULL_EFFECT
        and picture.encoding != "linear"
    )


def from_work(picture: Picture, color: np.ndarray, painted: np.ndarray, look: Look) -> Picture:
    """Bring the painting to the picture's size and range, and apply keep-color and low strengths.

    Where the work was smaller than the picture, the picture's own fine detail of lightness, which
    the work could not see, is added back.
    """
    if replaces_all(picture, color, look):
        return picture.with_color(painted)
    original = display(picture)
    size = picture.size
    if painted.shape[1::-1] != size:
        seen = resize(color, size, wrap=look.seamless)
        painted = resize(painted, size, wrap=look.seamless)
        if color.shape[0] * color.shape[1] < original.shape[0] * original.shape[1]:
            detail = (original - seen) @ LUMA
            painted += np.float32(_DETAIL) * detail[..., None]
        painted = np.clip(painted, 0, 1)
    if look.keep_color > 0:
        painted = keep_luminance_only(painted, original, look.keep_color)
    if look.strength < _FULL_EFFECT:
        painted = original + (painted - original) * np.float32(look.strength / _FULL_EFFECT)
    if picture.encoding == "linear":
        painted = srgb_to_linear(painted) * _exposure(picture)
    return picture.with_color(painted)
