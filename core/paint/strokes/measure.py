"""Measure the brush strokes of a picture: their size, direction, bristles, colors and flatness.

Strokes are not cut out. Patches of the picture are turned along its structure tensor, and what is
measured on them decides the numbers of a stroke set, so a flat poster gets flat, clean strokes.
"""

from __future__ import annotations

import numpy as np

from ...image.color import lab_to_srgb, srgb_to_lab
from ...image.resize import resize
from ...styles.stroke_set import DIRECTIONS, StrokeSet
from .orientation import blur, structure_tensor
from .turned import turned_patches

SIDE = 512
"""Short side in pixels at which a picture is measured."""

_PATCHES = 900
_ALONG, _ACROSS = 96, 48  # pixels of a turned patch
_FALL = 0.3  # value of the autocorrelation at which a stroke ends ...
_FALLEN = 0.7  # ... which is at this share of its length: it falls in a straight line


def measure_strokes(picture: np.ndarray, seed: int = 0) -> StrokeSet:
    """Return a stroke set that resembles the strokes of a picture.

    Parameters
    ----------
    picture : (H, W, 3) float32, sRGB-encoded in [0, 1]
        A painting, print or drawing.
    seed : int
        Of the patches that are looked at.

    Returns
    -------
    StrokeSet
        Without stamps. A picture of one color gives plain, flat strokes.
    """
    lab = srgb_to_lab(_sized(picture))
    if float(lab[..., 0].std()) < 0.5:
        return StrokeSet(contrast=0.0, roughness=0.1, color_jitter=(0, 0, 0), relief=0.1)
    rng = np.random.default_rng(seed)
    width, length = _stroke_size(lab[..., 0], rng)
    flat = _Flat(lab, width)
    tensor = structure_tensor(lab, width)
    paint = float(np.clip(flat.grain / 0.035, 0, 1))  # 0: as flat as print, 1: thick paint
    coherence, wander = _flow(lab, width)
    ground = _paper(lab)
    return StrokeSet(
        width=float(np.clip(2.4 * width / SIDE, 0.016, 0.09)),
        finest=0.25,
        aspect=float(np.clip(length / width, 1.6, 6.5)) * (1 if ground is None else 2),
        softness=float(np.clip(0.42 - 0.3 * flat.crispness, 0.08, 0.42)),
        roughness=0.15 + 0.6 * paint,
        bristles=float(np.clip(width / 0.8, 4, 14)),
        contrast=float(np.clip(1.3 * flat.grain, 0, 0.11)),
        streak=float(np.clip(0.3 + 0.6 * coherence, 0.3, 0.9)),
        opacity=0.97 - 0.12 * float(np.clip(1 - flat.crispness, 0, 1)),
        color_jitter=tuple(float(v) for v in np.clip(flat.jitter, 0, (9, 7, 7))),
        angle_jitter=float(np.clip(0.5 * wander, 0.03, 0.35)),
        curvature=float(np.clip(0.08 + 0.3 * coherence, 0.05, 0.3)),
        density=1.5 + 0.3 * paint if ground is None else 0.22,
        retouch=0.02 + 0.14 * paint,
        flow=float(np.clip(0.08 + 0.5 * coherence, 0.08, 0.5)),
        relief=0.12 + 0.78 * paint,
        ground=ground,
        ink=ground is not None,
        directions=_directions(tensor),
    )


def _sized(picture: np.ndarray) -> np.ndarray:
    height, width = picture.shape[:2]
    factor = SIDE / min(height, width)
    size = (min(4 * SIDE, round(width * factor)), min(4 * SIDE, round(height * factor)))
    return np.clip(resize(picture, size), 0, 1)


