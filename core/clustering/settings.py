"""Named groups of images that look alike, as plain values. Light enough for Blender's process."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Algorithm = Literal["KMEANS", "DBSCAN", "AGGLOMERATIVE"]
Linkage = Literal["ward", "average"]


@dataclass(frozen=True)
class Group:
    """Images that look alike. ``name`` is made from the look ("Warm Brown, Coarse")."""

    name: str
    members: tuple[str, ...]
    typical: str
    palette: tuple[tuple[float, float, float], ...] = ()
    """Up to five main colors, sRGB-encoded in [0, 1], most common first."""
