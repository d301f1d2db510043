"""Joints between cells: blocks of cells are moved until they go on in their neighbors.

Cells that a layout does not tell apart, as those of a fine weave, are told apart by their pixels: those
on both sides of a joint are compared with what the pictures have there. Whole blocks take the place
that a neighbor's would have, wherever layout and joints together are better for it; first large
ones, then smaller.

References
----------
Kwatra et al., "Graphcut Textures", SIGGRAPH 2003 (patches placed by the cost of their joints).
Besag, "On the Statistical Analysis of Dirty Pictures", J. R. Statist. Soc. B 1986 (iterated
conditional modes; here of blocks).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from ...control import NEVER, CancelToken
from ...models.spatial_gan import CELL

_SIDE = 2 * CELL  # pixels of what is compared at a joint
_DIRECTIONS = 12  # numbers that joints are compared by
_CHUNK = 16384
_PLAN = ((8, 2), (4, 2), (2, 2), (1, 1))  # cells to a side of a block, and how often all are moved
_LONGEST = 10  # cells in a row that may hang together: more would be a copy


class Stock(Protocol):
    """The cells of pictures, numbered, that a layout is filled with."""

    def moved(self, cells: Tensor, down: Tensor, right: Tensor) -> Tensor:
        """Those so many rows below and columns to the right of cells; -1 where there are none."""

    def away(self, places: Tensor, cells: Tensor) -> Tensor:
        """How far the layout at places is from that of cells, in squared differences of the pixels
        of a cell: ``(N,)``."""

    def fits(self, places: Tensor, cells: Tensor) -> Tensor:
        """Which cells may be at places: ``(N,)`` bool."""


class Joints:
    """What the pictures have at the right and the lower border of each of their cells.

    Parameters
    ----------
    pictures : sequence of (H, W, 3) float32 arrays
        Sides are multiples of a cell.
    under : (N,) int64
        For each cell, by how much the number of the cell below is greater.
    """

    def __init__(self, pictures: Sequence[np.ndarray], under: Tensor) -> None:
        self._under, half = under, CELL // 2
        self._right = _strips(pictures, (0, CELL, half, half))
        self._below = _strips(pictures, (half, half, 0, CELL))

    def right(self, cells: Tensor, others: Tensor) -> Tensor:
        """How far others are from what is to the right of cells, in squared differences of the
        pixels of a cell: ``(N,)``."""
        return _apart(self._right, cells, others - 1)

    def below(self, cells: Tensor, others: Tensor) -> Tensor:
        """The same of others below cells."""
        return _apart(self._below, cells, others - self._under[others])


def settle(
    cells: Tensor,
    stock: Stock,
    joints: Joints,
    random: np.random.Generator,
    cancel: CancelToken = NEVER,
) -> Tensor:
    """Cells ``(h, w)`` on a torus, moved block by block. ``check`` is called now and then; what it
    raises ends the work."""
    height, width = cells.shape
    now = cells.flatten().clone()
    for block, passes in _PLAN:
        if min(height, width) < 2 * block:
            continue
        for turn in range(4 * passes):
            cancel.raise_if_set()
            blocks = _Blocks(height, width, block, random)
            down, right = blocks.beyond(turn % 4, int(random.integers(block)))
            before, after = (
                now[blocks.at],
                stock.moved(now[blocks.shifted(down, right)], -down, -right),
            )
            allowed = (after >= 0) & ~_longer(now, blocks, stock, after)
            after = after.clamp(min=0)
            allowed &= stock.fits(blocks.at, after)
            change = stock.away(blocks.at, after) - stock.away(blocks.at, before)
            change += _rejoined(now, blocks, joints, before, after)
            total = torch.zeros(blocks.count).index_add_(
                0, blocks.number, change.masked_fill(~allowed, torch.inf)
            )
            now[blocks.at] = torch.where((total < 0)[blocks.number], after, before)
    return now.view(height, width)


def _longer(now: Tensor, blocks: _Blocks, stock: Stock, cells: Tensor) -> Tensor:
    """Where cells would hang together with what is as far away as none may: ``(N,)`` bool."""
    found = torch.zeros(len(cells), dtype=torch.bool)
    for step in (_LONGEST, -_LONGEST):
        for down, right in ((step, 0), (0, step)):
            there = stock.moved(cells, torch.tensor(down), torch.tensor(right))
            found |= now[blocks.shifted(down, right)] == there
    return found


def _rejoined(
    now: Tensor, blocks: _Blocks, joints: Joints, before: Tensor, after: Tensor
) -> Tensor:
    """By how much worse the joints in and around blocks become: ``(N,)``, to be summed by block."""
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
    """Every other block of a grid that begins at a random place of a torus.

    Attributes
    ----------
    at, number : (N,) int64
        Cells in the blocks, and which block each is in.
    count : int
        Blocks there might be.
    leftmost, topmost : (N,) bool
        Which cells are at that side of their block.
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
        """The places so many rows below and columns to the right of each."""
        height, width = self._size
        return (self._down + down) % height * width + (self._right + right) % width

    def beyond(self, side: int, along: int) -> tuple[Tensor, Tensor]:
        """Steps down and right from each cell to one beside its block, so far along that side."""
        end = self._block if side % 2 else -1
        if side < 2:
            return end - self._row, along - self._column
        return along - self._row, end - self._column


def _strips(pictures: Sequence[np.ndarray], around: tuple[int, int, int, int]) -> Tensor:
    """Pixels at a border of each cell, along their main directions (PCA): ``(N, 12)``."""
    seen = []
    for picture in pictures:
        planes = torch.from_numpy(np.ascontiguousarray(picture)).permute(2, 0, 1)[None]
        seen.append(F.unfold(F.pad(planes, around, mode="replicate"), _SIDE, stride=CELL)[0].t())
    raw = torch.cat(seen)
    main = torch.linalg.eigh(torch.cov(raw.t()))[1][:, -_DIRECTIONS:]
    return raw @ main * (CELL / _SIDE)


def _apart(table: Tensor, first: Tensor, second: Tensor) -> Tensor:
    """Squared distances of pairs of rows."""
    apart = torch.empty(len(first))
    for begun in range(0, len(first), _CHUNK):
        part = slice(begun, begun + _CHUNK)
        apart[part] = (table[first[part]] - table[second[part]]).square().sum(1)
    return apart
