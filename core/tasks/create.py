"""Fit a generator to images, save it, and draw from it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from ..control import Budget, Control, Failure, FitStep
from ..create.settings import Generator, SampleSettings
from ..errors import NoImages, OutputUnwritable
from ..image.reference import ImageRef
from .registry import Request, task

MOST = 6
"""Images that a generator is fitted to: more would only make each one rarer."""

_PREVIEW_SECONDS = 6.0
_FITTED = 0.9  # share of the progress that is the fit
_CUT_SHORT = 256  # side of the sample that a cancelled task still makes


@dataclass(frozen=True)
class CreateRequest(Request["CreateResult"]):
    """Fit a generator to images of one group, save it, and draw from it.

    ``output`` is a PNG (with ``####`` for the number of a frame or of a step of a morph), ``model``
    the file of the generator; neither exists yet, unless ``overwrite``. ``seconds`` is the budget
    of the fit; ``steps``, if not 0, is one that gives the same pixels again. ``detail``: pixels that
    the short side of the images is brought to. ``preview``: a PNG that is replaced every few
    seconds, with a sample and the losses; empty: none is made.

    A cancel keeps the best so far: the model is written, and a small sample.
    """

    images: tuple[ImageRef, ...]
    generator: Generator
    output: str
    model: str
    sample: SampleSettings = SampleSettings()
    seconds: float = 60.0
    steps: int = 0
    seed: int = 0
    detail: int = 384
    preview: str = ""
    overwrite: bool = False


@dataclass(frozen=True)
class CreateResult:
    """Written pictures, in order, the file of the generator, and how it was made.

    ``recipe`` has plain values only: ``generator``, ``seed``, ``steps``, ``texture`` and more.
    ``cancelled``: the fit was cut short, or the sample is smaller than was asked for.
    """

    outputs: tuple[str, ...]
    model: str
    recipe: dict = field(default_factory=dict)
    cancelled: bool = False
    failures: tuple[Failure, ...] = ()


@task
def run(request: CreateRequest, control: Control) -> CreateResult:
    """Fit, save and draw; a cancelled fit is saved as far as it got, with a small sample.

    Raises
    ------
    NoImages
        None of the images can be read.
    BadRequest
        There is no such generator, or the settings contradict each other.
    OutputUnwritable
        A result exists, or cannot be written.
    JobCancelled
        Cancelled before there was anything to keep.
    """
    from ..create.drawing import check_settings, draw_samples, output_files
    from ..create.interface import fit, save_model
    from ..image.contents import PreviewFile, read_contents
    from ..plots.create import save_progress

    settings = request.sample
    check_settings(settings, request.generator)
    for path in (request.model, *output_files(request.output, settings)):
        if Path(path).exists() and not request.overwrite:
            raise OutputUnwritable(f'"{path}" exists; choose another name for the result.')
    images, failures = read_contents(request.images[:MOST], request.detail)
    if not images:
        first = f": {failures[0].message}" if failures else "."
        raise NoImages(f"None of the textures can be read{first}")
    preview = PreviewFile(request.preview, _PREVIEW_SECONDS, delay=_PREVIEW_SECONDS)
    losses: list[dict[str, float]] = []

    def on_step(step: FitStep) -> None:
        losses.append(dict(step.losses))
        preview.update(lambda path: save_progress(step.result(), losses, path))
        words = ", ".join(f"{name} {value:.2f}" for name, value in step.losses.items())
        control.progress(_FITTED * step.done, f"Fitting, step {step.number} ({words})")

    control.progress(0.0, "Loading the generator")
    model = fit(
        request.generator,
        images,
        budget=Budget(request.seconds, request.steps),
        seed=request.seed,
        on_step=on_step,
        cancel=control.cancel,
    )
    if model.kind != "VAE":  # which paints a texture itself, whatever the size
        model.recipe["learned_size"] = list(images[0].shape[1::-1])
    save_model(model, Path(request.model), overwrite=request.overwrite)
    painting = control.part(_FITTED, 1.0, "Painting")
    cut_short = control.cancel.is_set()
    if cut_short:
        size = (min(settings.size[0], _CUT_SHORT), min(settings.size[1], _CUT_SHORT))
        settings = SampleSettings(size, settings.seed, settings.seamless, settings.mix)
        painting = Control()
    outputs = draw_samples(model, settings, request.output, painting, overwrite=request.overwrite)
    control.progress(1.0, "Done")
    return CreateResult(outputs, request.model, model.recipe, cut_short, tuple(failures))
