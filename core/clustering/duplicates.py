"""Find files that show the same picture: resized, renamed, or compressed again."""

from __future__ import annotations

import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from ..features.fingerprint import THUMB

_MOST_HASH_BITS = 6
"""Differing bits of 64: about 32 in unrelated pictures, 2 or 3 in a mediocre JPEG at half size."""

_MOST_COLOR_DISTANCE = 4.0
"""Root mean square Lab distance of the 8x8 thumbnails; 2.3 is just noticeable on large areas."""

_ROWS = 512


def duplicates(fingerprints: np.ndarray) -> list[np.ndarray]:
    """Find images that show the same picture.

    Both the perceptual hash and the colors must agree: a recolored copy is not a duplicate.

    Parameters
    ----------
    fingerprints : (N, 256) float32
        See :class:`~core.features.fingerprint.FingerprintBlock`.

    Returns
    -------
    list of (M,) int64
        Rows of each set of two or more, in the order of their first members.
    """
    count = len(fingerprints)
    split = THUMB * THUMB * 3
    thumbs, signs = fingerprints[:, :split], fingerprints[:, split:]
    squares = (thumbs**2).sum(1)
    firsts, seconds = [], []
    for start in range(0, count, _ROWS):
        rows = slice(start, start + _ROWS)
        # Signs are +1, -1 or 0 (plain): the product falls by two for each bit that differs.
        both_set = np.abs(signs[rows]) @ np.abs(signs).T
        differing = (both_set - signs[rows] @ signs.T) / 2
        set_in_one = np.abs(np.abs(signs[rows]).sum(1)[:, None] - np.abs(signs).sum(1))
        near = differing + set_in_one / 2 <= _MOST_HASH_BITS
        first, second = np.nonzero(near)
        first = first + start
        pairs = first < second
        first, second = first[pairs], second[pairs]
        gaps = (
            squares[first]
            + squares[second]
            - 2 * np.einsum("ij,ij->i", thumbs[first], thumbs[second])
        )
        same = gaps / (THUMB * THUMB) <= _MOST_COLOR_DISTANCE**2
        firsts.append(first[same])
        seconds.append(second[same])
    if not firsts:
        return []
    first, second = np.concatenate(firsts), np.concatenate(seconds)
    graph = coo_matrix((np.ones(len(first)), (first, second)), shape=(count, count))
    labels = connected_components(graph, directed=False)[1]
    sets = [np.flatnonzero(labels == label) for label in np.flatnonzero(np.bincount(labels) > 1)]
    return sorted(sets, key=lambda members: int(members[0]))
