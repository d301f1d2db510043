"""Guides of the engines that paint at a picture's own size: pictures in the style's colors.

The networks paint them at low resolution and without grain. Then they get back the content's structure,
which the networks blur and bend, and the style's palette.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..control import Control
from ..image.picture import Picture
from ..networks.layout import STRIDE
from ..styles.look import Look
from ..styles.style import Style
from .engine import Engine, PaintJob
from .palette_transfer import transfer_palette
from .pipeline import RegionCodes
from .structure import keep_structure
from .working import Plan, to_work

GUIDE_SIDE = 640
"""Short side in pixels at which the networks paint the guide."""

_STRUCTURE = 1 / 20  # of the short side; what is coarser remains as the networks paint it


def paint_guides(
    stylizer: Engine,
    pictures: Sequence[Picture],
    look: Look,
    style: Style,
    *,
    region_painter: RegionCodes | None,
    alpha_covers: bool,
    tile: int,
    control: Control,
) -> list[np.ndarray]:
    """Paint the guides of pictures in common statistics.

    Parameters
    ----------
    stylizer : Engine
        The networks.
    pictures : sequence of Picture
        One, or several UDIM tiles.
    look : Look
        Strength, seed and whether it is seamless.
    style : Style
        The style.
    region_painter : callable or None
        Returns the weights of the regions and a code for each. Not used for several pictures.
    alpha_covers : bool
        Whether alpha is opacity.
    tile : int
        Side of a tile of the networks without its halo, in pixels.
    control : Control
        Gets the progress, and is asked for a cancel.

    Returns
    -------
    list of (h, w, 3) float32, sRGB-encoded in [0, 1]
        One for each picture, as large as :func:`guide_size` says.

    Raises
    ------
    JobCancelled
        The control was cancelled.
    """
    works = [
        to_work(p, Plan(p.size, guide_size(p.size), 1.0), look.seamless, alpha_covers)
        for p in pictures
    ]
    contents, masks = (list(parts) for parts in zip(*works, strict=True))
    if style.own_color:
        return contents
    regions, codes, shared = None, style.code(1.0), None
    if len(contents) > 1:
        shared = stylizer.measure(
            contents,
            codes,
            masks,
            strength=look.strength,
            seamless=look.seamless,
            tile=tile,
        )
    elif region_painter is not None:
        regions, codes = region_painter(contents[0], 1.0)
    guides = []
    for index, (content, mask) in enumerate(works):
        part = control.part(index / len(works), (index + 1) / len(works))
        job = PaintJob(
            content,
            codes,
            content_code=shared,
            regions=regions,
            strength=look.strength,
            seamless=look.seamless,
            seed=look.seed,
            grain=0.0,
            mask=mask,
            adapters=style.adapters,
            tile=tile,
        )
        kept = keep_structure(
            *(stylizer.paint(job, part), content),
            share=1.0,
            size=_STRUCTURE,
            wrap=look.seamless,
            control=part,
        )
        guides.append(kept)
    if regions is None:
        return transfer_palette(guides, codes, look.strength, masks)
    return [_by_region(guides[0], codes, regions, look.strength, masks[0])]


def _by_region(
    guide: np.ndarray,
    codes: np.ndarray,
    regions: np.ndarray,
    share: float,
    mask: np.ndarray | None,
) -> np.ndarray:
    """Move each region's colors to the palette of its own style."""
    mixed = np.zeros_like(guide)
    for index, code in enumerate(codes):
        weights = np.ascontiguousarray(regions[..., index])
        counted = weights if mask is None else weights * mask
        mixed += weights[..., None] * transfer_palette([guide], code, share, [counted])[0]
    return mixed


def guide_size(size: tuple[int, int]) -> tuple[int, int]:
    """Return the size at which the networks paint the guide of a picture.

    Parameters
    ----------
    size : (int, int)
        Width and height of the picture in pixels.

    Returns
    -------
    (int, int)
        Multiples of 16, whatever the picture's size is: a preview has the same guide.
    """
    factor = min(GUIDE_SIDE / min(size), 4 * GUIDE_SIDE / max(size))
    width, height = (max(STRIDE, round(factor * s / STRIDE) * STRIDE) for s in size)
    return width, height
