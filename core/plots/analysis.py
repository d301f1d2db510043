"""All plots of an analysis, drawn and saved."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..clustering.grouping import Grouping
from ..clustering.names import NamedGroups
from ..control import SILENT, Control
from ..features import Thumbnails
from . import cluster_map, dendrogram, palettes, silhouette, theme


@dataclass(frozen=True)
class Analysis:
    """Results of an analysis, to be drawn.

    Attributes
    ----------
    points : (N, D) float32
        The images, as points.
    grouping : Grouping
        Their groups.
    named : NamedGroups
        Names and palettes of the groups.
    thumbnails : Thumbnails
        Thumbnails of the images.
    contents : tuple of str
        Content key of each image, by which its thumbnail is found.
    titles : tuple of str
        Name of each image, drawn where there is room; may be empty.
    """

    points: np.ndarray
    grouping: Grouping
    named: NamedGroups
    thumbnails: Thumbnails
    contents: tuple[str, ...]
    titles: tuple[str, ...] = ()


def draw_plots(
    folder: Path,
    analysis: Analysis,
    *,
    linkage: str = "average",
    reach: float | None = None,
    cut: bool = False,
    seed: int = 0,
    control: Control = SILENT,
) -> dict[str, str]:
    """Draw and save all plots of an analysis.

    Parameters
    ----------
    folder : Path
        Where the plots are saved; made if needed.
    analysis : Analysis
        What to draw.
    linkage : {"average", "ward"}, optional
        Linkage of the dendrogram.
    reach : float, optional
        Distance up to which pairs count as alike: marked in a dendrogram of averages.
    cut : bool, optional
        Else mark in the dendrogram where it falls into the groups.
    seed : int, optional
        Random seed.
    control : Control, optional
        Progress and cancellation.

    Returns
    -------
    dict of str to str
        The PNG of each kind: ``map``, ``dendrogram``, ``silhouette``, ``palettes``.

    Raises
    ------
    OutputUnwritable
        The folder cannot be written.
    JobCancelled
        It was asked to stop.
    """
    points, named = analysis.points, analysis.named
    labels, below = analysis.grouping.labels, named.sentence

    def thumbnail(row: int) -> np.ndarray | None:
        return analysis.thumbnails.read(analysis.contents[row])

    values = analysis.grouping.silhouettes.values
    makers = {
        "map": lambda: cluster_map.draw(
            points,
            labels,
            named.names,
            thumbnail,
            titles=analysis.titles,
            below=below,
            seed=seed,
        ),
        "dendrogram": lambda: dendrogram.draw(
            points,
            labels,
            thumbnail,
            linkage=linkage,
            reach=reach,
            cut=cut,
            titles=analysis.titles,
            below=below,
            seed=seed,
        ),
        "silhouette": lambda: silhouette.draw(
            labels, values, named.names, named.typical, thumbnail, below=below
        ),
        "palettes": lambda: palettes.draw(
            labels, named.names, named.palettes, named.typical, thumbnail, below=below
        ),
    }
    written = {}
    for step, (kind, make) in enumerate(makers.items()):
        control.advance(step / len(makers))
        path = folder / f"{kind}.png"
        theme.save(make(), path)
        written[kind] = str(path)
    return written
