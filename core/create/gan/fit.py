"""Fit the GAN to the textures of a group.

Coarse layouts are assembled from blocks of the images' layouts; drafts of the detail, from those of
the images' cells whose layout is most similar. The GAN turns a draft into one coherent texture:
critics of patches and the texture loss penalize its joints, and it learns to reconstruct each image
from a draft that is assembled from other parts of that image. Each image has an embedding; for
mixtures of two, the texture loss compares with the average of both patch distributions.

References
----------
See :mod:`~core.models.spatial_gan`, :mod:`~.layout` and :mod:`~.detail`.
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
from ...image.convert import to_depth
from ...models.layers import as_batch
from ...models.loading import load_encoder, weights_of
from ...models.spatial_gan import Critics, Generator
from ...models.texture_loss import TextureTarget
from ...networks.layout import CIRCULAR
from ...networks.spatial_gan import CELL, EMBEDDING, draw_noise
from ..inputs import enlarged
from .exemplars import Exemplars
from .model import SpatialGan

_CANVAS, _CROP, _BATCH = 160, 128, 2
_RATE, _CRITIC_RATE = 1e-3, 1e-3
_ADVERSARIAL, _RECONSTRUCTION, _PIXELS = 0.1, 1.0, 4.0  # weights of the losses
_R1, _R1_EVERY = 1.0, 8
_CRITICS_EVERY = 2
_EMA = 0.99
_MAX_NORM = 100.0  # of the gradients: a few are outliers, most have a norm of some tens
_MIXED = 0.33  # with several images, the share of steps that train a mixture of two
_KEPT, _DRAWN_EVERY = 16, 4  # number of drafts that are reused, and steps between new ones
_PATIENCE, _MIN_STEPS = 250, 300  # steps without a better texture distance before the fit ends


def fit(
    images: Sequence[np.ndarray],
    *,
    budget: Budget,
    seed: int = 0,
    on_step: Callable[[FitStep], None] = lambda step: None,
    cancel: CancelToken = NEVER,
) -> SpatialGan:
    """Fit a GAN to images; ends early when the texture distance no longer falls.

    Parameters
    ----------
    images : sequence of ndarray
        ``(H, W, 3)`` float32, sRGB-encoded in [0, 1].
    budget : Budget
        Seconds or steps.
    seed : int, optional
        Seed of the fit.
    on_step : callable, optional
        Called with every :class:`~core.control.FitStep`.
    cancel : CancelToken, optional
        Ends the fit early.

    Returns
    -------
    SpatialGan
        The fitted model; its recipe has ``plateau`` if the fit ended early.

    Raises
    ------
    JobCancelled
        Cancelled before the first step.
    """
    clock = Clock(budget, cancel)
    torch.manual_seed(seed)
    trainer = _Trainer([enlarged(image, _CROP) for image in images], cancel)
    best, best_at, mean = float("inf"), 0, None
    while clock.more():
        losses = trainer.step(clock.number, clock.done)
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
            FitStep(clock.number, clock.done, losses, lambda: trainer.model({}).sample((256, 256)))
        )
        if clock.number > _MIN_STEPS and clock.number - best_at > _PATIENCE:
            recipe["plateau"] = True
            break
    return trainer.model(recipe)


class _Trainer:
    """Networks, optimizers and images of one fit."""

    def __init__(self, pictures: list[np.ndarray], cancel: CancelToken = NEVER) -> None:
        self._exemplars = Exemplars([to_depth(picture, "8") for picture in pictures])
        self._pictures = [as_batch(picture) for picture in self._exemplars.pictures]
        self._layouts = [as_batch(layout) for layout in self._exemplars.layouts]
        self._encoder = load_encoder()
        self._targets = [TextureTarget(self._encoder, picture) for picture in self._pictures]
        self._numbers = np.random.default_rng(torch.initial_seed())
        self._reassembled = [self._reassemble(number, cancel) for number in range(len(pictures))]
        self._drafts: list[tuple[int, int, float, Tensor, Tensor]] = []
        self._generator = Generator()
        self._critics = Critics(len(pictures))
        with torch.no_grad():
            features = [self._encoder(picture) for picture in self._pictures]
            self._scales = [
                torch.stack([f[level].std((0, 2, 3)) for f in features]).mean(0).clamp(min=1e-3)
                for level in (1, 2, 3)
            ]
        self._embeddings = nn.Parameter(torch.randn(len(pictures), EMBEDDING))
        self._learned = [*self._generator.parameters(), self._embeddings]
        self._smooth = [p.detach().clone() for p in self._learned]
        self._generator_optimizer = torch.optim.Adam(self._learned, lr=_RATE, betas=(0.9, 0.99))
        self._critics_optimizer = torch.optim.Adam(
            self._critics.parameters(), lr=_CRITIC_RATE, betas=(0.5, 0.99)
        )

    def model(self, recipe: dict) -> SpatialGan:
        """The model with the moving averages of what is learned."""
        generator = deepcopy(self._generator)
        with torch.no_grad():
            for part, smooth in zip(generator.parameters(), self._smooth[:-1], strict=True):
                part.copy_(smooth)
        embeddings = self._smooth[-1].numpy().copy()
        return SpatialGan(weights_of(generator), embeddings, self._exemplars, recipe)

    def step(self, number: int, done: float) -> dict[str, float]:
        """One step of the critics and one of the generator; their losses."""
        for group in self._generator_optimizer.param_groups:
            group["lr"] = _RATE * min(1.0, 4 * (1 - done) + 0.05)
        first, second, share, layout, draft = self._draw(number)
        count = len(self._pictures)
        weights = _weights(count, first, second, share)
        mix = torch.tensor([weights] * _BATCH)
        noise = self._noise(_BATCH, _CANVAS)
        painted = self._window(
            self._generator(layout, draft, noise, mix @ self._embeddings, CIRCULAR)
        )
        features = self._encoder(painted)
        target = self._targets[first]
        other = self._targets[second] if share else None
        loss = target.loss(painted, features, pixels=_PIXELS, other=other, share=share)
        losses = {"texture": loss.item()}
        reconstruction = self._reconstruction_error(first)
        losses["reconstruction"] = reconstruction.item()
        loss = loss + _RECONSTRUCTION * reconstruction
        if not share:  # critics know images, not their mixtures
            if number % _CRITICS_EVERY == 0:
                losses["critic"] = self._step_critics(number, painted.detach(), first, mix)
            self._critics.requires_grad_(False)
            logits = self._critics(*self._for_critics(painted, features), mix)
            adversarial = -torch.stack([v.mean() for v in logits]).mean()
            self._critics.requires_grad_(True)
            losses["generator"] = adversarial.item()
            loss = loss + _ADVERSARIAL * adversarial
        self._generator_optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self._learned, _MAX_NORM)
        self._generator_optimizer.step()
        keep = min(_EMA, (1 + number) / (10 + number))
        with torch.no_grad():
            torch._foreach_lerp_(self._smooth, list[Tensor](self._learned), 1 - keep)
        return losses

    def _draw(self, number: int) -> tuple[int, int, float, Tensor, Tensor]:
        """Numbers of two images, the share of the second, layouts and drafts. New ones are drawn at
        first and at every fourth step; otherwise earlier ones are reused, which saves time."""
        if len(self._drafts) >= _KEPT and number % _DRAWN_EVERY:
            return self._drafts[self._numbers.integers(len(self._drafts))]
        count = len(self._pictures)
        first, second = (int(n) for n in self._numbers.integers(count, size=2))
        mixed = first != second and self._numbers.random() < _MIXED
        share = float(self._numbers.random()) if mixed else 0.0
        weights = _weights(count, first, second, share)
        drawn = [
            self._exemplars.draw(weights, _CANVAS, _CANVAS, self._numbers) for _ in range(_BATCH)
        ]
        layout = torch.cat([as_batch(part) for part, _ in drawn])
        draft = torch.cat([as_batch(self._exemplars.detail.paint(*part)) for part in drawn])
        self._drafts = [*self._drafts[-_KEPT + 1 :], (first, second, share, layout, draft)]
        return self._drafts[-1]

    def _reassemble(self, which: int, cancel: CancelToken) -> Tensor:
        """A draft ``(1, 3, H, W)`` of an image, assembled from other parts of it."""
        layout = self._exemplars.layouts[which]
        weights = _weights(len(self._exemplars.layouts), which, which, 0.0)
        itself = np.insert(np.moveaxis(np.indices(layout.shape[:2]), 0, 2), 0, which, axis=2)
        match = self._exemplars.detail.match(
            layout, weights, self._numbers, itself, wrap=False, cancel=cancel
        )
        return as_batch(self._exemplars.detail.paint(layout, match))

    def _reconstruction_error(self, which: int) -> Tensor:
        """Difference, in the coarser features, between an image and what is painted from its
        reassembled draft."""
        real, draft, layout = self._crops(
            self._pictures[which], self._reassembled[which], self._layouts[which]
        )
        embedding = self._embeddings[which : which + 1]
        painted = self._generator(layout, draft, self._noise(1, _CROP), embedding)
        features = self._encoder(torch.cat([painted, real]))[2:]
        errors = [(f[0] - f[1].detach()).abs().mean() / (f[1].std() + 1e-3) for f in features]
        return torch.stack(errors).mean()

    def _step_critics(self, number: int, painted: Tensor, which: int, mix: Tensor) -> float:
        """Make a step of the critics on painted and real patches, and return their loss."""
        real = torch.cat([self._crops(self._pictures[which])[0] for _ in range(_BATCH)])
        with torch.no_grad():
            real_input, painted_input = (
                self._for_critics(x, self._encoder(x)) for x in _augment(real, painted)
            )
        penalized = number % _R1_EVERY == 0
        if penalized:
            real_input = (real_input[0], [f.requires_grad_() for f in real_input[1]])
        right, wrong = self._critics(*real_input, mix), self._critics(*painted_input, mix)
        loss = torch.stack(
            [F.relu(1 - r).mean() + F.relu(1 + w).mean() for r, w in zip(right, wrong, strict=True)]
        ).mean()
        value = loss.item()
        if penalized:
            grads = torch.autograd.grad(
                torch.stack([r.mean() for r in right[1:]]).sum() * _BATCH,
                real_input[1],
                create_graph=True,
            )
            penalty = torch.stack([g.square().sum((1, 2, 3)).mean() for g in grads]).mean()
            loss = loss + 0.5 * _R1 * _R1_EVERY * penalty
        self._critics_optimizer.zero_grad(set_to_none=True)
        loss.backward()
        self._critics_optimizer.step()
        return value

    def _for_critics(
        self, picture: Tensor, features: Sequence[Tensor]
    ) -> tuple[Tensor, list[Tensor]]:
        """A batch as the critics take it: standardized features, without the finest."""
        return picture, [
            f / s[:, None, None] for f, s in zip(features[1:], self._scales, strict=True)
        ]

    def _window(self, canvas: Tensor) -> Tensor:
        """A random crop of a batch on a torus, aligned to cells: the encoder's features of a weave
        that is shifted by half a thread are different."""
        top, left = (CELL * torch.randint(_CANVAS // CELL, (2,))).tolist()
        return canvas.roll((top, left), (2, 3))[..., :_CROP, :_CROP]

    def _crops(self, picture: Tensor, *others: Tensor) -> list[Tensor]:
        """The same random crop of a picture and others, which may be layouts, aligned to cells."""
        height, width = picture.shape[2:]
        top, left = (int(torch.randint((n - _CROP) // CELL + 1, ())) for n in (height, width))
        crops = []
        for maps in (picture, *others):
            scale = CELL * maps.shape[2] // height
            y, x, side = scale * top, scale * left, scale * _CROP // CELL
            crops.append(maps[..., y : y + side, x : x + side])
        return crops

    def _noise(self, batch: int, side: int) -> list[Tensor]:
        return [torch.from_numpy(maps) for maps in draw_noise(batch, side, side, self._numbers)]


def _weights(count: int, first: int, second: int, share: float) -> list[float]:
    """Weights of all images, of which the second has a share and the first the rest."""
    weights = [0.0] * count
    weights[first] += 1 - share
    weights[second] += share
    return weights


def _augment(*batches: Tensor) -> list[Tensor]:
    """Batches ``(B, 3, H, W)`` with random brightness and contrast, so that the critics do not
    overfit to the few real patches."""
    changed = []
    for batch in batches:
        light = 0.1 * torch.randn(len(batch), 3, 1, 1)
        contrast = torch.exp(0.1 * torch.randn(len(batch), 1, 1, 1))
        changed.append(((batch - 0.5) * contrast + 0.5 + light).clamp(0, 1))
    return changed
