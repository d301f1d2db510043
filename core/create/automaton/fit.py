"""Fit the cellular automaton to a texture.

A fit starts from the bundled rule, which was trained on many textures, and trains it until what grows
from noise, and what has been growing for long, has the texture of the image. States are kept in a
pool. Some are damaged, so that the rule learns to persist and to heal; in some the codes change as
they grow, so that it learns to move; and some grow by the codes of a crop of the image, and should
become that crop.

References
----------
See :mod:`~core.models.automaton`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ...control import NEVER, Budget, CancelToken, Clock, FitStep
from ...models.automaton import Stepper
from ...models.layers import as_batch
from ...models.loading import load_encoder
from ...models.texture_loss import TextureTarget
from ...networks.automaton import CHANNELS, Rule, bundled_rule, noise_state, update_mask
from ...networks.layout import CIRCULAR
from ...networks.mosaic import CELL, Mosaic, squash_codes
from ..inputs import enlarged
from .max_sliced import MaxSlicedDistance
from .model import GROWTH_STEPS, Automaton
from .start import initialized_from

_SIDE, _POOL = 128, 16
_BORDER = 16  # pixels of a crop that are not compared: its surroundings on the torus differ
_STEPS = (8, 24)
_RATE = 2e-3
_MAX_SLICED, _RECONSTRUCTION, _GRID = 0.15, 1.0, 0.3  # weights of the losses
_DRIFT = 0.02  # turns by which the codes change in a step, at most


def fit(
    images: Sequence[np.ndarray],
    *,
    budget: Budget,
    seed: int = 0,
    on_step: Callable[[FitStep], None] = lambda step: None,
    cancel: CancelToken = NEVER,
) -> Automaton:
    """Fit the bundled automaton to a texture.

    Parameters
    ----------
    images : sequence of ndarray
        ``(H, W, 3)`` float32, sRGB-encoded in [0, 1]; the first is the texture.
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
    Automaton
        The fitted automaton.

    Raises
    ------
    JobCancelled
        Cancelled before the first step.
    """
    return fit_from(
        bundled_rule(), images[0], budget=budget, seed=seed, on_step=on_step, cancel=cancel
    )


def fit_from(
    start: Rule[np.ndarray],
    image: np.ndarray,
    *,
    budget: Budget,
    seed: int = 0,
    on_step: Callable[[FitStep], None] = lambda step: None,
    cancel: CancelToken = NEVER,
) -> Automaton:
    """Fit an automaton to a texture, starting from a rule.

    Parameters
    ----------
    start : Rule
        Where the learned parameters start, such as ``near (HIDDEN, 32, 4)`` float32.
    image : (H, W, 3) float32, sRGB-encoded in [0, 1]
        The texture.
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
    Automaton
        The fitted automaton.

    Raises
    ------
    JobCancelled
        Cancelled before the first step.
    """
    clock = Clock(budget, cancel)
    torch.manual_seed(seed)
    encoder = load_encoder()
    image = enlarged(image, _SIDE)
    picture = as_batch(image)
    target = TextureTarget(encoder, picture)
    with torch.no_grad():
        max_sliced = MaxSlicedDistance(picture, encoder(picture))
    contrast = _pixel_steps(picture).mean(1)
    start = initialized_from(start, image)
    parts = [torch.from_numpy(part.copy()) for part in start]
    learned = [nn.Parameter(part) for part in parts[:-3]]
    rule: Rule[Tensor] = Rule._make([*learned, *parts[-3:]])
    optimizer = torch.optim.Adam(learned, lr=_RATE, betas=(0.9, 0.99))
    average = Rule(*(part.detach().clone() for part in rule))
    pool = _Pool(start.codes, picture, np.random.default_rng(seed))

    def automaton(recipe: dict) -> Automaton:
        return Automaton(Rule(*(part.numpy().copy() for part in average)), recipe)

    mean = None
    while clock.more():
        for group in optimizer.param_groups:
            group["lr"] = _RATE * max(0.05, min(1.0, 2 * (1 - clock.done)))
        step, state = Stepper(rule), pool.take(clock.number)
        for _ in range(int(torch.randint(*_STEPS, ()))):
            state = pool.advance(state)
            state = step(state, pool.update_masks())
        painted = step.paint(state)
        # The encoder has strides: a random shift lets it see the picture from every phase.
        rolled = torch.roll(painted, torch.randint(4, (2,)).tolist(), (2, 3))
        features = encoder(rolled, CIRCULAR)
        texture = target.loss(rolled, features)
        outside = (painted - painted.clamp(0, 1)).abs().mean()
        optimizer.zero_grad(set_to_none=True)
        loss = texture + 2 * outside + _MAX_SLICED * max_sliced.distance(rolled, features)
        loss = loss + _GRID * _grid(painted, contrast)
        (loss + _RECONSTRUCTION * pool.reconstruction_error(painted)).backward()
        for part in learned:  # gradients through many steps have very different norms
            if part.grad is not None:
                part.grad /= part.grad.norm() + 1e-8
        optimizer.step()
        max_sliced.step()
        with torch.no_grad():
            torch._foreach_lerp_(list(average), list(rule), max(0.02, 1 / (2 + clock.number)))
        pool.put_back(state.detach())
        value = texture.item()
        clock.count()
        mean = value if mean is None else 0.97 * mean + 0.03 * value
        recipe = {
            "generator": "AUTOMATON",
            "seed": seed,
            "steps": clock.number,
            "texture": round(mean, 4),
        }
        on_step(
            FitStep(
                clock.number,
                clock.done,
                {"texture": value},
                lambda: automaton({}).sample((256, 256), steps=GROWTH_STEPS),
            )
        )
    return automaton(recipe)


def _pixel_steps(picture: Tensor) -> Tensor:
    """Mean differences in brightness between neighboring pixels, to the right and below, for each
    position within a cell: ``(2, 4)``."""
    gray = picture.mean(1)
    right, down = (torch.roll(gray, -1, axis) - gray for axis in (2, 1))
    return torch.stack(
        [
            right.abs().unflatten(2, (-1, CELL)).mean((0, 1, 2)),
            down.abs().unflatten(1, (-1, CELL)).mean((0, 1, 3)),
        ]
    )


def _grid(painted: Tensor, contrast: Tensor) -> Tensor:
    """How visible the grid of cells is: differences between pixels that depend on their position
    within a cell, or differ from the texture's ``contrast (2,)``, and uneven brightness."""
    steps = (_pixel_steps(painted) / (contrast[:, None] + 1e-3) - 1).abs().mean()
    positions = F.pixel_unshuffle(painted.mean(1, keepdim=True), CELL).mean((0, 2, 3))
    return steps + positions.std() / (contrast.mean() + 1e-3)


