"""Stylize textures across the seams of their meshes, with any engine."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from ..control import SILENT, Control
from ..image.picture import Picture
from ..styles.look import Look, with_engine
from ..styles.style import Style
from .engine import TILE, Engine
from .guides import guide_size, paint_guides
from .islands import Islands
from .native import Exemplars, GuidePictures, Stylized, stroke_inputs, stylize
from .pipeline import RegionCodes, check_pictures, unpainted
from .strokes.across import continue_across
from .strokes.painter import place_strokes, redraw, working_size
from .working import from_work, resize_picture


def stylize_across(
    islands: Islands,
    stylizer: Engine,
    pictures: Sequence[Picture],
    look: Look,
    style: Style,
    *,
    region_painter: RegionCodes | None = None,
    alpha_covers: bool = True,
    tile: int = TILE,
    exemplars: Exemplars | None = None,
    guides: Sequence[GuidePictures] = (),
    control: Control = SILENT,
) -> list[Stylized]:
    """Stylize one picture, or the tiles of one UDIM, so that seams do not show on the mesh.

    Alpha is returned bit for bit, and so are colors with ``look.strength`` 0.

    Parameters
    ----------
    islands : Islands
        Those of the mesh that the pictures lie on.
    stylizer : Engine
        The networks; for the other engines they paint the guide.
    pictures : sequence of Picture
        One, or several UDIM tiles.
    look : Look
        Says which engine.
    style : Style
        The style.
    region_painter : callable, optional
        As in :func:`~.native.stylize`.
    alpha_covers : bool
        Whether alpha is opacity; then nothing is painted where it is 0.
    tile : int
        Side of a tile of the networks without its halo, in pixels.
    exemplars : Exemplars, optional
        Has the exemplars of styles.
    guides : sequence of GuidePictures
        As in :func:`~.native.stylize`.
    control : Control
        Gets the progress, and is asked for a cancel.

    Returns
    -------
    list of Stylized
        The pictures, those of strokes with their relief.

    Raises
    ------
    UnsupportedImage
        A picture holds data, not color.
    JobCancelled
        The control was cancelled.
    """
    look = with_engine(look)
    check_pictures(pictures)
    options: dict[str, Any] = {
        "region_painter": region_painter,
        "alpha_covers": alpha_covers,
        "tile": tile,
    }
    if look.strength == 0:
        return stylize(stylizer, pictures, look, style, **options)
    part = control.part(0.0, 0.95)
    strokes = look.engine == "STROKES"
    if strokes:
        results = _with_strokes(islands, stylizer, pictures, look, style, part, options)
    else:
        options |= {"exemplars": exemplars, "guides": guides, "control": part}
        results = stylize(stylizer, islands.extended(pictures), look, style, **options)
    part = control.part(0.95, 1.0, "Closing seams")
    painted = [result.picture for result in results]
    # Strokes go on over seams by themselves; other paintings fade into each other there.
    joined = islands.joined(painted, pictures, mixed=not strokes, control=part)
    heights = [one.strokes.height for one in results if one.strokes is not None]
    if heights:
        islands.joined_heights(heights, part)
    return [replace(one, picture=picture) for one, picture in zip(results, joined, strict=True)]


def _with_strokes(
    islands: Islands,
    stylizer: Engine,
    pictures: Sequence[Picture],
    look: Look,
    style: Style,
    control: Control,
    options: dict[str, Any],
) -> list[Stylized]:
    """Paint with strokes: those of all tiles are placed before the first one is drawn."""
    strokes = style.stroke_set()
    small = []
    for picture in pictures:
        # No larger than it is looked at.
        at = max(working_size(picture.size, strokes, look), guide_size(picture.size))
        small.append(resize_picture(picture, min(at, picture.size), seamless=False))
    small = islands.extended(small)
    guides = paint_guides(stylizer, small, look, style, **options, control=control.part(0.0, 0.4))
    control = control.part(0.4, 1.0)
    contents, placed, unders = [], [], []
    for guide, picture in zip(guides, small, strict=True):
        content, base, mask = stroke_inputs(guide, picture, look, strokes, options["alpha_covers"])
        found, under = place_strokes(content, base, strokes, look, mask, control.part(0.0, 0.2))
        contents.append(content)
        placed.append(found)
        unders.append(under)
    sized = unpainted(pictures, look)
    drawn = continue_across(placed, [p.size for p in sized], islands.atlas(sized))
    results = []
    for index, (one, picture) in enumerate(zip(drawn, sized, strict=True)):
        part = control.part(0.2 + 0.8 * index / len(sized), 0.2 + 0.8 * (index + 1) / len(sized))
        part.advance(0.0, "Drawing strokes")
        more: dict[str, Any] = {"relief": look.relief, "clip": one.clip, "control": part}
        painting = redraw(one.strokes, unders[index], picture.size, strokes, **more)
        # What can be drawn again at another size are the strokes as they were placed.
        painting = replace(painting, strokes=placed[index])
        colors = from_work(picture, contents[index], painting.color, look)
        results.append(Stylized(colors, painting))
    return results
