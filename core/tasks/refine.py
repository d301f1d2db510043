"""Refine a style: fit an adapter of the decoder to it, and save the style with the adapter."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from ..atomic import check_output
from ..control import Budget, Control, Failure, FitStep
from ..errors import NoImages, OutputTaken
from ..image.reference import ImageRef
from .registry import Request, task

_SIDE = 1024  # short side of the images, of which crops are painted, in pixels
_PREVIEW_SIDE = 384  # pixels
_PREVIEW_SECONDS = 8.0
_THUMBNAIL = 128  # pixels
_ROOM = 1 << 18  # bytes that a style with an adapter needs at least
_FIT_SHARE = 0.98  # of the progress


@dataclass(frozen=True)
class RefineRequest(Request["RefineResult"]):
    """Fit the stylizer to one style, on images that it will paint.

    Attributes
    ----------
    picture : str
        The style's picture.
    images : tuple of ImageRef
        Images to paint in the style.
    output : str
        The style file to write.
    seconds : float
        Budget of the fit.
    steps : int
        If not 0, the budget in steps, which gives the same pixels again.
    seed : int
        Seed of the fit.
    preview : str
        A PNG that is replaced every few seconds; empty: none.
    overwrite : bool
        Whether to replace a style file that exists.
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
    """The written style file, and how the fit went.

    Attributes
    ----------
    style : str
        The file.
    steps : int
        Number of steps.
    before, after : float
        Mean distance to the style's texture in the first and in the last tenth of the steps.
    failures : tuple of Failure
        Images that could not be read.
    """

    style: str
    steps: int
    before: float
    after: float
    failures: tuple[Failure, ...] = ()


@task
def run(request: RefineRequest, control: Control) -> RefineResult:
    """Refine and save; a cancelled fit is saved as far as it got.

    Parameters
    ----------
    request : RefineRequest
        What to refine.
    control : Control
        Progress, and cancellation.

    Returns
    -------
    RefineResult
        The written file.

    Raises
    ------
    OutputTaken
        The style file exists.
    OutputUnwritable
        It cannot be written.
    StyleUnreadable
        The style's picture is missing or is no picture.
    NoImages
        None of the images can be read.
    TorchMissing
        torch is not installed.
    JobCancelled
        Cancelled before there was anything to save.
    """
    from ..networks.requirements import require_torch

    require_torch("Refine")

    import numpy as np

    from ..image.contents import read_contents, shrink
    from ..image.files import write_picture
    from ..image.picture import Picture
    from ..image.preview import PreviewFile
    from ..models.adapter import Adapter
    from ..paint.adapter_fit import refine
    from ..paint.engine import PaintJob
    from ..paint.session import session
    from ..paint.style_reader import at_zoom, read_style_picture
    from ..styles.style import save_style

    output = Path(request.output)
    if output.exists() and not request.overwrite:
        raise OutputTaken(f'"{output}" exists; choose another name for the style.')
    check_output(output, overwrite=True, room=_ROOM)
    painting = session(control)
    color = read_style_picture(Path(request.picture))
    style = painting.styles.resolve_source(request.picture)
    contents, failures = read_contents(request.images, _SIDE)
    if not contents:
        raise NoImages(f"None of the textures can be read: {failures[0].message}")
    sample = shrink(contents[0], _PREVIEW_SIDE)
    preview = PreviewFile(request.preview, _PREVIEW_SECONDS)
    distances: list[float] = []

    def paint(adapter: Adapter) -> np.ndarray:
        job = PaintJob(sample, style.code(1.0), adapters=((adapter, 1.0),))
        return painting.stylizer.paint(job)

    def on_step(step: FitStep) -> None:
        distances.append(step.losses["texture"])
        preview.update(
            lambda path: write_picture(Picture(paint(step.result())), path, overwrite=True)
        )
        control.progress(_FIT_SHARE * step.done, f'Refining "{style.name}", step {step.number}')

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
    made = replace(refined, identifier=output.stem, thumbnail=thumbnail)
    save_style(made, output, overwrite=request.overwrite)
    tenth = max(1, len(distances) // 10)
    before, after = (float(np.mean(part)) for part in (distances[:tenth], distances[-tenth:]))
    control.progress(1.0, "Done")
    return RefineResult(
        style=str(output),
        steps=len(distances),
        before=before,
        after=after,
        failures=tuple(failures),
    )
