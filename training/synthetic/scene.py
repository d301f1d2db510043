"""What a drawn artwork shows: a photograph, or a subject made up for it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np

from . import subjects
from .fields import Field
from .media import Rgb
from .palette import Palette, from_oklab, luminance, sample_palette, to_oklab


@dataclass(frozen=True)
class Scene:
    """A picture before any medium: flat regions, light, and the palette they come from."""

    palette: Palette
    labels: np.ndarray
    """``(H, W)`` uint8: which color each region has."""
    flat: Rgb
    """Flat regions with smooth borders."""
    color: Rgb
    """The regions with light and detail."""

    @property
    def size(self) -> int:
        """Side in pixels."""
        return len(self.labels)

    @cached_property
    def tone(self) -> Field:
        """Lightness of `color`, stretched to [0, 1]."""
        return stretched(luminance(self.color))


def stretched(field: Field, cut: float = 2.0) -> Field:
    """The field with its ``cut``-th and (100 - ``cut``)-th percentiles at 0 and 1, clipped."""
    low, high = np.percentile(field[::3, ::3], (cut, 100 - cut))
    return np.clip((field - np.float32(low)) / np.float32(high - low + 1e-3), 0, 1)


def compose(
    rng: np.random.Generator,
    size: int,
    photo: np.ndarray | None = None,
    palette: Palette | None = None,
) -> Scene:
    """A scene from a photograph ``(H, W, 3)`` uint8, or from imagination.

    Photographs take the colors of ``palette``; without one, they sometimes keep their own.
    """
    keep = palette is None and rng.random() < 0.4
    palette = palette or sample_palette(rng, int(rng.integers(5, 9)))
    if photo is not None:
        return _from_photo(rng, size, photo, palette, keep)
    easel = subjects.paint(rng, size, palette)
    return Scene(palette, easel.labels, easel.flat, easel.shaded())


def _from_photo(
    rng: np.random.Generator, size: int, photo: np.ndarray, palette: Palette, keep: bool
) -> Scene:
    height, width = photo.shape[:2]
    side = int(min(height, width) * rng.uniform(0.6, 1.0))
    top, left = rng.integers(0, height - side + 1), rng.integers(0, width - side + 1)
    crop = np.ascontiguousarray(photo[top : top + side, left : left + side])
    how = cv2.INTER_AREA if side > size else cv2.INTER_CUBIC
    image = cv2.resize(crop, (size, size), interpolation=how)
    if rng.random() < 0.5:
        image = np.ascontiguousarray(image[:, ::-1])
    count = len(palette.colors)
    # Regions: k-means of a thumbnail's colors, then every pixel to its nearest center.
    samples = _lab(cv2.resize(image, (24, 24), interpolation=cv2.INTER_AREA)).reshape(-1, 3)
    centers = samples[rng.choice(len(samples), count, replace=False)]
    for _ in range(6):
        nearest = ((samples[:, None] - centers) ** 2).sum(2).argmin(1)
        for k in np.unique(nearest):
            centers[k] = samples[nearest == k].mean(0)
    centers = centers[np.argsort(centers[:, 0])]
    calm = _lab(cv2.medianBlur(cv2.resize(image, (size // 2, size // 2)), 3))
    distance = (centers**2).sum(1) - 2 * calm.reshape(-1, 3) @ centers.T
    distance = cv2.resize(distance.reshape(*calm.shape[:2], count), (size, size))
    labels = distance.argmin(2).astype(np.uint8)
    nearest = np.take_along_axis(distance, labels[..., None].astype(np.intp), 2)
    soft = cv2.exp((nearest - distance) * 900)
    soft /= (soft @ np.ones(count, np.float32))[..., None]
    detail = image.astype(np.float32) / 255
    own = np.clip(from_oklab(centers), 0, 1)
    drawn = soft @ own
    if keep:
        return Scene(Palette(own), labels, drawn, detail)
    flat = soft @ palette.colors.astype(np.float32)
    light = luminance(detail) - luminance(drawn)
    color = np.clip(flat + light[..., None], 0, 1)
    return Scene(palette, labels, flat, color)


def _lab(image: np.ndarray) -> np.ndarray:
    """uint8 RGB -> OKLab by table, 32 levels a channel."""
    return _CUBE[image[..., 0] >> 3, image[..., 1] >> 3, image[..., 2] >> 3]


_LEVELS = (np.arange(32) * 8 + 4) / 255


_CUBE = to_oklab(np.stack(np.meshgrid(_LEVELS, _LEVELS, _LEVELS, indexing="ij"), axis=3))
