"""Stylize pictures with any engine.

Patches and strokes paint at a picture's own size. For them the networks first paint a guide, at low
resolution and without grain: it decides the colors, and the engine lays the paint.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..control import SILENT, Control
from ..image.picture import Picture
from ..image.resize import resize
from ..styles.look import Look, with_engine
from ..styles.stroke_set import StrokeSet
from ..styles.style import Style
from . import pipeline
from .engine import TILE, Engine
from .guides import paint_guides
from .patches.exemplar import Exemplar, build_exemplar
from .patches.guided import first_colors, make_guide
from .patches.painting import paint_patches
from .pipeline import RegionCodes, check_pictures, unpainted
from .strokes.orientation import smooth_noise
from .strokes.painter import StrokePainting, paint_strokes, working_size
from .working import Plan, from_work, to_work


@dataclass(frozen=True, eq=False)
class GuidePictures:
    """Two pictures that say what belongs where: masks, regions or render passes.

    Attributes
    ----------
    style : (H, W, 3) float32, sRGB-encoded in [0, 1]
        On the style's picture, of the same shape.
    texture : (H, W, 3) float32, sRGB-encoded in [0, 1]
        On the texture, of the same shape.
    weight : float
        1 is that of the colors.
    """

    style: np.ndarray
    texture: np.ndarray
    weight: float


@dataclass(frozen=True, eq=False)
class Stylized:
    """A stylized picture, with its relief if strokes painted it.

    Attributes
    ----------
    picture : Picture
        The picture.
    strokes : StrokePainting or None
        Heights, normals and strokes.
    """

    picture: Picture
    strokes: StrokePainting | None = None


def stylize(
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
    """Stylize one picture, or the tiles of one UDIM with common statistics, with any engine.

    Alpha is returned bit for bit, and so are colors with ``look.strength`` 0, unless ``look.max_side``
    makes the picture smaller.

    Parameters
    ----------
    stylizer : Engine
        The networks; for the other engines they paint the guide.
    pictures : sequence of Picture
        One, or several UDIM tiles.
    look : Look
        Says which engine.
    style : Style
        The style.
    region_painter : callable, optional
        Returns the weights of the regions and a code for each. Not used for several pictures.
    alpha_covers : bool
        Whether alpha is opacity; then nothing is painted where it is 0.
    tile : int
        Side of a tile of the networks without its halo, in pixels.
    exemplars : Exemplars, optional
        Has the exemplars of styles; without, those of patches are prepared anew.
    guides : sequence of GuidePictures
        For patches and a single picture: what belongs where. They take the place of the networks.
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
    if look.engine == "NETWORK":
        return [
            Stylized(picture)
            for picture in pipeline.stylize(
                stylizer,
                pictures,
                look,
                style,
                region_painter=region_painter,
                alpha_covers=alpha_covers,
                tile=tile,
                control=control,
            )
        ]
    check_pictures(pictures)
    sized_pictures = unpainted(pictures, look)
    if look.strength == 0:
        return [Stylized(picture) for picture in sized_pictures]
    exemplars = exemplars or Exemplars(stylizer)
    if guides:
        (sized,) = sized_pictures
        return [_guided(sized, look, style, exemplars, guides, alpha_covers, control)]
    painted = []
    colors = paint_guides(
        *(stylizer, pictures, look, style),
        region_painter=region_painter,
        alpha_covers=alpha_covers,
        tile=tile,
        control=control.part(0.0, 0.4),
    )
    control = control.part(0.4, 1.0)
    for index, (picture, sized, guide) in enumerate(
        zip(pictures, sized_pictures, colors, strict=True)
    ):
        part = control.part(index / len(pictures), (index + 1) / len(pictures))
        if look.engine == "STROKES":
            painted.append(_with_strokes(guide, picture, sized, look, style, alpha_covers, part))
        else:
            exemplar = exemplars.of(style, guide)
            painted.append(_with_patches(guide, sized, look, exemplar, alpha_covers, part))
    return painted


class Exemplars:
    """Finds the pictures that patches are taken from; the last one is kept with its index.

    They are the styles' own pictures. The built-in styles come without any: for them a sample scene is
    painted with their strokes.

    Parameters
    ----------
    stylizer : Engine
        The networks.
    """

    def __init__(self, stylizer: Engine) -> None:
        self._stylizer = stylizer
        self._last: tuple[Style, Exemplar] | None = None

    def of(self, style: Style, guide: np.ndarray) -> Exemplar:
        """Return the exemplar of a style.

        Parameters
        ----------
        style : Style
            The style.
        guide : (H, W, 3) float32, sRGB-encoded in [0, 1]
            What is to be painted: a medium, which has no colors of its own, is painted on it.

        Returns
        -------
        Exemplar
            Its index is made when it is first used.

        Raises
        ------
        StyleUnreadable
            The style's picture cannot be read any more.
        """
        if style.own_color:
            return build_exemplar(self._painted(style, guide))
        if self._last is None or self._last[0] is not style:
            picture = style.picture() if style.picture else self._painted(style, _sample())
            self._last = (style, build_exemplar(picture))
        return self._last[1]

    def _painted(self, style: Style, color: np.ndarray) -> np.ndarray:
        look = Look((), engine="STROKES")
        return stylize(self._stylizer, [Picture(color)], look, style)[0].picture.color


