"""Refine: specialize the decoder in one style, on the artist's own textures.

A small adapter of the bundled weights is fitted so that paintings have the texture of the style's
picture and keep the structure of the content. The result is a style that carries its adapter.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor
from torch.func import functional_call

from ..control import NEVER, Budget, CancelToken, Clock, FitStep
from ..models.adapter import LowRank, add_to_parameters
from ..models.codes import feature_statistics, palette
from ..models.encoder import Features
from ..models.layers import as_batch
from ..models.loading import load_decoder, load_encoder
from ..models.texture_loss import TextureTarget, broad_distance
from ..styles.style import Style
from .color_transfer import color_transport, move_colors
from .content import pad_to_stride
from .network import Stylizer

_CROP = 256
_BATCH = 2
_RATE = 2e-3
_STYLE, _PIXELS, _CONTENT, _BROAD = 6.0, 25.0, 1.0, 8.0
_CONTENT_SCALES = (1, 2)  # features at 1/4 and 1/8


def refine(
    stylizer: Stylizer,
    style: Style,
    picture: np.ndarray,
    contents: Sequence[np.ndarray],
    *,
    budget: Budget,
    seed: int = 0,
    on_step: Callable[[FitStep], None] = lambda step: None,
    cancel: CancelToken = NEVER,
) -> Style:
    """Fit an adapter and return the style that carries it.

    Parameters
    ----------
    stylizer : Stylizer
        Says on which device the networks run.
    style : Style
        The style of the picture.
    picture : (H, W, 3) float32, sRGB-encoded in [0, 1]
        The style's picture at the size at which strokes have scale 1.
    contents : sequence of (H, W, 3) float32, sRGB-encoded in [0, 1]
        Textures that will be painted.
    budget : Budget
        How long to fit. The recipe of the result has the number of steps, so that it can be
        reproduced.
    seed : int
        Seed of crops, noise and the initial adapter.
    on_step : callable
        Called with each :class:`FitStep`; its losses are ``texture`` and ``content``, its result is
        the adapter so far.
    cancel : CancelToken
        Once it is set, the adapter so far is returned.

    Returns
    -------
    Style
        The style with the adapter.

    Raises
    ------
    JobCancelled
        Cancelled before the first step was done.
    """
    clock = Clock(budget, cancel)
    rng = np.random.default_rng(seed)
    fit = AdapterFit(stylizer, torch.from_numpy(style.code(1.0)), seed)
    whole = as_batch(pad_to_stride(picture))
    target = TextureTarget(fit.encoder, fit.to_device(whole))
    texture = 0.0
    while clock.more():
        done = clock.done
        crops = fit.to_device(torch.cat([_crop(contents, rng) for _ in range(_BATCH)]))
        with torch.no_grad():
            kept = fit.encoder(crops)
        moved = fit.transfer_colors(crops)
        painted = fit.paint(moved)
        features = fit.encoder(painted)
        textures = _STYLE * target.feature_loss(features) + _PIXELS * target.pixel_loss(painted)
        structure = _structure(features, kept)
        broad = broad_distance(painted, moved)
        fit.step(textures + _CONTENT * structure + _BROAD * broad, done)
        clock.count()
        texture = textures.item()
        losses = {"texture": texture, "content": structure.item()}
        on_step(FitStep(clock.number, done, losses, fit.additions.export))
    recipe = {"refined": style.identifier, "steps": clock.number, "seed": seed, "texture": texture}
    provenance = replace(style.provenance, recipe={**style.provenance.recipe, **recipe})
    return replace(style, provenance=provenance, adapters=((fit.additions.export(), 1.0),))


class AdapterFit:
    """The networks, an adapter of the decoder for one style, and its optimizer.

    Parameters
    ----------
    stylizer : Stylizer
        Says on which device the networks run.
    code : (CODE_LENGTH,) float32
        The code of the style.
    seed : int
        Seed of the initial adapter and of noise.
    rate : float
        Learning rate at the start.
    """

    def __init__(self, stylizer: Stylizer, code: Tensor, seed: int, rate: float = _RATE) -> None:
        self._rate = rate
        torch.manual_seed(seed)
        self._device = stylizer.networks.device
        self.encoder = load_encoder().to(self._device)
        self._decoder = load_decoder().to(self._device)
        self._code, self._wanted = self.to_device(code[None]), code[None].numpy()
        self._parameters = dict(self._decoder.named_parameters())
        self.additions = LowRank(self._decoder, torch.Generator().manual_seed(seed))
        self.additions.to(self._device)
        self._optimizer = torch.optim.Adam(self.additions.parameters(), lr=rate)

    def to_device(self, tensor: Tensor) -> Tensor:
        """Return a tensor on the device of the networks.

        Parameters
        ----------
        tensor : (...) float32
            The tensor, anywhere.

        Returns
        -------
        (...) float32
            The same there.
        """
        return tensor.to(self._device)

    def transfer_colors(self, crops: Tensor) -> Tensor:
        """Return contents in the colors of the style, from which the decoder starts.

        Parameters
        ----------
        crops : (B, 3, H, W) float32, sRGB-encoded in [0, 1]
            The contents.

        Returns
        -------
        (B, 3, H, W) float32, sRGB-encoded in [0, 1]
            The same with the colors transferred.
        """
        with torch.no_grad():
            matrices, offsets = color_transport(palette(crops).cpu().numpy(), self._wanted)
        images = crops.permute(0, 2, 3, 1).cpu().numpy()
        moved = map(move_colors, images, matrices, offsets)
        return self.to_device(torch.cat([as_batch(image) for image in moved]))

    def paint(self, moved: Tensor) -> Tensor:
        """Paint contents with the adapter as it is now.

        Parameters
        ----------
        moved : (B, 3, H, W) float32, sRGB-encoded in [0, 1]
            The contents in the style's colors.

        Returns
        -------
        (B, 3, H, W) float32, sRGB-encoded in [0, 1]
            The paintings, differentiable in the adapter.
        """
        batch, _, height, width = moved.shape
        with torch.no_grad():
            features = self.encoder(moved)
            statistics = feature_statistics(features)
        noise = [self.to_device(n) for n in self._decoder.sample_noise(batch, height, width)]
        return functional_call(
            self._decoder,
            add_to_parameters(self._parameters, self.additions.tensors()),
            (features, statistics, self._code.expand(batch, -1), noise),
        )

    def step(self, loss: Tensor, done: float) -> None:
        """Make one step of the optimizer.

        Parameters
        ----------
        loss : () float32
            The loss to minimize.
        done : float
            Share of the budget that is spent, in [0, 1]; lowers the learning rate.
        """
        for group in self._optimizer.param_groups:
            group["lr"] = self._rate * (1 - 0.9 * done)
        self._optimizer.zero_grad(set_to_none=True)
        loss.backward()
        self._optimizer.step()


def _crop(contents: Sequence[np.ndarray], rng: np.random.Generator) -> Tensor:
    """Return a random square of a random content, extended by reflection if that is smaller."""
    image = contents[rng.integers(len(contents))]
    top, left = (int(rng.integers(max(1, side - _CROP + 1))) for side in image.shape[:2])
    part = image[top : top + _CROP, left : left + _CROP]
    if rng.random() < 0.5:
        part = part[:, ::-1]
    missing = [(0, _CROP - side) for side in part.shape[:2]]
    return as_batch(np.pad(part, [*missing, (0, 0)], mode="symmetric"))


def _structure(painted: Features, content: Features) -> Tensor:
    """Return the mean squared difference of instance-normalized features: structure, not color."""
    total = torch.zeros((), device=painted[0].device)
    for scale in _CONTENT_SCALES:
        sides = (F.instance_norm(features[scale]) for features in (painted, content))
        first, second = sides
        total = total + F.mse_loss(first, second)
    return total / len(_CONTENT_SCALES)
