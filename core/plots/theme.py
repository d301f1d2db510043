"""One look for all pictures: dark like Blender's editors, few lines, readable words."""

from __future__ import annotations

import colorsys
import os
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.image import AxesImage
from matplotlib.patches import FancyBboxPatch

from ..errors import OutputUnwritable

BACKGROUND, PANEL, LINE = "#1d1d1d", "#282828", "#3d3d3d"
TEXT, MUTED, ACCENT = "#e6e6e6", "#9a9a9a", "#5680c2"
DPI = 100

_HUES = (0.585, 0.085, 0.36, 0.94, 0.74, 0.16, 0.49, 0.02, 0.66, 0.27, 0.84, 0.55)


def group_color(label: int) -> tuple[float, float, float]:
    """The color of a group; neighbors in number are far apart in hue. Negative: ungrouped,
    gray.
    """
    if label < 0:
        return (0.45, 0.45, 0.45)
    lap, place = divmod(label, len(_HUES))
    lightness, saturation = ((0.62, 0.62), (0.74, 0.5), (0.5, 0.55))[lap % 3]
    return colorsys.hls_to_rgb((_HUES[place] + 0.03 * lap) % 1, lightness, saturation)


def figure(width: float, height: float) -> Figure:
    """An empty dark figure of ``width`` x ``height`` pixels."""
    drawn = Figure(figsize=(width / DPI, height / DPI), dpi=DPI, facecolor=BACKGROUND)
    FigureCanvasAgg(drawn)
    return drawn


def canvas(drawn: Figure) -> Axes:
    """Axes over the whole figure, in pixels, y down, without ticks."""
    axes = drawn.add_axes((0, 0, 1, 1))
    width, height = drawn.get_size_inches() * DPI
    axes.set(xlim=(0, width), ylim=(height, 0))
    axes.axis("off")
    axes.set_autoscale_on(False)
    return axes


def title(axes: Axes, text: str, below: str = "", x: float = 40, y: float = 46) -> None:
    """Heading of a picture, and a quieter line under it."""
    axes.text(x, y, text, color=TEXT, fontsize=19, fontweight="bold", va="center")
    if below:
        axes.text(x, y + 29, below, color=MUTED, fontsize=11.5, va="center")


def thumbnail(
    axes: Axes,
    image: np.ndarray,
    left: float,
    top: float,
    size: float,
    *,
    color: object = None,
    order: float = 2,
) -> AxesImage:
    """A picture ``(h, w, 3 or 4)`` with rounded corners, framed in ``color`` if one is given."""
    shown = axes.imshow(
        image,
        extent=(left, left + size, top + size, top),
        interpolation="hanning",
        zorder=order,
        aspect="auto",
    )
    shape = rounded(left, top, size, size, 0.09 * size)
    edge = "none" if color is None else color
    shape.set(facecolor="none", edgecolor=edge, linewidth=1.8, zorder=order + 0.1)
    axes.add_patch(shape)
    shown.set_clip_path(shape)
    return shown


def rounded(left: float, top: float, width: float, height: float, radius: float) -> FancyBboxPatch:
    """A rectangle with rounded corners, not yet added to any axes."""
    radius = min(radius, width / 2, height / 2)
    return FancyBboxPatch(
        (left + radius, top + radius),
        width - 2 * radius,
        height - 2 * radius,
        boxstyle=f"round,pad={radius},rounding_size={radius}",
        linewidth=0,
    )


def mixed(color: tuple[float, float, float], share: float, ground: str = BACKGROUND) -> np.ndarray:
    """A color laid over a ground: opaque, so that overlapping shapes do not add up."""
    base = np.array([int(ground[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    return share * np.array(color) + (1 - share) * base


def save(drawn: Figure, path: Path) -> None:
    """Write a figure as PNG, whole or not at all.

    Raises
    ------
    OutputUnwritable
        The folder is missing or read-only, or the disk is full.
    """
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        drawn.savefig(part, format="png", facecolor=drawn.get_facecolor())
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise OutputUnwritable(
            f'The picture "{path}" cannot be written ({error.strerror}); choose another folder.'
        ) from error