def _sample(side: int = 512, seeds: int = 40) -> np.ndarray:
    """Draw shapes of all colors, shaded and with clear edges, ``(side, side, 3)`` float32 in [0, 1]."""
    rng = np.random.default_rng(0)
    y, x = np.mgrid[0:side, 0:side].astype(np.float32)
    bent = 40 * smooth_noise((side, side), side / 8, 2, rng, wrap=False)
    points = rng.uniform(0, side, (seeds, 2)).astype(np.float32)
    apart = [np.hypot(x + bent[..., 0] - px, y + bent[..., 1] - py) for px, py in points]
    colors = rng.uniform(0.05, 0.95, (seeds, 3)).astype(np.float32)
    shade = 0.12 * smooth_noise((side, side), side / 12, 1, rng, wrap=False)
    return np.clip(colors[np.argmin(apart, axis=0)] + shade, 0, 1)


def _with_patches(
    guide: np.ndarray,
    sized: Picture,
    look: Look,
    exemplar: Exemplar,
    alpha_covers: bool,
    control: Control,
) -> Stylized:
    """Paint one picture over its guide with patches."""
    content, _ = to_work(sized, Plan(sized.size, sized.size, 1.0), look.seamless, alpha_covers)
    base = np.clip(resize(guide, sized.size, wrap=look.seamless), 0, 1)
    painted = paint_patches(
        base,
        exemplar,
        content=content,
        brush_scale=look.brush_scale,
        seamless=look.seamless,
        seed=look.seed,
        grain=look.grain,
        control=control,
    )
    return Stylized(from_work(sized, content, painted, look))


def _guided(
    sized: Picture,
    look: Look,
    style: Style,
    exemplars: Exemplars,
    guides: Sequence[GuidePictures],
    alpha_covers: bool,
    control: Control,
) -> Stylized:
    """Paint one picture with patches that guides choose."""
    content, _ = to_work(sized, Plan(sized.size, sized.size, 1.0), look.seamless, alpha_covers)
    exemplar = exemplars.of(style, content)
    made = [
        make_guide(one.style, one.texture, sized.size, one.weight, wrap=look.seamless)
        for one in guides
    ]
    first = first_colors(exemplar.picture, made, wrap=look.seamless)
    painted = paint_patches(
        content + np.float32(look.strength) * (first - content),
        exemplar,
        brush_scale=look.brush_scale,
        seamless=look.seamless,
        seed=look.seed,
        grain=0.0,
        guides=made,
        control=control,
    )
    return Stylized(from_work(sized, content, painted, look))


def _with_strokes(
    guide: np.ndarray,
    picture: Picture,
    sized: Picture,
    look: Look,
    style: Style,
    alpha_covers: bool,
    control: Control,
) -> Stylized:
    """Paint one picture over its guide with strokes."""
    strokes = style.stroke_set()
    content, base, mask = stroke_inputs(guide, picture, look, strokes, alpha_covers)
    painting = paint_strokes(content, base, sized.size, strokes, look, mask=mask, control=control)
    return Stylized(from_work(sized, content, painting.color, look), painting)


def stroke_inputs(
    guide: np.ndarray, picture: Picture, look: Look, strokes: StrokeSet, alpha_covers: bool
) -> tuple[np.ndarray, np.ndarray, np.ndarray | None]:
    """Return what strokes are placed on, at their working size.

    Parameters
    ----------
    guide : (h, w, 3) float32, sRGB-encoded in [0, 1]
        The colors to paint with.
    picture : Picture
        The picture.
    look : Look
        Its settings.
    strokes : StrokeSet
        What the strokes are like.
    alpha_covers : bool
        Whether alpha is opacity.

    Returns
    -------
    content, guide : (H, W, 3) float32, sRGB-encoded in [0, 1]
        The picture, and the colors to paint with.
    mask : (H, W) float32 in [0, 1] or None
        Where anything is to be painted; None: everywhere.
    """
    at = working_size(picture.size, strokes, look)
    content, mask = to_work(picture, Plan(picture.size, at, 1.0), look.seamless, alpha_covers)
    return content, np.clip(resize(guide, at, wrap=look.seamless), 0, 1), mask
