"""Where one shot becomes another: cuts, fades through a plain color, and dissolves.

A **cut** is a step across which the picture is not found again (:mod:`.frame_match`), though it is found
across the steps around. It is none if frames a little further apart are the same picture: a **flash**
lay between. Frames without any contrast are set aside; what lies before and after them is compared as
if they were not there, and is a **fade** if it differs. In the middle of a **dissolve**, a frame is a
mixture of one before and one after, everywhere to the same share, though these two are different
pictures; in a pan, a zoom, or where something moves before the camera, it is not.

References
----------
Lienhart, "Reliable Transition Detection in Videos: A Survey and Practitioner's Guide", IJIG 2001.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from .frame_match import FrameMatch, contrast, match, structure

TransitionKind = Literal["cut", "fade", "dissolve"]

_PLAIN = 0.6
"""Contrast in levels of 255 below which a frame shows nothing."""

_LOST = 0.72
"""A cut's match beside the usual one around it."""

_SAME = 0.72
"""Match of two frames from which on they show the same."""

_AROUND = 4
_FLASH = 6
"""The most frames from before a flash to after it."""

_GLITCH = 2
"""Frames that are no shot by themselves, if before and after them is the same picture."""

_BRIGHTER = 8.0
"""Levels by which a flash is brighter than what is around it."""

_RAMP = 24
"""The most frames that a fade takes to one side."""

_RISE = 1.03
"""Factor by which contrast rises at least from one drawing to the next of a fade."""

_SPANS = (5, 8, 12, 17, 24)
"""Distances in frames from the middle of a dissolve to what it mixes."""

_DIFFERENT = 0.7
"""Match below which what is before and after a dissolve are different pictures."""

_LEFT = 0.4
"""What a mixture leaves of a frame's squared difference from the nearer of the two pictures."""

_MIDDLE, _PURE = 0.2, 0.08
"""Least share of either picture in the middle of a dissolve, and in all of it."""

_SEEN = 0.35
"""Least share of the frame that both pictures must show."""


@dataclass(frozen=True)
class Transition:
    """Between two shots.

    Attributes
    ----------
    kind : TransitionKind
        How.
    at : int
        The first frame of the second shot.
    first, stop : int
        The first frame that shows both shots or neither, and the one after the last; both ``at``, where
        there is none.
    """

    kind: TransitionKind
    at: int
    first: int
    stop: int


@dataclass
class _Frames:
    """Frames that can be compared; what was compared is remembered."""

    images: np.ndarray
    light: np.ndarray
    contrasts: np.ndarray
    _known: dict[tuple[int, int], float] = field(default_factory=dict)

    @classmethod
    def of(cls, thumbnails: np.ndarray) -> _Frames:
        images = structure(thumbnails)
        return cls(images, images.mean((1, 2)), np.array([contrast(image) for image in images]))

    def match(self, here: int, there: int) -> FrameMatch:
        found = match(self.images[here], self.images[there])
        self._known[here, there] = found.score
        return found

    def score(self, here: int, there: int) -> float:
        if (here, there) not in self._known:
            same = np.array_equal(self.images[here], self.images[there])
            self._known[here, there] = 1.0 if same else self.match(here, there).score
        return self._known[here, there]

    @property
    def plain(self) -> np.ndarray:
        return self.contrasts < _PLAIN


def find_transitions(thumbnails: np.ndarray) -> list[Transition]:
    """Find where the shots of a sequence meet.

    Parameters
    ----------
    thumbnails : (N, SIDE, SIDE, 3) uint8
        RGB, sRGB-encoded, in order.

    Returns
    -------
    list of Transition
        In order; none begins before the one before it ends.
    """
    frames = _Frames.of(thumbnails)
    fades, same = _fades(frames)
    cuts = [cut for cut in _cuts(frames) if not any(a < cut <= b for a, b in same)]
    hard = fades + [Transition("cut", cut, cut, cut) for cut in cuts]
    dissolves = _dissolves(frames, sorted(t.at for t in hard))
    return sorted(hard + dissolves, key=lambda t: t.at)


def _steps(frames: _Frames) -> np.ndarray:
    """Return the match of each frame with the next, ``(N - 1,)``; not a number beside plain ones."""
    plain = frames.plain
    count = len(plain) - 1
    return np.array(
        [np.nan if plain[i] or plain[i + 1] else frames.score(i, i + 1) for i in range(count)]
    )


def _cuts(frames: _Frames) -> list[int]:
    steps = _steps(frames)
    lost = []
    for i, step in enumerate(steps):
        near = np.r_[steps[max(0, i - _AROUND) : i], steps[i + 1 : i + 1 + _AROUND]]
        near = near[np.isfinite(near)]
        usual = float(np.median(near)) if len(near) else 1.0
        if step < _LOST * max(usual, _SAME):
            lost.append(i + 1)
    cuts: list[int] = []
    bridged = 0
    for at in lost:
        if at <= bridged:
            continue
        bridged = _bridge(frames, at)
        if not bridged:
            cuts.append(at)
    return cuts


