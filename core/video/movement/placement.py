"""Strokes that were placed in one frame, with their lives in a segment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from ...paint.strokes.stroke_list import StrokeList, joined, picked
from .pairs import Poses, turned_by
from .tracks import Motions, Tracks, carry

FADE = 6.0
"""Frames over which a stroke appears or vanishes where nothing hides it."""

_UNCOVERED, _HIDDEN = 2.0, 3.0
"""Frames over which it appears where something uncovers it, or vanishes before something hides it."""

FAINT = 0.004
"""Opacity below which nothing is seen."""


@dataclass(frozen=True, eq=False)
class Layers:
    """The strokes of all layers that were placed in one frame.

    Attributes
    ----------
    strokes : StrokeList
        Of all layers, in order.
    layer : (N,) int32
        The layer of each.
    key : (N,) float64
        Its place in the order in which strokes are laid, which it keeps for life.
    widths : (layers,) float32
        Width of the widest stroke of each layer, in units of the long side.
    """

    strokes: StrokeList
    layer: np.ndarray
    key: np.ndarray
    widths: np.ndarray


def layered(parts: Sequence[StrokeList]) -> Layers:
    """Join the layers of a placement.

    Parameters
    ----------
    parts : sequence of StrokeList
        One for each layer.

    Returns
    -------
    Layers
        All strokes.
    """
    counts = [len(part) for part in parts]
    layer = np.repeat(np.arange(len(parts), dtype=np.int32), counts)
    rank = [index + (np.arange(n) + 0.5) / max(1, n) for index, n in enumerate(counts)]
    widths = [float(part.width.max()) if len(part) else 0.0 for part in parts]
    return Layers(joined(parts), layer, np.concatenate(rank), np.array(widths, np.float32))


def chosen(layers: Layers, rows: np.ndarray) -> Layers:
    """Return some of the strokes.

    Parameters
    ----------
    layers : Layers
        All strokes.
    rows : (N,) bool or (M,) int64
        Which to keep.

    Returns
    -------
    Layers
        Those.
    """
    kept = picked(layers.strokes, rows)
    return Layers(kept, layers.layer[rows], layers.key[rows], layers.widths)


@dataclass(eq=False)
class Placement:
    """Keeps strokes that were placed in one frame, where they are, and when they live.

    Attributes
    ----------
    layers : Layers
        The strokes.
    tracks : Tracks
        Where they are.
    appear, vanish : (N,) float32
        Times, in frames of the segment, at which each begins to be seen and is no more seen.
    fade_in, fade_out : (N,) float32
        Frames that it takes.
    partner : (N,) int64
        Index in the other placement of the stroke that it comes from or turns into; -1: none.
    meet, part : (N,) float32
        Times between which it goes from the one to the other.
    natural_start, natural_end : (N,) bool
        Whether something uncovers it when it appears, and hides it when it vanishes.
    comes_later : bool
        Whether its strokes come from partners, rather than turn into them.
    other : Placement or None
        The placement of the partners.
    shift : (K, N, 3) float32
        Change of color in Lab at the guides, see :mod:`.colors`.
    """

    layers: Layers
    tracks: Tracks
    appear: np.ndarray
    vanish: np.ndarray
    fade_in: np.ndarray
    fade_out: np.ndarray
    partner: np.ndarray
    meet: np.ndarray
    part: np.ndarray
    natural_start: np.ndarray
    natural_end: np.ndarray
    comes_later: bool = False
    other: Placement | None = None
    shift: np.ndarray = field(default_factory=lambda: np.zeros(0, np.float32))

    def __len__(self) -> int:
        return len(self.tracks)

    def opacity(self, time: int) -> np.ndarray:
        """Return how far each stroke is seen at a time.

        Parameters
        ----------
        time : int
            Index of the frame.

        Returns
        -------
        (N,) float32
            In [0, 1].
        """
        return _ramp((time - self.appear) / self.fade_in) * _ramp(
            (self.vanish - time) / self.fade_out
        )

    def poses(self, time: int, rows: np.ndarray) -> Poses:
        """Return where some strokes are at a time, without their partners.

        Parameters
        ----------
        time : int
            Index of the frame.
        rows : (M,) int64
            Which strokes.

        Returns
        -------
        Poses
            Of these.
        """
        tracks, strokes = self.tracks, self.layers.strokes
        at = min(max(time - tracks.begin, 0), len(tracks.x) - 1)
        long, wide = tracks.long[at, rows], tracks.wide[at, rows]
        return Poses(
            tracks.x[at, rows],
            tracks.y[at, rows],
            strokes.length[rows] * long,
            strokes.width[rows] * wide,
            strokes.angle[rows] + tracks.turn[at, rows],
            strokes.bend[rows] * (wide / long),
            strokes.color[rows],
        )


def trace(layers: Layers, home: int, begin: int, end: int, motions: Motions) -> Placement:
    """Carry strokes through a segment; each lives as long as it can be seen.

    Parameters
    ----------
    layers : Layers
        The strokes.
    home : int
        Index of the frame in which they were placed.
    begin, end : int
        Indices of the first and last frame in which they may live.
    motions : Motions
        Of the segment.

    Returns
    -------
    Placement
        The strokes with their lives.
    """
    tracks = carry(layers.strokes, home, begin, end, motions)
    count = len(tracks)
    rows = np.arange(count)
    natural_start, natural_end = tracks.first > begin, tracks.last < end
    appear = np.where(natural_start, tracks.first - 1, -np.inf)
    vanish = np.where(natural_end, tracks.last + 1, np.inf)
    enters = _at_border(tracks, np.clip(tracks.first - begin, 0, None), rows)
    leaves = _at_border(tracks, tracks.last - begin, rows)
    # In the frame in which it was placed it is wholly there: at anchors, segments must agree.
    uncovered, hidden = np.minimum(_UNCOVERED, home - appear), np.minimum(_HIDDEN, vanish - home)
    return Placement(
        layers,
        tracks,
        appear,
        vanish,
        np.where(enters, 1e-3, uncovered),
        np.where(leaves, 1e-3, hidden),
        np.full(count, -1, np.int64),
        np.zeros(count, np.float32),
        np.ones(count, np.float32),
        natural_start,
        natural_end,
    )


def _at_border(tracks: Tracks, at: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Return which strokes reach over the border of the picture at a time each."""
    strokes = tracks.strokes
    x, y = tracks.x[at, rows], tracks.y[at, rows]
    reach = 0.5 * strokes.length * tracks.long[at, rows]
    across, down = strokes.aspect
    return (x < reach) | (x > across - reach) | (y < reach) | (y > down - reach)


