"""Find images that are parts of others, by the arrangement of their keypoints."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import NamedTuple

import cv2
import numpy as np

from ..control import Control
from ..features.keypoints import Keypoints
from ._same import agreeing_colors, edges_agree

_SMALLEST, _LARGEST = 0.52, 0.97
"""Side of a crop, as a share of the whole's."""

_TABLES, _CELL, _IN_CELL = 10, 0.36, 20
"""Hash tables of surroundings, the width of their cells, and how many keypoints a cell should hold."""

_CELLS_A_AXIS = 3.0
"""Cells that surroundings mostly fall into, along each of a table's axes."""

_MOST_IN_CELL = 64
"""Keypoints of a cell that are compared with each other: more look alike too often to tell."""

_ALIKE = 0.9
"""Least cosine of the surroundings of keypoints that are paired."""

_PLACE = 0.09
"""Side of the cells in which places are counted, as a share of the whole's side."""

_PARTS_AT_ONCE = 1000
_THREADS = 2
"""OpenCV does most of the work, without Python's lock."""

_LEAST_VOTES, _MOST_CANDIDATES = 5, 4
"""Pairs of keypoints in one arrangement, and candidates of each crop that are looked at."""

_REGULAR = 0.88
"""Median correlation of pieces with another place from which on a picture is a regular pattern."""

LAB_SIDE = 96
"""Side of the thumbnails in CIE Lab that are compared."""

_PLAIN = 1.5
"""Deviation of lightness, in [0, 100], below which a part could be anywhere."""

_SEARCHED, _LEAST_SEEN = 8, 28
"""Pixels around the expected place that are searched, and the least side that must be seen there."""

_SLACK = 0.07
"""How far outside the whole a part may seem to lie, as a share of the whole's side."""

_SIDES_TRIED = np.array([0.9, 0.97, 1.03, 1.1])
_WORTH_A_LOOK, _WORTH_A_CLOSER_LOOK = 0.6, 0.7
_FIT, _CLEAR = 0.82, 2.5
"""Least correlation of a crop with its place, and how many times worse any other place must fit."""


def find_crops(
    keypoints: Keypoints,
    sizes: np.ndarray,
    rows: np.ndarray,
    new: np.ndarray,
    lab: Callable[[int], np.ndarray | None],
    control: Control,
) -> Iterator[tuple[int, int]]:
    """Yield pairs of a whole and an image that is a part of it, not mirrored or turned.

    Where a pattern repeats, a part has no place of its own and is not found.

    Parameters
    ----------
    keypoints : Keypoints
        Of N images.
    sizes : (N, 2) int64
        Their widths and heights.
    rows : (M,) int64
        The images to compare.
    new : (N,) bool
        Of each pair, one at least is new.
    lab : callable
        Returns the thumbnail of a row in CIE Lab, ``(LAB_SIDE, LAB_SIDE, 3)`` float32, or None. It is
        called by several threads.
    control : Control
        Cancellation.

    Yields
    ------
    whole, part : int
        Rows.

    Raises
    ------
    JobCancelled
        It was asked to stop.
    """

    @cache
    def is_regular(row: int) -> bool:
        image = lab(row)
        return image is not None and _repetition(image[..., 0]) > _REGULAR

    def is_part(candidate: tuple[int, int, float, float, float]) -> bool:
        control.cancel.raise_if_set()
        whole, part, *place = candidate
        outer, inner = lab(whole), lab(part)
        if outer is None or inner is None:
            return False
        rough = _rough_fit(outer, inner, *place)
        return rough is not None and not is_regular(whole) and _is_part(outer, inner, rough)

    candidates = _candidates(keypoints, sizes, rows, new)
    with ThreadPoolExecutor(_THREADS, "impasto-crops") as pool:
        for (whole, part, *_), found in zip(candidates, pool.map(is_part, candidates), strict=True):
            if found:
                yield whole, part


