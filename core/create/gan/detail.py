"""Detail for a layout: the pictures' own, cell by cell, from wherever the layout is most alike.

For each cell of a layout the cell of the pictures is found whose surroundings are nearest. Cells then
move, in blocks, to what continues their neighbors, so that whole stones and stalks come over, but
the layout, which is new, decides which of them go together: what results is sharp, and no copy. What
is left of joints is for the generator.

References
----------
Ashikhmin, "Synthesizing Natural Textures", I3D 2001 (coherent candidates); see :mod:`~.joints`.
Hertzmann et al., "Image Analogies", SIGGRAPH 2001.
Granot et al., "Drop the GAN", CVPR 2022 (patch nearest neighbors of a coarse guess).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from ...control import NEVER, CancelToken
from ...models.spatial_gan import CELL
from ...paint.tiling import Tile, Window
from .joints import Joints, settle

_AROUND = 2  # cells to each side that are compared
_FEATHER = 2  # pixels by which neighbors reach into one another
_MARGIN = _AROUND + 1  # cells at the border of a picture that are not taken
_KEYS = 8192  # cells that are compared at the most
_CHUNK, _BAND = 1024, 64  # cells and rows of cells that are looked at together
_DIRECTIONS = 24  # numbers that surroundings are compared by
_SEEN = (2 * _AROUND + 1) ** 2  # cells in them
_LAYOUT = 1.0  # weight of the layout, where that of joints is 1
_FLOW = 1  # cells around, with which a broad color is put right
_APART = 8  # cells from itself at which a picture is taken for another
_SIDE = CELL + 2 * _FEATHER


class Detail:
    """The pictures as a stock of cells.

    Parameters
    ----------
    pictures : (H, W, 3) float32 each, sRGB-encoded in [0, 1]
        Sides are multiples of a cell, at least eight of them.
    layouts : (H / 4, W / 4, C) float32 each
        See :func:`~..networks.spatial_gan.layout_of`.
    """

    def __init__(self, pictures: Sequence[np.ndarray], layouts: Sequence[np.ndarray]) -> None:
        keys, valid, owners, places, pixels, starts, widths = [], [], [], [], [], [], []
        begun = 0
        for number, (picture, layout) in enumerate(zip(pictures, layouts, strict=True)):
            height, width = layout.shape[:2]
            keys.append(_surroundings(torch.from_numpy(layout), wrap=False))
            inside = torch.zeros(height, width, dtype=torch.bool)
            inside[_MARGIN:-_MARGIN, _MARGIN:-_MARGIN] = True
            valid.append(inside.flatten())
            owners.append(torch.full((height * width,), number))
            padded = np.pad(picture, [(_FEATHER, _FEATHER)] * 2 + [(0, 0)], mode="edge")
            wide = padded.shape[1]
            top, left = torch.meshgrid(torch.arange(height), torch.arange(width), indexing="ij")
            places.append(torch.stack([top.flatten(), left.flatten()]).int())
            starts.append((begun + CELL * (top * wide + left)).flatten())
            widths.append((width, wide))
            begun += padded.shape[0] * wide
            pixels.append(torch.from_numpy(padded).reshape(-1, 3))
        raw = torch.cat(keys)
        self._basis = _basis(raw)
        self._keys, self._valid = raw @ self._basis, torch.cat(valid)
        self._owners, self._starts = torch.cat(owners), torch.cat(starts)
        self._pixels, (self._rows, self._columns) = torch.cat(pixels), torch.cat(places, dim=1)
        down, self._line = (torch.tensor(column) for column in zip(*widths, strict=True))
        self._under = down[self._owners]
        self._joints = Joints(pictures, self._under)

    def match(
        self,
        layout: np.ndarray,
        weights: Sequence[float],
        random: np.random.Generator,
        origin: np.ndarray,
        *,
        wrap: bool = True,
        cancel: CancelToken = NEVER,
    ) -> Tensor:
        """For each cell of a layout ``(h, w, C)`` the number of a cell: ``(h, w)``.

        Those of pictures without weight are not taken, nor those near where the layout's cell is
        from (``origin``, see :func:`~.layout.draw_layout`), which would be a copy. ``wrap``: it lies
        on a torus. ``check`` is called now and then; what it raises ends the work.
        """
        height, width = layout.shape[:2]
        wanted = _surroundings(torch.from_numpy(layout), wrap=wrap, basis=self._basis)
        places = torch.from_numpy(origin).reshape(-1, 3).int()
        weighed = torch.tensor([weight > 0 for weight in weights])
        choice = torch.nonzero(self._valid & weighed[self._owners]).flatten()
        if len(choice) > _KEYS:
            choice = choice[torch.from_numpy(random.permutation(len(choice))[:_KEYS])]
        keys = self._keys[choice]
        lengths = keys.square().sum(1)
        # Made beforehand: small results left between large passing ones would break memory up.
        match = torch.empty(len(wanted), dtype=torch.int64)
        for begun in range(0, len(wanted), _CHUNK):
            cancel.raise_if_set()
            part = wanted[begun : begun + _CHUNK]
            away = torch.addmm(lengths[None], part, keys.t(), alpha=-2)
            away[self._near(places[begun : begun + _CHUNK, None], choice)] = torch.inf
            match[begun : begun + _CHUNK] = choice[away.argmin(1)]
        match = match.view(height, width)
        return settle(match, _Wanted(self, wanted, places, weighed), self._joints, random, cancel)

    def paint(self, layout: np.ndarray, match: Tensor, tile: Tile | None = None) -> Tensor:
        """Pixels ``(1, 3, H, W)`` in [0, 1] of a layout on a torus, or of a tile of it, in pixels."""
        height, width = match.shape
        if tile is None:
            rows_of, columns_of = (Window(0, CELL * n, 0, CELL * n) for n in (height, width))
            tile = Tile(rows_of, columns_of)
        spare = 2 + _FLOW  # cells around, in which what follows is not whole
        rows, columns = (
            torch.arange(w.start // CELL - spare, w.stop // CELL + spare) % n
            for w, n in ((tile.rows, height), (tile.columns, width))
        )
        cells = match[rows][:, columns].flatten()
        step = torch.arange(_SIDE)
        line = self._line[self._owners[cells]]
        where = (self._starts[cells][:, None] + step[None] * line[:, None])[..., None] + step
        ramp = (torch.minimum(step, step.flip(0)) + 0.5) / (2 * _FEATHER)
        ramp = ramp.clamp(max=1)
        patches = self._pixels[where] * (ramp[:, None] * ramp)[..., None]
        stacked = patches.permute(3, 1, 2, 0).reshape(1, 3 * _SIDE**2, len(cells))
        size = (CELL * len(rows) + 2 * _FEATHER, CELL * len(columns) + 2 * _FEATHER)
        painted = F.fold(stacked, size, _SIDE, stride=CELL)
        painted = painted[..., _FEATHER:-_FEATHER, _FEATHER:-_FEATHER]
        # Broad colors are those of the layout, in which they flow from block to block.
        goal = torch.from_numpy(layout)[rows][:, columns][None, ..., :3].permute(0, 3, 1, 2)
        off = goal - F.avg_pool2d(painted, CELL)
        off = F.avg_pool2d(F.pad(off, (_FLOW,) * 4, mode="replicate"), 2 * _FLOW + 1, stride=1)
        off = F.interpolate(off, scale_factor=CELL, mode="bilinear")
        edge = spare * CELL
        return (painted + off)[..., edge:-edge, edge:-edge].clamp(0, 1)

    def moved(self, cells: Tensor, down: Tensor, right: Tensor) -> Tensor:
        """See :meth:`~.joints.Stock.moved`."""
        moved = (cells + down * self._under[cells] + right).clamp(0, len(self._under) - 1)
        there = self._rows[moved] - self._rows[cells] == down
        there &= self._columns[moved] - self._columns[cells] == right
        return moved.masked_fill(~(there & (self._owners[moved] == self._owners[cells])), -1)

    def _near(self, places: Tensor, cells: Tensor) -> Tensor:
        """Which cells lie near a place ``(..., 3)``: of pairs, or of all with ``(N, 1, 3)``."""
        rows, columns = self._rows[cells], self._columns[cells]
        apart = torch.maximum((places[..., 1] - rows).abs(), (places[..., 2] - columns).abs())
        return (apart < _APART) & (places[..., 0] == self._owners[cells])


class _Wanted:
    """What is wanted at the places of a layout; see :class:`~.joints.Stock`."""

    def __init__(self, detail: Detail, wanted: Tensor, origin: Tensor, weighed: Tensor) -> None:
        self._detail, self._wanted, self._origin, self._weighed = detail, wanted, origin, weighed
        self.moved = detail.moved

    def away(self, places: Tensor, cells: Tensor) -> Tensor:
        keys = self._detail._keys
        apart = torch.empty(len(places))
        for begun in range(0, len(places), _CHUNK):
            part = slice(begun, begun + _CHUNK)
            apart[part] = (self._wanted[places[part]] - keys[cells[part]]).square().sum(1)
        return apart * (_LAYOUT * CELL**2 / _SEEN)

    def fits(self, places: Tensor, cells: Tensor) -> Tensor:
        detail = self._detail
        taken = detail._valid[cells] & self._weighed[detail._owners[cells]]
        return taken & ~detail._near(self._origin[places], cells)


def _surroundings(layout: Tensor, *, wrap: bool, basis: Tensor | None = None) -> Tensor:
    """Each cell of ``(h, w, C)`` with those around it, ``(h * w, 25 * C)``; or in a basis of these."""
    planes = layout.permute(2, 0, 1)[None]
    padded = F.pad(planes, (_AROUND,) * 4, mode="circular" if wrap else "replicate")
    found = []
    for begun in range(0, layout.shape[0], _BAND):
        band = padded[..., begun : begun + _BAND + 2 * _AROUND, :]
        cells = F.unfold(band, 2 * _AROUND + 1)[0].t()
        found.append(cells.contiguous() if basis is None else cells @ basis)
    return torch.cat(found)


def _basis(cells: Tensor) -> Tensor:
    """The directions in which cells ``(N, M)`` differ most (PCA): ``(M, 24)``."""
    return torch.linalg.eigh(torch.cov(cells.t()))[1][:, -_DIRECTIONS:]
