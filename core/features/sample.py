"""Images as they are described: small square windows of sRGB color, and their opacity."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np

from ..image.color import compress_range, srgb_to_lab_fast
from ..image.picture import Picture
from .stateless import Stateless
from .unused import used_texels

SIDE = 176
"""Pixels along a window's side; a multiple of 16: the structure block halves it four times."""

SQUARE = 48
"""Pixels along the side of an image that was squeezed into a square."""

_MAX_WINDOWS = 16


@dataclass(frozen=True)
class Sample:
    """Windows of an image, from which it is described.

    Attributes
    ----------
    windows : (N, SIDE, SIDE, 3) float32
        sRGB-encoded in [0, 1]. An oblong image gives several, a UDIM set those of all its tiles.
    visible : (N, SIDE, SIDE) float32
        Opacity in [0, 1]; where it is 0, color does not count.
    center, center_visible : (SIDE, SIDE, 3) and (SIDE, SIDE) float32
        The square in the middle of the (middle) tile.
    squares : (T, SQUARE, SQUARE, 3) float32
        Each tile squeezed into a square.
    size : tuple of int
        Width and height of the first tile in pixels.
    """

    windows: np.ndarray
    visible: np.ndarray
    center: np.ndarray
    center_visible: np.ndarray
    squares: np.ndarray
    size: tuple[int, int]

    @cached_property
    def lab(self) -> np.ndarray:
        """The windows in CIE Lab (D65), ``(N, SIDE, SIDE, 3)`` float32; L in [0, 100]."""
        stacked = self.windows.reshape(-1, *self.windows.shape[2:])
        return srgb_to_lab_fast(stacked).reshape(self.windows.shape)

    @cached_property
    def center_lightness(self) -> np.ndarray:
        """CIE lightness of the center, ``(SIDE, SIDE)`` float32 in [0, 100]."""
        lab = self.lab[0] if len(self.lab) == 1 else srgb_to_lab_fast(self.center)
        return np.ascontiguousarray(lab[..., 0])

    @cached_property
    def opaque(self) -> bool:
        """Whether nothing is transparent."""
        return bool(self.visible.min() >= 1)


class Resize(Stateless):
    """Pipeline step that resizes images, each a sequence of Pictures (its tiles), to samples.

    It shrinks by area, so that fine detail is averaged and not aliased, and keeps the aspect ratio.
    """

    def transform(self, images: Sequence[Sequence[Picture]]) -> list[Sample]:
        """Cut each image into windows.

        Parameters
        ----------
        images : sequence of sequence of Picture
            Tiles of each image.

        Returns
        -------
        list of Sample
            One for each image.
        """
        return [self._sample(tiles) for tiles in images]

    def _sample(self, tiles: Sequence[Picture]) -> Sample:
        share = max(1, _MAX_WINDOWS // len(tiles))
        kept = tiles[:: -(-len(tiles) // _MAX_WINDOWS)]
        parts = [self._windows(tile, min(share, 4)) for tile in kept]
        colors, opacities, centers, squares = zip(*parts, strict=True)
        center, center_visible = centers[len(centers) // 2]
        return Sample(
            np.concatenate(colors),
            np.concatenate(opacities),
            center,
            center_visible,
            np.stack(squares),
            tiles[0].size,
        )

    def _windows(
        self, picture: Picture, most: int
    ) -> tuple[np.ndarray, np.ndarray, tuple[np.ndarray, np.ndarray], np.ndarray]:
        """Return windows and their opacity, those of the center, and all of it in a square."""
        opacity = _opacity(picture)
        color = _shrink_color(picture, opacity)
        height, width = color.shape[:2]
        if opacity is None:
            opacity = np.ones((height, width), np.float32)
        else:
            opacity = cv2.resize(opacity, (width, height), interpolation=cv2.INTER_AREA)
        count = min(most, -(-max(height, width) // SIDE))
        starts = np.linspace(0, max(height, width) - SIDE, count).round().astype(int)
        cuts = [np.s_[s : s + SIDE] if height > width else np.s_[:, s : s + SIDE] for s in starts]
        middle = (max(height, width) - SIDE) // 2
        inside = np.s_[middle : middle + SIDE]
        center = (inside, np.s_[:]) if height > width else (np.s_[:], inside)
        return (
            np.stack([color[c] for c in cuts]),
            np.stack([opacity[c] for c in cuts]),
            (color[center], opacity[center]),
            cv2.resize(color, (SQUARE, SQUARE), interpolation=cv2.INTER_AREA),
        )


def _opacity(picture: Picture) -> np.ndarray | None:
    """Return alpha as ``(H, W)`` float32 in [0, 1]; None if nothing is transparent, or everything.

    Where nothing is transparent, texels between UV islands are.
    """
    alpha = picture.alpha
    if alpha is None:
        return used_texels(picture.color)
    top = np.iinfo(alpha.dtype).max if np.issubdtype(alpha.dtype, np.integer) else 1
    opacity = np.clip(np.nan_to_num(alpha.astype(np.float32) / top), 0, 1)
    # A fully transparent image is most likely one whose alpha means something else.
    transparent = opacity.any() and (opacity < 1).any()
    return opacity if transparent else used_texels(picture.color)


def _shrink_color(picture: Picture, opacity: np.ndarray | None) -> np.ndarray:
    """Resize color to the short side SIDE: ``(h, w, 3)`` float32, sRGB-encoded in [0, 1].

    Transparent pixels are left out of the averages; where nothing is visible, the mean color is used.
    """
    height, width = picture.color.shape[:2]
    scale = SIDE / min(height, width)
    size = (max(SIDE, round(width * scale)), max(SIDE, round(height * scale)))
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    color = picture.color
    if picture.depth in ("half", "float"):
        color = np.nan_to_num(color, nan=0.0, posinf=65504.0, neginf=0.0)
    if opacity is not None:
        weight = cv2.resize(opacity, size, interpolation=how)[..., None]
        sums = cv2.resize(color * opacity[..., None], size, interpolation=how)
        mean = (color * opacity[..., None]).sum((0, 1)) / opacity.sum()
        small = np.where(weight > 1e-3, sums / np.maximum(weight, 1e-3), mean)
    else:
        small = cv2.resize(color, size, interpolation=how)
    small = small.astype(np.float32)
    if picture.encoding == "linear":
        small = _exposed(np.maximum(small, 0))
    return np.clip(small, 0, 1)


def _exposed(light: np.ndarray) -> np.ndarray:
    """Expose scene-linear light as a camera does: bright images darker, highlights rolled off."""
    if np.percentile(light, 99.9) > 1:
        middle = float(np.exp(np.log(light.mean(2) + 1e-4).mean()))
        light = light * np.float32(min(1.0, 0.18 / middle))
    return compress_range(light, max(1.0, float(np.percentile(light, 99.9))))
