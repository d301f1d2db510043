"""Colors of strokes over time: those of the guides where they are, resampled slowly."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ...image.color import lab_to_srgb, srgb_to_lab
from ...paint.strokes.orientation import blur
from ...styles.stroke_set import StrokeSet
from .placement import Placement
from .survey import Survey
from .tracks import fetch

_SLOW = 5.0
"""Standard deviation in frames of the average over time."""

_SETTLES = 12.0
"""Frames over which a stroke goes from the color that it was placed with to the average."""

_BLUR = 0.28
"""As strokes are placed on: by their width."""

_UNDER = 0.4  # standard deviation of the underpainting's blur, by the width of the widest strokes

_INK = (0.22, 0.6, 0.6)  # as inks are darkened when they are placed


def color_placements(placements: Sequence[Placement], survey: Survey, strokes: StrokeSet) -> None:
    """Find how the colors of all strokes change.

    Parameters
    ----------
    placements : sequence of Placement
        Get their ``shift``.
    survey : Survey
        Has the guides.
    strokes : StrokeSet
        Of the style: the share of color that its paint has.
    """
    samples = [np.zeros((len(survey.guides), len(f), 3), np.float32) for f in placements]
    wrap = placements[0].layers.strokes.seamless
    widths = np.max([f.layers.widths for f in placements], axis=0)
    for row, index in enumerate(survey.guides):
        lab = srgb_to_lab(survey.guide(index).color)
        unit = max(lab.shape[:2])
        for layer, width in enumerate(widths):
            picture = blur(lab, _BLUR * float(width) * unit, wrap)
            for placement, found in zip(placements, samples, strict=True):
                rows = np.flatnonzero(placement.layers.layer == layer)
                at = index - placement.tracks.begin
                if len(rows) and 0 <= at < len(placement.tracks.x):
                    found[row, rows] = _seen(placement, at, rows, picture)
    gain = np.array([1, strokes.saturation, strokes.saturation], np.float32)
    if strokes.ink:
        gain *= np.array(_INK, np.float32)
    for placement, found in zip(placements, samples, strict=True):
        placement.shift = _slowly(placement, found, survey.guides) * gain


def _seen(placement: Placement, at: int, rows: np.ndarray, picture: np.ndarray) -> np.ndarray:
    """Return the mean color along strokes in a picture, ``(M, 3)``."""
    tracks, strokes = placement.tracks, placement.layers.strokes
    height, width = picture.shape[:2]
    unit = np.array([width / strokes.aspect[0], height / strokes.aspect[1]], np.float32)
    x, y = tracks.x[at, rows], tracks.y[at, rows]
    angle = strokes.angle[rows] + tracks.turn[at, rows]
    reach = 0.3 * strokes.length[rows] * tracks.long[at, rows] * np.array([[-1], [0], [1]])
    points = np.stack((x + np.cos(angle) * reach, y + np.sin(angle) * reach))
    points = points * unit[:, None, None] - 0.5
    if strokes.seamless:
        points = points % np.array([width, height])[:, None, None]
    return fetch(picture, points.astype(np.float32)).mean(1).T


def _slowly(placement: Placement, found: np.ndarray, guides: Sequence[int]) -> np.ndarray:
    """Return the change of color at the guides, from that with which strokes were placed."""
    times = np.array(guides)
    home = int(np.flatnonzero(times == placement.tracks.home)[0])
    change = found - found[home]
    tracks = placement.tracks
    known = (times[:, None] >= tracks.first) & (times[:, None] <= tracks.last)
    known[home] = True
    result = np.empty_like(change)
    for row, time in enumerate(times):
        weight = np.exp(-0.5 * ((times - time) / _SLOW) ** 2)[:, None] * known + 1e-9 * known
        result[row] = (weight[..., None] * change).sum(0) / weight.sum(0)[:, None]
    settled = np.exp(-np.abs(times - tracks.home) / _SETTLES).astype(np.float32)
    return result - settled[:, None, None] * result[home]


def shift_at(
    placement: Placement, time: int, rows: np.ndarray, guides: Sequence[int]
) -> np.ndarray:
    """Return the change of color of some strokes at a time.

    Parameters
    ----------
    placement : Placement
        Has the changes at the guides.
    time : int
        Index of the frame.
    rows : (M,) int64
        Which strokes.
    guides : sequence of int
        Indices of the frames with guides.

    Returns
    -------
    (M, 3) float32
        In Lab.
    """
    low, high, share = between(guides, time)
    first, second = placement.shift[low, rows], placement.shift[high, rows]
    return first + (second - first) * np.float32(share)


def between(guides: Sequence[int], time: int) -> tuple[int, int, float]:
    """Return the positions of the guides before and after a time, and the share of the second.

    Parameters
    ----------
    guides : sequence of int
        Indices of the frames with guides, in order.
    time : int
        Index of a frame.

    Returns
    -------
    (int, int, float)
        After the last guide, that one twice.
    """
    high = int(np.searchsorted(guides, time))
    if high == len(guides):
        return high - 1, high - 1, 0.0
    if guides[high] == time or high == 0:
        return high, high, 0.0
    return high - 1, high, (time - guides[high - 1]) / (guides[high] - guides[high - 1])


def shifted(color: np.ndarray, shift: np.ndarray) -> np.ndarray:
    """Return colors that are changed.

    Parameters
    ----------
    color : (N, 3) float32
        sRGB-encoded in [0, 1].
    shift : (N, 3) float32
        In Lab.

    Returns
    -------
    (N, 3) float32
        sRGB-encoded in [0, 1].
    """
    if not len(color):
        return color
    lab = srgb_to_lab(color[None])[0] + shift
    lab[:, 0] = lab[:, 0].clip(0, 100)
    return np.clip(lab_to_srgb(lab[None].astype(np.float32))[0], 0, 1)


def underpainting(
    survey: Survey, index: int, strokes: StrokeSet, width: float, *, seamless: bool
) -> np.ndarray:
    """Return what lies below the strokes of a frame.

    Parameters
    ----------
    survey : Survey
        Has a small guide of each frame.
    index : int
        Of the frame.
    strokes : StrokeSet
        May have a ground of its own.
    width : float
        Of the widest strokes, as a share of the short side.
    seamless : bool
        Whether the picture is a torus.

    Returns
    -------
    (h, w, 3) float32, sRGB-encoded in [0, 1]
        At a low resolution.
    """
    if strokes.ground is not None:
        return np.full((1, 1, 3), strokes.ground, np.float32)
    small = survey.under(index)
    return blur(small, _UNDER * width * min(small.shape[:2]), seamless)
