"""Read the frames of a segment once: the motion between them, and their guides now and then.

What is kept lies on disk, so a long segment needs no more memory than a short one.
"""

from __future__ import annotations

from collections import abc
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field, replace

import cv2
import numpy as np

from ...control import CancelToken, Control
from ...errors import ImpastoError
from ...image.convert import to_depth
from ...image.picture import Picture
from ...image.resize import resize
from ...networks.layout import STRIDE
from ...paint import working
from ...paint.engine import PaintJob
from ...paint.guides import guide_size
from ...paint.network import Stylizer
from ..flow import shrunk_size
from ..motion import FlowMatch, MotionSource, match_frames
from ..outcome import Outcome
from ..plan import Plan, Segment
from ..prefetch import prefetch
from ..sequence import Frame, Sequence
from ..spill import SpillFile, from_half, to_half

GUIDE_EVERY = 4
"""Frames from one guide to the next: colors are resampled slowly, so these are enough."""

_SIDE = 640
"""Longest side in pixels at which motion is kept."""

_STILL = 0.5
"""Pixels of flow that are nothing where a frame and its neighbor are the same."""

_CALM = 1.2
"""Standard deviation in pixels of the blur that takes grain out of frames before motion is found."""

_READ_AHEAD = 2


@dataclass(frozen=True, eq=False)
class Guide:
    """Holds what a frame is painted with.

    Attributes
    ----------
    content : (h, w, 3) float32, sRGB-encoded in [0, 1]
        The frame.
    color : (h, w, 3) float32, sRGB-encoded in [0, 1]
        The network's painting of it; the frame itself for a medium.
    mask : (h, w) float32 in [0, 1], or None
        Where anything is to be painted.
    """

    content: np.ndarray
    color: np.ndarray
    mask: np.ndarray | None


@dataclass
class Survey:
    """Keeps what is known of the frames of a segment.

    Attributes
    ----------
    file : SpillFile
        Has a record for each frame.
    numbers : list of int
        Of those that could be read, in order; an index of a frame is its position here.
    guides : list of int
        Indices of the frames that have guides.
    size : (int, int)
        Width and height of the frames in pixels.
    """

    file: SpillFile
    numbers: list[int] = field(default_factory=list)
    guides: list[int] = field(default_factory=list)
    size: tuple[int, int] = (0, 0)

    def motion(self, index: int, *, forward: bool) -> np.ndarray:
        """Return the motion from a frame to its neighbor.

        Parameters
        ----------
        index : int
            Of the frame.
        forward : bool
            To the frame after it, else to the one before it.

        Returns
        -------
        (h, w, 3) float32
            Flow in pixels, x and y, and its confidence in [0, 1].
        """
        row, name = (index + 1, "forward") if forward else (index, "backward")
        packed = self.file.fetch(row, name)
        return np.ascontiguousarray(from_half(packed))

    def under(self, index: int) -> np.ndarray:
        """Return the small guide of a frame.

        Parameters
        ----------
        index : int
            Of the frame.

        Returns
        -------
        (h, w, 3) float32, sRGB-encoded in [0, 1]
            The guide.
        """
        return from_half(self.file.fetch(index, "under"))

    def guide(self, index: int) -> Guide:
        """Return the guide of one of the frames that have one.

        Parameters
        ----------
        index : int
            Of the frame, one of ``guides``.

        Returns
        -------
        Guide
            The guide.
        """
        mask = self.file.fetch(index, "mask")
        return Guide(
            from_half(self.file.fetch(index, "content")),
            from_half(self.file.fetch(index, "color")),
            mask.astype(np.float32) / 255 if mask.size else None,
        )


@dataclass(frozen=True, eq=False)
class _Read:
    frame: Frame
    size: tuple[int, int]
    work: np.ndarray
    mask: np.ndarray | None
    source: MotionSource


