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
import torch
from torch import Tensor

from ..control import SILENT, Control
from ..models import load_decoder, load_encoder
from ..models.adapter import merge_adapters
from ..models.codes import FeatureSums, palette, split_palette, style_code
from ..models.decoder import Decoder
from ..models.encoder import Encoder, Features
from ..models.layers import OnLayer, ignore_layer
from .color_transfer import color_transport, move_colors, move_colors_by_region
from .content import Content, pad_to_stride, to_tensor
from .engine import TILE, Adapters, PaintJob
from .tiling import Tile, take

_ColorMap = tuple[Tensor, Tensor]
"""Matrices (K, 3, 3) and offsets (K, 3) that move the colors of the content."""

_T = TypeVar("_T")


class Stylizer:
    """Encoder and decoder, loaded once.

    The last noise and the last decoder with adapters are kept for the next image, one of each.

    Parameters
    ----------
    device : str
        ``cpu``, ``cuda`` or ``mps``.
    """

    def __init__(self, device: str = "cpu") -> None:
        self.device = torch.device(device)
        self.encoder = load_encoder().to(self.device)
        self.decoder = load_decoder().to(self.device)
        self._adapted: _Latest[tuple[Adapters, Decoder]] = _Latest()
        self._last_noise: _Latest[list[Tensor]] = _Latest()

    @torch.inference_mode()
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
        image = pad_to_stride(to_tensor(color)).to(self.device)
        return style_code(image, self.encoder(image))[0].cpu().numpy()

    @torch.inference_mode()
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
        palettes = [palette(c.image, c.weights[0] if c.weights else None) for c in contents]
        colors = torch.stack(palettes).mean(0)
        rows = []
        for code in torch.from_numpy(np.atleast_2d(codes)):
            color_map = self._color_map(colors, code[None], strength)
            sums = FeatureSums()
            for content in contents:
                for part in content.tiles:
                    sums.add(*content.cores(self._encode(content, part, color_map), part))
            rows.append(torch.cat((sums.statistics(), colors), dim=1))
        return torch.cat(rows).numpy()

    @torch.inference_mode()
    def paint(self, job: PaintJob, control: Control = SILENT) -> np.ndarray:
        """Paint an image at its own resolution, in one style or one for each region.

        Parameters
        ----------
        job : PaintJob
            What to paint.
        control : Control
            Gets the share that is done, and is asked for a cancel after each layer.

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
        goal = torch.from_numpy(np.atleast_2d(job.codes))
        passes = 2 if job.content_code is None and len(plan) > 1 else 1
        layers = len(plan) * (passes * Encoder.LAYERS + Decoder.LAYERS)
        on_layer = _counting(control, layers)

        features = None
        if job.content_code is None:
            code, color_map, features = self._measure_content(job, content, goal, on_layer)
        else:
            code = torch.from_numpy(job.content_code)
            color_map = self._color_map(code, goal, job.strength)
        code = code.to(self.device)
        target = torch.lerp(code, goal.to(self.device), job.strength)
        noise = self._noise(content.image.shape, job.seed, job.grain)
        decoder = self._decoder_with(job.adapters)

        result = np.empty_like(job.color) if job.base is None else job.base.copy()
        for tile in plan:
            if features is None or len(plan) > 1:
                features = self._encode(content, tile, color_map, on_layer)
            painted = decoder(
                *(features, code, target, self._tile_of(noise, content, tile)),
                *(self._regions_of(content, tile), tile.border, on_layer),
            )
            _put(result, tile, painted)
        return result

    def _measure_content(
        self, job: PaintJob, content: Content, goal: Tensor, on_layer: OnLayer
    ) -> tuple[Tensor, _ColorMap, Features]:
        """Return the code of the content, the map of its colors, and the features of its last tile."""
        mask, weighing = None, content
        if job.mask is not None and job.mask.any():
            shares = job.mask[..., None]
            weights = shares if job.regions is None else job.regions * shares
            weighing = Content(job.color, weights, job.seamless, job.tile)
            mask = pad_to_stride(to_tensor(shares))
        colors = palette(content.image, mask)
        color_map = self._color_map(colors, goal, job.strength)
        sums = FeatureSums(len(goal))
        for tile in content.tiles:
            features = self._encode(content, tile, color_map, on_layer)
            sums.add(*weighing.cores(features, tile))
        code = torch.cat((sums.statistics(), colors.expand(len(goal), -1)), dim=1)
        return code, color_map, features

    def _color_map(self, content: Tensor, goal: Tensor, strength: float) -> _ColorMap:
        """Return the map from the colors of ``content`` (codes or palettes) towards ``goal``'s."""
        colors = split_palette(content).flatten(1).expand(len(goal), -1)
        wanted = torch.lerp(colors, split_palette(goal).flatten(1), strength)
        matrix, offset = color_transport(colors, wanted)
        return matrix.to(self.device), offset.to(self.device)

    def _encode(
        self,
        content: Content,
        tile: Tile,
        color_map: _ColorMap,
        on_layer: OnLayer = ignore_layer,
    ) -> Features:
        image = take(content.image, tile).to(self.device)
        matrix, offset = color_map
        if content.weights is None or len(matrix) == 1:
            moved = move_colors(image, matrix, offset)
        else:
            shares = take(content.weights[0], tile).to(self.device)
            moved = move_colors_by_region(image, matrix, offset, shares)
        return self.encoder(moved, tile.border, on_layer)

    def _decoder_with(self, adapters: Adapters) -> Decoder:
        """Return the decoder with adapters merged in."""
        if not adapters:
            return self.decoder
        key = tuple((id(adapter), weight) for adapter, weight in adapters)
        # The adapters are kept with it, so that no other ones get their ids.
        return self._adapted.get(key, lambda: (adapters, merge_adapters(self.decoder, adapters)))[1]

    def _noise(self, shape: torch.Size, seed: int, grain: float) -> list[Tensor]:
        """Return noise for the whole image, made on the CPU: the same for every device."""

        def make() -> list[Tensor]:
            generator = torch.Generator().manual_seed(seed)
            noise = self.decoder.sample_noise(1, shape[2], shape[3], generator)
            return [scale.mul_(grain) for scale in noise]

        return self._last_noise.get((shape, seed, grain), make)

    def _tile_of(self, noise: Sequence[Tensor], content: Content, tile: Tile) -> list[Tensor]:
        full = content.image.shape[2]
        return [take(n, tile, full // n.shape[2]).to(self.device) for n in noise]

    def _regions_of(self, content: Content, tile: Tile) -> list[Tensor] | None:
        weights = content.region_weights(tile)
        return None if weights is None else [w.to(self.device) for w in weights]


class _Latest(Generic[_T]):
    """Keeps the value that was asked for last, which is large, for those who ask for it again."""

    def __init__(self) -> None:
        self._entry: tuple[Hashable, _T] | None = None

    def get(self, key: Hashable, make: Callable[[], _T]) -> _T:
        entry = self._entry
        if entry is None or entry[0] != key:
            entry = self._entry = (key, make())
        return entry[1]


def _counting(control: Control, layers: int) -> OnLayer:
    """Return a callback that reports one more of all ``layers``, or stops at a cancel."""
    done = 0

    def on_layer() -> None:
        nonlocal done
        done += 1
        control.advance(done / layers)

    return on_layer


def _put(result: np.ndarray, tile: Tile, painted: Tensor) -> None:
    """Copy a painted tile ``(1, 3, h, w)`` without its halo into ``(H, W, 3)``."""
    rows, columns = tile.rows, tile.columns
    core = painted[0, :, rows.inner(), columns.inner()].permute(1, 2, 0)
    kept = result[rows.core, columns.core]
    kept[...] = core[: kept.shape[0], : kept.shape[1]].cpu().numpy()
