"""The Create jobs: from files to a generator, and from a generator to pictures."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..errors import BadRequest, NoImages, OutputUnwritable
from ..generators.refinement import read_contents
from ..imaging.files import write_picture
from ..imaging.picture import Picture
from ..jobs.create_messages import CreateRequest, CreateResult, SampleRequest, SampleSettings
from ..jobs.messages import Progress
from . import picture
from .interface import Budget, Model, Step, fit, load_model, save_model

MOST = 6
"""Images that a generator is fitted to: more would only make each one rarer."""

_PREVIEW_SECONDS = 6.0
_FITTED = 0.9  # share of a job's progress that is the fit
_CUT_SHORT = 256  # side of the sample that a cancelled job still makes
_NUMBER = "####"


def create(
    request: CreateRequest,
    *,
    progress: Callable[[Progress], None],
    cancel: Callable[[], bool],
) -> CreateResult:
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
    settings = request.sample
    _check(settings, request.generator)
    for path in (request.model, *_outputs(request.output, settings)):
        if Path(path).exists() and not request.overwrite:
            raise OutputUnwritable(f'"{path}" exists; choose another name for the result.')
    images, failures = read_contents(request.images[:MOST], request.detail)
    if not images:
        first = f": {failures[0].message}" if failures else "."
        raise NoImages(f"None of the textures can be read{first}")
    preview = _Preview(request.preview)

    def told(step: Step) -> None:
        preview.show(step)
        words = ", ".join(f"{name} {value:.2f}" for name, value in step.losses.items())
        progress(Progress(_FITTED * step.done, f"Fitting, step {step.number} ({words})"))

    budget = Budget(request.seconds, request.steps)
    progress(Progress(0.0, "Loading the generator"))
    model = fit(
        request.generator, images, budget=budget, seed=request.seed, progress=told, cancel=cancel
    )
    if model.kind != "VAE":  # which paints a texture itself, whatever the size
        model.recipe["learned_size"] = list(images[0].shape[1::-1])
    save_model(model, Path(request.model), overwrite=request.overwrite)
    cut_short = cancel()
    if cut_short:
        size = (min(settings.size[0], _CUT_SHORT), min(settings.size[1], _CUT_SHORT))
        settings = SampleSettings(size, settings.seed, settings.seamless, settings.mix)
    drawing = _Drawing(model, settings, request.output, request.overwrite)
    outputs = drawing.run(
        lambda done: progress(Progress(_FITTED + (1 - _FITTED) * done, "Painting")),
        (lambda: False) if cut_short else cancel,
    )
    progress(Progress(1.0, "Done"))
    return CreateResult(outputs, request.model, model.recipe, cut_short, tuple(failures))


def draw(
    request: SampleRequest,
    *,
    progress: Callable[[Progress], None],
    cancel: Callable[[], bool],
) -> CreateResult:
    """Draw from a generator that was saved.

    Raises
    ------
    ModelUnreadable
        The file is missing, damaged, or no generator.
    BadRequest
        The settings do not suit the generator.
    OutputUnwritable
        A result exists, or cannot be written.
    JobCancelled
        Pictures that are written stay.
    """
    model = load_model(Path(request.model))
    _check(request.sample, model.kind)
    drawing = _Drawing(model, request.sample, request.output, request.overwrite)
    outputs = drawing.run(lambda done: progress(Progress(done, "Painting")), cancel)
    progress(Progress(1.0, "Done"))
    return CreateResult(outputs, request.model, model.recipe)


def _check(settings: SampleSettings, kind: str) -> None:
    if min(settings.size) < 1:
        raise BadRequest("A picture needs at least one pixel.")
    if settings.frames and kind != "AUTOMATON":
        raise BadRequest("Only the cellular automaton moves; set the number of frames to 0.")
    if settings.damage and not settings.frames:
        raise BadRequest("Damage and regrowth take a sequence; set the number of frames.")
    if settings.morph > 1 and kind == "AUTOMATON":
        raise BadRequest("The cellular automaton knows one texture; choose the GAN to morph.")


def _outputs(output: str, settings: SampleSettings) -> tuple[str, ...]:
    """The files that will be written."""
    count = settings.frames or (settings.morph if settings.morph > 1 else 0)
    if not count:
        return (output.replace(_NUMBER, "0001"),)
    if _NUMBER not in output:
        raise BadRequest(f"Several pictures need {_NUMBER} in their name, for the number.")
    return tuple(output.replace(_NUMBER, f"{number + 1:04d}") for number in range(count))


@dataclass(frozen=True)
class _Drawing:
    """Pictures that are drawn from a model and written one by one."""

    model: Model
    settings: SampleSettings
    output: str
    overwrite: bool

    def run(self, progress: Callable[[float], None], cancel: Callable[[], bool]) -> tuple[str, ...]:
        settings = self.settings
        paths = _outputs(self.output, settings)
        if settings.frames:

            def show(number: int, frame: np.ndarray) -> None:
                write_picture(Picture(frame), Path(paths[number]), overwrite=self.overwrite)
                progress((number + 1) / len(paths))

            self.model.loop(  # type: ignore[attr-defined]
                settings.size,
                settings.frames,
                seed=settings.seed,
                damage=settings.damage,
                show=show,
                cancel=cancel,
            )
            return paths
        for number, path in enumerate(paths):
            share = number / max(1, len(paths) - 1)
            mix = (1 - share, share) if len(paths) > 1 else settings.mix
            painted = self.model.sample(
                settings.size,
                seed=settings.seed,
                seamless=settings.seamless,
                mix=mix,
                progress=_part(progress, number, len(paths)),
                cancel=cancel,
            )
            write_picture(Picture(painted), Path(path), overwrite=self.overwrite)
        return paths


def _part(progress: Callable[[float], None], number: int, count: int) -> Callable[[float], None]:
    """The progress of one of several pictures."""
    return lambda done: progress((number + done) / count)


class _Preview:
    """A picture of how far a fit is: a sample, and the losses; replaced every few seconds."""

    def __init__(self, path: str) -> None:
        self._path = Path(path) if path else None
        self._shown = time.monotonic()
        self._losses: list[dict[str, float]] = []

    def show(self, step: Step) -> None:
        self._losses.append(dict(step.losses))
        if self._path is None or time.monotonic() - self._shown < _PREVIEW_SECONDS:
            return
        picture.save_progress(step.sample(), self._losses, self._path)
        self._shown = time.monotonic()
