"""Close the seams of a painted texture: what is left between the two sides, and the margin.

References
----------
Sylvan, "Fixing texture seams with linear least-squares", 2015.
Liu, Ferguson, Jacobson and Gingold, "Seamless: seam erasure and seam-aware decoupling of shape from
mesh resolution", ACM Transactions on Graphics 36(6), 2017.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix, identity
from scipy.sparse.linalg import cg

from .atlas import Atlas, Links
from .band import Band
from .sampling import points_along, sampled

_KEEP = 0.005
"""Weight of keeping a texel, by that of making both sides of a seam the same."""

_EXACT, _ROUNDS = 1e-3, 100  # of conjugate gradients; islands of a few texels are all tied together

_SWEEPS, _AT_A_TIME = 12, 0.3  # in which texels are rounded, and the share of them in each

_RIM = 2.0  # pixels from a border within which its other side is read, too


@dataclass(frozen=True, eq=False)
class SeamPoints:
    """Points along the seams, each as seen from both sides.

    Attributes
    ----------
    pages : (2, N) int32
        The tile of each side.
    places : (2, N) complex
        In pixels of it.
    borders : (2, N) int64
        The border of each side.
    first, count : (S,) int64
        The first point of each seam, and how many it has; they are in a row along its first border.
    turned : (S,) bool
        Along the second border they run the other way.
    """

    pages: np.ndarray
    places: np.ndarray
    borders: np.ndarray
    first: np.ndarray
    count: np.ndarray
    turned: np.ndarray


def seam_points(atlas: Atlas, spacing: float = 1.0) -> SeamPoints:
    """Return points along all seams, one for each texel of the longer side.

    Parameters
    ----------
    atlas : Atlas
        The islands.
    spacing : float
        Distance of the points in texels.

    Returns
    -------
    SeamPoints
        The points; none where a border is mirrored onto itself.
    """
    rows, turned = atlas.seams
    apart = rows[:, 0] != rows[:, 1]
    rows, turned = rows[apart], turned[apart]
    length = np.abs(atlas.ends[rows, 1] - atlas.ends[rows, 0])
    longer = np.take_along_axis(rows, length.argmax(axis=1)[:, None], axis=1)[:, 0]
    seam, share = points_along(atlas.ends[longer], spacing)
    other = np.where(turned[seam], 1 - share, share)
    borders = rows[seam].T
    places = np.stack((atlas.at(borders[0], share), atlas.at(borders[1], other)))
    first = np.searchsorted(seam, np.arange(len(rows)))
    count = np.diff(first, append=len(seam))
    return SeamPoints(atlas.page[borders], places, borders, first, count, turned)


def mix_over_seams(images: Sequence[np.ndarray], bands: Sequence[Band]) -> None:
    """Let the paintings of the two sides of a seam fade into each other.

    Each side was painted some way beyond its border. At the seam both get the mean of the two
    paintings, and away from it their own again, before the other one ends.

    Parameters
    ----------
    images : sequence of (H, W, C) float32
        The tiles; changed in place.
    bands : sequence of Band
        The pixels beside the seams of each tile.
    """
    read = [sampled(images, band.page, band.place) for band in bands]
    for image, band, other in zip(images, bands, read, strict=True):
        colors = image.reshape(-1, image.shape[2])
        own = colors[band.pixels]
        colors[band.pixels] = own + band.share[:, None] * (other - own)


def meet(
    images: Sequence[np.ndarray],
    atlas: Atlas,
    points: SeamPoints,
    bands: Sequence[Band],
    width: float,
) -> None:
    """Move the colors on both sides of a seam to their mean, the less the farther they are from it.

    The margins must still show what each side was painted with beyond its border.

    Parameters
    ----------
    images : sequence of (H, W, C) float32
        The tiles; changed in place.
    atlas : Atlas
        The islands.
    points : SeamPoints
        Where the sides are compared.
    bands : sequence of Band
        The pixels beside the seams of each tile.
    width : float
        Distance in pixels at which nothing is moved any more.
    """
    if not len(points.first):
        return
    one, other = (sampled(images, *pair) for pair in zip(points.pages, points.places, strict=True))
    half = (other - one) / 2
    # The seam of each border, and which of its sides that is. Where there are several, one of them.
    seam, side = np.zeros((2, len(atlas.ends)), np.int64)
    for number in (1, 0):
        borders = points.borders[number, points.first]
        seam[borders], side[borders] = np.arange(len(borders)), number
    for image, band in zip(images, bands, strict=True):
        near = np.flatnonzero(band.distance < width)
        border, colors = band.border[near], image.reshape(-1, image.shape[2])
        its, second = seam[border], side[border] == 1
        share = atlas.share(
            border, band.pixels[near] % image.shape[1], band.pixels[near] // image.shape[1]
        )
        share = np.where(second & points.turned[its], 1 - share, share)
        place = (share * points.count[its] - 0.5).clip(0, points.count[its] - 1)
        low = place.astype(np.int64)
        high = np.minimum(low + 1, points.count[its] - 1)
        rest = (place - low)[:, None].astype(np.float32)
        low, high = half[points.first[its] + low], half[points.first[its] + high]
        fade = np.where(second, -1, 1) * np.square(1 - band.distance[near] / width)
        colors[band.pixels[near]] += fade[:, None].astype(np.float32) * (low + rest * (high - low))


def close_seams(
    images: Sequence[np.ndarray], atlas: Atlas, points: SeamPoints, levels: int = 0
) -> None:
    """Change the texels beside the seams as little as possible so that both sides look the same.

    Bilinear reads of the two sides are made equal in the sense of least squares.

    Parameters
    ----------
    images : sequence of (H, W, C) float32
        The tiles; changed in place.
    atlas : Atlas
        The islands.
    points : SeamPoints
        Where the sides are compared.
    levels : int
        Steps from 0 to 1 with which the tiles will be stored; the texels are then rounded to these, up
        or down as suits the other side. 0: they are not.
    """
    count = points.places.shape[1]
    if not count:
        return
    texels, weights = _footprints(atlas, points)
    used, index = np.unique(texels, return_inverse=True)
    row = np.repeat(np.arange(count), 8)
    signed = np.concatenate((weights[0], -weights[1]), axis=1).ravel()
    columns = np.concatenate(tuple(index.reshape(2, count, 4)), axis=1).ravel()
    reads = csr_matrix((signed, (row, columns)), (count, len(used)))
    values = _read(images, atlas, used).astype(np.float64)
    # One unknown for each point and not for each texel: there are five times as many of those.
    system = (reads @ reads.T + _KEEP * identity(count, format="csr")).tocsr()
    pull = [cg(system, apart, rtol=_EXACT, maxiter=_ROUNDS)[0] for apart in (reads @ values).T]
    values -= reads.T @ np.stack(pull, axis=1)
    if levels:
        values = _rounded(values * levels, reads) / levels
    _scattered(images, atlas, used, values.astype(np.float32))


def _rounded(values: np.ndarray, reads: csr_matrix) -> np.ndarray:
    """Round texels ``(T, C)``, each up or down, so that ``reads`` of them stay near 0."""
    rng = np.random.default_rng(0)
    whole = np.rint(values)
    other = whole + np.where(values > whole, 1.0, -1.0)
    weight = np.asarray(reads.multiply(reads).sum(axis=0)).T
    for _ in range(_SWEEPS):
        change = other - whole
        gain = change * (2 * (reads.T @ (reads @ whole)) + weight * change)
        # Some at a time, as neighbors would do the same twice.
        turned = (gain < 0) & (rng.random(values.shape) < _AT_A_TIME)
        whole, other = np.where(turned, other, whole), np.where(turned, whole, other)
    return whole


def _footprints(atlas: Atlas, points: SeamPoints) -> tuple[np.ndarray, np.ndarray]:
    """Return the four texels that each point reads on each side, and their weights: ``(2, N, 4)``."""
    starts = atlas.starts
    width, height = np.array(atlas.sizes, np.int64)[points.pages].transpose(2, 0, 1)
    x, y = points.places.real, points.places.imag
    left, top = np.floor(x).astype(np.int64), np.floor(y).astype(np.int64)
    right, down = x - left, y - top
    texels, weights = [], []
    for dx, dy in ((0, 0), (1, 0), (0, 1), (1, 1)):
        column, row = (left + dx).clip(0, width - 1), (top + dy).clip(0, height - 1)
        texels.append(starts[points.pages] + row * width + column)
        weights.append((right if dx else 1 - right) * (down if dy else 1 - down))
    return np.stack(texels, axis=2), np.stack(weights, axis=2)


def _scattered(
    images: Sequence[np.ndarray], atlas: Atlas, texels: np.ndarray, values: np.ndarray
) -> None:
    starts = atlas.starts
    cuts = np.searchsorted(texels, starts[1:-1])
    for image, part, rows, start in zip(
        images, np.split(texels, cuts), np.split(values, cuts), starts, strict=False
    ):
        image.reshape(-1, image.shape[2])[part - start] = rows


def fill_margin(images: Sequence[np.ndarray], atlas: Atlas, links: Sequence[Links]) -> None:
    """Fill the pixels around islands with what lies across the seams.

    What was there before is not looked at, so that a background does not show at the seams.

    Parameters
    ----------
    images : sequence of (H, W, C) float32
        The tiles; changed in place.
    atlas : Atlas
        The islands.
    links : sequence of Links
        For each tile, what lies across.
    """
    # Beside borders there is something to interpolate with only when the nearest pixels are there.
    rims = []
    for one in links:
        texel = atlas.texel(one.page, one.place)
        rim = np.flatnonzero(atlas.planes.distance[texel] < _RIM)
        rims.append((one.pixels[rim], _read(images, atlas, texel[rim])))
    for image, (pixels, colors) in zip(images, rims, strict=True):
        image.reshape(-1, image.shape[2])[pixels] = colors
    found = [sampled(images, one.page, one.place) for one in links]
    for image, one, colors in zip(images, links, found, strict=True):
        image.reshape(-1, image.shape[2])[one.pixels] = colors


def _read(images: Sequence[np.ndarray], atlas: Atlas, texels: np.ndarray) -> np.ndarray:
    """Return the colors of pixels that are counted on over all tiles."""
    if len(images) == 1:
        return images[0].reshape(-1, images[0].shape[2])[texels]
    result = np.empty((len(texels), images[0].shape[2]), np.float32)
    for image, start, stop in zip(images, atlas.starts, atlas.starts[1:], strict=False):
        here = (texels >= start) & (texels < stop)
        result[here] = image.reshape(-1, image.shape[2])[texels[here] - start]
    return result
