"""Fades: frames that show nothing, with different pictures before and after them.

What lies before and after is compared as if they were not there: a fade to black and back to the same
picture parts no shots.
"""

from __future__ import annotations

import numpy as np

from .compared import DIFFERENT, ComparedFrames, Transition, TransitionKind

_LONGEST = 24
"""The most frames that a fade takes to one side."""

_RISE = 1.03
"""Factor by which contrast rises at least from one drawing to the next of a fade."""

_HELD = 2
"""Frames that a drawing is held at most."""


def find_fades(frames: ComparedFrames) -> tuple[list[Transition], list[tuple[int, int]]]:
    """Find the fades of a sequence.

    Parameters
    ----------
    frames : ComparedFrames
        Of the sequence.

    Returns
    -------
    fades : list of Transition
        In order.
    settled : list of pairs of int
        Clear frames before and after frames that show nothing, whether they part shots or not; ends
        of the sequence are -1 and its length.
    """
    fades, settled = [], []
    plain = np.r_[False, frames.plain, False]
    changes = np.flatnonzero(plain[1:] != plain[:-1]).tolist()
    for first, stop in zip(changes[::2], changes[1::2], strict=True):
        before = _clear(frames, first - 1, -1) if first else -1
        after = _clear(frames, stop, 1) if stop < len(frames) else stop
        settled.append((before, after))
        if before < 0 or after == len(frames) or frames.score(before, after) >= DIFFERENT:
            continue
        kind: TransitionKind = "fade" if after - before > 2 else "cut"
        fades.append(Transition(kind, (first + stop) // 2, before + 1, after))
    return fades, settled


def _clear(frames: ComparedFrames, start: int, step: int) -> int:
    """Return the nearest frame to one side at which a fade is over: contrast rises no more."""
    contrasts = frames.contrasts
    index = start
    for i in range(start + step, start + step * _LONGEST, step):
        if not 0 <= i < len(frames) or abs(i - index) > _HELD:
            break
        if contrasts[i] < contrasts[index] / _RISE:
            break
        if contrasts[i] > _RISE * contrasts[index]:
            index = i
    return index
