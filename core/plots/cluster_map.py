"""The cluster map: a block of thumbnails for each group, near the groups that it resembles."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from . import theme
from .layout import Block, group_places, in_grid, lay_out
from .mosaic import Mosaic
from .shown import Shown, shown_groups

_WIDTH, _HEIGHT = 1600, 1000
_TOP, _MARGIN = 104, 44
_MOST, _MOST_QUIET = 260, 80
"""Thumbnails on one map, of which so many without a named group, unless there is no other."""

_LARGEST = 280
_HEADING, _CAPTION = 40, 22
"""Pixels for the heading of a section, and for the names of textures below them."""

_LONGEST = 28
"""Letters of a name and count for which room is kept."""

_READABLE = 88
"""Cells from this size on, in pixels, carry the names of their textures."""


@dataclass(frozen=True)
class _Section:
    """Textures without a named group: a heading, and the rows that are drawn."""

    heading: str
    rows: np.ndarray


def draw(
    points: np.ndarray,
    labels: np.ndarray,
    names: Sequence[str],
    thumbnail: Callable[[int], np.ndarray | None],
    *,
    titles: Sequence[str] = (),
    below: str = "",
    seed: int = 0,
) -> Figure:
    """Draw the cluster map.

    The largest groups are blocks with a name and a color. Groups beyond these, groups of a single
    texture and ungrouped textures share the lower part, with gray frames.

    Parameters
    ----------
    points : (N, D) float32
        The points.
    labels : (N,) int64
        Group of each point; -1 is ungrouped.
    names : sequence of str
        Name of each group.
    thumbnail : callable
        Returns the thumbnail of a row, ``(h, w, 4)`` uint8; None gives an empty cell.
    titles : sequence of str, optional
        Name of each texture, drawn where there is room.
    below : str, optional
        A line below the heading.
    seed : int, optional
        Random seed.

    Returns
    -------
    Figure
        1600 x 1000 pixels.
    """
    figure = theme.figure(_WIDTH, _HEIGHT)
    axes = theme.canvas(figure)
    theme.title(axes, "Textures by look", below)
    if not len(points):
        theme.title(axes, "", "Nothing to show", y=_HEIGHT / 2)
        return figure
    shown = shown_groups(labels)
    sections = _sections(labels, shown, seed)
    rows = _share(np.flatnonzero(np.isin(labels, shown.named)), labels, _MOST, seed)
    mosaic = Mosaic(axes)
    picture = _Picture(axes, mosaic, thumbnail, titles)
    floor = _HEIGHT - _MARGIN / 2
    places = _balanced(points, labels, rows, shown, names, sections, seed)
    _draw_groups(picture, places, rows, shown, names, floor - places.lower)
    _draw_sections(picture, sections, points, places, floor, seed)
    mosaic.show()
    return figure


@dataclass(frozen=True)
class _Places:
    """Blocks, the side of their cells, the height of the lower part, and the cells of each name."""

    blocks: list[Block]
    cell: float
    lower: float
    widths: Mapping[int, float]


@dataclass(frozen=True)
class _Picture:
    """The canvas of a map: thumbnails are painted on it, and names written below them."""

    axes: Axes
    mosaic: Mosaic
    thumbnail: Callable[[int], np.ndarray | None]
    titles: Sequence[str]

    def cell(
        self, row: int, center: tuple[float, float], cell: float, color: np.ndarray, ink: np.ndarray
    ) -> None:
        """Paint a thumbnail in its cell, and the texture's name below it if there is room."""
        size = 0.9 * cell
        named = cell >= _READABLE and len(self.titles) > 0
        if named:
            size = cell - _CAPTION - 2
        left, top = center[0] - size / 2, center[1] - 0.45 * cell
        self.mosaic.thumbnail(self.thumbnail(row), left, top, size, color)
        if named:
            text = theme.fitted(self.axes, self.titles[row], 0.94 * cell, 8.5)
            theme.words(self.axes, center[0], top + size + 11, text, ink, 8.5, ha="center")


