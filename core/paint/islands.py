"""Paint across the seams of a mesh: extend islands before painting, join them after it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from ..control import SILENT, Control
from ..image.picture import Picture
from ..mesh.atlas import Atlas, sampled
from ..mesh.band import band
from ..mesh.islands import find_islands
from ..mesh.joining import close_seams, fill_margin, meet, mix_over_seams, seam_points
from ..mesh.uv_mesh import UVMesh

_FADE = 1 / 80
"""How far from a seam its two sides fade into each other, at most, by the long side."""

_LEAST = 3.0  # pixels; for small pictures

_MARGIN = 1 / 128
"""How far the margin around islands is filled in the result, by the long side."""


class Islands:
    """The islands of a mesh on a texture, or on the tiles of a UDIM.

    Parameters
    ----------
    mesh : UVMesh
        The triangles that the texture lies on.
    tiles : sequence of int
        UDIM number of each picture; 1001 for a picture that is no tile.
    """

    def __init__(self, mesh: UVMesh, tiles: Sequence[int]) -> None:
        self._layout = find_islands(mesh)
        self._tiles = tuple(tiles)
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
        sizes = [picture.size for picture in pictures]
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
            With new colors, and new alpha if they have any, outside of the islands.
        """
        atlas = self.atlas(pictures)
        links = [atlas.links(i, atlas.reach(i)) for i in range(len(pictures))]
        colors = [picture.color for picture in pictures]
        result = []
        for picture, one in zip(pictures, links, strict=True):
            color = picture.color.copy()
            color.reshape(-1, 3)[one.pixels] = sampled(colors, one.page, one.place)
            picture = replace(picture, color=color)
            for name in ("alpha", "cover"):
                planes = [getattr(p, name) for p in pictures]
                if all(plane is not None for plane in planes):
                    picture = replace(picture, **{name: _looked_up(planes, one, picture, name)})
            result.append(picture)
        return result

    def joined(
        self, pictures: Sequence[Picture], *, mixed: bool = True, control: Control = SILENT
    ) -> list[Picture]:
        """Return painted pictures with their seams closed and the margins around islands filled.

        Parameters
        ----------
        pictures : sequence of Picture
            The painted tiles.
        mixed : bool
            Let the two sides of a seam fade into each other. Strokes need none of it: they go on.
        control : Control
            Is asked for a cancel.

        Returns
        -------
        list of Picture
            With other colors near the borders of islands.
        """
        atlas = self.atlas(pictures)
        colors = [np.array(picture.color) for picture in pictures]
        points = seam_points(atlas)
        widths = [max(_LEAST, _FADE * max(picture.size)) for picture in pictures]
        bands = [band(atlas, index, width) for index, width in enumerate(widths)]
        control.cancel.raise_if_set()
        if mixed:
            mix_over_seams(colors, bands)
        meet(colors, atlas, points, bands, max(_LEAST, widths[0] / 3))
        control.cancel.raise_if_set()
        links = [atlas.links(i, max(_LEAST, _MARGIN * max(p.size))) for i, p in enumerate(pictures)]
        fill_margin(colors, links)
        control.cancel.raise_if_set()
        close_seams(colors, atlas, points)
        for color, picture in zip(colors, pictures, strict=True):
            if picture.depth in ("8", "16"):
                np.clip(color, 0, 1, out=color)
        return [p.with_color(color) for p, color in zip(pictures, colors, strict=True)]


def _looked_up(planes, links, picture, name):  # type: ignore[no-untyped-def]
    plane = getattr(picture, name).copy()
    wide = [np.ascontiguousarray(p, np.float32)[..., None] for p in planes]
    found = sampled(wide, links.page, links.place)[:, 0]
    plane.reshape(-1)[links.pixels] = found if plane.dtype.kind == "f" else np.rint(found)
    return plane
