"""Mix paintings of one frame without losing contrast.

Images are split into what is broad (light and color) and what is fine (strokes); the contrast of what
is fine is set from place to place.

References
----------
Heitz and Neyret, "High-Performance By-Example Noise using a Histogram-Preserving Blending
Operator", HPG 2018 (a mixture that keeps the variance of what is mixed).
"""

from __future__ import annotations

import cv2
import numpy as np

from ..image.convert import clipped

EPSILON = np.float32(1e-4)
"""Keeps divisions by variances and shares finite."""

_BROAD = 8.0
"""Standard deviation in pixels of the blur that leaves what is broad; strokes are finer."""

_LARGEST_GAIN = 1.5
"""The most by which the contrast of a mixture is raised."""


def mix(first: np.ndarray, second: np.ndarray, share: np.ndarray) -> np.ndarray:
    """Mix two paintings of one frame, keeping their contrast.

    The mean of two patterns that have nothing in common has half their variance: strokes that lie
    elsewhere in the two would grow faint. So the variance is raised to theirs, from place to place.

    Parameters
    ----------
    first, second : (H, W, 3) float32
        The paintings, in [0, 1].
    share : (h, w) float32
        Of the second painting, in [0, 1]; may be smaller than the paintings.

    Returns
    -------
    (H, W, 3) float32
        In [0, 1].
    """
    if not share.any() or np.array_equal(first, second):
        return first
    height, width = first.shape[:2]
    if share.shape != (height, width):
        share = cv2.resize(share, (width, height))
    result = cv2.add(first, multiply_in_place(cv2.subtract(second, first), share))
    one, two, mixed = (_fine_variance(image) for image in (first, second, result))
    goal = one + cv2.resize(share, _quarter(first), interpolation=cv2.INTER_AREA) * (two - one)
    gain = np.sqrt((goal + EPSILON) / (mixed + EPSILON)).clip(1, _LARGEST_GAIN)
    return _with_gain(result, gain)


def limit_contrast(image: np.ndarray, reference: np.ndarray) -> np.ndarray:
    """Lower the contrast of an image where it is higher than that of another.

    Parameters
    ----------
    image, reference : (H, W, 3) float32
        In [0, 1].

    Returns
    -------
    (H, W, 3) float32
        In [0, 1].
    """
    ratio = (_fine_variance(reference) + EPSILON) / (_fine_variance(image) + EPSILON)
    return _with_gain(image.copy(), np.sqrt(ratio).clip(0, 1))


def low_pass(image: np.ndarray) -> np.ndarray:
    """Return what is broad in an image.

    Parameters
    ----------
    image : (H, W) or (H, W, C) float32
        Any image.

    Returns
    -------
    (H, W) or (H, W, C) float32
        The image without its strokes.
    """
    height, width = image.shape[:2]
    return cv2.resize(_blurred(image, _quarter(image)), (width, height))


def multiply_in_place(image: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Multiply all channels of an image by a weight.

    Parameters
    ----------
    image : (H, W, 3) float32
        Changed.
    weight : (H, W) float32
        For each pixel.

    Returns
    -------
    (H, W, 3) float32
        ``image``.
    """
    return cv2.multiply(image, cv2.merge([weight] * 3), dst=image)


def _with_gain(image: np.ndarray, gain: np.ndarray) -> np.ndarray:
    """Multiply what is fine in an image, which is changed, by a gain at a quarter of its size."""
    broad = low_pass(image)
    gain = cv2.resize(gain, image.shape[1::-1])
    fine = multiply_in_place(cv2.subtract(image, broad, dst=image), gain)
    return clipped(cv2.add(broad, fine, dst=broad))


def _fine_variance(image: np.ndarray) -> np.ndarray:
    """Return the variance of fine lightness in ``(H, W, 3)``, at a quarter of the size.

    Every other pixel of every other row tells it as well as all of them.
    """
    height, width = image.shape[:2]
    some = cv2.resize(image, (-(-width // 2), -(-height // 2)), interpolation=cv2.INTER_NEAREST)
    gray, size = cv2.cvtColor(some, cv2.COLOR_RGB2GRAY), _quarter(image)
    return (_blurred(cv2.multiply(gray, gray), size) - _blurred(gray, size) ** 2).clip(0)


def _blurred(image: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """Return what is broad at ``size``, a quarter of the whole, where a blur is cheap."""
    small = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
    return cv2.GaussianBlur(small, (0, 0), _BROAD / 4)


def _quarter(image: np.ndarray) -> tuple[int, int]:
    height, width = image.shape[:2]
    return -(-width // 4), -(-height // 4)
