"""The style map: families of looks as islands, and where new looks lie among them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.figure import Figure

from ..styles.space import StyleSpace
from . import theme

WIDTH, HEIGHT = 1500, 1000
_TOP, _MARGIN = 120, 100


def draw(
    space: StyleSpace,
    names: Sequence[str],
    thumbnails: Sequence[np.ndarray | None],
    added: Mapping[str, np.ndarray] | None = None,
    *,
    heading: str = "Styles by family",
) -> Figure:
    """Every style at its place on the first two principal axes, moved just enough not to overlap.

    Parameters
    ----------
    space : StyleSpace
    names, thumbnails : sequences of str and of (h, w, 3) uint8 or None
    added : mapping of str to (D,) float32
        Codes of looks between or beyond the known ones, drawn as stars.
    """
    drawn = theme.figure(WIDTH, HEIGHT)
    axes = theme.canvas(drawn)
    added = dict(added or {})
    families = space.families
    kinds = f"{families.count} {'family' if families.count == 1 else 'families'}"
    new = f", {len(added)} new looks" if added else ""
    theme.title(axes, heading, f"{len(names)} styles, {kinds}{new}")
    points = np.concatenate([space.points, *[space.point(code)[None] for code in added.values()]])
    places = _ranked(points)
    size = float(np.clip(560 / np.sqrt(len(names) + len(added)), 44, 112))
    spots = places * [WIDTH - 2 * _MARGIN, HEIGHT - _TOP - _MARGIN - 40] + [
        _MARGIN,
        _TOP + size / 2,
    ]
    spots = _apart(spots, np.array([size + 16, size + 34]))
    for row, (name, image) in enumerate(zip(names, thumbnails, strict=True)):
        x, y = spots[row]
        color = theme.group_color(int(families.labels[row]))
        if image is not None:
            theme.thumbnail(axes, image, x - size / 2, y - size / 2, size, color=color)
        axes.text(
            x,
            y + size / 2 + 11,
            _short(name),
            color=theme.TEXT,
            fontsize=8.5,
            ha="center",
            va="center",
        )
    for (name, _), (x, y) in zip(added.items(), spots[len(names) :], strict=True):
        axes.plot(x, y, "o", markersize=size * 0.5, color=theme.mixed((1, 1, 1), 0.06), zorder=2)
        axes.plot(x, y, "*", markersize=size * 0.27, color="#ffd766", markeredgewidth=0, zorder=3)
        axes.text(x, y + size / 2 - 2, name, color="#ffd766", fontsize=9, ha="center", va="center")
    return drawn


def _short(name: str) -> str:
    return name if len(name) <= 20 else name[:19] + "…"


def _ranked(points: np.ndarray) -> np.ndarray:
    """Places in [0, 1]: mostly ranks along the two main axes, so that no corner is crowded."""
    flat = points[:, :2] if points.shape[1] > 1 else np.pad(points, ((0, 0), (0, 1)))
    ranks = flat.argsort(0, kind="stable").argsort(0, kind="stable") / max(len(flat) - 1, 1)
    low, span = flat.min(0), np.maximum(np.ptp(flat, axis=0), 1e-9)
    return 0.45 * (flat - low) / span + 0.55 * ranks


def _apart(spots: np.ndarray, box: np.ndarray) -> np.ndarray:
    """Push boxes of one size apart until none overlap, inside the frame."""
    spots = spots + 0.01 * np.arange(len(spots))[:, None]
    low = np.array([_MARGIN / 2, _TOP]) + box / 2
    high = np.array([WIDTH - _MARGIN / 2, HEIGHT - _MARGIN / 2]) - box / 2
    for _ in range(600):
        between = spots[:, None] - spots[None]
        overlap = box - np.abs(between)
        hit = (overlap > 0).all(2)
        np.fill_diagonal(hit, False)
        if not hit.any():
            break
        axis = overlap.argmin(2)[..., None]
        push = np.take_along_axis(overlap, axis, 2)[..., 0] * hit
        sign = np.sign(np.take_along_axis(between, axis, 2)[..., 0])
        for direction in (0, 1):
            spots[:, direction] += 0.3 * (push * sign * (axis[..., 0] == direction)).sum(1)
        spots = np.clip(spots, low, high)
    return spots
