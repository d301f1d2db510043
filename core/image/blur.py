"""Blur images, seamless ones across their border."""

from __future__ import annotations

import cv2
import numpy as np


def gaussian_blur(image: np.ndarray, sigma: float, *, wrap: bool = False) -> np.ndarray:
    """Blur an image with a Gaussian of at least 0.3 pixels.

    Parameters
    ----------
    image : (H, W) or (H, W, C) float32
        The image.
    sigma : float
        In pixels.
    wrap : bool, optional
        Whether the image is a torus; else it is mirrored at its border.

    Returns
    -------
    (H, W) or (H, W, C) float32
        The blurred image.
    """
    margin = int(np.ceil(3 * sigma))
    widths = [(margin, margin)] * 2 + [(0, 0)] * (image.ndim - 2)
    padded = np.pad(image, widths, mode="wrap" if wrap else "symmetric")
    blurred = cv2.GaussianBlur(padded, (0, 0), max(0.3, sigma))
    return blurred[margin : margin + image.shape[0], margin : margin + image.shape[1]]
