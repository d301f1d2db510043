"""Strokes for what no anchor shows, and fewer where they crowd: an even density all along.

Now and then, strokes are placed anew, and those are taken that lie where something was uncovered and no
stroke is, or where there are far fewer strokes than there should be. They live from the moment at which
their place could be seen.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import cv2
import numpy as np
from scipy.spatial import cKDTree

from .pairs import Poses
from .placement import FADE, Layers, Placement, chosen, trace
from .survey import GUIDE_EVERY, Survey

_AT_LEAST_EVERY = 4 * GUIDE_EVERY
"""Frames from one look at the density to the next, if little is uncovered."""

_MUCH = 0.01
"""Share of the picture that is uncovered when it is high time for a look."""

_NEW_REACH = 0.8
"""Spacings of strokes within which none may live, for one to be born where something was uncovered."""

_WINDOW = 3.0
"""Standard deviation, in spacings, of the window in which strokes are counted."""

_PRIOR = 10.0
"""Strokes that are counted with both, so that a few more or less are nothing."""

_SPARSE, _CROWDED = 0.55, 1.8
"""Ratios of the strokes that there are to those that should be, beyond which something is done."""

_NEW, _THIN = 1, 2
"""Why a stroke is born: something was uncovered, or there are too few."""

_FEWEST = 2e-4
"""Share of the picture that must be uncovered for strokes to be placed because of it."""


def keep_density(
    placements: list[Placement],
    survey: Survey,
    place_at: Callable[[int], Layers],
    spacing: float,
    end_anchor: bool,
    rng: np.random.Generator,
) -> None:
    """Add the strokes that are lacking in a segment, and let those go that crowd.

    Parameters
    ----------
    placements : list of Placement
        Of the anchors; those of the births are added.
    survey : Survey
        Of the segment.
    place_at : callable
        Places strokes on one of the frames that have guides.
    spacing : float
        Of the strokes of a layer that covers all, in widths.
    end_anchor : bool
        Whether births must be gone at the end, where the strokes of the anchor take over.
    rng : numpy.random.Generator
        Of which strokes come and go, and when.
    """
    count = len(survey.numbers)
    uncovered: np.ndarray | None = None
    last = 0
    for index in range(1, count - 1 if end_anchor else count):
        uncovered = _uncovered(survey, index, uncovered)
        due = uncovered.mean() > _MUCH or index - last >= _AT_LEAST_EVERY
        if index not in survey.guides or not due:
            continue
        if _changes(survey, last, index):
            fresh = place_at(index)
            _relieve(placements, fresh, index, spacing, rng)
            lacking = _lacking(placements, fresh, index, uncovered, spacing, rng)
            if lacking.any():
                end = count - 1
                born = trace(chosen(fresh, lacking > 0), index, last, end, survey)
                _let_appear(born, index, last, rng)
                born.natural_start |= lacking[lacking > 0] == _NEW
                if end_anchor:
                    _let_vanish(born, index, end, rng)
                placements.append(born)
        uncovered, last = None, index


def _changes(survey: Survey, last: int, index: int) -> bool:
    """Return whether anything moves or changes between two frames."""
    for at in range(last, index):
        motion = survey.motion(at, forward=True)
        if motion[..., :2].any() or not motion[..., 2].all():
            return True
    return False


def _uncovered(survey: Survey, index: int, before: np.ndarray | None) -> np.ndarray:
    """Return what has been uncovered since the last look, ``(h, w)`` uint8 of 0 and 1."""
    motion = survey.motion(index, forward=False)
    new = (motion[..., 2] < 0.5).astype(np.uint8)
    new = cv2.morphologyEx(new, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8)).astype(np.uint8)
    if before is None:
        return new
    height, width = new.shape
    x, y = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    moved = cv2.remap(
        before,
        x + motion[..., 0],
        y + motion[..., 1],
        cv2.INTER_NEAREST,
        borderMode=cv2.BORDER_REPLICATE,
    )
    return np.maximum(new, moved.astype(np.uint8))


def _living(placements: Sequence[Placement], time: int, layer: int) -> list[np.ndarray]:
    """Return which strokes of a layer are seen at a time, for each placement."""
    found = []
    for placement in placements:
        seen = placement.layers.layer == layer
        begin = placement.tracks.begin
        if not begin <= time < begin + len(placement.tracks.x):
            seen &= False
        else:
            seen &= placement.opacity(time) > 0.5
        found.append(np.flatnonzero(seen))
    return found


def _points(placements: Sequence[Placement], rows: Sequence[np.ndarray], time: int) -> np.ndarray:
    """Return the middles of strokes, ``(N, 2)``."""
    poses: list[Poses] = [p.poses(time, r) for p, r in zip(placements, rows, strict=True) if len(r)]
    if not poses:
        return np.zeros((0, 2), np.float32)
    return np.concatenate([np.stack((p.x, p.y), axis=1) for p in poses])


def _lacking(
    placements: Sequence[Placement],
    fresh: Layers,
    time: int,
    uncovered: np.ndarray,
    spacing: float,
    rng: np.random.Generator,
) -> np.ndarray:
    """Return why strokes that were placed anew are to be born, ``(N,)`` int; 0: they are not."""
    lacking = np.zeros(len(fresh.strokes), np.int32)
    chance = rng.uniform(0, 1, len(fresh.strokes))
    middles = np.stack((fresh.strokes.x, fresh.strokes.y), axis=1)
    any_new = uncovered.mean() > _FEWEST
    new = _read(uncovered, middles, fresh.strokes.aspect) > 0
    for layer, width in enumerate(fresh.widths):
        rows = np.flatnonzero(fresh.layer == layer)
        if not len(rows):
            continue
        apart = spacing * float(width)
        alive = _points(placements, _living(placements, time, layer), time)
        if any_new:
            inside = rows[new[rows]]
            if len(alive):
                near, _ = cKDTree(alive).query(middles[inside])
                inside = inside[near > _NEW_REACH * apart]
            lacking[inside] = _NEW
        ratio = _ratio(alive, middles[rows], _WINDOW * apart, fresh.strokes.aspect)
        sparse = (ratio < _SPARSE) & (chance[rows] > ratio)
        lacking[rows[sparse & (lacking[rows] == 0)]] = _THIN
    return lacking


def _relieve(
    placements: Sequence[Placement],
    fresh: Layers,
    time: int,
    spacing: float,
    rng: np.random.Generator,
) -> None:
    """Let strokes go where there are far more of them than there should be."""
    middles = np.stack((fresh.strokes.x, fresh.strokes.y), axis=1)
    for layer, width in enumerate(fresh.widths):
        living = _living(placements, time, layer)
        alive = _points(placements, living, time)
        if not len(alive):
            continue
        wanted = middles[fresh.layer == layer]
        window = _WINDOW * spacing * max(float(width), 1e-4)
        ratio = 1 / _ratio(wanted, alive, window, fresh.strokes.aspect)
        goes = (ratio > _CROWDED) & (rng.uniform(0, 1, len(alive)) < 1 - 1.3 / ratio)
        first = 0
        for placement, rows in zip(placements, living, strict=True):
            chosen_rows = rows[goes[first : first + len(rows)]]
            first += len(rows)
            alone = chosen_rows[placement.partner[chosen_rows] < 0]
            alone = alone[placement.vanish[alone] > time + 2 * FADE]
            placement.vanish[alone] = time + FADE * (1 + rng.uniform(0, 1, len(alone)))
            placement.fade_out[alone] = FADE


def _ratio(
    counted: np.ndarray, at: np.ndarray, window: float, aspect: tuple[float, float]
) -> np.ndarray:
    """Return how many of ``counted`` lie around points, by how many of the points themselves do."""
    cell = window / 2
    columns, rows = (max(2, int(np.ceil(side / cell)) + 1) for side in aspect)

    def density(points: np.ndarray) -> np.ndarray:
        i = np.clip(points / cell, 0, [columns - 1, rows - 1]).astype(int)
        flat = np.bincount(i[:, 1] * columns + i[:, 0], minlength=rows * columns)
        counts = flat.reshape(rows, columns).astype(np.float32)
        # The sum, not the mean, within the window: 2 pi sigma squared cells.
        return cv2.GaussianBlur(counts, (0, 0), 2.0) * np.float32(2 * np.pi * 4)

    ratio = (density(counted) + _PRIOR) / (density(at) + _PRIOR)
    i = np.clip(at / cell, 0, [columns - 1, rows - 1]).astype(int)
    return ratio[i[:, 1], i[:, 0]]


def _read(image: np.ndarray, points: np.ndarray, aspect: tuple[float, float]) -> np.ndarray:
    height, width = image.shape
    i = (points * np.array([width / aspect[0], height / aspect[1]])).astype(int)
    return image[np.clip(i[:, 1], 0, height - 1), np.clip(i[:, 0], 0, width - 1)]


def _let_appear(born: Placement, index: int, last: int, rng: np.random.Generator) -> None:
    """Let strokes appear one after the other whose place could be seen at the last look already."""
    always = ~born.natural_start
    moment = last + rng.uniform(0, 1, len(born)) * (index - last)
    born.appear[always], born.fade_in[always] = moment[always], FADE


def _let_vanish(born: Placement, index: int, end: int, rng: np.random.Generator) -> None:
    """Let strokes vanish before the end, each at its own time."""
    moment = rng.uniform(0, 1, len(born))
    stays = ~born.natural_end
    fade = min(FADE, (end - index) / 2)
    vanish = (index + end) / 2 + moment * (end - index) / 2
    born.vanish[stays], born.fade_out[stays] = vanish[stays], fade
