"""The plan of a run, as a value: its frames, their shots, and the segments they are painted in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from ..control import Control, Failure
from ..errors import BadRequest, ImageTooLarge
from ..image.picture import Picture
from ..paint import memory, working
from ..paint.network import Stylizer
from ..styles.style import Style
from .sequence import Frame, Sequence
from .settings import FramesJob, FramesSettings
from .shot_file import (
    ShotFile,
    environment,
    files_digest,
    load_shot_file,
    settings_fingerprint,
)
from .shot_statistics import measure_shots, unlike


@dataclass(frozen=True)
class Segment:
    """The frames from one anchor to the next, or to the end of the shot; without motion, a whole shot.

    Attributes
    ----------
    shot : int
        Position of its shot.
    numbers : tuple of int
        Of its frames, in order, the end anchor included.
    end_anchor : int or None
        The anchor that ends it, which also begins the next segment; None at the end of a shot that
        does not end with an anchor.
    backward : bool
        The painting is carried from the end anchor only: the artist painted that one, and the segment
        leads up to it from the start of the shot.
    """

    shot: int
    numbers: tuple[int, ...]
    end_anchor: int | None = None
    backward: bool = False

    @property
    def numbers_to_write(self) -> tuple[int, ...]:
        """All but the end anchor, which the next segment writes."""
        return self.numbers if self.end_anchor is None else self.numbers[:-1]


@dataclass(frozen=True)
class Plan:
    """Everything that a run is to do.

    Attributes
    ----------
    settings : FramesSettings
        Of the run.
    sequence : Sequence
        The frames.
    style : Style
        Of the look.
    shots : ShotFile
        Given, from an earlier run, or made now.
    segments : tuple of Segment
        In order.
    wanted : frozenset of int
        Numbers of the frames to write.
    painted : mapping
        Files of the frames that the artist painted, by their numbers.
    tile : int
        Side in pixels of the tiles for which there is memory.
    """

    settings: FramesSettings
    sequence: Sequence
    style: Style
    shots: ShotFile
    segments: tuple[Segment, ...]
    wanted: frozenset[int]
    painted: Mapping[int, Path]
    tile: int

    @property
    def by_motion(self) -> bool:
        """Whether paintings are carried along the motion."""
        return self.settings.coherence == "MOTION"

    def read(self, frame: Frame) -> Picture:
        """Read a frame, which must be of the size that the shots were found in.

        Parameters
        ----------
        frame : Frame
            Of the sequence.

        Returns
        -------
        Picture
            Its pixels.

        Raises
        ------
        ImageMissing, ImageUnreadable, UnsupportedImage
            As :meth:`.sequence.Sequence.read`.
        UnsupportedImage
            It has another size.
        """
        picture = self.sequence.read(frame)
        if picture.size != self.shots.size:
            raise unlike(picture.size, self.shots.size)
        return picture


def make_plan(
    request: FramesJob,
    sequence: Sequence,
    shot_file: Path,
    stylizer: Stylizer,
    style: Style,
    control: Control,
) -> tuple[Plan, list[Failure]]:
    """Decide what a run is to do; find the shots if no file says.

    Parameters
    ----------
    request : FramesJob
        The run.
    sequence : Sequence
        Its frames.
    shot_file : Path
        Where the shots are kept.
    stylizer : Stylizer
        Measures shots.
    style : Style
        Of the look.
    control : Control
        Gets the progress of finding the shots.

    Returns
    -------
    plan : Plan
        What is to be done.
    failures : list of Failure
        Frames that could not be read while the shots were found.

    Raises
    ------
    BadRequest
        The shot file that was given was made for something else, or on another kind of machine.
    NoImages
        None of the frames can be read.
    ImageTooLarge
        There is no memory for the tiles of the shot file that was given.
    """
    settings = request.settings
    shots, failures = _shots(request, sequence, shot_file, stylizer, style, control)
    painted = {item.number: Path(item.path) for item in settings.painted}
    numbers = frozenset(shots.numbers)
    plan = Plan(
        settings,
        sequence,
        style,
        shots,
        tuple(_segments(shots, painted, by_motion=settings.coherence == "MOTION")),
        numbers.intersection(request.only) if request.only else numbers,
        painted,
        _tile(request, shots, sequence.pattern),
    )
    return plan, failures


def _tile(request: FramesJob, shots: ShotFile, pattern: str) -> int:
    """Return the side of tiles: that of the shot file, as another one changes some last bits."""
    look = request.settings.look
    tile = memory.tile_for([shots.size], look, pattern, request.memory_limit, shots.tile)
    if request.shot_file and tile < min(shots.tile, max(working.plan(shots.size, look).working)):
        raise ImageTooLarge(
            f'"{request.shot_file}" was made for tiles of {shots.tile} pixels, for which there is'
            " not enough memory; close other programs, or make it again on this machine with:"
            " frames prepare."
        )
    return tile


def _shots(
    request: FramesJob,
    sequence: Sequence,
    path: Path,
    stylizer: Stylizer,
    style: Style,
    control: Control,
) -> tuple[ShotFile, list[Failure]]:
    """Read the shot file that was given or that an earlier run left, or find the shots now."""
    fingerprint = settings_fingerprint(request.settings, style.codes)
    numbers = set(sequence.by_number)
    if request.shot_file:
        shots = load_shot_file(path)
        if shots.fingerprint != fingerprint:
            raise BadRequest(
                f'"{path}" was made for other settings or another style;'
                " make it again with: frames prepare."
            )
        here = environment(stylizer.networks.device)
        if shots.made_with != here:
            raise BadRequest(
                f'"{path}" was made with {_listed(shots.made_with)}, here is {_listed(here)}, which'
                " gives other pixels; use the same on all machines (see --device), or make it again"
                " with: frames prepare."
            )
        if not numbers.issuperset(shots.numbers):
            raise BadRequest(
                f'"{path}" was made for more frames than there are here;'
                " give the same range, and see that all frames are there."
            )
        return shots, []
    files = files_digest(sequence.frames)
    with suppress(BadRequest):
        shots = load_shot_file(path)
        same = (shots.fingerprint, shots.files) == (fingerprint, files)
        if same and set(shots.numbers) == numbers:
            return shots, []
    shots, failures = measure_shots(
        stylizer, style, sequence, request.settings, request.memory_limit, control
    )
    shots = replace(shots, files=files)
    shots.save(path, overwrite=True)
    return shots, failures


def _listed(made_with: Mapping[str, str]) -> str:
    return ", ".join(f"{name} {value}" for name, value in made_with.items())


def _segments(
    shots: ShotFile, painted: Mapping[int, Path], *, by_motion: bool
) -> Iterator[Segment]:
    positions = {number: position for position, number in enumerate(shots.numbers)}
    for index, shot in enumerate(shots.shots):
        first, last = positions[shot.first], positions[shot.last]
        if not by_motion:
            yield Segment(index, shots.numbers[first : last + 1])
            continue
        starts = [positions[number] for number in shot.anchors]
        for start, stop in zip(starts, [*starts[1:], last], strict=True):
            numbers = shots.numbers[start : stop + 1]
            ends_at_anchor = stop > start and numbers[-1] in shot.anchors
            leads_to_painting = (
                numbers[0] == shot.first and shot.first not in painted and numbers[-1] in painted
            )
            yield Segment(
                index,
                numbers,
                numbers[-1] if ends_at_anchor else None,
                backward=ends_at_anchor and leads_to_painting,
            )
