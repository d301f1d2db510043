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

from collections.abc import Iterator, Sequence

import cv2
import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from ...control import NEVER, CancelToken
from ...networks.spatial_gan import CELL
from ...networks.weights import product
from ...paint.tiling import Tile, Window
from ..inputs import windows_of
from .joints import (
    JointCosts,
    LayoutCosts,
    optimize_joints,
    principal_axes,
    squared_distances,
)

_RADIUS = 2  # cells to each side that are compared
_FEATHER = 2  # pixels by which neighbors overlap
_MARGIN = _RADIUS + 1  # cells at the border of an exemplar that are not used
_MAX_KEYS = 8192  # cells that are searched, at most
_CHUNK, _BAND = 256, 64  # cells, and rows of cells, that are computed together
_COMPONENTS = 24  # principal components that surroundings are compared by
_NEIGHBORS = (2 * _RADIUS + 1) ** 2  # cells in the surroundings
_GRID = 200  # steps per unit: products of whole numbers are exact, in whatever order they are added
_FARTHEST = 2.0**30  # squared, in steps: farther than any cell
_LAYOUT = 1.0  # weight of the layout's cost relative to that of the joints
_BLUR = 1  # radius in cells over which colors are corrected towards the layout
_MIN_OFFSET = 8  # cells between a cell of a layout and where its detail is from
_SIDE = CELL + 2 * _FEATHER


