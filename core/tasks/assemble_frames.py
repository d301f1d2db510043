"""Make a movie of finished frames."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ..control import Control, Failure
from ..video.settings import SequenceRef
from .registry import Request, task


@dataclass(frozen=True)
class AssembleFramesRequest(Request["AssembleFramesResult"]):
    """Make a movie of finished frames, at ``fps`` as in the task ``restyle_frames``; an existing one is
    replaced only with ``overwrite``."""

    sequence: SequenceRef
    movie: str
    fps: float = 0.0
    overwrite: bool = False


@dataclass(frozen=True)
class AssembleFramesResult:
    """The movie is there; ``failures`` are frames that could not be read and are left out."""

    movie: str
    frames: int
    failures: tuple[Failure, ...] = ()


@task
def run(request: AssembleFramesRequest, control: Control) -> AssembleFramesResult:
    """Make the movie; raises as :func:`~core.video.movie.write_movie`."""
    from ..video.movie import FPS, write_movie
    from ..video.sequence import find_sequence

    sequence = find_sequence(request.sequence)
    count, failures = write_movie(
        [frame.path for frame in sequence.frames],
        Path(request.movie),
        request.fps or sequence.fps or FPS,
        overwrite=request.overwrite,
        control=control.part(0.0, 1.0, "Writing the movie"),
    )
    return AssembleFramesResult(request.movie, count, tuple(failures))