def _bridge(frames: _Frames, at: int) -> int:
    """Return the first frame after a flash that begins near a step, or 0 if there is none."""
    count = len(frames.images)
    for before in range(at - 1, max(-1, at - 3), -1):
        for after in range(at + 1, min(count, before + _FLASH + 1)):
            between = frames.light[before + 1 : after]
            level = max(frames.light[before], frames.light[after]) + _BRIGHTER
            if len(between) > _GLITCH and not (between[:-1] > level).all():
                continue
            if frames.plain[before] or frames.plain[after]:
                continue
            if frames.score(before, after) > _SAME:
                return after
    return 0


def _fades(frames: _Frames) -> tuple[list[Transition], list[tuple[int, int]]]:
    """Return fades, and the first and last frames between which there is no cut."""
    fades, same = [], []
    plain = np.r_[False, frames.plain, False]
    changes = np.flatnonzero(plain[1:] != plain[:-1])
    for first, stop in zip(changes[::2].tolist(), changes[1::2].tolist(), strict=True):
        if first == 0 or stop == len(frames.images):
            same.append((first - 1, stop))
            continue
        before, after = _clear(frames, first - 1, -1), _clear(frames, stop, 1)
        same.append((before, after))
        if frames.score(before, after) < _DIFFERENT:
            kind: TransitionKind = "fade" if after - before > 2 else "cut"
            fades.append(Transition(kind, (first + stop) // 2, before + 1, after))
    return fades, same


def _clear(frames: _Frames, start: int, step: int) -> int:
    """Return the nearest frame to one side at which a fade is over: contrast rises no more."""
    contrasts, count = frames.contrasts, len(frames.images)
    index = start
    for i in range(start + step, start + step * _RAMP, step):
        if not 0 <= i < count or abs(i - index) > 2 or contrasts[i] < 0.98 * contrasts[index]:
            break
        if contrasts[i] > _RISE * contrasts[index]:
            index = i
    return index


@dataclass(frozen=True)
class _Mixture:
    """A frame as a mixture of two others."""

    share: float
    left: float


def _mixture(frames: _Frames, middle: int, before: int, after: int) -> _Mixture:
    one, two = frames.match(middle, before), frames.match(middle, after)
    seen = one.seen & two.seen
    share = float(seen.mean())
    if share < _SEEN:
        return _Mixture(0.0, 1.0)
    wanted, first, second = frames.images[middle][seen], one.aligned[seen], two.aligned[seen]
    way = second - first
    part = float(np.clip(way @ (wanted - first) / (float(way @ way) + 1e-3), 0, 1))
    left = float(np.square(wanted - first - part * way).sum())
    alone = min(float(np.square(wanted - picture).sum()) for picture in (first, second))
    return _Mixture(part, left / (alone + len(wanted)))


def _dissolves(frames: _Frames, hard: list[int]) -> list[Transition]:
    found = []
    for reach in _SPANS:
        for middle in range(reach, len(frames.images) - reach, max(1, reach // 3)):
            mixture = _mixed_around(frames, middle, reach, hard)
            if mixture is not None:
                found.append((mixture.left, middle, reach))
    taken: list[tuple[Transition, int]] = []
    for _, middle, reach in sorted(found):
        if all(abs(middle - t.at) > max(reach, other) for t, other in taken):
            taken.append(_dissolve(frames, middle, reach, hard))
    return [transition for transition, _ in taken]


def _mixed_around(
    frames: _Frames, middle: int, reach: int, hard: list[int]
) -> _Mixture | None:
    """Return the mixture if a frame is one of two different pictures."""
    before, after = middle - reach, middle + reach
    if any(before < cut <= after for cut in hard) or frames.plain[[before, middle, after]].any():
        return None
    if frames.score(before, after) > _DIFFERENT:
        return None
    mixture = _mixture(frames, middle, before, after)
    inside = _MIDDLE < mixture.share < 1 - _MIDDLE
    return mixture if inside and mixture.left < _LEFT else None


def _dissolve(
    frames: _Frames, middle: int, reach: int, hard: list[int]
) -> tuple[Transition, int]:
    """Return a dissolve by the shares of the frames around its middle, and how far it was looked."""
    found = _by_shares(frames, middle, reach)
    for wider in _SPANS:
        if wider > reach and wider <= found.at < len(frames.images) - wider:
            if _mixed_around(frames, found.at, wider, hard) is None:
                break
            reach, found = wider, _by_shares(frames, found.at, wider)
    return found, reach


def _by_shares(frames: _Frames, middle: int, reach: int) -> Transition:
    before, after = middle - reach, middle + reach
    inside = range(before + 1, after)
    shares = np.array([_mixture(frames, i, before, after).share for i in inside])
    shares = np.maximum.accumulate(shares)
    at = before + 1 + int((shares < 0.5).sum())
    first = before + 1 + int((shares < _PURE).sum())
    stop = before + 1 + int((shares <= 1 - _PURE).sum())
    return Transition("dissolve", at, min(first, at), max(stop, at))
