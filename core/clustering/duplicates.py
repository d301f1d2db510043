"""Find files that show the same picture: resized, compressed, recolored a little, mirrored, cropped.

No step compares all pairs. Whole pictures that may be the same are neighbors in a tree of points that
mirroring, turning and contrast do not move; cropped ones share keypoints whose surroundings fall into
the same cells, in the same arrangement. Whoever is found is then compared pixel by pixel.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
from scipy.fft import dctn
from scipy.spatial import cKDTree

from ..control import SILENT, Control
from ..features.fingerprint import Fingerprints, unpack_fingerprints
from ._crops import LAB_SIDE, find_crops
from ._same import (
    SQUARE_VIEWS,
    agreeing_colors,
    is_plain,
    lab_of,
    shows_the_same,
)
from .algorithms import connected

_WAVES = 5
"""Cosine frequencies of a signature, per axis."""

_DIMENSIONS = 10
_NEIGHBORS, _RADIUS, _ROUNDS = 8, 0.42, 6
_FAINT = 2.5
"""Norm of a thumbnail's cosine waves (of lightness in [0, 100]) that counts as noise."""

_ALIKE_THUMBS, _ALIKE_ALONE = 0.94, 0.985
"""Least correlation of fingerprints' thumbnails, and of those that nothing else confirms."""

_DETAIL = LAB_SIDE // 2
"""Side at which thumbnails are compared: what a copy of a quarter of the size still shows."""

_VIEW_KINDS = ("same", "mirrored", "mirrored", *("turned",) * 5)
"""How a picture differs that agrees when it is seen in each of SQUARE_VIEWS."""

Thumbnail = Callable[[int], np.ndarray | None]


@dataclass(frozen=True)
class DuplicateSet:
    """Images that show the same picture.

    Attributes
    ----------
    rows : (M,) int64
        The images: first the largest, or the one that the others are crops of.
    kinds : tuple of str
        How each differs from the first: ``"same"`` (but for format or color), ``"smaller"``,
        ``"mirrored"``, ``"turned"`` or ``"crop"``; ``""`` for the first itself.
    """

    rows: np.ndarray
    kinds: tuple[str, ...]


@dataclass(frozen=True)
class Search:
    """Sets of duplicates, and the links from which a later search among more images goes on.

    Attributes
    ----------
    sets : tuple of DuplicateSet
        In the order of their lowest rows.
    links : tuple of (int, int, str)
        Two rows that show the same picture, and how the second differs from the first.
    """

    sets: tuple[DuplicateSet, ...]
    links: tuple[tuple[int, int, str], ...]


def duplicates(
    fingerprints: np.ndarray,
    thumbnail: Thumbnail = lambda row: None,
    control: Control = SILENT,
    *,
    searched: np.ndarray | None = None,
    links: Iterable[tuple[int, int, str]] = (),
) -> Search:
    """Find images that show the same picture.

    A copy in clearly other colors is another picture.

    Parameters
    ----------
    fingerprints : (N, fingerprint.LENGTH) float32
        See :class:`~core.features.fingerprint.FingerprintBlock`.
    thumbnail : callable, optional
        Returns the thumbnail of a row, ``(h, w, 4)`` uint8; without one, crops are not found and whole
        pictures are compared more roughly.
    control : Control, optional
        Cancellation.
    searched : (N,) bool, optional
        Rows that an earlier search has compared with each other.
    links : iterable of (int, int, str), optional
        What that search found among them.

    Returns
    -------
    Search
        The sets.

    Raises
    ------
    JobCancelled
        It was asked to stop.
    """
    count = len(fingerprints)
    if count < 2:
        return Search((), ())
    prints = unpack_fingerprints(fingerprints)
    new = np.ones(count, bool) if searched is None else ~searched
    found = _Links(count)
    for one, other, kind in links:
        found.add(one, other, kind)
    details = _Details(thumbnail)
    if new.any():
        _link_whole(prints, details, new, found, control)
        first = _firsts(found.labels(), prints.sizes)
        for whole, part in find_crops(
            prints.keypoints, prints.sizes, first, new, details.lab, control
        ):
            found.add(whole, part, "crop")
    sets = tuple(_sets(prints, details, found))
    return Search(sets, tuple((*pair, kind) for pair, kind in found.items()))


