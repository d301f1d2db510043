"""A UV layout as pixels of its textures: which island each belongs to, and what lies across a seam."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np

from .islands import Layout
from .sampling import points_along

_SPACING = 0.5  # pixels between the points of a border for which the nearest pixels are found
_MANY = 1 << 20  # islands; what is counted per pixel is a multiple of it
_EXTENSION = 1 / 32
"""How far islands are extended, by the long side of their tile: the networks' reach in one of 2048."""

_STEPS = 3  # islands that a look across a seam may go on through


@dataclass(frozen=True, eq=False)
class Sides:
    """Borders that have something across them, in pixels; each seam has two sides.

    Pixels have their centers at whole numbers; y points down. As complex numbers, a place ``z`` outside
    of the border is ``target + factor * (z - origin)`` across the seam, with ``z - origin`` conjugated
    where it is mirrored.

    Attributes
    ----------
    border : (B,) int64
        The border across each border; -1 where there is none.
    origin, target, factor : (B,) complex
        The similarity that maps one edge onto the other.
    mirrored : (B,) bool
        It mirrors, too.
    """

    border: np.ndarray
    origin: np.ndarray
    target: np.ndarray
    factor: np.ndarray
    mirrored: np.ndarray

    def across(self, border: np.ndarray, place: np.ndarray) -> np.ndarray:
        """Return where places are across borders.

        Parameters
        ----------
        border : (N,) int64
            The border of each.
        place : (N,) complex
            In pixels of the border's tile.

        Returns
        -------
        (N,) complex
            In pixels of the tile of the border across.
        """
        factor, shift = self._map
        if self.mirrored.any():
            place = np.where(self.mirrored[border], place.conj(), place)
        return shift[border] + factor[border] * place

    @cached_property
    def _map(self) -> tuple[np.ndarray, np.ndarray]:
        """Factor and shift of each map in single precision, a thousandth of a pixel: there are many."""
        origin = np.where(self.mirrored, self.origin.conj(), self.origin)
        shift = self.target - self.factor * origin
        return self.factor.astype(np.complex64), shift.astype(np.complex64)


@dataclass(frozen=True, eq=False)
class Planes:
    """Hold what is known of each pixel of one tile, ``(H, W)``, or of all tiles in a row.

    Attributes
    ----------
    island : (N,) int32
        The island that holds a pixel's center; 0: none, -1: several that are not the same.
    nearest : (N,) int32
        The border next to each pixel; -1 where the tile has none.
    distance : (N,) float32
        How far that is, in pixels.
    region : (N,) int32
        The island that a pixel belongs to, or the nearest one to it if it is around them.
    """

    island: np.ndarray
    nearest: np.ndarray
    distance: np.ndarray
    region: np.ndarray


@dataclass(frozen=True, eq=False)
class Links:
    """Pixels outside of all islands, and what lies there across the nearest seam.

    Attributes
    ----------
    pixels : (N,) int64
        Positions in the flattened tile.
    page : (N,) int32
        The tile in which the other place is.
    place : (N,) complex
        That place in pixels; inside of an island.
    """

    pixels: np.ndarray
    page: np.ndarray
    place: np.ndarray


