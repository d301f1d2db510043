"""A fitted cellular automaton: it grows textures of any size on a torus, loops, and heals.

References
----------
See :mod:`~core.models.automaton`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np
import torch
from torch import Tensor

from ...control import NEVER, SILENT, CancelToken, Control
from ...errors import BadRequest, ModelUnreadable
from ...image.resize import resize
from ...models.automaton import (
    REACH,
    STRIDE,
    Rule,
    Stepper,
    initial_state,
    update_mask,
    with_codes,
)
from ...models.loading import load_rule
from ...models.mosaic import CELL, CODES, Mosaic
from ...tensor_file import Array
from ..interface import LoopingModel, check_networks

GROWTH_STEPS = 64
"""Steps after which a texture has grown out of noise."""

_STEPS_PER_FRAME = 2
_BAND, _HALO = 256, 8  # rows of cells that are stepped together, and rows of context beyond them
_PAINTED = 64  # rows of cells that are painted together
_LARGEST = 1e3  # number of a code
_FADE = 0.5  # share of a loop in which its end is led back to its beginning
_OPENED, _CLOSED = 0.12, 0.75  # shares of a loop after which holes are open, and grown over
_HOLES, _RADII = (3, 6), (0.08, 0.22)  # how many, and how large, relative to the short side


class Automaton(LoopingModel):
    """A fitted automaton.

    Parameters
    ----------
    rule : Rule
        Its parameters.
    recipe : dict
        See :class:`~core.create.interface.Model`.
    """

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
        steps: int = GROWTH_STEPS,
        control: Control = SILENT,
    ) -> np.ndarray:
        """Return a new picture; the same arguments give the same pixels.

        Parameters
        ----------
        size : (int, int)
            Width and height in pixels.
        seed : int, optional
            Another seed gives another picture.
        seamless : bool, optional
            Ignored: the picture always tiles.
        mix : sequence of float, optional
            Ignored: an automaton learns one image.
        steps : int, optional
            How long the picture grows.
        control : Control, optional
            Progress, and cancellation.

        Returns
        -------
        (height, width, 3) float32
            sRGB-encoded in [0, 1].

        Raises
        ------
        BadRequest
            The size is not at least 1 x 1.
        JobCancelled
            The control was cancelled.
        """
        random = torch.Generator().manual_seed(seed)
        state = initial_state(self.rule, 1, *_canvas(size), random)
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
        on_frame: Callable[[int, np.ndarray], None],
        cancel: CancelToken = NEVER,
    ) -> None:
        """Make an animation whose end joins its beginning.

        The codes that the texture grows by change to others and back. Towards the end, cell by cell,
        the state is also replaced by those from before the first frame; the rule heals the borders.

        Parameters
        ----------
        size : (int, int)
            Width and height in pixels.
        frames : int
            Length of the loop.
        seed : int, optional
            Another seed gives another animation.
        damage : bool, optional
            Whether holes open at the beginning, over which the texture grows before the end.
        on_frame : callable
            Called with the number of each frame, in order, and the frame, ``(height, width, 3)``
            float32, sRGB-encoded in [0, 1].
        cancel : CancelToken, optional
            Ends the work.

        Raises
        ------
        BadRequest
            The size is not at least 1 x 1.
        JobCancelled
            It was cancelled.
        """
        random = torch.Generator().manual_seed(seed)
        step, canvas = Stepper(self.rule), _canvas(size)
        state = initial_state(self.rule, 1, *canvas, random)
        mosaic = Mosaic(self.rule.codes, (state.shape[2], state.shape[3]), random)

        def codes(frame: int) -> Tensor:
            return mosaic.at(frame / frames)[None]

        def advance(state: Tensor, frame: int) -> Tensor:
            guide = codes(frame)
            for _ in range(_STEPS_PER_FRAME):
                state = _grown(step, with_codes(state, guide), random, cancel)
            return state

        holes = _Holes(state.shape[2:], frames, seed) if damage else None
        fade = max(1, round(frames * _FADE))
        state = with_codes(state, codes(-fade))
        for _ in range(GROWTH_STEPS):
            state = _grown(step, state, random, cancel)
        before = []
        for number in range(-fade, 0):
            before.append(state.half())
            state = advance(state, number + 1)
        turn = torch.rand(1, 1, *state.shape[2:], generator=random)  # when a cell is replaced
        turn = turn.argsort(dim=3).float() / turn.shape[3]
        for number in range(frames):
            if holes is not None:
                state = state.masked_fill(holes.at(number), 0.0)
            on_frame(number, _picture(step, state, size, cancel))
            state = advance(state, number + 1)
            left = frames - number - 1
            if 0 < left <= fade:
                back = turn < 1 - (left - 1) / fade
                state = torch.where(back, before[fade - left].float(), state)

    def state(self) -> tuple[dict[str, np.ndarray], dict]:
        """Return what :func:`restore` takes.

        Returns
        -------
        tensors : dict of str to ndarray
            The parameters of the rule by name: float32, shapes as in
            :class:`~core.models.automaton.Rule`, such as ``mean (3,)``.
        metadata : dict
            Empty.
        """
        return {name: part.numpy() for name, part in self.rule._asdict().items()}, {}


def restore(tensors: dict[str, np.ndarray], metadata: dict) -> Automaton:
    """Return a model from its state.

    Parameters
    ----------
    tensors : dict of str to ndarray
        Arrays of any shape, such as ``(C,)``, and dtype, mostly float32; see
        :meth:`~core.create.interface.Model.state`.
    metadata : dict
        Plain values; has ``recipe``.

    Returns
    -------
    Automaton
        The model.

    Raises
    ------
    FileDamaged
        Its numbers are none.
    ModelUnreadable
        The rule has another shape than those of this version of Impasto.
    """
    expected = {name: tuple(part.shape) for name, part in load_rule()._asdict().items()}
    found = {name: tensor.shape for name, tensor in tensors.items()}
    codes = found.get("codes", ())
    expected["codes"] = codes  # of any height and width
    if found != expected or len(codes) != 3 or codes[0] != CODES:
        raise ModelUnreadable(
            "This automaton was saved by another version of Impasto; fit it to its texture again."
        )
    check_networks(
        {name: tensor for name, tensor in tensors.items() if name != "codes"},
        {name: part for name, part in load_rule()._asdict().items() if name != "codes"},
    )
    Array((3,), np.float32, -1.0, 2.0).check("mean", tensors["mean"])
    Array((3, 3), np.float32, -4.0, 4.0).check("axes", tensors["axes"])
    Array((CODES, -1, -1), np.float32, -_LARGEST, _LARGEST).check("codes", tensors["codes"])
    rule = Rule(**{name: torch.from_numpy(tensor) for name, tensor in tensors.items()})
    return Automaton(rule, metadata["recipe"])


class _Holes:
    """Round holes on a torus of cells that open at once and close from the rim."""

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
        """Mask ``(h, w)`` of the cells that are missing in a frame; none in the first."""
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
    """The state after one step, computed in bands to bound memory and to react to a cancel."""
    updated, height = update_mask(state, random), state.shape[2]
    if height <= _BAND:
        cancel.raise_if_set()
        return step(state, updated)
    result = torch.empty_like(state)
    for top in range(0, height, _BAND):
        cancel.raise_if_set()
        bottom = min(top + _BAND, height)
        rows = torch.arange(top - _HALO, bottom + _HALO) % height
        result[:, :, top:bottom] = step(state[:, :, rows], updated[:, :, rows])[:, :, _HALO:-_HALO]
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
