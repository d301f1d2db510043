"""A neural cellular automaton: one small recurrent rule that grows a texture everywhere at once.

A cell stands for 4 x 4 pixels. It holds 16 numbers in [-1, 1] and a code of 16 numbers that steps
do not change and that guides its growth (see :mod:`~.mosaic`). In a step it perceives its neighbors
and the neighbors of its 4 x 4 block; a gated recurrent unit then moves it towards a new state. Half
of the cells, drawn at random in every step, stay as they are. States are bounded by construction, so
the automaton is stable however long it runs. The painter, a few convolutions, turns states into
pixels in the texture's own colors.

References
----------
Niklasson et al., "Self-Organising Textures", Distill 2021 (perception, stochastic updates, pool).
Pajouheshgar et al., "DyNCA", CVPR 2023 (perception at two scales).
Pajouheshgar et al., "Neural Cellular Automata: From Cells to Pixels", 2025 (coarse cells, painter).
Cho et al., "Learning Phrase Representations using RNN Encoder-Decoder", 2014 (the gate).
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor

from .mosaic import CELL, Mosaic, cell_codes, squash_codes

CHANNELS, HIDDEN = 16, 64
"""Numbers in the state of a cell, and width of the hidden layer of the rule."""
STRIDE = 16
"""Sides of a picture must be multiples of this, in pixels."""
REACH = 4
"""Radius of the painter's receptive field, in cells."""

_BLOCK = 4  # cells to a side of the blocks of the coarse perception
_UPDATE_RATE = 0.5
_SMALL = 128  # cells to a side, up to which upsampling by matrix product is faster
_DAMPING = 1e-3  # of least squares
_SLOPE = 0.2  # of the painter's leaky ReLUs


