"""Stylize images, each written as soon as it is done."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from .. import allocator
from ..control import Control, Failure, ItemDone
from ..errors import ImpastoError, JobCancelled, is_out_of_memory
from ..image.reference import ImageRef
from ..styles.look import Look
from .registry import Request, task

if TYPE_CHECKING:
    from ..paint.islands import Islands
    from ..paint.native import GuidePictures
    from ..paint.session import Session
    from ..paint.strokes.painter import StrokePainting
    from ..styles.stroke_set import StrokeSet


@dataclass(frozen=True)
class GuideFiles:
    """Name two pictures that say what belongs where: masks, regions or render passes.

    Attributes
    ----------
    style : str
        Path of the one on the style's picture.
    texture : str
        Path of the one on the texture.
    weight : float
        1 is that of the colors.
    """

    style: str
    texture: str
    weight: float = 1.0


@dataclass(frozen=True)
class StylizeItem:
    """Name an image, its look, and its output files.

    Attributes
    ----------
    image : ImageRef
        The image.
    look : Look
        How it is to be stylized.
    outputs : tuple of str
        One file per input file.
    heights, normals : tuple of str
        PNG files for the relief of strokes, one per input file; none: no relief is written. Heights
        are 16-bit gray; normals are 16-bit RGB in tangent space, y up, as Blender takes them.
    strokes : tuple of str
        Files for the list of strokes, one per input file; none: it is not written.
    guides : tuple of GuideFiles
        For patches on a single file: what belongs where, in the place of the networks.
    mesh : str
        File with the triangles that the image lies on; empty: its UV seams are not known.
    tiles : tuple of int
        UDIM number of each input file; none for an image without tiles.
    """

    image: ImageRef
    look: Look
    outputs: tuple[str, ...]
    heights: tuple[str, ...] = ()
    normals: tuple[str, ...] = ()
    strokes: tuple[str, ...] = ()
    guides: tuple[GuideFiles, ...] = ()
    mesh: str = ""
    tiles: tuple[int, ...] = ()


@dataclass(frozen=True)
class StylizeRequest(Request["StylizeResult"]):
    """Stylize images one after the other; each is written as soon as it is done.

    Attributes
    ----------
    items : tuple of StylizeItem
        The images.
    memory_limit : int
        Bytes that the worker may use in all; 0: what is free now.
    overwrite : bool
        Replace results that exist. Blender never asks for it, as it always finds new names.
    """

    items: tuple[StylizeItem, ...]
    memory_limit: int = 0
    overwrite: bool = False


@dataclass(frozen=True)
class StylizeResult:
    """List the items that were written, and those that failed.

    Attributes
    ----------
    written : dict of str to tuple of str
        Output files by the image's key.
    failures : tuple of Failure
        The others.
    recolored : tuple of str
        Keys of ramps and palettes, of which only the colors were changed.
    """

    written: dict[str, tuple[str, ...]] = field(default_factory=dict)
    failures: tuple[Failure, ...] = ()
    recolored: tuple[str, ...] = ()


@task
def run(request: StylizeRequest, control: Control) -> StylizeResult:
    """Stylize every item; one that fails is reported, and the others are still done.

    Parameters
    ----------
    request : StylizeRequest
        What to do.
    control : Control
        Progress and cancellation.

    Returns
    -------
    StylizeResult
        What was written.

    Raises
    ------
    JobCancelled
        It was asked to stop; items already written stay.
    """
    from ..paint import memory
    from ..paint.session import session

    painting = session(control)
    written: dict[str, tuple[str, ...]] = {}
    failures = []
    recolored = []
    count = len(request.items)
    for index, item in enumerate(request.items):
        key = item.image.key
        part = control.part(
            index / count, (index + 1) / count, f'Stylizing "{key}" ({index + 1} of {count})'
        )
        part.advance(0.0)
        try:
            got_no_paint = _stylize(painting, item, request, part)
        except JobCancelled:
            raise
        except ImpastoError as error:
            failures.append(Failure(key, str(error)))
        except (MemoryError, RuntimeError) as error:
            if not is_out_of_memory(error):
                raise
            failures.append(Failure(key, str(memory.too_large(key))))
        else:
            written[key] = item.outputs
            recolored += [key] if got_no_paint else []
            control.item_done(ItemDone(key, item.outputs))
    control.progress(1.0, "Done")
    return StylizeResult(written, tuple(failures), tuple(recolored))


def _stylize(
    painting: Session, item: StylizeItem, request: StylizeRequest, control: Control
) -> bool:
    """Stylize one item and write it; return whether it got other colors only."""
    from ..image.files import open_image, write_picture
    from ..image.metadata import NOTHING
    from ..paint import memory
    from ..paint.across_seams import stylize_across
    from ..paint.native import Stylized, stylize
    from ..paint.pipeline import check_pictures
    from ..paint.ramps import is_ramp, recolor
    from ..paint.regions import RegionPainter

    image, look = item.image, item.look
    style = painting.styles.resolve(look.styles)
    islands = _islands(item)
    with ExitStack() as files:
        sources = [files.enter_context(open_image(path)) for path in image.paths]
        sizes = [source.size for source in sources]
        limit = request.memory_limit
        tile = memory.tile_for(sizes, look, image.key, limit, across=islands is not None)
        pictures = [
            source.read(color_space=image.color_space, alpha_mode=image.alpha_mode)
            for source in sources
        ]
        metadata = [NOTHING if image.is_copy else source.metadata() for source in sources]
    check_pictures(pictures)
    alpha_covers = image.alpha_mode != "CHANNEL_PACKED"
    only_color = not item.guides and not look.paint_ramps and all(map(is_ramp, pictures))
    if only_color:
        recolored = recolor(pictures, look, style, alpha_covers=alpha_covers)
        results = [Stylized(picture) for picture in recolored]
    else:
        paint = stylize if islands is None else partial(stylize_across, islands)
        results = paint(
            painting.stylizer,
            pictures,
            look,
            style,
            region_painter=(
                RegionPainter(painting.stylizer, painting.styles, look)
                if look.regions > 1
                else None
            ),
            alpha_covers=alpha_covers,
            tile=tile,
            exemplars=painting.exemplars,
            guides=[_read_guide(files) for files in item.guides],
            control=control.part(0.0, 0.95),
        )
    del pictures  # large, and no longer needed
    done = [result.picture for result in results]
    reliefs = [result.strokes for result in results if result.strokes is not None]
    del results
    allocator.give_back()  # files are packed in memory, too
    for index in range(len(reliefs)):
        _write_relief(item, index, reliefs, style.stroke_set(), request.overwrite)
    # The pictures come last: where one is found, all that belongs to it is there.
    for picture, output, kept in zip(done, item.outputs, metadata, strict=True):
        write_picture(
            picture,
            Path(output),
            alpha_mode=image.alpha_mode,
            overwrite=request.overwrite,
            metadata=kept,
        )
    return only_color


def _islands(item: StylizeItem) -> Islands | None:
    """Return the islands across whose seams an item is painted, if there are any."""
    from ..mesh.uv_mesh import load_mesh
    from ..paint.islands import islands_of

    if not item.mesh or not item.look.across_seams or item.look.seamless:
        return None
    return islands_of(load_mesh(Path(item.mesh)), item.tiles or (1001,))


def _read_guide(files: GuideFiles) -> GuidePictures:
    """Read a guide; scene-linear passes are taken as they are, clipped."""
    import numpy as np

    from ..image.files import read_picture
    from ..paint.native import GuidePictures

    style, texture = (
        np.clip(read_picture(Path(path)).color, 0, 1) for path in (files.style, files.texture)
    )
    return GuidePictures(style, texture, files.weight)


def _write_relief(
    item: StylizeItem,
    index: int,
    paintings: list[StrokePainting],
    strokes: StrokeSet,
    overwrite: bool,
) -> None:
    """Write height, normals and strokes of the first picture, as far as asked for, and drop it."""
    from ..image.maps import write_map
    from ..paint.strokes.relief import to_16_bit
    from ..paint.strokes.stroke_file import StrokeFile, save_strokes

    painting = paintings.pop(0)
    if item.strokes:
        height, width = painting.height.shape
        under = painting.underpainting
        kept = StrokeFile(painting.strokes, strokes, under, (width, height), item.look.relief)
        save_strokes(kept, Path(item.strokes[index]))
    if item.heights:
        write_map(to_16_bit(painting.height), item.heights[index], overwrite=overwrite)
    if item.normals:
        normals = painting.normals(integers=True)
        del painting
        allocator.give_back()
        write_map(normals, item.normals[index], overwrite=overwrite, spend=True)
