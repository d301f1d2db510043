"""The stylizer: the bundled networks applied to one image of any size.

Statistics once, tiles after: the channel statistics of the whole image are gathered first, in a
pass of the encoder alone, and every tile is then painted with them. A tile carries a halo as wide
as the networks' receptive field, and the border of the image is treated inside the convolutions
just as it is without tiles; so tiles neither show nor change a pixel.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence

import cv2
import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ..control import SILENT, Control
from ..models import load_decoder, load_encoder
from ..models.adapter import Adapter, adapt
from ..models.codes import FeatureSums, palette, split_palette, style_code
from ..models.decoder import Decoder
from ..models.encoder import STRIDE, WIDTHS, Features
from ..models.layers import Border, set_border
from .color_transfer import color_transport, move_colors, move_colors_by_region
from .tiling import Tile, take, tiles

Adapters = Sequence[tuple[Adapter, float]]

TILE = 2048
"""Default side of a tile's core in pixels: about 1.2 GB of activations at the peak."""


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
        self._adapted: tuple[list, Adapters, Decoder] | None = None
        self._last_noise: tuple[tuple[torch.Size, int], list[Tensor]] | None = None
        self._pulse: Callable[[], None] = lambda: None
        self._listen(self.encoder.children())
        self._listen(_steps_of(self.decoder))

    @torch.inference_mode()
    def encode_style(self, color: np.ndarray) -> np.ndarray:
        """The look of an image as a code ``(CODE_LENGTH,)`` float32.

        ``color`` is ``(H, W, 3)`` float32, sRGB-encoded in [0, 1].
        """
        image = pad_to_stride(to_tensor(color), seamless=False).to(self.device)
        set_border(self.encoder, "reflect", "reflect")
        return style_code(image, self.encoder(image))[0].cpu().numpy()

    @torch.inference_mode()
    def measure(
        self,
        images: Sequence[np.ndarray],
        codes: np.ndarray,
        counted: Sequence[np.ndarray | None] | None = None,
        *,
        strength: float = 1.0,
        seamless: bool = False,
    ) -> np.ndarray:
        """The common content code of several images: UDIM tiles, or frames of a shot.

        Features are those of the images in the colors that :meth:`paint` will give them for
        ``codes`` and ``strength``: hand the result to it with the same two.

        Parameters
        ----------
        images : (H, W, 3) float32 each, sRGB-encoded in [0, 1]
        codes : (CODE_LENGTH,) or (K, CODE_LENGTH) float32
        counted : (H, W) float32 in [0, 1] each, or None
            Which pixels count.

        Returns
        -------
        (K, CODE_LENGTH) float32
        """
        masks = list(counted) if counted is not None else [None] * len(images)
        subjects = [
            _Subject(color, None if mask is None else mask[..., None], seamless, self.tile)
            for color, mask in zip(images, masks, strict=True)
        ]
        palettes = [palette(s.image, s.weights[0] if s.weights else None) for s in subjects]
        colors = torch.stack(palettes).mean(0)
        rows = []
        for code in torch.from_numpy(np.atleast_2d(codes)):
            transport = self._transport(colors, code[None], strength)
            sums = FeatureSums()
            for subject in subjects:
                for tile in subject.plan:
                    sums.add(*_cores(self._encode(subject, tile, transport), subject, tile))
            rows.append(torch.cat((sums.statistics(), colors), dim=1))
        return torch.cat(rows).numpy()

    @torch.inference_mode()
    def paint(
        self,
        color: np.ndarray,
        codes: np.ndarray,
        *,
        own: np.ndarray | None = None,
        regions: np.ndarray | None = None,
        strength: float = 1.0,
        seamless: bool = False,
        seed: int = 0,
        counted: np.ndarray | None = None,
        adapters: Adapters = (),
        onto: np.ndarray | None = None,
        parts: Collection[Tile] = (),
        control: Control = SILENT,
    ) -> np.ndarray:
        """Paint an image at its own resolution, in one style or one for each region.

        Parameters
        ----------
        color : (H, W, 3) float32, sRGB-encoded in [0, 1]
            The content.
        codes : (CODE_LENGTH,) or (K, CODE_LENGTH) float32
            The style, or those of K regions.
        own : (K, CODE_LENGTH) float32, optional
            The content's own code, from :meth:`measure` with the same codes and strength; measured
            here if not given.
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
        adapters : pairs of an adapter and its weight
            What Refine added to the decoder for the style.
        onto, parts : (H, W, 3) float32, and tiles
            Paint only these parts; the rest is that picture's. ``own`` must be given then.
        control : Control
            Hears the share that is done, and is asked for a cancel after each layer.

        Returns
        -------
        (H, W, 3) float32, sRGB-encoded in [0, 1]

        Raises
        ------
        JobCancelled
            The control was cancelled.
        ValueError
            A seamless image whose sides are no multiples of 16, or regions that do not fit.
        """
        height, width = color.shape[:2]
        if seamless and (height % STRIDE or width % STRIDE):
            raise ValueError("a seamless image needs sides that are multiples of 16")
        codes = np.atleast_2d(codes)
        if regions is not None and regions.shape != (height, width, len(codes)):
            raise ValueError(f"regions {regions.shape} do not fit {len(codes)} codes and the image")
        subject = _Subject(color, regions, seamless, self.tile)
        if onto is not None:
            subject.plan = list(parts)
        goal = torch.from_numpy(codes)
        measuring = own is None and len(subject.plan) > 1
        encoding, decoding = len(list(self.encoder.children())), len(_steps_of(self.decoder))
        passes = 1 + measuring
        total = len(subject.plan) * (passes * encoding + decoding)
        done = 0

        def pulse() -> None:
            nonlocal done
            done += 1
            control.advance(done / total)

        self._pulse = pulse
        try:
            return self._paint(
                *(color, subject, goal, own, regions, strength, seamless, seed, counted, adapters),
                np.empty_like(color) if onto is None else onto.copy(),
            )
        finally:
            self._pulse = lambda: None

    def _paint(
        self,
        color: np.ndarray,
        subject: _Subject,
        goal: Tensor,
        own: np.ndarray | None,
        regions: np.ndarray | None,
        strength: float,
        seamless: bool,
        seed: int,
        counted: np.ndarray | None,
        adapters: Adapters,
        result: np.ndarray,
    ) -> np.ndarray:
        """What :meth:`paint` does, its arguments checked; paints into ``result``."""
        features = None
        if own is None:
            mask = None
            if counted is not None and counted.any():
                part = counted[..., None] if regions is None else regions * counted[..., None]
                weighing = _Subject(color, part, seamless, self.tile)
                mask = pad_to_stride(to_tensor(counted[..., None]), seamless=seamless)
            else:
                weighing = subject
            colors = palette(subject.image, mask)
            transport = self._transport(colors, goal, strength)
            sums = FeatureSums(len(goal))
            for tile in subject.plan:
                features = self._encode(subject, tile, transport)
                sums.add(*_cores(features, weighing, tile))
            content = torch.cat((sums.statistics(), colors.expand(len(goal), -1)), dim=1)
        else:
            content = torch.from_numpy(own)
            transport = self._transport(content, goal, strength)
        content = content.to(self.device)
        target = torch.lerp(content, goal.to(self.device), strength)
        noise = self._noise(subject.image.shape, seed)
        decoder = self._decoder_with(adapters)
        for tile in subject.plan:
            if features is None or len(subject.plan) > 1:
                features = self._encode(subject, tile, transport)
            painted = self._decode(decoder, features, content, target, noise, subject, tile)
            rows, columns = tile.rows, tile.columns
            core = painted[0, :, rows.inner(), columns.inner()].permute(1, 2, 0)
            kept = result[rows.core, columns.core]
            kept[...] = core[: kept.shape[0], : kept.shape[1]].cpu().numpy()
        return result

    def _listen(self, layers: Iterable[nn.Module]) -> None:
        """Feel the pulse after each of ``layers``: one tile takes seconds, a cancel must not."""
        for layer in layers:
            layer.register_forward_hook(lambda *_: self._pulse())

    def _transport(self, content: Tensor, goal: Tensor, strength: float) -> tuple[Tensor, Tensor]:
        """Of the colors in ``content`` (codes or palettes) to ``goal``'s, or part of the way."""
        colors = split_palette(content).flatten(1).expand(len(goal), -1)
        wanted = torch.lerp(colors, split_palette(goal).flatten(1), strength)
        matrix, offset = color_transport(colors, wanted)
        return matrix.to(self.device), offset.to(self.device)

    def _encode(self, subject: _Subject, tile: Tile, transport: tuple[Tensor, Tensor]) -> Features:
        set_border(self.encoder, *_borders(tile))
        image = take(subject.image, tile).to(self.device)
        matrix, offset = transport
        if subject.weights is None or len(matrix) == 1:
            moved = move_colors(image, matrix, offset)
        else:
            shares = take(subject.weights[0], tile).to(self.device)
            moved = move_colors_by_region(image, matrix, offset, shares)
        return self.encoder(moved)

    def _decoder_with(self, adapters: Adapters) -> Decoder:
        """The decoder with adapters merged in; the last one is remembered for the next image."""
        if not adapters:
            return self.decoder
        if self._adapted is None or self._adapted[0] != [(id(a), w) for a, w in adapters]:
            key = [(id(a), w) for a, w in adapters]
            self._adapted = (key, adapters, adapt(self.decoder, adapters))
            self._listen(_steps_of(self._adapted[2]))
        return self._adapted[2]

    def _decode(
        self,
        decoder: Decoder,
        features: Features,
        own: Tensor,
        target: Tensor,
        noise: Sequence[Tensor],
        subject: _Subject,
        tile: Tile,
    ) -> Tensor:
        set_border(decoder, *_borders(tile))
        full = subject.image.shape[2]
        maps = [take(n, tile, full // n.shape[2]).to(self.device) for n in noise]
        regions = None
        if subject.weights is not None:
            regions = [
                take(w, tile, 2**i).to(self.device)
                for i, w in enumerate(subject.weights[1:], start=1)
            ]
        return decoder(features, own, target, maps, regions)

    def _noise(self, shape: torch.Size, seed: int) -> list[Tensor]:
        """Noise for the whole image, made on the CPU so that every device gets the same; kept for the
        next image of its size."""
        if self._last_noise is None or self._last_noise[0] != (shape, seed):
            generator = torch.Generator().manual_seed(seed)
            noise = self.decoder.sample_noise(1, shape[2], shape[3], generator)
            self._last_noise = ((shape, seed), noise)
        return self._last_noise[1]


def _steps_of(decoder: Decoder) -> list[nn.Module]:
    """The layers of a decoder that take a noticeable time each."""
    return [*decoder.blocks, *decoder.narrow]


class _Subject:
    """An image as the networks want it, its regions at every scale, and its tiles."""

    def __init__(
        self, color: np.ndarray, parts: np.ndarray | None, seamless: bool, tile: int
    ) -> None:
        self.image = pad_to_stride(to_tensor(color), seamless=seamless)
        self.weights: list[Tensor] | None = None
        if parts is not None:
            planes = np.ascontiguousarray(np.moveaxis(parts, 2, 0), dtype=np.float32)
            self.weights = [pad_to_stride(torch.from_numpy(planes)[None], seamless=seamless)]
            for _ in WIDTHS:
                self.weights.append(_halved(self.weights[-1]))
        height, width = self.image.shape[2:]
        self.plan = tiles(height, width, tile, seamless=seamless)


def _halved(planes: Tensor) -> Tensor:
    """Means of 2 x 2 of ``(1, K, H, W)``, several times as fast as torch's pooling."""
    height, width = planes.shape[2] // 2, planes.shape[3] // 2
    halves = np.empty((planes.shape[1], height, width), np.float32)
    for plane, half in zip(planes[0].numpy(), halves, strict=True):
        cv2.resize(plane, (width, height), dst=half, interpolation=cv2.INTER_AREA)
    return torch.from_numpy(halves)[None]


def to_tensor(color: np.ndarray) -> Tensor:
    """``(H, W, C)`` float32 to ``(1, C, H, W)``, sharing memory where it can."""
    return torch.from_numpy(np.ascontiguousarray(color, dtype=np.float32)).permute(2, 0, 1)[None]


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
    features: Features, subject: _Subject, tile: Tile
) -> tuple[list[Tensor], list[Tensor] | None]:
    """The features of a tile without its halo, and the weights of the same cells."""
    scales = [2 ** (i + 1) for i in range(len(WIDTHS))]
    cores = [
        f[:, :, tile.rows.inner(s), tile.columns.inner(s)]
        for f, s in zip(features, scales, strict=True)
    ]
    if subject.weights is None:
        return cores, None
    rows, columns = ((w.core_start, w.core_stop) for w in (tile.rows, tile.columns))
    kept = [
        w[:, :, rows[0] // s : rows[1] // s, columns[0] // s : columns[1] // s]
        for w, s in zip(subject.weights[1:], scales, strict=True)
    ]
    return cores, kept


def _borders(tile: Tile) -> tuple[Border, Border]:
    rows, columns = ("circular" if c else "reflect" for c in tile.circular)
    return rows, columns  # type: ignore[return-value]