class Atlas:
    """The islands of a layout on textures of certain sizes.

    Parameters
    ----------
    layout : Layout
        The islands.
    sizes : sequence of (int, int)
        Width and height of each texture in pixels.
    tiles : sequence of int
        UDIM number of each; 1001 for a texture that is none.
    """

    def __init__(
        self, layout: Layout, sizes: Sequence[tuple[int, int]], tiles: Sequence[int] = (1001,)
    ) -> None:
        self.layout, self.sizes = layout, list(sizes)
        borders = layout.borders
        page = np.full(len(borders), -1, np.int32)
        for index, tile in enumerate(tiles):
            page[borders.tile == tile] = index
        self.page = page
        self._links: dict[int, tuple[float, Links]] = {}
        self.ends = self._pixels(borders.ends)
        self.third = self._pixels(borders.third[:, None])[:, 0]

    def _pixels(self, uv: np.ndarray) -> np.ndarray:
        """Return UVs ``(B, N, 2)`` of borders as complex numbers in pixels of their tiles."""
        number = self.layout.borders.tile - 1001
        corner = np.stack((number % 10, number // 10), axis=1)[:, None]
        size = np.array(self.sizes, np.float64)[np.maximum(self.page, 0)][:, None]
        inside = uv - corner
        x, y = inside[..., 0] * size[..., 0], (1 - inside[..., 1]) * size[..., 1]
        return (x - 0.5) + 1j * (y - 0.5)

    def reach(self, index: int) -> float:
        """Return how far the islands of a tile are extended.

        Parameters
        ----------
        index : int
            The tile.

        Returns
        -------
        float
            In pixels.
        """
        return _EXTENSION * max(self.sizes[index])

    @cached_property
    def seams(self) -> tuple[np.ndarray, np.ndarray]:
        """The seams whose two borders are on the textures: pairs ``(S, 2)``, and which are turned."""
        rows = self.layout.seams
        there = (self.page[rows] >= 0).all(axis=1)
        return rows[there], self.layout.turned[there]

    @cached_property
    def sides(self) -> Sides:
        """What is across each border; where several others are, the first of them."""
        rows, turned = self.seams
        count = len(self.ends)
        border = np.full(count, -1, np.int64)
        other = np.zeros((count, 2), np.complex128)
        for one, two in ((1, 0), (0, 1)):
            facing = self.ends[rows[:, two]]
            border[rows[:, one]] = rows[:, two]
            other[rows[:, one]] = np.where(turned[:, None], facing[:, ::-1], facing)
        run = self.ends[:, 1] - self.ends[:, 0]
        onto = other[:, 1] - other[:, 0]
        own = _side(self.third - self.ends[:, 0], run)
        far = _side(self.third[np.maximum(border, 0)] - other[:, 0], onto)
        mirrored = (border >= 0) & (own == far)
        along = np.where(mirrored, run.conj(), run)
        factor = np.where(border >= 0, onto / np.where(along == 0, 1, along), 0)
        return Sides(border, self.ends[:, 0], other[:, 0], factor, mirrored)

    @cached_property
    def inward(self) -> np.ndarray:
        """The step of one pixel from each border into its island, ``(B,) complex``."""
        run = self.ends[:, 1] - self.ends[:, 0]
        length = np.maximum(np.abs(run), 1e-9)
        return 1j * run / length * _side(self.third - self.ends[:, 0], run)

    def share(self, border: np.ndarray, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        """Return how far along borders pixels lie.

        Parameters
        ----------
        border : (N,) int64
            The borders.
        x, y : (N,) int64
            Columns and rows.

        Returns
        -------
        (N,) float64 in [0, 1]
            Of the border's length.
        """
        start, end = self.ends[border, 0], self.ends[border, 1]
        run = end - start
        along = ((x + 1j * y - start) * run.conj()).real
        return (along / np.maximum(np.abs(run) ** 2, 1e-9)).clip(0, 1)

    @cached_property
    def starts(self) -> np.ndarray:
        """The number of the first pixel of each tile, if all tiles are counted on; and their sum."""
        return np.cumsum([0, *(width * height for width, height in self.sizes)])

    @cached_property
    def planes(self) -> Planes:
        """All tiles as pixels, and one more that stands for what is beyond them."""
        count = int(self.starts[-1]) + 1
        planes = Planes(
            np.zeros(count, np.int32),
            np.full(count, -1, np.int32),
            np.full(count, np.inf, np.float32),
            np.zeros(count, np.int32),
        )
        for index in range(len(self.sizes)):
            self._draw(index, self._tile(planes, index))
        return planes

    @cached_property
    def pages(self) -> list[Planes]:
        """The tiles as pixels, ``(H, W)`` each."""
        return [self._tile(self.planes, index) for index in range(len(self.sizes))]

    def _tile(self, planes: Planes, index: int) -> Planes:
        part, shape = slice(*self.starts[index : index + 2]), self.sizes[index][::-1]
        rows = (planes.island, planes.nearest, planes.distance, planes.region)
        return Planes(*(row[part].reshape(shape) for row in rows))

    def _draw(self, index: int, page: Planes) -> None:
        """Find islands and borders of the pixels of a tile."""
        width, height = self.sizes[index]
        chosen = np.flatnonzero(self.page == index)
        if not len(chosen):
            return
        self._fill(chosen, page.island)
        border, share = points_along(self.ends[chosen], _SPACING)
        border = chosen[border]
        place = self.at(border, share)
        x = np.clip(np.rint(place.real), 0, width - 1).astype(np.int64)
        y = np.clip(np.rint(place.imag), 0, height - 1).astype(np.int64)
        stamped = np.full((height, width), -1, np.int32)
        own = page.island[y, x] == self.layout.borders.island[border]
        for part in (~own, own):  # where islands touch, a border's own pixels are its own
            stamped[y[part], x[part]] = border[part]
        far = np.where(stamped < 0, np.uint8(255), np.uint8(0))
        page.distance[...], label = cv2.distanceTransformWithLabels(
            far, cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL
        )
        found = stamped >= 0
        by_label = np.full(int(label.max()) + 1, -1, np.int32)
        by_label[label[found]] = stamped[found]
        np.take(by_label, np.asarray(label, np.int32), out=page.nearest, mode="clip")
        page.region[...] = page.island
        around = np.flatnonzero((page.island == 0) & (page.distance <= self.reach(index)))
        nearest = page.nearest.reshape(-1)[around]
        page.region.reshape(-1)[around] = self.layout.borders.island[nearest]

    def _fill(self, chosen: np.ndarray, island: np.ndarray) -> None:
        """Find the island of each pixel by counting the borders to its left."""
        height, width = island.shape
        start, end = self.ends[chosen, 0], self.ends[chosen, 1]
        inward = np.sign(_cross(end - start, self.third[chosen] - start))
        low = np.ceil(np.minimum(start.imag, end.imag)).clip(0, height).astype(np.int64)
        high = np.ceil(np.maximum(start.imag, end.imag)).clip(0, height).astype(np.int64)
        rows = high - low
        edge = np.repeat(np.arange(len(chosen)), rows)
        row = low[edge] + np.arange(len(edge)) - np.repeat(np.cumsum(rows) - rows, rows)
        run = (end - start)[edge]
        x = start.real[edge] + (row - start.imag[edge]) * run.real / run.imag
        column = np.ceil(x).clip(0, width).astype(np.int64)
        enters = (-np.sign(run.imag) * inward[edge]).astype(np.int32)
        amount = enters * (self.layout.borders.island[chosen][edge] + _MANY).astype(np.int32)
        change = np.zeros((height, width + 1), np.int32)
        np.add.at(change, (row, column), amount)
        np.cumsum(change[:, :width], axis=1, out=island)
        several = island >= 2 * _MANY
        island &= _MANY - 1
        island[several] = -1

    def at(self, border: np.ndarray, share: np.ndarray) -> np.ndarray:
        """Return points of borders.

        Parameters
        ----------
        border : (N,) int64
            The borders.
        share : (N,) float64 in [0, 1]
            How far along each.

        Returns
        -------
        (N,) complex
            In pixels of the border's tile.
        """
        start, end = self.ends[border, 0], self.ends[border, 1]
        return start + share * (end - start)

    def links(self, index: int, margin: float) -> Links:
        """Return what lies across the seams for the pixels around the islands of a tile.

        Parameters
        ----------
        index : int
            The tile.
        margin : float
            Distance from the islands in pixels.

        Returns
        -------
        Links
            For those pixels for which there is something.
        """
        known = self._links.get(index)
        if known is None or known[0] < margin:
            known = self._links[index] = margin, self._linked(index, margin)
        links = known[1]
        near = np.flatnonzero(self.pages[index].distance.reshape(-1)[links.pixels] <= margin)
        if len(near) == len(links.pixels):
            return links
        return Links(links.pixels[near], links.page[near], links.place[near])

    def _linked(self, index: int, margin: float) -> Links:
        page, width = self.pages[index], self.sizes[index][0]
        pixels = np.flatnonzero((page.island == 0) & (page.distance <= margin))
        border = page.nearest.reshape(-1)[pixels]
        keep = self.sides.border[border] >= 0
        pixels, border = pixels[keep], border[keep]
        rows, columns = np.divmod(pixels, width)
        place = np.empty(len(pixels), np.complex64)
        place.real, place.imag = columns, rows
        found = []
        for _ in range(_STEPS):  # across a border, and across the next one if that was not enough
            place = self.sides.across(border, place)
            far = self.sides.border[border]
            texel = self.texel(self.page[far], place)
            goal, island = self.layout.borders.island[far], self.planes.island[texel]
            there = island == goal
            found.append((pixels[there], self.page[far[there]], place[there]))
            on = np.flatnonzero(island == 0)
            border = self.planes.nearest[texel[on]]
            same = (border >= 0) & (self.layout.borders.island[border] == goal[on])
            same &= self.sides.border[border] >= 0
            pixels, border, place = pixels[on[same]], border[same], place[on[same]]
        return Links(*(np.concatenate(parts) for parts in zip(*found, strict=True)))

    def texel(self, page: np.ndarray, place: np.ndarray) -> np.ndarray:
        """Return the pixels next to places, counted on over all tiles.

        Parameters
        ----------
        page : (N,) int32
            The tile of each place.
        place : (N,) complex
            In pixels.

        Returns
        -------
        (N,) int64
            For the planes; the last one of them beyond the tiles.
        """
        columns, rows = (np.rint(part).astype(np.int32) for part in (place.real, place.imag))
        if len(self.sizes) == 1:
            (width, height), start = self.sizes[0], 0
        else:
            width, height = np.array(self.sizes, np.int32).T[:, page]
            start = self.starts[page]
        inside = (columns >= 0) & (columns < width) & (rows >= 0) & (rows < height)
        index = rows.astype(np.int64) * width + columns + start
        index[~inside] = self.starts[-1]
        return index


def _cross(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    return (one.conj() * other).imag


def _side(corner: np.ndarray, run: np.ndarray) -> np.ndarray:
    return np.sign(_cross(run, corner))
