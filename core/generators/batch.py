"""Stylize many images, each written as soon as it is done: what the worker runs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from ..errors import ImpastoError, JobCancelled, is_out_of_memory
from ..imaging.files import image_size, read_picture, write_picture
from ..imaging.metadata import read_metadata
from ..jobs.messages import Failure, ItemDone, Progress, StylizeItem, StylizeRequest, StylizeResult
from . import allocator, device, looks, memory
from .region_painter import RegionPainter
from .stylebook import StyleBook
from .stylizer import Stylizer


class StylizeBatch:
    """Runs requests with networks and styles that stay loaded from one to the next."""

    def __init__(self) -> None:
        self.stylizer = Stylizer(device.current())
        self.styles = StyleBook(self.stylizer)

    def run(
        self,
        request: StylizeRequest,
        *,
        progress: Callable[[Progress], None],
        cancel: Callable[[], bool],
        item_done: Callable[[ItemDone], None],
    ) -> StylizeResult:
        """Stylize every item; one that fails is reported and the others go on.

        Raises
        ------
        JobCancelled
            ``cancel()`` became true; items already written stay.
        """
        written: dict[str, tuple[str, ...]] = {}
        failures = []
        count = len(request.items)
        for index, item in enumerate(request.items):
            if cancel():
                raise JobCancelled("Cancelled.")
            step = f'Stylizing "{item.image.key}" ({index + 1} of {count})'

            def advance(done: float, index: int = index, step: str = step) -> None:
                progress(Progress((index + done) / count, step))

            advance(0.0)
            try:
                self._one(item, request, advance, cancel)
            except JobCancelled:
                raise
            except ImpastoError as error:
                failures.append(Failure(item.image.key, str(error)))
            except (MemoryError, RuntimeError) as error:
                if not is_out_of_memory(error):
                    raise
                failures.append(Failure(item.image.key, str(memory.too_large(item.image.key))))
            else:
                written[item.image.key] = item.outputs
                item_done(ItemDone(item.image.key, item.outputs))
        allocator.give_back()
        progress(Progress(1.0, "Done"))
        return StylizeResult(written, tuple(failures))

    def _one(
        self,
        item: StylizeItem,
        request: StylizeRequest,
        advance: Callable[[float], None],
        cancel: Callable[[], bool],
    ) -> None:
        style = self.styles.resolve(item.look.styles)
        sizes = [image_size(path) for path in item.image.paths]
        self.stylizer.tile = memory.tile_for(sizes, item.look, item.image.key, request.memory_limit)
        pictures = [
            read_picture(
                path, colour_space=item.image.colour_space, alpha_mode=item.image.alpha_mode
            )
            for path in item.image.paths
        ]
        results = looks.stylize(
            self.stylizer,
            pictures,
            item.look,
            style,
            region_painter=(
                RegionPainter(self.stylizer, self.styles, item.look)
                if item.look.regions > 1
                else None
            ),
            alpha_covers=item.image.alpha_mode != "CHANNEL_PACKED",
            progress=lambda done: advance(0.95 * done),
            cancel=cancel,
        )
        for path, picture, output in zip(item.image.paths, results, item.outputs, strict=True):
            write_picture(
                picture,
                Path(output),
                alpha_mode=item.image.alpha_mode,
                overwrite=request.overwrite,
                metadata=read_metadata(path),
            )


_BATCH: StylizeBatch | None = None


def stylize(
    request: StylizeRequest,
    *,
    progress: Callable[[Progress], None],
    cancel: Callable[[], bool],
    item_done: Callable[[ItemDone], None],
) -> StylizeResult:
    """Run a request on the process's one batch, made on first use."""
    batch = shared(progress)
    return batch.run(request, progress=progress, cancel=cancel, item_done=item_done)


def shared(progress: Callable[[Progress], None]) -> StylizeBatch:
    """The process's one batch, made on first use: its networks serve other jobs, too."""
    global _BATCH
    if _BATCH is None:
        progress(Progress(0.0, "Loading the generator"))
        _BATCH = StylizeBatch()
    return _BATCH


def release() -> None:
    """Forget the networks and styles."""
    global _BATCH
    _BATCH = None