def _candidates(
    keypoints: Keypoints, sizes: np.ndarray, rows: np.ndarray, new: np.ndarray
) -> list[tuple[int, int, float, float, float]]:
    """Return whole, part, and the part's side and corner as shares of the whole's side."""
    images, numbers = np.nonzero(keypoints.levels[rows] >= 0)
    images = rows[images]
    places = keypoints.places[images, numbers]
    levels = keypoints.levels[images, numbers]
    around = keypoints.surroundings[images, numbers]
    one, other = _paired(images, new[images], levels, around)
    if not len(one):
        return []
    # Keypoints are those of the center, a square; an oblong image reaches further.
    beyond = sizes / sizes.min(1, keepdims=True).clip(1) / 2 - 0.5
    arrangements: list[np.ndarray] = []
    for start in range(0, len(beyond), _PARTS_AT_ONCE):
        here = (images[other] >= start) & (images[other] < start + _PARTS_AT_ONCE)
        wholes, parts = one[here], other[here]
        # How many half octaves a blob of the part is larger than that of the whole.
        shift = levels[parts] // 2 - levels[wholes] // 2
        for side in np.geomspace(_SMALLEST, _LARGEST, 8):
            fits = np.abs(shift + 2 * np.log2(side)) < 0.95
            corners = places[wholes[fits]] - side * places[parts[fits]]
            pairs = np.stack([images[wholes[fits]], images[parts[fits]]])
            arrangements += _arrangements(pairs, corners, side, beyond)
    if not arrangements:
        return []
    table = np.concatenate(arrangements)
    table = table[np.lexsort((-table[:, 0], table[:, 1], table[:, 2]))]
    table = table[np.unique(table[:, 1:3], axis=0, return_index=True)[1]]
    # Of each part, those with the most votes.
    table = table[np.lexsort((-table[:, 0], table[:, 2]))]
    _, starts, counts = np.unique(table[:, 2], return_index=True, return_counts=True)
    place = np.arange(len(table)) - np.repeat(starts, counts)
    return [
        (int(whole), int(part), side, x, y)
        for _, whole, part, side, x, y in table[place < _MOST_CANDIDATES].tolist()
    ]


def _arrangements(
    pairs: np.ndarray, corners: np.ndarray, side: float, beyond: np.ndarray
) -> Iterator[np.ndarray]:
    """Yield votes, whole, part, side and corner ``(A, 6)`` of parts that many keypoints agree on."""
    whole, part = pairs
    low, high = corners - side * beyond[part], corners + side * (1 + beyond[part])
    inside = (low > -beyond[whole] - _SLACK) & (high < 1 + beyond[whole] + _SLACK)
    inside = inside.all(1)
    whole, part, corners = whole[inside], part[inside], corners[inside]
    for offset in (0.0, 0.5):
        cells = np.floor(corners / _PLACE + offset).astype(np.int64) + 24
        votes = ((whole * len(beyond) + part) * 64 + cells[:, 0]) * 64 + cells[:, 1]
        order = np.argsort(votes)
        starts, counts = _runs(votes[order])
        enough = counts >= _LEAST_VOTES
        if enough.any():
            means = np.add.reduceat(corners[order], starts)[enough] / counts[enough, None]
            first = order[starts[enough]]
            sides = np.full(len(first), side)
            yield np.column_stack([counts[enough], whole[first], part[first], sides, means])


