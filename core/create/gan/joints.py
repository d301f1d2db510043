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
import torch
import torch.nn.functional as F
from torch import Tensor

from ...control import NEVER, CancelToken
from ...models.spatial_gan import CELL

_SIDE = 2 * CELL  # side of the strips that are compared at a joint, in pixels
_COMPONENTS = 12  # principal components that they are compared by
_CHUNK = 16384
_PASSES = ((8, 2), (4, 2), (2, 2), (1, 1))  # cells to a side of a block, and passes over all
_MAX_RUN = 10  # adjacent cells in a row that may stay adjacent: more would be a copy


class LayoutCosts(ABC):
    """The numbered cells of the exemplars, and how well they fit the positions of a layout."""

    @abstractmethod
    def shifted(self, cells: Tensor, down: Tensor, right: Tensor) -> Tensor:
        """Return the cells at an offset from other cells of the same exemplar.

        Parameters
        ----------
        cells : (N,) int64
            Numbers of cells.
        down, right : (N,) or () int64
            Offset in cells.

        Returns
        -------
        (N,) int64
            Numbers of cells; -1 where the exemplar ends.
        """

    @abstractmethod
    def cost(self, positions: Tensor, cells: Tensor) -> Tensor:
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
    def allowed(self, positions: Tensor, cells: Tensor) -> Tensor:
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
    pictures : sequence of ndarray
        ``(H, W, 3)`` float32; sides are multiples of a cell.
    row_lengths : (N,) int64
        For each cell, the number of cells in a row of its exemplar.
    """

    def __init__(self, pictures: Sequence[np.ndarray], row_lengths: Tensor) -> None:
        self._row_lengths, half = row_lengths, CELL // 2
        self._right = _strips(pictures, (0, CELL, half, half))
        self._below = _strips(pictures, (half, half, 0, CELL))

    def right(self, cells: Tensor, others: Tensor) -> Tensor:
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
        return _squared_distances(self._right, cells, others - 1)

    def below(self, cells: Tensor, others: Tensor) -> Tensor:
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
        return _squared_distances(self._below, cells, others - self._row_lengths[others])


def optimize_joints(
    cells: Tensor,
    layout: LayoutCosts,
    joints: JointCosts,
    random: np.random.Generator,
    cancel: CancelToken = NEVER,
) -> Tensor:
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
    now = cells.flatten().clone()
    for block, passes in _PASSES:
        if min(height, width) < 2 * block:
            continue
        for turn in range(4 * passes):
            cancel.raise_if_set()
            blocks = _Blocks(height, width, block, random)
            down, right = blocks.to_neighbor(turn % 4, int(random.integers(block)))
            before, after = (
                now[blocks.at],
                layout.shifted(now[blocks.shifted(down, right)], -down, -right),
            )
            allowed = (after >= 0) & ~_makes_long_run(now, blocks, layout, after)
            after = after.clamp(min=0)
            allowed &= layout.allowed(blocks.at, after)
            change = layout.cost(blocks.at, after) - layout.cost(blocks.at, before)
            change += _joint_change(now, blocks, joints, before, after)
            total = torch.zeros(blocks.count).index_add_(
                0, blocks.number, change.masked_fill(~allowed, torch.inf)
            )
            now[blocks.at] = torch.where((total < 0)[blocks.number], after, before)
    return now.view(height, width)


def _makes_long_run(now: Tensor, blocks: _Blocks, layout: LayoutCosts, cells: Tensor) -> Tensor:
    """Where cells would be adjacent, as in the exemplar, to those at the maximum run: ``(N,)`` bool."""
    found = torch.zeros(len(cells), dtype=torch.bool)
    for step in (_MAX_RUN, -_MAX_RUN):
        for down, right in ((step, 0), (0, step)):
            there = layout.shifted(cells, torch.tensor(down), torch.tensor(right))
            found |= now[blocks.shifted(down, right)] == there
    return found


def _joint_change(
    now: Tensor, blocks: _Blocks, joints: JointCosts, before: Tensor, after: Tensor
) -> Tensor:
    """Increase of the cost of the joints in and around blocks: ``(N,)``, to be summed by block."""
    moved = now.clone()
    moved[blocks.at] = after
    change = torch.zeros(len(before))
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
        row, column = torch.meshgrid(
            torch.arange(tall * block), torch.arange(wide * block), indexing="ij"
        )
        chosen = (row // block + column // block) % 2 == odd
        row, column = row[chosen], column[chosen]
        self._size, self._block = (height, width), block
        self._row, self._column = row % block, column % block
        self.topmost, self.leftmost = self._row == 0, self._column == 0
        self.number, self.count = row // block * wide + column // block, tall * wide
        self._down, self._right = (row + top) % height, (column + left) % width
        self.at = self._down * width + self._right

    def shifted(self, down: Tensor | int, right: Tensor | int) -> Tensor:
        """The positions at an offset from each position."""
        height, width = self._size
        return (self._down + down) % height * width + (self._right + right) % width

    def to_neighbor(self, side: int, along: int) -> tuple[Tensor, Tensor]:
        """Offsets down and right from each position to the cell next to its block on a side, at a
        distance along that side."""
        end = self._block if side % 2 else -1
        if side < 2:
            return end - self._row, along - self._column
        return along - self._row, end - self._column


def _strips(pictures: Sequence[np.ndarray], around: tuple[int, int, int, int]) -> Tensor:
    """Principal components of the pixels around a border of each cell: ``(N, 12)``."""
    strips = []
    for picture in pictures:
        planes = torch.from_numpy(np.ascontiguousarray(picture)).permute(2, 0, 1)[None]
        strips.append(F.unfold(F.pad(planes, around, mode="replicate"), _SIDE, stride=CELL)[0].t())
    raw = torch.cat(strips)
    main = torch.linalg.eigh(torch.cov(raw.t()))[1][:, -_COMPONENTS:]
    return raw @ main * (CELL / _SIDE)


def _squared_distances(table: Tensor, first: Tensor, second: Tensor) -> Tensor:
    """Squared distances of pairs of rows."""
    distances = torch.empty(len(first))
    for start in range(0, len(first), _CHUNK):
        part = slice(start, start + _CHUNK)
        distances[part] = (table[first[part]] - table[second[part]]).square().sum(1)
    return distances
