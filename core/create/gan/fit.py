"""The GAN: endless variations of the textures of a group, seamless and of any size.

What is coarse is put together from the pictures' own coarse layouts, block by block; a draft of what
is fine, from their own cells where the layout is most alike. A spatial GAN makes one texture of it:
critics of patches and the texture loss see to its joints, and it is taught to repair the picture
itself where that is put together from its other parts. The generator knows each picture by a place;
between them lie materials that are a bit of both, for which the texture loss asks for the average of
the patch distributions.

References
----------
See :mod:`~..networks.spatial_gan`, :mod:`~.layout` and :mod:`~.detail`.
Mescheder et al., "Which Training Methods for GANs do actually Converge?", ICML 2018 (R1).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from copy import deepcopy

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ...control import NEVER, Budget, CancelToken, Clock, FitStep
from ...models.layers import set_border
from ...models.loading import load_encoder
from ...models.spatial_gan import CELL, PLACE, Critics, Generator, draw_noise, layout_of
from ...models.texture_loss import TextureTarget
from ..interface import to_square
from .model import SpatialGan, Stock, as_batch, restore, to_levels

__all__ = ["fit", "restore"]

_CANVAS, _CROP, _BATCH = 160, 128, 2
_RATE, _CRITIC_RATE = 1e-3, 1e-3
_ADVERSARIAL, _AGAIN, _PIXELS = 0.1, 1.0, 4.0
_R1, _R1_EVERY = 1.0, 8
_CRITICS_EVERY = 2
_EMA = 0.99
_LONGEST = 100.0  # of a gradient: some are far off, most have a norm of some tens
_BETWEEN = 0.33  # of several pictures, the share of steps that are spent between two of them
_KEPT, _DRAWN_EVERY = 16, 4  # drafts that are painted over again, steps to a new one
_PATIENCE, _LEAST = 250, 300  # steps without a better texture distance before the fit ends


def fit(
    images: Sequence[np.ndarray],
    *,
    budget: Budget,
    seed: int = 0,
    on_step: Callable[[FitStep], None] = lambda step: None,
    cancel: CancelToken = NEVER,
) -> SpatialGan:
    """See :func:`~.interface.fit`. Ends early when the texture distance has long stood still."""
    clock = Clock(budget, cancel)
    torch.manual_seed(seed)
    fitting = Fitting([to_square(image, _CROP) for image in images], cancel)
    best, best_at, mean = float("inf"), 0, None
    while clock.more():
        losses = fitting.step(clock.number, clock.done)
        clock.count()
        texture = losses["texture"]
        mean = texture if mean is None else 0.97 * mean + 0.03 * texture
        if mean < 0.995 * best:
            best, best_at = mean, clock.number
        recipe = {
            "generator": "GAN",
            "seed": seed,
            "steps": clock.number,
            "texture": round(mean, 4),
        }
        on_step(
            FitStep(clock.number, clock.done, losses, lambda: fitting.model({}).sample((256, 256)))
        )
        if clock.number > _LEAST and clock.number - best_at > _PATIENCE:
            recipe["plateau"] = True
            break
    return fitting.model(recipe)


class Fitting:
    """Networks, optimizers and pictures of one fit."""

    def __init__(self, pictures: list[Tensor], cancel: CancelToken = NEVER) -> None:
        self._stock = Stock([to_levels(picture) for picture in pictures])
        self._pictures = self._stock.batches
        self._encoder = load_encoder()
        set_border(self._encoder, "reflect", "reflect")
        self._targets = [TextureTarget(self._encoder, picture) for picture in self._pictures]
        self._numbers = np.random.default_rng(torch.initial_seed())
        self._elsewhere = [self._repeated(number, cancel) for number in range(len(pictures))]
        self._drafts: list[tuple[int, int, float, Tensor, Tensor]] = []
        self._generator = Generator()
        set_border(self._generator, "circular", "circular")
        self._critics = Critics(len(pictures))
        with torch.no_grad():
            seen = [self._encoder(picture) for picture in self._pictures]
            self._scales = [
                torch.stack([f[level].std((0, 2, 3)) for f in seen]).mean(0).clamp(min=1e-3)
                for level in (1, 2, 3)
            ]
        self._places = nn.Parameter(torch.randn(len(pictures), PLACE))
        self._learned = [*self._generator.parameters(), self._places]
        self._smooth = [p.detach().clone() for p in self._learned]
        self._paint = torch.optim.Adam(self._learned, lr=_RATE, betas=(0.9, 0.99))
        self._judge = torch.optim.Adam(
            self._critics.parameters(), lr=_CRITIC_RATE, betas=(0.5, 0.99)
        )
        self._random = torch.default_generator

    def model(self, recipe: dict) -> SpatialGan:
        """With the moving averages of what is learned."""
        generator = deepcopy(self._generator)
        with torch.no_grad():
            for part, smooth in zip(generator.parameters(), self._smooth[:-1], strict=True):
                part.copy_(smooth)
        return SpatialGan(generator, self._smooth[-1], self._stock, recipe)

    def step(self, number: int, done: float) -> dict[str, float]:
        """One step of the critics and one of the generator; their losses."""
        for group in self._paint.param_groups:
            group["lr"] = _RATE * min(1.0, 4 * (1 - done) + 0.05)
        first, second, share, layout, draft = self._drawn(number)
        count = len(self._pictures)
        weights = _weights(count, first, second, share)
        mix = torch.tensor([weights] * _BATCH)
        noise = draw_noise(_BATCH, _CANVAS, _CANVAS, self._random)
        set_border(self._generator, "circular", "circular")
        painted = self._window(self._generator(layout, draft, noise, mix @ self._places))
        features = self._encoder(painted)
        target = self._targets[first]
        other = self._targets[second] if share else None
        loss = target.loss(painted, features, pixels=_PIXELS, other=other, share=share)
        losses = {"texture": loss.item()}
        again = self._again(first)
        losses["again"] = again.item()
        loss = loss + _AGAIN * again
        if not share:  # critics know pictures, not what lies between them
            if number % _CRITICS_EVERY == 0:
                losses["critic"] = self._judged(number, painted.detach(), first, mix)
            self._critics.requires_grad_(False)
            verdict = self._critics(*self._seen(painted, features), mix)
            adversarial = -torch.stack([v.mean() for v in verdict]).mean()
            self._critics.requires_grad_(True)
            losses["generator"] = adversarial.item()
            loss = loss + _ADVERSARIAL * adversarial
        self._paint.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self._learned, _LONGEST)
        self._paint.step()
        keep = min(_EMA, (1 + number) / (10 + number))
        with torch.no_grad():
            torch._foreach_lerp_(self._smooth, list[Tensor](self._learned), 1 - keep)
        return losses

    def _drawn(self, number: int) -> tuple[int, int, float, Tensor, Tensor]:
        """Two pictures, a share of the second, layouts and drafts: new ones at first, and at every
        fourth step; else such as were drawn before, as to draw them takes time."""
        if len(self._drafts) >= _KEPT and number % _DRAWN_EVERY:
            return self._drafts[self._numbers.integers(len(self._drafts))]
        count = len(self._pictures)
        first, second = (int(n) for n in self._numbers.integers(count, size=2))
        between = first != second and self._numbers.random() < _BETWEEN
        share = float(self._numbers.random()) if between else 0.0
        weights = _weights(count, first, second, share)
        drawn = [self._stock.draw(weights, _CANVAS, _CANVAS, self._numbers) for _ in range(_BATCH)]
        layout = torch.cat([as_batch(part) for part, _ in drawn])
        draft = torch.cat([self._stock.detail.paint(*part) for part in drawn])
        self._drafts = [*self._drafts[-_KEPT + 1 :], (first, second, share, layout, draft)]
        return self._drafts[-1]

    def _repeated(self, which: int, cancel: CancelToken) -> Tensor:
        """A picture put together from its other parts, ``(1, 3, H, W)``."""
        layout = self._stock.layouts[which]
        weights = _weights(len(self._stock.layouts), which, which, 0.0)
        itself = np.insert(np.moveaxis(np.indices(layout.shape[:2]), 0, 2), 0, which, axis=2)
        match = self._stock.detail.match(
            layout, weights, self._numbers, itself, wrap=False, cancel=cancel
        )
        return self._stock.detail.paint(layout, match)

    def _again(self, which: int) -> Tensor:
        """How far the picture is from what is made of its other parts, by what is not the finest."""
        real, draft = self._crops(self._pictures[which], self._elsewhere[which])
        noise = draw_noise(1, _CROP, _CROP, self._random)
        set_border(self._generator, "reflect", "reflect")
        painted = self._generator(layout_of(real), draft, noise, self._places[which : which + 1])
        seen = self._encoder(torch.cat([painted, real]))
        apart = [(f[0] - f[1].detach()).abs().mean() / (f[1].std() + 1e-3) for f in seen[2:]]
        return torch.stack(apart).mean()

    def _judged(self, number: int, painted: Tensor, which: int, mix: Tensor) -> float:
        """A step of the critics on painted and real patches."""
        real = torch.cat([self._crops(self._pictures[which])[0] for _ in range(_BATCH)])
        with torch.no_grad():
            seen = [self._seen(x, self._encoder(x)) for x in augment(real, painted)]
        (real_seen, painted_seen) = seen
        penalized = number % _R1_EVERY == 0
        if penalized:
            real_seen = (real_seen[0], [f.requires_grad_() for f in real_seen[1]])
        right, wrong = self._critics(*real_seen, mix), self._critics(*painted_seen, mix)
        loss = torch.stack(
            [F.relu(1 - r).mean() + F.relu(1 + w).mean() for r, w in zip(right, wrong, strict=True)]
        ).mean()
        told = loss.item()
        if penalized:
            grads = torch.autograd.grad(
                torch.stack([r.mean() for r in right[1:]]).sum() * _BATCH,
                real_seen[1],
                create_graph=True,
            )
            slope = torch.stack([g.square().sum((1, 2, 3)).mean() for g in grads]).mean()
            loss = loss + 0.5 * _R1 * _R1_EVERY * slope
        self._judge.zero_grad(set_to_none=True)
        loss.backward()
        self._judge.step()
        return told

    def _seen(self, picture: Tensor, features: Sequence[Tensor]) -> tuple[Tensor, list[Tensor]]:
        """A batch as the critics take it: features of even spread, without the finest."""
        return picture, [
            f / s[:, None, None] for f, s in zip(features[1:], self._scales, strict=True)
        ]

    def _window(self, canvas: Tensor) -> Tensor:
        """A square of a batch on a torus, whose cells lie as those of the pictures: the encoder would
        see another texture in a weave that is moved by half a thread."""
        top, left = (CELL * torch.randint(_CANVAS // CELL, (2,))).tolist()
        return canvas.roll((top, left), (2, 3))[..., :_CROP, :_CROP]

    def _crops(self, *pictures: Tensor) -> list[Tensor]:
        """The same random square of pictures of one size."""
        top, left = (
            CELL * int(torch.randint((side - _CROP) // CELL + 1, ()))
            for side in pictures[0].shape[2:]
        )
        return [p[..., top : top + _CROP, left : left + _CROP] for p in pictures]


def _weights(count: int, first: int, second: int, share: float) -> list[float]:
    """Of all pictures, where a share comes from the second and the rest from the first."""
    weights = [0.0] * count
    weights[first] += 1 - share
    weights[second] += share
    return weights


def augment(*batches: Tensor) -> list[Tensor]:
    """Random changes of light and contrast, of the same kind for real and painted, so that critics
    cannot learn the few real patches by heart: ``(B, 3, H, W)`` each."""
    changed = []
    for batch in batches:
        light = 0.1 * torch.randn(len(batch), 3, 1, 1)
        contrast = torch.exp(0.1 * torch.randn(len(batch), 1, 1, 1))
        changed.append(((batch - 0.5) * contrast + 0.5 + light).clamp(0, 1))
    return changed
