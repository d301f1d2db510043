"""Plots of regions: an image with its regions, and which region of a style each is painted like."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ..clustering.regions import Regions
from . import theme

_TOP, _MARGIN, _GAP, _SIDE = 112, 40, 40, 620


def draw(image: np.ndarray, regions: Regions) -> Figure:
    """Draw an image, and beside it its regions in their colors.

    Parameters
    ----------
    image : (H, W, 3) float32
        sRGB-encoded in [0, 1].
    regions : Regions
        Its regions.

    Returns
    -------
    Figure
        As high as the image needs.
    """
    return _pair(image, _overlay(image, regions), regions, regions, "Regions", "")


def draw_match(
    content: np.ndarray,
    regions: Regions,
    style: np.ndarray,
    style_regions: Regions,
    match: Sequence[int],
) -> Figure:
    """Draw content and style with their regions; those that match have one color and number.

    Parameters
    ----------
    content : (H, W, 3) float32
        sRGB-encoded in [0, 1].
    regions : Regions
        Regions of the content.
    style : (h, w, 3) float32
        sRGB-encoded in [0, 1].
    style_regions : Regions
        Regions of the style.
    match : sequence of int
        For each region of the content, one of the style.

    Returns
    -------
    Figure
        As high as the images need.
    """
    labels = {theirs: mine for mine, theirs in reversed(list(enumerate(match)))}
    kinds = [labels.get(region, -1) for region in range(style_regions.count)]
    left = _overlay(content, regions)
    right = _overlay(style, style_regions, kinds)
    heading, below = "Which paint goes where", "left: content, right: style"
    return _pair(left, right, regions, style_regions, heading, below, kinds)


def _overlay(image: np.ndarray, regions: Regions, kinds: Sequence[int] | None = None) -> np.ndarray:
    """Return the image in gray, tinted by region, with pale borders: ``(H, W, 3)`` float32."""
    colors = np.array([theme.group_color(k) for k in (kinds or range(regions.count))])
    tint = regions.weights @ colors
    gray = image.mean(2, keepdims=True)
    mixed = np.clip(0.3 * gray + 0.9 * tint * (0.25 + 0.75 * gray), 0, 1).astype(np.float32)
    # The median removes specks, which would be all outline.
    labels = cv2.medianBlur(regions.weights.argmax(2).astype(np.uint8), 9)
    thick = max(1, round(min(labels.shape) / 260))
    edge = cv2.dilate(labels, np.ones((thick + 1, thick + 1))) != cv2.erode(
        labels, np.ones((thick + 1, thick + 1))
    )
    mixed[edge] = 0.25 * mixed[edge] + 0.75
    return mixed


def _pair(
    left: np.ndarray,
    right: np.ndarray,
    left_regions: Regions,
    right_regions: Regions,
    heading: str,
    below: str,
    kinds: Sequence[int] | None = None,
) -> Figure:
    heights = [_SIDE * i.shape[0] / i.shape[1] for i in (left, right)]
    figure = theme.figure(2 * _SIDE + 2 * _MARGIN + _GAP, _TOP + max(heights) + _MARGIN)
    axes = theme.canvas(figure)
    theme.title(axes, heading, below or f"{left_regions.count} regions")
    at = _MARGIN + _SIDE + _GAP
    _framed(axes, left, _MARGIN, heights[0])
    _framed(axes, right, at, heights[1])
    if kinds is not None:
        _numbers(axes, left_regions, _MARGIN, heights[0], range(left_regions.count))
    _numbers(axes, right_regions, at, heights[1], kinds or range(right_regions.count))
    return figure


def _framed(axes: Axes, image: np.ndarray, left: float, height: float) -> None:
    shown = axes.imshow(
        np.clip(image, 0, 1),
        extent=(left, left + _SIDE, _TOP + height, _TOP),
        aspect="auto",
        interpolation="antialiased",
    )
    frame = theme.rounded(left, _TOP, _SIDE, height, 14)
    frame.set(facecolor="none")
    axes.add_patch(frame)
    shown.set_clip_path(frame)


def _numbers(
    axes: Axes, regions: Regions, left: float, height: float, kinds: Sequence[int]
) -> None:
    """Draw a numbered dot in the thickest part of each region."""
    labels = regions.weights.argmax(2)
    rows, columns = labels.shape
    for region, kind in enumerate(kinds):
        inside = np.pad((labels == region).astype(np.uint8), 1)
        if kind < 0 or not inside.any():
            continue
        depth = cv2.distanceTransform(inside, cv2.DIST_L2, 5)[1:-1, 1:-1]
        y, x = np.unravel_index(depth.argmax(), depth.shape)
        spot = (left + (x + 0.5) / columns * _SIDE, _TOP + (y + 0.5) / rows * height)
        axes.plot(
            *spot,
            "o",
            markersize=21,
            color=theme.BACKGROUND,
            markeredgecolor=theme.group_color(kind),
            markeredgewidth=2.4,
            zorder=4,
        )
        axes.text(
            *spot,
            str(kind + 1),
            color=theme.TEXT,
            fontsize=11,
            fontweight="bold",
            ha="center",
            va="center_baseline",
            zorder=5,
        )
