"""The stylizer: the bundled networks applied to one image of any size.

Statistics once, tiles after: the channel statistics of the whole image are gathered first, in a
pass of the encoder alone, and every tile is then painted with them. A tile carries a halo as wide
as the networks' receptive field, and the border of the image is treated inside the convolutions
just as it is without tiles; so tiles neither show nor change a pixel.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from ..errors import JobCancelled
from ..networks import load_decoder, load_encoder
from ..networks.codes import FeatureSums, palette, style_code
from ..networks.encoder import STRIDE, WIDTHS, Features
from ..networks.layers import Border, set_border
from .windows import Tile, take, tiles

TILE = 1536
"""Default side of a tile's core in pixels: about 700 MB of activations at the peak."""


class Stylizer:
    """Encoder and decoder, loaded once.

    Parameters
    ----------
    device : str
        ``cpu``, ``cuda`` or ``mps``.
    tile : int
        Side of a tile's core in pixels; smaller needs less memory.
    """

    def __init__(self, device: str = "cpu", tile: int = TILE) -> None:
        self.device = torch.device(device)
        self.tile = tile
        self.encoder = load_encoder().to(self.device)
        self.decoder = load_decoder().to(self.device)

    @torch.inference_mode()
    def encode_style(self, colour: np.ndarray) -> np.ndarray:
        """The look of an image as a code ``(CODE_LENGTH,)`` float32.

        ``colour`` is ``(H, W, 3)`` float32, sRGB-encoded in [0, 1].
        """
        image = pad_to_stride(to_tensor(colour), seamless=False).to(self.device)
        set_border(self.encoder, "reflect", "reflect")
        return style_code(image, self.encoder(image))[0].cpu().numpy()

    @torch.inference_mode()
    def measure(
        self,
        images: Sequence[np.ndarray],
        counted: Sequence[np.ndarray | None] | None = None,
        *,
        seamless: bool = False,
    ) -> np.ndarray:
        """The common content code ``(1, CODE_LENGTH)`` of several images: UDIM tiles, or a shot.

        Images are ``(H, W, 3)`` float32, sRGB-encoded in [0, 1]; ``counted`` as in :meth:`paint`.
        """
        sums, palettes = FeatureSums(), []
        for colour, mask in zip(images, counted or [None] * len(images), strict=True):
            image = pad_to_stride(to_tensor(colour), seamless=seamless)
            weights = _weights(None if mask is None else mask[..., None], seamless=seamless)
            for tile in tiles(image.shape[2], image.shape[3], self.tile, seamless=seamless):
                sums.add(*_cores(self._encode(image, tile), weights, tile))
            palettes.append(palette(image))
        return torch.cat((sums.statistics(), torch.stack(palettes).mean(0)), dim=1).numpy()

    @torch.inference_mode()
    def paint(
        self,
        colour: np.ndarray,
        codes: np.ndarray,
        *,
        own: np.ndarray | None = None,
        regions: np.ndarray | None = None,
        strength: float = 1.0,
        seamless: bool = False,
        seed: int = 0,
        counted: np.ndarray | None = None,
        progress: Callable[[float], None] = lambda done: None,
        cancel: Callable[[], bool] = lambda: False,
    ) -> np.ndarray:
        """Paint an image at its own resolution, in one style or one for each region.

        Parameters
        ----------
        colour : (H, W, 3) float32, sRGB-encoded in [0, 1]
            The content.
        codes : (CODE_LENGTH,) or (K, CODE_LENGTH) float32
            The style, or those of K regions.
        own : (K, CODE_LENGTH) float32, optional
            The content's own code, from :meth:`measure`; measured here if not given.
        regions : (H, W, K) float32, optional
            How much each pixel belongs to each region; sums to one over K.
        strength : float in [0, 1]
            How far the content's own code is moved to the style's.
        seamless : bool
            Treat the image as a torus. Its sides must then be multiples of 16.
        seed : int
            Of the noise that breaks flat areas into strokes.
        counted : (H, W) float32 in [0, 1], optional
            Which pixels count for the content's statistics (its alpha).
        progress, cancel : callables
            Given the share that is done; asked between tiles.

        Returns
        -------
        (H, W, 3) float32, sRGB-encoded in [0, 1]

        Raises
        ------
        JobCancelled
            ``cancel()`` became true.
        ValueError
            A seamless image whose sides are no multiples of 16, or regions that do not fit.
        """
        height, width = colour.shape[:2]
        if seamless and (height % STRIDE or width % STRIDE):
            raise ValueError("a seamless image needs sides that are multiples of 16")
        codes = np.atleast_2d(codes)
        if regions is not None and regions.shape != (height, width, len(codes)):
            raise ValueError(f"regions {regions.shape} do not fit {len(codes)} codes and the image")
        image = pad_to_stride(to_tensor(colour), seamless=seamless)
        spatial = _weights(regions, seamless=seamless)
        plan = tiles(image.shape[2], image.shape[3], self.tile, seamless=seamless)
        measuring = own is None and len(plan) > 1
        steps, done = len(plan) * (2 if measuring else 1), 0

        def advance() -> None:
            nonlocal done
            done += 1
            progress(done / steps)
            if cancel():
                raise JobCancelled("Cancelled.")

        features = self._encode(image, plan[0])
        if own is None:
            weights = spatial
            if counted is not None and counted.any():
                part = counted[..., None] if regions is None else regions * counted[..., None]
                weights = _weights(part, seamless=seamless)
            sums = FeatureSums(len(codes))
            for tile in plan:
                if measuring:
                    features = self._encode(image, tile)
                    advance()
                sums.add(*_cores(features, weights, tile))
            colours = palette(image).expand(len(codes), -1)
            content = torch.cat((sums.statistics(), colours), dim=1).to(self.device)
        else:
            content = torch.from_numpy(own).to(self.device)
        target = torch.lerp(content, torch.from_numpy(codes).to(self.device), strength)
        noise = self._noise(image.shape, seed)
        result = np.empty_like(colour)
        for tile in plan:
            if len(plan) > 1:
                features = self._encode(image, tile)
            painted = self._decode(features, content, target, noise, spatial, tile)
            rows, columns = tile.rows, tile.columns
            core = painted[0, :, rows.inner(), columns.inner()].permute(1, 2, 0)
            kept = result[rows.core, columns.core]
            kept[...] = core[: kept.shape[0], : kept.shape[1]].cpu().numpy()
            advance()
        return result

    def _encode(self, image: Tensor, tile: Tile) -> Features:
        set_border(self.encoder, *_borders(tile))
        return self.encoder(take(image, tile).to(self.device, memory_format=torch.channels_last))

    def _decode(
        self,
        features: Features,
        own: Tensor,
        target: Tensor,
        noise: Sequence[Tensor],
        weights: list[Tensor] | None,
        tile: Tile,
    ) -> Tensor:
        set_border(self.decoder, *_borders(tile))
        scales = [2 ** (s + 1) for s in self.decoder.NOISE_SCALES]
        maps = [take(n, tile, s).to(self.device) for n, s in zip(noise, scales, strict=True)]
        regions = None
        if weights is not None:
            regions = [take(w, tile, 2 ** (i + 1)).to(self.device) for i, w in enumerate(weights)]
        return self.decoder(features, own, target, maps, regions)

    def _noise(self, shape: torch.Size, seed: int) -> list[Tensor]:
        """Noise for the whole image, made on the CPU so that every device gets the same."""
        generator = torch.Generator().manual_seed(seed)
        sides = [2 ** (s + 1) for s in self.decoder.NOISE_SCALES]
        return [torch.randn(1, 1, shape[2] // s, shape[3] // s, generator=generator) for s in sides]


def to_tensor(colour: np.ndarray) -> Tensor:
    """``(H, W, C)`` float32 to ``(1, C, H, W)``, sharing memory where it can."""
    return torch.from_numpy(np.ascontiguousarray(colour, dtype=np.float32)).permute(2, 0, 1)[None]


def pad_to_stride(image: Tensor, *, seamless: bool) -> Tensor:
    """Extend ``(1, C, H, W)`` at its right and bottom to multiples of 16, by reflection."""
    height, width = image.shape[2:]
    bottom, right = -height % STRIDE, -width % STRIDE
    while bottom or right:  # reflection reaches only as far as the image does
        step = (min(right, image.shape[3] - 1), min(bottom, image.shape[2] - 1))
        if step == (0, 0):
            return F.pad(image, (0, right, 0, bottom), mode="replicate")
        image = F.pad(image, (0, step[0], 0, step[1]), mode="reflect")
        right, bottom = right - step[0], bottom - step[1]
    return image


def _cores(
    features: Features, weights: list[Tensor] | None, tile: Tile
) -> tuple[list[Tensor], list[Tensor] | None]:
    """The features of a tile without its halo, and the weights of the same cells."""
    scales = [2 ** (i + 1) for i in range(len(WIDTHS))]
    cores = [
        f[:, :, tile.rows.inner(s), tile.columns.inner(s)]
        for f, s in zip(features, scales, strict=True)
    ]
    if weights is None:
        return cores, None
    rows, columns = ((w.core_start, w.core_stop) for w in (tile.rows, tile.columns))
    kept = [
        w[:, :, rows[0] // s : rows[1] // s, columns[0] // s : columns[1] // s]
        for w, s in zip(weights, scales, strict=True)
    ]
    return cores, kept


def _borders(tile: Tile) -> tuple[Border, Border]:
    rows, columns = ("circular" if c else "reflect" for c in tile.circular)
    return rows, columns  # type: ignore[return-value]


def _weights(parts: np.ndarray | None, *, seamless: bool) -> list[Tensor] | None:
    """``(H, W, K)`` at the features' four scales: ``(1, K, H / 2**i, W / 2**i)`` each."""
    if parts is None:
        return None
    weights = pad_to_stride(to_tensor(parts), seamless=seamless)
    return [weights := F.avg_pool2d(weights, 2) for _ in WIDTHS]