class _Links:
    """Pairs of rows that show the same picture, and how."""

    def __init__(self, count: int) -> None:
        self._count = count
        self._kinds: dict[tuple[int, int], str] = {}

    def add(self, one: int, other: int, kind: str) -> None:
        self._kinds.setdefault((int(one), int(other)), kind)

    def __contains__(self, pair: tuple[int, int]) -> bool:
        return pair in self._kinds or pair[::-1] in self._kinds

    def kind(self, one: int, other: int) -> str:
        return self._kinds.get((one, other)) or self._kinds[other, one]

    def __len__(self) -> int:
        return len(self._kinds)

    def labels(self) -> np.ndarray:
        """Return the number of the set of each row."""
        return connected(self._kinds, self._count)

    def items(self) -> Iterable[tuple[tuple[int, int], str]]:
        return self._kinds.items()


def _sets(prints: Fingerprints, details: _Details, links: _Links) -> list[DuplicateSet]:
    """Return sets of linked rows, of which each is the same as the first, not only as a neighbor."""
    sizes = prints.sizes.prod(1)
    wholes: dict[int, list[int]] = {}
    for (whole, part), kind in links.items():
        if kind == "crop":
            wholes.setdefault(part, []).append(whole)
    labels = links.labels()
    order = np.argsort(labels, kind="stable")
    found = []
    for members in np.split(order, np.flatnonzero(np.diff(labels[order])) + 1):
        waiting = [int(row) for row in members]
        while len(waiting) > 1:
            first = max(waiting, key=lambda row: (row not in wholes, sizes[row], -row))
            others = [row for row in waiting if row != first]
            kinds = {row: links.kind(first, row) for row in others if (first, row) in links}
            kinds |= _compared(prints, details, first, [row for row in others if row not in kinds])
            near = {first, *kinds}
            for row in others:
                if row not in near and not near.isdisjoint(wholes.get(row, ())):
                    kinds[row] = "crop"
            if kinds:
                rows = [row for row in others if row in kinds]
                for row in rows:
                    if kinds[row] == "same" and sizes[row] < 0.9 * sizes[first]:
                        kinds[row] = "smaller"
                words = ("", *(kinds[row] for row in rows))
                found.append(DuplicateSet(np.array([first, *rows]), words))
            waiting = [row for row in others if row not in kinds]
    return sorted(found, key=lambda one: int(one.rows.min()))


def _compared(
    prints: Fingerprints, details: _Details, first: int, others: list[int]
) -> dict[int, str]:
    """Return how those rows that are the same as the first one as a whole differ from it."""
    pairs = np.array([(first, row) for row in others]).reshape(-1, 2)
    return {
        row: _VIEW_KINDS[view]
        for _, row, view, certain in _alike(prints, pairs)
        if details.same(first, row, view, certain)
    }


def _firsts(labels: np.ndarray, sizes: np.ndarray) -> np.ndarray:
    """Return the largest row of each set, as its representative."""
    order = np.lexsort((np.arange(len(labels)), -sizes.prod(1), labels))
    return np.sort(order[np.unique(labels[order], return_index=True)[1]])


def _link_whole(
    prints: Fingerprints, details: _Details, new: np.ndarray, links: _Links, control: Control
) -> None:
    """Link pictures that are the same as a whole.

    Only a few neighbors of each are looked at; then the sets so far count as one picture each, and
    their neighbors are looked at, until nothing new is found.
    """
    points = _signatures(prints.thumbs)
    seen: set[tuple[int, int]] = set()
    for _ in range(_ROUNDS):
        control.cancel.raise_if_set()
        rows = _firsts(links.labels(), prints.sizes)
        near = _neighbors(points, rows, new[rows]).tolist()
        pairs = [(one, other) for one, other in near if (one, other) not in seen]
        seen.update(pairs)
        before = len(links)
        for one, other, view, certain in _alike(prints, np.array(pairs).reshape(-1, 2)):
            if (one, other) not in links and details.same(one, other, view, certain):
                links.add(one, other, _VIEW_KINDS[view])
        if len(links) == before:
            return


def _signatures(thumbs: np.ndarray) -> np.ndarray:
    """Return points ``(N, D)`` that stay where they are when a picture is mirrored or turned.

    Mirroring changes signs of cosine waves, turning exchanges the axes. Contrast is divided out.
    """
    waves = dctn(thumbs[..., 0], axes=(1, 2), norm="ortho")[:, :_WAVES, :_WAVES]
    waves[:, 0, 0] = 0
    norm = np.sqrt((waves**2).sum((1, 2), keepdims=True))
    waves = np.abs(waves) / (norm + _FAINT)
    upper = np.triu_indices(_WAVES, 1)
    one, other = waves[:, upper[0], upper[1]], waves[:, upper[1], upper[0]]
    straight = np.diagonal(waves, axis1=1, axis2=2)[:, 1:]
    mean = thumbs.mean((1, 2))
    colors = mean / [150, 60, 60]
    return np.concatenate(
        [np.maximum(one, other), np.minimum(one, other), straight, colors], axis=1
    ).astype(np.float32)