def _paired(
    images: np.ndarray, new: np.ndarray, levels: np.ndarray, around: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return pairs of keypoints of different images with like surroundings, in both orders."""
    random = np.random.default_rng(0)
    wanted = np.log(max(2, len(images) / (2 * _IN_CELL))) / np.log(_CELLS_A_AXIS)
    start = int(np.clip(round(wanted), 2, around.shape[1]))
    pairs = []
    for _ in range(_TABLES):
        axes = np.linalg.qr(random.standard_normal((around.shape[1],) * 2))[0]
        offsets = random.uniform(0, 1, around.shape[1])
        cells = np.floor(around @ axes / _CELL + offsets).astype(np.int64) + 4
        members = np.arange(len(images))
        # Where too many share a cell, more axes divide it.
        for count in range(start, around.shape[1] + 1, 2):
            keys = cells[members, :count] @ (8 ** np.arange(count)) * 2 + levels[members] % 2
            order = np.argsort(keys, kind="stable")
            starts, counts = _runs(keys[order])
            useful = np.logical_or.reduceat(new[members[order]], starts)
            for ends in _alike_within(members[order], starts[useful], counts[useful], around):
                kept = images[ends[0]] != images[ends[1]]
                kept &= new[ends[0]] | new[ends[1]]
                kept &= np.abs(levels[ends[0]] - levels[ends[1]]) <= 4
                # Of two images, the one with the lower row comes first.
                low, high = np.sort(ends[:, kept], axis=0)
                pairs.append(low * len(images) + high)
            members = members[order[np.repeat(useful & (counts > _MOST_IN_CELL), counts)]]
            if not len(members):
                break
        pairs = [np.unique(np.concatenate(pairs))] if pairs else []
    joined = pairs[0] if pairs else np.zeros(0, np.int64)
    one, other = np.divmod(joined, len(images))
    # Most images share a keypoint or two by chance.
    both = images[one] * (images.max(initial=0) + 1) + images[other]
    order = np.argsort(both)
    _, counts = _runs(both[order])
    often = order[np.repeat(counts >= _LEAST_VOTES, counts)]
    one, other = one[often], other[often]
    return np.concatenate([one, other]), np.concatenate([other, one])


def _runs(ordered: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return where runs of equal numbers, none of them negative, start, and how long they are."""
    starts = np.flatnonzero(np.diff(ordered, prepend=-1))
    return starts, np.diff(starts, append=len(ordered))


def _alike_within(
    members: np.ndarray, starts: np.ndarray, counts: np.ndarray, around: np.ndarray
) -> Iterator[np.ndarray]:
    """Yield pairs ``(2, P)`` of those alike that share a cell, unless too many share it."""
    for size in np.unique(counts[(counts > 1) & (counts <= _MOST_IN_CELL)]):
        cells = members[starts[counts == size][:, None] + np.arange(size)]
        vectors = around[cells]
        alike = np.triu(vectors @ vectors.swapaxes(1, 2) >= _ALIKE, 1)
        cell, first, second = np.nonzero(alike)
        yield np.stack([cells[cell, first], cells[cell, second]])


class _Fit(NamedTuple):
    """Where a part is seen in a whole, in pixels of the whole."""

    score: float
    """Correlation of their lightness."""
    side: int
    """Side of the whole part."""
    corner: np.ndarray
    """x and y of the piece of the part that was compared."""
    cut: tuple[slice, slice]
    """Rows and columns of this piece in the part."""

    @property
    def middle(self) -> np.ndarray:
        """x and y of the middle of all of the part."""
        rows, columns = self.cut
        return self.corner - (columns.start, rows.start) + self.side / 2


def _rough_fit(
    outer: np.ndarray, inner: np.ndarray, side: float, x: float, y: float
) -> _Fit | None:
    """Return where a part is seen about where it is expected, at half the resolution, or None."""
    half = LAB_SIDE // 2
    ground, part = (_shrunk(image[..., 0], (half, half)) for image in (outer, inner))
    middle = (np.array([x, y]) + side / 2) * half
    sides = np.unique(np.rint(half * side * _SIDES_TRIED).astype(int))
    sides = sides[(sides >= _LEAST_SEEN // 2) & (sides <= half)]
    best = _best_fit(ground, part, sides, middle, _SEARCHED // 2)
    if best is None or best.score < _WORTH_A_LOOK:
        return None
    near = [near for near in (best.side - 1, best.side + 1) if near <= half]
    better = _best_fit(ground, part, near, best.middle, 1)
    if better is None or better.score < best.score:
        better = best
    return better if better.score >= _WORTH_A_CLOSER_LOOK else None


def _best_fit(
    ground: np.ndarray, part: np.ndarray, sides: Iterable[int], middle: np.ndarray, searched: int
) -> _Fit | None:
    """Look for a part around a place in each of some sizes; None if it is plain or hardly seen."""
    best: _Fit | None = None
    for side in sides:
        corner = np.rint(middle - side / 2).astype(int)
        # What is certainly seen: all of it, unless it lies outside of the center.
        first = np.where(corner < -searched // 2, searched - corner, 0)
        over = corner + side - len(ground)
        last = side - np.where(over > searched // 2, over + searched, 0)
        seen = last - first
        if seen.min() < _LEAST_SEEN * len(ground) // LAB_SIDE:
            continue
        cut = np.s_[first[1] : last[1], first[0] : last[0]]
        piece = _shrunk(part, (side, side))[cut]
        if piece.std() < _PLAIN:
            return None
        low = np.clip(corner + first - searched, 0, len(ground) - seen)
        high = np.clip(corner + first + searched, 0, len(ground) - seen) + seen
        window = ground[low[1] : high[1], low[0] : high[0]]
        scores = cv2.matchTemplate(window, piece, cv2.TM_CCOEFF_NORMED)
        _, score, _, place = cv2.minMaxLoc(scores)
        if best is None or score > best.score:
            best = _Fit(score, side, low + place, cut)
    return best


def _is_part(outer: np.ndarray, inner: np.ndarray, rough: _Fit) -> bool:
    """Return whether one picture shows a part of the other, near where it was seen roughly."""
    ground, light = (np.ascontiguousarray(image[..., 0]) for image in (outer, inner))
    sides = range(2 * rough.side - 2, min(2 * rough.side + 2, LAB_SIDE) + 1)
    best = _best_fit(ground, light, sides, 2 * rough.middle, 3)
    if best is None or best.score < _FIT:
        return False
    left, top = best.corner
    small = _shrunk(inner, (best.side, best.side))[best.cut]
    height, width = small.shape[:2]
    seen = outer[top : top + height, left : left + width]
    if not agreeing_colors(seen, small):
        return False
    half = (max(1, width // 2), max(1, height // 2))
    if not edges_agree(_shrunk(seen[..., 0], half), _shrunk(small[..., 0], half)):
        return False
    scores = cv2.matchTemplate(ground, np.ascontiguousarray(small[..., 0]), cv2.TM_CCOEFF_NORMED)
    around = max(3, best.side // 12)
    scores[max(0, top - around) : top + around + 1, max(0, left - around) : left + around + 1] = -1
    return bool(1 - float(scores.max()) > _CLEAR * (1 - best.score))


def _shrunk(image: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    return cv2.resize(image, size, interpolation=cv2.INTER_AREA)


def _repetition(lightness: np.ndarray) -> float:
    """Return how well pieces of a picture, or their negatives, fit at other places, at most 1."""
    half = LAB_SIDE // 2
    ground = cv2.resize(lightness, (half, half), interpolation=cv2.INTER_AREA)
    size, near = half * 3 // 10, half // 10
    found = []
    for y in np.linspace(0, half - size, 3).astype(int):
        for x in np.linspace(0, half - size, 3).astype(int):
            piece = np.ascontiguousarray(ground[y : y + size, x : x + size])
            if piece.std() < _PLAIN:
                continue
            scores = np.abs(cv2.matchTemplate(ground, piece, cv2.TM_CCOEFF_NORMED))
            scores[max(0, y - near) : y + near + 1, max(0, x - near) : x + near + 1] = 0
            found.append(scores.max())
    return float(np.median(found)) if found else 1.0