class DetailSynthesizer:
    """The exemplars as a set of numbered cells, and how they make drafts of layouts.

    Parameters
    ----------
    images : sequence of ndarray
        ``(H, W, 3)`` uint8, sRGB-encoded; sides are multiples of a cell, at least eight.
    layouts : sequence of ndarray
        ``(H / 4, W / 4, C)`` float32; see :func:`~core.networks.spatial_gan.layout_of`.
    """

    def __init__(self, images: Sequence[np.ndarray], layouts: Sequence[np.ndarray]) -> None:
        keys, valid, patches = [], [], []
        self._sizes = [layout.shape[:2] for layout in layouts]
        for image, layout in zip(images, layouts, strict=True):
            keys.append(np.concatenate(list(_surroundings(layout, wrap=False))))
            inside = np.zeros(layout.shape[:2], bool)
            inside[_MARGIN:-_MARGIN, _MARGIN:-_MARGIN] = True
            valid.append(inside.ravel())
            padded = np.pad(image, [(_FEATHER, _FEATHER)] * 2 + [(0, 0)], mode="edge")
            windows = windows_of(padded, _SIDE)[::CELL, ::CELL]
            patches.append(windows.transpose(0, 1, 3, 4, 2).reshape(-1, _SIDE, _SIDE, 3))
        raw = np.concatenate(keys)
        self._basis = principal_axes(raw, _COMPONENTS)
        self._keys, self._valid = _on_grid(raw, self._basis), np.concatenate(valid)
        self._patches = np.concatenate(patches)
        counts = [height * width for height, width in self._sizes]
        self._owners = np.repeat(np.arange(len(counts)), counts)
        self._rows, self._columns = (
            np.concatenate([np.indices(size)[axis].ravel() for size in self._sizes])
            for axis in (0, 1)
        )
        self._row_lengths = np.repeat([width for _, width in self._sizes], counts)
        self._joints = JointCosts(images, self._row_lengths)

    def match(
        self,
        layout: np.ndarray,
        weights: Sequence[float],
        random: np.random.Generator,
        origin: np.ndarray,
        *,
        wrap: bool = True,
        cancel: CancelToken = NEVER,
    ) -> np.ndarray:
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
        bands = _surroundings(layout, wrap=wrap)
        wanted = np.concatenate([_on_grid(band, self._basis) for band in bands])
        origins = origin.reshape(-1, 3)
        used = np.array([weight > 0 for weight in weights])
        choice = np.flatnonzero(self._valid & used[self._owners])
        if len(choice) > _MAX_KEYS:
            choice = choice[random.permutation(len(choice))[:_MAX_KEYS]]
        match = choice[self._nearest(wanted, origins, choice, cancel)]
        costs = _Costs(self, wanted, origins, used)
        return optimize_joints(match.reshape(layout.shape[:2]), costs, self._joints, random, cancel)

    def _nearest(
        self, wanted: np.ndarray, origins: np.ndarray, choice: np.ndarray, cancel: CancelToken
    ) -> np.ndarray:
        """Which of the chosen cells has the most similar surroundings and is not near the origin, for
        each of the wanted ones: ``(N,)``."""
        # Squared distances but for a constant, as one product; the last cell is none, and far away.
        table = np.zeros((_COMPONENTS + 1, len(choice) + 1), np.float32)
        table[:-1, :-1] = -2 * self._keys[choice].T
        table[-1, :-1] = np.square(self._keys[choice]).sum(1)
        table[-1, -1] = _FARTHEST
        around = self._around(choice)
        found = np.empty(len(wanted), np.int64)
        distances = np.empty((_CHUNK, len(choice) + 1), np.float32)
        for start in range(0, len(wanted), _CHUNK):
            cancel.raise_if_set()
            part = slice(start, start + _CHUNK)
            rows = np.column_stack((wanted[part], np.ones(len(wanted[part]), np.float32)))
            apart = np.matmul(rows, table, out=distances[: len(rows)])
            for owner, windows in enumerate(around):
                here = np.flatnonzero(origins[part, 0] == owner)
                near = windows[origins[part][here, 1], origins[part][here, 2]]
                apart[here[:, None, None], near] = _FARTHEST
            found[part] = apart.argmin(1)
        return found

    def _around(self, choice: np.ndarray) -> list[np.ndarray]:
        """For each exemplar, the numbers in ``choice`` of the cells near each of its cells,
        ``(h, w, 15, 15)``; the length of ``choice`` where there is none."""
        numbers = np.full(len(self._owners), len(choice))
        numbers[choice] = np.arange(len(choice))
        found, start, reach = [], 0, _MIN_OFFSET - 1
        for height, width in self._sizes:
            own = numbers[start : start + height * width].reshape(height, width)
            padded = np.pad(own, reach, constant_values=len(choice))
            found.append(sliding_window_view(padded, (2 * reach + 1, 2 * reach + 1)))
            start += height * width
        return found

    def paint(self, layout: np.ndarray, match: np.ndarray, tile: Tile | None = None) -> np.ndarray:
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
        (H, W, 3) float32
            sRGB-encoded in [0, 1].
        """
        height, width = match.shape
        if tile is None:
            rows_of, columns_of = (Window(0, CELL * n, 0, CELL * n) for n in (height, width))
            tile = Tile(rows_of, columns_of)
        spare = 2 + _BLUR  # cells at the border that lack neighbors in what follows
        rows, columns = (
            np.arange(w.start // CELL - spare, w.stop // CELL + spare) % n
            for w, n in ((tile.rows, height), (tile.columns, width))
        )
        at = np.ix_(rows, columns)
        painted = _overlapped(self._patches[match[at]] * _weights())
        # Colors at low frequencies are those of the layout, in which they are continuous.
        size = len(columns), len(rows)
        off = layout[at][..., :3] - cv2.resize(painted, size, interpolation=cv2.INTER_AREA)
        off = cv2.blur(off, (2 * _BLUR + 1,) * 2, borderType=cv2.BORDER_REPLICATE)
        painted += cv2.resize(off, painted.shape[1::-1], interpolation=cv2.INTER_LINEAR)
        edge = spare * CELL
        return np.clip(painted[edge:-edge, edge:-edge], 0, 1)

    def _near(self, origins: np.ndarray, cells: np.ndarray) -> np.ndarray:
        """Which cells lie near an origin ``(N, 3)``: ``(N,)`` bool."""
        down = np.abs(origins[:, 1] - self._rows[cells])
        across = np.abs(origins[:, 2] - self._columns[cells])
        return (np.maximum(down, across) < _MIN_OFFSET) & (origins[:, 0] == self._owners[cells])


class _Costs(LayoutCosts):
    """How well the cells of the exemplars fit a layout.

    ``wanted`` are the surroundings of its cells, ``origins`` where these are from, and ``used`` tells
    which exemplars may be taken from.
    """

    def __init__(
        self,
        detail: DetailSynthesizer,
        wanted: np.ndarray,
        origins: np.ndarray,
        used: np.ndarray,
    ) -> None:
        self._detail, self._wanted, self._origins, self._used = detail, wanted, origins, used

    def shifted(
        self, cells: np.ndarray, down: np.ndarray | int, right: np.ndarray | int
    ) -> np.ndarray:
        d = self._detail
        shifted = np.clip(cells + down * d._row_lengths[cells] + right, 0, len(d._owners) - 1)
        inside = d._rows[shifted] - d._rows[cells] == down
        inside &= d._columns[shifted] - d._columns[cells] == right
        inside &= d._owners[shifted] == d._owners[cells]
        return np.where(inside, shifted, -1)

    def cost(self, positions: np.ndarray, cells: np.ndarray) -> np.ndarray:
        costs = squared_distances(self._wanted, positions, self._detail._keys, cells)
        return costs * np.float32(_LAYOUT * CELL**2 / (_NEIGHBORS * _GRID**2))

    def allowed(self, positions: np.ndarray, cells: np.ndarray) -> np.ndarray:
        detail = self._detail
        usable = detail._valid[cells] & self._used[detail._owners[cells]]
        return usable & ~detail._near(self._origins[positions], cells)


def _surroundings(layout: np.ndarray, *, wrap: bool) -> Iterator[np.ndarray]:
    """Yield each cell of ``(h, w, C)`` with its neighbors, ``(N, 25 * C)``, some rows at a time."""
    reach = ((_RADIUS, _RADIUS), (_RADIUS, _RADIUS), (0, 0))
    padded = np.pad(layout, reach, mode="wrap" if wrap else "edge")
    windows = windows_of(padded, 2 * _RADIUS + 1)
    for start in range(0, len(windows), _BAND):
        yield windows[start : start + _BAND].reshape(-1, _NEIGHBORS * layout.shape[2])


def _on_grid(cells: np.ndarray, basis: np.ndarray) -> np.ndarray:
    """Return cells ``(N, M)`` along the axes of a basis, in whole steps: ``(N, 24)`` float32."""
    return np.rint(_GRID * product(cells, basis))


def _weights() -> np.ndarray:
    """Weights ``(8, 8, 1)`` of the values of a patch, which fall towards its border."""
    step = np.arange(_SIDE)
    ramp = np.minimum((np.minimum(step, step[::-1]) + 0.5) / (2 * _FEATHER), 1)
    return (np.outer(ramp, ramp) / 255)[..., None].astype(np.float32)


def _overlapped(patches: np.ndarray) -> np.ndarray:
    """Return the sum of the patches ``(h, w, 8, 8, 3)`` around each cell: ``(4 h, 4 w, 3)``."""
    height, width = patches.shape[:2]
    quarters = patches.reshape(height, width, 2, CELL, 2, CELL, 3)
    total = np.zeros((height + 1, CELL, width + 1, CELL, 3), np.float32)
    for down in (0, 1):
        for right in (0, 1):
            quarter = quarters[:, :, down, :, right].transpose(0, 2, 1, 3, 4)
            total[down : down + height, :, right : right + width] += quarter
    whole = total.reshape(CELL * (height + 1), CELL * (width + 1), 3)
    return np.ascontiguousarray(whole[_FEATHER:-_FEATHER, _FEATHER:-_FEATHER])
