"""Plots of Create: the progress of a fit, and the map of styles."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from . import theme

_SAMPLE, _PLOT, _MARGIN = 384, 384, 24
_NAMES = {
    "texture": "Texture distance",
    "reconstruction": "Reconstruction",
    "critic": "Critics",
    "generator": "Generator",
    "divergence": "Divergence",
}


def save_progress(sample: np.ndarray, losses: Sequence[dict[str, float]], path: Path) -> None:
    """Save a sample beside the losses so far, as a PNG.

    Parameters
    ----------
    sample : (H, W, 3) float32
        sRGB-encoded in [0, 1].
    losses : sequence of dict of str to float
        Losses of each step, by name.
    path : Path
        The PNG.

    Raises
    ------
    OutputUnwritable
        The file cannot be written.
    """
    figure = theme.figure(_SAMPLE + _PLOT + 3 * _MARGIN, _SAMPLE + 2 * _MARGIN)
    canvas = theme.canvas(figure)
    theme.thumbnail(canvas, sample, _MARGIN, _MARGIN, _SAMPLE)
    width, height = figure.get_size_inches() * theme.DPI
    names = sorted({name for step in losses for name in step}, key=list(_NAMES).index)
    each = (_SAMPLE - _MARGIN * (len(names) - 1)) / len(names)
    for row, name in enumerate(names):
        bottom = height - _MARGIN - each - row * (each + _MARGIN)
        left = _SAMPLE + 2 * _MARGIN + 36
        axes = figure.add_axes(
            (left / width, (bottom + 14) / height, (_PLOT - 36) / width, (each - 34) / height)
        )
        at = [i + 1 for i, step in enumerate(losses) if name in step]
        values = np.array([step[name] for step in losses if name in step])
        axes.plot(at, values, color=theme.LINE, linewidth=0.8)
        kept = np.exp(-np.arange(40) / 12)
        smooth = (
            np.convolve(values, kept)[: len(values)]
            / np.convolve(np.ones(len(values)), kept)[: len(values)]
        )
        axes.plot(at, smooth, color=theme.group_color(row), linewidth=1.8)
        if values.min() > 0:
            axes.set_yscale("log")
        axes.set_facecolor(theme.PANEL)
        axes.tick_params(colors=theme.MUTED, labelsize=7, length=0, which="both")
        axes.set_title(_NAMES[name], color=theme.TEXT, fontsize=9, loc="left", pad=3)
        for spine in axes.spines.values():
            spine.set_visible(False)
    theme.save(figure, path)


def save_map(
    cells: Sequence[tuple[np.ndarray, float, float]],
    side: float,
    names: Sequence[str],
    places: np.ndarray,
    path: Path,
) -> None:
    """Save the map of styles as a square PNG: looks on a grid, and the known styles on top.

    Parameters
    ----------
    cells : sequence of ((H, W, 3) float32, float, float)
        Picture of each look, sRGB-encoded in [0, 1], and x and y of its center in [0, 1].
    side : float
        Side of a cell, as a share of the map's.
    names : sequence of str
        Names of the known styles.
    places : (N, 2) float32
        Their x and y in [0, 1].
    path : Path
        The PNG.

    Raises
    ------
    OutputUnwritable
        The file cannot be written.
    """
    full = 1200
    figure = theme.figure(full, full)
    axes = theme.canvas(figure)
    size = side * full
    for image, x, y in cells:
        theme.thumbnail(axes, image, x * full - size / 2 + 2, y * full - size / 2 + 2, size - 4)
    for name, (x, y) in zip(names, places * full, strict=True):
        axes.plot(
            x, y, "o", color=theme.TEXT, markeredgecolor=theme.BACKGROUND, markersize=7, zorder=4
        )
        axes.text(
            x,
            y + 17,
            name,
            color=theme.TEXT,
            fontsize=8,
            ha="center",
            va="center",
            zorder=5,
            bbox={"facecolor": theme.BACKGROUND, "alpha": 0.72, "pad": 1.6, "linewidth": 0},
        )
    theme.save(figure, path)
