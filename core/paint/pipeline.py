"""Stylize pictures: read the working resolution, paint, and convert back; see :mod:`~.working`."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from .. import allocator
from ..control import SILENT, Control
from ..errors import UnsupportedImage
from ..image.picture import Picture
from ..styles.look import Look
from ..styles.style import Style
from .engine import TILE, Engine, PaintJob
from .working import from_work, plan, resize_picture, to_work

RegionCodes = Callable[[np.ndarray, float], tuple[np.ndarray, np.ndarray]]
"""Returns weights ``(H, W, K)`` and codes ``(K, CODE_LENGTH)`` for a content and a zoom."""


def check_pictures(pictures: Sequence[Picture]) -> None:
    """Refuse pictures that hold no colors.

    Parameters
    ----------
    pictures : sequence of Picture
        What is to be stylized.

    Raises
    ------
    UnsupportedImage
        A picture holds data, not color.
    """
    for picture in pictures:
        if picture.encoding == "data":
            raise UnsupportedImage(
                "The image holds data (Non-Color), not a picture; Impasto leaves such maps alone."
            )


def unpainted(pictures: Sequence[Picture], look: Look) -> list[Picture]:
    """Return pictures as a strength of 0 leaves them.

    Parameters
    ----------
    pictures : sequence of Picture
        The pictures.
    look : Look
        Has the largest side of the results.

    Returns
    -------
    list of Picture
        The same pictures, smaller ones where the look says so.
    """
    return [resize_picture(p, plan(p.size, look).size, look.seamless) for p in pictures]


def stylize(
    engine: Engine,
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
    engine : Engine
        Paints, for instance a ``Stylizer``.
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

    Examples
    --------
    >>> from impasto.core.paint.session import session
    >>> from impasto.core.styles.look import StyleRef
    >>> painting = session(SILENT)
    >>> look = Look((StyleRef("kiss"),), strength=0.8)
    >>> style = painting.styles.resolve(look.styles)
    >>> wall = Picture(np.full((48, 64, 3), 0.5, np.float32))
    >>> painted = stylize(painting.stylizer, [wall], look, style)
    >>> painted[0].size
    (64, 48)
    """
    check_pictures(pictures)
    plans = [plan(p.size, look) for p in pictures]
    if look.strength == 0:
        return unpainted(pictures, look)
    works = [
        to_work(p, goal, look.seamless, alpha_covers)
        for p, goal in zip(pictures, plans, strict=True)
    ]
    content_code = None
    if len(works) > 1:
        colors, masks = zip(*works, strict=True)
        content_code = engine.measure(
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
            grain=look.grain,
            mask=mask,
            adapters=style.adapters,
            tile=tile,
        )
        painted = engine.paint(job, part)
        if goal.working != goal.size:
            allocator.give_back()  # of the layers, before the picture at its full size is made
        sized = resize_picture(picture, goal.size, look.seamless)
        results.append(from_work(sized, color, painted, look))
    return results
