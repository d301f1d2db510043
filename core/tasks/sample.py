"""Draw from a generator that was fitted earlier."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ..control import Control
from ..create.settings import SampleSettings
from .create import CreateResult
from .registry import Request, task


@dataclass(frozen=True)
class SampleRequest(Request[CreateResult]):
    """Draw from a generator that was fitted earlier; ``output`` as in the task ``create``."""

    model: str
    output: str
    sample: SampleSettings = SampleSettings()
    overwrite: bool = False


@task
def run(request: SampleRequest, control: Control) -> CreateResult:
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
    from ..create.drawing import check_settings, draw_samples
    from ..create.interface import load_model

    model = load_model(Path(request.model))
    check_settings(request.sample, model.kind)
    painting = control.part(0.0, 1.0, "Painting")
    outputs = draw_samples(
        model, request.sample, request.output, painting, overwrite=request.overwrite
    )
    control.progress(1.0, "Done")
    return CreateResult(outputs, request.model, model.recipe)