class Surveyor:
    """Surveys segments, one after the other, into one spill file.

    Parameters
    ----------
    plan : Plan
        What to paint.
    stylizer : Stylizer
        Paints guides.
    file : SpillFile
        Is written over with each segment.
    cancel : CancelToken
        Asked before each frame.
    """

    def __init__(
        self, plan: Plan, stylizer: Stylizer, file: SpillFile, cancel: CancelToken
    ) -> None:
        self._plan, self._stylizer, self._file, self._cancel = plan, stylizer, file, cancel
        self._last: dict[str, tuple[int, np.ndarray, np.ndarray | None, np.ndarray]] = {}

    def survey(self, segment: Segment, outcome: Outcome) -> Survey:
        """Read the frames of a segment.

        Parameters
        ----------
        segment : Segment
            Of the plan.
        outcome : Outcome
            Told of frames that cannot be read, and of what is being done.

        Returns
        -------
        Survey
            Good until the next one.

        Raises
        ------
        JobCancelled
            The token is set.
        """
        self._file.clear()
        survey = Survey(self._file)
        before: _Read | None = None
        last = segment.end_anchor
        frames = [self._plan.sequence.by_number[number] for number in segment.numbers]
        with closing(prefetch(self._read(frames, outcome.add_failure), _READ_AHEAD)) as items:
            for item in items:
                self._cancel.raise_if_set()
                outcome.say(f"Looking at the motion to frame {item.frame.number}")
                index, arrays = len(survey.numbers), {}
                if before is not None:
                    backward, forward = _matches(before.source, item.source)
                    arrays = {"backward": _packed(backward), "forward": _packed(forward)}
                arrays["under"] = self._under(item, segment.shot)
                if index % GUIDE_EVERY == 0 or item.frame.number == last:
                    arrays |= self._guide(item, segment.shot)
                    survey.guides.append(index)
                survey.numbers.append(item.frame.number)
                survey.size = item.size
                self._file.append(**arrays)
                before = item
        return survey

    def _read(
        self, frames: abc.Sequence[Frame], on_failure: Callable[[int, str], None]
    ) -> Iterator[_Read]:
        look = self._plan.settings.look
        for frame in frames:
            try:
                picture = self._plan.read(frame)
            except ImpastoError as error:
                on_failure(frame.number, str(error))
                continue
            size = guide_size(picture.size)
            goal = working.Plan(picture.size, size, 1.0)
            work, mask = working.to_work(picture, goal, look.seamless, alpha_covers=True)
            yield _Read(
                frame,
                picture.size,
                work,
                mask,
                _motion_source(self._plan.sequence, frame, picture, work),
            )

    def _under(self, item: _Read, shot: int) -> np.ndarray:
        """Paint a small guide, for the underpainting: it is blurred, but must not lag behind."""
        width, height = (_small(side) for side in item.work.shape[1::-1])
        work = np.clip(resize(item.work, (width, height)), 0, 1)
        mask = None
        if item.mask is not None:
            mask = np.clip(resize(item.mask, (width, height)), 0, 1)
        return to_half(self._painted("under", work, mask, shot))

    def _painted(
        self, name: str, work: np.ndarray, mask: np.ndarray | None, shot: int
    ) -> np.ndarray:
        """Paint a guide, unless the last one of this name was of the same picture."""
        last = self._last.get(name)
        if last is None or last[0] != shot or not _same(last[1:3], (work, mask)):
            color = paint_guide(self._plan, self._stylizer, work, mask, shot, self._cancel)
            last = self._last[name] = (shot, work, mask, color)
        return last[3]

    def _guide(self, item: _Read, shot: int) -> dict[str, np.ndarray]:
        color = self._painted("guide", item.work, item.mask, shot)
        mask = np.zeros(0, np.uint8)
        if item.mask is not None:
            mask = (item.mask * 255 + 0.5).astype(np.uint8)
        return {"content": to_half(item.work), "color": to_half(color), "mask": mask}


