"""Patches of a picture that are turned so that its strokes lie along x."""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np

from .orientation import structure_tensor

_TRIED = 6  # points that are looked at for each one that is taken
_MARGIN = 8  # pixels


def turned_patches(
    image: np.ndarray,
    lightness: np.ndarray,
    sigma: float,
    shape: tuple[int, int],
    count: int,
    rng: np.random.Generator,
) -> Iterator[np.ndarray]:
    """Yield patches from where a picture has a clear direction but no outlines.

    Parameters
    ----------
    image : (H, W) float32
        What the patches are taken from.
    lightness : (H, W) float32
        Leads the directions.
    sigma : float
        Deviation of the averaging of its structure tensor, in pixels.
    shape : (int, int)
        Height and width of the patches in pixels.
    count : int
        Number of patches.
    rng : numpy.random.Generator
        Of where they are taken.

    Yields
    ------
    (h, w) float32
        A patch.
    """
    tensor = structure_tensor(lightness[..., None], sigma)
    height, width = lightness.shape
    y = rng.uniform(_MARGIN, height - _MARGIN, _TRIED * count)
    x = rng.uniform(_MARGIN, width - _MARGIN, _TRIED * count)
    at = tensor[y.astype(int), x.astype(int)]
    energy = at[:, 2]
    coherence = np.hypot(at[:, 0], at[:, 1]) / (energy + 1e-3)
    # Not the strongest edges: those are outlines of things, not strokes.
    calm = energy < np.percentile(energy, 75)
    best = np.argsort(-(coherence * calm))[:count]
    angle = 0.5 * np.arctan2(at[best, 1], at[best, 0])
    v, u = np.mgrid[0 : shape[0], 0 : shape[1]].astype(np.float32)
    u = u - (shape[1] - 1) / 2
    v = v - (shape[0] - 1) / 2
    for px, py, a in zip(x[best], y[best], angle, strict=True):
        c, s = np.float32(np.cos(a)), np.float32(np.sin(a))
        yield cv2.remap(
            image,
            np.float32(px) + c * u - s * v,
            np.float32(py) + s * u + c * v,
            cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_REFLECT_101,
        )
