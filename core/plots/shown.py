"""Which groups are drawn with a name and a color, and which together, so that plots stay readable."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes

from . import theme
from .mosaic import Mosaic

MOST_NAMED = 24
"""Groups that are drawn with a name; more could not be told apart by color."""

OTHERS_ROW = 96
"""Pixels that :func:`draw_others` needs for each kind."""


@dataclass(frozen=True)
class Shown:
    """Labels of the groups, by the way they are drawn.

    Attributes
    ----------
    named : tuple of int
        The largest groups, largest first: each with its name and color.
    small : tuple of int
        More groups of two and more textures.
    single : tuple of int
        Groups of a single texture.
    sizes : (G,) int64
        Number of textures of each group.
    ungrouped : int
        Number of textures in no group.
    """

    named: tuple[int, ...]
    small: tuple[int, ...]
    single: tuple[int, ...]
    sizes: np.ndarray
    ungrouped: int

    def color(self, label: int) -> tuple[float, float, float]:
        """Return the color of a group; only named ones are not gray.

        Parameters
        ----------
        label : int
            The group; -1 is ungrouped.

        Returns
        -------
        tuple of float
            Red, green and blue, sRGB-encoded in [0, 1].
        """
        return theme.group_color(self.named.index(label) if label in self.named else -1)

    @property
    def unnamed(self) -> int:
        """Number of groups without a name, and of ungrouped textures."""
        return len(self.small) + len(self.single) + self.ungrouped

    def others(self) -> list[tuple[tuple[int, ...], str]]:
        """Describe the groups without a name.

        Returns
        -------
        list of (tuple of int, str)
            Labels, and words such as ``12 textures of their own kind``; only what there is.
        """
        found = []
        if self.small:
            textures = int(self.sizes[list(self.small)].sum())
            noun = "smaller group" if len(self.small) == 1 else "smaller groups"
            found.append((self.small, f"{len(self.small):,} {noun}, {textures:,} textures"))
        if self.single:
            count = len(self.single)
            alone = (
                "1 texture of its own kind"
                if count == 1
                else f"{count:,} textures of their own kind"
            )
            found.append((self.single, alone))
        if self.ungrouped:
            noun = "texture" if self.ungrouped == 1 else "textures"
            found.append(((-1,), f"{self.ungrouped:,} {noun} ungrouped"))
        return found


def shown_groups(labels: np.ndarray, most: int = MOST_NAMED) -> Shown:
    """Choose how groups are drawn.

    Parameters
    ----------
    labels : (N,) int64
        Group of each texture; -1 is ungrouped.
    most : int, optional
        Groups that may be named.

    Returns
    -------
    Shown
        Every label is in one part.
    """
    sizes = np.bincount(labels[labels >= 0])
    order = [int(label) for label in np.argsort(-sizes, kind="stable")]
    shared = [label for label in order if sizes[label] > 1]
    return Shown(
        tuple(shared[:most]),
        tuple(shared[most:]),
        tuple(label for label in order if sizes[label] == 1),
        sizes,
        int((labels < 0).sum()),
    )


def draw_others(
    axes: Axes,
    mosaic: Mosaic,
    labels: np.ndarray,
    shown: Shown,
    thumbnail: Callable[[int], np.ndarray | None],
    top: float,
) -> None:
    """Say what is not drawn with a name, each kind with one line of thumbnails.

    Parameters
    ----------
    axes : Axes
        From :func:`core.plots.theme.canvas`.
    mosaic : Mosaic
        Of these axes, not yet shown.
    labels : (N,) int64
        Group of each texture; -1 is ungrouped.
    shown : Shown
        How the groups are drawn.
    thumbnail : callable
        Returns the thumbnail of a row, ``(h, w, 4)`` uint8, or None.
    top : float
        Where the first line begins, in pixels.
    """
    width = axes.get_xlim()[1]
    size, gap, margin = 48, 8, 40
    room = int((width - 2 * margin + gap) // (size + gap))
    first = dict(zip(*np.unique(labels, return_index=True), strict=True))
    for group, text in shown.others():
        alone = group == (-1,)
        rows = np.flatnonzero(labels < 0) if alone else np.array([first[one] for one in group])
        some = rows[np.linspace(0, len(rows) - 1, min(room, len(rows))).astype(int)]
        start = "and " if shown.named else ""
        theme.words(axes, margin, top + 12, start + text, theme.MUTED, 11.5, bold=True)
        for place, row in enumerate(some):
            at = (margin + place * (size + gap), top + 30)
            mosaic.thumbnail(
                thumbnail(int(row)), *at, size, theme.mixed(theme.group_color(-1), 0.8)
            )
        top += OTHERS_ROW
