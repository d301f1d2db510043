"""The cellular automaton as it is used: its rule, and how states grow and are painted.

``core/models/automaton.py`` has the same steps in torch, for fits, and says how they work.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Generic, NamedTuple, TypeVar

import numpy as np

from .layout import CIRCULAR
from .layout import STRIDE as _COARSEST
from .mosaic import CELL
from .sessions import Sessions, threads_for
from .weights import bundled

CHANNELS, HIDDEN = 16, 64
"""Numbers in the state of a cell, and width of the hidden layer of the rule."""
STRIDE = 16
"""Sides of a picture must be multiples of this, in pixels."""
REACH = 4
"""Radius of the painter's receptive field, in cells."""
BLOCK = 4
"""Cells to a side of the blocks of the coarse perception."""
UPDATE_RATE = 0.5
"""Share of the cells that change in a step."""

PAINTER = {
    "coarse": (48, CHANNELS, 3, 3),
    "half": (32, 48, 3, 3),
    "fine": (48, 32, 3, 3),
    "last": (3, 12, 3, 3),
    "plain": (3 * CELL**2, CHANNELS, 3, 3),
}
"""Shapes of the painter's convolutions."""

FILTERS = np.array(
    [
        np.multiply(1.0, [[0, 0, 0], [0, 1, 0], [0, 0, 0]]),
        np.multiply(1 / 8, [[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]]),
        np.multiply(1 / 8, [[-1, -2, -1], [0, 0, 0], [1, 2, 1]]),
        np.multiply(1 / 16, [[1, 2, 1], [2, -12, 2], [1, 2, 1]]),
    ],
    np.float32,
)
"""What cells perceive, ``(4, 3, 3)``: identity, gradients along x and y, and Laplacian."""

_STEP = ("near", "far", "bias", "change", "change_bias")

T = TypeVar("T", bound=Any)


class Rule(NamedTuple, Generic[T]):
    """The parameters of a rule: 18,500 numbers, and 42,000 of its painter, all float32.

    They are arrays, or tensors while they are learned.

    Attributes
    ----------
    near, far : (HIDDEN, 32, 4)
        Weights of the perception filters, see :data:`FILTERS`, for cells and blocks.
    bias : (HIDDEN,)
        Bias of the hidden layer.
    change, change_bias : (2 * CHANNELS, HIDDEN) and (2 * CHANNELS,)
        From the hidden layer to the new state and its gate.
    coarse, half, fine, last : (C, C', 3, 3)
        The painter's convolutions: on cells, on 2 x 2 pixels (twice), and on pixels.
    coarse_bias, half_bias, fine_bias, last_bias : (C,)
        Their biases.
    plain, plain_bias : (48, CHANNELS, 3, 3) and (48,)
        The painter's linear shortcut from a cell and its neighbors to its pixels. A fit begins with
        the least-squares solution for the texture.
    mean, axes : (3,) and (3, 3)
        Mean color of the texture and its principal axes (columns), sRGB-encoded. The painter gives
        amounts along these, so a gray texture stays gray.
    codes : (16, H / 4, W / 4)
        Codes of the texture's cells; like its colors, they are not learned.
    """

    near: T
    far: T
    bias: T
    change: T
    change_bias: T
    coarse: T
    coarse_bias: T
    half: T
    half_bias: T
    fine: T
    fine_bias: T
    last: T
    last_bias: T
    plain: T
    plain_bias: T
    mean: T
    axes: T
    codes: T

    def learned(self) -> tuple[T, ...]:
        """Return the parameters that are learned.

        Returns
        -------
        tuple
            All float32 parameters but ``mean (3,)``, ``axes`` and ``codes``, which the texture gives.
        """
        return self[:-3]


def bundled_rule() -> Rule[np.ndarray]:
    """Read the bundled rule that fits of cellular automata start from.

    Returns
    -------
    Rule
        The rule, such as ``near (HIDDEN, 32, 4)`` float32.
    """
    return Rule(**bundled("automaton"))


