"""Refine a style: fit the generator to it, and save the style with what was learned."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from ..control import Budget, Control, Failure, FitStep
from ..errors import NoImages, OutputUnwritable
from ..image.reference import ImageRef
from .registry import Request, task

_SIDE = 1024  # of the contents: what is painted at a time is far smaller
_PREVIEW_SIDE = 384
_PREVIEW_SECONDS = 8.0
_THUMBNAIL = 128


@dataclass(frozen=True)
class RefineRequest(Request["RefineResult"]):
    """Make a specialist of the generator for one style, on the images that it will paint.

    ``picture`` is the style's picture, ``output`` the style file to write (never an existing one
    unless ``overwrite``). ``seconds`` is the budget; ``steps``, if not 0, is one that gives the same
    pixels again. ``preview``: a PNG that is replaced every few seconds; empty: none is made.
    """

    picture: str
    images: tuple[ImageRef, ...]
    output: str
    seconds: float = 120.0
    steps: int = 0
    seed: int = 0
    preview: str = ""
    overwrite: bool = False


@dataclass(frozen=True)
class RefineResult:
    """The style file, the number of steps, and the distance to the style's texture in the first and
    the last tenth of them."""

    style: str
    steps: int
    before: float
    after: float
    failures: tuple[Failure, ...] = ()


@task
def run(request: RefineRequest, control: Control) -> RefineResult:
    """Refine and save; when cancelled, the best so far is saved.

    Raises
    ------
    OutputUnwritable
        The style file exists, or cannot be written.
    StyleUnreadable
        The style's picture is missing or is no picture.
    NoImages
        None of the images can be read.
    JobCancelled
        Cancelled before there was anything to save.
    """
    import numpy as np

    from ..image.contents import read_contents, shrink
    from ..image.files import write_picture
    from ..image.picture import Picture
    from ..image.preview import PreviewFile
    from ..models.adapter import Adapter
    from ..paint.adapter_fit import refine
    from ..paint.network import PaintJob
    from ..paint.session import session
    from ..paint.style_reader import at_zoom, read_style_picture
    from ..styles.style import save_style

    output = Path(request.output)
    if output.exists() and not request.overwrite:
        raise OutputUnwritable(f'"{output}" exists; choose another name for the style.')
    painting = session(control)
    color = read_style_picture(Path(request.picture))
    style = painting.styles.resolve_source(request.picture)
    contents, failures = read_contents(request.images, _SIDE)
    if not contents:
        raise NoImages(f"None of the textures can be read: {failures[0].message}")
    shown = shrink(contents[0], _PREVIEW_SIDE)
    preview = PreviewFile(request.preview, _PREVIEW_SECONDS)
    distances: list[float] = []

    def paint(adapter: Adapter) -> np.ndarray:
        job = PaintJob(shown, style.code(1.0), adapters=((adapter, 1.0),))
        return painting.stylizer.paint(job)

    def on_step(step: FitStep) -> None:
        distances.append(step.losses["texture"])
        preview.update(
            lambda path: write_picture(Picture(paint(step.result())), path, overwrite=True)
        )
        control.progress(0.98 * step.done, f'Refining "{style.name}", step {step.number}')

    refined = refine(
        painting.stylizer,
        style,
        at_zoom(color, 1.0),
        contents,
        budget=Budget(request.seconds, request.steps),
        seed=request.seed,
        on_step=on_step,
        cancel=control.cancel,
    )
    thumbnail = shrink(paint(refined.adapters[0][0]), _THUMBNAIL)
    thumbnail = (thumbnail * 255 + 0.5).astype(np.uint8)
    save_style(replace(refined, identifier=output.stem, thumbnail=thumbnail), output)
    tenth = max(1, len(distances) // 10)
    before, after = (float(np.mean(part)) for part in (distances[:tenth], distances[-tenth:]))
    control.progress(1.0, "Done")
    return RefineResult(str(output), len(distances), before, after, tuple(failures))
