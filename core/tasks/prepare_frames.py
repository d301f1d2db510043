"""Prepare a sequence: find its shots, and measure the content code of each, for all machines."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ..control import Control, Failure
from ..video.settings import FramesSettings, SequenceRef, ShotInfo, check_settings
from .registry import Request, task


@dataclass(frozen=True)
class PrepareFramesRequest(Request["PrepareFramesResult"]):
    """Find cuts, typical frames, anchors and the content code of each shot, for all runs.

    Attributes
    ----------
    sequence : SequenceRef
        The frames.
    settings : FramesSettings
        How they will be restyled.
    shot_file : str
        The JSON file to write; its folder is made if need be.
    overwrite : bool
        Replace a shot file that exists.
    memory_limit : int
        In bytes; 0: what is available.
    """

    sequence: SequenceRef
    settings: FramesSettings
    shot_file: str
    overwrite: bool = False
    memory_limit: int = 0


@dataclass(frozen=True)
class PrepareFramesResult:
    """The shot file that was written.

    Attributes
    ----------
    shot_file : str
        Its path.
    frames : int
        How many frames can be read.
    shots : tuple of ShotInfo
        As they were found.
    failures : tuple of Failure
        Frames that cannot be read.
    others : tuple of str
        As in :class:`~.video.settings.FramesResult`.
    """

    shot_file: str
    frames: int
    shots: tuple[ShotInfo, ...]
    failures: tuple[Failure, ...] = ()
    others: tuple[str, ...] = ()


@task
def run(request: PrepareFramesRequest, control: Control) -> PrepareFramesResult:
    """Write a shot file.

    Parameters
    ----------
    request : PrepareFramesRequest
        What to prepare.
    control : Control
        Gets the progress.

    Returns
    -------
    PrepareFramesResult
        What was found.

    Raises
    ------
    BadRequest
        The look cannot be used on frames.
    NoImages
        None of the frames can be read.
    StyleUnreadable
        A style is missing or damaged.
    ImageTooLarge
        A frame does not fit into memory.
    OutputUnwritable
        The shot file exists, or cannot be written.
    JobCancelled
        Nothing is written.
    """
    from ..notes import make_folder
    from ..paint.session import session
    from ..video.sequence import find_sequence
    from ..video.shot_statistics import measure_shots

    settings = request.settings
    check_settings(settings)
    sequence = find_sequence(request.sequence)
    make_folder(Path(request.shot_file).parent)
    networks = session(control)
    style = networks.styles.resolve(settings.look.styles)
    shots, failures = measure_shots(
        networks.stylizer, style, sequence, settings, request.memory_limit, control
    )
    shots.save(Path(request.shot_file), overwrite=request.overwrite)
    control.progress(1.0, "Done")
    return PrepareFramesResult(
        request.shot_file, len(shots.numbers), shots.shots, tuple(failures), sequence.others
    )