def _neighbors(points: np.ndarray, rows: np.ndarray, new: np.ndarray) -> np.ndarray:
    """Return pairs ``(P, 2)`` of rows that are near each other, of which one at least is new."""
    if len(rows) < 2 or not new.any():
        return np.zeros((0, 2), int)
    chosen = points[rows].astype(np.float64)
    centered = chosen - chosen.mean(0)
    # Fewer dimensions make the tree fast; distances only shrink, so that nothing near is lost.
    axes = np.linalg.eigh(centered.T @ centered)[1][:, ::-1][:, :_DIMENSIONS]
    tree = cKDTree(centered @ axes)
    count = min(_NEIGHBORS + 1, len(rows))
    asked = np.flatnonzero(new)
    near = tree.query(tree.data[asked], count, distance_upper_bound=_RADIUS, workers=-1)[1]
    first = np.repeat(asked, count)
    second = near.ravel()
    kept = (second < len(rows)) & (second != first)
    pairs = np.sort(np.stack([first[kept], second[kept]], 1), axis=1)
    pairs = np.unique(pairs, axis=0)
    apart = np.linalg.norm(centered[pairs[:, 0]] - centered[pairs[:, 1]], axis=1)
    return rows[pairs[apart <= _RADIUS]]


def _alike(prints: Fingerprints, pairs: np.ndarray) -> list[tuple[int, int, int, bool]]:
    """Return those pairs whose small thumbnails agree, in which view, and whether that is certain."""
    if not len(pairs):
        return []
    one, other = prints.thumbs[pairs[:, 0]], prints.thumbs[pairs[:, 1]]
    scores = _view_correlations(one[..., 0], other[..., 0])
    scores[:, 0] += 1e-3  # of equal views, the simplest
    views = scores.argmax(1)
    best = scores[np.arange(len(pairs)), views]
    faint = is_plain(one[..., 0]) | is_plain(other[..., 0])
    views[faint] = 0
    found = []
    for index in np.flatnonzero(faint | (best >= _ALIKE_THUMBS)):
        view = int(views[index])
        turned = SQUARE_VIEWS[view](other[index : index + 1])
        if agreeing_colors(one[index], turned[0], plain=bool(faint[index])):
            certain = bool(faint[index] or best[index] >= _ALIKE_ALONE)
            found.append((int(pairs[index, 0]), int(pairs[index, 1]), view, certain))
    return found


def _view_correlations(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Return Pearson's correlation of ``(P, S, S)`` pictures with each view of others: ``(P, 8)``."""
    first, second = (side.reshape(len(side), -1) for side in (one, other))
    first = first - first.mean(1, keepdims=True)
    second = second - second.mean(1, keepdims=True)
    places = np.arange(first.shape[1]).reshape(1, *one.shape[1:])
    products = [
        np.einsum("ij,ij->i", first, second[:, view(places).ravel()]) for view in SQUARE_VIEWS
    ]
    squares = np.einsum("ij,ij->i", first, first) * np.einsum("ij,ij->i", second, second)
    result: np.ndarray = np.stack(products, 1) / np.sqrt(np.maximum(squares, 1e-9))[:, None]
    return result


class _Details:
    """Thumbnails from disk, by which pictures are compared more closely."""

    def __init__(self, thumbnail: Thumbnail) -> None:
        self._thumbnail = thumbnail
        self.lab = lru_cache(maxsize=1024)(self._read)

    def _read(self, row: int) -> np.ndarray | None:
        image = self._thumbnail(row)
        return None if image is None else lab_of(image, LAB_SIDE)

    def same(self, one: int, other: int, view: int, certain: bool) -> bool:
        """Return whether two pictures are the same in detail, the second one seen in a view.

        The center of an oblong image may show nothing: it must have been certain before.
        """
        first, second = self.lab(one), self.lab(other)
        if first is None or second is None:
            return certain
        views: Iterable[int] = (view,)
        if is_plain(first[None, ..., 0])[0] or is_plain(second[None, ..., 0])[0]:
            return certain and agreeing_colors(first, second, plain=True)
        if not is_plain(_smaller(first)[None, ..., 0])[0]:
            first, second = _smaller(first), _smaller(second)
        elif view == 0:  # a fine pattern, of which fingerprints do not tell how it is turned
            views = range(len(SQUARE_VIEWS))
        turned = [SQUARE_VIEWS[each](second[None])[0] for each in views]
        return any(shows_the_same(first, each) for each in turned)


def _smaller(lab: np.ndarray) -> np.ndarray:
    return cv2.resize(lab, (_DETAIL, _DETAIL), interpolation=cv2.INTER_AREA)
