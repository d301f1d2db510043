"""The cellular automaton: textures that grow, move, and heal, on a torus of any size.

A fit begins with the bundled rule, which has seen many textures, and trains it until what grows from
noise, and what has been growing for long, has the texture of the picture. States are kept in a
pool, some are damaged, so that the rule learns to go on and to heal.

References
----------
See :mod:`~..networks.automaton`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import torch
from torch import Tensor, nn

from ..errors import BadRequest, JobCancelled
from ..generators.texture_loss import TextureTarget
from ..imaging.resize import resize
from ..networks.automaton import STRIDE, Rule, Stepper, rest, seeds
from ..networks.layers import set_border
from ..networks.weights import load_encoder, load_rule
from .interface import Budget, Clock, Step, to_square

SETTLED = 64
"""Steps after which a texture has grown out of noise."""

_SIDE, _BATCH, _POOL = 128, 2, 16
_STEPS = (12, 32)
_RATE = 2e-3
_ANEW, _DAMAGE = 5, 3  # every so many steps a state begins anew, or is damaged
_PACE = 2  # steps of the rule from one frame of a sequence to the next
_BAND, _HALO = 256, 8  # rows of cells that are stepped together, and what they look at beyond
_FADE = 0.5  # share of a loop in which its end is led back to its beginning


class Automaton:
    """A fitted automaton; see :class:`~.interface.Model`."""

    kind = "AUTOMATON"

    def __init__(self, rule: Rule, recipe: dict) -> None:
        self.recipe = recipe
        self.rule = Rule(*(part.detach().clone() for part in rule))

    @torch.inference_mode()
    def sample(
        self,
        size: tuple[int, int],
        *,
        seed: int = 0,
        seamless: bool = True,
        mix: Sequence[float] = (),
        steps: int = SETTLED,
        progress: Callable[[float], None] = lambda done: None,
        cancel: Callable[[], bool] = lambda: False,
    ) -> np.ndarray:
        """See :meth:`~.interface.Model.sample`; it knows one picture, so ``mix`` changes nothing,
        and it is always seamless. ``steps``: how long it grows."""
        random = torch.Generator().manual_seed(seed)
        state = seeds(1, *_canvas(size), random)
        step = Stepper(self.rule)
        for number in range(steps):
            progress(number / steps)
            state = _grown(step, state, random, cancel)
        return _picture(step, state, size)

    @torch.inference_mode()
    def loop(
        self,
        size: tuple[int, int],
        frames: int,
        *,
        seed: int = 0,
        show: Callable[[int, np.ndarray], None],
        cancel: Callable[[], bool] = lambda: False,
    ) -> None:
        """See :meth:`~.interface.Sequencer.loop`.

        Towards its end the state is drawn back, cell by cell, to the states that came before its
        beginning; the rule heals the places where both meet.
        """
        random = torch.Generator().manual_seed(seed)
        step = Stepper(self.rule)
        state = seeds(1, *_canvas(size), random)
        for _ in range(SETTLED):
            state = _grown(step, state, random, cancel)
        fade = max(1, round(frames * _FADE))
        before = []
        for _ in range(fade):
            before.append(state.half())
            for _ in range(_PACE):
                state = _grown(step, state, random, cancel)
        turn = torch.rand(1, 1, *state.shape[2:], generator=random)  # when a cell goes back
        turn = turn.argsort(dim=3).float() / turn.shape[3]
        for number in range(frames):
            if cancel():
                raise JobCancelled("Cancelled.")
            show(number, _picture(step, state, size))
            for _ in range(_PACE):
                state = _grown(step, state, random, cancel)
            left = frames - number - 1
            if 0 < left <= fade:
                back = turn < 1 - (left - 1) / fade
                state = torch.where(back, before[fade - left].float(), state)

    @torch.inference_mode()
    def regrow(
        self, size: tuple[int, int], damaged: np.ndarray, *, seed: int = 0, steps: int = SETTLED
    ) -> tuple[np.ndarray, np.ndarray]:
        """The texture of ``sample`` with a part torn out where ``damaged`` (H, W) is true, and
        after it has grown again."""
        random = torch.Generator().manual_seed(seed)
        step = Stepper(self.rule)
        state = seeds(1, *_canvas(size), random)
        for _ in range(SETTLED):
            state = _grown(step, state, random)
        small = resize(damaged.astype(np.float32), (state.shape[3], state.shape[2])) > 0.5
        state = state.masked_fill(torch.from_numpy(small), 0.0)
        torn = _picture(step, state, size)
        for _ in range(steps):
            state = _grown(step, state, random)
        return torn, _picture(step, state, size)

    def state(self) -> tuple[dict[str, np.ndarray], dict]:
        """See :meth:`~.interface.Model.state`."""
        return {name: part.numpy() for name, part in self.rule._asdict().items()}, {}


def restore(tensors: dict[str, np.ndarray], words: dict) -> Automaton:
    """Of what :meth:`Automaton.state` gave."""
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
    random = torch.default_generator
    encoder = load_encoder()
    picture = to_square(image, _SIDE)
    target = TextureTarget(encoder, picture)
    rule = Rule(*(nn.Parameter(part.clone()) for part in start))
    set_border(encoder, "circular", "circular")
    optimizer = torch.optim.Adam(rule, lr=_RATE, betas=(0.9, 0.99))
    average = Rule(*(part.detach().clone() for part in rule))
    pool = seeds(_POOL, _SIDE, _SIDE, random)
    mean = None
    while clock.more():
        for group in optimizer.param_groups:
            group["lr"] = _RATE * max(0.05, min(1.0, 2 * (1 - clock.done)))
        chosen = torch.randperm(_POOL)[:_BATCH]
        state = pool[chosen]
        if clock.number % _ANEW == 0:
            state[0] = seeds(1, _SIDE, _SIDE, random)[0]
        elif clock.number % _DAMAGE == 0:
            state[0] = _torn(state[0], random)
        step = Stepper(rule)
        for _ in range(int(torch.randint(*_STEPS, ()))):
            state = step(state, rest(state, random))
        painted = step.paint(state)
        texture = target.loss(painted)
        outside = (painted - painted.clamp(0, 1)).abs().mean()
        optimizer.zero_grad(set_to_none=True)
        (texture + 2 * outside).backward()
        for part in rule:  # long chains make gradients of any length
            if part.grad is not None:
                part.grad /= part.grad.norm() + 1e-8
        optimizer.step()
        with torch.no_grad():
            torch._foreach_lerp_(list(average), list(rule), max(0.02, 1 / (2 + clock.number)))
        pool[chosen] = state.detach()
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


def _grown(
    step: Stepper,
    state: Tensor,
    random: torch.Generator,
    cancel: Callable[[], bool] = lambda: False,
) -> Tensor:
    """One step, band by band: a cancel is heard between them, and what a step has in mind of a large
    picture need not fit the memory at once."""
    resting, height = rest(state, random), state.shape[2]
    whole = height <= _BAND
    result = state if whole else torch.empty_like(state)
    for top in range(0, height, _BAND):
        if cancel():
            raise JobCancelled("Cancelled.")
        if whole:
            return step(state, resting)
        bottom = min(top + _BAND, height)
        rows = torch.arange(top - _HALO, bottom + _HALO) % height
        result[:, :, top:bottom] = step(state[:, :, rows], resting[:, :, rows])[:, :, _HALO:-_HALO]
    return result


def _torn(state: Tensor, random: torch.Generator) -> Tensor:
    """A state ``(16, h, w)`` with a disc emptied."""
    height, width = state.shape[1:]
    y, x, r = torch.rand(3, generator=random).tolist()
    rows = torch.arange(height)[:, None] - y * height
    columns = torch.arange(width) - x * width
    return state * (torch.hypot(rows, columns) > (0.1 + 0.2 * r) * height)


def _canvas(size: tuple[int, int]) -> tuple[int, int]:
    """(height, width) of the torus on which a picture of a size is grown.

    Raises
    ------
    BadRequest
        The size is not at least 1 x 1.
    """
    if min(size) < 1:
        raise BadRequest("A picture needs at least one pixel.")
    height, width = (max(STRIDE, round(side / STRIDE) * STRIDE) for side in size[::-1])
    return height, width


def _picture(step: Stepper, state: Tensor, size: tuple[int, int]) -> np.ndarray:
    painted = step.paint(state)[0].clamp(0, 1).permute(1, 2, 0).numpy()
    return np.clip(resize(painted, size, wrap=True), 0, 1)