def fold(rule: Rule[T], filters: T, einsum: Callable[..., T]) -> dict[str, T]:
    """Return kernels of convolutions, with the filters and the colors of a rule folded in.

    Parameters
    ----------
    rule : Rule
        Its parameters.
    filters : (4, 3, 3) float32
        :data:`FILTERS`, of the same library as the rule.
    einsum : callable
        The library's function of that name.

    Returns
    -------
    dict
        Kernels ``(out, in, k, k)`` and biases ``(out,)`` float32 by the names in :class:`Rule`.
    """
    kernels = rule._asdict()
    mean, axes, _ = (kernels.pop(name) for name in ("mean", "axes", "codes"))
    for name in ("near", "far"):
        kernels[name] = einsum("hck,kij->hcij", kernels[name], filters)
    kernels["change"] = rule.change[:, :, None, None]
    # The last convolutions then give colors.
    kernels["last"] = einsum("dc,cfij->dfij", axes, rule.last)
    kernels["last_bias"] = mean + axes @ rule.last_bias
    plain = rule.plain.reshape(3, CELL**2, CHANNELS, 3, 3)
    kernels["plain"] = einsum("dc,cpkij->dpkij", axes, plain).reshape(rule.plain.shape)
    kernels["plain_bias"] = (axes @ rule.plain_bias.reshape(3, CELL**2)).reshape(-1)
    return kernels


class Stepper:
    """A rule made ready to run.

    Parameters
    ----------
    rule : Rule
        Its parameters, as arrays.
    """

    def __init__(self, rule: Rule[np.ndarray]) -> None:
        self._kernels = fold(rule, FILTERS, np.einsum)
        self._sessions = Sessions()

    def __call__(self, state: np.ndarray, codes: np.ndarray, updated: np.ndarray) -> np.ndarray:
        """Return the state after one step.

        Parameters
        ----------
        state : (16, h, w) float32
            State of the cells.
        codes : (16, h, w) float32
            Their codes, squashed.
        updated : (h, w) bool
            Cells that change; see :func:`update_mask`.

        Returns
        -------
        (16, h, w) float32
            The new state; not to be changed.
        """
        changing = updated[None, None].astype(np.float32)
        inputs = {"state": state[None], "codes": codes[None], "updated": changing}
        return self._run("automaton_step", _STEP, inputs, CELL)

    def paint(self, state: np.ndarray) -> np.ndarray:
        """Return the picture that a state shows.

        Parameters
        ----------
        state : (16, h, w) float32
            State of the cells.

        Returns
        -------
        (4 h, 4 w, 3) float32
            sRGB-encoded in [0, 1]; not to be changed.
        """
        names = [*PAINTER, *(f"{name}_bias" for name in PAINTER)]
        return self._run("automaton_painter", names, {"state": state[None]}, _COARSEST)

    def _run(
        self,
        graph: str,
        names: Sequence[str],
        inputs: dict[str, np.ndarray],
        scale: int,
    ) -> np.ndarray:
        """Run a graph that has kernels of these names.

        Its coarsest maps are 16 / ``scale`` times smaller than the state.
        """
        height, width = inputs["state"].shape[2:]
        threads = threads_for(scale * height, scale * width)
        session = self._sessions.get(
            *(graph, 0, lambda: {name: self._kernels[name] for name in names}),
            border=CIRCULAR,
            threads=threads,
        )
        return session.run(inputs)[0][0]


def update_mask(cells: tuple[int, int], random: np.random.Generator) -> np.ndarray:
    """Draw the cells that change in a step.

    Parameters
    ----------
    cells : (int, int)
        Height and width in cells.
    random : np.random.Generator
        What it is drawn with.

    Returns
    -------
    (h, w) bool
        True for about half of the cells.
    """
    return random.random(cells, np.float32) < UPDATE_RATE


def noise_state(cells: tuple[int, int], random: np.random.Generator) -> np.ndarray:
    """Draw a state to grow from: faint noise.

    Parameters
    ----------
    cells : (int, int)
        Height and width in cells.
    random : np.random.Generator
        What it is drawn with.

    Returns
    -------
    (16, h, w) float32
        In [-0.05, 0.05].
    """
    return np.float32(0.1) * (random.random((CHANNELS, *cells), np.float32) - np.float32(0.5))
