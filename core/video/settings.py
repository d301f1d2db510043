"""How a sequence is restyled, as plain values. Light enough for Blender's process."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ..control import Failure, ItemDone
from ..styles.look import Look

Coherence = Literal["OFF", "STATISTICS", "MOTION"]
"""How frames are kept alike: not at all; by one set of style statistics (and one noise) for each
shot; or, besides, by carrying the painting along the motion."""

FileFormat = Literal["SOURCE", "PNG", "JPEG", "TIFF", "OPEN_EXR"]
FileDepth = Literal["SOURCE", "8", "16", "half", "float"]

NO_FIRST, NO_LAST = -(2**31), 2**31 - 1
"""Bounds of a sequence that bound nothing."""


@dataclass(frozen=True)
class SequenceRef:
    """Frames on disk, in order.

    ``source`` is the file of any frame (its neighbors belong to it), a pattern with ``####``,
    ``%04d`` or ``*`` for the number, a folder that holds one sequence, or a movie file. ``files``,
    if given, are the frames themselves, in order (a VSE strip's), numbered from ``first``; then
    ``source`` is only a name. ``first`` and ``last`` are frame numbers, both included; every
    ``step``-th frame from the first is taken. ``color_space`` as in :class:`ImageRef`.
    """

    source: str
    first: int = NO_FIRST
    last: int = NO_LAST
    step: int = 1
    files: tuple[str, ...] = ()
    color_space: str = ""


@dataclass(frozen=True)
class PaintedFrame:
    """A frame that the artist painted: its number and the picture, of the frame's proportions."""

    number: int
    path: str


@dataclass(frozen=True)
class FramesSettings:
    """How to restyle a sequence: everything that its pixels depend on, besides the frames.

    ``strength`` in [0, 1] is that of coherence: 0 is as ``STATISTICS``, 1 carries as much of the
    painting along the motion as is valid. ``anchor_interval`` is the longest way, in frames, between
    two frames that are painted from nothing but themselves; such anchors also lie at the ends of a
    shot and at every multiple of ``chunk`` frames from the start (0: no chunks), so that machines
    that take a chunk each need not look far. ``look.seed`` is that of the noise.
    ``painted`` frames are anchors as they are, the only ones of their shot.
    """

    look: Look
    coherence: Coherence = "MOTION"
    strength: float = 1.0
    anchor_interval: int = 24
    chunk: int = 0
    painted: tuple[PaintedFrame, ...] = ()


@dataclass(frozen=True)
class ShotInfo:
    """A shot: frame numbers, first and last included; frames that are typical of it; its anchors."""

    first: int
    last: int
    keyframes: tuple[int, ...] = ()
    anchors: tuple[int, ...] = ()


@dataclass(frozen=True)
class FramesJob:
    """Restyle a sequence, each frame written as soon as it is done.

    Frames that an earlier run with the same settings has finished are skipped. A file that lies
    where a frame goes and is not such a frame makes that frame fail, unless ``overwrite``.

    ``output_folder`` is made if need be and may not be the folder of the frames themselves; names
    and padding are those of the sequence. ``shot_file``: from the task ``prepare_frames`` with
    the same sequence and settings; empty: prepared on the way and kept in the output folder.
    ``only``: frame numbers to write, for a machine that does its share; empty: all.
    ``movie``: also write the finished frames as a movie, at ``fps``; 0: as the source says (a movie,
    or an OpenEXR file's framesPerSecond), else 24. ``thumbnail``: a PNG that is replaced with each
    finished frame; empty: none is made.
    """

    sequence: SequenceRef
    settings: FramesSettings
    output_folder: str
    shot_file: str = ""
    only: tuple[int, ...] = ()
    format: FileFormat = "SOURCE"
    depth: FileDepth = "SOURCE"
    movie: str = ""
    fps: float = 0.0
    thumbnail: str = ""
    overwrite: bool = False
    memory_limit: int = 0


@dataclass(frozen=True)
class FramesResult:
    """What became of the frames.

    ``written`` and ``skipped`` are files in the order of the frames; ``shots`` as they were found;
    ``pattern`` is the output with ``#`` for the digits of the number; ``movie`` is empty if none
    was asked for. ``missing``: numbers that the sequence leaves out between its first and last.
    """

    written: tuple[str, ...] = ()
    skipped: tuple[str, ...] = ()
    failures: tuple[Failure, ...] = ()
    shots: tuple[ShotInfo, ...] = ()
    pattern: str = ""
    shot_file: str = ""
    movie: str = ""
    missing: tuple[int, ...] = ()


@dataclass(frozen=True)
class FrameDone(ItemDone):
    """A frame is on disk, by this run or (``skipped``) an earlier one.

    ``key`` is the frame's number as text, ``outputs`` its one file. ``seconds`` it took,
    ``seconds_left`` till the end of the job at this pace (-1: not known yet). ``thumbnail``: the
    request's, which now shows this frame; empty if not.
    """

    number: int = 0
    seconds: float = 0.0
    seconds_left: float = -1.0
    thumbnail: str = ""
    skipped: bool = False
