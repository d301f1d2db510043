"""Where one shot becomes another: cuts, fades through a plain color, and dissolves.

References
----------
Lienhart, "Reliable Transition Detection in Videos: A Survey and Practitioner's Guide", International
Journal of Image and Graphics, 2001.
"""

from __future__ import annotations

import numpy as np

from ...control import SILENT, Control
from .compared import ComparedFrames, Transition, TransitionKind
from .cuts import find_cuts
from .dissolves import find_dissolves
from .fades import find_fades

__all__ = ["Transition", "TransitionKind", "find_transitions"]


def find_transitions(
    thumbnails: np.ndarray, control: Control = SILENT
) -> tuple[list[Transition], np.ndarray]:
    """Find where the shots of a sequence meet, and frames that are like none of them.

    Parameters
    ----------
    thumbnails : (N, SIDE, SIDE, 3) uint8
        RGB, sRGB-encoded, in order.
    control : Control
        Gets the progress.

    Returns
    -------
    transitions : list of Transition
        In order of ``at``, which differ.
    disturbed : (N,) bool
        Frames in flashes, fades and dissolves.

    Raises
    ------
    JobCancelled
        The control was cancelled.
    """
    frames = ComparedFrames(thumbnails)
    fades, settled = find_fades(frames)
    cuts, flashes = find_cuts(frames, control.part(0, 0.3))
    cuts = [cut for cut in cuts if not any(a < cut.at <= b for a, b in settled)]
    hard = sorted(t.at for t in fades + cuts)
    found = fades + cuts + find_dissolves(frames, hard, control.part(0.3, 1))
    disturbed = frames.plain.copy()
    for before, after in settled + flashes:
        disturbed[before + 1 : after] = True
    for transition in found:
        disturbed[transition.first : transition.stop] = True
    return sorted(found, key=lambda t: t.at), disturbed
