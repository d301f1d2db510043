"""Harmonious random palettes, chosen in OKLab (Ottosson 2020, "A perceptual color space")."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np

_LMS = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)


_LAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)


# Colors that painters and printers had: earths, blues, reds, greens, yellows, black and white.
PIGMENTS = [
    "1b1a1c",
    "2b1d14",
    "4a2c1a",
    "6b3e1f",
    "8a5a2b",
    "b5793a",
    "cc9a4c",
    "dcc08a",
    "efe3c6",
    "f7f1e3",
    "1f2f5c",
    "27408b",
    "3f6ea5",
    "6fa3c7",
    "a9c9d6",
    "14343b",
    "1f6b5e",
    "3f7f4f",
    "6b8f3c",
    "a7b35a",
    "7d1f1a",
    "a8322a",
    "c94f34",
    "d9764a",
    "e5a28a",
    "5c2a4a",
    "8c5a78",
    "e0b12f",
    "f0cf57",
    "9a948a",
    "c9c2b4",
]


SCHEMES = (
    "warm", "cool", "complementary", "analogous", "triad", "monochrome", "high_key", "low_key",
    "neutral", "vivid", "pastel", "pigments", "pigments",
)  # fmt: skip


def to_oklab(rgb: np.ndarray) -> np.ndarray:
    """sRGB-encoded ``(..., 3)`` in [0, 1] -> OKLab ``(..., 3)`` float32."""
    rgb = np.asarray(rgb, np.float64)
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    return (np.cbrt(linear @ _LMS.T) @ _LAB.T).astype(np.float32)


def from_oklab(lab: np.ndarray) -> np.ndarray:
    """OKLab ``(..., 3)`` -> sRGB-encoded ``(..., 3)`` float32; outside [0, 1] out of gamut."""
    linear = (np.asarray(lab, np.float64) @ np.linalg.inv(_LAB).T) ** 3 @ np.linalg.inv(_LMS).T
    high = 1.055 * np.maximum(linear, 0.0031308) ** (1 / 2.4) - 0.055
    return np.where(linear <= 0.0031308, 12.92 * linear, high).astype(np.float32)


def in_gamut(lab: np.ndarray) -> np.ndarray:
    """OKLab ``(N, 3)`` -> sRGB in [0, 1]: chroma shrinks, hue and lightness stay."""
    lab = np.array(lab, np.float64)
    for _ in range(24):
        rgb = from_oklab(lab)
        outside = ((rgb < -1e-3) | (rgb > 1 + 1e-3)).any(axis=-1)
        if not outside.any():
            break
        lab[outside, 1:] *= 0.88
    return np.clip(from_oklab(lab), 0, 1).astype(np.float32)


def hexadecimal(codes: list[str] | tuple[str, ...]) -> np.ndarray:
    """``rrggbb`` codes -> ``(N, 3)`` float32 in [0, 1]."""
    return np.array([[int(c[i : i + 2], 16) for i in (0, 2, 4)] for c in codes], np.float32) / 255


@dataclass(frozen=True)
class Palette:
    """``(N, 3)`` float32 sRGB colors, dark to light."""

    colors: np.ndarray

    @property
    def dark(self) -> np.ndarray:
        """The darkest color."""
        return self.colors[0]

    @property
    def light(self) -> np.ndarray:
        """The lightest color."""
        return self.colors[-1]

    @cached_property
    def accent(self) -> np.ndarray:
        """The most chromatic color."""
        return self.colors[np.argmax(np.hypot(*to_oklab(self.colors)[:, 1:].T))]

    @cached_property
    def _table(self) -> np.ndarray:
        lab = to_oklab(self.colors)
        at = np.linspace(0, len(lab) - 1, 256)
        table = np.stack([np.interp(at, np.arange(len(lab)), lab[:, i]) for i in range(3)], 1)
        return np.clip(from_oklab(table), 0, 1).astype(np.float32)

    def ramp(self, tone: np.ndarray) -> np.ndarray:
        """Tones in [0, 1] of any shape -> colors, blended in OKLab from dark to light."""
        return self._table[np.clip(tone * 255 + 0.5, 0, 255).astype(np.uint8)]

    def shuffled(self, rng: np.random.Generator) -> np.ndarray:
        """The colors in random order."""
        return self.colors[rng.permutation(len(self.colors))]


def sample_palette(rng: np.random.Generator, count: int = 6, scheme: str | None = None) -> Palette:
    """``count`` colors that go together, by a random or named one of `SCHEMES`."""
    scheme = scheme or SCHEMES[rng.integers(len(SCHEMES))]
    if scheme == "pigments":
        lab = to_oklab(hexadecimal(PIGMENTS))
        order = np.argsort(lab[:, 0])
        # One from each band of lightness, so that there is always contrast.
        chosen = [rng.choice(band) for band in np.array_split(order, count)]
        return Palette(hexadecimal([PIGMENTS[i] for i in chosen]))
    low, high, chroma = {
        "high_key": (0.62, 0.98, 0.09),
        "low_key": (0.10, 0.62, 0.10),
        "neutral": (0.18, 0.95, 0.025),
        "pastel": (0.72, 0.96, 0.07),
        "vivid": (0.28, 0.92, 0.22),
        "monochrome": (0.18, 0.96, 0.10),
    }.get(scheme, (0.2, 0.95, 0.13))
    base = rng.uniform(0, 2 * np.pi)
    if scheme == "warm":
        hues = rng.normal(np.deg2rad(55), 0.5, count)
    elif scheme == "cool":
        hues = rng.normal(np.deg2rad(225), 0.5, count)
    elif scheme == "complementary":
        hues = base + np.pi * (rng.random(count) < 0.35) + rng.normal(0, 0.15, count)
    elif scheme == "analogous":
        hues = base + rng.uniform(-0.6, 0.6, count)
    elif scheme in ("triad", "vivid"):
        hues = base + 2 * np.pi / 3 * rng.integers(0, 3, count) + rng.normal(0, 0.15, count)
    else:
        hues = base + rng.normal(0, 0.12 if scheme == "monochrome" else 0.9, count)
    gap = (high - low) / count
    lightness = low + gap * (np.arange(count) + rng.uniform(0.1, 0.9, count))
    # Yellows are light and blues are dark: a hue is purest near its own lightness.
    own = 0.64 + 0.22 * np.cos(hues - np.deg2rad(105))
    purity = np.exp(-(((lightness - own) / 0.32) ** 2))
    chroma = chroma * rng.uniform(0.5, 1.3, count) * (0.35 + 0.65 * purity)
    lab = np.stack([lightness, chroma * np.cos(hues), chroma * np.sin(hues)], 1)
    return Palette(in_gamut(lab))


def luminance(rgb: np.ndarray) -> np.ndarray:
    """Perceived lightness, roughly: the weighted mean of the encoded channels, ``(H, W)``."""
    return cv2.transform(rgb, np.float32([[0.299, 0.587, 0.114]]))


def earth(rng: np.random.Generator, low: float = 0.3, high: float = 0.75) -> np.ndarray:
    """A stone or clay color; now and then any color."""
    if rng.random() < 0.15:
        return sample_palette(rng, 4).colors[rng.integers(1, 4)]
    hue = rng.normal(np.deg2rad(65), 0.5)
    chroma = abs(rng.normal(0.03, 0.03))
    return in_gamut(
        np.array([[rng.uniform(low, high), chroma * np.cos(hue), chroma * np.sin(hue)]])
    )[0]
