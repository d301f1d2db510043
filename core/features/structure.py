"""The structure block of a description: directions, scales and repetition, whatever the color."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
from scipy.fft import irfft2, rfft2

from .sample import Sample
from .stateless import Stateless

_SCALES, _DIRECTIONS = 10, 16
LENGTH = 34
"""Columns of the block."""

_LEVELS = 5
_FLAT = 0.008
"""Deviation of lightness in [0, 1] below which an image is plain: less than a visible step."""


@dataclass(frozen=True)
class GraySample:
    """Lightness of a sample, without the light that falls on it.

    Attributes
    ----------
    even : (N, S, S) float32
        Lightness minus its broad gradient, in deviations; 0 where nothing is visible.
    contrast : float
        Deviation that it was divided by, of lightness in [0, 1].
    visible : (N, S, S) float32
        Opacity in [0, 1].
    """

    even: np.ndarray
    contrast: float
    visible: np.ndarray


class Grayscale(Stateless):
    """Pipeline step that turns samples into evenly lit CIE lightness.

    Broad gradients are light, not material: they are removed with a Gaussian as wide as a quarter of
    the window. The contrast is divided out and kept as a number.
    """

    def transform(self, samples: Sequence[Sample]) -> list[GraySample]:
        """Make each sample gray.

        Parameters
        ----------
        samples : sequence of Sample
            The samples.

        Returns
        -------
        list of GraySample
            One for each.
        """
        return [self._gray(sample) for sample in samples]

    def _gray(self, sample: Sample) -> GraySample:
        even = np.empty(sample.visible.shape, np.float32)
        opaque = sample.opaque
        for lab, seen, out in zip(sample.lab, sample.visible, even, strict=True):
            lightness = lab[..., 0] / 100
            if opaque:
                np.subtract(lightness, _broad(lightness), out=out)
            else:
                light = _broad(lightness * seen) / np.maximum(_broad(seen), 1e-4)
                out[:] = (lightness - light) * seen
        contrast = float(np.sqrt(np.vdot(even, even) / sample.visible.sum()))
        return GraySample(even / max(contrast, _FLAT), contrast, sample.visible)


def _broad(image: np.ndarray) -> np.ndarray:
    """Blur a window as widely as a quarter of it, at an eighth of its resolution."""
    side = image.shape[0]
    small = cv2.resize(image, (side // 8, side // 8), interpolation=cv2.INTER_AREA)
    blurred = cv2.GaussianBlur(small, (0, 0), side / 32, borderType=cv2.BORDER_REFLECT)
    return cv2.resize(blurred, (side, side), interpolation=cv2.INTER_CUBIC)


class StructureBlock(Stateless):
    """Pipeline step that describes the structure of gray samples.

    The columns are: shares of the power spectrum by scale; anisotropy by scale and harmonics of the
    orientation histogram (magnitudes only: planks stay planks when turned); the strongest peak of the
    autocorrelation and its distance (how clearly and how widely it repeats); spectral flatness; and,
    for each octave, energy and kurtosis (how sparse it is).
    """

    def transform(self, samples: Sequence[GraySample]) -> np.ndarray:
        """Describe each sample.

        Parameters
        ----------
        samples : sequence of GraySample
            The samples.

        Returns
        -------
        (N, LENGTH) float32
            A row for each.
        """
        return np.stack([self._describe(sample) for sample in samples])

    def _describe(self, sample: GraySample) -> np.ndarray:
        side = sample.even.shape[1]
        plain = min(1.0, sample.contrast / _FLAT)
        power = np.mean(np.abs(rfft2(sample.even * _taper(side), workers=1)) ** 2, axis=0)
        parts = (
            self._spectrum(power, side),
            self._repetition(power, side),
            self._bands(sample),
        )
        contrast = [np.log(sample.contrast + 0.01)]
        return np.concatenate([plain * np.concatenate(parts), contrast]).astype(np.float32)

    def _spectrum(self, power: np.ndarray, side: int) -> np.ndarray:
        rings, sectors = _polar_bins(side)
        table = np.bincount(
            rings * _DIRECTIONS + sectors, power.ravel(), (_SCALES + 1) * _DIRECTIONS
        )
        table = table.reshape(_SCALES + 1, _DIRECTIONS)[:_SCALES]
        rings_share = table.sum(1)
        total = max(rings_share.sum(), 1e-9)
        waves = np.abs(np.fft.rfft(table, axis=1))[:, 1:]
        anisotropy = waves[:, 0] / np.maximum(waves[:, 0] + rings_share, 1e-9)
        harmonics = np.abs(np.fft.rfft(table.sum(0)))[1:5] / total
        fine = np.log(power.ravel()[rings < _SCALES] + 1e-6)
        flatness = fine.mean() - np.log(np.exp(fine).mean())
        return np.concatenate(
            [np.sqrt(rings_share / total), anisotropy[2:8:2], harmonics, [flatness / 8]]
        )

    def _repetition(self, power: np.ndarray, side: int) -> np.ndarray:
        auto = irfft2(power.astype(np.float32), (side, side))
        auto = np.fft.fftshift(auto / max(auto[0, 0], 1e-9)) / _taper_overlap(side)
        distance, seen, rings, counts = _lags(side)
        radial = np.bincount(rings, auto[seen]) / counts
        below = np.flatnonzero(radial < 0.2)
        reach = int(below[0]) if len(below) else len(radial) - 1
        outer = np.where(seen & (distance > max(2 * reach, 4)), auto, -1.0)
        peak = np.unravel_index(np.argmax(outer), outer.shape)
        height = float(np.clip(outer[peak], 0, 1))
        lag = np.log2(max(distance[peak], 1) / side) * height
        return np.array([np.log2(reach + 1) / 6, height, lag / 4, radial[len(radial) // 8]])

    def _bands(self, sample: GraySample) -> np.ndarray:
        """Return energy and kurtosis of each level of a Laplacian pyramid, and the overall skew."""
        energies, sparsities = np.zeros(_LEVELS), np.zeros(_LEVELS)
        for even, seen in zip(sample.even, sample.visible, strict=True):
            finer = even
            for level in range(_LEVELS):
                coarser = cv2.pyrDown(finer)
                band = finer - cv2.pyrUp(coarser, dstsize=finer.shape[::-1])
                here = seen if level == 0 else cv2.resize(seen, band.shape[::-1])
                squares = band * band
                weighed = squares * here
                share = max(float(here.sum()), 1e-6) * len(sample.even)
                energies[level] += float(weighed.sum()) / share
                # A product, as NumPy's fourth power is fifty times as slow.
                sparsities[level] += float(np.vdot(weighed, squares)) / share
                finer = coarser
        sparsities = np.log(sparsities / np.maximum(energies, 1e-4) ** 2 + 1) / 4
        cubes = np.vdot(sample.even * sample.even, sample.even)
        skew = np.cbrt(cubes / sample.visible.sum())
        return np.concatenate([np.log(energies + 1e-3) / 4, sparsities, [skew]])


@lru_cache(maxsize=4)
def _taper(side: int) -> np.ndarray:
    wave = np.hanning(side + 2)[1:-1].astype(np.float32)
    return np.outer(wave, wave)


@lru_cache(maxsize=4)
def _taper_overlap(side: int) -> np.ndarray:
    """Return the taper's own autocorrelation, by which that of a window is divided."""
    spectrum = np.abs(np.fft.rfft2(_taper(side))) ** 2
    auto = np.fft.fftshift(np.fft.irfft2(spectrum, (side, side)))
    return np.maximum(auto / auto.max(), 0.02)


@lru_cache(maxsize=4)
def _lags(side: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return distances of lags, which are looked at, the rings of those, and how many each has."""
    lag = np.arange(side) - side // 2
    distance = np.hypot(*np.meshgrid(lag, lag))
    seen = distance <= 0.45 * side
    rings = np.minimum(distance.astype(int), side)[seen]
    return distance, seen, rings, np.maximum(np.bincount(rings), 1)


@lru_cache(maxsize=4)
def _polar_bins(side: int) -> tuple[np.ndarray, np.ndarray]:
    """Return ring (log-spaced; the last is the rest) and sector of each coefficient of ``rfft2``."""
    fy, fx = np.meshgrid(np.fft.fftfreq(side), np.fft.rfftfreq(side), indexing="ij")
    radius = np.hypot(fy, fx)
    edges = np.geomspace(1.5 / side, 0.5, _SCALES + 1)
    rings = np.digitize(radius, edges) - 1
    rings = np.where((rings < 0) | (rings >= _SCALES), _SCALES, rings)
    angle = np.arctan2(fy, fx) % np.pi
    sectors = np.minimum((angle / np.pi * _DIRECTIONS).astype(int), _DIRECTIONS - 1)
    return rings.ravel(), sectors.ravel()
