"""Stamps: pictures of single strokes lying along x, at several sizes and bends."""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np

from ...styles.stroke_set import StrokeSet

LENGTH, WIDTH = 192, 64
"""Size of a stamp in pixels; it is stretched to the stroke's length and width."""

COUNT = 16
"""Stamps that are drawn for a set that has none of its own."""

BENDS = np.round(np.linspace(-0.6, 0.6, 13), 3)
"""Bends for which stamps are kept, as heights of the arc by the length of the stamp; a stroke takes the
nearest."""

OUTSIDE = (0, 128, 0, 0)
"""Alpha, lightness and height beside a stamp: no paint, in the stroke's own lightness."""

LEVELS = 6
"""Every level is half as large as the one before it."""


def draw_stamps(strokes: StrokeSet, seed: int = 0, count: int = COUNT) -> np.ndarray:
    """Draw stamps from the numbers of a stroke set.

    Parameters
    ----------
    strokes : StrokeSet
        The numbers.
    seed : int
        Random seed.
    count : int
        Number of stamps.

    Returns
    -------
    (count, WIDTH, LENGTH, 3) uint8
        Alpha, lightness (128: that of the stroke) and height.
    """
    rng = np.random.default_rng(seed)
    return np.stack([_draw(strokes, rng) for _ in range(count)])


def _draw(strokes: StrokeSet, rng: np.random.Generator) -> np.ndarray:
    """Draw one stamp, ``(WIDTH, LENGTH, 3)`` uint8."""
    v, u = np.mgrid[0:WIDTH, 0:LENGTH].astype(np.float32)
    u = (2 * u + 1) / LENGTH - 1
    v = (2 * v + 1) / WIDTH - 1
    marks = _bristle_marks(strokes, rng)
    slow = _noise(rng, (LENGTH / 6, WIDTH / 3))
    rough = strokes.roughness
    # Distance to the rim, as a share of the half width: 0 at the rim, 1 in the middle.
    elongation = max(1.0, strokes.aspect)
    ends = (1 - np.abs(u + 0.06 * rough * marks + 0.04 * rough * slow)) * elongation
    sides = 1 - np.abs(v + 0.10 * rough * slow)
    corner = np.clip(1 - ends, 0, 1) ** 2 + np.clip(1 - sides, 0, 1) ** 2
    # Round ends; square ones for a stiff tool, which has no softness.
    roundness = np.clip(strokes.softness * 4, 0, 1)
    inside = roundness * (1 - np.sqrt(corner)) + (1 - roundness) * np.minimum(ends, sides)
    edge = max(0.06, strokes.softness)
    alpha = np.clip((inside + 0.25 * rough * edge * marks) / edge, 0, 1)
    alpha = alpha * alpha * (3 - 2 * alpha)
    # The brush runs dry towards its end: bristles lose touch one after the other.
    dryness = np.clip((u - 0.35) / 0.65, 0, 1) * rough
    alpha *= np.clip(1 - np.clip(dryness * 2.2 - 0.9 - 0.8 * marks, 0, 1), 0, 1)
    rim = np.exp(-np.maximum(inside, 0) * 9)
    tone = strokes.contrast * marks - 0.35 * strokes.rim * rim * (1 + 0.4 * slow)
    ridge = np.exp(-(((np.abs(v) - 0.72) / 0.18) ** 2)) * np.clip(inside * 6, 0, 1)
    height = 0.5 + 0.2 * marks + 0.25 * ridge - 0.18 * u * rough
    planes = (alpha, 0.5 + tone / 2, np.clip(height, 0, 1))
    return np.clip(np.stack(planes, axis=-1) * 255 + 0.5, 0, 255).astype(np.uint8)


def _bristle_marks(strokes: StrokeSet, rng: np.random.Generator) -> np.ndarray:
    """Return marks that run along x, ``(WIDTH, LENGTH)`` float32 of unit deviation."""
    across = WIDTH / max(1.0, strokes.bristles) / 2.2
    along = max(across, strokes.streak * LENGTH * 0.5)
    coarse = _noise(rng, (along, across))
    fine = _noise(rng, (along * 0.6, max(0.7, across * 0.45)))
    marks = 0.75 * coarse + 0.45 * fine
    return marks / (marks.std() + 1e-6)


