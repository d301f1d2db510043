"""A clip whose shots are known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from .shot_studio import SIZE, rounded

Kind = Literal["cut", "dissolve", "fade", "wipe"]


@dataclass(frozen=True)
class Boundary:
    """Between two shots.

    Attributes
    ----------
    kind : Kind
        How the one becomes the other.
    first, last : int
        Where the second shot may be said to begin; the same for a cut.
    """

    kind: Kind
    first: int
    last: int


@dataclass
class Clip:
    """Frames ``(H, W, 3)`` uint8, and where their shots meet."""

    name: str
    frames: list[np.ndarray] = field(default_factory=list)
    boundaries: list[Boundary] = field(default_factory=list)

    def add(self, frames: list[np.ndarray]) -> Clip:
        """Go on with the same shot."""
        self.frames += frames
        return self

    def cut(self, frames: list[np.ndarray]) -> Clip:
        """Go on with another shot."""
        if self.frames:
            self.boundaries.append(Boundary("cut", len(self.frames), len(self.frames)))
        self.frames += frames
        return self

    def dissolve(self, frames: list[np.ndarray], length: int) -> Clip:
        """Mix the last frames with the first ones of another shot."""
        return self._over("dissolve", frames, np.arange(1, length + 1) / (length + 1))

    def wipe(self, frames: list[np.ndarray], length: int) -> Clip:
        """Uncover another shot from the left."""
        x = (np.arange(SIZE[0]) + 0.5) / SIZE[0]
        edges = np.arange(1, length + 1) / (length + 1)
        return self._over("wipe", frames, [(x < edge)[None, :, None] for edge in edges])

    def _over(self, kind: Kind, frames: list[np.ndarray], shares: Sequence) -> Clip:
        length = len(shares)
        start = len(self.frames) - length
        for k, share in enumerate(shares):
            mixed = (1 - share) * self.frames[start + k] + share * frames[k].astype(np.float32)
            self.frames[start + k] = rounded(mixed)
        self.frames += frames[length:]
        self.boundaries.append(Boundary(kind, start, start + length))
        return self

    def fade(
        self, frames: list[np.ndarray], level: float, out: int, hold: int, back: int, *, same: bool
    ) -> Clip:
        """Fade to a gray level, hold it, and fade in again: to another shot, or the same."""
        start = len(self.frames) - out
        for k in range(out):
            share = (k + 1) / (out + 1)
            mixed = (1 - share) * self.frames[start + k] + share * 255 * level
            self.frames[start + k] = rounded(mixed)
        self.frames += [np.full_like(frames[0], round(255 * level))] * hold
        for k in range(back):
            share = (k + 1) / (back + 1)
            self.frames.append(rounded(share * frames[k] + (1 - share) * 255 * level))
        self.frames += frames[back:]
        if not same:
            self.boundaries.append(Boundary("fade", start, start + out + hold + back))
        return self
