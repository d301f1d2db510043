"""The jobs of the style map: draw it, and write styles that nobody painted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from ..errors import NoImages, OutputUnwritable
from ..generators.batch import StylizeBatch, shared
from ..generators.refinement import read_contents
from ..jobs.create_messages import (
    InventStyleRequest,
    InventStyleResult,
    StyleMapRequest,
    StyleMapResult,
)
from ..jobs.messages import ImageRef, Progress
from ..networks.weights import load_style_vae
from ..styles.catalog import builtin_styles
from ..styles.style import ZOOMS, Provenance, Style, save_style
from . import picture
from .interface import heed
from .style_map import StyleMap, codes_of, latent_of

_CELLS = 11  # to a side of the map's picture
_CELL = 112  # pixels of what is painted in one
_THUMBNAIL = 160


def draw_style_map(
    request: StyleMapRequest,
    *,
    progress: Callable[[Progress], None],
    cancel: Callable[[], bool],
) -> StyleMapResult:
    """Paint the map on an image, cell by cell.

    Raises
    ------
    NoImages
        The image cannot be read.
    OutputUnwritable
        The picture cannot be written.
    JobCancelled
    """
    batch = shared(progress)
    content = _content(request.content, _CELL)
    whole = _map(batch, request.own)
    cells = []
    for number in range(_CELLS**2):
        heed(cancel)
        progress(Progress(number / _CELLS**2, "Painting the map"))
        row, column = divmod(number, _CELLS)
        x, y = (column + 0.5) / _CELLS, (row + 0.5) / _CELLS
        code = codes_of(whole.vae, whole.at(x, y))[list(ZOOMS).index(1.0)]
        cells.append((batch.stylizer.paint(content, code), x, y))
    picture.save_map(cells, 1 / _CELLS, whole.names, whole.places, Path(request.output))
    progress(Progress(1.0, "Done"))
    places = tuple((float(x), float(y)) for x, y in whole.places)
    return StyleMapResult(request.output, tuple(whole.names), places)


def invent_style(
    request: InventStyleRequest,
    *,
    progress: Callable[[Progress], None],
    cancel: Callable[[], bool],
) -> InventStyleResult:
    """Find the look and write it as a style.

    Raises
    ------
    NoImages
        The image of the thumbnail cannot be read.
    StyleUnreadable
        A style that is named is none.
    OutputUnwritable
        The file exists, or cannot be written.
    """
    output = Path(request.output)
    if output.exists():
        raise OutputUnwritable(f'"{output}" exists; choose another name for the style.')
    batch = shared(progress)
    vae = load_style_vae()
    recipe: dict = {"invented": request.how, "seed": request.seed}
    named = [batch.styles.resolve_source(s) for s in (request.first, request.second) if s]
    latents = [latent_of(vae, style.codes) for style in named]
    whole = _map(batch, request.own)
    if request.how == "PLACE":
        latent = whole.at(request.x, request.y)
        recipe["place"] = [round(request.x, 4), round(request.y, 4)]
    elif request.how == "BETWEEN" and len(latents) == 2:
        latent = (1 - request.share) * latents[0] + request.share * latents[1]
        recipe |= {"between": [s.name for s in named], "share": round(request.share, 4)}
    else:
        like = latents[0] if latents else whole.latents[request.seed % len(whole.latents)]
        latent = whole.surprise(like, boldness=request.boldness, seed=request.seed)
        recipe |= {"like": [s.name for s in named[:1]], "boldness": round(request.boldness, 4)}
    latent = whole.moved(latent, request.axes)
    if any(request.axes):
        recipe["axes"] = [round(a, 4) for a in request.axes]
    codes = codes_of(vae, latent)
    content = _content(request.content, _THUMBNAIL)
    painted = batch.stylizer.paint(content, codes[list(ZOOMS).index(1.0)], seed=request.seed)
    licences = " / ".join(sorted({s.provenance.licence for s in named} - {""}))
    style = Style(
        output.stem,
        request.name,
        codes,
        provenance=Provenance("Invented", licence=licences, recipe=recipe),
        thumbnail=(painted * 255 + 0.5).astype(np.uint8),
    )
    save_style(style, output)
    progress(Progress(1.0, "Done"))
    return InventStyleResult(str(output))


def _map(batch: StylizeBatch, own: Sequence[str]) -> StyleMap:
    """The map of the built-in styles and the artist's own."""
    sources = [info.identifier for info in builtin_styles()] + list(own)
    return StyleMap(load_style_vae(), [batch.styles.resolve_source(s) for s in sources])


def _content(image: ImageRef, side: int) -> np.ndarray:
    contents, failures = read_contents((image,), side)
    if not contents:
        raise NoImages(failures[0].message)
    return contents[0]
