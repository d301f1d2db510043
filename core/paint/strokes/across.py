"""Carry strokes across the seams of a mesh: each goes on, turned and scaled, on the other side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from ...mesh.atlas import Atlas
from .render import Clip
from .stroke_list import ARRAYS, StrokeList, picked

_ALONG = (-1.0, -0.5, 0.0, 0.5, 1.0)  # points of a stroke at which it may be on another island,
_ACROSS = (-1.0, 0.0, 1.0)  # in halves of its length and width


@dataclass(frozen=True, eq=False)
class Continued:
    """The strokes of one picture with those that come over its seams.

    Attributes
    ----------
    strokes : StrokeList
        All that are drawn.
    clip : Clip
        What keeps them on their islands.
    """

    strokes: StrokeList
    clip: Clip


@dataclass(frozen=True, eq=False)
class _Copies:
    """Strokes that go on across a seam: which, where to, and how they change."""

    page: np.ndarray
    island: np.ndarray
    place: np.ndarray
    turn: np.ndarray
    mirrored: np.ndarray
    scale: np.ndarray
    source: np.ndarray


def continue_across(
    lists: Sequence[StrokeList], sizes: Sequence[tuple[int, int]], atlas: Atlas
) -> list[Continued]:
    """Give each island the strokes of its neighbors that reach over a seam.

    On both sides of a seam the same strokes are then laid in the same order. A stroke is drawn on its
    own island only, and its continuation on the other one only. Strokes around the islands are left
    out: they were placed on what the neighbors show there.

    Parameters
    ----------
    lists : sequence of StrokeList
        Those of each tile.
    sizes : sequence of (int, int)
        Width and height of the tiles in pixels, as they will be drawn.
    atlas : Atlas
        The islands at these sizes.

    Returns
    -------
    list of Continued
        For each tile.
    """
    parts: list[list[tuple[StrokeList, np.ndarray, np.ndarray]]] = [[] for _ in lists]
    for index, (strokes, size) in enumerate(zip(lists, sizes, strict=True)):
        kept, owner, copies = _split(strokes, size, atlas, index)
        order = np.arange(len(strokes)) / max(1, len(strokes))
        parts[index].append((picked(strokes, kept), owner[kept], order[kept]))
        for target, other in enumerate(sizes):
            here = np.flatnonzero(copies.page == target)
            moved = _moved(strokes, copies, here, size, other, lists[target])
            parts[target].append((moved, copies.island[here], order[copies.source[here]]))
    return [_merged(part, atlas.pages[i].region) for i, part in enumerate(parts)]


def _units(strokes: StrokeList, size: tuple[int, int]) -> tuple[float, float]:
    """Return pixels by the long side across and down, as strokes are drawn."""
    return size[0] / strokes.aspect[0], size[1] / strokes.aspect[1]


def _split(
    strokes: StrokeList, size: tuple[int, int], atlas: Atlas, index: int
) -> tuple[np.ndarray, np.ndarray, _Copies]:
    """Return which strokes stay, the islands that clip them (0: none), and the continued ones."""
    page, sides, islands = atlas.pages[index], atlas.sides, atlas.layout.borders.island
    across, down = _units(strokes, size)
    unit = np.sqrt(across * down)
    place = (strokes.x * across - 0.5) + 1j * (strokes.y * down - 0.5)
    length, width = strokes.length * unit, strokes.width * unit
    own, nearest, distance = (_read(a, place) for a in (page.island, page.nearest, page.distance))
    margin = atlas.reach(index)
    around = (own == 0) & (distance <= margin) & (nearest >= 0)
    kept = ~(around & (sides.border[nearest] >= 0))
    reach = length / 2 + width / 2 + np.abs(strokes.bend) * length + 2
    near = np.flatnonzero((own > 0) & (distance < reach))
    owner = np.zeros(len(strokes), np.int32)
    owner[near] = own[near]
    along = np.exp(1j * strokes.angle[near])
    found = []
    for u in _ALONG:
        rise = strokes.bend[near] * length[near] * (1 - u * u)  # of the arc over its chord
        for v in _ACROSS:
            shift = u * length[near] / 2 + 1j * (v * width[near] / 2 - rise)
            point = place[near] + shift * along
            border = _read(page.nearest, point)
            left = _read(page.island, point) != own[near]
            leaves = left & (border >= 0) & (islands[border] == own[near])
            leaves &= sides.border[border] >= 0
            found.append(np.stack((near[leaves], border[leaves]), axis=1))
    rows = np.concatenate(found)
    # One continuation on each island, by the first of the borders that lead there.
    key = rows[:, 0] * (int(islands.max(initial=0)) + 1) + islands[sides.border[rows[:, 1]]]
    rows = rows[np.unique(key, return_index=True)[1]]
    source, border = rows.T
    far = sides.border[border]
    factor = sides.factor[border]
    copies = _Copies(
        atlas.page[far],
        islands[far],
        sides.across(border, place[source]),
        np.angle(factor),
        sides.mirrored[border],
        np.abs(factor),
        source,
    )
    return kept, owner, copies


def _moved(
    strokes: StrokeList,
    copies: _Copies,
    here: np.ndarray,
    size: tuple[int, int],
    other: tuple[int, int],
    target: StrokeList,
) -> StrokeList:
    """Return the continuations on one tile."""
    found = picked(strokes, copies.source[here])
    across, down = _units(target, other)
    unit = np.sqrt(np.prod(_units(strokes, size)))
    scale = copies.scale[here] * unit / np.sqrt(across * down)
    flip = np.where(copies.mirrored[here], -1.0, 1.0)
    values = {
        "x": (copies.place[here].real + 0.5) / across,
        "y": (copies.place[here].imag + 0.5) / down,
        "length": found.length * scale,
        "width": found.width * scale,
        "angle": copies.turn[here] + flip * found.angle,
        "bend": flip * found.bend,
    }
    values = {name: value.astype(np.float32) for name, value in values.items()}
    return replace(found, **values, aspect=target.aspect, seamless=target.seamless)


def _merged(
    parts: list[tuple[StrokeList, np.ndarray, np.ndarray]], region: np.ndarray
) -> Continued:
    """Return strokes in the order in which they are laid, whichever tile they come from."""
    order = np.argsort(np.concatenate([order for _, _, order in parts]), kind="stable")
    owner = np.concatenate([owner for _, owner, _ in parts])[order]
    together = {
        name: np.concatenate([getattr(strokes, name) for strokes, _, _ in parts])[order]
        for name in ARRAYS
    }
    return Continued(replace(parts[0][0], **together), Clip(region, owner))


def _read(plane: np.ndarray, place: np.ndarray) -> np.ndarray:
    """Return the pixels of a plane at places; those at its edge beyond it."""
    height, width = plane.shape
    rows = np.rint(place.imag).astype(np.int64).clip(0, height - 1)
    return plane[rows, np.rint(place.real).astype(np.int64).clip(0, width - 1)]
