"""Coherence: carry the paintings of a segment along its motion, so that strokes hold still.

The painting of the first anchor is carried forward, that of the end anchor backward, and the two are
faded into one another; a point that only one of the anchors sees comes from that one. What is carried
are strokes: broad light and color always come from each frame's own painting, so nothing drifts, and
what neither anchor sees comes from it altogether.

References
----------
Ruder et al., "Artistic Style Transfer for Videos", GCPR 2016 (warping with occlusions).
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import closing

import cv2
import numpy as np

from ..control import NEVER, CancelToken
from ..image.convert import clipped
from .flow import warp
from .mixing import EPSILON, limit_contrast, low_pass, mix, multiply_in_place
from .prefetch import prefetch
from .spill import SpilledFrames, SpillFile, from_half, to_half

_LIGHT = 0.35
"""Share of the change of broad light and color that is followed at each step: flicker of the paintings
is evened out, and what changes in the scene arrives within a few frames."""

_FRESH = 0.005
"""Share of the frame's own strokes that is let in at each step, against softening."""

_LIMIT_EVERY = 4
"""Steps after which contrast is limited to that of the frame's own painting: bicubic interpolation adds
some 3 % of contrast at each step of half a pixel."""


def blend_segment(
    frames: SpilledFrames,
    strength: float,
    scratch: SpillFile,
    *,
    has_end_anchor: bool,
    backward: bool = False,
    cancel: CancelToken = NEVER,
) -> Generator[np.ndarray, None, None]:
    """Carry paintings along the motion.

    Parameters
    ----------
    frames : SpilledFrames
        Of a segment, in order.
    strength : float
        How much of what could be carried is, in [0, 1].
    scratch : SpillFile
        For what is carried from the end anchor; what was in it is forgotten.
    has_end_anchor : bool
        The last frame is an anchor, too.
    backward : bool
        Carry everything from the end anchor: the first frame is no anchor.
    cancel : CancelToken
        Asked at each step.

    Yields
    ------
    (H, W, 3) float32
        The result of each frame, in order, sRGB-encoded in [0, 1].
    """
    last = len(frames) - 1
    if not has_end_anchor or (last < 2 and not backward):
        for result, _ in _carried(frames, range(last + 1), strength, cancel):
            yield result
        return
    scratch.clear()
    with closing(prefetch(_carried(frames, range(last, -1, -1), strength, cancel))) as from_end:
        for result, reach in from_end:
            scratch.append(result=to_half(result), reach=to_half(reach))
    if backward:
        for i in range(last + 1):
            cancel.raise_if_set()
            yield from_half(scratch.fetch(last - i, "result"))
        return
    with closing(prefetch(_carried(frames, range(last + 1), strength, cancel))) as from_start:
        for i, (result, reach) in enumerate(from_start):
            share = _end_share(i / last, reach, from_half(scratch.fetch(last - i, "reach")))
            yield mix(result, from_half(scratch.fetch(last - i, "result")), share)


def _carried(
    frames: SpilledFrames, order: range, strength: float, cancel: CancelToken
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Carry the painting of the first frame of ``order`` to the others, forward or backward in time.

    Yields results, and how much of each pixel comes from the anchor that it began at, ``(h, w)``
    float32 in [0, 1], at the size of the flow.
    """
    forward = order.step < 0  # to the frame that was done before, which is the one after this
    result = frames.painting(order[0])
    reach = np.ones(result.shape[:2], np.float32)
    if len(order) > 1:
        reach = np.ones_like(frames.match(order[1], forward=forward).confidence)
    yield result, reach
    for step, index in enumerate(order[1:], start=1):
        cancel.raise_if_set()
        match, painting = frames.match(index, forward=forward), frames.painting(index)
        result = _step(result, match.confidence * np.float32(strength), match.flow, painting)
        if step % _LIMIT_EVERY == 0 and match.flow.any():
            result = limit_contrast(result, painting)
        reach = match.confidence * warp(reach, match.flow).clip(0, 1)
        yield result, reach


def _step(
    last: np.ndarray, confidence: np.ndarray, flow: np.ndarray, painting: np.ndarray
) -> np.ndarray:
    """Carry the last result along ``flow`` where it is trusted; elsewhere take the frame's painting.

    All are float32: ``last`` and ``painting`` ``(H, W, 3)``, ``confidence`` ``(h, w)``, ``flow`` ``(h,
    w, 2)``. Where nothing moves and the frame is the same, the last result stays bit for bit but for
    the share of fresh strokes, which is then the same picture.
    """
    carried = warp(last, flow)
    height, width = painting.shape[:2]
    if confidence.shape != (height, width):
        confidence = cv2.resize(confidence, (width, height))
    difference = cv2.subtract(painting, carried)
    broad = low_pass(difference)
    followed = cv2.addWeighted(difference, 1 - _FRESH, broad, _FRESH - _LIGHT, 0, dst=difference)
    return clipped(cv2.subtract(painting, multiply_in_place(followed, confidence), dst=broad))


def _end_share(x: float, from_start: np.ndarray, from_end: np.ndarray) -> np.ndarray:
    """Return the share of what is carried from the end anchor, at ``x`` in [0, 1] of the way to it.

    ``from_start`` and ``from_end`` tell how much of each pixel comes from the anchors, in [0, 1].
    """
    fade = np.float32(x * x * (3 - 2 * x))  # level at both ends
    one, two = (1 - fade) * (from_start + EPSILON), fade * (from_end + EPSILON)
    return (two / (one + two)).astype(np.float32)
