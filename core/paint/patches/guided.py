"""Guide channels that an artist made: what belongs where, in the style's picture and in the texture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from ...image.resize import resize

_SHORT = 256
"""Largest short side at which the first colors are looked up, in pixels."""

_LOOKED_AT = 20_000  # pixels of the style's picture
_NEAREST = 8  # whose mean is taken


@dataclass(frozen=True, eq=False)
class Guide:
    """Channels that are compared besides the colors: masks, regions, render passes.

    Attributes
    ----------
    source : (H, W, C) float32 in [0, 1]
        On the style's picture, at any size of its shape.
    target : (h, w, C) float32 in [0, 1]
        On the texture, of its size.
    weight : float
        Of each channel; 1 is that of a color channel.
    """

    source: np.ndarray
    target: np.ndarray
    weight: float


def make_guide(
    source: np.ndarray, target: np.ndarray, size: tuple[int, int], weight: float, *, wrap: bool
) -> Guide:
    """Return a guide from two pictures.

    Parameters
    ----------
    source, target : (H, W, 3) float32, sRGB-encoded in [0, 1]
        On the style's picture and on the texture. If both are gray, they are one channel.
    size : (int, int)
        Width and height of the texture in pixels.
    weight : float
        Of all its channels together; 1 is that of the colors.
    wrap : bool
        The texture is a torus.

    Returns
    -------
    Guide
        Its target is as large as the texture.
    """
    gray = all(bool((one == one[..., :1]).all()) for one in (source, target))
    count = 1 if gray else 3
    scaled = np.clip(resize(target, size, wrap=wrap), 0, 1)
    return Guide(source[..., :count], scaled[..., :count], weight * 3 / count)


def first_colors(picture: np.ndarray, guides: Sequence[Guide], *, wrap: bool) -> np.ndarray:
    """Return the colors of the style's picture where the guides are most alike.

    Parameters
    ----------
    picture : (H, W, 3) float32, sRGB-encoded in [0, 1]
        The style's.
    guides : sequence of Guide
        At least one.
    wrap : bool
        The texture is a torus.

    Returns
    -------
    (h, w, 3) float32, sRGB-encoded in [0, 1]
        As large as the targets of the guides.
    """
    sources, size = _features([g.source for g in guides], guides, picture.shape[:2])
    targets, small = _features([g.target for g in guides], guides, guides[0].target.shape[:2])
    colors = cv2.resize(picture, size, interpolation=cv2.INTER_AREA).reshape(-1, 3)
    random = np.random.default_rng(0)
    chosen = random.choice(len(sources), min(len(sources), _LOOKED_AT), replace=False)
    near = min(_NEAREST, len(chosen))
    from scipy.spatial import cKDTree  # late: it is slow to import

    _, nearest = cKDTree(sources[chosen]).query(targets, k=[*range(1, near + 1)], workers=-1)
    found = colors[chosen][nearest].mean(axis=1).reshape(small[1], small[0], 3)
    height, width = guides[0].target.shape[:2]
    return np.clip(resize(found.astype(np.float32), (width, height), wrap=wrap), 0, 1)


def _features(
    pictures: Sequence[np.ndarray], guides: Sequence[Guide], shape: tuple[int, ...]
) -> tuple[np.ndarray, tuple[int, int]]:
    """Return weighted channels ``(N, F)`` at a low resolution, and its width and height."""
    scale = min(1.0, _SHORT / min(shape))
    size = max(1, round(shape[1] * scale)), max(1, round(shape[0] * scale))
    parts = [
        cv2.resize(np.ascontiguousarray(one), size, interpolation=cv2.INTER_AREA).reshape(
            size[0] * size[1], -1
        )
        * guide.weight**0.5
        for one, guide in zip(pictures, guides, strict=True)
    ]
    return np.concatenate(parts, axis=1), size
