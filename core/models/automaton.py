"""A neural cellular automaton: one small recurrent rule that grows a texture everywhere at once.

A cell stands for 4 x 4 pixels. It holds 16 numbers in [-1, 1] and a code of 16 numbers that steps
do not change and that guides its growth (see :mod:`~core.networks.mosaic`). In a step it perceives
its neighbors and the neighbors of its 4 x 4 block; a gated recurrent unit then moves it towards a new
state. Half of the cells, drawn at random in every step, stay as they are. States are bounded by
construction, so the automaton is stable however long it runs. The painter, a few convolutions, turns
states into pixels in the texture's own colors.

References
----------
Niklasson et al., "Self-Organising Textures", Distill 2021 (perception, stochastic updates, pool).
Pajouheshgar et al., "DyNCA", CVPR 2023 (perception at two scales).
Pajouheshgar et al., "Neural Cellular Automata: From Cells to Pixels", 2025 (coarse cells, painter).
Cho et al., "Learning Phrase Representations using RNN Encoder-Decoder", 2014 (the gate).
"""

from __future__ import annotations

from functools import lru_cache

import torch
import torch.nn.functional as F
from torch import Tensor

from ..networks.automaton import BLOCK, CHANNELS, FILTERS, Rule, fold
from ..networks.mosaic import CELL

_SMALL = 128  # cells to a side, up to which upsampling by matrix product is faster
_SLOPE = 0.2  # of the painter's leaky ReLUs


class Stepper:
    """A rule made ready to run, with gradients.

    Parameters
    ----------
    rule : Rule
        Its parameters, as tensors.
    """

    def __init__(self, rule: Rule[Tensor]) -> None:
        self._kernels = fold(rule, torch.from_numpy(FILTERS), torch.einsum)

    def __call__(self, state: Tensor, updated: Tensor) -> Tensor:
        """Return the state after one step.

        Parameters
        ----------
        state : (B, 32, h, w) float32
            State and codes of the cells.
        updated : (B, 1, h, w) bool
            Cells that change.

        Returns
        -------
        (B, 32, h, w) float32
            The new state, with the same codes.
        """
        k = self._kernels
        far = F.conv2d(_wrap(F.avg_pool2d(state, BLOCK)), k["far"], k["bias"])
        hidden = torch.relu_(F.conv2d(_wrap(state), k["near"]) + _upsample(far, BLOCK))
        new, gate = F.conv2d(hidden, k["change"], k["change_bias"]).chunk(2, dim=1)
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
        cells = _wrap(state[:, :CHANNELS])
        maps = _upsample(F.leaky_relu(self._convolve("coarse", cells), _SLOPE), 2)
        maps = F.leaky_relu(self._convolve("half", _wrap(maps)), _SLOPE)
        maps = F.pixel_shuffle(self._convolve("fine", _wrap(maps)), 2)
        # Pixel shuffle leaves a grid of two pixels; a mean of 2 x 2 removes exactly that, as all that
        # follows is linear.
        maps = F.pad(F.leaky_relu(maps, _SLOPE), (0, 1, 0, 1), mode="circular")
        detail = self._convolve("last", _wrap(F.avg_pool2d(maps, 2, stride=1)))
        return detail + F.pixel_shuffle(self._convolve("plain", cells), CELL)

    def _convolve(self, name: str, x: Tensor) -> Tensor:
        return F.conv2d(x, self._kernels[name], self._kernels[f"{name}_bias"])


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
