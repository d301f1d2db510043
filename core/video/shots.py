"""Shots: where a sequence is cut, faded or dissolved, and which frames are typical of each shot.

A thumbnail is kept of each frame. Shots are parted where one becomes another (:mod:`.transitions`), a
dissolve in its middle; typical frames are found by agglomerative clustering of coarse descriptors in
which only neighbors in time may join.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from scipy.ndimage import median_filter
from scipy.sparse import diags_array
from sklearn.cluster import AgglomerativeClustering
from sklearn.metrics import pairwise_distances

from ..control import SILENT, Control
from ..image.color import srgb_to_lab_fast
from .transitions import find_transitions
from .transitions.frame_match import SIDE

_LAYOUT, _BINS = 16, 8
_KEYFRAMES = 3
_ENOUGH = 400
"""Frames of a shot that are looked at for typical ones; of longer shots, every so many."""


_AROUND, _FLICKER = 9, 20.0
"""Frames that light is compared with, and the levels of 255 from which on it is not typical."""


@dataclass(frozen=True)
class Shot:
    """A shot, as positions in the sequence.

    Attributes
    ----------
    start, stop : int
        Its first frame, and the one after its last.
    keyframes : tuple of int
        Its typical frames, in order: none in a flash, a fade or a dissolve, if it has others.
    transition : str
        How it becomes the next one: ``cut``, ``fade`` or ``dissolve``; empty for the last.
    """

    start: int
    stop: int
    keyframes: tuple[int, ...]
    transition: str = ""


def describe_frame(color: np.ndarray) -> np.ndarray:
    """Keep of a frame what finding shots needs: a small thumbnail, 7 kB.

    Parameters
    ----------
    color : (H, W, 3) float32
        sRGB-encoded in [0, 1].

    Returns
    -------
    (48, 48, 3) uint8
        RGB, whatever the frame's proportions.
    """
    thumb = cv2.resize(color, (SIDE, SIDE), interpolation=cv2.INTER_AREA)
    return (np.clip(thumb, 0, 1) * 255 + 0.5).astype(np.uint8)


def find_shots(thumbnails: np.ndarray, control: Control = SILENT) -> list[Shot]:
    """Part a sequence into shots, and find the typical frames of each.

    Parameters
    ----------
    thumbnails : (frames, 48, 48, 3) uint8
        From :func:`describe_frame`, in order.
    control : Control
        Gets the progress.

    Returns
    -------
    list of Shot
        In order, without gaps.

    Raises
    ------
    JobCancelled
        The control was cancelled.
    """
    transitions, disturbed = find_transitions(thumbnails, control)
    starts = [0, *(t.at for t in transitions)]
    stops = [*starts[1:], len(thumbnails)]
    kinds = [*(t.kind for t in transitions), ""]
    shots = []
    for start, stop, kind in zip(starts, stops, kinds, strict=True):
        inside = np.arange(start, stop)
        calm = inside[~(disturbed[start:stop] | _flicker(thumbnails[start:stop]))]
        chosen = calm if len(calm) else inside
        chosen = chosen[:: -(-len(chosen) // _ENOUGH)]
        keyframes = chosen[_typical(np.stack([_describe(thumbnails[i]) for i in chosen]))]
        shots.append(Shot(start, stop, tuple(keyframes.tolist()), kind))
    return shots


def _flicker(thumbnails: np.ndarray) -> np.ndarray:
    """Return which frames of a shot are far brighter or darker than those around, ``(N,)`` bool."""
    light = np.array([thumb.mean() for thumb in thumbnails])
    return np.abs(light - median_filter(light, _AROUND, mode="nearest")) > _FLICKER


def _describe(thumbnail: np.ndarray) -> np.ndarray:
    """Describe a thumbnail by its color histogram and layout, ``(n,)`` float32."""
    image = thumbnail.astype(np.float32) / 255
    lab = srgb_to_lab_fast(image)
    ranges = ((0, 100), (-60, 60), (-60, 60))
    histograms = [
        np.histogram(np.clip(lab[..., c], *r), bins=_BINS, range=r)[0] / lab[..., c].size
        for c, r in enumerate(ranges)
    ]
    small = cv2.resize(image, (_LAYOUT, _LAYOUT), interpolation=cv2.INTER_AREA)
    layout = cv2.GaussianBlur(small, (0, 0), 1.5).ravel() / _LAYOUT
    return np.concatenate([*histograms, layout]).astype(np.float32)


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
