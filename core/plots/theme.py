"""The theme of all plots: dark like Blender's editors, few lines, readable words."""

from __future__ import annotations

import colorsys
import io
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties, findfont, get_font
from matplotlib.patches import FancyBboxPatch
from matplotlib.typing import ColorType

from ..atomic import write_atomically
from ..errors import OutputUnwritable

BACKGROUND, PANEL, LINE = "#1d1d1d", "#282828", "#3d3d3d"
TEXT, MUTED, ACCENT = "#e6e6e6", "#9a9a9a", "#5680c2"
DPI = 100
_ORDER = 2  # of thumbnails: above the lines, below the words

_HUES = (0.585, 0.085, 0.36, 0.94, 0.74, 0.16, 0.49, 0.02, 0.66, 0.27, 0.84, 0.55)


def group_color(label: int) -> tuple[float, float, float]:
    """Return the color of a group; consecutive groups are far apart in hue.

    Parameters
    ----------
    label : int
        Number of the group; negative is ungrouped, and gray.

    Returns
    -------
    tuple of float
        Red, green and blue, sRGB-encoded in [0, 1].
    """
    if label < 0:
        return (0.45, 0.45, 0.45)
    lap, place = divmod(label, len(_HUES))
    lightness, saturation = ((0.62, 0.62), (0.74, 0.5), (0.5, 0.55))[lap % 3]
    return colorsys.hls_to_rgb((_HUES[place] + 0.03 * lap) % 1, lightness, saturation)


def figure(width: float, height: float) -> Figure:
    """Make an empty dark figure.

    Parameters
    ----------
    width, height : float
        Size in pixels.

    Returns
    -------
    Figure
        Without axes.
    """
    figure = Figure(figsize=(width / DPI, height / DPI), dpi=DPI, facecolor=BACKGROUND)
    FigureCanvasAgg(figure)
    return figure


def canvas(figure: Figure) -> Axes:
    """Add axes over the whole figure, in pixels, y down, without ticks.

    Parameters
    ----------
    figure : Figure
        From :func:`figure`.

    Returns
    -------
    Axes
        The axes.
    """
    axes = figure.add_axes((0, 0, 1, 1))
    width, height = figure.get_size_inches() * DPI
    axes.set(xlim=(0, width), ylim=(height, 0))
    axes.axis("off")
    axes.set_autoscale_on(False)
    return axes


def title(axes: Axes, text: str, below: str = "", x: float = 40, y: float = 46) -> None:
    """Draw the heading of a plot, and a quieter line below it.

    Parameters
    ----------
    axes : Axes
        From :func:`canvas`.
    text : str
        The heading.
    below : str, optional
        The line below.
    x, y : float, optional
        Where the heading begins, in pixels.
    """
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
    color: ColorType | np.ndarray | None = None,
) -> None:
    """Draw a thumbnail with rounded corners.

    Parameters
    ----------
    axes : Axes
        From :func:`canvas`.
    image : (h, w, 3 or 4) uint8 or float32
        The thumbnail.
    left, top : float
        Its corner, in pixels.
    size : float
        Its side, in pixels.
    color : color or (3,) float64, optional
        Color of a frame.
    """
    shown = axes.imshow(
        image,
        extent=(left, left + size, top + size, top),
        interpolation="hanning",
        zorder=_ORDER,
        aspect="auto",
    )
    shape = rounded(left, top, size, size, 0.09 * size)
    edge = "none" if color is None else color
    shape.set(facecolor="none", edgecolor=edge, linewidth=1.8, zorder=_ORDER + 0.1)
    axes.add_artist(shape)  # unlike add_patch, it does not measure the limits
    shown.set_clip_path(shape)


def rounded(left: float, top: float, width: float, height: float, radius: float) -> FancyBboxPatch:
    """Make a rectangle with rounded corners, which is not yet added to any axes.

    Parameters
    ----------
    left, top : float
        Its corner, in pixels.
    width, height : float
        Its size, in pixels.
    radius : float
        Radius of the corners, in pixels.

    Returns
    -------
    FancyBboxPatch
        Without an edge.
    """
    radius = min(radius, width / 2, height / 2)
    return FancyBboxPatch(
        (left + radius, top + radius),
        width - 2 * radius,
        height - 2 * radius,
        boxstyle=f"round,pad={radius},rounding_size={radius}",
        linewidth=0,
    )