def mixed(placement: Placement, time: int) -> tuple[np.ndarray, StrokeList, np.ndarray, np.ndarray]:
    """Return the strokes of a placement that are seen at a time, as they are on their way to others.

    Parameters
    ----------
    placement : Placement
        The placement.
    time : int
        Index of the frame.

    Returns
    -------
    rows : (M,) int64
        Which strokes are seen.
    strokes : StrokeList
        These, in their own colors.
    share : (M,) float32
        How far each has become its partner.
    partner : (M,) int64
        Index of the partner in the other placement; 0 where there is none.
    """
    opacity = placement.opacity(time)
    tracks, all_strokes = placement.tracks, placement.layers.strokes
    within = 0 <= time - tracks.begin < len(tracks.x)
    rows = np.flatnonzero(opacity > FAINT) if within else np.zeros(0, np.int64)
    own = placement.poses(time, rows)
    partner = placement.partner[rows]
    share = np.zeros(len(rows), np.float32)
    if placement.other is not None:
        span = np.maximum(placement.part[rows] - placement.meet[rows], 1)
        share = _ramp((time - placement.meet[rows]) / span)
        share = np.where(partner >= 0, 1 - share if placement.comes_later else share, 0)
        share = share.astype(np.float32)
        partner = np.maximum(partner, 0)
        own = _towards(own, placement.other, time, partner, share)
    strokes = StrokeList(
        x=own.x,
        y=own.y,
        length=own.length,
        width=own.width,
        angle=own.angle,
        bend=own.bend,
        color=own.color,
        stamp=all_strokes.stamp[rows],
        opacity=(all_strokes.opacity[rows] * opacity[rows]).astype(np.float32),
        load=all_strokes.load[rows],
        aspect=all_strokes.aspect,
        seamless=all_strokes.seamless,
    )
    return rows, strokes, share, np.maximum(partner, 0)


def _towards(
    own: Poses, other: Placement, time: int, partner: np.ndarray, share: np.ndarray
) -> Poses:
    """Move strokes towards their partners."""
    if not len(other):
        return own
    goal = other.poses(time, partner)
    turn = turned_by(own.angle, goal.angle)
    # A stroke that is turned by half a turn has its arc on the other side.
    halves = np.rint((goal.angle - own.angle - turn) / np.pi).astype(int)
    goal_bend = np.where(halves % 2 == 0, goal.bend, -goal.bend)

    def mix(first: np.ndarray, second: np.ndarray) -> np.ndarray:
        return (first + (second - first) * share).astype(np.float32)

    return Poses(
        mix(own.x, goal.x),
        mix(own.y, goal.y),
        mix(own.length, goal.length),
        mix(own.width, goal.width),
        (own.angle + turn * share).astype(np.float32),
        mix(own.bend, goal_bend),
        own.color,
    )


def _ramp(values: np.ndarray) -> np.ndarray:
    x = np.clip(values, 0, 1)
    return (x * x * (3 - 2 * x)).astype(np.float32)
