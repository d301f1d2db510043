"""Coherence: paintings of neighboring frames tied together along the motion.

Between two anchors, which are painted from nothing but themselves, the painting of the first is
carried forwards and that of the second backwards, and the two are faded into one another; a point
that only one of the anchors sees comes from that one. What is carried are strokes; broad light and
color always come from the frame's own painting, so nothing drifts, and what neither of the anchors
sees is all from there.

References
----------
Ruder et al., "Artistic Style Transfer for Videos", GCPR 2016 (warping with occlusions).
Heitz and Neyret, "High-Performance By-Example Noise using a Histogram-Preserving Blending
Operator", HPG 2018 (a mixture that keeps the variance of what is mixed).
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import closing
from dataclasses import dataclass

import cv2
import numpy as np
import torch

from ..control import NEVER, CancelToken
from ..image.convert import clipped
from .motion import Tie, warp
from .prefetch import prefetched
from .spill import Shelf

_BROAD = 8.0
"""Deviation in pixels of what counts as broad; strokes are finer."""

_LIGHT = 0.35
"""Share of the change of broad light and color that is followed at each step: what flickers in the
paintings is evened out, what changes in the scene arrives within a few frames."""

_NOTHING = np.float32(1e-4)

_GAIN = 1.5
"""The most by which the contrast of a mixture is raised."""

_FRESH = 0.005
"""Share of the frame's own strokes that is let in at each step, against softening."""

_CALMED_EVERY = 4
"""Steps after which the contrast of what is carried is brought back to the frame's own, if it is
higher: bicubic interpolation adds some 3 % of it at each step of half a pixel."""


@dataclass(frozen=True)
class Painted:
    """The painting of a frame alone, ``(H, W, 3)`` float32, sRGB-encoded in [0, 1], and the ties to
    and from the frame before it, which may be smaller; None for the first."""

    painting: np.ndarray
    ties: tuple[Tie, Tie] | None


def carry(last: np.ndarray, believed: np.ndarray, flow: np.ndarray, own: np.ndarray) -> np.ndarray:
    """One step of the recurrence: the last result along ``flow``, where it is ``believed``.

    All are float32: ``last`` and ``own`` ``(H, W, 3)``, ``believed`` ``(h, w)``, ``flow``
    ``(h, w, 2)``. Where nothing moves and the frame is the same, the last result stays bit for bit
    but for the share of fresh strokes, which is then the same picture.
    """
    carried = warp(last, flow)
    height, width = own.shape[:2]
    if believed.shape != (height, width):
        believed = cv2.resize(believed, (width, height))
    difference = cv2.subtract(own, carried)
    broad = _broad(difference)
    followed = cv2.addWeighted(difference, 1 - _FRESH, broad, _FRESH - _LIGHT, 0, dst=difference)
    return clipped(cv2.subtract(own, _weighed(followed, believed), dst=broad))


