"""Put some of the exemplar's texture into flat areas of a guide, so that paint is found for them.

References
----------
Galerne, Gousseau and Morel, "Random Phase Textures: Theory and Synthesis", IEEE Transactions on Image
Processing 20, 2011.
"""

from __future__ import annotations

import numpy as np

from ...control import SILENT, Control
from ...image.blur import gaussian_blur
from ...image.resize import resize

_SHORT = 256
"""Largest short side at which the texture is made; finer texture is found by matching."""

_COARSE = 1 / 12
"""Standard deviation of the blur that texture is the rest of, as a share of the short side."""


def fill_flat_areas(
    guide: np.ndarray,
    exemplar: np.ndarray,
    *,
    grain: float,
    brush_scale: float,
    seed: int,
    wrap: bool,
    control: Control = SILENT,
) -> np.ndarray:
    """Return the guide with random texture like the exemplar's where it has none.

    Parameters
    ----------
    guide : (H, W, 3) float32, sRGB-encoded in [0, 1]
        What is to be repainted.
    exemplar : (h, w, 3) float32, sRGB-encoded in [0, 1]
        The picture of the style.
    grain : float
        Contrast of the texture, compared with the exemplar's.
    brush_scale : float
        Size of the exemplar, compared with the guide.
    seed : int
        Of the texture.
    wrap : bool
        The guide is a torus.
    control : Control
        Cancels between steps.

    Returns
    -------
    (H, W, 3) float32
        In [0, 1].
    """
    height, width = guide.shape[:2]
    scale = min(1.0, _SHORT / min(height, width))
    size = max(1, round(height * scale)), max(1, round(width * scale))
    texture, contrast = _random_texture(exemplar, size, brush_scale, seed)
    if contrast < 1 / 255:  # nothing but one color
        return guide
    small = resize(guide, (size[1], size[0]), wrap=wrap)
    detail = np.square(small - gaussian_blur(small, min(size) / 32, wrap=wrap)).sum(axis=2)
    local = np.sqrt(gaussian_blur(detail, min(size) / 32, wrap=wrap)) / contrast
    texture *= (grain * np.exp(-np.square(2 * local)))[..., None]
    filled = resize(texture, (width, height), wrap=True)
    control.cancel.raise_if_set()
    filled += guide
    control.cancel.raise_if_set()
    return np.clip(filled, 0, 1, out=filled)


def _random_texture(
    exemplar: np.ndarray, size: tuple[int, int], brush_scale: float, seed: int
) -> tuple[np.ndarray, float]:
    """Return a torus with the exemplar's spectrum, without its coarse part, and its contrast."""
    short = max(2.0, min(size) * brush_scale)
    scale = short / min(exemplar.shape[:2])
    scaled = [max(2, round(length * scale)) for length in exemplar.shape[:2]]
    fine = resize(exemplar, (scaled[1], scaled[0]))
    fine = fine - gaussian_blur(fine, max(1.0, short * _COARSE))
    fine = fine[: size[0], : size[1]]
    contrast = float(np.sqrt(np.square(fine).sum(axis=2).mean()))
    random = np.random.default_rng(seed)
    from scipy import fft  # late: it is slow to import

    noise = fft.rfft2(random.standard_normal(size, np.float32))
    noise /= np.maximum(np.abs(noise), 1e-9)  # the phases alone
    spectrum = fft.rfft2(fine, s=size, axes=(0, 1))
    spectrum *= noise[..., None] * np.sqrt(size[0] * size[1] / (fine.shape[0] * fine.shape[1]))
    return fft.irfft2(spectrum, s=size, axes=(0, 1)).astype(np.float32), contrast
