"""Make a new style with the map of styles."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from ..atomic import check_output
from ..control import Control, Failure
from ..errors import NoImages, OutputTaken
from ..image.reference import ImageRef
from .registry import Request, task

if TYPE_CHECKING:
    import numpy as np

    from ..create.vae.style_map import StyleMap
    from ..styles.style import Style

_THUMBNAIL = 160  # pixels


@dataclass(frozen=True)
class InventStyleRequest(Request["InventStyleResult"]):
    """Make a new style and write it to a file.

    Attributes
    ----------
    output : str
        The style file to write.
    name : str
        Name of the style.
    content : ImageRef
        Image that its thumbnail is painted on.
    how : str
        ``PLACE``: the style at a position of the map. ``SURPRISE``: a draw from the family of the
        style ``first``. ``BETWEEN``: a blend of the styles ``first`` and ``second``.
    first, second : str
        Styles, as in :class:`~core.styles.look.StyleRef`.
    share : float
        Share of ``second`` in a blend.
    x, y : float
        Position on the map: to the right and down, in [0, 1].
    axes : tuple of float
        Offsets along the principal axes of all styles, in deviations.
    boldness : float
        How far a draw may be from the mean of its family; 1 is the family's own spread.
    seed : int
        Seed of the draw and of the thumbnail.
    own_styles : tuple of str
        Style files or images of the artist, to be on the map besides the built-in styles.
    """

    output: str
    name: str
    content: ImageRef
    how: Literal["PLACE", "SURPRISE", "BETWEEN"] = "SURPRISE"
    first: str = ""
    second: str = ""
    share: float = 0.5
    x: float = 0.5
    y: float = 0.5
    axes: tuple[float, ...] = ()
    boldness: float = 1.0
    seed: int = 0
    own_styles: tuple[str, ...] = ()


@dataclass(frozen=True)
class InventStyleResult:
    """The written style file.

    Attributes
    ----------
    style : str
        The file.
    failures : tuple of Failure
        The artist's styles that cannot be read; they are not on the map.
    """

    style: str
    failures: tuple[Failure, ...] = ()


@task
def run(request: InventStyleRequest, control: Control) -> InventStyleResult:
    """Find the style and write it.

    Parameters
    ----------
    request : InventStyleRequest
        Which style to make.
    control : Control
        Progress.

    Returns
    -------
    InventStyleResult
        The written file.

    Raises
    ------
    NoImages
        The image of the thumbnail cannot be read.
    StyleUnreadable
        A style that is named cannot be read.
    OutputTaken
        The file exists.
    OutputUnwritable
        It cannot be written.
    """
    import numpy as np

    from ..create.vae.latents import decode_latent
    from ..create.vae.style_map import build_style_map
    from ..image.contents import read_contents
    from ..paint.engine import PaintJob
    from ..paint.session import session
    from ..styles.style import ZOOMS, Provenance, Style, save_style

    output = Path(request.output)
    if output.exists():
        raise OutputTaken(f'"{output}" exists; choose another name for the style.')
    check_output(output)
    painting = session(control)
    named = [painting.styles.resolve_source(s) for s in (request.first, request.second) if s]
    style_map, unread = build_style_map(painting.styles, request.own_styles)
    latent, recipe = _find_latent(request, style_map, named)
    codes = decode_latent(style_map.vae, latent)
    contents, failures = read_contents((request.content,), _THUMBNAIL)
    if not contents:
        raise NoImages(failures[0].message)
    painted = painting.stylizer.paint(
        PaintJob(contents[0], codes[ZOOMS.index(1.0)], seed=request.seed)
    )
    licenses = " / ".join(sorted({s.provenance.license for s in named} - {""}))
    style = Style(
        identifier=output.stem,
        name=request.name,
        codes=codes,
        provenance=Provenance(title="Invented", license=licenses, recipe=recipe),
        thumbnail=(painted * 255 + 0.5).astype(np.uint8),
    )
    save_style(style, output, overwrite=False)
    control.progress(1.0, "Done")
    return InventStyleResult(style=str(output), failures=unread)


def _find_latent(
    request: InventStyleRequest, style_map: StyleMap, named: list[Style]
) -> tuple[np.ndarray, dict]:
    """The latent ``(LATENT,)`` of the requested style, and the recipe to save with it."""
    from ..create.vae.latents import encode_codes

    recipe: dict = {"invented": request.how, "seed": request.seed}
    latents = [encode_codes(style_map.vae, style.codes) for style in named]
    if request.how == "PLACE":
        latent = style_map.at(request.x, request.y)
        recipe["place"] = [round(request.x, 4), round(request.y, 4)]
    elif request.how == "BETWEEN" and len(latents) == 2:
        latent = (1 - request.share) * latents[0] + request.share * latents[1]
        recipe |= {"between": [s.name for s in named], "share": round(request.share, 4)}
    else:
        known = style_map.latents
        like = latents[0] if latents else known[request.seed % len(known)]
        latent = style_map.draw_from_family(like, boldness=request.boldness, seed=request.seed)
        recipe |= {"like": [s.name for s in named[:1]], "boldness": round(request.boldness, 4)}
    if any(request.axes):
        recipe["axes"] = [round(a, 4) for a in request.axes]
    return style_map.move(latent, request.axes), recipe
