"""Choices and results of grouping, as plain values: light enough for Blender's process."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Algorithm = Literal["KMEANS", "DBSCAN", "AGGLOMERATIVE"]
Linkage = Literal["average", "ward"]

SIMILARITY = 0.5
"""Probability of being the same kind from which textures are grouped, unless the artist chooses."""


@dataclass(frozen=True)
class Group:
    """Images that look alike.

    Attributes
    ----------
    name : str
        Made from the look ("Brown, Coarse").
    members : tuple of str
        Keys of the images.
    typical : str
        Key of the image that is nearest to the mean of all.
    palette : tuple of (float, float, float)
        Up to five main colors, sRGB-encoded in [0, 1], most common first.
    """

    name: str
    members: tuple[str, ...]
    typical: str
    palette: tuple[tuple[float, float, float], ...] = ()


@dataclass(frozen=True)
class Doubt:
    """Two images of which it is unsure whether they show the same kind of thing.

    Attributes
    ----------
    first, second : str
        Keys of the images; each is typical of those that are surely like it.
    probability : float
        That they are the same kind, in [0, 1].
    together : bool
        Whether they are in one group now.
    """

    first: str
    second: str
    probability: float
    together: bool
