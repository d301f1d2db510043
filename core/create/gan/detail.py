"""Make a draft for a layout out of the cells of the exemplars.

For each cell of a layout the exemplars' cell is found whose surroundings are most similar. Blocks of
cells are then replaced by what continues their neighbors, so that whole stones and stalks are taken
over; which of them are combined is up to the layout, which is new. The result is sharp and no copy.
Joints that remain are left to the generator.

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
from .joints import JointCosts, LayoutCosts, optimize_joints

_RADIUS = 2  # cells to each side that are compared
_FEATHER = 2  # pixels by which neighbors overlap
_MARGIN = _RADIUS + 1  # cells at the border of an exemplar that are not used
_MAX_KEYS = 8192  # cells that are searched, at most
_CHUNK, _BAND = 1024, 64  # cells, and rows of cells, that are computed together
_COMPONENTS = 24  # principal components that surroundings are compared by
_NEIGHBORS = (2 * _RADIUS + 1) ** 2  # cells in the surroundings
_LAYOUT = 1.0  # weight of the layout's cost relative to that of the joints
_BLUR = 1  # radius in cells over which colors are corrected towards the layout
_MIN_OFFSET = 8  # cells between a cell of a layout and where its detail is from
_SIDE = CELL + 2 * _FEATHER


class DetailSynthesizer:
    """The exemplars as a set of numbered cells, and how they make drafts of layouts.

    Parameters
    ----------
    pictures : sequence of ndarray
        ``(H, W, 3)`` float32, sRGB-encoded in [0, 1]; sides are multiples of a cell, at least eight.
    layouts : sequence of ndarray
        ``(H / 4, W / 4, C)`` float32; see :func:`~core.models.spatial_gan.layout_of`.
    """

    def __init__(self, pictures: Sequence[np.ndarray], layouts: Sequence[np.ndarray]) -> None:
        keys, valid, owners, positions, pixels, starts, widths = [], [], [], [], [], [], []
        start = 0
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
            positions.append(torch.stack([top.flatten(), left.flatten()]).int())
            starts.append((start + CELL * (top * wide + left)).flatten())
            widths.append((width, wide))
            start += padded.shape[0] * wide
            pixels.append(torch.from_numpy(padded).reshape(-1, 3))
        raw = torch.cat(keys)
        self._basis = _basis(raw)
        self._keys, self._valid = raw @ self._basis, torch.cat(valid)
        self._owners, self._starts = torch.cat(owners), torch.cat(starts)
        self._pixels, (self._rows, self._columns) = torch.cat(pixels), torch.cat(positions, dim=1)
        row_lengths, self._line = (torch.tensor(column) for column in zip(*widths, strict=True))
        self._row_lengths = row_lengths[self._owners]
        self._joints = JointCosts(pictures, self._row_lengths)

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
        """Find a cell of the exemplars for each cell of a layout.

        Parameters
        ----------
        layout : (h, w, C) float32
            What to find cells for.
        weights : sequence of float
            Weights of the exemplars; those with weight 0 are not used.
        random : np.random.Generator
            Draws the cells that are searched, and the blocks that are tried.
        origin : (h, w, 3) int
            Where the layout's cells are from (exemplar, row, column); cells near there are not used,
            as that would be a copy.
        wrap : bool, optional
            Whether the layout lies on a torus.
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
        height, width = layout.shape[:2]
        wanted = _surroundings(torch.from_numpy(layout), wrap=wrap, basis=self._basis)
        origins = torch.from_numpy(origin).reshape(-1, 3).int()
        used = torch.tensor([weight > 0 for weight in weights])
        choice = torch.nonzero(self._valid & used[self._owners]).flatten()
        if len(choice) > _MAX_KEYS:
            choice = choice[torch.from_numpy(random.permutation(len(choice))[:_MAX_KEYS])]
        keys = self._keys[choice]
        lengths = keys.square().sum(1)
        # Allocated up front: small results between large temporaries would fragment memory.
        match = torch.empty(len(wanted), dtype=torch.int64)
        for start in range(0, len(wanted), _CHUNK):
            cancel.raise_if_set()
            part = slice(start, start + _CHUNK)
            distances = torch.addmm(lengths[None], wanted[part], keys.t(), alpha=-2)
            distances[self._near(origins[part, None], choice)] = torch.inf
            match[part] = choice[distances.argmin(1)]
        match = match.view(height, width)
        costs = _Costs(self, wanted, origins, used)
        return optimize_joints(match, costs, self._joints, random, cancel)

    def paint(self, layout: np.ndarray, match: Tensor, tile: Tile | None = None) -> Tensor:
        """Return the draft of a layout.

        Parameters
        ----------
        layout : (h, w, C) float32
            A layout on a torus.
        match : (h, w) int64
            See :meth:`match`.
        tile : Tile, optional
            Part of the draft to return, in pixels; default: all of it.

        Returns
        -------
        (1, 3, H, W) float32
            sRGB-encoded in [0, 1].
        """
        height, width = match.shape
        if tile is None:
            rows_of, columns_of = (Window(0, CELL * n, 0, CELL * n) for n in (height, width))
            tile = Tile(rows_of, columns_of)
        spare = 2 + _BLUR  # cells at the border that lack neighbors in what follows
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
        # Colors at low frequencies are those of the layout, in which they are continuous.
        goal = torch.from_numpy(layout)[rows][:, columns][None, ..., :3].permute(0, 3, 1, 2)
        off = goal - F.avg_pool2d(painted, CELL)
        off = F.avg_pool2d(F.pad(off, (_BLUR,) * 4, mode="replicate"), 2 * _BLUR + 1, stride=1)
        off = F.interpolate(off, scale_factor=CELL, mode="bilinear")
        edge = spare * CELL
        return (painted + off)[..., edge:-edge, edge:-edge].clamp(0, 1)

    def _near(self, origins: Tensor, cells: Tensor) -> Tensor:
        """Which cells lie near an origin ``(..., 3)``: pairs, or all pairs with ``(N, 1, 3)``."""
        rows, columns = self._rows[cells], self._columns[cells]
        offset = torch.maximum((origins[..., 1] - rows).abs(), (origins[..., 2] - columns).abs())
        return (offset < _MIN_OFFSET) & (origins[..., 0] == self._owners[cells])


