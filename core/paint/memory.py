"""Choose tiles that fit the memory."""

from __future__ import annotations

from collections.abc import Sequence

from ..memory import available, too_large
from ..styles.look import Look, with_engine
from . import working
from .engine import TILE
from .tiling import HALO

_BYTES_PER_PIXEL: dict[str, int] = {"NETWORK": 44, "STROKES": 44, "PATCHES": 96}
"""For a picture at its own size: float colors in and out, alpha, and the encoded file; for patches also
the guide, the levels and the matches."""

_BYTES_PER_WORKING_PIXEL = 56
"""For a picture at working resolution: content, copy, painting, noise, masks."""

_BYTES_PER_TILE_PIXEL = 420
"""For a tile with its halo: the activations of encoder and decoder at their peak."""

_BYTES_ACROSS_SEAMS = 40
"""For each pixel of a picture that is painted across seams: its island and border, what is across."""

_SMALLEST_TILE = 256


def tile_for(
    sizes: Sequence[tuple[int, int]],
    look: Look,
    key: str,
    limit: int = 0,
    most: int = TILE,
    *,
    across: bool = False,
) -> int:
    """Return the largest side of tiles with which images can be stylized.

    Parameters
    ----------
    sizes : sequence of (int, int)
        Widths and heights of the images in pixels, which are in memory together.
    look : Look
        Has the brush scale, and the largest side of the results.
    key : str
        Name of the images, for the error.
    limit : int
        Bytes to use; 0: nine tenths of what can be had now without swapping.
    most : int
        Largest side to return.
    across : bool
        They are painted across the seams of a mesh.

    Returns
    -------
    int
        Side in pixels, without the halo.

    Raises
    ------
    ImageTooLarge
        Not even the smallest tile would fit.
    """
    if max((w * h for w, h in sizes), default=0) > working.LARGE:
        most = min(most, TILE // 2)
    free = available(limit)
    plans = [working.plan(size, look) for size in sizes]
    whole = sum(max(w * h, p.size[0] * p.size[1]) for (w, h), p in zip(sizes, plans, strict=True))
    at_work = sum(p.working[0] * p.working[1] for p in plans)
    fixed = _BYTES_PER_PIXEL[with_engine(look).engine] * whole + _BYTES_PER_WORKING_PIXEL * at_work
    fixed += _BYTES_ACROSS_SEAMS * whole * across
    tile = most
    while tile > _SMALLEST_TILE and fixed + _tile_bytes(tile) > free:
        tile //= 2
    needed = fixed + min(_tile_bytes(tile), _BYTES_PER_TILE_PIXEL * at_work)
    if needed > free:
        raise too_large(key, needed, free)
    return tile


def _tile_bytes(tile: int) -> int:
    return _BYTES_PER_TILE_PIXEL * (tile + 2 * HALO) ** 2