def _weighed(image: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """In place."""
    return cv2.multiply(image, cv2.merge([weight] * 3), dst=image)


def _broad(image: np.ndarray) -> np.ndarray:
    """What is broad of ``(H, W)`` or ``(H, W, C)`` float32."""
    height, width = image.shape[:2]
    return cv2.resize(_blurred(image, _quarter(image)), (width, height))


def _blurred(image: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """The same at a size that is a quarter of the whole, at which it is found."""
    small = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
    return cv2.GaussianBlur(small, (0, 0), _BROAD / 4)


def _quarter(image: np.ndarray) -> tuple[int, int]:
    height, width = image.shape[:2]
    return -(-width // 4), -(-height // 4)


def _packed(image: np.ndarray) -> np.ndarray:
    """In half precision, good to a sixteenth of an 8-bit level: disk is what takes longest to fill.
    (torch converts ten times as fast as NumPy.)"""
    return torch.from_numpy(np.ascontiguousarray(image)).half().numpy()


def _unpacked(image: np.ndarray) -> np.ndarray:
    return torch.from_numpy(image).float().numpy()


class PaintedShelf:
    """The paintings of an interval, and what ties them together, on disk."""

    def __init__(self, shelf: Shelf) -> None:
        shelf.clear()
        self._shelf = shelf

    def __len__(self) -> int:
        return len(self._shelf)

    def append(self, item: Painted) -> None:
        """Put the next one down."""
        arrays = {"painting": _packed(item.painting)}
        if item.ties is not None:
            for name, tie in zip(("back", "ahead"), item.ties, strict=True):
                arrays |= {f"{name}_flow": tie.flow, f"{name}_believed": _packed(tie.believed)}
        self._shelf.append(**arrays)

    def painting(self, index: int) -> np.ndarray:
        """The painting of a frame alone."""
        return _unpacked(self._shelf.fetch(index, "painting"))

    def tie(self, index: int, *, reverse: bool) -> Tie:
        """From a frame to the one before it; with ``reverse`` to the one after it."""
        name, index = ("ahead", index + 1) if reverse else ("back", index)
        flow, believed = (
            self._shelf.fetch(index, f"{name}_{part}") for part in ("flow", "believed")
        )
        return Tie(flow, _unpacked(believed))


def between(
    frames: PaintedShelf,
    strength: float,
    closed: bool,
    behind: Shelf,
    *,
    backwards: bool = False,
    cancel: CancelToken = NEVER,
) -> Generator[np.ndarray, None, None]:
    """Results of an interval in order: its first anchor, the frames after it, and the next anchor.

    Parameters
    ----------
    frames : PaintedShelf
        In order. With ``closed`` the last one is an anchor, too.
    strength : float in [0, 1]
        How much of what could be carried is.
    behind : Shelf
        For what comes from the closing anchor; what was on it is gone.
    backwards : bool
        All is carried from the closing anchor: the first frame is none.
    cancel : CancelToken
        Asked at each step.

    Yields
    ------
    (H, W, 3) float32, sRGB-encoded in [0, 1], as many as frames
    """
    last = len(frames) - 1
    if not closed or (last < 2 and not backwards):
        for result, _ in _chain(frames, range(last + 1), strength, cancel):
            yield result
        return
    behind.clear()
    with closing(prefetched(_chain(frames, range(last, -1, -1), strength, cancel))) as back:
        for result, reach in back:
            behind.append(result=_packed(result), reach=_packed(reach))
    if backwards:
        for i in range(last + 1):
            cancel.raise_if_set()
            yield _unpacked(behind.fetch(last - i, "result"))
        return
    with closing(prefetched(_chain(frames, range(last + 1), strength, cancel))) as ahead:
        for i, (result, reach) in enumerate(ahead):
            share = _share(i / last, reach, _unpacked(behind.fetch(last - i, "reach")))
            yield mix(result, _unpacked(behind.fetch(last - i, "result")), share)


def mix(first: np.ndarray, second: np.ndarray, share: np.ndarray) -> np.ndarray:
    """Two paintings of one frame faded into one another, as rich in contrast as they are.

    Strokes that lie elsewhere in the two would grow faint: the mean of two patterns that have nothing
    in common has half their variance. So it is brought up to theirs, from place to place.

    Parameters
    ----------
    first, second : (H, W, 3) float32
    share : (H, W) float32 in [0, 1]
        Of the second.
    """
    if not share.any() or np.array_equal(first, second):
        return first
    height, width = first.shape[:2]
    if share.shape != (height, width):
        share = cv2.resize(share, (width, height))
    result = cv2.add(first, _weighed(cv2.subtract(second, first), share))
    one, two, mixed = (_variance(image) for image in (first, second, result))
    goal = one + cv2.resize(share, _quarter(first), interpolation=cv2.INTER_AREA) * (two - one)
    gain = np.sqrt((goal + _NOTHING) / (mixed + _NOTHING)).clip(1, _GAIN)
    return _with_contrast(result, gain)


def calmed(image: np.ndarray, own: np.ndarray) -> np.ndarray:
    """An image ``(H, W, 3)`` float32 whose contrast is nowhere higher than that of another."""
    gain = np.sqrt((_variance(own) + _NOTHING) / (_variance(image) + _NOTHING)).clip(0, 1)
    return _with_contrast(image.copy(), gain)


def _with_contrast(image: np.ndarray, gain: np.ndarray) -> np.ndarray:
    """What is fine in an image, which is used up, times a gain that is given at a quarter of its
    size."""
    broad = _broad(image)
    gain = cv2.resize(gain, image.shape[1::-1])
    fine = _weighed(cv2.subtract(image, broad, dst=image), gain)
    return clipped(cv2.add(broad, fine, dst=broad))


def _variance(image: np.ndarray) -> np.ndarray:
    """Of what is fine in the lightness of ``(H, W, 3)``, place by place, at a quarter of the size.

    Every other pixel of every other row tells it as well as all of them.
    """
    height, width = image.shape[:2]
    some = cv2.resize(image, (-(-width // 2), -(-height // 2)), interpolation=cv2.INTER_NEAREST)
    gray, size = cv2.cvtColor(some, cv2.COLOR_RGB2GRAY), _quarter(image)
    return (_blurred(cv2.multiply(gray, gray), size) - _blurred(gray, size) ** 2).clip(0)


def _share(x: float, ahead: np.ndarray, behind: np.ndarray) -> np.ndarray:
    """Share of what comes from the closing anchor, at ``x`` in [0, 1] of the way to it.

    ``ahead`` and ``behind`` tell how much of each pixel comes from the anchors, in [0, 1].
    """
    fade = np.float32(x * x * (3 - 2 * x))  # level at both ends
    one, two = (1 - fade) * (ahead + _NOTHING), fade * (behind + _NOTHING)
    return (two / (one + two)).astype(np.float32)


def _chain(
    frames: PaintedShelf, order: range, strength: float, cancel: CancelToken
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """The recurrence, forwards or backwards in time: results, and how much of each pixel comes from
    the anchor that it began at, ``(h, w)`` float32 in [0, 1], at the size of the flow."""
    result = frames.painting(order[0])
    reach = np.ones(result.shape[:2], np.float32)
    if len(order) > 1:
        reach = np.ones_like(frames.tie(order[1], reverse=order.step < 0).believed)
    yield result, reach
    for step, index in enumerate(order[1:], start=1):
        cancel.raise_if_set()
        tie = frames.tie(index, reverse=order.step < 0)
        carried, own = tie.believed * np.float32(strength), frames.painting(index)
        result = carry(result, carried, tie.flow, own)
        if step % _CALMED_EVERY == 0 and tie.flow.any():
            result = calmed(result, own)
        reach = tie.believed * warp(reach, tie.flow).clip(0, 1)
        yield result, reach
