"""Frames that can be compared with one another, and what lies between two shots."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from .frame_match import FrameMatch, contrast, match, structure

TransitionKind = Literal["cut", "fade", "dissolve"]

PLAIN = 0.6
"""Contrast in levels of 255 below which a frame shows nothing."""

_BINS = 16
_WIDTH = 256 // _BINS

DIFFERENT = 0.7
"""Match below which two frames are different pictures."""


@dataclass(frozen=True)
class Transition:
    """Between two shots.

    Attributes
    ----------
    kind : TransitionKind
        How the one becomes the other.
    at : int
        The first frame of the second shot.
    first, stop : int
        The first frame that shows both shots, or neither, and the one after the last; both ``at`` if
        there is none.
    """

    kind: TransitionKind
    at: int
    first: int
    stop: int


class ComparedFrames:
    """Frames of a sequence, and how well they match, which is found once.

    Parameters
    ----------
    thumbnails : (N, SIDE, SIDE, 3) uint8
        RGB, sRGB-encoded, in order.

    Attributes
    ----------
    light, contrasts : (N,) float64
        Mean and contrast of each frame, in levels of 255.
    plain : (N,) bool
        Whether a frame shows nothing.
    """

    def __init__(self, thumbnails: np.ndarray) -> None:
        self.thumbnails = thumbnails
        measured = [(image.mean(), contrast(image)) for image in map(structure, thumbnails)]
        self.light, self.contrasts = np.array(measured, float).reshape(-1, 2).T
        self.plain = self.contrasts < PLAIN
        self._scores: dict[tuple[int, int], float] = {}

    def __len__(self) -> int:
        return len(self.thumbnails)

    def match(self, here: int, there: int) -> FrameMatch:
        """Find a frame in another.

        Parameters
        ----------
        here, there : int
            Their positions.

        Returns
        -------
        FrameMatch
            Where blocks of the first are in the second.
        """
        found = match(structure(self.thumbnails[here]), structure(self.thumbnails[there]))
        self._scores[here, there] = found.score
        return found

    def score(self, here: int, there: int) -> float:
        """Return how well a frame is found in another.

        Parameters
        ----------
        here, there : int
            Their positions.

        Returns
        -------
        float
            At most 1.
        """
        if (here, there) not in self._scores:
            same = np.array_equal(self.thumbnails[here], self.thumbnails[there])
            self._scores[here, there] = 1.0 if same else self.match(here, there).score
        return self._scores[here, there]

    def colors_differ(self, here: int, there: int) -> float:
        """Return how much of two frames is of other colors, wherever in the frame.

        Parameters
        ----------
        here, there : int
            Their positions.

        Returns
        -------
        float
            In [0, 1]: the mean distance of the histograms of the channels.
        """
        counts = [
            np.stack([np.bincount(c, minlength=_BINS) for c in (thumb.reshape(-1, 3) // _WIDTH).T])
            for thumb in (self.thumbnails[here], self.thumbnails[there])
        ]
        return float(np.abs(counts[0] - counts[1]).sum() / (2 * counts[0].sum()))
