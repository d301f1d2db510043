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
from dataclasses import dataclass, replace

import numpy as np

from ...control import Control
from .exemplar import ExemplarLevel
from .grid import Grid
from .usage import Prices, no_prices

_NEIGHBORS = ((-1, 0), (1, 0), (0, -1), (0, 1))


@dataclass(frozen=True)
class Weights:
    """Costs of a match besides the difference of the patches.

    Attributes
    ----------
    coherence : float
        Cost of each neighbor that is not continued, as a share of the typical squared distance.
    uniformity : float
        Rise of the cost of patches that are used twice as much as the mean, as a share of it.
    """

    coherence: float = 0.6
    uniformity: float = 0.3


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
    prices : Prices
        Of the exemplar's patches.
    """

    grid: Grid
    level: ExemplarLevel
    corners: np.ndarray
    prices: Prices

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
        return Matches(grid, level, np.stack(corners), self.prices)

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
        rows, columns = self.grid.shape
        everything = np.arange(rows * columns)
        for part in self._parts(len(everything)):
            self.control.cancel.raise_if_set()
            patches = self.grid.patches(padded, everything[part])
            parts.append(self.level.space.project(patches))
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
        corners = self._search(queries, None, probes)[0]
        return self._priced(corners, no_prices(*self.level.size))

    def _priced(self, corners: np.ndarray, prices: Prices) -> Matches:
        prices = prices.updated(self.level, corners, self.weights.uniformity)
        return Matches(self.grid, self.level, corners, prices)

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
        fees = Prices(np.rint(matches.prices.cells * np.float32(typical)))
        found, costs = self._search(queries, fees, probes)
        state = _State(
            matches,
            queries,
            matches.corners.copy(),
            distances + fees.of(self.level, matches.corners),
            found,
            costs,
            fees,
            np.float32(np.rint(self.weights.coherence * typical)),
        )
        row, column = np.divmod(everything, self.grid.columns.count)
        for _ in range(sweeps):
            for color in (0, 1):  # neighbors do not change at the same time
                self._sweep(state, everything[(row + column) % 2 == color])
        return self._priced(state.corners, matches.prices)

    def _search(
        self, queries: np.ndarray, fees: Prices | None, probes: int
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return the corners ``(2, h * w)`` of the nearest indexed patches and what they cost."""
        indexed = np.stack(np.divmod(self.level.corners, self.level.size[1]))
        penalty = None if fees is None else fees.of(self.level, indexed)
        corners, costs = [], []
        for part in self._parts(len(queries)):
            self.control.cancel.raise_if_set()
            number, cost = self.level.index.search(queries[part], probes, penalty)
            corners.append(indexed[:, number])
            costs.append(cost)
        return np.concatenate(corners, axis=1), np.concatenate(costs)

    def _costs(
        self, queries: np.ndarray, numbers: np.ndarray, corners: np.ndarray, fees: Prices | None
    ) -> np.ndarray:
        """Return what patches of the exemplar cost: ``(N,) float32``."""
        costs = np.empty(len(numbers), np.float32)
        for here in self._parts(len(numbers)):
            self.control.cancel.raise_if_set()
            rows, columns = corners[:, here]
            difference = self.level.features(rows * self.level.size[1] + columns)
            difference -= queries[numbers[here]]
            costs[here] = np.square(difference, out=difference).sum(axis=1)
        if fees is not None:
            costs += fees.of(self.level, corners)
        return costs

    def _parts(self, length: int) -> Iterator[slice]:
        step = self.grid.batch(self.tile)
        for first in range(0, length, step):
            yield slice(first, first + step)

    def _sweep(self, state: _State, chosen: np.ndarray) -> None:
        """Let patches take the nearest patch that was found, or continue a neighbor's match."""
        # A copy, as two of one color meet where a circle has an odd number of patches.
        matches = replace(state.matches, corners=state.corners.copy())
        for part in self._parts(len(chosen)):
            numbers = chosen[part]
            near = matches.continued(numbers)
            offers = np.stack([state.corners[:, numbers], state.found[:, numbers], *near])
            costs = np.full((len(offers), len(numbers)), np.inf, np.float32)
            costs[0], costs[1] = state.costs[numbers], state.found_costs[numbers]
            for which in range(2, len(offers)):
                new = ~(offers[which] == offers[:which]).all(axis=1).any(axis=0)
                costs[which, new] = self._costs(
                    state.queries, numbers[new], offers[which][:, new], state.fees
                )
            strangers = (offers[:, None] != near).any(axis=2).sum(axis=1)
            best = (costs + state.bonus * strangers).argmin(axis=0)
            here = np.arange(len(numbers))
            state.corners[:, numbers] = offers[best, :, here].T
            state.costs[numbers] = costs[best, here]


@dataclass(frozen=True, eq=False)
class _State:
    """Arrays of a level while it is improved; corners and costs are changed in place."""

    matches: Matches
    queries: np.ndarray
    corners: np.ndarray
    costs: np.ndarray
    found: np.ndarray
    found_costs: np.ndarray
    fees: Prices
    bonus: np.float32
