"""All pictures of one grouping, drawn and saved."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..clustering.grouping import Grouping
from ..clustering.names import Named
from ..control import SILENT, Control
from ..features import Thumbnails
from . import cluster_map, dendrogram, palettes, silhouette, theme


@dataclass(frozen=True)
class Drawn:
    """What there is to draw: ``(N, D)`` points, their grouping, its words, and thumbnails by
    content.
    """

    points: np.ndarray
    grouping: Grouping
    named: Named
    thumbnails: Thumbnails
    contents: tuple[str, ...]


def draw_pictures(
    folder: Path,
    what: Drawn,
    *,
    linkage: str = "ward",
    cut: bool = False,
    seed: int = 0,
    control: Control = SILENT,
) -> dict[str, str]:
    """Draw and save; return the PNG of each kind: ``map``, ``dendrogram``, ``silhouette``,
    ``palettes``.

    Raises
    ------
    OutputUnwritable
        The folder cannot be written.
    """
    labels, named = what.grouping.labels, what.named

    def thumbnail(row: int) -> np.ndarray | None:
        return what.thumbnails.read(what.contents[row])

    typical = [thumbnail(row) for row in named.typical]
    below = named.sentence
    makers = {
        "map": lambda: cluster_map.draw(
            what.points, labels, named.names, thumbnail, below=below, seed=seed
        ),
        "dendrogram": lambda: dendrogram.draw(
            what.points, labels, thumbnail, linkage=linkage, cut=cut, below=below, seed=seed
        ),
        "silhouette": lambda: silhouette.draw(
            labels, what.grouping.silhouettes.values, named.names, typical, below=below
        ),
        "palettes": lambda: palettes.draw(
            named.names, [len(members) for members in named.members], named.palettes, typical
        ),
    }
    written = {}
    for step, (kind, make) in enumerate(makers.items()):
        control.advance(step / len(makers))
        path = folder / f"{kind}.png"
        theme.save(make(), path)
        written[kind] = str(path)
    return written