class _Costs(LayoutCosts):
    """How well the cells of the exemplars fit a layout.

    ``wanted`` are the surroundings of its cells, ``origins`` where these are from, and ``used`` tells
    which exemplars may be taken from.
    """

    def __init__(
        self, detail: DetailSynthesizer, wanted: Tensor, origins: Tensor, used: Tensor
    ) -> None:
        self._detail, self._wanted, self._origins, self._used = detail, wanted, origins, used

    def shifted(self, cells: Tensor, down: Tensor, right: Tensor) -> Tensor:
        d = self._detail
        shifted = (cells + down * d._row_lengths[cells] + right).clamp(0, len(d._owners) - 1)
        inside = d._rows[shifted] - d._rows[cells] == down
        inside &= d._columns[shifted] - d._columns[cells] == right
        inside &= d._owners[shifted] == d._owners[cells]
        return shifted.masked_fill(~inside, -1)

    def cost(self, positions: Tensor, cells: Tensor) -> Tensor:
        keys = self._detail._keys
        costs = torch.empty(len(positions))
        for start in range(0, len(positions), _CHUNK):
            part = slice(start, start + _CHUNK)
            costs[part] = (self._wanted[positions[part]] - keys[cells[part]]).square().sum(1)
        return costs * (_LAYOUT * CELL**2 / _NEIGHBORS)

    def allowed(self, positions: Tensor, cells: Tensor) -> Tensor:
        detail = self._detail
        usable = detail._valid[cells] & self._used[detail._owners[cells]]
        return usable & ~detail._near(self._origins[positions], cells)


def _surroundings(layout: Tensor, *, wrap: bool, basis: Tensor | None = None) -> Tensor:
    """Each cell of ``(h, w, C)`` with its neighbors, ``(h * w, 25 * C)``; or projected on a basis."""
    planes = layout.permute(2, 0, 1)[None]
    padded = F.pad(planes, (_RADIUS,) * 4, mode="circular" if wrap else "replicate")
    found = []
    for start in range(0, layout.shape[0], _BAND):
        band = padded[..., start : start + _BAND + 2 * _RADIUS, :]
        cells = F.unfold(band, 2 * _RADIUS + 1)[0].t()
        found.append(cells.contiguous() if basis is None else cells @ basis)
    return torch.cat(found)


def _basis(cells: Tensor) -> Tensor:
    """Principal axes ``(M, 24)`` of cells ``(N, M)``."""
    return torch.linalg.eigh(torch.cov(cells.t()))[1][:, -_COMPONENTS:]
