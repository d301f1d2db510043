"""Coherence: paintings of neighbouring frames tied together along the motion.

Between two anchors, which are painted from nothing but themselves, the painting of the first is
carried forwards and that of the second backwards, and the two are faded into one another. What is
carried are strokes; broad light and colour always come from the frame's own painting, so nothing
drifts, and where a point was not seen before, all comes from there.

References
----------
Ruder et al., "Artistic Style Transfer for Videos", GCPR 2016 (warping with occlusions).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from .motion import Passes, confidence, optical_flow, warp

_BROAD = 8.0
"""Deviation in pixels of what counts as broad; strokes are finer."""

_LIGHT = 0.35
"""Share of the change of broad light and colour that is followed at each step: what flickers in the
paintings is evened out, what changes in the scene arrives within a few frames."""

_FRESH = 0.03
"""Share of the frame's own strokes that is let in at each step, against softening."""


@dataclass(frozen=True)
class Painted:
    """A frame, what is known of its motion, and its painting alone.

    ``frame`` and ``painting`` are ``(H, W, 3)`` float32, sRGB-encoded in [0, 1].
    """

    frame: np.ndarray
    passes: Passes | None
    painting: np.ndarray


def carry(last: np.ndarray, believed: np.ndarray, flow: np.ndarray, own: np.ndarray) -> np.ndarray:
    """One step of the recurrence: the last result along ``flow``, where it is ``believed``.

    All are float32: ``last`` and ``own`` ``(H, W, 3)``, ``believed`` ``(H, W)``, ``flow``
    ``(H, W, 2)``. Where nothing moves and the frame is the same, the last result stays bit for bit
    but for the share of fresh strokes, which is then the same picture.
    """
    carried = warp(last, flow) if flow.any() else last
    difference = own - carried
    broad = cv2.GaussianBlur(difference, (0, 0), _BROAD)
    carried = carried + np.float32(_LIGHT) * broad + np.float32(_FRESH) * (difference - broad)
    share = believed[..., None]
    return np.clip(own + share * (carried - own), 0, 1)


class Shelf:
    """A list of arrays that lies on disk, so that long intervals need no memory.

    Frames are kept in half precision, which is far finer than what motion is found by; the rest as
    it is.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._count = 0
        folder.mkdir()

    def __len__(self) -> int:
        return self._count

    def append(self, **arrays: np.ndarray) -> None:
        """Put arrays down under names."""
        for name, array in arrays.items():
            np.save(self._folder / f"{self._count}.{name}.npy", array)
        self._count += 1

    def fetch(self, index: int, name: str) -> np.ndarray | None:
        """An array of an entry; None if it has none of that name."""
        path = self._folder / f"{index}.{name}.npy"
        return np.load(path) if path.exists() else None


class PaintedShelf:
    """The frames of an interval, each with its motion and painting, on disk."""

    def __init__(self, folder: Path) -> None:
        self._shelf = Shelf(folder)

    def __len__(self) -> int:
        return len(self._shelf)

    def append(self, item: Painted) -> None:
        """Put the next frame down."""
        arrays = {"frame": item.frame.astype(np.float16), "painting": item.painting}
        if item.passes is not None:
            arrays |= {"previous": item.passes.to_previous, "next": item.passes.to_next}
            if item.passes.depth is not None:
                arrays["depth"] = item.passes.depth
        self._shelf.append(**arrays)

    def __getitem__(self, index: int) -> Painted:
        frame, painting, previous, following, depth = (
            self._shelf.fetch(index, name)
            for name in ("frame", "painting", "previous", "next", "depth")
        )
        assert frame is not None and painting is not None
        passes = None
        if previous is not None and following is not None:
            passes = Passes(previous, following, depth)
        return Painted(frame.astype(np.float32), passes, painting)


def between(
    frames: PaintedShelf,
    strength: float,
    closed: bool,
    folder: Path,
    *,
    backwards: bool = False,
) -> Iterator[np.ndarray]:
    """Results of an interval in order: its first anchor, the frames after it, and the next anchor.

    Parameters
    ----------
    frames : PaintedShelf
        In order. With ``closed`` the last one is an anchor, too.
    strength : float in [0, 1]
        How much of what could be carried is.
    folder : Path
        For temporary files; it must not exist.
    backwards : bool
        All is carried from the closing anchor: the first frame is none.

    Yields
    ------
    (H, W, 3) float32, sRGB-encoded in [0, 1], as many as frames
    """
    last = len(frames) - 1
    if not closed or (last < 2 and not backwards):
        yield from _chain(frames, range(last + 1), strength)
        return
    back = Shelf(folder)
    for result in _chain(frames, range(last, -1, -1), strength):
        back.append(result=result)
    if backwards:
        for i in range(last + 1):
            carried = back.fetch(last - i, "result")
            assert carried is not None
            yield carried
        return
    for i, ahead in enumerate(_chain(frames, range(last + 1), strength)):
        behind = back.fetch(last - i, "result")
        assert behind is not None
        yield ahead + np.float32(_fade(i / last)) * (behind - ahead)


def _fade(x: float) -> float:
    """From 0 to 1, level at both ends."""
    return x * x * (3 - 2 * x)


def _chain(frames: PaintedShelf, order: range, strength: float) -> Iterator[np.ndarray]:
    """The recurrence, forwards or backwards in time."""
    last = frames[order[0]]
    result = last.painting
    yield result
    for index in order[1:]:
        here = frames[index]
        flow, believed = tie(here, last, reverse=order.step < 0)
        result = carry(result, believed * np.float32(strength), flow, here.painting)
        yield result
        last = here


def tie(here: Painted, last: Painted, *, reverse: bool) -> tuple[np.ndarray, np.ndarray]:
    """Flow from a frame to the neighbour that was painted before it, and its confidence.

    ``reverse``: that neighbour is the next frame, not the previous one.
    """
    if here.passes is not None and last.passes is not None:
        flow = here.passes.to_next if reverse else here.passes.to_previous
        back = last.passes.to_previous if reverse else last.passes.to_next
        depths = (here.passes.depth, last.passes.depth)
    else:
        if np.array_equal(here.frame, last.frame):  # a held frame: nothing moves
            return np.zeros((*here.frame.shape[:2], 2), np.float32), np.ones(
                here.frame.shape[:2], np.float32
            )
        flow = optical_flow(here.frame, last.frame)
        back = optical_flow(last.frame, here.frame)
        depths = (None, None)
    return flow, confidence(flow, back, here.frame, last.frame, depths)