class Rule(NamedTuple):
    """The parameters of a rule: 18,500 numbers, and 42,000 of its painter, all float32.

    Attributes
    ----------
    near, far : (HIDDEN, 32, 4)
        Weights of the perception filters (identity, two gradients, Laplacian), for cells and blocks.
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
        """Return the parameters that are learned.

        Returns
        -------
        tuple of Tensor
            All float32 parameters but ``mean (3,)``, ``axes`` and ``codes``, which the texture gives.
        """
        return self[:-3]


def initialized_from(rule: Rule, picture: Tensor) -> Rule:
    """Return a rule with the colors, codes and linear shortcut of a picture.

    Parameters
    ----------
    rule : Rule
        Where the learned parameters are taken from.
    picture : (1, 3, H, W) float32, sRGB-encoded in [0, 1]
        Sides are multiples of 4.

    Returns
    -------
    Rule
        Where a fit to the picture begins.
    """
    pixels = picture[0].flatten(1).double()
    values, vectors = torch.linalg.eigh(torch.cov(pixels))
    spread = values.clamp(min=0).sqrt() + 1e-4
    # The sign of an axis is arbitrary: brightness grows along each.
    signs = torch.where(vectors.sum(0) < 0, -1.0, 1.0)
    mean, axes = pixels.mean(1), vectors * signs
    whitened = axes.t() @ (pixels - mean[:, None]) / spread[:, None]
    image = whitened.float().view_as(picture[0])
    codes = cell_codes(image)
    plain, bias = _linear_painter(codes, image)
    return rule._replace(
        mean=mean.float(), axes=(axes * spread).float(), codes=codes, plain=plain, plain_bias=bias
    )


def _linear_painter(codes: Tensor, image: Tensor) -> tuple[Tensor, Tensor]:
    """Weights ``(48, CHANNELS, 3, 3)`` and biases ``(48,)`` that paint an image ``(3, 4 h, 4 w)``
    best, by least squares, from cells whose state is their code ``(16, h, w)``."""
    cells = F.pad(torch.tanh(squash_codes(codes))[None], (1, 1, 1, 1), mode="reflect")
    inputs = F.unfold(cells, 3)[0].t().double()
    inputs = torch.cat([inputs, torch.ones(len(inputs), 1)], dim=1)
    pixels = F.pixel_unshuffle(image, CELL).flatten(1).t().double()
    damping = _DAMPING * len(inputs) * torch.eye(inputs.shape[1])
    solution = torch.linalg.solve(inputs.t() @ inputs + damping, inputs.t() @ pixels).float().t()
    weights, bias = solution[:, :-1].unflatten(1, (CHANNELS, 3, 3)), solution[:, -1]
    return weights.contiguous(), bias.contiguous()


class Stepper:
    """A rule made ready to run, with the perception filters folded into its weights.

    Parameters
    ----------
    rule : Rule
        Its parameters.
    """

    def __init__(self, rule: Rule) -> None:
        filters = _filters()
        self._near = torch.einsum("hck,kij->hcij", rule.near, filters)
        self._far = torch.einsum("hck,kij->hcij", rule.far, filters)
        self._rule = rule
        self._change = rule.change[:, :, None, None]
        # Fold the axes into the last convolution, which then gives colors.
        self._last = torch.einsum("dc,cfij->dfij", rule.axes, rule.last)
        self._last_bias = rule.mean + rule.axes @ rule.last_bias
        plain = rule.plain.unflatten(0, (3, CELL**2))
        self._plain = torch.einsum("dc,cpkij->dpkij", rule.axes, plain).flatten(0, 1)
        bias = rule.plain_bias.view(3, CELL**2)
        self._plain_bias = (rule.axes @ bias).flatten()

    def __call__(self, state: Tensor, updated: Tensor) -> Tensor:
        """Return the state after one step.

        Parameters
        ----------
        state : (B, 32, h, w) float32
            State and codes of the cells.
        updated : (B, 1, h, w) bool
            Cells that change; see :func:`update_mask`.

        Returns
        -------
        (B, 32, h, w) float32
            The new state, with the same codes.
        """
        far = F.conv2d(_wrap(F.avg_pool2d(state, _BLOCK)), self._far, self._rule.bias)
        far = _upsample(far, _BLOCK)
        hidden = torch.relu_(F.conv2d(_wrap(state), self._near) + far)
        new, gate = F.conv2d(hidden, self._change, self._rule.change_bias).chunk(2, dim=1)
        gate = torch.sigmoid(gate).masked_fill(~updated, 0.0)
        changed = torch.lerp(state[:, :CHANNELS], torch.tanh(new), gate)
        return torch.cat([changed, state[:, CHANNELS:]], dim=1)

    def paint(self, state: Tensor) -> Tensor:
        """Return the picture that a state shows.

        Parameters
        ----------
        state : (B, 32, h, w) float32
            State and codes of the cells.

        Returns
        -------
        (B, 3, 4 h, 4 w) float32
            sRGB-encoded, roughly in [0, 1].
        """
        rule = self._rule
        cells = _wrap(state[:, :CHANNELS])
        maps = F.conv2d(cells, rule.coarse, rule.coarse_bias)
        maps = _upsample(F.leaky_relu(maps, _SLOPE), 2)
        maps = F.leaky_relu(F.conv2d(_wrap(maps), rule.half, rule.half_bias), _SLOPE)
        maps = F.pixel_shuffle(F.conv2d(_wrap(maps), rule.fine, rule.fine_bias), 2)
        # Pixel shuffle leaves a grid of two pixels; a mean of 2 x 2 removes exactly that, as all that
        # follows is linear.
        maps = F.pad(F.leaky_relu(maps, _SLOPE), (0, 1, 0, 1), mode="circular")
        detail = F.conv2d(_wrap(F.avg_pool2d(maps, 2, stride=1)), self._last, self._last_bias)
        return detail + F.pixel_shuffle(F.conv2d(cells, self._plain, self._plain_bias), CELL)


def update_mask(state: Tensor, random: torch.Generator) -> Tensor:
    """Draw the cells that change in a step.

    Parameters
    ----------
    state : (B, C, h, w) float32
        Gives the size.
    random : torch.Generator
        What it is drawn with.

    Returns
    -------
    (B, 1, h, w) bool
        True for about half of the cells.
    """
    shape = (len(state), 1, *state.shape[2:])
    return torch.rand(shape, generator=random) >= 1 - _UPDATE_RATE


def initial_state(
    rule: Rule, batch: int, height: int, width: int, random: torch.Generator
) -> Tensor:
    """Draw states to grow from: faint noise, with patches of the texture's codes.

    Parameters
    ----------
    rule : Rule
        Gives the codes of the texture.
    batch : int
        Number of states.
    height, width : int
        Size of the picture in pixels, multiples of :data:`STRIDE`.
    random : torch.Generator
        What they are drawn with.

    Returns
    -------
    (batch, 32, height / 4, width / 4) float32
        States and codes.
    """
    cells = (height // CELL, width // CELL)
    codes = torch.stack([Mosaic(rule.codes, cells, random).at() for _ in range(batch)])
    return with_codes(noise_state(batch, cells, random), codes)


def noise_state(batch: int, cells: tuple[int, int], random: torch.Generator) -> Tensor:
    """Draw states of faint noise, without codes.

    Parameters
    ----------
    batch : int
        Number of states.
    cells : (int, int)
        Height and width in cells.
    random : torch.Generator
        What they are drawn with.

    Returns
    -------
    (batch, 16, h, w) float32
        In [-0.05, 0.05].
    """
    return 0.1 * (torch.rand(batch, CHANNELS, *cells, generator=random) - 0.5)


def with_codes(state: Tensor, codes: Tensor) -> Tensor:
    """Return a state whose cells grow by the given codes.

    Parameters
    ----------
    state : (B, C, h, w) float32
        With codes, which are replaced, or without.
    codes : (B, 16, h, w) float32
        See :func:`~.mosaic.cell_codes`.

    Returns
    -------
    (B, 32, h, w) float32
        State and codes.
    """
    return torch.cat([state[:, :CHANNELS], squash_codes(codes)], dim=1)


def _filters() -> Tensor:
    """Identity, gradients along x and y, and Laplacian: ``(4, 3, 3)``."""
    one = torch.tensor([[0.0, 0, 0], [0, 1, 0], [0, 0, 0]])
    slope = torch.tensor([[-1.0, 0, 1], [-2, 0, 2], [-1, 0, 1]]) / 8
    round_ = torch.tensor([[1.0, 2, 1], [2, -12, 2], [1, 2, 1]]) / 16
    return torch.stack([one, slope, slope.t(), round_])


def _wrap(x: Tensor) -> Tensor:
    return F.pad(x, (1, 1, 1, 1), mode="circular")


def _upsample(x: Tensor, factor: int) -> Tensor:
    """Bilinear upsampling on the torus; in training as a matrix product, whose gradient is cheap."""
    if torch.is_grad_enabled() and max(x.shape[2:]) <= _SMALL:
        rows, columns = (_upsampling_matrix(side, factor) for side in x.shape[2:])
        return rows @ x @ columns.t()
    wide = F.interpolate(_wrap(x), scale_factor=factor, mode="bilinear", align_corners=False)
    return wide[..., factor:-factor, factor:-factor]


@lru_cache(maxsize=16)
def _upsampling_matrix(side: int, factor: int) -> Tensor:
    """The matrix ``(side * factor, side)`` that upsamples a column on a torus."""
    with torch.inference_mode(mode=False), torch.no_grad():
        one = torch.eye(side)[None, None]
        wide = F.interpolate(
            F.pad(one, (0, 0, 1, 1), mode="circular"),
            size=((side + 2) * factor, side),
            mode="bilinear",
            align_corners=False,
        )
        return wide[0, 0, factor:-factor].clone()
