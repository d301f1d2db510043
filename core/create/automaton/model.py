"""A fitted cellular automaton: it grows textures of any size on a torus, loops, and heals.

References
----------
See :mod:`~core.models.automaton`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np

from ...control import NEVER, SILENT, CancelToken, Control
from ...errors import BadRequest, ModelUnreadable
from ...image.resize import resize
from ...networks.automaton import (
    REACH,
    STRIDE,
    Rule,
    Stepper,
    bundled_rule,
    noise_state,
    update_mask,
)
from ...networks.mosaic import CELL, CODES, Mosaic, squash_codes
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
        Its parameters, as arrays.
    recipe : dict
        See :class:`~core.create.interface.Model`.
    """

    kind = "AUTOMATON"

    def __init__(self, rule: Rule[np.ndarray], recipe: dict) -> None:
        self.recipe, self.rule = recipe, rule

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
        random, cells = np.random.default_rng(seed), _cells(size)
        codes = squash_codes(Mosaic(self.rule.codes, cells, random).at())
        state, step = noise_state(cells, random), Stepper(self.rule)
        for number in range(steps):
            control.progress(number / steps)
            state = _grown(step, state, codes, random, control.cancel)
        return _picture(step, state, size, control.cancel)

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
        random, cells = np.random.default_rng(seed), _cells(size)
        mosaic = Mosaic(self.rule.codes, cells, random)
        state, step = noise_state(cells, random), Stepper(self.rule)

        def advance(state: np.ndarray, frame: int, steps: int = _STEPS_PER_FRAME) -> np.ndarray:
            codes = squash_codes(mosaic.at(frame / frames))
            for _ in range(steps):
                state = _grown(step, state, codes, random, cancel)
            return state

        holes = _Holes(cells, frames, seed) if damage else None
        fade = max(1, round(frames * _FADE))
        state = advance(state, -fade, GROWTH_STEPS)
        before = []
        for number in range(-fade, 0):
            before.append(state.astype(np.float16))
            state = advance(state, number + 1)
        turn = random.random(cells, np.float32)  # when a cell is replaced
        turn = turn.argsort(axis=1) / np.float32(cells[1])
        for number in range(frames):
            if holes is not None:
                state = np.where(holes.at(number), np.float32(0), state)
            on_frame(number, _picture(step, state, size, cancel))
            state = advance(state, number + 1)
            left = frames - number - 1
            if 0 < left <= fade:
                back = turn < 1 - (left - 1) / fade
                state = np.where(back, before[fade - left].astype(np.float32), state)

    def state(self) -> tuple[dict[str, np.ndarray], dict]:
        """Return what :func:`restore` takes.

        Returns
        -------
        tensors : dict of str to ndarray
            The parameters of the rule by name: float32, shapes as in
            :class:`~core.networks.automaton.Rule`, such as ``mean (3,)``.
        metadata : dict
            Empty.
        """
        return self.rule._asdict(), {}


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
    expected = {name: part.shape for name, part in bundled_rule()._asdict().items()}
    found = {name: tensor.shape for name, tensor in tensors.items()}
    codes = found.get("codes", ())
    expected["codes"] = codes  # of any height and width
    if found != expected or len(codes) != 3 or codes[0] != CODES:
        raise ModelUnreadable(
            "This automaton was saved by another version of Impasto; fit it to its texture again."
        )
    check_networks(
        {name: tensor for name, tensor in tensors.items() if name != "codes"},
        {name: shape for name, shape in expected.items() if name != "codes"},
    )
    Array((3,), np.float32, -1.0, 2.0).check("mean", tensors["mean"])
    Array((3, 3), np.float32, -4.0, 4.0).check("axes", tensors["axes"])
    Array((CODES, -1, -1), np.float32, -_LARGEST, _LARGEST).check("codes", tensors["codes"])
    rule = Rule(**tensors)
    return Automaton(rule, metadata["recipe"])


class _Holes:
    """Round holes on a torus of cells that open at once and close from the rim."""

    def __init__(self, cells: tuple[int, int], frames: int, seed: int) -> None:
        random = np.random.default_rng(seed)
        height, width = cells
        rows, columns = np.arange(height)[:, None], np.arange(width)
        near = np.full(cells, math.inf)
        for _ in range(random.integers(*_HOLES)):
            y, x, r = random.random(3)
            down = (rows - y * height + height / 2) % height - height / 2
            across = (columns - x * width + width / 2) % width - width / 2
            radius = (_RADII[0] + r * (_RADII[1] - _RADII[0])) * min(height, width)
            near = np.minimum(near, np.hypot(down, across) / max(1.0, radius))
        self._near, self._frames = near, frames

    def at(self, frame: int) -> np.ndarray:
        """Mask ``(h, w)`` of the cells that are missing in a frame; none in the first."""
        opened = max(1, round(_OPENED * self._frames))
        closed = max(opened + 1, round(_CLOSED * self._frames))
        still = (closed - frame) / (closed - opened)
        return self._near < min(frame / opened, still)


def _grown(
    step: Stepper,
    state: np.ndarray,
    codes: np.ndarray,
    random: np.random.Generator,
    cancel: CancelToken = NEVER,
) -> np.ndarray:
    """The state after one step, computed in bands to bound memory and to react to a cancel."""
    height, width = state.shape[1:]
    updated = update_mask((height, width), random)
    if height <= _BAND:
        cancel.raise_if_set()
        return step(state, codes, updated)
    result = np.empty_like(state)
    for top in range(0, height, _BAND):
        cancel.raise_if_set()
        bottom = min(top + _BAND, height)
        rows = np.arange(top - _HALO, bottom + _HALO) % height
        band = step(state[:, rows], codes[:, rows], updated[rows])
        result[:, top:bottom] = band[:, _HALO:-_HALO]
    return result


def _picture(
    step: Stepper,
    state: np.ndarray,
    size: tuple[int, int],
    cancel: CancelToken = NEVER,
) -> np.ndarray:
    """The picture of a state, ``(height, width, 3)``, painted band by band."""
    height, width = state.shape[1:]
    painted = np.empty((CELL * height, CELL * width, 3), np.float32)
    for top in range(0, height, _PAINTED):
        cancel.raise_if_set()
        bottom = min(top + _PAINTED, height)
        rows = np.arange(top - REACH, bottom + REACH) % height
        band = step.paint(state[:, rows])
        painted[CELL * top : CELL * bottom] = band[CELL * REACH : -CELL * REACH]
    return np.clip(resize(painted, size, wrap=True), 0, 1)


def _cells(size: tuple[int, int]) -> tuple[int, int]:
    """(height, width) in cells of the torus on which a picture of a size is grown.

    Raises
    ------
    BadRequest
        The size is not at least 1 x 1.
    """
    if min(size) < 1:
        raise BadRequest("A picture needs at least one pixel.")
    height, width = (max(1, round(side / STRIDE)) * STRIDE // CELL for side in size[::-1])
    return height, width