def _stroke_size(lightness: np.ndarray, rng: np.random.Generator) -> tuple[float, float]:
    """Return width and length of the strokes in pixels, by the autocorrelation of turned patches."""
    detail = lightness - blur(lightness, 14.0)
    along, across = np.zeros(_ALONG // 2), np.zeros(_ACROSS // 2)
    for patch in turned_patches(detail, lightness, 5.0, (_ACROSS, _ALONG), _PATCHES, rng):
        if float(patch.std()) < 0.3:
            continue
        unit = (patch - patch.mean()) / patch.std()
        along += _autocorrelation(unit)
        across += _autocorrelation(unit.T)
    if across[0] == 0:  # flat everywhere
        return 12.0, 40.0
    return _extent(across), max(_extent(across), _extent(along))


def _autocorrelation(patch: np.ndarray) -> np.ndarray:
    """Return the mean autocorrelation of the rows, for lags up to half their length."""
    count = patch.shape[1]
    spectrum = np.fft.rfft(patch, 2 * count, axis=1)
    sums = np.fft.irfft((spectrum * spectrum.conj()).mean(0))[: count // 2]
    return sums / (count - np.arange(count // 2))


def _extent(correlation: np.ndarray) -> float:
    """Return the length in pixels over which a correlation falls to nothing."""
    correlation = correlation / correlation[0]
    below = np.flatnonzero(correlation < _FALL)
    if not len(below):
        return len(correlation) / _FALLEN
    lag = int(below[0])
    before, after = correlation[lag - 1], correlation[lag]
    return (lag - 1 + (before - _FALL) / (before - after + 1e-9)) / _FALLEN


class _Flat:
    """Measures grain, color variation and sharpness where a picture has no outlines."""

    def __init__(self, lab: np.ndarray, width: float) -> None:
        coarse = structure_tensor(blur(lab, 1.5 * width), 1.5 * width)[..., 2]
        calm = coarse <= np.percentile(coarse, 55)
        fine = lab - blur(lab, 0.35 * width)
        # The noise of the file is left out: JPEG, paper, film.
        self.grain = max(0.0, self._deviation(fine[..., 0], width, calm) / 100 - 0.006)
        band = blur(lab, 0.4 * width) - blur(lab, 1.6 * width)
        self.jitter = np.array([self._deviation(band[..., k], 2 * width, calm) for k in range(3)])
        self.jitter = np.maximum(0, self.jitter - 0.6)
        sharp = float(np.abs(lab[..., 0] - blur(lab[..., 0], 0.8)).mean())
        wide = float(np.abs(blur(lab[..., 0], 0.8) - blur(lab[..., 0], 3.0)).mean())
        self.crispness = float(np.clip(sharp / (wide + 1e-3) / 0.6, 0, 1))

    @staticmethod
    def _deviation(detail: np.ndarray, width: float, calm: np.ndarray) -> float:
        """Return the typical deviation in a calm neighborhood."""
        local = np.sqrt(np.maximum(blur(detail * detail, 2 * width), 0))
        return float(np.median(local[calm]))


def _flow(lab: np.ndarray, width: float) -> tuple[float, float]:
    """Return how coherent directions are over several strokes, and how far they wander, in radians."""
    near = structure_tensor(lab, 0.7 * width)
    far = structure_tensor(lab, 4 * width)
    weight = near[..., 2] / (near[..., 2].mean() + 1e-6)
    weight = np.minimum(weight, 3.0)
    coherence = np.hypot(far[..., 0], far[..., 1]) / (far[..., 2] + 1e-3)
    double = np.arctan2(near[..., 1], near[..., 0]) - np.arctan2(far[..., 1], far[..., 0])
    resultant = float(np.average(np.cos(double), weights=weight))
    wander = 0.5 * np.sqrt(-2 * np.log(np.clip(resultant, 0.05, 0.999)))
    return float(np.average(coherence, weights=weight)), float(wander)


def _directions(tensor: np.ndarray) -> np.ndarray:
    """Return how often each direction is, weighted by how clear it is."""
    clear = np.hypot(tensor[..., 0], tensor[..., 1])
    clear = np.minimum(clear, np.percentile(clear, 90))
    angle = 0.5 * np.arctan2(tensor[..., 1], tensor[..., 0]) % np.pi
    found, _ = np.histogram(angle, DIRECTIONS, (0, np.pi), weights=clear)
    smooth = (np.roll(found, 1) + 2 * found + np.roll(found, -1)) / 4 + 1e-3 * found.sum() + 1e-9
    return (smooth / smooth.sum()).astype(np.float32)


def _paper(lab: np.ndarray) -> tuple[float, float, float] | None:
    """Return the color of the paper if the picture is drawn in one ink, else None."""
    lightness = lab[..., 0]
    dark, bright = np.percentile(lightness, (3, 95))
    lines = float((lightness - blur(lightness, 2.5)).std())
    hues = float(lab[..., 1].std() + lab[..., 2].std())
    if hues > 4 or bright < 70 or lines < 0.05 * (bright - dark):
        return None
    # Not the very lightest: an enlarged picture has bright rims beside its lines.
    low, high = np.percentile(lightness, (60, 85))
    light = (lightness >= low) & (lightness <= high)
    paper = np.array([[np.median(lab[light], axis=0)]], np.float32)
    return tuple(float(v) for v in np.clip(lab_to_srgb(paper)[0, 0], 0, 1))  # type: ignore[return-value]
