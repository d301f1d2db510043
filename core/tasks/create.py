"""Fit a generator to images, save it, and draw from it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

from ..atomic import check_output
from ..control import SILENT, Budget, Control, Failure, FitStep
from ..create.settings import Generator, SampleSettings
from ..errors import NoImages, OutputTaken
from ..image.reference import ImageRef
from .registry import Request, task

_MAX_IMAGES = 6  # that a generator is fitted to: with more, each is seen too rarely
_PREVIEW_SECONDS = 6.0
_FIT_SHARE = 0.9  # of the progress
_CANCELLED_SIDE = 256  # long side of the sample that a cancelled task still makes


@dataclass(frozen=True)
class CreateRequest(Request["CreateResult"]):
    """Fit a generator to images of one group, save it, and draw from it.

    A cancel keeps what there is: the model is written, and a small sample.

    Attributes
    ----------
    images : tuple of ImageRef
        The images; the first six are used.
    generator : str
        Kind of the generator: ``GAN``, ``VAE`` or ``AUTOMATON``.
    output : str
        A PNG to write, with ``####`` for the number of a frame or of a step of a morph.
    model : str
        File to save the generator in.
    sample : SampleSettings
        What to draw.
    seconds : float
        Budget of the fit.
    steps : int
        If not 0, the budget in steps, which gives the same pixels again.
    seed : int
        Seed of the fit.
    detail : int
        Short side, in pixels, to which the images are resized.
    preview : str
        A PNG that is replaced every few seconds, with a sample and the losses; empty: none.
    overwrite : bool
        Whether to replace files that exist.
    """

    images: tuple[ImageRef, ...]
    generator: Generator
    output: str
    model: str
    sample: SampleSettings = field(default_factory=SampleSettings)
    seconds: float = 60.0
    steps: int = 0
    seed: int = 0
    detail: int = 384
    preview: str = ""
    overwrite: bool = False


@dataclass(frozen=True)
class CreateResult:
    """The written files, and how they were made.

    Attributes
    ----------
    outputs : tuple of str
        Written pictures, in order.
    model : str
        File of the generator.
    recipe : dict
        How the generator was made, as plain values: ``generator``, ``seed``, ``steps``, ``texture``
        and more.
    cancelled : bool
        Whether the fit was cut short, or the sample is smaller than requested.
    failures : tuple of Failure
        Images that could not be read.
    """

    outputs: tuple[str, ...]
    model: str
    recipe: dict = field(default_factory=dict)
    cancelled: bool = False
    failures: tuple[Failure, ...] = ()


@task
def run(request: CreateRequest, control: Control) -> CreateResult:
    """Fit, save and draw; a cancelled fit is saved as far as it got, with a small sample.

    Parameters
    ----------
    request : CreateRequest
        What to make.
    control : Control
        Progress, and cancellation.

    Returns
    -------
    CreateResult
        The written files.

    Raises
    ------
    NoImages
        None of the images can be read.
    BadRequest
        There is no such generator, or the settings contradict each other.
    TorchMissing
        torch, with which generators are fitted, is not installed.
    OutputTaken
        A result exists.
    OutputUnwritable
        It cannot be written.
    JobCancelled
        Cancelled before there was anything to keep.
    """
    from ..create.drawing import check_settings, draw_samples, output_files
    from ..create.interface import fit, save_model
    from ..image.contents import read_contents
    from ..image.preview import PreviewFile
    from ..networks.requirements import require_torch
    from ..plots.create import save_progress

    require_torch("Fitting a generator")
    settings = request.sample
    check_settings(settings, request.generator)
    for path in (request.model, *output_files(request.output, settings)):
        if Path(path).exists() and not request.overwrite:
            raise OutputTaken(f'"{path}" exists; choose another name for the result.')
        check_output(Path(path), overwrite=True)
    images, failures = read_contents(request.images[:_MAX_IMAGES], request.detail)
    if not images:
        first = f": {failures[0].message}" if failures else "."
        raise NoImages(f"None of the textures can be read{first}")
    preview = PreviewFile(request.preview, _PREVIEW_SECONDS, delay=_PREVIEW_SECONDS)
    losses: list[dict[str, float]] = []

    def on_step(step: FitStep) -> None:
        losses.append(dict(step.losses))
        preview.update(lambda path: save_progress(step.result(), losses, path))
        words = ", ".join(f"{name} {value:.2f}" for name, value in step.losses.items())
        control.progress(_FIT_SHARE * step.done, f"Fitting, step {step.number} ({words})")

    control.progress(0.0, "Loading the generator")
    model = fit(
        request.generator,
        images,
        budget=Budget(request.seconds, request.steps),
        seed=request.seed,
        on_step=on_step,
        cancel=control.cancel,
    )
    if model.kind != "VAE":  # whose samples show the whole texture at any size
        model.recipe["learned_size"] = list(images[0].shape[1::-1])
    save_model(model, Path(request.model), overwrite=request.overwrite)
    painting = control.part(_FIT_SHARE, 1.0, "Painting")
    cancelled = control.cancel.is_set()
    if cancelled:
        width, height = (min(side, _CANCELLED_SIDE) for side in settings.size)
        settings = replace(settings, size=(width, height), morph=0, frames=0, damage=False)
        painting = SILENT
    outputs = draw_samples(model, settings, request.output, painting, overwrite=request.overwrite)
    control.progress(1.0, "Done")
    return CreateResult(
        outputs=outputs,
        model=request.model,
        recipe=model.recipe,
        cancelled=cancelled,
        failures=tuple(failures),
    )
