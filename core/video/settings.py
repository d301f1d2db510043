"""How a sequence is restyled, as plain values. Light enough for Blender's process."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ..control import Failure, ItemDone
from ..errors import BadRequest
from ..styles.look import Look, check_use

Coherence = Literal["OFF", "STATISTICS", "MOTION"]
"""How frames are kept alike: not at all; by one content code (and one noise) for each shot; or,
besides, by carrying the painting along the motion."""

FileFormat = Literal["SOURCE", "PNG", "JPEG", "TIFF", "OPEN_EXR"]
FileDepth = Literal["SOURCE", "8", "16", "half", "float"]

_INTERVALS: dict[str, int] = {"NETWORK": 24, "PATCHES": 24, "STROKES": 96}
"""Frames between two anchors. Strokes live long: at each anchor all of them have been exchanged."""

NO_FIRST, NO_LAST = -(10**255), 10**255
"""Bounds of a sequence that exclude nothing: no name of a file has more digits."""


@dataclass(frozen=True)
class SequenceRef:
    """Frames on disk, in order.

    Attributes
    ----------
    source : str
        The file of any frame (its neighbors belong to it), a pattern with ``####``, ``%04d`` or
        ``*`` for the number, a folder that holds one sequence, or a movie file. Which of several
        numbers in a name is the frame's, see :func:`~.numbers.find_sequences`.
    first, last : int
        Frame numbers, both included.
    step : int
        Take every ``step``-th frame from the first.
    files : tuple of str
        If given, the frames themselves, in order (those of a strip in the video sequencer), numbered
        from ``first``; ``source`` is then only a name.
    color_space : str
        As in :class:`~.image.reference.ImageRef`.
    layer : str
        Of OpenEXR files, as in :func:`~.image.files.read_picture`.
    """

    source: str
    first: int = NO_FIRST
    last: int = NO_LAST
    step: int = 1
    files: tuple[str, ...] = ()
    color_space: str = ""
    layer: str = ""


@dataclass(frozen=True)
class PaintedFrame:
    """A frame that the artist painted.

    Attributes
    ----------
    number : int
        Of the frame.
    path : str
        The painting, of the frame's proportions.
    """

    number: int
    path: str


@dataclass(frozen=True)
class FramesSettings:
    """Everything that the pixels of a restyled sequence depend on, besides its frames.

    Attributes
    ----------
    look : Look
        Its ``seed`` is that of the noise; ``regions`` must be 0.
    coherence : Coherence
        How frames are kept alike.
    strength : float
        Of coherence, in [0, 1]: 0 is as ``STATISTICS``, 1 carries as much of the painting along the
        motion as is valid.
    anchor_interval : int
        The most frames from one anchor to the next; 0: as suits the engine, see :attr:`interval`.
    chunk : int
        Anchors also lie at every multiple of this many frames from the start, so that machines that
        take a chunk each need not look far; 0: no chunks.
    painted : tuple of PaintedFrame
        Anchors as they are, the only ones of their shot.
    """

    look: Look
    coherence: Coherence = "MOTION"
    strength: float = 1.0
    anchor_interval: int = 0
    chunk: int = 0
    painted: tuple[PaintedFrame, ...] = ()

    @property
    def interval(self) -> int:
        """Return the most frames from one anchor to the next."""
        return self.anchor_interval or _INTERVALS[self.look.engine]


@dataclass(frozen=True)
class ShotInfo:
    """A shot: the frames between two cuts, fades or middles of dissolves.

    Attributes
    ----------
    first, last : int
        Frame numbers, both included.
    keyframes : tuple of int
        Frames that are typical of it.
    anchors : tuple of int
        Frames that are painted from scratch.
    transition : str
        How it becomes the next one: ``cut``, ``fade`` or ``dissolve``; empty for the last.
    """

    first: int
    last: int
    keyframes: tuple[int, ...] = ()
    anchors: tuple[int, ...] = ()
    transition: str = ""


@dataclass(frozen=True)
class FramesJob:
    """Restyle a sequence, each frame written as soon as it is done.

    Frames that an earlier run with the same settings has finished are skipped. If the place of a frame
    is taken by any other file, that frame fails, unless ``overwrite``.

    Attributes
    ----------
    sequence : SequenceRef
        The frames.
    settings : FramesSettings
        How to restyle them.
    output_folder : str
        Made if need be; may not be the folder of the frames themselves. Names and padding are those
        of the sequence.
    shot_file : str
        From the task ``prepare_frames`` with the same sequence and settings; empty: made on the way
        and kept in the output folder.
    only : tuple of int
        Numbers of the frames to write, for a machine that does its share; empty: all.
    format : FileFormat
        Of the results.
    depth : FileDepth
        Of the results.
    movie : str
        File of a movie to make of the finished frames, with the sound of a source that is a movie;
        empty: none is made.
    fps : float
        Of the movie; 0: as the source says (a movie, or an OpenEXR file's framesPerSecond), else 24.
    thumbnail : str
        A PNG file that is replaced with each finished frame; empty: none is made.
    overwrite : bool
        Replace files that are in the way.
    memory_limit : int
        In bytes; 0: what is available.
    relief_maps : bool
        With strokes: also write their heights and normals, as sequences of 16-bit PNG files in the
        folders ``height`` and ``normal`` of the output folder.
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
    relief_maps: bool = False


@dataclass(frozen=True)
class FramesResult:
    """The outcome of restyling a sequence.

    Attributes
    ----------
    written, skipped : tuple of str
        Files that this run wrote, and that an earlier one had finished, in the order of the frames.
    failures : tuple of Failure
        Frames that could not be done, by their numbers.
    shots : tuple of ShotInfo
        As they were found.
    pattern : str
        Path of the results with ``#`` for the digits of the number.
    shot_file : str
        The shot file that was used.
    movie : str
        The movie; empty if none was asked for.
    missing : tuple of int
        Numbers that the sequence leaves out between its first and last.
    notes : tuple of str
        Sentences on what the movie lacks: sound, transparency.
    others : tuple of str
        Names of other pictures in the folder that was asked for; they are left as they are.
    """

    written: tuple[str, ...] = ()
    skipped: tuple[str, ...] = ()
    failures: tuple[Failure, ...] = ()
    shots: tuple[ShotInfo, ...] = ()
    pattern: str = ""
    shot_file: str = ""
    movie: str = ""
    missing: tuple[int, ...] = ()
    notes: tuple[str, ...] = ()
    others: tuple[str, ...] = ()


@dataclass(frozen=True)
class FrameDone(ItemDone):
    """Tell that a frame is on disk.

    Attributes
    ----------
    key : str
        Its number as text.
    outputs : tuple of str
        Its one file.
    number : int
        Its number.
    seconds : float
        That a frame takes on average.
    seconds_left : float
        Until the end of the job at this pace; -1: not known yet.
    thumbnail : str
        The request's, which now shows this frame; empty if it does not.
    skipped : bool
        It was finished by an earlier run.
    """

    number: int = 0
    seconds: float = 0.0
    seconds_left: float = -1.0
    thumbnail: str = ""
    skipped: bool = False


def check_settings(settings: FramesSettings, *, relief_maps: bool = False) -> None:
    """Refuse settings that contradict one another.

    Parameters
    ----------
    settings : FramesSettings
        Of a run.
    relief_maps : bool
        Whether it is to write relief.

    Raises
    ------
    BadRequest
        The look cannot be used on frames, or its engine cannot do what else is asked for.
    """
    check_use(settings.look, "FRAMES")
    if settings.look.engine == "STROKES":
        if settings.painted:
            raise BadRequest("Painted frames are carried by the network; set Engine to Network.")
        if settings.strength != 1:
            raise BadRequest("Strokes follow motion as a whole; set the coherence strength to 1.")
    elif relief_maps:
        raise BadRequest("Relief maps are painted by strokes; set Engine to Strokes.")
