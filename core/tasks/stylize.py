"""Stylize images, each written as soon as it is done."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from ..control import Control, Failure, ItemDone
from ..errors import ImpastoError, JobCancelled, is_out_of_memory
from ..image.reference import ImageRef
from ..styles.look import Look
from .registry import Request, task

if TYPE_CHECKING:
    from ..paint.session import Session


@dataclass(frozen=True)
class StylizeItem:
    """One image, its look, and one output file per input file (never an existing file)."""

    image: ImageRef
    look: Look
    outputs: tuple[str, ...]


@dataclass(frozen=True)
class StylizeRequest(Request["StylizeResult"]):
    """Stylize images one after the other; each is written as soon as it is done."""

    items: tuple[StylizeItem, ...]
    memory_limit: int = 0
    """Bytes the worker may use in all; 0: what is free now."""
    overwrite: bool = False
    """Replace results that exist; never asked for by Blender, which always finds new names."""


@dataclass(frozen=True)
class StylizeResult:
    """Keys with their written files, and those that failed."""

    written: dict[str, tuple[str, ...]] = field(default_factory=dict)
    failures: tuple[Failure, ...] = ()


@task
def run(request: StylizeRequest, control: Control) -> StylizeResult:
    """Stylize every item; one that fails is reported and the others go on.

    Raises
    ------
    JobCancelled
        Items already written stay.
    """
    from ..paint import memory
    from ..paint.session import session

    painting = session(control)
    written: dict[str, tuple[str, ...]] = {}
    failures = []
    count = len(request.items)
    for index, item in enumerate(request.items):
        key = item.image.key
        part = control.part(
            index / count, (index + 1) / count, f'Stylizing "{key}" ({index + 1} of {count})'
        )
        part.advance(0.0)
        try:
            _stylize(painting, item, request, part)
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
            control.item_done(ItemDone(key, item.outputs))
    control.progress(1.0, "Done")
    return StylizeResult(written, tuple(failures))


def _stylize(
    painting: Session, item: StylizeItem, request: StylizeRequest, control: Control
) -> None:
    """Stylize one item and write it."""
    from ..image.files import image_size, read_picture, write_picture
    from ..image.metadata import read_metadata
    from ..paint import memory, pipeline
    from ..paint.regions import RegionPainter

    image, look = item.image, item.look
    style = painting.styles.resolve(look.styles)
    sizes = [image_size(path) for path in image.paths]
    painting.stylizer.tile = memory.tile_for(sizes, look, image.key, request.memory_limit)
    pictures = [
        read_picture(path, color_space=image.color_space, alpha_mode=image.alpha_mode)
        for path in image.paths
    ]
    results = pipeline.stylize(
        painting.stylizer,
        pictures,
        look,
        style,
        region_painter=(
            RegionPainter(painting.stylizer, painting.styles, look) if look.regions > 1 else None
        ),
        alpha_covers=image.alpha_mode != "CHANNEL_PACKED",
        control=control.part(0.0, 0.95),
    )
    for path, picture, output in zip(image.paths, results, item.outputs, strict=True):
        write_picture(
            picture,
            Path(output),
            alpha_mode=image.alpha_mode,
            overwrite=request.overwrite,
            metadata=read_metadata(path),
        )
