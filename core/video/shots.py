"""Shots: where a sequence is cut, and which frames are typical of each shot.

Frames are described coarsely. A cut is where neighbors differ far more than those around them; typical
frames are found by agglomerative clustering in which only neighbors in time may join.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np
from scipy.sparse import diags_array
from sklearn.cluster import AgglomerativeClustering
from sklearn.metrics import pairwise_distances

from ..image.color import srgb_to_lab_fast

_SIDE, _THUMB = 16, 96
_BINS = 8
_CUT = 0.35
"""Distance of neighboring frames above which there is a cut; a fast pan stays below."""

_RISE = 3.0
"""A cut stands out by this factor from the changes around it."""

_KEYFRAMES = 3


@dataclass(frozen=True)
class Shot:
    """A shot, as positions in the sequence.

    Attributes
    ----------
    start, stop : int
        Its first frame, and the one after its last.
    keyframes : tuple of int
        Its typical frames, in order.
    """

    start: int
    stop: int
    keyframes: tuple[int, ...]


def describe_frame(color: np.ndarray) -> np.ndarray:
    """Describe a frame coarsely, by its color histogram and layout.

    Parameters
    ----------
    color : (H, W, 3) float32
        sRGB-encoded in [0, 1].

    Returns
    -------
    (n,) float32
        Its descriptor.
    """
    thumb = cv2.resize(color, (_THUMB, _THUMB), interpolation=cv2.INTER_AREA)
    small = cv2.resize(thumb, (_SIDE, _SIDE), interpolation=cv2.INTER_AREA)
    thumb = np.clip(thumb, 0, 1)
    lab = srgb_to_lab_fast(thumb)
    ranges = ((0, 100), (-60, 60), (-60, 60))
    histograms = [
        np.histogram(np.clip(lab[..., c], *r), bins=_BINS, range=r)[0] / lab[..., c].size
        for c, r in enumerate(ranges)
    ]
    layout = cv2.GaussianBlur(small, (0, 0), 1.5).ravel() / _SIDE
    return np.concatenate([*histograms, layout]).astype(np.float32)


def find_shots(descriptors: np.ndarray) -> list[Shot]:
    """Cut a sequence into shots, and find the typical frames of each.

    Parameters
    ----------
    descriptors : (frames, n) float32
        From :func:`describe_frame`, in order.

    Returns
    -------
    list of Shot
        In order, without gaps.
    """
    count = len(descriptors)
    if count == 1:
        return [Shot(0, 1, (0,))]
    steps = np.linalg.norm(np.diff(descriptors, axis=0), axis=1)
    around = np.array([_around(steps, i) for i in range(len(steps))])
    cuts = np.flatnonzero((steps > _CUT) & (steps > _RISE * around)) + 1
    bounds = [0, *map(int, cuts), count]
    return [
        Shot(a, b, tuple(a + k for k in _typical(descriptors[a:b]))) for a, b in pairwise(bounds)
    ]


def _around(steps: np.ndarray, index: int) -> float:
    """Return the usual change around a step, itself left out; 0 if it is alone."""
    near = np.r_[steps[max(0, index - 4) : index], steps[index + 1 : index + 5]]
    return float(np.median(near)) if len(near) else 0.0


def _typical(descriptors: np.ndarray) -> list[int]:
    """Return the medoids of up to three parts of a shot, each of consecutive frames."""
    count = len(descriptors)
    if count <= _KEYFRAMES:
        return list(range(count))
    chain = diags_array([np.ones(count - 1)] * 2, offsets=[-1, 1], shape=(count, count))
    model = AgglomerativeClustering(_KEYFRAMES, connectivity=chain.tocsr(), linkage="ward")
    labels = model.fit_predict(descriptors)
    medoids = []
    for label in np.unique(labels):
        members = np.flatnonzero(labels == label)
        distances = pairwise_distances(descriptors[members]).sum(axis=1)
        medoids.append(int(members[distances.argmin()]))
    return sorted(medoids)
