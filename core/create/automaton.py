"""Fitting the cellular automaton to a texture.

A fit begins with the bundled rule, which has seen many textures, and trains it until what grows from
noise, and what has been growing for long, has the texture of the picture. States are kept in a
pool, some are damaged, so that the rule learns to go on and to heal; in some, the noise changes as
they grow, so that it learns to move.

References
----------
See :mod:`~..networks.automaton`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import torch
from torch import Tensor, nn

from ..errors import ModelUnreadable
from ..generators.texture_loss import TextureTarget
from ..networks.automaton import (
    Rule,
    Stepper,
    coloured,
    driven,
    first_rule,
    noise,
    rest,
    seeds,
)
from ..networks.layers import set_border
from ..networks.weights import load_encoder, load_rule
from .directions import Directions
from .growth import SETTLED, Automaton, torn
from .interface import Budget, Clock, Step, to_square

_SIDE, _BATCH, _POOL = 128, 2, 16
_STEPS = (8, 24)
_RATE = 4e-3
_DIRECTIONS = 0.15  # how much they count
_DRIFT = 0.15  # radians that noise turns in a step, at the most


def restore(tensors: dict[str, np.ndarray], words: dict) -> Automaton:
    """Of what :meth:`~.growth.Automaton.state` gave.

    Raises
    ------
    ModelUnreadable
        The rule has another shape.
    """
    known = first_rule(torch.Generator())._asdict()
    shapes = {name: tuple(part.shape) for name, part in known.items()}
    if {name: tensor.shape for name, tensor in tensors.items()} != shapes:
        raise ModelUnreadable(
            "This automaton was saved by another version of Impasto; fit it to its texture again."
        )
    rule = Rule(**{name: torch.from_numpy(tensor) for name, tensor in tensors.items()})
    return Automaton(rule, words["recipe"])


def fit(
    images: Sequence[np.ndarray],
    *,
    budget: Budget,
    seed: int = 0,
    progress: Callable[[Step], None] = lambda step: None,
    cancel: Callable[[], bool] = lambda: False,
) -> Automaton:
    """See :func:`~.interface.fit`; the first image is the texture."""
    return fit_from(
        load_rule(), images[0], budget=budget, seed=seed, progress=progress, cancel=cancel
    )


def fit_from(
    start: Rule,
    image: np.ndarray,
    *,
    budget: Budget,
    seed: int = 0,
    progress: Callable[[Step], None] = lambda step: None,
    cancel: Callable[[], bool] = lambda: False,
) -> Automaton:
    """A fit that begins with a rule."""
    clock = Clock(budget, cancel)
    torch.manual_seed(seed)
    encoder = load_encoder()
    picture = to_square(image, _SIDE)
    target = TextureTarget(encoder, picture)
    with torch.no_grad():
        directions = Directions(picture, encoder(picture))
    set_border(encoder, "circular", "circular")
    start = coloured(start, picture)
    learned = [nn.Parameter(part.clone()) for part in start.learned()]
    rule = Rule._make([*learned, start.mean, start.axes])
    optimizer = torch.optim.Adam(learned, lr=_RATE, betas=(0.9, 0.99))
    average = Rule(*(part.detach().clone() for part in rule))
    pool = _Pool()
    mean = None
    while clock.more():
        for group in optimizer.param_groups:
            group["lr"] = _RATE * max(0.05, min(1.0, 2 * (1 - clock.done)))
        step, state = Stepper(rule), pool.take(clock.number)
        for _ in range(int(torch.randint(*_STEPS, ()))):
            state = pool.moved(state)
            state = step(state, rest(state, torch.default_generator))
        painted = step.paint(state)
        # Strides see every other pixel: what is painted is shown to them from anywhere.
        shown = torch.roll(painted, torch.randint(4, (2,)).tolist(), (2, 3))
        features = encoder(shown)
        texture = target.loss(shown, features)
        outside = (painted - painted.clamp(0, 1)).abs().mean()
        optimizer.zero_grad(set_to_none=True)
        (texture + 2 * outside + _DIRECTIONS * directions.distance(shown, features)).backward()
        for part in learned:  # long chains make gradients of any length
            if part.grad is not None:
                part.grad /= part.grad.norm() + 1e-8
        optimizer.step()
        directions.turn()
        with torch.no_grad():
            torch._foreach_lerp_(list(average), list(rule), max(0.02, 1 / (2 + clock.number)))
        pool.give(state.detach())
        value = texture.item()
        clock.tick()
        mean = value if mean is None else 0.97 * mean + 0.03 * value
        recipe = {
            "generator": "AUTOMATON",
            "seed": seed,
            "steps": clock.number,
            "texture": round(mean, 4),
        }
        progress(
            Step(
                clock.number,
                clock.done,
                {"texture": value},
                lambda: Automaton(average, {}).sample((256, 256), steps=SETTLED),
            )
        )
    return Automaton(average, recipe)


class _Pool:
    """States that go on growing, each by noise that turns from one field to another."""

    def __init__(self) -> None:
        self._states = seeds(_POOL, _SIDE, _SIDE, torch.default_generator)
        self._from, self._to = (
            noise(_POOL, _SIDE, _SIDE, torch.default_generator) for _ in range(2)
        )
        self._angles = torch.zeros(_POOL, 1, 1, 1)
        self._states = driven(self._states, self._from)

    def take(self, number: int) -> Tensor:
        """States ``(B, 24, h, w)`` for a step of the fit; of three, one begins with a state anew,
        one with a damaged one."""
        self._chosen = torch.randperm(_POOL)[:_BATCH]
        state, first = self._states[self._chosen], self._chosen[0]
        if number % 3 == 0:
            for fields in (self._from, self._to):
                fields[first] = noise(1, _SIDE, _SIDE, torch.default_generator)[0]
            self._angles[first] = 0
            state[:1] = driven(
                seeds(1, _SIDE, _SIDE, torch.default_generator), self._from[first, None]
            )
        elif number % 3 == 1:
            state[0] = torn(state[0], torch.default_generator)
        self._rates = _DRIFT * torch.rand(_BATCH, 1, 1, 1) * (torch.rand(_BATCH, 1, 1, 1) < 0.5)
        return state

    def moved(self, state: Tensor) -> Tensor:
        """The states taken, their noise turned by a step."""
        self._angles[self._chosen] += self._rates
        angle = self._angles[self._chosen]
        turned = angle.cos() * self._from[self._chosen] + angle.sin() * self._to[self._chosen]
        return driven(state, turned)

    def give(self, state: Tensor) -> None:
        """Keep what became of the states taken."""
        self._states[self._chosen] = state
