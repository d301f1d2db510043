"""Optimize the joints between cells, so that blocks of cells continue their neighbors.

A layout cannot distinguish the cells of, say, a fine weave; their pixels can: those on both sides of a
joint are compared with what the exemplars have there. Whole blocks are replaced by the continuation
of a neighboring block wherever this lowers the cost of layout and joints; first large blocks, then
smaller ones.

References
----------
Kwatra et al., "Graphcut Textures", SIGGRAPH 2003 (patches placed by the cost of their joints).
Besag, "On the Statistical Analysis of Dirty Pictures", J. R. Statist. Soc. B 1986 (iterated
conditional modes; here of blocks).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence

import numpy as np

from ...control import NEVER, CancelToken
from ...networks.spatial_gan import CELL
from ...networks.weights import product
from ..inputs import windows_of

_SIDE = 2 * CELL  # side of the strips that are compared at a joint, in pixels
_COMPONENTS = 12  # principal components that they are compared by
_CHUNK = 16384
_MEASURED = 8192  # rows, at most, that principal axes are found from
_PASSES = ((8, 2), (4, 2), (2, 2), (1, 1))  # cells to a side of a block, and passes over all
_MAX_RUN = 10  # adjacent cells in a row that may stay adjacent: more would be a copy


class LayoutCosts(ABC):
    """The numbered cells of the exemplars, and how well they fit the positions of a layout."""

    @abstractmethod
    def shifted(
        self, cells: np.ndarray, down: np.ndarray | int, right: np.ndarray | int
    ) -> np.ndarray:
        """Return the cells at an offset from other cells of the same exemplar.

        Parameters
        ----------
        cells : (N,) int64
            Numbers of cells.
        down, right : (N,) int64, or int
            Offset in cells.

        Returns
        -------
        (N,) int64
            Numbers of cells; -1 where the exemplar ends.
        """

    @abstractmethod
    def cost(self, positions: np.ndarray, cells: np.ndarray) -> np.ndarray:
        """Return how different cells are from the layout.

        Parameters
        ----------
        positions : (N,) int64
            Numbers of the layout's cells.
        cells : (N,) int64
            Numbers of the exemplars' cells.

        Returns
        -------
        (N,) float32
            In squared differences of the pixels of a cell.
        """

    @abstractmethod
    def allowed(self, positions: np.ndarray, cells: np.ndarray) -> np.ndarray:
        """Return which cells may be at positions.

        Parameters
        ----------
        positions : (N,) int64
            Numbers of the layout's cells.
        cells : (N,) int64
            Numbers of the exemplars' cells.

        Returns
        -------
        (N,) bool
            True where they may.
        """


class JointCosts:
    """Compares neighboring cells with what the exemplars have at the border of each cell.

    Parameters
    ----------
    images : sequence of ndarray
        ``(H, W, 3)`` uint8; sides are multiples of a cell.
    row_lengths : (N,) int64
        For each cell, the number of cells in a row of its exemplar.
    """

    def __init__(self, images: Sequence[np.ndarray], row_lengths: np.ndarray) -> None:
        self._row_lengths, half = row_lengths, CELL // 2
        self._right = _strips(images, (0, CELL, half, half))
        self._below = _strips(images, (half, half, 0, CELL))

    def right(self, cells: np.ndarray, others: np.ndarray) -> np.ndarray:
        """Return the cost of cells to the right of other cells.

        Parameters
        ----------
        cells, others : (N,) int64
            Numbers of cells, and of those to their right.

        Returns
        -------
        (N,) float32
            In squared differences of the pixels of a cell.
        """
        return squared_distances(self._right, cells, self._right, others - 1)

    def below(self, cells: np.ndarray, others: np.ndarray) -> np.ndarray:
        """Return the cost of cells below other cells.

        Parameters
        ----------
        cells, others : (N,) int64
            Numbers of cells, and of those below.

        Returns
        -------
        (N,) float32
            In squared differences of the pixels of a cell.
        """
        above = others - self._row_lengths[others]
        return squared_distances(self._below, cells, self._below, above)


def optimize_joints(
    cells: np.ndarray,
    layout: LayoutCosts,
    joints: JointCosts,
    random: np.random.Generator,
    cancel: CancelToken = NEVER,
) -> np.ndarray:
    """Improve the cells of a layout on a torus, block by block.

    Parameters
    ----------
    cells : (h, w) int64
        Numbers of the exemplars' cells to begin with.
    layout : LayoutCosts
        How well cells fit the layout.
    joints : JointCosts
        How well cells fit their neighbors.
    random : np.random.Generator
        Draws the blocks.
    cancel : CancelToken, optional
        Ends the work.

    Returns
    -------
    (h, w) int64
        Numbers of cells.

    Raises
    ------
    JobCancelled
        It was cancelled.
    """
    height, width = cells.shape
    now = cells.ravel().copy()
    for block, passes in _PASSES:
        if min(height, width) < 2 * block:
            continue
        for turn in range(4 * passes):
            cancel.raise_if_set()
            blocks = _Blocks(height, width, block, random)
            down, right = blocks.to_neighbor(turn % 4, int(random.integers(block)))
            before = now[blocks.at]
            after = layout.shifted(now[blocks.shifted(down, right)], -down, -right)
            allowed = (after >= 0) & ~_makes_long_run(now, blocks, layout, after)
            after = np.maximum(after, 0)
            allowed &= layout.allowed(blocks.at, after)
            change = layout.cost(blocks.at, after) - layout.cost(blocks.at, before)
            change += _joint_change(now, blocks, joints, before, after)
            change[~allowed] = np.inf
            total = np.bincount(blocks.number, change, blocks.count)
            now[blocks.at] = np.where((total < 0)[blocks.number], after, before)
    return now.reshape(height, width)


def principal_axes(rows: np.ndarray, count: int) -> np.ndarray:
    """Return the principal axes of rows.

    Parameters
    ----------
    rows : (N, M) float32
        The rows; with many, evenly spaced ones are measured.
    count : int
        Number of axes.

    Returns
    -------
    (M, count) float32
        Unit vectors as columns, that of the largest variance last.
    """
    measured = rows[:: max(1, len(rows) // _MEASURED)]
    return np.linalg.eigh(np.cov(measured.T))[1][:, -count:].astype(np.float32)


def squared_distances(
    rows: np.ndarray, at: np.ndarray, others: np.ndarray, there: np.ndarray
) -> np.ndarray:
    """Return squared distances between pairs of rows of two tables.

    Parameters
    ----------
    rows : (N, M) float32
        A table.
    at : (P,) int64
        Its rows in the pairs.
    others : (N', M) float32
        The other table.
    there : (P,) int64
        Its rows in the pairs.

    Returns
    -------
    (P,) float32
        The distances.
    """
    distances = np.empty(len(at), np.float32)
    for start in range(0, len(at), _CHUNK):
        part = slice(start, start + _CHUNK)
        apart = rows[at[part]] - others[there[part]]
        np.einsum("ij,ij->i", apart, apart, out=distances[part])
    return distances


def _makes_long_run(
    now: np.ndarray, blocks: _Blocks, layout: LayoutCosts, cells: np.ndarray
) -> np.ndarray:
    """Where cells would be adjacent, as in the exemplar, to those at the maximum run: ``(N,)`` bool."""
    found = np.zeros(len(cells), bool)
    for step in (_MAX_RUN, -_MAX_RUN):
        for down, right in ((step, 0), (0, step)):
            found |= now[blocks.shifted(down, right)] == layout.shifted(cells, down, right)
    return found


def _joint_change(
    now: np.ndarray, blocks: _Blocks, joints: JointCosts, before: np.ndarray, after: np.ndarray
) -> np.ndarray:
    """Increase of the cost of the joints in and around blocks: ``(N,)``, to be summed by block."""
    moved = now.copy()
    moved[blocks.at] = after
    change = np.zeros(len(before), np.float32)
    for cost, step, edge in (
        (joints.right, (0, 1), blocks.leftmost),
        (joints.below, (1, 0), blocks.topmost),
    ):
        following = blocks.shifted(*step)
        change += cost(after, moved[following]) - cost(before, now[following])
        ahead = now[blocks.shifted(-step[0], -step[1])[edge]]
        change[edge] += cost(ahead, after[edge]) - cost(ahead, before[edge])
    return change


class _Blocks:
    """Every other block, as on a chessboard, of a grid with a random origin on a torus.

    Attributes
    ----------
    at, number : (N,) int64
        Positions in the blocks, and the number of the block of each.
    count : int
        Upper bound of the numbers of blocks.
    leftmost, topmost : (N,) bool
        Which positions are at that side of their block.
    """

    def __init__(self, height: int, width: int, block: int, random: np.random.Generator) -> None:
        top, left, odd = (int(n) for n in random.integers((block, block, 2)))
        tall, wide = (side // block // 2 * 2 for side in (height, width))
        row, column = np.indices((tall * block, wide * block), sparse=True)
        row, column = np.nonzero((row // block + column // block) % 2 == odd)
        self._size, self._block = (height, width), block
        self._row, self._column = row % block, column % block
        self.topmost, self.leftmost = self._row == 0, self._column == 0
        self.number, self.count = row // block * wide + column // block, tall * wide
        self._down, self._right = (row + top) % height, (column + left) % width
        self.at = self._down * width + self._right

    def shifted(self, down: np.ndarray | int, right: np.ndarray | int) -> np.ndarray:
        """The positions at an offset from each position."""
        height, width = self._size
        return (self._down + down) % height * width + (self._right + right) % width

    def to_neighbor(self, side: int, along: int) -> tuple[np.ndarray, np.ndarray]:
        """Offsets down and right from each position to the cell next to its block on a side, at a
        distance along that side."""
        end = self._block if side % 2 else -1
        if side < 2:
            return end - self._row, along - self._column
        return along - self._row, end - self._column


def _strips(images: Sequence[np.ndarray], around: tuple[int, int, int, int]) -> np.ndarray:
    """Principal components of the pixels around a border of each cell: ``(N, 12)``."""
    strips, (left, right, above, below) = [], around
    for image in images:
        padded = np.pad(image, ((above, below), (left, right), (0, 0)), mode="edge")
        strips.append(windows_of(padded, _SIDE)[::CELL, ::CELL].reshape(-1, 3 * _SIDE**2))
    raw = np.concatenate(strips)
    return product(raw, principal_axes(raw, _COMPONENTS)) * np.float32(CELL / _SIDE / 255)
