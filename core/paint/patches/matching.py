"""Find the patch of the exemplar for each patch of a picture.

A patch takes the nearest of the patches in a few clusters, or what continues the match of a neighbor if
that is about as near (coherence), so that whole strokes are copied. Exemplar patches that are used
more than others cost more.

References
----------
Hertzmann, Jacobs, Oliver, Curless and Salesin, "Image Analogies", SIGGRAPH 2001 (coherence).
Kaspar, Neubert, Lischinski, Pauly and Kopf, "Self Tuning Texture Optimization", Eurographics 2015
(uniform use).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np

from ...control import Control
from .exemplar import ExemplarLevel
from .grid import Grid

_NEIGHBORS = ((-1, 0), (1, 0), (0, -1), (0, 1))
_MOST_USE = 8.0
"""Use of a patch, in multiples of the mean, above which it costs no more."""


@dataclass(frozen=True)
class Weights:
    """Costs of a match besides the difference of the patches.

    Attributes
    ----------
    coherence : float
        Cost of each neighbor that is not continued, as a share of the typical squared distance.
    uniformity : float
        Cost of a patch that is used twice as much as the mean, as a share of it.
    """

    coherence: float = 0.25
    uniformity: float = 0.5


@dataclass(frozen=True, eq=False)
class Usage:
    """How much each part of the exemplar is used.

    Attributes
    ----------
    cost : (h, w) float32
        Penalty of the patches in each cell.
    cell : int
        Side of a cell in pixels.
    """

    cost: np.ndarray
    cell: int

    def of(self, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
        """Return the penalties of patches.

        Parameters
        ----------
        rows, columns : (...) int64
            Their top left corners.

        Returns
        -------
        (...) float32
            Added to squared distances.
        """
        return self.cost[rows // self.cell, columns // self.cell]


def usage(level: ExemplarLevel, corners: np.ndarray, cost: float) -> Usage:
    """Measure how much each part of the exemplar is used.

    Parameters
    ----------
    level : ExemplarLevel
        The exemplar.
    corners : (2, h, w) int64
        Its patches that are used.
    cost : float
        Penalty of what is used twice as much as the mean.

    Returns
    -------
    Usage
        The penalties.
    """
    cell = max(1, level.space.side // 2)
    shape = tuple(last // cell + 1 for last in level.last_corner)
    number = (corners[0] // cell) * shape[1] + corners[1] // cell
    counts = np.bincount(number.ravel(), minlength=shape[0] * shape[1]).reshape(shape)
    near = cv2.blur(counts.astype(np.float64), (3, 3), borderType=cv2.BORDER_REPLICATE)
    share = near * (counts.size / counts.sum())
    return Usage(np.rint(cost * np.clip(share - 1, 0, _MOST_USE)).astype(np.float32), cell)


@dataclass(frozen=True, eq=False)
class Matches:
    """The patch of the exemplar that each patch of a picture takes.

    Attributes
    ----------
    grid : Grid
        Patches of the picture, ``(h, w)`` in number.
    level : ExemplarLevel
        Patches to choose from.
    corners : (2, h * w) int64
        Row and column of each match's top left corner.
    """

    grid: Grid
    level: ExemplarLevel
    corners: np.ndarray

    def scaled(self, grid: Grid, level: ExemplarLevel) -> Matches:
        """Return the same matches on another grid and another size of the exemplar.

        Parameters
        ----------
        grid : Grid
            The new grid.
        level : ExemplarLevel
            The new size.

        Returns
        -------
        Matches
            Parts that were copied as one remain so.
        """
        numbers, shifts = [], []
        for new, old in ((grid.rows, self.grid.rows), (grid.columns, self.grid.columns)):
            center = (new.centers + 0.5) * (old.length / new.length)
            number = np.clip((center * old.count / old.length).astype(np.int64), 0, old.count - 1)
            numbers.append(number)
            shifts.append(center - old.centers[number] - 0.5)
        chosen = (numbers[0][:, None] * self.grid.columns.count + numbers[1][None]).ravel()
        shape = grid.shape
        moves = np.broadcast_to(shifts[0][:, None], shape), np.broadcast_to(shifts[1][None], shape)
        corners = []
        for axis, move in enumerate(moves):
            middle = self.corners[axis, chosen] + self.grid.side // 2 + 0.5 + move.ravel()
            ratio = level.size[axis] / self.level.size[axis]
            corner = np.floor(middle * ratio).astype(np.int64) - grid.side // 2
            corners.append(np.clip(corner, 0, level.last_corner[axis]))
        return Matches(grid, level, np.stack(corners))

    def continued(self, numbers: np.ndarray) -> np.ndarray:
        """Return where patches would be if each continued the match of a neighbor.

        Parameters
        ----------
        numbers : (N,) int64
            Of the patches.

        Returns
        -------
        (4, 2, N) int64
            Corners of matches, for the neighbors above, below, left and right.
        """
        row, column = np.divmod(numbers, self.grid.columns.count)
        found = np.empty((len(_NEIGHBORS), 2, len(numbers)), np.int64)
        for which, (down, right) in enumerate(_NEIGHBORS):
            near_row, row_center = self.grid.rows.neighbors(row + down)
            near_column, column_center = self.grid.columns.neighbors(column + right)
            moves = (
                self.grid.rows.centers[row] - row_center,
                self.grid.columns.centers[column] - column_center,
            )
            near = near_row * self.grid.columns.count + near_column
            for axis, move in enumerate(moves):
                corner = self.corners[axis, near] + move
                found[which, axis] = np.clip(corner, 0, self.level.last_corner[axis])
        return found


@dataclass(frozen=True, eq=False)
class Matcher:
    """Improves the matches of one level.

    Attributes
    ----------
    grid : Grid
        Patches of the picture, ``(h, w)`` in number.
    level : ExemplarLevel
        Patches to choose from.
    weights : Weights
        Costs of a match.
    tile : int
        Side in pixels of what is worked on at a time.
    control : Control
        Cancels between tiles.
    """

    grid: Grid
    level: ExemplarLevel
    weights: Weights
    tile: int
    control: Control

    def describe(self, picture: np.ndarray) -> np.ndarray:
        """Return the features of all patches of a picture.

        Parameters
        ----------
        picture : (H, W, C) uint8
            With the channels of the exemplar.

        Returns
        -------
        (h * w, F) float32
            Integers.
        """
        padded = self.grid.pad(picture)
        parts = []
        for numbers in self.grid.chunks(self.tile):
            self.control.cancel.raise_if_set()
            parts.append(self.level.space.project(self.grid.patches(padded, numbers)))
        return np.concatenate(parts)

    def start(self, queries: np.ndarray, probes: int) -> Matches:
        """Return the nearest patches.

        Parameters
        ----------
        queries : (h * w, F) float32
            Integers; the features wanted.
        probes : int
            Number of clusters searched for each patch.

        Returns
        -------
        Matches
            To improve.
        """
        return Matches(self.grid, self.level, self._search(queries, None, probes)[0])

    def improve(self, matches: Matches, queries: np.ndarray, probes: int, sweeps: int) -> Matches:
        """Return better matches.

        Parameters
        ----------
        matches : Matches
            To start from.
        queries : (h * w, F) float32
            Integers; the features wanted.
        probes : int
            Number of clusters searched for each patch.
        sweeps : int
            Times that each patch looks at its neighbors.

        Returns
        -------
        Matches
            At a lower cost.
        """
        everything = np.arange(len(queries))
        distances = self._costs(queries, everything, matches.corners, None)
        typical = float(np.median(distances))
        use = usage(self.level, matches.corners, self.weights.uniformity * typical)
        found, costs = self._search(queries, use, probes)
        state = _State(
            queries,
            matches.corners.copy(),
            distances + use.of(*matches.corners),
            found,
            costs,
            use,
            np.float32(np.rint(self.weights.coherence * typical)),
        )
        row, column = np.divmod(everything, self.grid.columns.count)
        for _ in range(sweeps):
            for color in (0, 1):  # neighbors do not change at the same time
                self._sweep(state, everything[(row + column) % 2 == color])
        return Matches(self.grid, self.level, state.corners)

    def _search(
        self, queries: np.ndarray, use: Usage | None, probes: int
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return the corners ``(2, h * w)`` of the nearest indexed patches and what they cost."""
        indexed = np.stack(np.divmod(self.level.corners, self.level.size[1]))
        penalty = None if use is None else use.of(*indexed)
        corners, costs = [], []
        for numbers in self.grid.chunks(self.tile):
            self.control.cancel.raise_if_set()
            number, cost = self.level.index.search(queries[numbers], probes, penalty)
            corners.append(indexed[:, number])
            costs.append(cost)
        return np.concatenate(corners, axis=1), np.concatenate(costs)

    def _costs(
        self, queries: np.ndarray, numbers: np.ndarray, corners: np.ndarray, use: Usage | None
    ) -> np.ndarray:
        """Return what patches of the exemplar cost: ``(N,) float32``."""
        costs = np.empty(len(numbers), np.float32)
        for here in self._parts(len(numbers)):
            self.control.cancel.raise_if_set()
            rows, columns = corners[:, here]
            difference = self.level.features(rows * self.level.size[1] + columns)
            difference -= queries[numbers[here]]
            costs[here] = np.square(difference, out=difference).sum(axis=1)
        if use is not None:
            costs += use.of(*corners)
        return costs

    def _parts(self, length: int) -> Iterator[slice]:
        step = max(len(next(self.grid.chunks(self.tile))), 1)
        for first in range(0, length, step):
            yield slice(first, first + step)

    def _sweep(self, state: _State, chosen: np.ndarray) -> None:
        """Let patches take the nearest patch that was found, or continue a neighbor's match."""
        # A copy, as two of one color meet where a circle has an odd number of patches.
        matches = Matches(self.grid, self.level, state.corners.copy())
        for part in self._parts(len(chosen)):
            numbers = chosen[part]
            near = matches.continued(numbers)
            best = state.corners[:, numbers]
            costs = state.costs[numbers]
            lowest = costs + state.bonus * _strangers(near, best)
            for which, candidate in enumerate((state.found[:, numbers], *near)):
                new = (candidate != best).any(axis=0)
                cost = np.full(len(numbers), np.inf, np.float32)
                if which == 0:
                    cost[new] = state.found_costs[numbers[new]]
                else:
                    for earlier in near[: which - 1]:
                        new &= (candidate != earlier).any(axis=0)
                    cost[new] = self._costs(
                        state.queries, numbers[new], candidate[:, new], state.use
                    )
                total = cost + state.bonus * _strangers(near, candidate)
                better = total < lowest
                best[:, better] = candidate[:, better]
                costs[better], lowest[better] = cost[better], total[better]
            state.corners[:, numbers], state.costs[numbers] = best, costs


@dataclass(frozen=True, eq=False)
class _State:
    """Arrays of a level while it is improved; corners and costs are changed in place."""

    queries: np.ndarray
    corners: np.ndarray
    costs: np.ndarray
    found: np.ndarray
    found_costs: np.ndarray
    use: Usage
    bonus: np.float32


def _strangers(near: np.ndarray, corners: np.ndarray) -> np.ndarray:
    """Return with how many neighbors each match ``(2, N)`` does not make one piece."""
    return (near != corners).any(axis=1).sum(axis=0)
