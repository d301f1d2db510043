"""Paint across the seams of a mesh: extend its islands before painting, join them after it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from ..control import SILENT, Control
from ..image.picture import Picture
from ..mesh.atlas import Atlas, Links
from ..mesh.band import band
from ..mesh.islands import Layout, find_islands, on_tiles
from ..mesh.joining import close_seams, fill_margin, meet, mix_over_seams, seam_points
from ..mesh.uv_mesh import UVMesh
from .working import resize_picture

_FADE = 1 / 80
"""How far from a seam its two sides fade into each other, at most, by the long side."""

_MEET = 1 / 240
"""How far from a seam colors are moved to the mean of its sides, by the long side."""

_MARGIN = 1 / 512
"""How far the margin around islands is filled in the result, by the long side. Beyond it, what each
island was painted with remains, which is nearly the same."""

_LEAST = 3.0  # pixels, for small pictures


def islands_of(mesh: UVMesh, tiles: Sequence[int]) -> Islands | None:
    """Return the islands of a mesh on a texture.

    Parameters
    ----------
    mesh : UVMesh
        The triangles that the texture lies on.
    tiles : sequence of int
        UDIM number of each picture; 1001 for a picture that is no tile.

    Returns
    -------
    Islands or None
        None if the texture is repeated over the mesh, or has no seams.
    """
    inside = on_tiles(mesh, tiles)
    if inside is None:
        return None
    layout = find_islands(inside)
    return Islands(layout, tiles) if len(layout.seams) else None


class Islands:
    """The islands of a mesh on a texture, or on the tiles of a UDIM.

    Parameters
    ----------
    layout : Layout
        The islands.
    tiles : sequence of int
        UDIM number of each picture; 1001 for a picture that is no tile.
    """

    def __init__(self, layout: Layout, tiles: Sequence[int]) -> None:
        self._layout, self._tiles = layout, tuple(tiles)
        self._atlas: Atlas | None = None

    def atlas(self, pictures: Sequence[Picture]) -> Atlas:
        """Return the islands in pixels.

        Parameters
        ----------
        pictures : sequence of Picture
            Have the sizes.

        Returns
        -------
        Atlas
            The one of the last call if the sizes are the same.
        """
        return self._at([picture.size for picture in pictures])

    def _at(self, sizes: list[tuple[int, int]]) -> Atlas:
        if self._atlas is None or self._atlas.sizes != sizes:
            self._atlas = Atlas(self._layout, sizes, self._tiles)
        return self._atlas

    def extended(self, pictures: Sequence[Picture]) -> list[Picture]:
        """Return pictures in which islands go on beyond their borders with what is across the seam.

        Parameters
        ----------
        pictures : sequence of Picture
            The tiles.

        Returns
        -------
        list of Picture
            With new colors, and new alpha if all have one, around the islands.
        """
        atlas = self.atlas(pictures)
        links = [atlas.links(index, atlas.reach(index)) for index in range(len(pictures))]
        changed: list[dict[str, Any]] = [{} for _ in pictures]
        for name in ("color", "alpha", "cover"):
            planes = [getattr(picture, name) for picture in pictures]
            if all(plane is not None for plane in planes):
                for index, plane in enumerate(_extended(planes, atlas, links)):
                    changed[index][name] = plane
        return [replace(p, **planes) for p, planes in zip(pictures, changed, strict=True)]

    def joined(
        self,
        painted: Sequence[Picture],
        originals: Sequence[Picture],
        *,
        mixed: bool,
        control: Control = SILENT,
    ) -> list[Picture]:
        """Return painted pictures with their seams closed and the margins around islands filled.

        Parameters
        ----------
        painted : sequence of Picture
            The painted tiles, whose colors are not needed any more.
        originals : sequence of Picture
            What :meth:`extended` was given, for their alpha.
        mixed : bool
            Let the two sides of a seam fade into each other. Strokes need none of it: they go on.
        control : Control
            Is asked for a cancel.

        Returns
        -------
        list of Picture
            With other colors near the borders of islands.

        Raises
        ------
        JobCancelled
            The control was cancelled.
        """
        # In place where that can be: there may be little memory left.
        colors = [np.require(picture.color, np.float32, ("C", "W")) for picture in painted]
        levels = 255 if all(picture.depth == "8" for picture in painted) else 0
        self._close(colors, mixed, control, levels)
        result = []
        for color, picture, original in zip(colors, painted, originals, strict=True):
            if picture.depth in ("8", "16"):
                np.clip(color, 0, 1, out=color)
            own = resize_picture(original, picture.size, seamless=False)
            result.append(replace(picture, color=color, alpha=own.alpha, cover=own.cover))
        return result

    def joined_heights(self, heights: Sequence[np.ndarray], control: Control = SILENT) -> None:
        """Close the seams of the paint's thickness, and fill its margins.

        Parameters
        ----------
        heights : sequence of (H, W) float32 in [0, 1]
            Those of the tiles; changed in place.
        control : Control
            Is asked for a cancel.

        Raises
        ------
        JobCancelled
            The control was cancelled.
        """
        self._close([height[..., None] for height in heights], False, control)
        for height in heights:
            np.clip(height, 0, 1, out=height)

    def _close(
        self, images: Sequence[np.ndarray], mixed: bool, control: Control, levels: int = 0
    ) -> None:
        """Close the seams of tiles ``(H, W, C)`` in place."""
        atlas = self._at([(image.shape[1], image.shape[0]) for image in images])
        points = seam_points(atlas)
        sides = [max(size) for size in atlas.sizes]
        width = _FADE if mixed else _MEET
        bands = [band(atlas, i, max(_LEAST, width * side)) for i, side in enumerate(sides)]
        control.cancel.raise_if_set()
        if mixed:
            mix_over_seams(images, bands)
        meet(images, atlas, points, bands, max(_LEAST, _MEET * max(sides)))
        control.cancel.raise_if_set()
        links = [atlas.links(i, max(_LEAST, _MARGIN * side)) for i, side in enumerate(sides)]
        fill_margin(images, atlas, links)
        control.cancel.raise_if_set()
        close_seams(images, atlas, points, levels)


def _extended(
    planes: Sequence[np.ndarray], atlas: Atlas, links: Sequence[Links]
) -> list[np.ndarray]:
    """Return planes ``(H, W)`` or ``(H, W, C)`` with what lies across the seams around islands."""
    wide = [np.array(plane, np.float32).reshape(*plane.shape[:2], -1) for plane in planes]
    fill_margin(wide, atlas, links)
    result = []
    for plane, filled in zip(planes, wide, strict=True):
        whole = filled if plane.dtype.kind == "f" else np.rint(filled)
        result.append(whole.reshape(plane.shape).astype(plane.dtype, copy=False))
    return result
