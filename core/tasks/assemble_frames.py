"""Make a movie of finished frames."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ..control import Control, Failure
from ..errors import BadRequest
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
        Frames per second; 0: as the movie that they were made of, or an OpenEXR file's framesPerSecond
        says, else 24.
    overwrite : bool
        Replace a movie that exists.
    sound : str
        A movie whose frames these were, from number 1, or a sound file that begins with the first of
        them; empty: the movie that Impasto made them of, if it was one.
    """

    sequence: SequenceRef
    movie: str
    fps: float = 0.0
    overwrite: bool = False
    sound: str = ""


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
        Frames that are not there or could not be read, and are left out.
    notes : tuple of str
        Sentences on what the movie lacks: sound, transparency.
    others : tuple of str
        As in :class:`~.video.settings.FramesResult`.
    """

    movie: str
    frames: int
    failures: tuple[Failure, ...] = ()
    notes: tuple[str, ...] = ()
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
    BadRequest
        The frames are a movie already.
    """
    from ..video.movie import write_movie
    from ..video.movie_timing import FPS, even_timing, timing_of_results
    from ..video.output import missing_from_movie, source_movie
    from ..video.sequence import find_sequence

    sequence = find_sequence(request.sequence)
    paths = [frame.path for frame in sequence.frames]
    if sequence.is_movie:
        raise BadRequest(f'"{paths[0].name}" is a movie already; choose the restyled frames.')
    source = Path(request.sound) if request.sound else source_movie(paths[0])
    if source is None:
        timing = even_timing(len(paths), request.fps or sequence.fps or FPS)
    else:
        numbers = [frame.number for frame in sequence.frames]
        timing = timing_of_results(source, numbers, request.fps, sequence.fps)
    written = write_movie(
        paths,
        Path(request.movie),
        timing,
        overwrite=request.overwrite,
        control=control.part(0.0, 1.0, "Writing the movie"),
    )
    absent = tuple(missing_from_movie(number) for number in sequence.missing)
    return AssembleFramesResult(
        *(request.movie, written.frames, (*absent, *written.failures)),
        *(written.notes, sequence.others),
    )
