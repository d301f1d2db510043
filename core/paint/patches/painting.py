"""Paint with patches.

At each level, the patches of a blend of the level below and the guide are replaced by those of the
exemplar that are most like them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from ...control import SILENT, Control
from ..structure import keep_structure
from .exemplar import Exemplar, ExemplarLevel, as_levels
from .flats import fill_flat_areas
from .grid import Grid, Reach, axis
from .guided import Guide
from .levels import Level, Recipe, levels
from .matching import Matcher, Matches, Weights
from .voting import vote

TILE = 512
"""Default side in pixels of what is worked on at a time."""

GRAIN = 0.4
"""Default of the texture in flat areas."""

_WEIGHTS = Weights()
_GUIDED = Weights(coherence=2.0)  # an artist's guides say where, so larger pieces may be kept
_PROBES = 3
_SWEEPS = 2
_FINAL = Reach(2, 0.6)  # of the picture that is returned ...
_FINAL_GUIDED = Reach(2, 1.0)  # ... and of one with an artist's guides
_VOTED = 2**16  # pixels put together at a time, so that they stay in the cache
_HIGHEST_GAIN = 2.0
_STRUCTURE = 0.5  # share of the content's structure that is finer than ...
_FINE = 1 / 80  # ... this share of the short side
_COLORS = 3  # components, the largest, that are mostly the mean color of a patch


def paint_patches(
    guide: np.ndarray,
    exemplar: Exemplar,
    *,
    content: np.ndarray | None = None,
    brush_scale: float = 1.0,
    seamless: bool = False,
    seed: int = 0,
    grain: float = GRAIN,
    guides: Sequence[Guide] = (),
    weights: Weights | None = None,
    tile: int = TILE,
    control: Control = SILENT,
) -> np.ndarray:
    """Repaint a picture with patches of an exemplar.

    The pixels depend neither on ``tile`` nor on the number of threads.

    Parameters
    ----------
    guide : (H, W, 3) float32, sRGB-encoded in [0, 1]
        What to repaint, in the colors of the style.
    exemplar : Exemplar
        Where the patches come from.
    content : (H, W, 3) float32, sRGB-encoded in [0, 1], optional
        The original texture, whose fine structure is kept.
    brush_scale : float
        At 1, the short side of the exemplar is as long as that of the picture; strokes grow with it.
    seamless : bool
        Treat the picture as a torus.
    seed : int
        Of the grain.
    grain : float in [0, 1]
        Contrast, compared with the exemplar's, of the random texture that flat areas are given, so that
        strokes are found for them.
    guides : sequence of Guide
        Channels that are compared besides the colors.
    weights : Weights, optional
        Costs of matches; by default as suits the guides.
    tile : int
        Side in pixels of what is worked on at a time; smaller needs less memory.
    control : Control
        Gets the progress; cancels within a fraction of a second.

    Returns
    -------
    (H, W, 3) float32, sRGB-encoded in [0, 1]
        The painting.

    Raises
    ------
    JobCancelled
        The control was asked to stop.
    ValueError
        The content, or the target of a guide, is not as large as the guide.
    """
    others = [*(one.target for one in guides), guide if content is None else content]
    if any(other.shape[:2] != guide.shape[:2] for other in others):
        raise ValueError("content and guide channels must be as large as the guide")
    options: dict[str, Any] = {"wrap": seamless, "control": control}
    control.advance(0.0)
    if content is not None:
        guide = keep_structure(guide, content, share=_STRUCTURE, size=_FINE, **options)
    if grain:
        options |= {"grain": grain, "brush_scale": brush_scale, "seed": seed}
        guide = fill_flat_areas(guide, exemplar.picture, **options)
    planned = levels(guide.shape[0], guide.shape[1], brush_scale)
    if guides:
        planned = [replace(level, recipe=_guided(level.recipe)) for level in planned]
    weights = weights or (_GUIDED if guides else _WEIGHTS)
    final = _FINAL_GUIDED if guides else _FINAL
    total = sum(level.effort for level in planned)
    sources = [(one.source, one.weight) for one in guides]
    targets = [guide, *(one.target for one in guides)]
    done = 0.0
    matches: Matches | None = None
    for level in planned:
        part = control.part(done / total, (done + level.effort) / total, "Painting with patches")
        source = exemplar.level(level.short, level.recipe.side, sources, part)
        scaled = [as_levels(one, level.size, wrap=seamless, control=part) for one in targets]
        painter = _Painter(level, source, weights, seamless, tile, part)
        target = np.concatenate(scaled, axis=2)
        matches = painter.match(target, matches)
        done += level.effort
    assert matches  # there is at least one level
    painting = painter.picture(matches, target, final)
    painting /= np.float32(255)
    return painting


def _guided(recipe: Recipe) -> Recipe:
    """Return how a level is painted with an artist's guides: they lead, not the first colors."""
    return replace(recipe, guidance=0.0, iterations=2 * recipe.iterations)


