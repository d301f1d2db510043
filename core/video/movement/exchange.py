"""Exchange the strokes of a segment's first anchor for those of its end anchor, one after the other."""

from __future__ import annotations

import numpy as np

from .pairs import pair_alike, pair_near
from .placement import FADE, Placement

_SHORTEST = 12
"""Frames for which two strokes must both be seen to become one another."""


def join(
    first: Placement, second: Placement, rng: np.random.Generator, *, sparse: bool = False
) -> None:
    """Let the strokes of a segment's first anchor become those of its end anchor, one after the other.

    Those that lie and look alike become one another slowly. Of the others, one appears as another near
    it vanishes.

    Parameters
    ----------
    first, second : Placement
        Of the two anchors; both are changed.
    rng : numpy.random.Generator
        Of when strokes change.
    sparse : bool
        Whether paper is seen between strokes: then one appears while another vanishes, as more strokes
        would be a darker tone. Else it appears before, so that nothing is laid bare.
    """
    begin, end = first.tracks.begin, first.tracks.begin + len(first.tracks.x) - 1
    first.other, second.other, second.comes_later = second, first, True
    moment, lead = rng.uniform(0, 1, len(first)), 0.5 if sparse else 1.0
    for layer in range(len(first.layers.widths)):
        one = np.flatnonzero(first.layers.layer == layer)
        two = np.flatnonzero(second.layers.layer == layer)
        for time in (end, begin):
            free_one = one[(first.partner[one] < 0) & _living(first, one, time)]
            free_two = two[(second.partner[two] < 0) & _living(second, two, time)]
            i, j = pair_alike(first.poses(time, free_one), second.poses(time, free_two))
            _pair(first, free_one[i], second, free_two[j], moment, lead)
        _replace(first, one, second, two, (begin, end), lead, rng)


def _living(placement: Placement, rows: np.ndarray, time: int) -> np.ndarray:
    return (placement.tracks.first[rows] <= time) & (placement.tracks.last[rows] >= time)


def _pair(
    first: Placement,
    i: np.ndarray,
    second: Placement,
    j: np.ndarray,
    moment: np.ndarray,
    lead: float,
) -> None:
    """Let strokes become one another while both are seen."""
    meet = np.maximum(first.tracks.first[i], second.tracks.first[j])
    part = np.minimum(first.tracks.last[i], second.tracks.last[j])
    span = first.tracks.first.dtype.type(min(_SHORTEST, len(first.tracks.x) - 1))
    long = part - meet >= span
    i, j, meet, part = i[long], j[long], meet[long], part[long]
    first.partner[i], second.partner[j] = j, i
    for placement, rows in ((first, i), (second, j)):
        placement.meet[rows], placement.part[rows] = meet, part
    one, two = first.layers, second.layers
    same = (one.strokes.stamp[i] == two.strokes.stamp[j]) & (one.key[i] == two.key[j])
    same &= (first.tracks.last[i] == part) & (second.tracks.first[j] == meet)
    second.appear[j[same]] = np.inf
    i, j, meet, part = i[~same], j[~same], meet[~same], part[~same]
    _swap(first, i, second, j, meet, part, moment[i], lead)


def _swap(
    first: Placement,
    i: np.ndarray,
    second: Placement,
    j: np.ndarray,
    meet: np.ndarray,
    part: np.ndarray,
    moment: np.ndarray,
    lead: float,
) -> None:
    """Let strokes vanish at a moment between two times, and others appear by ``lead`` fades earlier."""
    fade = np.minimum(FADE, (part - meet) / 2)
    at = meet + fade + moment * (part - meet - 2 * fade)
    first.vanish[i], first.fade_out[i] = at + lead * fade, fade
    second.appear[j], second.fade_in[j] = at - lead * fade, fade


def _replace(
    first: Placement,
    one: np.ndarray,
    second: Placement,
    two: np.ndarray,
    span: tuple[int, int],
    lead: float,
    rng: np.random.Generator,
) -> None:
    """Let strokes without a partner vanish, and others near them appear."""
    begin, end = span
    middle = (begin + end) // 2
    old = one[(first.partner[one] < 0) & ~first.natural_end[one]]
    new = two[(second.partner[two] < 0) & ~second.natural_start[two]]
    i, j = pair_near(first.poses(middle, old), second.poses(middle, new))
    lengths = np.full(len(i), begin), np.full(len(i), end)
    # A stroke that is uncovered late can vanish only later.
    start = np.maximum(lengths[0], first.tracks.first[old[i]])
    stop = np.minimum(lengths[1], second.tracks.last[new[j]])
    fits = stop - start >= 2
    _swap(
        first,
        old[i[fits]],
        second,
        new[j[fits]],
        start[fits].astype(np.float64),
        stop[fits].astype(np.float64),
        _spread(int(fits.sum()), rng),
        lead,
    )
    left_old = np.setdiff1d(old, old[i[fits]])
    left_new = np.setdiff1d(new, new[j[fits]])
    fade = min(FADE, (end - begin) / 2)
    start = np.maximum(begin, first.tracks.first[left_old])
    first.vanish[left_old] = start + fade + _spread(len(left_old), rng) * (end - start - fade)
    first.fade_out[left_old] = fade
    stop = np.minimum(end, second.tracks.last[left_new])
    second.appear[left_new] = begin + _spread(len(left_new), rng) * (stop - begin - fade)
    second.fade_in[left_new] = fade


def _spread(count: int, rng: np.random.Generator) -> np.ndarray:
    """Return moments in [0, 1] in any order, evenly spread: never do many strokes change at once."""
    return (rng.permutation(count) + rng.uniform(0, 1, count)) / max(1, count)
