"""Fitting the cellular automaton to a texture.

A fit begins with the bundled rule, which has seen many textures, and trains it until what grows from
noise, and what has been growing for long, has the texture of the picture. States are kept in a
pool, some are damaged, so that the rule learns to go on and to heal; in some, pieces change as they
grow, so that it learns to move; and some grow by the codes of a place in the texture, and should
become that place.

References
----------
See :mod:`~..networks.automaton`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ...control import NEVER, Budget, CancelToken, Clock, FitStep
from ...errors import ModelUnreadable
from ...models.automaton import CHANNELS, Rule, Stepper, driven, empty, first_rule, rest, shown
from ...models.layers import set_border
from ...models.loading import load_encoder, load_rule
from ...models.mosaic import CELL, Mosaic
from ...models.texture_loss import TextureTarget
from ..interface import to_square
from ..vae.directions import Directions
from .model import SETTLED, Automaton, torn

_SIDE, _POOL = 128, 16
_BORDER = 16  # pixels; what is beyond the border of a place is not what was beyond it
_STEPS = (8, 24)
_RATE = 2e-3
_DIRECTIONS = 0.15  # how much they count
_PLACES = 1.0  # how much places that should be found again count
_GRID = 0.3  # how much it counts that cells do not show
_DRIFT = 0.02  # turns that pieces make in a step, at the most


def restore(tensors: dict[str, np.ndarray], words: dict) -> Automaton:
    """Of what :meth:`~.growth.Automaton.state` gave.

    Raises
    ------
    ModelUnreadable
        The rule has another shape.
    """
    known = first_rule(torch.Generator())._asdict()
    shapes = {name: tuple(part.shape) for name, part in known.items() if name != "codes"}
    codes = tensors.get("codes", np.empty(0))
    found = {name: tensor.shape for name, tensor in tensors.items() if name != "codes"}
    if found != shapes or codes.ndim != 3 or len(codes) != len(known["codes"]):
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
    on_step: Callable[[FitStep], None] = lambda step: None,
    cancel: CancelToken = NEVER,
) -> Automaton:
    """See :func:`~.interface.fit`; the first image is the texture."""
    return fit_from(
        load_rule(), images[0], budget=budget, seed=seed, on_step=on_step, cancel=cancel
    )


def fit_from(
    start: Rule,
    image: np.ndarray,
    *,
    budget: Budget,
    seed: int = 0,
    on_step: Callable[[FitStep], None] = lambda step: None,
    cancel: CancelToken = NEVER,
) -> Automaton:
    """A fit that begins with a rule."""
    clock = Clock(budget, cancel)
    torch.manual_seed(seed)
    encoder = load_encoder()
    picture = to_square(image, _SIDE)
    target = TextureTarget(encoder, picture)
    with torch.no_grad():
        directions = Directions(picture, encoder(picture))
    steps_of_picture = _pixel_steps(picture).mean(1)
    set_border(encoder, "circular", "circular")
    start = shown(start, picture)
    learned = [nn.Parameter(part.clone()) for part in start.learned()]
    rule = Rule._make([*learned, start.mean, start.axes, start.codes])
    optimizer = torch.optim.Adam(learned, lr=_RATE, betas=(0.9, 0.99))
    average = Rule(*(part.detach().clone() for part in rule))
    pool = _Pool(rule.codes, picture)
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
        rolled = torch.roll(painted, torch.randint(4, (2,)).tolist(), (2, 3))
        features = encoder(rolled)
        texture = target.loss(rolled, features)
        outside = (painted - painted.clamp(0, 1)).abs().mean()
        optimizer.zero_grad(set_to_none=True)
        loss = texture + 2 * outside + _DIRECTIONS * directions.distance(rolled, features)
        loss = loss + _GRID * _grid(painted, steps_of_picture)
        (loss + _PLACES * pool.missed(painted)).backward()
        for part in learned:  # long chains make gradients of any length
            if part.grad is not None:
                part.grad /= part.grad.norm() + 1e-8
        optimizer.step()
        directions.turn()
        with torch.no_grad():
            torch._foreach_lerp_(list(average), list(rule), max(0.02, 1 / (2 + clock.number)))
        pool.give(state.detach())
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
                lambda: Automaton(average, {}).sample((256, 256), steps=SETTLED),
            )
        )
    return Automaton(average, recipe)


def _pixel_steps(picture: Tensor) -> Tensor:
    """Mean steps in brightness from one pixel to the next, to the right and down, apart for each
    place in a cell: ``(2, 4)``."""
    gray = picture.mean(1)
    right, down = (torch.roll(gray, -1, axis) - gray for axis in (2, 1))
    return torch.stack(
        [
            right.abs().unflatten(2, (-1, CELL)).mean((0, 1, 2)),
            down.abs().unflatten(1, (-1, CELL)).mean((0, 1, 3)),
        ]
    )


def _grid(painted: Tensor, wanted: Tensor) -> Tensor:
    """How much cells show: steps between them are others than within them, or than the ``wanted``
    ones ``(2,)``, or some places in them are brighter."""
    steps = (_pixel_steps(painted) / (wanted[:, None] + 1e-3) - 1).abs().mean()
    places = F.pixel_unshuffle(painted.mean(1, keepdim=True), CELL).mean((0, 2, 3))
    return steps + places.std() / (wanted.mean() + 1e-3)


class _Pool:
    """States that go on growing: the first half by places of the texture, the others by pieces."""

    def __init__(self, codes: Tensor, picture: Tensor) -> None:
        self._codes, self._picture = codes, picture
        self._deviation = picture.std() + 1e-3
        self._cells = (_SIDE // CELL, _SIDE // CELL)
        self._states = empty(_POOL, self._cells, torch.default_generator)
        self._places: list[tuple[int, int]] = [(0, 0)] * (_POOL // 2)
        self._mosaics: list[Mosaic] = []
        for number in range(_POOL // 2):
            self._places[number] = self._place()
            self._mosaics.append(Mosaic(codes, self._cells, torch.default_generator))
        self._turns = 0.0

    def take(self, number: int) -> Tensor:
        """Two states ``(2, 32, h, w)``, of a place and of pieces, for a step of the fit; of four
        pairs, one begins anew, and one is damaged."""
        self._chosen = torch.randint(_POOL // 2, (2,)) + torch.tensor([0, _POOL // 2])
        place, pieces = self._chosen[0], self._chosen[1] - _POOL // 2
        state = self._states[self._chosen]
        if number % 4 == 0:
            state = empty(2, self._cells, torch.default_generator)
            self._places[place] = self._place()
            self._mosaics[pieces] = Mosaic(self._codes, self._cells, torch.default_generator)
        elif number % 4 == 1:
            state = torch.stack([torn(one, torch.default_generator) for one in state])
        self._mosaic = self._mosaics[pieces]
        self._rate = _DRIFT * float(torch.rand(())) if number % 2 else 0.0
        self._turns = float(torch.rand(()))
        y, x = self._places[place]
        self._here = self._codes[:, y : y + self._cells[0], x : x + self._cells[1]]
        self._wanted = self._picture[..., CELL * y : CELL * y + _SIDE, CELL * x : CELL * x + _SIDE]
        return self.moved(state)

    def moved(self, state: Tensor) -> Tensor:
        """The states taken, their pieces a little further."""
        if self._rate:
            self._turns += self._rate
            codes = self._mosaic.at(self._turns)
        elif state.shape[1] > CHANNELS:
            return state
        else:
            codes = self._mosaic.at()
        return driven(state, torch.stack([self._here, codes]))

    def missed(self, painted: Tensor) -> Tensor:
        """How far the place is from what was to be found there, but for its border."""
        inner = slice(_BORDER, -_BORDER)
        apart = painted[:1, :, inner, inner] - self._wanted[..., inner, inner]
        return apart.abs().mean() / self._deviation

    def give(self, state: Tensor) -> None:
        """Keep what became of the states taken."""
        self._states[self._chosen] = state[:, :CHANNELS]

    def _place(self) -> tuple[int, int]:
        room = [
            side - cells + 1 for side, cells in zip(self._codes.shape[1:], self._cells, strict=True)
        ]
        y, x = (int(torch.randint(max(1, most), ())) for most in room)
        return y, x