class _Painter:
    """Paints one level."""

    def __init__(
        self,
        level: Level,
        source: ExemplarLevel,
        weights: Weights,
        seamless: bool,
        tile: int,
        control: Control,
    ) -> None:
        self._level, self._source, self._tile, self._control = level, source, tile, control
        rows, columns = (axis(side, level.recipe.stride, wrap=seamless) for side in level.size)
        self._grid = Grid(rows, columns, level.recipe.side)
        self._matcher = Matcher(self._grid, source, weights, tile, control)

    def match(self, target: np.ndarray, coarser: Matches | None) -> Matches:
        """Match the patches of a ``(H, W, 3 + C) uint8`` target."""
        wanted = self._matcher.describe(target)
        if coarser is None:
            matches = self._matcher.start(wanted, _PROBES)
        else:
            matches = coarser.scaled(self._grid, self._source)
        iterations = self._level.recipe.iterations
        for step in range(iterations):
            self._control.advance(step / iterations)
            queries = self._queries(wanted, target, matches)
            matches = self._matcher.improve(matches, queries, _PROBES, _SWEEPS)
        self._control.advance(1.0)
        return matches

    def _queries(self, wanted: np.ndarray, target: np.ndarray, matches: Matches) -> np.ndarray:
        """Return the features to look for: between the picture so far and the target."""
        picture = np.empty(target.shape, np.uint8)
        picture[..., 3:] = target[..., 3:]
        for rows, part in self._parts(matches, target, self._level.recipe.reach):
            picture[rows, :, :3] = np.rint(part)
        now = self._matcher.describe(picture)
        mixed = np.rint(now + np.float32(self._level.recipe.guidance) * (wanted - now))
        return np.rint(mixed * self._gains(mixed))

    def _gains(self, queries: np.ndarray) -> np.ndarray:
        """Return by how much details are raised so that they are as strong as the exemplar's."""
        deviation = np.sqrt(np.square(queries, dtype=np.float64).mean(axis=0))
        gains = self._source.space.spread / np.maximum(deviation, 1.0)
        gains[-_COLORS:] = 1.0
        return np.clip(gains, 1.0, _HIGHEST_GAIN).astype(np.float32)

    def picture(self, matches: Matches, target: np.ndarray, reach: Reach) -> np.ndarray:
        """Return the picture ``(H, W, 3) float32`` that matches add up to, in [0, 255]."""
        picture = np.empty((*self._level.size, 3), np.float32)
        for rows, part in self._parts(matches, target, reach):
            picture[rows] = part
        return picture

    def _parts(
        self, matches: Matches, target: np.ndarray, reach: Reach
    ) -> Iterator[tuple[slice, np.ndarray]]:
        height, width = self._level.size
        step = max(1, min(_VOTED, self._tile**2) // width)
        for top in range(0, height, step):
            self._control.cancel.raise_if_set()
            rows = slice(top, min(height, top + step))
            columns = slice(0, width)
            yield rows, vote(matches, reach, (rows, columns), target[rows])
