"""The pixels beside seams: what is across, and how far the other side was painted."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .atlas import Atlas


@dataclass(frozen=True, eq=False)
class Band:
    """Pixels of a tile that are inside of an island and near one of its seams.

    Attributes
    ----------
    pixels : (N,) int64
        Positions in the flattened tile.
    border : (N,) int64
        The nearest border.
    distance : (N,) float32
        How far it is, in pixels.
    page : (N,) int32
        The tile of the other side.
    place : (N,) complex
        Where the pixel would be on that side, outside of its island.
    share : (N,) float32 in [0, 0.5]
        Share that the other side's painting has: a half at the seam, none where it ends.
    """

    pixels: np.ndarray
    border: np.ndarray
    distance: np.ndarray
    page: np.ndarray
    place: np.ndarray
    share: np.ndarray


def band(atlas: Atlas, index: int, width: float) -> Band:
    """Return the pixels beside the seams of a tile.

    Parameters
    ----------
    atlas : Atlas
        The islands.
    index : int
        The tile.
    width : float
        Largest distance from a seam, in pixels.

    Returns
    -------
    Band
        Those pixels.
    """
    page, sides, islands = atlas.pages[index], atlas.sides, atlas.layout.borders.island
    pixels = np.flatnonzero((page.island > 0) & (page.distance <= width))
    border = page.nearest.ravel()[pixels].astype(np.int64)
    keep = (islands[border] == page.island.ravel()[pixels]) & (sides.border[border] >= 0)
    keep &= sides.border[border] != border  # mirrored onto itself: both sides are the same
    pixels, border = pixels[keep], border[keep]
    distance = page.distance.ravel()[pixels]
    wide = atlas.sizes[index][0]
    place = sides.across(border, pixels % wide + 1j * (pixels // wide))
    far = sides.border[border]
    painted = atlas.planes.region[atlas.texel(atlas.page[far], place)] == islands[far]
    # How far it was painted is the same for all pixels beside a border, so that nothing is jagged.
    room = np.full(len(atlas.ends), width, np.float32)
    np.minimum.at(room, border[~painted], distance[~painted])
    rest = np.clip(1 - distance / np.maximum(room[border], 1e-3), 0, 1)
    share = np.where(painted, 0.5 * rest * rest * (3 - 2 * rest), 0).astype(np.float32)
    return Band(pixels, border, distance, atlas.page[far], place, share)
