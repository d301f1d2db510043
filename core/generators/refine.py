"""Refine: make the decoder a specialist in one style, on the artist's own textures.

Starting from the bundled weights, a small adapter is fitted so that what is painted has the texture
of the style's picture while the structure of the content stays. The result is a style file that
carries its adapter.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor
from torch.func import functional_call

from ..errors import JobCancelled
from ..networks.adapter import Adapter, LowRank, adapted
from ..networks.codes import feature_statistics, palette
from ..networks.encoder import Features
from ..networks.layers import set_border
from ..networks.transport import colour_transport, move_colours
from ..styles.style import Style
from .stylizer import Stylizer, pad_to_stride, to_tensor
from .texture_loss import TextureTarget, broad_distance

_CROP = 256
_BATCH = 2
_RATE = 2e-3
_STYLE, _PIXELS, _CONTENT, _BROAD = 6.0, 25.0, 1.0, 8.0
_CONTENT_SCALES = (1, 2)  # of the features: 1/4 and 1/8


@dataclass(frozen=True)
class Step:
    """What is told after each step."""

    number: int
    done: float
    """Share of the budget, in [0, 1]."""
    texture: float
    content: float


def refine(
    stylizer: Stylizer,
    style: Style,
    picture: np.ndarray,
    contents: Sequence[np.ndarray],
    *,
    seconds: float = 120.0,
    steps: int = 0,
    seed: int = 0,
    told: Callable[[Step, Callable[[], Adapter]], None] = lambda step, adapter: None,
    cancel: Callable[[], bool] = lambda: False,
) -> Style:
    """Fit an adapter and return the style that carries it.

    Parameters
    ----------
    stylizer : Stylizer
        Gives the networks; they are not changed.
    style : Style
        Of the picture.
    picture : (H, W, 3) float32, sRGB-encoded in [0, 1]
        The style's picture at the size at which strokes have scale 1.
    contents : (H, W, 3) float32 each, sRGB-encoded in [0, 1]
        Textures that will be painted.
    seconds : float
        The budget; where ``steps`` is given, that many steps are made whatever the time. The
        number of steps is in the recipe of the result, so that it can be made again.
    told : callable
        Called after each step, with a function that gives the adapter so far.
    cancel : callable
        When it becomes true the best so far is returned.

    Raises
    ------
    JobCancelled
        Cancelled before the first step was done.
    """
    begun = time.monotonic()
    rng = np.random.default_rng(seed)
    fit = AdapterFit(stylizer, torch.from_numpy(style.code(1.0)), seed)
    whole = pad_to_stride(to_tensor(picture), seamless=False)
    target = TextureTarget(fit.encoder, fit.on_device(whole))
    number, texture, content = 0, 0.0, 0.0
    while fit.goes_on(number, begun, seconds, steps, cancel):
        done = number / steps if steps else min(1.0, (time.monotonic() - begun) / seconds)
        crops = fit.on_device(torch.cat([_crop(contents, rng) for _ in range(_BATCH)]))
        with torch.no_grad():
            kept = fit.encoder(crops)
        moved = fit.in_colours_of_style(crops)
        painted = fit.paint(moved)
        seen = fit.encoder(painted)
        textures = _STYLE * target.feature_loss(seen) + _PIXELS * target.pixel_loss(painted)
        structure = _structure(seen, kept)
        broad = broad_distance(painted, moved)
        fit.step(textures + _CONTENT * structure + _BROAD * broad, done)
        number += 1
        texture, content = textures.item(), structure.item()
        told(Step(number, done, texture, content), fit.additions.export)
    recipe = {"refined": style.identifier, "steps": number, "seed": seed, "texture": texture}
    provenance = replace(style.provenance, recipe={**style.provenance.recipe, **recipe})
    return replace(style, provenance=provenance, adapters=((fit.additions.export(), 1.0),))


class AdapterFit:
    """The networks, an adapter of the decoder for one style code ``(L,)``, and its optimizer."""

    def __init__(self, stylizer: Stylizer, code: Tensor, seed: int, rate: float = _RATE) -> None:
        self._rate = rate
        torch.manual_seed(seed)
        self._device = stylizer.device
        self.encoder, self._decoder = stylizer.encoder, stylizer.decoder
        set_border(self.encoder, "reflect", "reflect")
        set_border(self._decoder, "reflect", "reflect")
        self._code = self.on_device(code[None])
        self._parameters = dict(self._decoder.named_parameters())
        self.additions = LowRank(self._decoder, torch.Generator().manual_seed(seed))
        self.additions.to(self._device)
        self._optimizer = torch.optim.Adam(self.additions.parameters(), lr=rate)

    def on_device(self, tensor: Tensor) -> Tensor:
        """Where the networks are."""
        return tensor.to(self._device)

    @staticmethod
    def goes_on(
        number: int, begun: float, seconds: float, steps: int, cancel: Callable[[], bool]
    ) -> bool:
        """Whether there is time for another step.

        Raises
        ------
        JobCancelled
            Cancelled before the first step.
        """
        if cancel():
            if not number:
                raise JobCancelled("Cancelled.")
            return False
        spent = time.monotonic() - begun
        if steps:
            return number < steps
        return not number or spent * (number + 1) / number <= seconds

    def in_colours_of_style(self, crops: Tensor) -> Tensor:
        """Contents ``(B, 3, H, W)`` as the decoder wants them."""
        with torch.no_grad():
            return move_colours(crops, *colour_transport(palette(crops), self._code))

    def paint(self, moved: Tensor) -> Tensor:
        """Contents ``(B, 3, H, W)`` in the style's colours as the adapter paints them now."""
        batch, _, height, width = moved.shape
        with torch.no_grad():
            features = self.encoder(moved)
            own = feature_statistics(features)
        noise = [self.on_device(n) for n in self._decoder.sample_noise(batch, height, width)]
        return functional_call(
            self._decoder,
            adapted(self._parameters, self.additions.tensors()),
            (features, own, self._code.expand(batch, -1), noise),
        )

    def step(self, loss: Tensor, done: float) -> None:
        """One step of the optimizer; ``done`` is the share of the budget that is spent."""
        for group in self._optimizer.param_groups:
            group["lr"] = self._rate * (1 - 0.9 * done)
        self._optimizer.zero_grad(set_to_none=True)
        loss.backward()
        self._optimizer.step()


def _crop(contents: Sequence[np.ndarray], rng: np.random.Generator) -> Tensor:
    """A random square of a random content, extended by reflection where that is smaller."""
    image = contents[rng.integers(len(contents))]
    top, left = (int(rng.integers(max(1, side - _CROP + 1))) for side in image.shape[:2])
    part = image[top : top + _CROP, left : left + _CROP]
    if rng.random() < 0.5:
        part = part[:, ::-1]
    missing = [(0, _CROP - side) for side in part.shape[:2]]
    return to_tensor(np.pad(part, [*missing, (0, 0)], mode="symmetric"))


def _structure(painted: Features, content: Features) -> Tensor:
    """Mean squared difference of instance-normalized features: structure without its colours."""
    total = torch.zeros((), device=painted[0].device)
    for scale in _CONTENT_SCALES:
        sides = (F.instance_norm(features[scale]) for features in (painted, content))
        first, second = sides
        total = total + F.mse_loss(first, second)
    return total / len(_CONTENT_SCALES)
