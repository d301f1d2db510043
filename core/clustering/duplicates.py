"""Which files show the same picture: at other sizes, under other names, or compressed again."""

from __future__ import annotations

import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from ..features.fingerprint import THUMB

_HASH_BITS_OFF = 6
"""Of 64; unrelated pictures differ in about 32, a middling JPEG at half size in 2 or 3."""

_COLORS_OFF = 4.0
"""Root mean square Lab distance of the 8x8 thumbnails; 2.3 is just noticeable on large patches."""

_ROWS = 512


def duplicates(fingerprints: np.ndarray) -> list[np.ndarray]:
    """Sets of rows of ``(N, 256)`` fingerprints that show the same picture, each of two or more.

    Both the perceptual hash and the colors must agree: a recolored copy is not a duplicate.
    """
    count = len(fingerprints)
    split = THUMB * THUMB * 3
    thumbs, signs = fingerprints[:, :split], fingerprints[:, split:]
    squares = (thumbs**2).sum(1)
    firsts, seconds = [], []
    for start in range(0, count, _ROWS):
        rows = slice(start, start + _ROWS)
        # Signs are +1, -1 or 0 (plain): the product falls by two for each bit that differs.
        decided = np.abs(signs[rows]) @ np.abs(signs).T
        bits_off = (decided - signs[rows] @ signs.T) / 2
        undecided = np.abs(np.abs(signs[rows]).sum(1)[:, None] - np.abs(signs).sum(1))
        near = bits_off + undecided / 2 <= _HASH_BITS_OFF
        first, second = np.nonzero(near)
        first = first + start
        pairs = first < second
        first, second = first[pairs], second[pairs]
        gaps = (
            squares[first]
            + squares[second]
            - 2 * np.einsum("ij,ij->i", thumbs[first], thumbs[second])
        )
        same = gaps / (THUMB * THUMB) <= _COLORS_OFF**2
        firsts.append(first[same])
        seconds.append(second[same])
    if not firsts:
        return []
    first, second = np.concatenate(firsts), np.concatenate(seconds)
    graph = coo_matrix((np.ones(len(first)), (first, second)), shape=(count, count))
    labels = connected_components(graph, directed=False)[1]
    sets = [np.flatnonzero(labels == label) for label in np.flatnonzero(np.bincount(labels) > 1)]
    return sorted(sets, key=lambda members: int(members[0]))
