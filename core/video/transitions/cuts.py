"""Cuts: steps across which the picture is not found again, though it is across the steps around.

There is no cut where frames a little further apart are the same picture: a flash lay between.
"""

from __future__ import annotations

import numpy as np

from ...control import Control
from .compared import ComparedFrames, Transition

_LOST, _SURELY_LOST = 0.75, 0.64
"""A cut's match beside the usual one around it; where the colors are the same after it as before."""

_OTHER_COLORS = 0.12
"""Share of two frames from which on their colors are not the same."""

_SAME = 0.72
"""Match of two frames from which on they show the same."""

_AROUND = 4
_SHORTEST = 2
"""Frames that a shot between two cuts has at least."""

_NEAR, _FLASH = 2, 6
"""Frames before a step at which a flash may have begun; the most from before a flash to after it."""

_GLITCH = 2
"""Frames that are no shot by themselves if the same picture is before and after them."""

_BRIGHTER = 8.0
"""Levels by which a longer flash is brighter than what is around it."""


def find_cuts(
    frames: ComparedFrames, control: Control
) -> tuple[list[Transition], list[tuple[int, int]]]:
    """Find the cuts of a sequence.

    Parameters
    ----------
    frames : ComparedFrames
        Of the sequence.
    control : Control
        Gets the progress.

    Returns
    -------
    cuts : list of Transition
        In order.
    flashes : list of pairs of int
        The frames before and after each flash.

    Raises
    ------
    JobCancelled
        The control was cancelled.
    """
    steps = _steps(frames, control)
    cuts: list[int] = []
    flashes: list[tuple[int, int]] = []
    for at in _lost(frames, steps):
        if flashes and at <= flashes[-1][1]:
            continue
        flash = _flash(frames, at)
        if flash:
            flashes.append(flash)
        elif not cuts or at - cuts[-1] >= _SHORTEST:
            cuts.append(at)
        elif steps[at - 1] < steps[cuts[-1] - 1]:
            cuts[-1] = at
    return [Transition("cut", at, at, at) for at in cuts], flashes


def _steps(frames: ComparedFrames, control: Control) -> np.ndarray:
    """Return the match of each frame with the next, ``(N - 1,)``; not a number beside plain ones."""
    count = len(frames) - 1
    steps = np.full(count, np.nan)
    for i in range(count):
        control.cancel.raise_if_set()
        control.progress(i / count)
        if not frames.plain[i : i + 2].any():
            steps[i] = frames.score(i, i + 1)
    return steps


def _lost(frames: ComparedFrames, steps: np.ndarray) -> list[int]:
    """Return the frames that are much less like the one before them than others around."""
    lost = []
    for i, step in enumerate(steps):
        near = np.r_[steps[max(0, i - _AROUND) : i], steps[i + 1 : i + 1 + _AROUND]]
        near = near[np.isfinite(near)]
        usual = float(np.median(near)) if len(near) else 1.0
        beside = step / max(usual, _SAME)
        if beside < _LOST and (
            beside < _SURELY_LOST or frames.colors_differ(i, i + 1) > _OTHER_COLORS
        ):
            lost.append(i + 1)
    return lost


def _flash(frames: ComparedFrames, at: int) -> tuple[int, int] | None:
    """Return the frames before and after a flash that begins about there, if there is one."""
    for before in range(at - 1, max(-1, at - 2 - _NEAR), -1):
        for after in range(at + 1, min(len(frames), before + _FLASH + 1)):
            if frames.plain[before] or frames.plain[after]:
                continue
            level = max(frames.light[before], frames.light[after]) + _BRIGHTER
            # The last frame may only glow.
            bright = (frames.light[before + 1 : after - 1] > level).all()
            short = after - before - 1 <= _GLITCH
            if (short or bright) and frames.score(before, after) > _SAME:
                return before, after
    return None