def _damaged(state: Tensor, random: np.random.Generator) -> Tensor:
    """A state ``(16, h, w)`` with a disc set to zero."""
    height, width = state.shape[1:]
    y, x, r = random.random(3)
    rows, columns = np.arange(height)[:, None] - y * height, np.arange(width) - x * width
    return state * torch.from_numpy(np.hypot(rows, columns) > (0.1 + 0.2 * r) * height)


class _Pool:
    """States that go on growing: one half by codes of crops of the texture, the other by mosaics."""

    def __init__(self, codes: np.ndarray, picture: Tensor, random: np.random.Generator) -> None:
        self._codes, self._picture, self._random = codes, picture, random
        self._deviation = picture.std() + 1e-3
        self._cells = (_SIDE // CELL, _SIDE // CELL)
        self._states = self._noise(_POOL)
        self._crops = [self._draw_crop() for _ in range(_POOL // 2)]
        self._mosaics = [self._draw_mosaic() for _ in range(_POOL // 2)]
        self._turns = 0.0

    def take(self, number: int) -> Tensor:
        """Two states ``(2, 32, h, w)`` for a step of the fit, of a crop and of a mosaic; of every four
        pairs, one starts from noise and one is damaged."""
        crop, mosaic = self._random.integers(_POOL // 2, size=2)
        self._chosen = [crop, mosaic + _POOL // 2]
        state = self._states[self._chosen]
        if number % 4 == 0:
            state = self._noise(2)
            self._crops[crop] = self._draw_crop()
            self._mosaics[mosaic] = self._draw_mosaic()
        elif number % 4 == 1:
            state = torch.stack([_damaged(one, self._random) for one in state])
        self._mosaic = self._mosaics[mosaic]
        self._rate = _DRIFT * self._random.random() if number % 2 else 0.0
        self._turns = self._random.random()
        y, x = self._crops[crop]
        self._crop_codes = self._codes[:, y : y + self._cells[0], x : x + self._cells[1]]
        self._target = self._picture[..., CELL * y : CELL * y + _SIDE, CELL * x : CELL * x + _SIDE]
        return self.advance(state)

    def advance(self, state: Tensor) -> Tensor:
        """The states that were taken, with the mosaic's codes a little later in time."""
        if self._rate:
            self._turns += self._rate
            codes = self._mosaic.at(self._turns)
        elif state.shape[1] > CHANNELS:
            return state
        else:
            codes = self._mosaic.at()
        squashed = torch.from_numpy(squash_codes(np.stack([self._crop_codes, codes])))
        return torch.cat([state[:, :CHANNELS], squashed], dim=1)

    def update_masks(self) -> Tensor:
        """Cells of both states that change in a step, ``(2, 1, h, w)`` bool."""
        masks = [update_mask(self._cells, self._random) for _ in range(2)]
        return torch.from_numpy(np.stack(masks))[:, None]

    def reconstruction_error(self, painted: Tensor) -> Tensor:
        """Mean absolute error of the crop without its border, in deviations of the image."""
        inner = slice(_BORDER, -_BORDER)
        error = painted[:1, :, inner, inner] - self._target[..., inner, inner]
        return error.abs().mean() / self._deviation

    def put_back(self, state: Tensor) -> None:
        """Keep the new states of those that were taken."""
        self._states[self._chosen] = state[:, :CHANNELS]

    def _noise(self, count: int) -> Tensor:
        states = [noise_state(self._cells, self._random) for _ in range(count)]
        return torch.from_numpy(np.stack(states))

    def _draw_mosaic(self) -> Mosaic:
        return Mosaic(self._codes, self._cells, self._random)

    def _draw_crop(self) -> tuple[int, int]:
        ranges = [
            side - cells + 1 for side, cells in zip(self._codes.shape[1:], self._cells, strict=True)
        ]
        y, x = (int(self._random.integers(max(1, most))) for most in ranges)
        return y, x
