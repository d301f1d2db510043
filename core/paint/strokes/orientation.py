"""Where strokes lie: a smooth field of directions over a picture.

A direction is kept as a double-angle vector (cos 2a, sin 2a), since a stroke and the same stroke turned
by half a turn are alike.

References
----------
Bigun and Granlund, "Optimal orientation detection of linear symmetry", ICCV 1987 (structure tensor).
Hays and Essa, "Image and video based painterly animation", NPAR 2004 (strong edges lead the rest).
"""

from __future__ import annotations

import cv2
import numpy as np

from ...image.resize import resize

_COARSE = 5.0  # sigma in pixels from which a blur is made at a lower resolution
_SMOOTH = 2.5  # the same where the result is smoothed again
_BAND = 32  # rows at once
_SPARSE = 3  # of so many rows and columns one is looked at for a percentile


def blur(image: np.ndarray, sigma: float, wrap: bool = False) -> np.ndarray:
    """Blur an image with a Gaussian.

    Parameters
    ----------
    image : (H, W) or (H, W, C) float32
        The image.
    sigma : float
        In pixels.
    wrap : bool
        Whether the image is a torus; else it is mirrored at its border.

    Returns
    -------
    (H, W) or (H, W, C) float32
        The blurred image.
    """
    if sigma < 0.3:
        return image
    height, width = image.shape[:2]
    sigma = min(sigma, float(max(height, width)))  # beyond, everything is the mean
    step = int(sigma / _COARSE)
    if step > 1 and min(height, width) >= 4 * step:
        small = resize(image, (-(-width // step), -(-height // step)), wrap=wrap)
        blurred = blur(small, sigma * small.shape[0] / height, wrap)
        return resize(blurred, (width, height), wrap=wrap)
    if not wrap:
        return cv2.GaussianBlur(image, (0, 0), sigma, borderType=cv2.BORDER_REFLECT_101)
    reach = int(np.ceil(4 * sigma)) + 1
    if reach < min(height, width):
        rows = np.arange(-reach, height + reach) % height
        columns = np.arange(-reach, width + reach) % width
        blurred = cv2.GaussianBlur(np.ascontiguousarray(image[rows][:, columns]), (0, 0), sigma)
        return np.ascontiguousarray(blurred[reach : reach + height, reach : reach + width])
    from scipy.ndimage import fourier_gaussian  # late: it is slow to import

    # Around the torus more than once: a padded picture would be many times as large.
    sigmas = (sigma, sigma, *[0.0] * (image.ndim - 2))
    spectrum = fourier_gaussian(np.fft.fft2(image, axes=(0, 1)), sigmas)
    return np.fft.ifft2(spectrum, axes=(0, 1)).real.astype(np.float32)


def tensor_field(lab: np.ndarray, wrap: bool = False) -> np.ndarray:
    """Return the structure tensor of each pixel by itself, as double-angle vectors.

    Parameters
    ----------
    lab : (H, W, C) float32
        The picture, for instance in Lab.
    wrap : bool
        Whether the picture is a torus.

    Returns
    -------
    (H, W, 3) float32
        Energy as (cos 2a, sin 2a) along the edge, and the energy.
    """
    padded = np.pad(lab, ((1, 1), (1, 1), (0, 0)), mode="wrap" if wrap else "reflect")
    tensor = np.empty((*lab.shape[:2], 3), np.float32)
    for top in range(0, len(lab), _BAND):
        tensor[top : top + _BAND] = _tensor(padded[top : top + _BAND + 2])
    return tensor


def _tensor(padded: np.ndarray) -> np.ndarray:
    """Return the tensor of some rows, which have a border of one pixel."""
    xx, yy, xy = np.zeros((3, padded.shape[0] - 2, padded.shape[1] - 2), np.float32)
    for plane in cv2.split(padded):
        gx = cv2.Scharr(plane, cv2.CV_32F, 1, 0, scale=1 / 32)[1:-1, 1:-1]
        gy = cv2.Scharr(plane, cv2.CV_32F, 0, 1, scale=1 / 32)[1:-1, 1:-1]
        cv2.accumulateSquare(gx, xx)
        cv2.accumulateSquare(gy, yy)
        cv2.accumulateProduct(gx, gy, xy)
    # The gradient's double angle, turned by half a turn: along the edge.
    return cv2.merge((yy - xx, np.float32(-2) * xy, xx + yy))


def structure_tensor(lab: np.ndarray, sigma: float, wrap: bool = False) -> np.ndarray:
    """Return the structure tensor of a picture as double-angle vectors.

    Parameters
    ----------
    lab : (H, W, C) float32
        The picture, for instance in Lab.
    sigma : float
        Deviation of the averaging, in pixels.
    wrap : bool
        Whether the picture is a torus.

    Returns
    -------
    (H, W, 3) float32
        Along the edges: energy times coherence as (cos 2a, sin 2a), and the energy.
    """
    return blur(tensor_field(lab, wrap), sigma, wrap)


def smooth_noise(
    shape: tuple[int, int], sigma: float, channels: int, rng: np.random.Generator, wrap: bool
) -> np.ndarray:
    """Return blurred noise of unit deviation, made at low resolution where it is smooth.

    Parameters
    ----------
    shape : (int, int)
        Height and width in pixels.
    sigma : float
        Deviation of the blur, in pixels.
    channels : int
        Number of channels.
    rng : numpy.random.Generator
        The source of randomness.
    wrap : bool
        Whether it must tile.

    Returns
    -------
    (H, W, channels) float32
        The noise.
    """
    step = max(1.0, sigma / 3)
    small = tuple(max(2, round(side / step)) for side in shape)
    noise = rng.standard_normal((*small, channels)).astype(np.float32)
    noise = blur(noise, sigma / step, wrap=True).reshape(*small, channels)
    noise /= noise.std() + 1e-6
    if wrap:  # a margin, so that the enlargement goes on across the border
        noise = np.concatenate((noise, noise[:1]), axis=0)
        noise = np.concatenate((noise, noise[:, :1]), axis=1)
        size = (shape[1] + round(shape[1] / small[1]), shape[0] + round(shape[0] / small[0]))
    else:
        size = shape[::-1]
    large = cv2.resize(noise, size, interpolation=cv2.INTER_CUBIC)
    return large.reshape(*large.shape[:2], channels)[: shape[0], : shape[1]]


def style_field(
    shape: tuple[int, int],
    directions: np.ndarray,
    flow: float,
    rng: np.random.Generator,
    wrap: bool,
) -> np.ndarray:
    """Return a smooth random field whose directions are as often as a style has them.

    Parameters
    ----------
    shape : (int, int)
        Height and width in pixels.
    directions : (N,) float32
        How often each direction from 0 to half a turn is; sums to 1.
    flow : float
        Pixels over which a direction lasts.
    rng : numpy.random.Generator
        The source of randomness.
    wrap : bool
        Whether it must tile.

    Returns
    -------
    (H, W, 2) float32
        Double-angle vectors of length 1.
    """
    noise = smooth_noise(shape, flow, 1, rng, wrap)[..., 0]
    order = np.sort(noise[:: max(1, shape[0] // 128), :: max(1, shape[1] // 128)].ravel())
    share = np.searchsorted(order, noise).astype(np.float32) / max(1, len(order))
    # The histogram begins at its emptiest bin, so that the field need not jump over a frequent one.
    start = int(np.argmin(directions))
    rolled = np.roll(directions, -start).astype(np.float64) + 1e-4
    edges = np.concatenate(([0.0], np.cumsum(rolled) / rolled.sum()))
    bins = np.interp(share, edges, np.arange(len(rolled) + 1)) + start
    double = (2 * np.pi / len(directions) * bins).astype(np.float32)
    return np.stack((np.cos(double), np.sin(double)), axis=2)


def direction_field(
    tensor: np.ndarray,
    scale: float,
    calm: np.ndarray,
    wrap: bool = False,
    coherent: float = 1.0,
) -> np.ndarray:
    """Return the directions of strokes: along what the picture shows, elsewhere along a calm field.

    Parameters
    ----------
    tensor : (H, W, 3) float32
        What :func:`tensor_field` returns for the picture.
    scale : float
        Width of the strokes in pixels.
    calm : (h, w, 2) float32
        Double-angle vectors for where the picture is flat, at any size.
    wrap : bool
        Whether the picture is a torus.
    coherent : float
        Weight of the picture against the calm field.

    Returns
    -------
    (H, W, 2) float32
        Double-angle vectors of any length.
    """
    height, width = tensor.shape[:2]
    near = blur(tensor, max(1.0, 0.5 * scale), wrap)
    strength = float(np.percentile(near[::_SPARSE, ::_SPARSE, 2], 90)) + 0.05
    double: np.ndarray = cv2.merge(cv2.split(near)[:2])
    # Strong edges lead their surroundings, the farther the weaker. Both are smooth, and so is calm.
    step = max(1, min(int(2 * scale / _SMOOTH), height // 4, width // 4))
    size = (-(-width // step), -(-height // step))
    far = resize(double, size, wrap=wrap)
    reach = scale * far.shape[0] / height
    led = 0.5 * blur(far, 2 * reach, wrap) + 0.25 * blur(far, 6 * reach, wrap)
    led = led + np.float32(0.06 * strength / coherent) * resize(calm, size, wrap=wrap)
    double += resize(led, (width, height), wrap=wrap)
    return double
