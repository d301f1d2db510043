"""What a fitted cellular automaton does: textures that grow, move in a loop, and heal, on a torus of
any size.

References
----------
See :mod:`~..networks.automaton`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np
import torch
from torch import Tensor

from ...control import NEVER, SILENT, CancelToken, Control
from ...errors import BadRequest
from ...image.resize import resize
from ...models.automaton import CHANNELS, REACH, STRIDE, Rule, Stepper, driven, rest, seeds
from ...models.mosaic import CELL, Mosaic

SETTLED = 64
"""Steps after which a texture has grown out of noise."""

_PACE = 2  # steps of the rule from one frame of a sequence to the next
_BAND, _HALO = 256, 8  # rows of cells that are stepped together, and what they look at beyond
_PAINTED = 64  # rows of cells that are painted together
_FADE = 0.5  # share of a loop in which its end is led back to its beginning
_OPENED, _CLOSED = 0.12, 0.75  # shares of a loop after which holes are open, and grown over
_HOLES, _RADII = (3, 6), (0.08, 0.22)  # how many, and how large, relative to the short side


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
        control: Control = SILENT,
    ) -> np.ndarray:
        """See :meth:`~.interface.Model.sample`; it knows one picture, so ``mix`` changes nothing,
        and it is always seamless. ``steps``: how long it grows."""
        random = torch.Generator().manual_seed(seed)
        state = seeds(self.rule, 1, *_canvas(size), random)
        step = Stepper(self.rule)
        for number in range(steps):
            control.progress(number / steps)
            state = _grown(step, state, random, control.cancel)
        return _picture(step, state, size, control.cancel)

    @torch.inference_mode()
    def loop(
        self,
        size: tuple[int, int],
        frames: int,
        *,
        seed: int = 0,
        damage: bool = False,
        show: Callable[[int, np.ndarray], None],
        cancel: CancelToken = NEVER,
    ) -> None:
        """See :meth:`~.interface.Sequencer.loop`.

        The pieces that it grows by go over to others and come back. Towards the end the state is
        drawn back, cell by cell, to the states that came before its beginning, too; the rule heals
        the places where both meet. ``damage``: holes open at its beginning, and it has grown over
        them before its end.
        """
        random = torch.Generator().manual_seed(seed)
        step, canvas = Stepper(self.rule), _canvas(size)
        state = seeds(self.rule, 1, *canvas, random)
        mosaic = Mosaic(self.rule.codes, (state.shape[2], state.shape[3]), random)

        def codes(frame: int) -> Tensor:
            return mosaic.at(frame / frames)[None]

        holes = _Holes(state.shape[2:], frames, seed) if damage else None
        fade = max(1, round(frames * _FADE))
        state = driven(state, codes(-fade))
        for _ in range(SETTLED):
            state = _grown(step, state, random, cancel)
        before = []
        for number in range(-fade, 0):
            before.append(state.half())
            for _ in range(_PACE):
                state = _grown(step, driven(state, codes(number + 1)), random, cancel)
        turn = torch.rand(1, 1, *state.shape[2:], generator=random)  # when a cell goes back
        turn = turn.argsort(dim=3).float() / turn.shape[3]
        for number in range(frames):
            if holes is not None:
                state = state.masked_fill(holes.at(number), 0.0)
            show(number, _picture(step, state, size, cancel))
            for _ in range(_PACE):
                state = _grown(step, driven(state, codes(number + 1)), random, cancel)
            left = frames - number - 1
            if 0 < left <= fade:
                back = turn < 1 - (left - 1) / fade
                state = torch.where(back, before[fade - left].float(), state)

    def state(self) -> tuple[dict[str, np.ndarray], dict]:
        """See :meth:`~.interface.Model.state`."""
        return {name: part.numpy() for name, part in self.rule._asdict().items()}, {}


class _Holes:
    """Round holes on a torus of cells that open, and close from the rim."""

    def __init__(self, cells: Sequence[int], frames: int, seed: int) -> None:
        random = torch.Generator().manual_seed(seed)
        height, width = cells
        rows, columns = torch.arange(height)[:, None], torch.arange(width)
        near = torch.full((height, width), math.inf)
        for _ in range(int(torch.randint(*_HOLES, (), generator=random))):
            y, x, r = torch.rand(3, generator=random).tolist()
            down = (rows - y * height + height / 2) % height - height / 2
            across = (columns - x * width + width / 2) % width - width / 2
            radius = (_RADII[0] + r * (_RADII[1] - _RADII[0])) * min(height, width)
            near = torch.minimum(near, torch.hypot(down, across) / max(1.0, radius))
        self._near, self._frames = near, frames

    def at(self, frame: int) -> Tensor:
        """Which cells ``(h, w)`` are torn out in a frame; none in the first."""
        opened = max(1, round(_OPENED * self._frames))
        closed = max(opened + 1, round(_CLOSED * self._frames))
        still = (closed - frame) / (closed - opened)
        return self._near < min(frame / opened, still)


def _grown(
    step: Stepper,
    state: Tensor,
    random: torch.Generator,
    cancel: CancelToken = NEVER,
) -> Tensor:
    """One step, band by band: a cancel is heard between them, and what a step has in mind of a large
    picture need not fit the memory at once."""
    resting, height = rest(state, random), state.shape[2]
    if height <= _BAND:
        cancel.raise_if_set()
        return step(state, resting)
    result = torch.empty_like(state)
    for top in range(0, height, _BAND):
        cancel.raise_if_set()
        bottom = min(top + _BAND, height)
        rows = torch.arange(top - _HALO, bottom + _HALO) % height
        result[:, :, top:bottom] = step(state[:, :, rows], resting[:, :, rows])[:, :, _HALO:-_HALO]
    return result


def _picture(
    step: Stepper,
    state: Tensor,
    size: tuple[int, int],
    cancel: CancelToken = NEVER,
) -> np.ndarray:
    """The picture of a state, ``(height, width, 3)``, painted band by band."""
    height, width = state.shape[2:]
    painted = np.empty((CELL * height, CELL * width, 3), np.float32)
    for top in range(0, height, _PAINTED):
        cancel.raise_if_set()
        bottom = min(top + _PAINTED, height)
        rows = torch.arange(top - REACH, bottom + REACH) % height
        band = step.paint(state[:, :, rows])[0, :, CELL * REACH : -CELL * REACH]
        painted[CELL * top : CELL * bottom] = band.clamp(0, 1).permute(1, 2, 0).numpy()
    return np.clip(resize(painted, size, wrap=True), 0, 1)


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


def torn(state: Tensor, random: torch.Generator) -> Tensor:
    """A state ``(32, h, w)`` with a disc emptied of all but its codes."""
    height, width = state.shape[1:]
    y, x, r = torch.rand(3, generator=random).tolist()
    rows = torch.arange(height)[:, None] - y * height
    columns = torch.arange(width) - x * width
    whole = torch.hypot(rows, columns) > (0.1 + 0.2 * r) * height
    return torch.cat([state[:CHANNELS] * whole, state[CHANNELS:]])
