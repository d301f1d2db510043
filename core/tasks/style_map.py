"""Draw the map of styles."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ..control import Control, Failure
from ..image.reference import ImageRef
from .registry import Request, task

_CELLS = 11  # to a side of the map
_CELL = 112  # pixels to a side of what is painted in one


@dataclass(frozen=True)
class StyleMapRequest(Request["StyleMapResult"]):
    """Draw the map of styles as a PNG, each cell an image in the style of its position.

    Attributes
    ----------
    content : ImageRef
        The image that the styles are painted on.
    output : str
        The PNG to write.
    own_styles : tuple of str
        Style files or images of the artist, to be on the map besides the built-in styles.
    """

    content: ImageRef
    output: str
    own_styles: tuple[str, ...] = ()


@dataclass(frozen=True)
class StyleMapResult:
    """The written plot, and where the known styles are.

    Attributes
    ----------
    output : str
        The PNG.
    names : tuple of str
        Names of the styles.
    places : tuple of (float, float)
        Their positions on the map: x to the right and y down, in [0, 1].
    failures : tuple of Failure
        The artist's styles that cannot be read; they are not on the map.
    """

    output: str
    names: tuple[str, ...] = ()
    places: tuple[tuple[float, float], ...] = ()
    failures: tuple[Failure, ...] = ()


@task
def run(request: StyleMapRequest, control: Control) -> StyleMapResult:
    """Paint the map, cell by cell.

    Parameters
    ----------
    request : StyleMapRequest
        What to draw.
    control : Control
        Progress, and cancellation.

    Returns
    -------
    StyleMapResult
        The plot, and where the styles are.

    Raises
    ------
    NoImages
        The image cannot be read.
    OutputUnwritable
        The plot cannot be written.
    JobCancelled
        It was cancelled; nothing is written.
    """
    from ..create.vae.latents import decode_latent
    from ..create.vae.style_map import build_style_map
    from ..errors import NoImages
    from ..image.contents import read_contents
    from ..paint.engine import PaintJob
    from ..paint.session import session
    from ..plots.create import save_map
    from ..styles.style import ZOOMS

    painting = session(control)
    contents, failures = read_contents((request.content,), _CELL)
    if not contents:
        raise NoImages(failures[0].message)
    style_map, unread = build_style_map(painting.styles, request.own_styles)
    cells = []
    for number in range(_CELLS**2):
        control.advance(number / _CELLS**2, "Painting the map")
        row, column = divmod(number, _CELLS)
        x, y = (column + 0.5) / _CELLS, (row + 0.5) / _CELLS
        code = decode_latent(style_map.vae, style_map.at(x, y))[ZOOMS.index(1.0)]
        cells.append((painting.stylizer.paint(PaintJob(contents[0], code)), x, y))
    save_map(cells, 1 / _CELLS, style_map.names, style_map.positions, Path(request.output))
    control.progress(1.0, "Done")
    places = tuple((float(x), float(y)) for x, y in style_map.positions)
    return StyleMapResult(
        output=request.output, names=tuple(style_map.names), places=places, failures=unread
    )
