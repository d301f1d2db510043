"""Islands of a UV layout, and the seams between them.

Islands are found in the texture: triangles with the very same UVs, as mirrored and stacked halves have
them, count once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from .uv_mesh import UVMesh

_GRID = 2.0**-22
"""UVs that are nearer to each other than this, in tiles, are the same."""

_SLACK = 1e-4
"""How far a UV may be beyond its tile, in tiles."""

_REPEATED = 0.02
"""Share of the area outside of the tiles from which on a texture counts as repeated."""

_FLAT = 1e-13
"""Area in tiles below which a triangle shows nothing of the texture."""


@dataclass(frozen=True, eq=False)
class Borders:
    """The borders of all islands: edges of the UV layout with the triangles on one side only.

    Attributes
    ----------
    ends : (B, 2, 2) float64
        UVs of each edge's start and end.
    third : (B, 2) float64
        UV of the third corner of its triangle, which says on which side the island is.
    island : (B,) int32
        The island, from 1.
    tile : (B,) int32
        UDIM number of the tile in which it is.
    """

    ends: np.ndarray
    third: np.ndarray
    island: np.ndarray
    tile: np.ndarray

    def __len__(self) -> int:
        return len(self.ends)


@dataclass(frozen=True, eq=False)
class Layout:
    """The islands of a UV layout.

    Attributes
    ----------
    borders : Borders
        Their borders.
    seams : (S, 2) int64
        Pairs of borders that are one edge of the mesh; a border that the mesh mirrors is paired with
        itself. A border that stacked islands share may be in several pairs.
    turned : (S,) bool
        The second border of a pair runs the other way: its end is at the first one's start.
    count : int
        Number of islands.
    """

    borders: Borders
    seams: np.ndarray
    turned: np.ndarray
    count: int


def on_tiles(mesh: UVMesh, tiles: Sequence[int]) -> UVMesh | None:
    """Return the triangles of a mesh that lie on certain UDIM tiles.

    Parameters
    ----------
    mesh : UVMesh
        The triangles.
    tiles : sequence of int
        UDIM numbers of the tiles that a texture has.

    Returns
    -------
    UVMesh or None
        None if a good part of them lies on no tile or across several: the texture is repeated.
    """
    low, high = (np.floor(corner) for corner in _bounds(mesh.uv))
    number = 1001 + low[:, 0] + 10 * low[:, 1]
    inside = (low == high).all(axis=1) & (low[:, 0] >= 0) & (low[:, 0] < 10)
    inside &= np.isin(number, np.asarray(tiles))
    area = np.abs(_areas(mesh.uv))
    if area[~inside].sum() > _REPEATED * area.sum() or not inside.any():
        return None
    return UVMesh(mesh.positions, mesh.triangles[inside], mesh.uv[inside])


def _bounds(uv: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the least and the greatest UV of triangles; what ends at a tile's border is inside."""
    return uv.min(axis=1) + _SLACK, uv.max(axis=1) - _SLACK


def _areas(uv: np.ndarray) -> np.ndarray:
    """Return the signed areas of triangles, doubled."""
    first, second = uv[:, 1] - uv[:, 0], uv[:, 2] - uv[:, 0]
    return first[:, 0] * second[:, 1] - first[:, 1] * second[:, 0]