def words(
    axes: Axes,
    x: float,
    y: float,
    text: str,
    color: ColorType | np.ndarray,
    size: float,
    *,
    bold: bool = False,
    ha: str = "left",
    va: str = "center",
) -> None:
    """Draw a text as it is: a dollar sign is no formula.

    Parameters
    ----------
    axes : Axes
        From :func:`canvas`.
    x, y : float
        Its place, in pixels.
    text : str
        The text; empty draws nothing.
    color : color or (3,) float64
        Its color.
    size : float
        Size of the font, in points.
    bold : bool, optional
        Whether it is bold.
    ha, va : str, optional
        Which part of it is at the place, as in :class:`matplotlib.text.Text`.
    """
    if text:
        axes.text(
            x,
            y,
            text,
            color=color,  # type: ignore[arg-type]
            fontsize=size,
            fontweight="bold" if bold else "normal",
            ha=ha,
            va=va,
            zorder=4,
            parse_math=False,
        )


def fitted(axes: Axes, text: str, width: float, size: float, *, bold: bool = False) -> str:
    """Shorten a text in its middle until it fits: both ends of a name say something.

    Parameters
    ----------
    axes : Axes
        From :func:`canvas`.
    text : str
        The text.
    width : float
        Room for it, in pixels.
    size : float
        Size of the font, in points.
    bold : bool, optional
        Whether it is bold.

    Returns
    -------
    str
        The text, or its ends around an ellipsis; empty if not even that fits, or if the font lacks
        a letter.
    """
    known = get_font(findfont(FontProperties())).get_charmap()
    if any(ord(letter) not in known for letter in text):
        return ""
    if text_width(axes, text, size, bold=bold) <= width:
        return text
    low, high = 0, len(text) - 1
    while low < high:  # the most letters that fit
        kept = (low + high + 1) // 2
        if text_width(axes, _shortened(text, kept), size, bold=bold) <= width:
            low = kept
        else:
            high = kept - 1
    return _shortened(text, low) if low > 1 else ""


def text_width(axes: Axes, text: str, size: float, *, bold: bool = False) -> float:
    """Measure a text.

    Parameters
    ----------
    axes : Axes
        From :func:`canvas`.
    text : str
        The text.
    size : float
        Size of the font, in points.
    bold : bool, optional
        Whether it is bold.

    Returns
    -------
    float
        Its width, in pixels.
    """
    font = FontProperties(size=size, weight="bold" if bold else "normal")
    renderer = axes.figure.canvas.get_renderer()  # type: ignore[attr-defined]
    return float(renderer.get_text_width_height_descent(text, font, False)[0])


def _shortened(text: str, kept: int) -> str:
    return text[: kept - kept // 3].rstrip() + "\u2026" + text[len(text) - kept // 3 :].lstrip()


def mixed(color: tuple[float, float, float], share: float, ground: str = BACKGROUND) -> np.ndarray:
    """Mix a color with the background: opaque, so that overlapping shapes do not add up.

    Parameters
    ----------
    color : tuple of float
        Red, green and blue in [0, 1].
    share : float
        Share of the color, in [0, 1].
    ground : str, optional
        Hexadecimal color that it is mixed with.

    Returns
    -------
    (3,) float64
        Red, green and blue in [0, 1].
    """
    base = np.array([int(ground[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    return share * np.array(color) + (1 - share) * base


def save(figure: Figure, path: Path) -> None:
    """Write a figure as PNG, whole or not at all.

    Parameters
    ----------
    figure : Figure
        From :func:`figure`.
    path : Path
        The file; its folder is made if needed.

    Raises
    ------
    OutputUnwritable
        The folder is missing or read-only, or the disk is full.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputUnwritable(
            f'The folder "{path.parent}" cannot be made ({error.strerror}); choose another one.'
        ) from error
    content = io.BytesIO()
    figure.savefig(
        content,
        format="png",
        facecolor=figure.get_facecolor(),
        pil_kwargs={"compress_level": 3},
    )
    write_atomically(path, content.getbuffer(), overwrite=True)