def paint_guide(
    plan: Plan,
    stylizer: Stylizer,
    work: np.ndarray,
    mask: np.ndarray | None,
    shot: int,
    cancel: CancelToken,
) -> np.ndarray:
    """Paint the guide of a frame.

    Parameters
    ----------
    plan : Plan
        Has the style, and the content codes of the shots.
    stylizer : Stylizer
        Paints.
    work : (h, w, 3) float32, sRGB-encoded in [0, 1]
        The frame at the size of guides.
    mask : (h, w) float32 in [0, 1], or None
        Which of its pixels count.
    shot : int
        Position of its shot.
    cancel : CancelToken
        Asked inside the network.

    Returns
    -------
    (h, w, 3) float32, sRGB-encoded in [0, 1]
        The guide: for a medium, which has no colors of its own, the frame itself.
    """
    look, style = plan.settings.look, plan.style
    if style.own_color:
        return work
    code = plan.shots.content_codes[shot][None]
    job = PaintJob(
        work,
        style.code(1.0),
        content_code=None if plan.settings.coherence == "OFF" else code,
        strength=look.strength,
        seamless=look.seamless,
        seed=look.seed,
        grain=0.0,
        mask=mask,
        adapters=style.adapters,
        tile=plan.tile,
    )
    return stylizer.paint(job, Control(cancel=cancel))


def _motion_source(
    sequence: Sequence, frame: Frame, picture: Picture, work: np.ndarray
) -> MotionSource:
    size = shrunk_size(picture.size, _SIDE)
    passes = sequence.passes(frame, size)
    small = work if work.shape[1::-1] == size else np.clip(resize(work, size), 0, 1)
    return MotionSource(to_depth(small, "8"), passes)


def _matches(before: MotionSource, here: MotionSource) -> tuple[FlowMatch, FlowMatch]:
    """Match neighbors, backward and forward; what is the same in both does not move."""
    if before.passes is not None and here.passes is not None:
        # Geometry alone tells what is seen: the grain of a render would deny it.
        plain = np.zeros_like(here.frame)
        return match_frames(replace(before, frame=plain), replace(here, frame=plain))
    backward, forward = match_frames(_calm(before), _calm(here))
    changed = cv2.absdiff(before.frame, here.frame).max(2)
    same = cv2.dilate(changed, np.ones((7, 7), np.uint8)) == 0
    if not same.any():
        return backward, forward
    return _stilled(backward, same), _stilled(forward, same)


def _calm(source: MotionSource) -> MotionSource:
    """Take the grain out of a frame."""
    return replace(source, frame=cv2.GaussianBlur(source.frame, (0, 0), _CALM))


def _stilled(match: FlowMatch, same: np.ndarray) -> FlowMatch:
    """Set what is the same and hardly moves to exact rest; a flat thing that moves still does."""
    still = same & (np.abs(match.flow).max(2) < _STILL)
    flow = np.where(still[..., None], np.float32(0), match.flow)
    return FlowMatch(flow, np.where(still, np.float32(1), match.confidence))


def _same(first: abc.Sequence[np.ndarray | None], second: abc.Sequence[np.ndarray | None]) -> bool:
    """Return whether arrays are the same, each with the one that belongs to it."""
    return all(
        a is b or (a is not None and b is not None and np.array_equal(a, b))
        for a, b in zip(first, second, strict=True)
    )


def _small(side: int) -> int:
    return max(STRIDE, side // 2 // STRIDE * STRIDE)


def _packed(match: FlowMatch) -> np.ndarray:
    """Join a flow and its confidence, without the margin along edges and without specks of doubt."""
    trust = (match.confidence * 255).astype(np.uint8)
    calm = cv2.medianBlur(cv2.dilate(trust, np.ones((3, 3), np.uint8)), 3)
    return to_half(np.dstack((match.flow, calm.astype(np.float32) / 255)))
