"""Stylize images, each written as soon as it is done."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from .. import allocator
from ..control import Control, Failure, ItemDone
from ..errors import ImpastoError, JobCancelled, is_out_of_memory
from ..image.reference import ImageRef
from ..memory import too_large
from ..styles.look import Look
from .registry import Request, task

if TYPE_CHECKING:
    from ..image.metadata import Metadata
    from ..image.picture import Picture
    from ..paint.islands import Islands
    from ..paint.native import GuidePictures, Stylized
    from ..paint.regions import RegionPainter
    from ..paint.session import Session
    from ..paint.strokes.painter import StrokePainting
    from ..styles.stroke_set import StrokeSet
    from ._resume import StylizeNotes


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
    notes_folder : str
        The folder of all results, if notes are to be kept there, by which a run that was killed goes
        on where it was; empty: none are.
    """

    items: tuple[StylizeItem, ...]
    memory_limit: int = 0
    overwrite: bool = False
    notes_folder: str = ""


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
    skipped : dict of str to tuple of str
        Output files that an earlier run has finished, by the image's key.
    """

    written: dict[str, tuple[str, ...]] = field(default_factory=dict)
    failures: tuple[Failure, ...] = ()
    recolored: tuple[str, ...] = ()
    skipped: dict[str, tuple[str, ...]] = field(default_factory=dict)


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
    from ..paint.session import session
    from ._resume import StylizeNotes

    painting = session(control)
    notes = StylizeNotes(Path(request.notes_folder)) if request.notes_folder else None
    written: dict[str, tuple[str, ...]] = {}
    skipped: dict[str, tuple[str, ...]] = {}
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
            if notes and notes.finished(item, overwrite=request.overwrite):
                skipped[key] = item.outputs
                continue
            results, got_no_paint = _stylized(painting, item, request, part)
            own = _write(results, item, notes, overwrite=request.overwrite)
            del results
        except JobCancelled:
            raise
        except ImpastoError as error:
            failures.append(Failure(key, str(error)))
        except (MemoryError, RuntimeError) as error:
            if not is_out_of_memory(error):
                raise
            failures.append(Failure(key, str(too_large(key))))
        else:
            (written if own else skipped)[key] = item.outputs
            recolored += [key] if got_no_paint else []
            if own:
                control.item_done(ItemDone(key, item.outputs))
    control.progress(1.0, "Done")
    return StylizeResult(written, tuple(failures), tuple(recolored), skipped)


@dataclass
class _Results:
    """The paintings of an item, which are dropped as they are written."""

    pictures: list[Picture]
    metadata: list[Metadata]
    reliefs: list[StrokePainting]
    stroke_set: StrokeSet | None


def _stylized(
    painting: Session, item: StylizeItem, request: StylizeRequest, control: Control
) -> tuple[_Results, bool]:
    """Stylize one item; return what is to be written, and whether it got other colors only."""
    from ..image.files import open_image
    from ..image.metadata import NOTHING
    from ..paint import memory
    from ..paint.native import Stylized
    from ..paint.pipeline import check_pictures
    from ..paint.ramps import is_ramp, recolor
    from ..paint.working import LARGE

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
    if sum(width * height for width, height in sizes) > LARGE:
        allocator.give_back()  # files were unpacked in memory
    check_pictures(pictures)
    alpha_covers = image.alpha_mode != "CHANNEL_PACKED"
    only_color = not item.guides and not look.paint_ramps and all(map(is_ramp, pictures))
    if only_color:
        recolored = recolor(pictures, look, style, alpha_covers=alpha_covers)
        results = [Stylized(picture) for picture in recolored]
    else:
        results = _engine(islands)(
            painting.stylizer,
            pictures,
            look,
            style,
            region_painter=_region_painter(painting, look),
            alpha_covers=alpha_covers,
            tile=tile,
            exemplars=painting.exemplars,
            guides=[_read_guide(files) for files in item.guides],
            control=control.part(0.0, 0.95),
        )
    reliefs = [result.strokes for result in results if result.strokes is not None]
    strokes = style.stroke_set() if reliefs else None
    return _Results([r.picture for r in results], metadata, reliefs, strokes), only_color


def _write(
    results: _Results, item: StylizeItem, notes: StylizeNotes | None, *, overwrite: bool
) -> bool:
    """Write all files of an item, then let them take their names together; return whether it was this
    run that finished it."""
    from ..atomic import Part, new_part
    from ..image.files import encoded_picture

    allocator.give_back()  # files are packed in memory, too
    parts: list[Part] = []
    with ExitStack() as stack:

        def put(path: str, content: bytes | memoryview) -> None:
            replaces = overwrite or notes is not None  # these know what may be replaced
            part = stack.enter_context(new_part(Path(path), overwrite=replaces))
            part.write(content)
            parts.append(part)

        for index in range(len(results.reliefs)):
            _put_relief(item, index, results, put)
        # The pictures come last: where one is found, all that belongs to it is there.
        for output, kept in zip(item.outputs, results.metadata, strict=True):
            picture = results.pictures.pop(0)
            mode = item.image.alpha_mode
            put(output, encoded_picture(picture, Path(output), alpha_mode=mode, metadata=kept))
        if notes is not None:
            return notes.keep(item, parts, overwrite=overwrite)
        for part in parts:
            part.rename(overwrite=overwrite)
    return True


def _engine(islands: Islands | None) -> Callable[..., list[Stylized]]:
    from ..paint.native import stylize

    if islands is None:
        return stylize
    from ..paint.across_seams import stylize_across  # late: it loads much of SciPy

    return partial(stylize_across, islands)


def _region_painter(painting: Session, look: Look) -> RegionPainter | None:
    if look.regions < 2:
        return None
    from ..paint.regions import RegionPainter  # late: scikit-learn takes a second to import

    return RegionPainter(painting.stylizer, painting.styles, look)


def _islands(item: StylizeItem) -> Islands | None:
    """Return the islands across whose seams an item is painted, if there are any."""
    if not item.mesh or not item.look.across_seams or item.look.seamless:
        return None
    from ..mesh.uv_mesh import load_mesh  # late: these load much of SciPy
    from ..paint.islands import islands_of

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


def _put_relief(
    item: StylizeItem, index: int, results: _Results, put: Callable[[str, bytes | memoryview], None]
) -> None:
    """Write height, normals and strokes of the first picture, as far as asked for, and drop it."""
    from ..image.maps import encoded_map
    from ..paint.strokes.relief import to_16_bit
    from ..paint.strokes.stroke_file import StrokeFile, encoded_strokes

    painting = results.reliefs.pop(0)
    if item.strokes and results.stroke_set is not None:
        height, width = painting.height.shape
        under, size = painting.underpainting, (width, height)
        kept = StrokeFile(painting.strokes, results.stroke_set, under, size, item.look.relief)
        put(item.strokes[index], encoded_strokes(kept))
    if item.heights:
        put(item.heights[index], encoded_map(to_16_bit(painting.height)))
    if item.normals:
        normals = painting.normals(integers=True)
        del painting
        allocator.give_back()
        put(item.normals[index], encoded_map(normals, spend=True))
