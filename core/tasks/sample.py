"""Draw from a generator that was saved."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from ..control import Control
from ..create.settings import SampleSettings
from .create import CreateResult
from .registry import Request, task


@dataclass(frozen=True)
class SampleRequest(Request[CreateResult]):
    """Draw from a generator that was saved.

    Attributes
    ----------
    model : str
        File of the generator.
    output : str
        A PNG to write, with ``####`` for the number of a frame or of a step of a morph.
    sample : SampleSettings
        What to draw.
    overwrite : bool
        Whether to replace files that exist.
    """

    model: str
    output: str
    sample: SampleSettings = field(default_factory=SampleSettings)
    overwrite: bool = False


@task
def run(request: SampleRequest, control: Control) -> CreateResult:
    """Load the generator and draw from it.

    Parameters
    ----------
    request : SampleRequest
        What to draw.
    control : Control
        Progress, and cancellation.

    Returns
    -------
    CreateResult
        The written files.

    Raises
    ------
    ModelUnreadable
        The file is missing, damaged, or no generator.
    BadRequest
        The settings do not suit the generator.
    OutputUnwritable
        A result exists, or cannot be written.
    JobCancelled
        It was cancelled; pictures that are written stay.
    """
    from ..create.drawing import draw_samples
    from ..create.interface import load_model

    model = load_model(Path(request.model))
    painting = control.part(0.0, 1.0, "Painting")
    outputs = draw_samples(
        model, request.sample, request.output, painting, overwrite=request.overwrite
    )
    control.progress(1.0, "Done")
    return CreateResult(outputs=outputs, model=request.model, recipe=model.recipe)
