"""A neural cellular automaton: one small recurrent rule that grows a texture everywhere at once.

A cell stands for 4 x 4 pixels and holds 16 numbers in [-1, 1], beside 16 that it cannot change: a
code, by which it grows (see :mod:`~.mosaic`). In a step it looks at its neighbors, and at the
neighbors of the 4 x 4 block it is in; a gated recurrent unit then moves it towards a new state, or
not: half of the cells, drawn anew each time, rest. As states are bounded by construction, the
automaton stays sound however long it runs. A painter, a few convolutions, makes pixels of what the
cells hold, in the texture's own colors.

References
----------
Niklasson et al., "Self-Organising Textures", Distill 2021 (perception, random rests, pool).
Pajouheshgar et al., "DyNCA", CVPR 2023 (perception at two scales).
Pajouheshgar et al., "Neural Cellular Automata: From Cells to Pixels", 2025 (coarse cells, painter).
Cho et al., "Learning Phrase Representations using RNN Encoder-Decoder", 2014 (the gate).
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor

from .mosaic import CELL, CODES, Mosaic, bounded, codes_of

CHANNELS, HIDDEN = 16, 64
STRIDE = 16
"""Sides of a picture must be multiples of this, in pixels."""
REACH = 4
"""Cells beyond which the painter does not look."""

_BLOCK = 4  # cells to a side of what is seen from afar
_RESTING = 0.5
_SMALL = 128  # cells to a side, up to which a product is the faster way to widen
_SEEN = CHANNELS + CODES
_COARSE, _HALF, _FINE = 48, 32, 12  # channels of the painter at 1/4, 1/2 and 1/1
_DAMPING = 1e-3  # of least squares
_SLOPE = 0.2  # of what is negative, in the painter


class Rule(NamedTuple):
    """The rule in the form in which it runs: 18,500 numbers, and 42,000 of its painter.

    Attributes
    ----------
    near, far : (HIDDEN, 32, 4)
        Weights of identity, both slopes and the Laplacian, of cells and of blocks.
    bias : (HIDDEN,)
    change : (2 * CHANNELS, HIDDEN), change_bias : (2 * CHANNELS,)
        To the new state and its gate.
    coarse, half, fine, last and their biases
        The painter's 3 x 3 convolutions, of cells, of 2 x 2 pixels (twice), and of pixels.
    plain : (48, CHANNELS, 3, 3), plain_bias : (48,)
        The painter's short way, from a cell and its neighbors straight to its pixels; how it begins
        is told by the texture.
    mean : (3,), axes : (3, 3)
        Mean color of the texture and its principal axes (columns), sRGB-encoded: what is painted
        are amounts of these, so that a gray texture stays gray.
    codes : (16, H / 4, W / 4)
        Of the texture's own cells. Like its colors, they are not learned.
    """

    near: Tensor
    far: Tensor
    bias: Tensor
    change: Tensor
    change_bias: Tensor
    coarse: Tensor
    coarse_bias: Tensor
    half: Tensor
    half_bias: Tensor
    fine: Tensor
    fine_bias: Tensor
    last: Tensor
    last_bias: Tensor
    plain: Tensor
    plain_bias: Tensor
    mean: Tensor
    axes: Tensor
    codes: Tensor

    def learned(self) -> tuple[Tensor, ...]:
        """All but what the texture itself tells."""
        return self[:-3]


def first_rule(random: torch.Generator) -> Rule:
    """A rule that knows nothing but to take over codes as they are, and can learn."""

    def normal(*shape: int, spread: float) -> Tensor:
        return spread * torch.randn(*shape, generator=random)

    def kernels(outputs: int, inputs: int) -> Tensor:
        return normal(outputs, inputs, 3, 3, spread=math.sqrt(2 / (9 * inputs)))

    # Half of what is hidden are codes, of either sign; they become the state.
    near = normal(HIDDEN, _SEEN, 4, spread=0.1)
    change = normal(2 * CHANNELS, HIDDEN, spread=0.05)
    for code in range(CODES):
        for sign in (1, -1):
            unit = 2 * code + (sign < 0)
            near[unit] = 0
            near[unit, CHANNELS + code, 0] = sign
            change[code, unit] = sign
    # The four pixels of a fine cell begin nearly alike.
    alike = kernels(_FINE, _HALF)[:, None] + 0.3 * kernels(4 * _FINE, _HALF).unflatten(
        0, (_FINE, 4)
    )
    return Rule(
        near,
        normal(HIDDEN, _SEEN, 4, spread=0.03),
        torch.zeros(HIDDEN),
        change,
        torch.zeros(2 * CHANNELS),
        kernels(_COARSE, CHANNELS),
        torch.zeros(_COARSE),
        kernels(_HALF, _COARSE),
        torch.zeros(_HALF),
        alike.flatten(0, 1),
        torch.zeros(4 * _FINE),
        0.02 * kernels(3, _FINE),
        torch.zeros(3),
        normal(3 * CELL**2, CHANNELS, 3, 3, spread=0.1),
        torch.zeros(3 * CELL**2),
        torch.full((3,), 0.5),
        0.2 * torch.eye(3),
        torch.randn(CODES, 32, 32, generator=random),
    )


def shown(rule: Rule, picture: Tensor) -> Rule:
    """A rule with the colors and codes of a picture ``(1, 3, H, W)``, sRGB-encoded; sides are
    multiples of 4."""
    pixels = picture[0].flatten(1).double()
    values, vectors = torch.linalg.eigh(torch.cov(pixels))
    spread = values.clamp(min=0).sqrt() + 1e-4
    # The sign of an axis is arbitrary: brightness grows along each.
    signs = torch.where(vectors.sum(0) < 0, -1.0, 1.0)
    mean, axes = pixels.mean(1), vectors * signs
    whitened = axes.t() @ (pixels - mean[:, None]) / spread[:, None]
    image = whitened.float().view_as(picture[0])
    codes = codes_of(image)
    plain, bias = _straight(codes, image)
    return rule._replace(
        mean=mean.float(), axes=(axes * spread).float(), codes=codes, plain=plain, plain_bias=bias
    )


def _straight(codes: Tensor, image: Tensor) -> tuple[Tensor, Tensor]:
    """Weights ``(48, CHANNELS, 3, 3)`` and biases by which cells that have taken over their codes
    ``(16, h, w)`` come nearest to an image ``(3, 4 h, 4 w)``: by least squares."""
    cells = F.pad(torch.tanh(bounded(codes))[None], (1, 1, 1, 1), mode="reflect")
    seen = F.unfold(cells, 3)[0].t().double()
    seen = torch.cat([seen, torch.ones(len(seen), 1)], dim=1)
    pixels = F.pixel_unshuffle(image, CELL).flatten(1).t().double()
    damping = _DAMPING * len(seen) * torch.eye(seen.shape[1])
    found = torch.linalg.solve(seen.t() @ seen + damping, seen.t() @ pixels).float().t()
    return found[:, :-1].unflatten(1, (CHANNELS, 3, 3)).contiguous(), found[:, -1].contiguous()


class Stepper:
    """A rule made ready to run: the filters of perception are folded into its weights."""

    def __init__(self, rule: Rule) -> None:
        filters = _filters()
        self._near = torch.einsum("hck,kij->hcij", rule.near, filters)
        self._far = torch.einsum("hck,kij->hcij", rule.far, filters)
        self._rule = rule
        self._change = rule.change[:, :, None, None]
        # The last convolution goes straight to colors.
        self._last = torch.einsum("dc,cfij->dfij", rule.axes, rule.last)
        self._last_bias = rule.mean + rule.axes @ rule.last_bias
        plain = rule.plain.unflatten(0, (3, CELL**2))
        self._plain = torch.einsum("dc,cpkij->dpkij", rule.axes, plain).flatten(0, 1)
        bias = rule.plain_bias.view(3, CELL**2)
        self._plain_bias = (rule.axes @ bias).flatten()

    def __call__(self, state: Tensor, resting: Tensor) -> Tensor:
        """One step of ``(B, 32, h, w)``; cells rest where ``resting (B, 1, h, w)`` is true."""
        far = F.conv2d(_wrap(F.avg_pool2d(state, _BLOCK)), self._far, self._rule.bias)
        far = _widen(far, _BLOCK)
        hidden = torch.relu_(F.conv2d(_wrap(state), self._near) + far)
        new, gate = F.conv2d(hidden, self._change, self._rule.change_bias).chunk(2, dim=1)
        gate = torch.sigmoid(gate).masked_fill(resting, 0.0)
        own = torch.lerp(state[:, :CHANNELS], torch.tanh(new), gate)
        return torch.cat([own, state[:, CHANNELS:]], dim=1)

    def paint(self, state: Tensor) -> Tensor:
        """The picture ``(B, 3, 4 h, 4 w)`` in a state, sRGB-encoded, about in [0, 1].

        Shuffling channels to pixels leaves a grid of two pixels in what is learned; a mean of 2 x 2
        takes out just that, and all that comes after it is linear.
        """
        rule = self._rule
        own = _wrap(state[:, :CHANNELS])
        maps = F.conv2d(own, rule.coarse, rule.coarse_bias)
        maps = _widen(F.leaky_relu(maps, _SLOPE), 2)
        maps = F.leaky_relu(F.conv2d(_wrap(maps), rule.half, rule.half_bias), _SLOPE)
        maps = F.pixel_shuffle(F.conv2d(_wrap(maps), rule.fine, rule.fine_bias), 2)
        maps = F.pad(F.leaky_relu(maps, _SLOPE), (0, 1, 0, 1), mode="circular")
        detail = F.conv2d(_wrap(F.avg_pool2d(maps, 2, stride=1)), self._last, self._last_bias)
        return detail + F.pixel_shuffle(F.conv2d(own, self._plain, self._plain_bias), CELL)


def rest(state: Tensor, random: torch.Generator) -> Tensor:
    """Which cells rest in a step, ``(B, 1, h, w)`` bool."""
    shape = (len(state), 1, *state.shape[2:])
    return torch.rand(shape, generator=random) < _RESTING


def seeds(rule: Rule, batch: int, height: int, width: int, random: torch.Generator) -> Tensor:
    """States to grow from, ``(batch, 32, height / 4, width / 4)``: faint noise, and pieces of the
    texture's codes."""
    cells = (height // CELL, width // CELL)
    codes = torch.stack([Mosaic(rule.codes, cells, random).at() for _ in range(batch)])
    return driven(empty(batch, cells, random), codes)


def empty(batch: int, cells: tuple[int, int], random: torch.Generator) -> Tensor:
    """What cells hold in the beginning, ``(batch, 16, h, w)``: faint noise."""
    return 0.1 * (torch.rand(batch, CHANNELS, *cells, generator=random) - 0.5)


def driven(state: Tensor, codes: Tensor) -> Tensor:
    """A state with other codes ``(B, 16, h, w)`` to grow by."""
    return torch.cat([state[:, :CHANNELS], bounded(codes)], dim=1)


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
