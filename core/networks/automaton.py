"""A neural cellular automaton: one small recurrent rule that grows a texture everywhere at once.

A cell stands for 2 x 2 pixels and holds 16 numbers in [-1, 1]. In a step it looks at its
neighbours, and at the neighbours of the 4 x 4 block it is in; a gated recurrent unit then moves it
towards a new state, or not: half of the cells, drawn anew each time, rest. As states are bounded by
construction, the automaton stays sound however long it runs.

References
----------
Niklasson et al., "Self-Organising Textures", Distill 2021 (perception, random rests, pool).
Pajouheshgar et al., "DyNCA", CVPR 2023 (perception at two scales).
Cho et al., "Learning Phrase Representations using RNN Encoder-Decoder", 2014 (the gate).
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor

CHANNELS, HIDDEN = 16, 64
CELL = 2
"""Pixels to a side of a cell."""
STRIDE = 16
"""Sides of a picture must be multiples of this, in pixels."""

_BLOCK = 4  # cells to a side of what is seen from afar
_RESTING = 0.5
_SMALL = 128  # cells to a side, up to which a product is the faster way to widen


class Rule(NamedTuple):
    """The rule in the form in which it runs: about 10,000 numbers.

    Attributes
    ----------
    near, far : (HIDDEN, CHANNELS, 4)
        Weights of identity, both slopes and the Laplacian, of cells and of blocks.
    bias : (HIDDEN,)
    change : (2 * CHANNELS, HIDDEN), change_bias : (2 * CHANNELS,)
        To the new state and its gate.
    paint : (12, CHANNELS), paint_bias : (12,)
        From a state to its four pixels.
    """

    near: Tensor
    far: Tensor
    bias: Tensor
    change: Tensor
    change_bias: Tensor
    paint: Tensor
    paint_bias: Tensor


def first_rule(random: torch.Generator) -> Rule:
    """A rule that knows nothing, and can learn."""

    def normal(*shape: int, spread: float) -> Tensor:
        return spread * torch.randn(*shape, generator=random)

    gate = torch.cat([torch.zeros(CHANNELS), torch.full((CHANNELS,), -1.0)])
    return Rule(
        normal(HIDDEN, CHANNELS, 4, spread=0.25),
        normal(HIDDEN, CHANNELS, 4, spread=0.25),
        torch.zeros(HIDDEN),
        normal(2 * CHANNELS, HIDDEN, spread=0.1),
        gate,
        torch.zeros(12, CHANNELS),
        torch.zeros(12),
    )


class Stepper:
    """A rule made ready to run: the filters of perception are folded into its weights."""

    def __init__(self, rule: Rule) -> None:
        filters = _filters()
        self._near = torch.einsum("hck,kij->hcij", rule.near, filters)
        self._far = torch.einsum("hck,kij->hcij", rule.far, filters)
        self._rule = rule
        self._change = rule.change[:, :, None, None]

    def __call__(self, state: Tensor, resting: Tensor) -> Tensor:
        """One step of ``(B, 16, h, w)``; cells rest where ``resting (B, 1, h, w)`` is true."""
        far = F.conv2d(_wrap(F.avg_pool2d(state, _BLOCK)), self._far, self._rule.bias)
        far = _widen(far, _BLOCK)
        hidden = torch.relu_(F.conv2d(_wrap(state), self._near) + far)
        new, gate = F.conv2d(hidden, self._change, self._rule.change_bias).chunk(2, dim=1)
        gate = torch.sigmoid(gate).masked_fill(resting, 0.0)
        return torch.lerp(state, torch.tanh(new), gate)

    def paint(self, state: Tensor) -> Tensor:
        """The picture ``(B, 3, 2 h, 2 w)`` in a state, sRGB-encoded, about in [0, 1]."""
        fine = F.conv2d(state, self._rule.paint[:, :, None, None], self._rule.paint_bias)
        return 0.5 + 0.7 * _widen(state[:, :3], CELL) + F.pixel_shuffle(fine, CELL)


def rest(state: Tensor, random: torch.Generator) -> Tensor:
    """Which cells rest in a step, ``(B, 1, h, w)`` bool."""
    shape = (len(state), 1, *state.shape[2:])
    return torch.rand(shape, generator=random) < _RESTING


def seeds(batch: int, height: int, width: int, random: torch.Generator) -> Tensor:
    """States to grow from, ``(batch, 16, height / 2, width / 2)``: faint noise."""
    shape = (batch, CHANNELS, height // CELL, width // CELL)
    return 0.1 * (torch.rand(shape, generator=random) - 0.5)


def _filters() -> Tensor:
    """Identity, slope along x and y, and Laplacian: ``(4, 3, 3)``."""
    one = torch.tensor([[0.0, 0, 0], [0, 1, 0], [0, 0, 0]])
    slope = torch.tensor([[-1.0, 0, 1], [-2, 0, 2], [-1, 0, 1]]) / 8
    round_ = torch.tensor([[1.0, 2, 1], [2, -12, 2], [1, 2, 1]]) / 16
    return torch.stack([one, slope, slope.t(), round_])


def _wrap(x: Tensor) -> Tensor:
    return F.pad(x, (1, 1, 1, 1), mode="circular")


def _widen(x: Tensor, factor: int) -> Tensor:
    """Bilinear, on the torus; where something is learned as a product, whose gradient is cheap."""
    if torch.is_grad_enabled() and max(x.shape[2:]) <= _SMALL:
        rows, columns = (_spread(side, factor) for side in x.shape[2:])
        return rows @ x @ columns.t()
    wide = F.interpolate(_wrap(x), scale_factor=factor, mode="bilinear", align_corners=False)
    return wide[..., factor:-factor, factor:-factor]


@lru_cache(maxsize=16)
def _spread(side: int, factor: int) -> Tensor:
    """The matrix ``(side * factor, side)`` by which a column on a torus is widened."""
    with torch.inference_mode(mode=False), torch.no_grad():
        one = torch.eye(side)[None, None]
        wide = F.interpolate(
            F.pad(one, (0, 0, 1, 1), mode="circular"),
            size=((side + 2) * factor, side),
            mode="bilinear",
            align_corners=False,
        )
        return wide[0, 0, factor:-factor].clone()
