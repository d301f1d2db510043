"""The working color space: what Blender's float pixels are in, and their way to linear Rec.709."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mathutils import Color

if TYPE_CHECKING:
    import numpy as np

LINEAR = "Linear Rec.709"
"""Blender's name of the space that results of float pixels are in, whatever the working space is."""

_SAME = 1e-5
"""Matrices that are nearer to no change than this are rounding."""


def to_rec709(pixels: np.ndarray) -> None:
    """Convert RGBA pixels from the working space to linear Rec.709, in place.

    Since 5.0 a file may work in Linear Rec.2020 or ACEScg. The matrix is Blender's own, so it is the
    inverse of what Blender does when it loads the result.

    Parameters
    ----------
    pixels : (N * 4,) float32
        As ``Image.pixels`` of a float image that holds color; also premultiplied.
    """
    import numpy as np  # late, as it would double the time to enable the extension

    rows = [Color(unit).from_scene_linear_to_rec709_linear()[:] for unit in np.eye(3)]
    matrix = np.array(rows, np.float32)
    if np.abs(matrix - np.eye(3)).max() > _SAME:
        colors = pixels.reshape(-1, 4)[:, :3]
        colors[...] = colors @ matrix
