"""How visible UV seams are: the two sides of every seam, compared texel by texel."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.ndimage import uniform_filter1d

from impasto.core.image.color import srgb_to_lab
from impasto.core.mesh.atlas import Atlas
from impasto.core.mesh.joining import SeamPoints, seam_points
from impasto.core.mesh.sampling import sampled
from impasto.core.mesh.uv_mesh import UVMesh

NEAR, FAR = 1.5, 4.5
"""Distances from a seam in texels: what lies 3 texels apart over a seam, and beside it."""

_WINDOW = 48  # texels along a seam; how far one sees where it is worst


def seam_error(images: Sequence[np.ndarray], atlas: Atlas) -> float:
    """Mean distance in Lab (delta E 1976) of the two sides of all seams, at every texel."""
    return float(_errors(images, seam_points(atlas)).mean())


def step(images: Sequence[np.ndarray], atlas: Atlas) -> float:
    """Contrast of texels on two sides of a seam by that of texels as far apart on one side.

    1 means that the seam cannot be told from the painting around it.
    """
    points = seam_points(atlas)
    inward = atlas.inward[points.borders]
    near, far = (
        [_lab(images, points.pages[i], points.places[i] + d * inward[i]) for i in range(2)]
        for d in (NEAR, FAR)
    )
    over = np.linalg.norm(near[0] - near[1], axis=1).mean()
    beside = np.mean([np.linalg.norm(n - f, axis=1).mean() for n, f in zip(near, far, strict=True)])
    return float(over / beside)


def worst_place(
    images: Sequence[np.ndarray], atlas: Atlas, mesh: UVMesh, tiles: Sequence[int]
) -> tuple[float, np.ndarray, np.ndarray]:
    """Return how much the worst part of a seam shows, where that is on the mesh, and its normal."""
    points = seam_points(atlas)
    # Points of a seam are in a row; the mean over neighbors of another seam does little harm.
    errors = uniform_filter1d(_errors(images, points), _WINDOW)
    index = int(errors.argmax())
    place = points.places[0, index] + 0.2 * atlas.inward[points.borders[0, index]]
    page = points.pages[0, index]
    width, height = atlas.sizes[page]
    tile = tiles[page] - 1001
    uv = np.array([(place.real + 0.5) / width, 1 - (place.imag + 0.5) / height])
    return float(errors[index]), *_on_surface(mesh, uv + np.array((tile % 10, tile // 10)))


def _errors(images: Sequence[np.ndarray], points: SeamPoints) -> np.ndarray:
    one, other = (_lab(images, *pair) for pair in zip(points.pages, points.places, strict=True))
    return np.linalg.norm(one - other, axis=1)


def _lab(images: Sequence[np.ndarray], page: np.ndarray, place: np.ndarray) -> np.ndarray:
    return srgb_to_lab(sampled(list(images), page, place)[None])[0]


def _on_surface(mesh: UVMesh, uv: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return point and normal of the triangle that has a UV, or is nearest to it."""
    first = mesh.uv[:, 0]
    frames = np.stack((mesh.uv[:, 1] - first, mesh.uv[:, 2] - first), axis=2)
    frames = np.where(np.abs(np.linalg.det(frames))[:, None, None] < 1e-12, np.eye(2), frames)
    shares = np.linalg.solve(frames, (uv - first)[..., None])[..., 0]
    outside = np.maximum(-shares.min(axis=1), shares.sum(axis=1) - 1)
    best = int(outside.argmin())
    a, b, c = mesh.positions[mesh.triangles[best]].astype(float)
    v, w = shares[best]
    return a + v * (b - a) + w * (c - a), np.cross(b - a, c - a)