def _sections(labels: np.ndarray, shown: Shown, seed: int) -> list[_Section]:
    """Return what is drawn of the textures without a named group."""
    others = shown.others()
    most = _MOST_QUIET if shown.named else _MOST
    total = sum(int(np.isin(labels, group).sum()) for group, _ in others)
    found = []
    for group, heading in others:
        text = heading
        rows = np.flatnonzero(np.isin(labels, group))
        if total > most:
            share = max(8, round(most * len(rows) / total))
            if share < len(rows):
                rows = np.sort(np.random.default_rng(seed).permutation(rows)[:share])
                text += f" \u2013 {share} are shown"
        found.append(_Section(text, rows))
    return found


def _share(rows: np.ndarray, labels: np.ndarray, most: int, seed: int) -> np.ndarray:
    """Return the rows to draw: all, or an even share of each group."""
    if len(rows) <= most:
        return rows
    random = np.random.default_rng(seed)
    parts = []
    for label in np.unique(labels[rows]):
        members = rows[labels[rows] == label]
        share = max(1, round(most * len(members) / len(rows)))
        parts.append(random.permutation(members)[:share])
    return np.sort(np.concatenate(parts))


def _balanced(
    points: np.ndarray,
    labels: np.ndarray,
    rows: np.ndarray,
    shown: Shown,
    names: Sequence[str],
    sections: Sequence[_Section],
    seed: int,
) -> _Places:
    """Return the blocks, and the height of the lower part with which cells are of like size."""
    room = _HEIGHT - _TOP - _MARGIN / 2
    if not len(rows):
        return _Places([], float(_LARGEST), room, {})
    widths = _widths(names, shown, room, len(rows))
    flat = group_places(points[rows], labels[rows], seed)
    best: tuple[float, list[Block], float] = (-1.0, [], 0.0)
    for share in (0.14, 0.24, 0.38, 0.55) if sections else (0.0,):
        height = share * room
        aspect = _WIDTH / (room - height)
        placed = lay_out(
            points[rows], labels[rows], seed, aspect=aspect, least_widths=widths, places=flat
        )
        cell, _, _ = _frame(placed, widths, room - height)
        if sections:
            cell = min(cell, _section_cell(sections, height))
        if cell > best[0]:
            best = (cell, placed, height)
    return _Places(best[1], best[0], best[2], widths)


def _widths(names: Sequence[str], shown: Shown, room: float, count: int) -> dict[int, float]:
    """Return how many cells wide the name and count above each block are; long ones are shortened."""
    cell = np.sqrt(0.2 * _WIDTH * room / count)  # about what it will be
    letter = max(0.13, 6.8 / cell)
    return {
        label: 0.6 + letter * min(len(f"{names[label]}{shown.sizes[label]}"), _LONGEST)
        for label in shown.named
    }


def _frame(
    placed: Sequence[Block], widths: Mapping[int, float], height: float
) -> tuple[float, float, float]:
    """Return the side of a cell and its origin's x and y, in pixels: all blocks fit, centered."""
    boxes = np.array([block.box for block in placed])
    missing = np.array([widths[block.label] for block in placed]) - (boxes[:, 2] - boxes[:, 0])
    boxes[:, 0] -= np.maximum(missing, 0) / 2
    boxes[:, 2] += np.maximum(missing, 0) / 2
    low, high = boxes[:, :2].min(0) - [0.3, 0.9], boxes[:, 2:].max(0) + 0.3
    wide, tall = high - low
    cell = min((_WIDTH - 2 * _MARGIN) / wide, height / tall, _LARGEST)
    left = (_WIDTH - cell * wide) / 2 - cell * low[0]
    top = _TOP + (height - cell * tall) / 2 - cell * low[1]
    return cell, left, top


