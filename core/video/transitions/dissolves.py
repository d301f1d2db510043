"""Dissolves: frames that are mixtures of one before and one after, which are different pictures.

Both are moved to where they are found in the mixture, so the camera may go on moving. In a pan, a zoom
or where something passes before the camera, no frame is a mixture to the same share everywhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from ...control import Control
from .compared import DIFFERENT, ComparedFrames, Transition
from .frame_match import FrameMatch, align, blurred, match

_REACHES = (5, 8, 12, 17, 24)
"""Distances in frames from the middle of a dissolve to what it mixes."""

_STILL = 3.0
"""Mean difference in levels of 255 below which two frames are not worth comparing."""

_LEFT, _LOOSE = 0.5, 0.2
"""Largest share of a frame's squared difference from the nearer picture that a mixture may leave, and
how much more a single frame may leave."""

_MIDDLE, _PURE = 0.2, 0.08
"""Least share of either picture in the middle of a dissolve, and in all of it."""

_STEEP = 0.06
"""Least rise of the share over two fifths of the reach."""

_DIP = 1.2
"""Contrast of a mixture beside that of its parts, if these have nothing in common, at most."""

_TURNS = 3
"""How often the middle is placed anew by frames that are farther apart."""

_SURE = 0.15
"""Least share of either picture with which both are worth being found better."""

_SEEN = 0.35
"""Least share of the frame that both pictures must show."""


@dataclass(frozen=True)
class _Mixture:
    """A frame as a mixture of two others: the share of the second, and what is left unexplained."""

    share: float
    left: float


def find_dissolves(
    frames: ComparedFrames, cuts: Sequence[int], control: Control
) -> list[Transition]:
    """Find the dissolves of a sequence.

    Parameters
    ----------
    frames : ComparedFrames
        Of the sequence.
    cuts : sequence of int
        Frames before which shots are parted already.
    control : Control
        Gets the progress.

    Returns
    -------
    list of Transition
        In order.

    Raises
    ------
    JobCancelled
        The control was cancelled.
    """
    found = []
    places = [(m, r) for r in _REACHES for m in range(r, len(frames) - r, r // 3)]
    for done, (middle, reach) in enumerate(places):
        control.cancel.raise_if_set()
        control.progress(done / len(places))
        left = _left_by_mixtures(frames, middle, reach, cuts)
        if left is not None:
            found.append((left, middle, reach))
    taken: list[tuple[Transition, int]] = []
    for _, middle, reach in sorted(found):
        if all(abs(middle - other.at) > max(reach, its) for other, its in taken):
            taken.append(_dissolve(frames, middle, reach, cuts))
    return _joined(sorted((dissolve for dissolve, _ in taken), key=lambda t: t.first))


def _left_by_mixtures(
    frames: ComparedFrames, middle: int, reach: int, cuts: Sequence[int]
) -> float | None:
    """Return what mixtures leave of the frames in the middle of a dissolve, or None if it is none."""
    before, after = middle - reach, middle + reach
    if any(before < cut <= after for cut in cuts) or frames.plain[before : after + 1].any():
        return None
    if cv2.norm(frames.thumbnails[before], frames.thumbnails[after], cv2.NORM_L1) < (
        _STILL * frames.thumbnails[before].size
    ):
        return None
    # The least that can be said without looking at pixels spares most of the work.
    if not any(_dips(frames, middle, reach, share) for share in (_MIDDLE, 1 - _MIDDLE)):
        return None
    if frames.score(before, after) > DIFFERENT:
        return None
    here = _mixture(frames, middle, before, after)
    if not _MIDDLE < here.share < 1 - _MIDDLE or here.left > _LEFT + _LOOSE:
        return None
    if not _dips(frames, middle, reach, here.share):
        return None
    aside = round(0.4 * reach)
    early, late = (_mixture(frames, middle + d, before, after) for d in (-aside, aside))
    if min(here.share - early.share, late.share - here.share) < _STEEP:
        return None
    left = (early.left + 2 * here.left + late.left) / 4
    return left if left < _LEFT else None


def _dips(frames: ComparedFrames, middle: int, reach: int, share: float) -> bool:
    """Return whether contrast is as low as where pictures are mixed to these shares.

    Of pictures that have nothing in common variances add up; of what is only moved contrast is kept.
    """
    ends = frames.contrasts[[middle - reach, middle + reach]] * (1 - share, share)
    return bool(frames.contrasts[middle] <= _DIP * np.hypot(*ends))


def _dissolve(
    frames: ComparedFrames, middle: int, reach: int, cuts: Sequence[int]
) -> tuple[Transition, int]:
    """Return a dissolve, and how far from its middle the frames lie that it mixes."""
    found = _by_shares(frames, middle, reach)
    # A long one is first found between two frames that are mixtures themselves.
    for wider in _REACHES:
        for _ in range(_TURNS):
            middle = found.at
            if wider < reach or not wider <= middle < len(frames) - wider:
                break
            if _left_by_mixtures(frames, middle, wider, cuts) is None:
                break
            reach, found = wider, _by_shares(frames, middle, wider)
            if found.at == middle:
                break
    return found, reach


def _by_shares(frames: ComparedFrames, middle: int, reach: int) -> Transition:
    """Place a dissolve by the shares of some frames around its middle."""
    before, after = middle - reach, middle + reach
    some = list(range(before + 1, after, max(1, reach // 6)))
    known = np.maximum.accumulate([_mixture(frames, i, before, after).share for i in some])
    shares = np.interp(np.arange(before, after + 1), [before, *some, after], [0, *known, 1])
    first, at, stop = (before + int((shares <= limit).sum()) for limit in (_PURE, 0.5, 1 - _PURE))
    return Transition("dissolve", at, first, stop)


def _joined(dissolves: list[Transition]) -> list[Transition]:
    """Join dissolves that meet: they are halves of a long one."""
    joined: list[Transition] = []
    for one in dissolves:
        if not joined or one.first > joined[-1].stop + 1:
            joined.append(one)
            continue
        first, stop = joined[-1].first, max(one.stop, joined[-1].stop)
        joined[-1] = Transition("dissolve", (first + stop + 1) // 2, first, stop)
    return joined


def _mixture(frames: ComparedFrames, middle: int, before: int, after: int) -> _Mixture:
    """Fit a frame by two others, moved to where they are found in it."""
    wanted = blurred(frames.thumbnails[middle])
    pictures = [blurred(frames.thumbnails[i]) for i in (before, after)]
    found = [frames.match(middle, i) for i in (before, after)]
    rough = _fit(wanted, pictures, found)
    if not _SURE < rough.share < 1 - _SURE or rough.left > 1.5 * _LEFT:
        return rough
    # Each is found better in what the other leaves.
    first, second = (align(p, f)[0] for p, f in zip(pictures, found, strict=True))
    rests = (wanted - rough.share * second, wanted - (1 - rough.share) * first)
    found = [match(_gray(r), _gray(p)) for r, p in zip(rests, pictures, strict=True)]
    return min(rough, _fit(wanted, pictures, found), key=lambda mixture: mixture.left)


def _fit(wanted: np.ndarray, pictures: list[np.ndarray], found: list[FrameMatch]) -> _Mixture:
    (first, here), (second, there) = (align(p, f) for p, f in zip(pictures, found, strict=True))
    seen = here & there
    if seen.mean() < _SEEN:
        return _Mixture(0.0, 1.0)
    wanted, first, second = wanted[seen], first[seen], second[seen]
    way = second - first
    share = float(np.clip((way * (wanted - first)).sum() / (np.square(way).sum() + 1e-3), 0, 1))
    left = float(np.square(wanted - first - share * way).sum())
    alone = min(_alone(wanted, picture) for picture in (first, second))
    return _Mixture(share, left / (alone + wanted.size))


def _alone(wanted: np.ndarray, picture: np.ndarray) -> float:
    """Return the squared difference from a picture, or from it in other light if that is less."""
    gain = (picture * wanted).sum(0) / (np.square(picture).sum(0) + 1e-3)
    return float(min(np.square(wanted - part * picture).sum() for part in (1.0, gain)))


def _gray(image: np.ndarray) -> np.ndarray:
    return cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
