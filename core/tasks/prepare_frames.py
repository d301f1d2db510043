"""Prepare a sequence: find its shots, and measure the style statistics of each, for all machines."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ..control import Control, Failure
from ..video.settings import FramesSettings, SequenceRef, ShotInfo
from .registry import Request, task


@dataclass(frozen=True)
class PrepareFramesRequest(Request["PrepareFramesResult"]):
    """Find cuts, typical frames, anchors and the style statistics of each shot, for all runs.

    ``shot_file`` (JSON) is written; an existing one is replaced only with ``overwrite``.
    """

    sequence: SequenceRef
    settings: FramesSettings
    shot_file: str
    overwrite: bool = False
    memory_limit: int = 0


@dataclass(frozen=True)
class PrepareFramesResult:
    """The shot file is there; ``frames`` of the sequence can be read, ``failures`` cannot."""

    shot_file: str
    frames: int
    shots: tuple[ShotInfo, ...]
    failures: tuple[Failure, ...] = ()


@task
def run(request: PrepareFramesRequest, control: Control) -> PrepareFramesResult:
    """Write a shot file.

    Raises
    ------
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
    from ..paint.session import session
    from ..video.segments import measure_shots
    from ..video.sequence import find_sequence

    sequence = find_sequence(request.sequence)
    shots, failures = measure_shots(
        session(control), sequence, request.settings, request.memory_limit, control
    )
    shots.save(Path(request.shot_file), overwrite=request.overwrite)
    control.progress(1.0, "Done")
    return PrepareFramesResult(request.shot_file, len(shots.numbers), shots.shots, tuple(failures))
