"""The picture that a style's patches come from, indexed at every size that it is used at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from math import sqrt

import numpy as np

from ...control import SILENT, Control
from ...errors import StyleUnreadable
from ...image.resize import resize
from .features import PatchSpace, fit_space, patch_weights, windows
from .index import InvertedFile, build_index

_KEYS = 60_000
"""Most patches of one size that are indexed; neighbors of matches are used beyond them."""

_FIT_SAMPLE = 8_000
_COMPONENTS = 24  # of the features of a patch ...
_GUIDED_COMPONENTS = 64  # ... and of one with an artist's guides, which take up many
_MOST_PIXELS = 2**25
"""Most pixels of an exemplar at one size; above it, strokes get no larger."""


@dataclass(frozen=True, eq=False)
class ExemplarLevel:
    """An exemplar at one size.

    Attributes
    ----------
    channels : (H, W, 3 + C) uint8
        sRGB-encoded colors, and guide channels.
    space : PatchSpace
        Turns its patches into features.
    index : InvertedFile
        Features of many or all patches.
    corners : (N,) int64
        Top left corner of each indexed patch, row by row over the ``(H, W)`` pixels.
    """

    channels: np.ndarray
    space: PatchSpace
    index: InvertedFile
    corners: np.ndarray

    @cached_property
    def colors(self) -> np.ndarray:
        """The colors of the pixels, row by row: ``(3, H * W) uint8``."""
        return np.ascontiguousarray(self.channels[..., :3].reshape(-1, 3).T)

    @property
    def size(self) -> tuple[int, int]:
        """Height and width in pixels."""
        return self.channels.shape[0], self.channels.shape[1]

    @property
    def last_corner(self) -> tuple[int, int]:
        """Row and column of the bottom right patch's corner."""
        return self.size[0] - self.space.side, self.size[1] - self.space.side

    def features(self, corners: np.ndarray) -> np.ndarray:
        """Return the features of patches of the exemplar.

        Parameters
        ----------
        corners : (N,) int64
            Top left corners, row by row.

        Returns
        -------
        (N, F) float32
            Integers.
        """
        rows, columns = np.divmod(corners, self.size[1])
        return self.space.project(windows(self.channels, self.space.side)[rows, columns])


@dataclass(frozen=True, eq=False)
class Exemplar:
    """A picture whose patches a texture is painted with; keeps its indices for the next texture.

    Attributes
    ----------
    picture : (H, W, 3) float32, sRGB-encoded in [0, 1]
        The picture.
    seed : int
        Of the choice and clustering of patches.
    levels : dict
        The indices made so far, by height, width and side of patches.
    """

    picture: np.ndarray
    seed: int = 0
    levels: dict[tuple[int, int, int], ExemplarLevel] = field(default_factory=dict, repr=False)

    def size_at(self, short: float, side: int) -> tuple[int, int]:
        """Return the size of the exemplar at a level.

        Parameters
        ----------
        short : float
            Wanted length of the short side in pixels.
        side : int
            Side of patches, which must fit.

        Returns
        -------
        tuple of int
            Height and width in pixels.
        """
        height, width = self.picture.shape[:2]
        scale = min(short / min(height, width), sqrt(_MOST_PIXELS / (height * width)))
        scale = max(scale, (side + 1) / min(height, width))
        return max(side + 1, round(height * scale)), max(side + 1, round(width * scale))

    def level(
        self,
        short: float,
        side: int,
        guides: Sequence[tuple[np.ndarray, float]] = (),
        control: Control = SILENT,
    ) -> ExemplarLevel:
        """Return the exemplar at one size; without guides it is indexed only once.

        Parameters
        ----------
        short : float
            Length of the short side in pixels.
        side : int
            Side of patches in pixels.
        guides : sequence of ((Hs, Ws, C) float32 in [0, 1], float)
            Guide channels of the exemplar at any size, and their weights.
        control : Control
            Cancels between steps.

        Returns
        -------
        ExemplarLevel
            Its index.
        """
        size = self.size_at(short, side)
        if guides:
            return _build(self.picture, size, side, guides, self.seed, control)
        if (*size, side) not in self.levels:
            self.levels[*size, side] = _build(self.picture, size, side, (), self.seed, control)
        return self.levels[*size, side]


def build_exemplar(picture: np.ndarray, *, seed: int = 0) -> Exemplar:
    """Return an exemplar whose patches are indexed as textures of each size are first painted.

    Parameters
    ----------
    picture : (H, W, 3) float32, sRGB-encoded in [0, 1]
        The picture of the style, of any size.
    seed : int
        Of the choice and clustering of patches.

    Returns
    -------
    Exemplar
        For any number of textures.

    Raises
    ------
    StyleUnreadable
        The picture has no pixels, or not three channels.
    """
    picture = np.asarray(picture, dtype=np.float32)
    if picture.ndim != 3 or picture.shape[2] != 3 or not picture.size:
        raise StyleUnreadable("The style's picture has no colors to paint with; choose another.")
    return Exemplar(picture, seed)


def as_levels(
    picture: np.ndarray, size: tuple[int, int], *, wrap: bool = False, control: Control = SILENT
) -> np.ndarray:
    """Resize a picture and round it to 8 bits.

    Parameters
    ----------
    picture : (H, W, C) float32 in [0, 1]
        Colors or guide channels.
    size : tuple of int
        New height and width in pixels.
    wrap : bool, optional
        Treat the picture as a torus.
    control : Control
        Cancels between channels.

    Returns
    -------
    (height, width, C) uint8
        Contiguous.
    """
    channels = picture.shape[2]
    levels = np.empty((*size, channels), np.uint8)
    for channel in range(channels):  # large ones take long
        control.cancel.raise_if_set()
        scaled = resize(picture[..., channel], (size[1], size[0]), wrap=wrap) * np.float32(255)
        scaled += np.float32(0.5)
        levels[..., channel] = np.clip(scaled, 0, 255, out=scaled)
    return levels


def _build(
    picture: np.ndarray,
    size: tuple[int, int],
    side: int,
    guides: Sequence[tuple[np.ndarray, float]],
    seed: int,
    control: Control,
) -> ExemplarLevel:
    pictures = [picture, *(guide for guide, _ in guides)]
    parts = [as_levels(one, size, control=control) for one in pictures]
    channels = np.ascontiguousarray(np.concatenate(parts, axis=2)) if guides else parts[0]
    weights = [np.ones(3)] + [
        np.full(part.shape[2], weight) for part, (_, weight) in zip(parts[1:], guides, strict=True)
    ]
    control.cancel.raise_if_set()
    random = np.random.default_rng(seed)
    down, across = size[0] - side + 1, size[1] - side + 1
    chosen = np.arange(down * across)
    if len(chosen) > _KEYS:
        chosen = np.unique(random.integers(0, down * across, _KEYS))
    rows, columns = np.divmod(chosen, across)
    patches = windows(channels, side)[rows, columns].reshape(len(chosen), -1)
    sample = patches
    if len(patches) > _FIT_SAMPLE:
        sample = patches[random.choice(len(patches), _FIT_SAMPLE, replace=False)]
    components = _GUIDED_COMPONENTS if guides else _COMPONENTS
    space = fit_space(sample, side, patch_weights(side, np.concatenate(weights)), components)
    control.cancel.raise_if_set()
    index = build_index(space.project(patches), seed)
    control.cancel.raise_if_set()
    return ExemplarLevel(channels, space, index, rows * size[1] + columns)