def _noise(rng: np.random.Generator, sigma: tuple[float, float]) -> np.ndarray:
    """Return blurred noise ``(WIDTH, LENGTH)`` float32 of unit deviation."""
    pad = WIDTH // 2
    noise = rng.standard_normal((WIDTH + 2 * pad, LENGTH + 2 * pad)).astype(np.float32)
    blurred = cv2.GaussianBlur(noise, (0, 0), sigmaX=sigma[0], sigmaY=sigma[1])
    blurred = blurred[pad : pad + WIDTH, pad : pad + LENGTH]
    return (blurred - blurred.mean()) / (blurred.std() + 1e-6)


class Stamps:
    """The stamps of a set, at every level and bend that was asked for.

    Parameters
    ----------
    stamps : (N, h, w, 3) uint8
        Alpha, lightness and height.
    """

    def __init__(self, stamps: np.ndarray) -> None:
        self.count = len(stamps)
        self.aspect = stamps.shape[2] / stamps.shape[1]
        # OpenCV is quickest with four channels.
        self._levels = [np.concatenate((stamps, np.zeros_like(stamps[..., :1])), axis=3)]
        self._bent: dict[tuple[int, int, int], np.ndarray] = {}
        for _ in range(LEVELS - 1):
            last = self._levels[-1]
            height, width = max(2, last.shape[1] // 2), max(2, last.shape[2] // 2)
            small = [cv2.resize(s, (width, height), interpolation=cv2.INTER_AREA) for s in last]
            self._levels.append(np.stack(small))

    def levels_for(self, length: np.ndarray, width: np.ndarray) -> np.ndarray:
        """Return the levels from which strokes are drawn without aliasing.

        Parameters
        ----------
        length, width : (N,) float32
            Of the strokes in pixels.

        Returns
        -------
        (N,) int64
            The levels; 0 is the largest.
        """
        _, high, long = self._levels[0].shape[:3]
        shrink = np.minimum(long / np.maximum(length, 1e-3), high / np.maximum(width, 1e-3))
        level = np.floor(np.log2(np.maximum(shrink, 1.0)) + 0.3)
        return np.clip(level, 0, LEVELS - 1).astype(np.int64)

    def geometry(
        self, level: np.ndarray, bend: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return the sizes of stamps.

        Parameters
        ----------
        level, bend : (N,) int64
            See :meth:`bent`.

        Returns
        -------
        height, width : (N,) int64
            Of the straight stamp in pixels.
        center : (N,) float64
            Row of the chord in the bent stamp.
        """
        sizes = np.array([stamp.shape[1:3] for stamp in self._levels])
        height, width = sizes[level].T
        return height, width, (height - 1) / 2 + np.ceil(np.maximum(BENDS[bend] * width, 0))

    def bent(self, index: int, level: int, bend: int) -> np.ndarray:
        """Return a stamp whose middle line is an arc over its chord.

        Parameters
        ----------
        index : int
            Which stamp.
        level : int
            See :meth:`levels_for`.
        bend : int
            Index into :data:`BENDS`.

        Returns
        -------
        (h', w, 4) uint8
            The bent stamp; the fourth channel is empty.
        """
        key = (index, level, bend)
        found = self._bent.get(key)
        if found is None:
            found = self._bent[key] = self._bend(self._levels[level][index], float(BENDS[bend]))
        return found

    @staticmethod
    def _bend(stamp: np.ndarray, bend: float) -> np.ndarray:
        height, width = stamp.shape[:2]
        if abs(bend) < 1e-6:
            return stamp
        # In the stamp's own units: it is stretched to the stroke only when it is drawn.
        rise = bend * width
        above, below = (int(np.ceil(max(0.0, s))) for s in (rise, -rise))
        y, x = np.mgrid[0 : height + above + below, 0:width].astype(np.float32)
        u = (2 * x + 1) / width - 1
        source = y - above + np.float32(rise) * (1 - u * u)
        return cv2.remap(stamp, x, source, cv2.INTER_LINEAR, borderValue=OUTSIDE)


@lru_cache(8)
def _drawn(key: tuple, seed: int) -> Stamps:
    return Stamps(draw_stamps(StrokeSet(**dict(key)), seed))


def stamps_of(strokes: StrokeSet) -> Stamps:
    """Return the stamps of a set: its own, or drawn from its numbers.

    Parameters
    ----------
    strokes : StrokeSet
        The set.

    Returns
    -------
    Stamps
        Kept for the next call, if they were drawn.
    """
    if strokes.stamps is not None:
        return Stamps(strokes.stamps)
    names = ("aspect", "softness", "roughness", "bristles", "contrast", "streak", "rim")
    return _drawn(tuple((name, getattr(strokes, name)) for name in names), 0)
