"""A UV layout as pixels of its textures: which island each belongs to, and what lies across a seam."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np

from .islands import Layout

_SPACING = 0.5  # pixels between the points of a border for which the nearest pixels are found
_MANY = 1 << 20  # islands; what is counted per pixel is a multiple of it
_EXTENSION = 1 / 16
"""How far islands are extended, by the long side of their tile: the networks' reach in one of 1024."""

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
        apart = place - self.origin[border]
        apart = np.where(self.mirrored[border], apart.conj(), apart)
        return self.target[border] + self.factor[border] * apart


@dataclass(frozen=True, eq=False)
class Page:
    """One tile of an atlas.

    Attributes
    ----------
    island : (H, W) int32
        The island that holds a pixel's center; 0: none, -1: several that are not the same.
    nearest : (H, W) int32
        The border next to each pixel; -1 where the tile has none.
    distance : (H, W) float32
        How far that is, in pixels.
    region : (H, W) int32
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
    def pages(self) -> list[Page]:
        """The tiles as pixels."""
        return [self._page(index) for index in range(len(self.sizes))]

    def _page(self, index: int) -> Page:
        width, height = self.sizes[index]
        chosen = np.flatnonzero(self.page == index)
        island = self._filled(chosen, width, height)
        if not len(chosen):
            nothing = np.full((height, width), -1, np.int32)
            return Page(island, nothing, np.full((height, width), np.inf, np.float32), island)
        border, share = points_along(self.ends[chosen], _SPACING)
        border = chosen[border]
        place = self.at(border, share)
        # Just inside, so that islands that touch keep their pixels apart.
        x = np.clip(np.rint(place.real), 0, width - 1).astype(np.int64)
        y = np.clip(np.rint(place.imag), 0, height - 1).astype(np.int64)
        stamped = np.full((height, width), -1, np.int32)
        own = island[y, x] == self.layout.borders.island[border]
        for part in (~own, own):  # a border's own island wins
            stamped[y[part], x[part]] = border[part]
        far = np.where(stamped < 0, np.uint8(255), np.uint8(0))
        distance, label = cv2.distanceTransformWithLabels(
            far, cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL
        )
        found = stamped >= 0
        by_label = np.full(int(label.max()) + 1, -1, np.int32)
        by_label[label[found]] = stamped[found]
        nearest = by_label[label]
        around = np.flatnonzero((island == 0) & (distance <= self.reach(index)))
        region = island.copy()
        region.ravel()[around] = self.layout.borders.island[nearest.ravel()[around]]
        return Page(island, nearest, distance, region)

    def _filled(self, chosen: np.ndarray, width: int, height: int) -> np.ndarray:
        """Return the island of each pixel, by counting the borders to its left."""
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
        found = np.cumsum(change[:, :width], axis=1, dtype=np.int32)
        return np.where(found < 2 * _MANY, found & (_MANY - 1), -1).astype(np.int32)

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
        page = self.pages[index]
        outside = (page.island == 0) & (page.distance <= margin) & (page.nearest >= 0)
        pixels = np.flatnonzero(outside)
        border = page.nearest.ravel()[pixels]
        keep = self.sides.border[border] >= 0
        pixels, border = pixels[keep], border[keep].astype(np.int64)
        width = self.sizes[index][0]
        place = pixels % width + 1j * (pixels // width)
        return self.followed(pixels, border, place)

    def followed(self, pixels: np.ndarray, border: np.ndarray, place: np.ndarray) -> Links:
        """Follow places across borders, and across the next ones, until they are inside of an island.

        Parameters
        ----------
        pixels : (N,) int64
            What is kept of each place that is found.
        border : (N,) int64
            The borders, which have something across.
        place : (N,) complex
            In pixels.

        Returns
        -------
        Links
            Those that end inside of an island.
        """
        found = []
        for _ in range(_STEPS):
            place = self.sides.across(border, place)
            far = self.sides.border[border]
            page = self.page[far]
            island = self.read("island", page, place, 0)
            nearest = self.read("nearest", page, place, -1)
            there = island == self.layout.borders.island[far]
            found.append((pixels[there], page[there], place[there]))
            # On from here only where that island ends again.
            on = (island == 0) & (nearest >= 0)
            same = self.layout.borders.island[nearest] == self.layout.borders.island[far]
            on &= same & (self.sides.border[nearest] >= 0)
            pixels, border, place = pixels[on], nearest[on], place[on]
            if not len(pixels):
                break
        return Links(*(np.concatenate(parts) for parts in zip(*found, strict=True)))

    def read(self, name: str, page: np.ndarray, place: np.ndarray, beyond: int) -> np.ndarray:
        """Return what planes of the pages have at the pixels next to places.

        Parameters
        ----------
        name : str
            ``"island"``, ``"nearest"`` or ``"region"``.
        page : (N,) int32
            The tile of each place.
        place : (N,) complex
            In pixels.
        beyond : int
            What is beyond the tiles.

        Returns
        -------
        (N,) int64
            The values.
        """
        found = np.full(len(place), beyond, np.int64)
        x, y = np.rint(place.real), np.rint(place.imag)
        for index, (width, height) in enumerate(self.sizes):
            here = (page == index) & (x >= 0) & (y >= 0) & (x < width) & (y < height)
            plane = getattr(self.pages[index], name)
            found[here] = plane[y[here].astype(np.int64), x[here].astype(np.int64)]
        return found


def points_along(ends: np.ndarray, spacing: float) -> tuple[np.ndarray, np.ndarray]:
    """Return points at even distances along edges, at least one in each.

    Parameters
    ----------
    ends : (N, 2) complex
        Starts and ends in pixels.
    spacing : float
        Largest distance of two points in pixels.

    Returns
    -------
    edge : (M,) int64
        The edge of each point.
    share : (M,) float64
        How far along it is.
    """
    count = np.maximum(1, np.ceil(np.abs(ends[:, 1] - ends[:, 0]) / spacing)).astype(np.int64)
    edge = np.repeat(np.arange(len(ends)), count)
    step = np.arange(len(edge)) - np.repeat(np.cumsum(count) - count, count)
    return edge, (step + 0.5) / count[edge]


def sampled(images: Sequence[np.ndarray], page: np.ndarray, place: np.ndarray) -> np.ndarray:
    """Read tiles at places, bilinearly.

    Parameters
    ----------
    images : sequence of (H, W, C) float32
        The tiles.
    page : (N,) int32
        Which one each place is in.
    place : (N,) complex
        In pixels.

    Returns
    -------
    (N, C) float32
        What is there; at the edge of a tile, its last pixels.
    """
    result = np.empty((len(place), images[0].shape[2]), np.float32)
    for index, image in enumerate(images):
        here = np.flatnonzero(page == index)
        if len(here):
            result[here] = _bilinear(image, place[here])
    return result


def nearest(images: Sequence[np.ndarray], page: np.ndarray, place: np.ndarray) -> np.ndarray:
    """Read tiles at the pixels next to places.

    Parameters
    ----------
    images : sequence of (H, W, C) float32
        The tiles.
    page : (N,) int32
        Which one each place is in.
    place : (N,) complex
        In pixels, inside of the tiles.

    Returns
    -------
    (N, C) float32
        What is there.
    """
    result = np.empty((len(place), images[0].shape[2]), np.float32)
    rows, columns = (np.rint(part).astype(np.int64) for part in (place.imag, place.real))
    for index, image in enumerate(images):
        here = np.flatnonzero(page == index)
        result[here] = image[rows[here], columns[here]]
    return result


_ROW = 4096
"""Points in a row of the maps for OpenCV, whose sides are limited."""


def _bilinear(image: np.ndarray, place: np.ndarray) -> np.ndarray:
    count = len(place)
    padded = np.zeros(-(-count // _ROW) * _ROW, np.complex128)
    padded[:count] = place
    x, y = (part.astype(np.float32).reshape(-1, _ROW) for part in (padded.real, padded.imag))
    read = cv2.remap(image, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return read.reshape(len(padded), -1)[:count]


def _cross(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    return (one.conj() * other).imag


def _side(corner: np.ndarray, run: np.ndarray) -> np.ndarray:
    return np.sign(_cross(run, corner))
