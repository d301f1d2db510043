"""The stylizer: the bundled networks applied to one image of any size.

The channel statistics of the whole image are gathered first, in a pass of the encoder alone, and
every tile is then painted with them. A tile carries a halo as wide as the networks' receptive
field, and the border of the image is treated inside the convolutions just as it is without tiles.
So tiles neither show nor change a pixel.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import Generic, TypeVar

import numpy as np

from ..control import NEVER, SILENT, CancelToken, Control
from ..networks.codes import FeatureSums, palette, split_palette
from ..networks.cpu import CpuNetworks, Features, Networks
from ..networks.layout import BLOCK_SCALES
from .color_transfer import color_transport, move_colors_by_region
from .content import Content, pad_to_stride
from .engine import TILE, PaintJob
from .tiling import Tile, take, take_pixels

_ColorMap = tuple[np.ndarray, np.ndarray]
"""Matrices (K, 3, 3) and offsets (K, 3) that move the colors of the content."""

_T = TypeVar("_T")

_ENCODER, _DECODER = 1, 3
"""Shares of the time that the networks take for a tile."""


class Stylizer:
    """Encoder and decoder, loaded once.

    The noise of the last image is kept for the next one.

    Parameters
    ----------
    networks : Networks, optional
        The networks; by default those of the processor.
    """

    def __init__(self, networks: Networks | None = None) -> None:
        self.networks: Networks = networks or CpuNetworks()
        self._last_noise: _Latest[list[np.ndarray]] = _Latest()

    def encode_style(self, color: np.ndarray) -> np.ndarray:
        """Return the style code of an image.

        Parameters
        ----------
        color : (H, W, 3) float32, sRGB-encoded in [0, 1]
            The image.

        Returns
        -------
        (CODE_LENGTH,) float32
            Its code.
        """
        image = pad_to_stride(np.asarray(color, np.float32))
        sums = FeatureSums()
        sums.add(self.networks.encode(image))
        return np.concatenate((sums.statistics()[0], palette(image)))

    def measure(
        self,
        images: Sequence[np.ndarray],
        codes: np.ndarray,
        masks: Sequence[np.ndarray | None] | None = None,
        *,
        strength: float = 1.0,
        seamless: bool = False,
        tile: int = TILE,
    ) -> np.ndarray:
        """Return the common content code of several images: UDIM tiles, or frames of a shot.

        Features are those of the images in the colors that :meth:`paint` will give them for
        ``codes`` and ``strength``: pass the result to it with the same two.

        Parameters
        ----------
        images : sequence of (H, W, 3) float32, sRGB-encoded in [0, 1]
            The contents.
        codes : (CODE_LENGTH,) or (K, CODE_LENGTH) float32
            The style, or several.
        masks : sequence of (H, W) float32 in [0, 1] or None, optional
            Which pixels count.
        strength : float in [0, 1]
            How far the contents will be moved to the style.
        seamless : bool
            Treat the images as tori.
        tile : int
            Side of a tile without its halo, in pixels.

        Returns
        -------
        (K, CODE_LENGTH) float32
            The content code for each style.
        """
        masks = [None] * len(images) if masks is None else masks
        contents = [
            Content(color, None if mask is None else mask[..., None], seamless, tile)
            for color, mask in zip(images, masks, strict=True)
        ]
        palettes = [palette(c.image, c.weights[0][0] if c.weights else None) for c in contents]
        colors = np.mean(palettes, axis=0)
        rows = []
        for code in np.atleast_2d(codes):
            color_map = _color_map(colors[None], code[None], strength)
            sums = FeatureSums()
            for content in contents:
                for part in content.tiles:
                    sums.add(*content.cores(self._encode(content, part, color_map), part))
            rows.append(np.concatenate((sums.statistics()[0], colors)))
        return np.stack(rows)

    def paint(self, job: PaintJob, control: Control = SILENT) -> np.ndarray:
        """Paint an image at its own resolution, in one style or one for each region.

        Parameters
        ----------
        job : PaintJob
            What to paint.
        control : Control
            Gets the share that is done, and is asked for a cancel between layers.

        Returns
        -------
        (H, W, 3) float32, sRGB-encoded in [0, 1]
            The painting.

        Raises
        ------
        JobCancelled
            The control was cancelled.
        """
        content = Content(job.color, job.regions, job.seamless, job.tile)
        plan = content.tiles if job.base is None else list(job.tiles)
        goal = np.atleast_2d(np.asarray(job.codes, np.float32))
        passes = 2 if job.content_code is None and len(plan) > 1 else 1
        done = _counting(control, len(plan) * (passes * _ENCODER + _DECODER))

        features = None
        if job.content_code is None:
            code, color_map, features = self._measure_content(job, content, goal, control, done)
        else:
            code = job.content_code
            color_map = _color_map(code, goal, job.strength)
        target = _lerp(code, goal, job.strength)
        height, width = content.image.shape[:2]
        noise = self._noise((height, width), job.seed, job.grain)

        result = np.empty_like(job.color) if job.base is None else job.base.copy()
        for tile in plan:
            if features is None or len(plan) > 1:
                features = self._encode(content, tile, color_map, control.cancel)
                done(_ENCODER)
            painted = self.networks.decode(
                *(features, code, target, _noise_of(noise, tile), content.region_weights(tile)),
                *(job.adapters, tile.border, control.cancel),
            )
            done(_DECODER)
            _put(result, tile, painted)
        return result

    def _measure_content(
        self,
        job: PaintJob,
        content: Content,
        goal: np.ndarray,
        control: Control,
        done: Callable[[int], None],
    ) -> tuple[np.ndarray, _ColorMap, Features]:
        """Return the code of the content, the map of its colors, and the features of its last tile."""
        mask, weighing = None, content
        if job.mask is not None and job.mask.any():
            shares = job.mask[..., None]
            weights = shares if job.regions is None else job.regions * shares
            weighing = Content(job.color, weights, job.seamless, job.tile)
            mask = pad_to_stride(np.asarray(shares, np.float32), seamless=job.seamless)[..., 0]
        colors = palette(content.image, mask)[None]
        color_map = _color_map(colors, goal, job.strength)
        sums = FeatureSums(len(goal))
        for tile in content.tiles:
            features = self._encode(content, tile, color_map, control.cancel)
            sums.add(*weighing.cores(features, tile))
            done(_ENCODER)
        code = np.concatenate((sums.statistics(), colors.repeat(len(goal), 0)), axis=1)
        return code, color_map, features

    def _encode(
        self, content: Content, tile: Tile, color_map: _ColorMap, cancel: CancelToken = NEVER
    ) -> Features:
        image = take_pixels(content.image, tile)
        matrix, offset = color_map
        if content.weights is None or len(matrix) == 1:
            return self.networks.encode(image, (matrix[0], offset[0]), tile.border, cancel)
        shares = take(content.weights[0], tile)
        moved = move_colors_by_region(image, matrix, offset, shares)
        return self.networks.encode(moved, border=tile.border, cancel=cancel)

    def _noise(self, shape: tuple[int, int], seed: int, grain: float) -> list[np.ndarray]:
        """Return the noise for the whole image, one map for each block of the decoder."""

        def make() -> list[np.ndarray]:
            random = np.random.default_rng(seed % 2**64)
            sides = [2 ** (s + 1) for s in BLOCK_SCALES]
            maps = [(shape[0] // side, shape[1] // side) for side in sides]
            return [random.standard_normal(size, np.float32) * np.float32(grain) for size in maps]

        return self._last_noise.get((shape, seed, grain), make)


def _lerp(start: np.ndarray, end: np.ndarray, share: float) -> np.ndarray:
    """Return what lies between two arrays; exactly the end where the share is 1."""
    return end if share == 1 else start + np.float32(share) * (end - start)


def _color_map(content: np.ndarray, goal: np.ndarray, strength: float) -> _ColorMap:
    """Return the map from the colors of ``content`` (codes or palettes) towards ``goal``'s."""
    colors, wanted = (split_palette(c).reshape(len(c), -1) for c in (content, goal))
    colors = np.broadcast_to(colors, wanted.shape)
    return color_transport(colors, _lerp(colors, wanted, strength))


def _noise_of(noise: Sequence[np.ndarray], tile: Tile) -> list[np.ndarray]:
    return [take(n, tile, 2 ** (s + 1)) for n, s in zip(noise, BLOCK_SCALES, strict=True)]


class _Latest(Generic[_T]):
    """Keeps the value that was asked for last, which is large, for those who ask for it again."""

    def __init__(self) -> None:
        self._entry: tuple[Hashable, _T] | None = None

    def get(self, key: Hashable, make: Callable[[], _T]) -> _T:
        entry = self._entry
        if entry is None or entry[0] != key:
            entry = self._entry = (key, make())
        return entry[1]


def _counting(control: Control, total: int) -> Callable[[int], None]:
    """Return a callback that reports more of a total, or stops at a cancel."""
    done = 0

    def count(more: int) -> None:
        nonlocal done
        done += more
        control.advance(done / total)

    return count


def _put(result: np.ndarray, tile: Tile, painted: np.ndarray) -> None:
    """Copy a painted tile ``(h, w, 3)`` without its halo into ``(H, W, 3)``."""
    core = painted[tile.rows.inner(), tile.columns.inner()]
    kept = result[tile.rows.core, tile.columns.core]
    kept[...] = core[: kept.shape[0], : kept.shape[1]]
