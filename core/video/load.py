"""Read the frames of a segment, and the motion between them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

import cv2
import numpy as np

from ..errors import ImpastoError
from ..image.convert import to_depth
from ..image.picture import Picture
from ..paint import working
from .flow import shrunk_size
from .motion import FlowMatch, MotionSource, match_frames
from .plan import Plan
from .sequence import Frame


@dataclass(frozen=True)
class LoadedFrame:
    """A frame in memory, with its motion.

    Attributes
    ----------
    frame : Frame
        Which one.
    picture : Picture
        As it was read.
    work : (h, w, 3) float32
        At working resolution, sRGB-encoded in [0, 1].
    mask : (h, w) float32, or None
        Which pixels of ``work`` count, in [0, 1].
    motion : MotionSource or None
        The frame as motion estimation sees it; None where motion is not used.
    matches : pair of FlowMatch, or None
        From the frame to the one before it in the segment, and back; None for the first.
    """

    frame: Frame
    picture: Picture
    work: np.ndarray
    mask: np.ndarray | None
    motion: MotionSource | None = None
    matches: tuple[FlowMatch, FlowMatch] | None = None


class FrameLoader:
    """Reads the frames of segments; the last frame of one is not read again as the first of the next.

    Parameters
    ----------
    plan : Plan
        Has the frames, and the look, which decides the working resolution.
    """

    def __init__(self, plan: Plan) -> None:
        self._plan, self._look, self._by_motion = plan, plan.settings.look, plan.by_motion
        self._last: LoadedFrame | None = None

    def load(
        self, frames: Iterable[Frame], on_failure: Callable[[int, str], None]
    ) -> Iterator[LoadedFrame]:
        """Read frames in order.

        Parameters
        ----------
        frames : iterable of Frame
            Of a segment.
        on_failure : callable
            Gets the number of a frame that cannot be read, and why.

        Yields
        ------
        LoadedFrame
            Those that can be read.
        """
        kept, self._last = self._last, None
        previous: LoadedFrame | None = None
        for frame in frames:
            try:
                if kept is not None and kept.frame == frame:
                    item = replace(kept, matches=None)
                else:
                    item = self._read(frame)
                if previous is not None:
                    item = _matched(previous, item)
            except ImpastoError as error:
                on_failure(frame.number, str(error))
                continue
            kept, previous = None, item
            yield item
        self._last = previous if self._by_motion else None

    def _read(self, frame: Frame) -> LoadedFrame:
        picture = self._plan.read(frame)
        goal = working.plan(picture.size, self._look)
        work, mask = working.to_work(picture, goal, self._look.seamless, alpha_covers=True)
        if not self._by_motion:
            return LoadedFrame(frame, picture, work, mask)
        size = shrunk_size((work.shape[1], work.shape[0]))
        passes = self._plan.sequence.passes(frame, size)
        small = to_depth(cv2.resize(work, size, interpolation=cv2.INTER_AREA), "8")
        return LoadedFrame(frame, picture, work, mask, MotionSource(small, passes))


def _matched(previous: LoadedFrame, item: LoadedFrame) -> LoadedFrame:
    if previous.motion is None or item.motion is None:
        return item
    return replace(item, matches=match_frames(previous.motion, item.motion))
