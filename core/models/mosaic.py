"""The codes that guide an automaton: patches of the texture's own codes, arranged anew on a torus.

The code of a cell of 4 x 4 pixels has the lowest frequencies of each color axis (discrete cosine
transform). Patches of codes from random places of the texture lie side by side; where they overlap,
they are blended so that the variance is kept. Growing the patches together is the automaton's part.

References
----------
Heitz and Neyret, "High-Performance By-Example Noise using a Histogram-Preserving Blending Operator",
HPG 2018 (random patches, blended without loss of variance).
"""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor

CELL = 4
"""Pixels to a side of a cell."""
_FREQUENCIES = (2, 4, 10)  # kept of each color axis, the one of least variance first
CODES = sum(_FREQUENCIES)
"""Length of the code of a cell."""

_PATCH = 12.0  # cells from the center of a patch to the next
_OVERLAP = 0.4  # share of it in which two patches are blended
_BEND = 0.3  # how far borders of patches are bent, relative to a patch
_BENDS = 4
_TRANSITION = 0.3  # share of a turn in which a patch gives way to another one


def cell_codes(whitened: Tensor) -> Tensor:
    """Return the codes of the cells of a picture.

    Parameters
    ----------
    whitened : (3, H, W) float32
        The picture in its principal color axes, with mean 0; sides are multiples of 4.

    Returns
    -------
    (16, H / 4, W / 4) float32
        With mean 0 and, where there is any variance, deviation 1.
    """
    cells = F.pixel_unshuffle(whitened[:, None], CELL)  # (3, 16, h, w)
    waves = torch.einsum("kp,cphw->ckhw", _cosines(), cells)
    codes = torch.cat([axis[:count] for axis, count in zip(waves, _FREQUENCIES, strict=True)])
    codes = codes - codes.mean((1, 2), keepdim=True)
    return codes / (codes.square().mean((1, 2), keepdim=True).sqrt() + 1e-3)


class Mosaic:
    """Patches of codes on a torus.

    Each patch has a second one, which it changes to and back from within a turn, each at its own time.

    Parameters
    ----------
    codes : (16, H, W) float32
        Codes of the texture.
    cells : (int, int)
        Height and width of the torus.
    random : torch.Generator
        Draws the patches.
    """

    def __init__(self, codes: Tensor, cells: tuple[int, int], random: torch.Generator) -> None:
        self._size, self._cells = codes.shape[1:], cells
        self._codes = codes.flatten(1).t().contiguous()  # cell by cell, as they are looked up
        self._counts = [max(2, round(side / _PATCH)) for side in cells]
        # Source positions of both sets of patches, and when the one changes to the other.
        self._places = torch.rand(2, 2, *self._counts, generator=random)
        self._phases = torch.rand(*self._counts, generator=random)
        self._bends = torch.rand(2, _BENDS, 3, generator=random)

    def at(self, turns: float | None = None) -> Tensor:
        """Return the codes at a point in time.

        Parameters
        ----------
        turns : float, optional
            Time in turns; None: the first patches alone.

        Returns
        -------
        (16, height, width) float32
            Not squashed.
        """
        axes = [torch.arange(side) for side in self._cells]
        rows, columns = torch.meshgrid(*axes, indexing="ij")
        along = [self._bent(rows, columns, axis) for axis in (0, 1)]
        total = torch.zeros(*self._cells, CODES)
        energy = torch.zeros(self._cells)
        shares = self._shares(turns)
        for corner in ((0, 0), (0, 1), (1, 0), (1, 1)):
            node = [
                (whole.floor().long() + step) for whole, step in zip(along, corner, strict=True)
            ]
            weight = torch.ones(self._cells)
            for whole, step in zip(along, corner, strict=True):
                across = ((whole - whole.floor() - 0.5) / _OVERLAP + 0.5).clamp(0, 1)
                across = across.square() * (3 - 2 * across)
                weight = weight * (across if step else 1 - across)
            patch = tuple(n % count for n, count in zip(node, self._counts, strict=True))
            for which, share in enumerate(shares):
                found = []
                for axis, here in enumerate((rows, columns)):
                    side, length = self._cells[axis], self._size[axis]
                    middle = (node[axis] * side / self._counts[axis]).round().long()
                    margin = min(_PATCH, length / 2)
                    start = margin + self._places[which, axis][patch] * (length - 2 * margin)
                    found.append(_reflected(start.long() + here - middle, length))
                part = weight * share[patch]
                cells = self._codes[found[0] * self._size[1] + found[1]]
                total.addcmul_(cells, part[..., None])
                energy += part.square()
        return (total / energy.sqrt()[..., None]).permute(2, 0, 1).contiguous()

    def _shares(self, turns: float | None) -> list[Tensor]:
        """Amounts of the first and the second of each patch; their squares sum to 1."""
        if turns is None:
            return [torch.ones(*self._counts)]
        phase = (self._phases + turns) % 1
        second = ((0.25 - (phase - 0.5).abs()) / _TRANSITION + 0.5).clamp(0, 1) * (math.pi / 2)
        return [second.cos(), second.sin()]

    def _bent(self, rows: Tensor, columns: Tensor, axis: int) -> Tensor:
        """Coordinates along an axis, in patches, with borders bent by waves on the torus."""
        here = (rows, columns)[axis] * (self._counts[axis] / self._cells[axis])
        for waves in self._bends[axis]:
            down, across, phase = waves.tolist()
            turns = [
                round((2 * part - 1) * count) * place / side
                for part, count, place, side in zip(
                    (down, across), self._counts, (rows, columns), self._cells, strict=True
                )
            ]
            here = here + _BEND / _BENDS * torch.sin(math.tau * (turns[0] + turns[1] + phase))
        return here


def squash_codes(codes: Tensor) -> Tensor:
    """Return codes as cells perceive them.

    Parameters
    ----------
    codes : (..., 16, h, w) float32
        See :func:`cell_codes`.

    Returns
    -------
    (..., 16, h, w) float32
        In [-1, 1].
    """
    return torch.tanh(codes / 2)


def _reflected(index: Tensor, length: int) -> Tensor:
    """Indices reflected at both ends of ``[0, length)``."""
    if length < 2:
        return torch.zeros_like(index)
    index = index % (2 * length - 2)
    return torch.where(index < length, index, 2 * length - 2 - index)


def _cosines() -> Tensor:
    """The orthonormal cosine transform of 4 x 4 pixels, lowest frequencies first: ``(16, 16)``."""
    k = torch.arange(CELL, dtype=torch.float32)
    line = torch.cos(math.pi * k[:, None] * (2 * k + 1) / (2 * CELL))
    line = line / line.norm(dim=1, keepdim=True)
    waves = torch.einsum("ay,bx->abyx", line, line).reshape(CELL**2, CELL**2)
    frequencies = (k[:, None].square() + k.square()).flatten()
    return waves[frequencies.argsort(stable=True)]