def _section_cell(sections: Sequence[_Section], height: float) -> float:
    """Return the largest cell with which all sections fit below each other."""
    height -= _HEADING * len(sections)
    for cell in range(_LARGEST, 8, -1):
        columns = (_WIDTH - 2 * _MARGIN) // cell
        if sum(-(-len(section.rows) // columns) for section in sections) * cell <= height:
            return float(cell)
    return 8.0


def _draw_groups(
    picture: _Picture,
    places: _Places,
    rows: np.ndarray,
    shown: Shown,
    names: Sequence[str],
    floor: float,
) -> None:
    placed, widths = places.blocks, places.widths
    if not placed:
        return
    cell, left, top = _frame(placed, widths, floor - _TOP)
    for block in placed:
        color = shown.color(block.label)
        reach = 1.24 * cell
        for x, y in block.cells:
            at = (left + x * cell - reach / 2, top + y * cell - reach / 2)
            picture.mosaic.box(*at, reach, reach, 0.12 * cell, theme.mixed(color, 0.2))
        _draw_name(
            picture.axes, block, cell, (left, top), names[block.label], widths[block.label], shown
        )
    for block in placed:
        frame = theme.mixed(shown.color(block.label), 0.55)
        ink = theme.mixed(shown.color(block.label), 0.4, "#ffffff")
        for member, (x, y) in zip(block.members, block.cells, strict=True):
            center = (left + x * cell, top + y * cell)
            picture.cell(int(rows[member]), center, cell, frame, ink)


def _draw_name(
    axes: Axes,
    block: Block,
    cell: float,
    origin: tuple[float, float],
    name: str,
    width: float,
    shown: Shown,
) -> None:
    """Draw the name of a block above it, and how many textures the group has."""
    left, top, right, _ = block.box
    x, y = origin[0] + (left + right) / 2 * cell, origin[1] + top * cell - 0.12 * cell - 6
    size = float(np.clip(cell / 7, 7.5, 12.5))
    color = theme.mixed(shown.color(block.label), 0.65, "#ffffff")
    count = f"{shown.sizes[block.label]:,}"
    room = (max(width, right - left) + 0.3) * cell
    beside = theme.text_width(axes, count, size - 1) + 7
    name = theme.fitted(axes, name, room - beside, size, bold=True)
    start = x - (theme.text_width(axes, name, size, bold=True) + beside) / 2
    theme.words(axes, start, y, name, color, size, bold=True, va="bottom")
    theme.words(axes, x * 2 - start, y, count, theme.MUTED, size - 1, ha="right", va="bottom")


def _draw_sections(
    picture: _Picture,
    sections: Sequence[_Section],
    points: np.ndarray,
    places: _Places,
    floor: float,
    seed: int,
) -> None:
    """Draw the textures without a named group in rows, section below section."""
    if not sections:
        return
    top = floor - places.lower
    cell = min(_section_cell(sections, places.lower), 1.15 * places.cell)
    columns = int((_WIDTH - 2 * _MARGIN) // cell)
    used = sum(_HEADING + -(-len(section.rows) // columns) * cell for section in sections)
    top += (floor - top - used) / 2
    left = (_WIDTH - cell * min(columns, max(len(section.rows) for section in sections))) / 2
    for section in sections:
        theme.words(
            picture.axes,
            left + 0.05 * cell,
            top + _HEADING / 2 + 4,
            section.heading,
            theme.MUTED,
            11.5,
            bold=True,
        )
        top += _HEADING
        cells = in_grid(points[section.rows], columns, seed)
        for row, (x, y) in zip(section.rows, cells, strict=True):
            center = (left + (x + 0.5) * cell, top + (y + 0.5) * cell)
            frame = theme.mixed(theme.group_color(-1), 0.8)
            picture.cell(int(row), center, cell, frame, theme.mixed((0.6, 0.6, 0.6), 1.0))
        top += -(-len(section.rows) // columns) * cell
