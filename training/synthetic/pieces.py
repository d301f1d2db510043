"""Many small oriented shapes that cover a picture: dabs, stitches, tesserae, leaves."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from .fields import Field, grid


@dataclass(frozen=True)
class Pieces:
    """Which piece is uppermost at each pixel, and where in it the pixel lies."""

    ids: np.ndarray
    """``(H, W)`` int32; -1 where there is none."""
    along: Field
    """-1 ... 1 from end to end of the piece."""
    across: Field
    """-1 ... 1 from side to side."""

    @property
    def present(self) -> np.ndarray:
        """``(H, W)`` bool: a piece is here."""
        return self.ids >= 0

    def spread(self, values: np.ndarray) -> np.ndarray:
        """A value per piece -> a value per pixel (that of the last piece where there is none)."""
        return np.take(np.asarray(values, np.float32), self.ids, axis=0)


OUTLINES = {
    "square": np.float32([[-1, -1], [1, -1], [1, 1], [-1, 1]]),
    "dab": np.float32(
        [[-1, -0.45], [-0.8, -0.95], [0.75, -1], [0.97, -0.5], [1, 0.5], [0.8, 1], [-0.78, 0.93]]
    ),
    "oval": np.float32(
        [[np.cos(a), np.sin(a)] for a in np.linspace(0, 2 * np.pi, 12, endpoint=False)]
    ),
    "leaf": np.float32(
        [[-1, 0], [-0.6, -0.6], [-0.1, -1], [0.5, -0.7], [1, 0], [0.5, 0.7], [-0.1, 1], [-0.6, 0.6]]
    ),
}


def lay(
    size: int,
    centers: np.ndarray,
    halves: np.ndarray,
    angles: np.ndarray,
    outline: str = "dab",
    wobble: np.ndarray | None = None,
    gap: float = 0.0,
) -> Pieces:
    """Lay pieces one over another.

    Parameters
    ----------
    centers
        ``(N, 2)`` x, y in pixels; later ones cover earlier ones.
    halves
        ``(N, 2)`` or ``(2,)`` half length and half width in pixels.
    angles
        ``(N,)`` direction of the length, radians.
    wobble
        ``(N, K, 2)`` displacement of the outline's K corners, in halves.
    gap
        Empty pixels around each piece, cut from what lies below.
    """
    count = len(centers)
    halves = np.broadcast_to(np.asarray(halves, np.float32), (count, 2))
    angles = np.asarray(angles, np.float32)
    cos, sin = np.cos(angles), np.sin(angles)

    def corners(grow: float) -> np.ndarray:
        local = np.broadcast_to(OUTLINES[outline], (count, *OUTLINES[outline].shape))
        if wobble is not None:
            local = local + wobble
        local = local * (halves + grow)[:, None]
        x = local[..., 0] * cos[:, None] - local[..., 1] * sin[:, None] + centers[:, :1]
        y = local[..., 0] * sin[:, None] + local[..., 1] * cos[:, None] + centers[:, 1:]
        return np.rint(np.stack([x, y], axis=2) * 16).astype(np.int32)

    ids = np.full((size, size), -1, np.int32)
    polygons = corners(0)
    moats = corners(gap) if gap else None
    for i in range(count):
        if moats is not None:
            cv2.fillConvexPoly(ids, moats[i], -1, cv2.LINE_8, 4)
        cv2.fillConvexPoly(ids, polygons[i], i, cv2.LINE_8, 4)
    ys, xs = grid(size)
    dx = xs - np.take(centers[:, 0], ids)
    dy = ys - np.take(centers[:, 1], ids)
    c, s = np.take(cos, ids), np.take(sin, ids)
    return Pieces(
        ids,
        (dx * c + dy * s) / np.take(halves[:, 0], ids),
        (dy * c - dx * s) / np.take(halves[:, 1], ids),
    )


def at(field: np.ndarray, points: np.ndarray) -> np.ndarray:
    """Values of a picture at points (x, y), clamped to it."""
    size = len(field)
    x, y = np.clip(np.rint(points), 0, size - 1).astype(np.int32).T
    return field[y, x]


def per_unit(rng: np.random.Generator, ids: np.ndarray, *shape: int) -> np.ndarray:
    """A normal random value (or vector) for each unit, spread over its pixels."""
    return rng.standard_normal((int(ids.max()) + 1, *shape)).astype(np.float32)[ids]
