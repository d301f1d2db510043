"""Make a movie of finished frames."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ..control import Control, Failure
from ..video.settings import SequenceRef
from .registry import Request, task


@dataclass(frozen=True)
class AssembleFramesRequest(Request["AssembleFramesResult"]):
    """Make a movie of finished frames.

    Attributes
    ----------
    sequence : SequenceRef
        The frames.
    movie : str
        File of the movie.
    fps : float
        Frames per second; 0: as an OpenEXR file's framesPerSecond says, else 24.
    overwrite : bool
        Replace a movie that exists.
    """

    sequence: SequenceRef
    movie: str
    fps: float = 0.0
    overwrite: bool = False


@dataclass(frozen=True)
class AssembleFramesResult:
    """The movie that was made.

    Attributes
    ----------
    movie : str
        Its path.
    frames : int
        How many frames it has.
    failures : tuple of Failure
        Frames that could not be read, and are left out.
    others : tuple of str
        As in :class:`~.video.settings.FramesResult`.
    """

    movie: str
    frames: int
    failures: tuple[Failure, ...] = ()
    others: tuple[str, ...] = ()


@task
def run(request: AssembleFramesRequest, control: Control) -> AssembleFramesResult:
    """Make the movie.

    Parameters
    ----------
    request : AssembleFramesRequest
        Of which frames, and where.
    control : Control
        Gets the progress.

    Returns
    -------
    AssembleFramesResult
        What was made.

    Raises
    ------
    OutputUnwritable
        It exists, its suffix is unknown, or it cannot be written.
    NoImages
        There are no frames, or none can be read.
    """
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
    return AssembleFramesResult(request.movie, count, tuple(failures), sequence.others)
