"""Find images that are parts of others, by the arrangement of their keypoints."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import cache, lru_cache

import cv2
import numpy as np

from ..control import Control
from ..features.keypoints import Keypoints
from ._same import agreeing_colors, edges_agree, lab_of

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

_SIDE = 96
_PLAIN = 1.5
"""Deviation of lightness, in [0, 100], below which a part could be anywhere."""

_SEARCHED, _LEAST_SEEN = 8, 28
"""Pixels around the expected place that are searched, and the least side that must be seen there."""

_SLACK = 0.07
"""How far outside the whole a part may seem to lie, as a share of the whole's side."""

_WORTH_A_LOOK = 0.6
_FIT, _CLEAR = 0.82, 2.5
"""Least correlation of a crop with its place, and how many times worse any other place must fit."""


def find_crops(
    keypoints: Keypoints,
    sizes: np.ndarray,
    rows: np.ndarray,
    new: np.ndarray,
    thumbnail: Callable[[int], np.ndarray | None],
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
    thumbnail : callable
        Returns the thumbnail of a row, ``(h, w, 4)`` uint8, or None.
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

    @lru_cache(maxsize=1024)
    def lab(row: int) -> np.ndarray | None:
        image = thumbnail(row)
        return None if image is None else lab_of(image, _SIDE)

    @cache
    def is_regular(row: int) -> bool:
        image = lab(row)
        return image is not None and _repetition(image[..., 0]) > _REGULAR

    def is_part(candidate: tuple[int, int, float, float, float]) -> bool:
        control.cancel.raise_if_set()
        whole, part, *place = candidate
        outer, inner = lab(whole), lab(part)
        if outer is None or inner is None or is_regular(whole):
            return False
        return _is_part(outer, inner, *place)

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
            for shared in _within(members[order], starts[useful], counts[useful]):
                kept = images[shared[0]] != images[shared[1]]
                kept &= new[shared[0]] | new[shared[1]]
                kept &= np.abs(levels[shared[0]] - levels[shared[1]]) <= 4
                ends = shared[:, kept]
                alike = np.einsum("ij,ij->i", around[ends[0]], around[ends[1]]) >= _ALIKE
                # Of two images, the one with the lower row comes first.
                low, high = np.sort(ends[:, alike], axis=0)
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


def _within(members: np.ndarray, starts: np.ndarray, counts: np.ndarray) -> Iterator[np.ndarray]:
    """Yield pairs ``(2, P)`` of those that share a cell, unless too many do."""
    for size in np.unique(counts[(counts > 1) & (counts <= _MOST_IN_CELL)]):
        cells = members[starts[counts == size][:, None] + np.arange(size)]
        first, second = np.triu_indices(size, 1)
        yield np.stack([cells[:, first].ravel(), cells[:, second].ravel()])


def _is_part(outer: np.ndarray, inner: np.ndarray, side: float, x: float, y: float) -> bool:
    """Return whether one picture shows a part of the other, about where it is expected."""
    ground = np.ascontiguousarray(outer[..., 0])
    if not _may_be_part(ground, inner[..., 0], side, x, y):
        return False
    best: tuple[float, int, np.ndarray, np.ndarray] | None = None
    sides = np.unique(np.rint(_SIDE * side * np.linspace(0.88, 1.12, 13)).astype(int))
    for pixels in sides[(sides >= _LEAST_SEEN) & (sides <= _SIDE)]:
        corner = np.rint(np.array([x, y]) * _SIDE + (side * _SIDE - pixels) / 2).astype(int)
        # What is certainly seen: all of it, unless it lies outside of the center.
        first = np.where(corner < -_SEARCHED // 2, _SEARCHED - corner, 0)
        over = corner + pixels - _SIDE
        last = pixels - np.where(over > _SEARCHED // 2, over + _SEARCHED, 0)
        if (last - first < _LEAST_SEEN).any():
            continue
        piece = cv2.resize(inner[..., 0], (pixels, pixels), interpolation=cv2.INTER_AREA)
        piece = piece[first[1] : last[1], first[0] : last[0]]
        if piece.std() < _PLAIN:
            return False
        room = _SIDE - (last - first)
        low = np.clip(corner + first - _SEARCHED, 0, room)
        high = np.clip(corner + first + _SEARCHED, 0, room) + last - first
        window = ground[low[1] : high[1], low[0] : high[0]]
        scores = cv2.matchTemplate(window, piece, cv2.TM_CCOEFF_NORMED)
        _, score, _, place = cv2.minMaxLoc(scores)
        if best is None or score > best[0]:
            cut = np.array([first, last])
            best = (score, int(pixels), low + place, cut)
    if best is None or best[0] < _FIT:
        return False
    score, pixels, (left, top), (first, last) = best
    small = cv2.resize(inner, (pixels, pixels), interpolation=cv2.INTER_AREA)
    small = small[first[1] : last[1], first[0] : last[0]]
    height, width = small.shape[:2]
    if not agreeing_colors(outer[top : top + height, left : left + width], small):
        return False
    seen = outer[top : top + height, left : left + width, 0]
    half = (max(1, width // 2), max(1, height // 2))
    lights = [cv2.resize(p, half, interpolation=cv2.INTER_AREA) for p in (seen, small[..., 0])]
    if not edges_agree(*lights):
        return False
    scores = cv2.matchTemplate(ground, np.ascontiguousarray(small[..., 0]), cv2.TM_CCOEFF_NORMED)
    around = max(3, pixels // 12)
    scores[max(0, top - around) : top + around + 1, max(0, left - around) : left + around + 1] = -1
    return bool(1 - float(scores.max()) > _CLEAR * (1 - score))


def _repetition(lightness: np.ndarray) -> float:
    """Return how well pieces of a picture, or their negatives, fit at other places, at most 1."""
    half = _SIDE // 2
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


def _may_be_part(outer: np.ndarray, inner: np.ndarray, side: float, x: float, y: float) -> bool:
    """Return whether it is worth a closer look: a few sizes are tried at half the resolution."""
    half = _SIDE // 2
    ground = cv2.resize(outer, (half, half), interpolation=cv2.INTER_AREA)
    for change in (0.92, 1.0, 1.08):
        pixels = min(round(half * side * change), half)
        corner = np.rint(np.array([x, y]) * half + (side * half - pixels) / 2).astype(int)
        first = np.maximum(0, -corner)
        last = np.minimum(pixels, half - corner)
        if (last - first < _LEAST_SEEN // 2).any():
            continue
        piece = cv2.resize(inner, (pixels, pixels), interpolation=cv2.INTER_AREA)
        inset = _SEARCHED // 4
        piece = piece[first[1] + inset : last[1] - inset, first[0] + inset : last[0] - inset]
        low = np.maximum(corner + first, 0)
        window = ground[low[1] : low[1] + last[1] - first[1], low[0] : low[0] + last[0] - first[0]]
        if min(piece.shape) < 8 or (np.array(window.shape) < piece.shape).any():
            continue
        if cv2.matchTemplate(window, piece, cv2.TM_CCOEFF_NORMED).max() >= _WORTH_A_LOOK:
            return True
    return False
