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

import numpy as np

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


def cell_codes(whitened: np.ndarray) -> np.ndarray:
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
    waves = np.einsum("kp,cphw->ckhw", _cosines(), pixels_of_cells(whitened))
    codes = np.concatenate([axis[:count] for axis, count in zip(waves, _FREQUENCIES, strict=True)])
    codes -= codes.mean((1, 2), keepdims=True)
    deviation = np.sqrt(np.square(codes).mean((1, 2), keepdims=True))
    return (codes / (deviation + 1e-3)).astype(np.float32)


def pixels_of_cells(image: np.ndarray) -> np.ndarray:
    """Return the pixels of each cell of a picture, row by row.

    Parameters
    ----------
    image : (C, H, W) float32
        Sides are multiples of 4.

    Returns
    -------
    (C, 16, H / 4, W / 4) float32
        Its pixels.
    """
    channels, height, width = image.shape
    blocks = image.reshape(channels, height // CELL, CELL, width // CELL, CELL)
    return blocks.transpose(0, 2, 4, 1, 3).reshape(channels, CELL**2, *blocks.shape[1:4:2])


class Mosaic:
    """Patches of codes on a torus.

    Each patch has a second one, which it changes to and back from within a turn, each at its own time.

    Parameters
    ----------
    codes : (16, H, W) float32
        Codes of the texture.
    cells : (int, int)
        Height and width of the torus.
    random : np.random.Generator
        Draws the patches.
    """

    def __init__(
        self, codes: np.ndarray, cells: tuple[int, int], random: np.random.Generator
    ) -> None:
        self._size, self._cells = codes.shape[1:], cells
        # Cell by cell, as they are looked up.
        self._codes = np.ascontiguousarray(codes.reshape(len(codes), -1).T)
        self._counts = [max(2, round(side / _PATCH)) for side in cells]
        # Source positions of both sets of patches, and when the one changes to the other.
        self._places = random.random((2, 2, *self._counts), np.float32)
        self._phases = random.random(self._counts, np.float32)
        self._bends = random.random((2, _BENDS, 3))

    def at(self, turns: float | None = None) -> np.ndarray:
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
        rows, columns = np.indices(self._cells, np.int32, sparse=True)
        along = [self._bent(rows, columns, axis) for axis in (0, 1)]
        firsts = [np.floor(whole).astype(np.int32) for whole in along]
        across = [
            _smooth((whole - first - 0.5) / _OVERLAP + 0.5)
            for whole, first in zip(along, firsts, strict=True)
        ]
        total = np.zeros((*self._cells, CODES), np.float32)
        energy = np.zeros(self._cells, np.float32)
        shares = self._shares(turns)
        for corner in ((0, 0), (0, 1), (1, 0), (1, 1)):
            weights = [
                part if step else 1 - part for part, step in zip(across, corner, strict=True)
            ]
            nodes = [first + step for first, step in zip(firsts, corner, strict=True)]
            patch = tuple(n % count for n, count in zip(nodes, self._counts, strict=True))
            for which, share in enumerate(shares):
                part = weights[0] * weights[1] * share[patch]
                seen = np.nonzero(part)
                found = []
                for axis, here in enumerate((rows, columns)):
                    side, length = self._cells[axis], self._size[axis]
                    middle = np.rint(nodes[axis] * np.float32(side / self._counts[axis]))
                    margin = min(_PATCH, length / 2)
                    start = margin + self._places[which, axis][patch] * (length - 2 * margin)
                    there = start.astype(np.int32) + here - middle.astype(np.int32)
                    found.append(_reflected(there[seen], length))
                cells = self._codes[found[0] * self._size[1] + found[1]]
                total[seen] += cells * part[seen][:, None]
                energy += np.square(part)
        return np.ascontiguousarray((total / np.sqrt(energy)[..., None]).transpose(2, 0, 1))

    def _shares(self, turns: float | None) -> list[np.ndarray]:
        """Amounts of the first and the second of each patch; their squares sum to 1."""
        if turns is None:
            return [np.ones(self._counts, np.float32)]
        phase = (self._phases + np.float32(turns)) % 1
        second = np.clip((0.25 - np.abs(phase - 0.5)) / _TRANSITION + 0.5, 0, 1) * (math.pi / 2)
        return [np.cos(second), np.sin(second)]

    def _bent(self, rows: np.ndarray, columns: np.ndarray, axis: int) -> np.ndarray:
        """Coordinates along an axis, in patches, with borders bent by waves on the torus."""
        here = (rows, columns)[axis] * (self._counts[axis] / self._cells[axis])
        for down, across, phase in self._bends[axis]:
            turns = [
                round((2 * part - 1) * count) * place / side
                for part, count, place, side in zip(
                    (down, across), self._counts, (rows, columns), self._cells, strict=True
                )
            ]
            here = here + _BEND / _BENDS * np.sin(math.tau * (turns[0] + turns[1] + phase))
        return here.astype(np.float32)


def squash_codes(codes: np.ndarray) -> np.ndarray:
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
    return np.tanh(codes / 2)


def _smooth(share: np.ndarray) -> np.ndarray:
    """Return a share in [0, 1] that begins and ends gently."""
    share = np.clip(share, 0, 1)
    return np.square(share) * (3 - 2 * share)


def _reflected(index: np.ndarray, length: int) -> np.ndarray:
    """Indices reflected at both ends of ``[0, length)``."""
    if length < 2:
        return np.zeros_like(index)
    index = index % (2 * length - 2)
    return np.where(index < length, index, 2 * length - 2 - index)


def _cosines() -> np.ndarray:
    """The orthonormal cosine transform of 4 x 4 pixels, lowest frequencies first: ``(16, 16)``."""
    k = np.arange(CELL)
    line = np.cos(math.pi * k[:, None] * (2 * k + 1) / (2 * CELL))
    line /= np.linalg.norm(line, axis=1, keepdims=True)
    frequencies = np.square(k[:, None]) + np.square(k)
    return np.kron(line, line)[frequencies.ravel().argsort(kind="stable")].astype(np.float32)
