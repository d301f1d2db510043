"""Islands of a UV layout, and the seams between them.

Islands are parts of the texture: those with the very same borders, as mirrored and stacked parts of a
mesh have them, count once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from .uv_mesh import UVMesh

_SAME = 1e-6
"""UVs that are nearer to each other than this, in tiles, are the same: modifiers compute each anew."""

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
    area = _areas(mesh.uv)
    solid = np.abs(area) > _FLAT
    halves = _Halves.of(mesh.uv[solid], _welded(mesh.positions)[mesh.triangles[solid]])
    one, other = _pairs(halves.vertices)
    apart = np.abs(halves.places[one] - halves.places[other]).max(axis=(1, 2), initial=0)
    inside = (apart < _SAME) & (halves.side[one] != halves.side[other])
    joins = np.stack((one[inside], other[inside]), axis=1) // 3
    island = _components(joins, int(solid.sum()))
    border = np.ones(len(halves.side), bool)
    border[one[inside]] = border[other[inside]] = False
    rows = np.flatnonzero(border)
    corner = _near(halves.places[rows])
    island, key = _same_islands(island[rows // 3], np.sort(corner, axis=1))
    # Copies of an island have the same borders; the first one stands for all.
    _, kept, rank = np.unique(
        island * (int(key.max(initial=0)) + 1) + key, return_index=True, return_inverse=True
    )
    rank = rank.reshape(-1)
    number = np.cumsum(border) - 1
    one, other = number[one[~inside]], number[other[~inside]]
    a, b = rank[one], rank[other]
    turned = (corner[kept[a], 0] != corner[one, 0]) != (corner[kept[b], 0] != corner[other, 0])
    seams = np.stack((np.minimum(a, b), np.maximum(a, b), turned), axis=1)
    seams = seams[np.unique(_numbered(seams), return_index=True)[1]]
    middle = halves.middle[rows[kept]]
    return Layout(
        Borders(
            halves.places[rows[kept]],
            halves.third[rows[kept]],
            island[kept].astype(np.int32),
            (1001 + np.floor(middle[:, 0]) + 10 * np.floor(middle[:, 1])).astype(np.int32),
        ),
        seams[:, :2],
        seams[:, 2].astype(bool),
        int(island.max(initial=0)),
    )


@dataclass(frozen=True, eq=False)
class _Halves:
    """The sides of all triangles, three of each; from the vertex with the lower number to the other.

    ``side`` says on which side of it the triangle lies in the texture.
    """

    vertices: np.ndarray
    places: np.ndarray
    third: np.ndarray
    middle: np.ndarray
    side: np.ndarray

    @classmethod
    def of(cls, uv: np.ndarray, vertices: np.ndarray) -> _Halves:
        ends = np.stack((np.roll(vertices, -1, axis=1), np.roll(vertices, -2, axis=1)), axis=2)
        places = np.stack((np.roll(uv, -1, axis=1), np.roll(uv, -2, axis=1)), axis=2)
        flip = (ends[..., 0] > ends[..., 1]).reshape(-1)
        ends, places = ends.reshape(-1, 2), places.reshape(-1, 2, 2)
        side = np.repeat(np.sign(_areas(uv)), 3)
        return cls(
            np.where(flip[:, None], ends[:, ::-1], ends),
            np.where(flip[:, None, None], places[:, ::-1], places),
            uv.reshape(-1, 2),
            np.repeat(uv.mean(axis=1), 3, axis=0),
            np.where(flip, -side, side),
        )


def _near(places: np.ndarray) -> np.ndarray:
    """Return numbers ``(N, 2)`` for the ends ``(N, 2, 2)`` of borders, the same for the same place."""
    exact = _numbered(np.round(places.reshape(-1, 2) * 2.0**24).astype(np.int64))
    _, first = np.unique(exact, return_index=True)
    points = places.reshape(-1, 2)[first]
    joins = cKDTree(points).query_pairs(_SAME, output_type="ndarray") if len(points) else points
    return _components(joins.reshape(-1, 2).astype(np.int64), len(points))[exact].reshape(-1, 2)


def _same_islands(island: np.ndarray, ends: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return islands from 1, by border, the same for those with the same borders; and the borders.

    Mirrored and stacked parts of a mesh are cut into triangles in different ways, so those are not
    compared.
    """
    key = _numbered(ends.astype(np.int64))
    rows = np.unique(
        island.astype(np.int64) * (int(key.max(initial=0)) + 1) + key, return_index=True
    )[1]
    # Sums of random numbers: sets of borders that differ have different ones.
    words = np.random.default_rng(0).integers(1, 2**62, int(key.max(initial=0)) + 1, np.uint64)
    mark = np.zeros(int(island.max(initial=0)) + 1, np.uint64)
    np.add.at(mark, island[rows], words[key[rows]])
    return np.unique(mark[island], return_inverse=True)[1].reshape(-1).astype(np.int64) + 1, key


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
