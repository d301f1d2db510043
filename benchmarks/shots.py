"""Clips whose shots are known, made by script: for tuning, and others that are held out.

The two sets share no picture, no scene and no seed.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from .shot_clip import Boundary, Clip
from .shot_kinds import KINDS, TURNS
from .shot_studio import SETS, Studio

__all__ = ["SETS", "Boundary", "Clip", "clips"]


def clips(which: str, draw: int = 0) -> Iterator[Clip]:
    """Make the clips of a set, one after the other.

    Parameters
    ----------
    which : str
        One of `SETS`.
    draw : int
        Other clips of the same kinds, of the same pictures.

    Yields
    ------
    Clip
        Always the same.
    """
    for number, make in enumerate(KINDS):
        for turn in range(TURNS.get(make.__name__, 2)):
            rng = np.random.default_rng([SETS.index(which), draw, number, turn])
            name = make.__name__.strip("_").replace("_", " ")
            clip = Clip(f"{name} {draw + 1}.{turn + 1}")
            make(clip, Studio(which, rng))
            yield clip
