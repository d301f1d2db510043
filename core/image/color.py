"""Color spaces, keep-color, and the tone curve that brings HDR into the networks' range.

All functions work on a band of rows at a time, so that temporary arrays stay small.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import cv2
import numpy as np

LUMA = np.array([0.2126, 0.7152, 0.0722], np.float32)
"""Weights of R, G and B in luma, ``(3,)`` float32 (ITU-R BT.709)."""

_KNEE = np.float32(0.8)
_BAND = 1 << 18
_BISECTIONS = 12

# IEC 61966-2-1 primaries to CIE XYZ; rows are divided by their sums, the white point D65.
_XYZ = np.array(
    [
        [0.4124564, 0.3575761, 0.1804375],
        [0.2126729, 0.7151522, 0.0721750],
        [0.0193339, 0.1191920, 0.9503041],
    ]
)
_TO_XYZ = (_XYZ / _XYZ.sum(axis=1, keepdims=True)).T.astype(np.float32)
_TO_LAB = np.array([[0, 500, 0], [116, -500, 200], [0, 0, -200]], np.float32)
_LAB_OFFSET = np.array([-16, 0, 0], np.float32)
_FROM_XYZ = np.linalg.inv(_XYZ / _XYZ.sum(axis=1, keepdims=True)).T.astype(np.float32)

# Ottosson 2020, "A perceptual color space for image processing", from linear sRGB.
_RGB_LMS = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
_LMS_OK = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)
_TO_LMS, _FROM_LMS = (_RGB_LMS.T.astype(np.float32), np.linalg.inv(_RGB_LMS).T.astype(np.float32))
_TO_OK, _FROM_OK = (_LMS_OK.T.astype(np.float32), np.linalg.inv(_LMS_OK).T.astype(np.float32))


def srgb_to_linear(color: np.ndarray) -> np.ndarray:
    """Decode sRGB to scene-linear (IEC 61966-2-1, exact).

    Values above 1 continue the curve and negative ones mirror it, so nothing is clipped.

    Parameters
    ----------
    color : (...) float32
        sRGB-encoded.

    Returns
    -------
    (...) float32
        Scene-linear.
    """
    return _banded(_decode, color)


def linear_to_srgb(color: np.ndarray) -> np.ndarray:
    """Encode scene-linear as sRGB: the inverse of :func:`srgb_to_linear`.

    Parameters
    ----------
    color : (...) float32
        Scene-linear.

    Returns
    -------
    (...) float32
        sRGB-encoded.
    """
    return _banded(_encode, color)


def srgb_to_lab(color: np.ndarray) -> np.ndarray:
    """Convert sRGB to CIE L*a*b* (D65).

    Parameters
    ----------
    color : (..., 3) float32
        sRGB-encoded, in [0, 1].

    Returns
    -------
    (..., 3) float32
        L in [0, 100], a, b.
    """
    return _banded(_to_lab, color)


def srgb_to_lab_fast(color: np.ndarray) -> np.ndarray:
    """Convert sRGB to CIE L*a*b* by OpenCV's tables: to within 0.7, and four times as fast.

    Descriptions of images and frames are made with it, and so are their caches and the fitted metric.

    Parameters
    ----------
    color : (H, W, 3) float32
        sRGB-encoded in [0, 1].

    Returns
    -------
    (H, W, 3) float32
        CIE L*a*b* (D65; L in [0, 100]).
    """
    return cv2.cvtColor(np.ascontiguousarray(color, np.float32), cv2.COLOR_RGB2Lab)


def lab_to_srgb(lab: np.ndarray) -> np.ndarray:
    """Convert CIE L*a*b* (D65) to sRGB.

    Parameters
    ----------
    lab : (..., 3) float32
        L in [0, 100], a, b.

    Returns
    -------
    (..., 3) float32
        sRGB-encoded, not clipped to [0, 1].
    """
    return _banded(_from_lab, lab)


def keep_luminance_only(stylized: np.ndarray, original: np.ndarray, amount: float) -> np.ndarray:
    """Give a stylized image the colors of its original and keep only its lightness.

    Chroma is mixed in OKLab, whose hues do not shift when lightness changes. Where the mixture leaves
    the sRGB gamut, its chroma is reduced at constant lightness and hue.

    Parameters
    ----------
    stylized, original : (H, W, 3) float32
        sRGB-encoded in [0, 1].
    amount : float
        In [0, 1]. 0 returns ``stylized``; 1 takes all chroma from ``original``.

    Returns
    -------
    (H, W, 3) float32
        sRGB-encoded in [0, 1].
    """
    if amount == 0:
        return stylized
    return _banded(lambda new, old: _mix_chroma(new, old, np.float32(amount)), stylized, original)


def lay_over(
    original: np.ndarray, painting: np.ndarray, strength: np.ndarray, keep_color: float
) -> np.ndarray:
    """Lay a painting over its original, as the node group in Blender's materials does.

    Parameters
    ----------
    original, painting : (H, W, 3) float32
        Scene-linear.
    strength : (H, W, 3) float32
        How much of the painting is seen, in [0, 1].
    keep_color : float
        In [0, 1]. At 1 the painting takes all chroma (in OKLab) from the original.

    Returns
    -------
    (H, W, 3) float32
        Scene-linear, not negative where the painting is seen.

    Examples
    --------
    >>> gray, red = (np.full((1, 1, 3), rgb, np.float32) for rgb in ((0.2, 0.2, 0.2), (0.8, 0, 0)))
    >>> lay_over(gray, red, np.full((1, 1, 3), 0.5, np.float32), 0.0).astype(float).round(2).tolist()
    [[[0.5, 0.1, 0.1]]]
    """
    return _banded(
        lambda old, new, share: old + share * (_linear_chroma(new, old, keep_color) - old),
        original,
        painting,
        strength,
    )


def peak_of(*images: np.ndarray) -> float:
    """Return the ``peak`` for :func:`compress_range` of images that share one tone curve.

    Parameters
    ----------
    *images : (...) float32
        Scene-linear.

    Returns
    -------
    float
        The brightest value, at least 1.
    """
    return float(max(1.0, *(image.max(initial=0.0) for image in images)))


def compress_range(linear: np.ndarray, peak: float) -> np.ndarray:
    """Compress scene-linear colors into the range of a display by an invertible tone curve.

    sRGB encoding up to an encoded 0.8, then a logarithmic shoulder that reaches 1 at ``peak`` and
    meets the curve with equal slope; with ``peak`` 1 it is plain sRGB. Monotone; negative values
    mirror the curve.

    Parameters
    ----------
    linear : (...) float32
        Scene-linear, [0, inf).
    peak : float
        Linear value that becomes 1; brighter ones are clipped to it. :func:`peak_of` gives that of an
        image.

    Returns
    -------
    (...) float32
        In [0, 1]; negative where ``linear`` is.
    """
    bend = np.float32(_shoulder(peak))

    def curve(band: np.ndarray) -> np.ndarray:
        encoded = np.abs(_encode(np.clip(band, -peak, peak)))
        if bend:
            over = np.maximum(encoded - _KNEE, 0)
            encoded = np.where(over > 0, _KNEE + np.log1p(bend * over) / bend, encoded)
        return np.copysign(np.minimum(encoded, 1), band)

    return _banded(curve, linear)


@lru_cache
def _shoulder(peak: float) -> float:
    """Solve ``log(1 + a t) / a = 1 - knee`` for ``a`` at the encoded peak; 0: no shoulder."""
    top = float(_encode(np.array(peak, dtype=np.float64))) - float(_KNEE)
    room = 1 - float(_KNEE)
    if top <= room + 1e-6:
        return 0.0
    low, high = 1e-9, 1e6
    for _ in range(200):  # the left side falls as a grows
        middle = (low * high) ** 0.5
        low, high = (middle, high) if np.log1p(middle * top) / middle > room else (low, middle)
    return low


def _banded(function: Callable[..., np.ndarray], *arrays: np.ndarray) -> np.ndarray:
    """Apply an elementwise function to equal-shaped arrays, a band of rows at a time."""
    inputs = [np.asarray(a, dtype=np.float32) for a in arrays]
    first = inputs[0]
    if first.ndim < 2 or first.size <= _BAND:
        return function(*inputs).astype(np.float32, copy=False)
    result = np.empty_like(first)
    rows = max(1, _BAND * len(first) // first.size)
    for start in range(0, len(first), rows):
        result[start : start + rows] = function(*(a[start : start + rows] for a in inputs))
    return result


def _decode(encoded: np.ndarray) -> np.ndarray:
    size = np.abs(encoded)
    curve = np.where(size <= 0.04045, size / 12.92, ((size + 0.055) / 1.055) ** 2.4)
    return np.copysign(curve, encoded)


def _encode(linear: np.ndarray) -> np.ndarray:
    size = np.abs(linear)
    curve = np.where(size <= 0.0031308, size * 12.92, 1.055 * size ** (1 / 2.4) - 0.055)
    return np.copysign(curve, linear)


def _to_lab(color: np.ndarray) -> np.ndarray:
    # cv2.pow is ten times as fast as numpy's powers.
    flat = np.ascontiguousarray(color).reshape(-1, 3)
    linear = cv2.pow((flat + np.float32(0.055)) * np.float32(1 / 1.055), 2.4)
    np.multiply(flat, np.float32(1 / 12.92), out=linear, where=flat <= 0.04045)
    xyz = linear @ _TO_XYZ
    f = cv2.pow(xyz, 1 / 3)
    small = xyz <= 216 / 24389
    f[small] = xyz[small] * np.float32(841 / 108) + np.float32(4 / 29)
    return (f @ _TO_LAB + _LAB_OFFSET).reshape(color.shape)


def _from_lab(lab: np.ndarray) -> np.ndarray:
    y = (lab[..., 0] + 16) / 116
    f = np.stack((y + lab[..., 1] / 500, y, y - lab[..., 2] / 200), axis=-1)
    xyz = np.where(f > 6 / 29, f**3, (f - 4 / 29) * (108 / 841)).astype(np.float32)
    return _encode(xyz @ _FROM_XYZ)


def _to_oklab(color: np.ndarray) -> np.ndarray:
    return np.cbrt(_decode(color).astype(np.float32) @ _TO_LMS) @ _TO_OK


def _oklab_to_linear(lab: np.ndarray) -> np.ndarray:
    return (lab @ _FROM_OK) ** 3 @ _FROM_LMS


def _mix_chroma(stylized: np.ndarray, original: np.ndarray, amount: np.float32) -> np.ndarray:
    lab = _to_oklab(stylized)
    lab[..., 1:] += amount * (_to_oklab(original)[..., 1:] - lab[..., 1:])
    linear = _oklab_to_linear(lab)
    outside = ((linear < -1e-4) | (linear > 1 + 1e-4)).any(axis=-1)
    if outside.any():
        linear[outside] = _into_gamut(lab[outside])
    return np.clip(_encode(linear), 0, 1)


def _linear_chroma(painting: np.ndarray, original: np.ndarray, amount: float) -> np.ndarray:
    """Mix chroma in OKLab, from scene-linear to scene-linear; negative parts count as none."""
    new, old = (np.cbrt(np.maximum(c @ _TO_LMS, 0)) @ _TO_OK for c in (painting, original))
    new[..., 1:] += np.float32(amount) * (old[..., 1:] - new[..., 1:])
    return np.maximum(_oklab_to_linear(new), 0)


def _into_gamut(lab: np.ndarray) -> np.ndarray:
    """Convert OKLab ``(N, 3)`` to linear RGB with the most chroma that the sRGB gamut allows."""
    low, high = np.zeros((len(lab), 1), np.float32), np.ones((len(lab), 1), np.float32)
    for _ in range(_BISECTIONS):
        middle = (low + high) / 2
        linear = _oklab_to_linear(np.concatenate((lab[:, :1], lab[:, 1:] * middle), axis=1))
        inside = ((linear >= 0) & (linear <= 1)).all(axis=1, keepdims=True)
        low, high = np.where(inside, middle, low), np.where(inside, high, middle)
    return _oklab_to_linear(np.concatenate((lab[:, :1], lab[:, 1:] * low), axis=1))