def find_islands(mesh: UVMesh) -> Layout:
    """Find the islands of a mesh's UVs and the seams between them.

    An edge of the mesh at which more than two triangles meet is no seam.

    Parameters
    ----------
    mesh : UVMesh
        The triangles.

    Returns
    -------
    Layout
        Islands, borders and seams.
    """
    corner = _numbered(np.round(mesh.uv.reshape(-1, 2) / _GRID).astype(np.int64)).reshape(-1, 3)
    area = _areas(mesh.uv)
    solid = np.abs(area) > _FLAT
    corner, uv = corner[solid], mesh.uv[solid]
    vertex = _welded(mesh.positions)[mesh.triangles[solid]]
    # The same triangle of the texture, however often the mesh uses it.
    same = _numbered(np.sort(corner, axis=1))
    kept = np.unique(same, return_index=True)[1]
    # Half-edge k of a triangle lies opposite of corner k.
    number = 3 * same[:, None] + np.stack(
        [(corner[kept[same]] == corner[:, k : k + 1]).argmax(axis=1) for k in range(3)], axis=1
    )
    ends = np.stack([np.roll(vertex, -1, axis=1), np.roll(vertex, -2, axis=1)], axis=2)
    flip = ends[..., 0] > ends[..., 1]
    places = np.stack([np.roll(corner, -1, axis=1), np.roll(corner, -2, axis=1)], axis=2)
    ends = np.where(flip[..., None], ends[..., ::-1], ends).reshape(-1, 2)
    places = np.where(flip[..., None], places[..., ::-1], places).reshape(-1, 2)
    one, other = _pairs(ends)
    halves, facing = number.reshape(-1), np.repeat(np.sign(area[solid]), 3)
    facing = facing * np.where(flip.reshape(-1), -1, 1)  # the side on which the triangle lies
    together = (places[one] == places[other]).all(axis=1)
    inside = together & (facing[one] != facing[other]) & (halves[one] // 3 != halves[other] // 3)
    joins = np.stack((halves[one][inside], halves[other][inside]), axis=1) // 3
    island = _components(joins, len(kept))
    border = np.ones(3 * len(kept), bool)
    border[halves[one][inside]] = border[halves[other][inside]] = False
    across = ~inside & border[halves[one]] & border[halves[other]]
    one, other = one[across], other[across]
    borders = np.flatnonzero(border)
    rank = np.cumsum(border) - 1
    # Which end of a border is which is that of the triangle that was kept.
    starts = corner[kept[borders // 3], (borders % 3 + 1) % 3]
    a, b = rank[halves[one]], rank[halves[other]]
    turned = (starts[a] == places[one, 0]) != (starts[b] == places[other, 0])
    rows = np.stack((np.minimum(a, b), np.maximum(a, b), turned), axis=1)
    rows = rows[np.unique(_numbered(rows), return_index=True)[1]]
    kept_uv = uv[kept[borders // 3]]
    row, k = np.arange(len(borders)), borders % 3
    middle = kept_uv.mean(axis=1)
    return Layout(
        Borders(
            np.stack((kept_uv[row, (k + 1) % 3], kept_uv[row, (k + 2) % 3]), axis=1),
            kept_uv[row, k],
            island[borders // 3],
            (1001 + np.floor(middle[:, 0]) + 10 * np.floor(middle[:, 1])).astype(np.int32),
        ),
        rows[:, :2],
        rows[:, 2].astype(bool),
        int(island.max(initial=0)),
    )


def _welded(positions: np.ndarray) -> np.ndarray:
    """Return the number of each vertex, the same for those at one place: many formats split them."""
    extent = float(np.ptp(positions, axis=0).max(initial=0)) if len(positions) else 0.0
    return _numbered(np.round(positions / (max(extent, 1e-9) * 1e-6)).astype(np.int64))


def _numbered(rows: np.ndarray) -> np.ndarray:
    """Return a number for each row ``(N, K) int64``, the same for equal ones."""
    number = np.zeros(len(rows), np.int64)
    for column in rows.T:  # several times as fast as numpy's own, which compares whole rows
        values, rank = np.unique(column, return_inverse=True)
        number = np.unique(number * len(values) + rank.reshape(-1), return_inverse=True)[1]
        number = number.reshape(-1)
    return number


def _pairs(ends: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the two half-edges of each edge that has two; those of no length have none."""
    key = ends[:, 0].astype(np.int64) * (int(ends.max(initial=0)) + 1) + ends[:, 1]
    order = np.argsort(key, kind="stable")
    ranked = key[order]
    begins = np.flatnonzero(np.diff(ranked, prepend=-1))
    counts = np.diff(begins, append=len(ranked))
    begins = begins[counts == 2]
    one, other = order[begins], order[begins + 1]
    long = ends[one, 0] != ends[one, 1]
    return one[long], other[long]


def _components(joins: np.ndarray, count: int) -> np.ndarray:
    """Return the island of each triangle, from 1."""
    graph = coo_matrix((np.ones(len(joins), bool), (joins[:, 0], joins[:, 1])), (count, count))
    return (connected_components(graph, directed=False)[1] + 1).astype(np.int32)
