"""Draw layouts for new textures: blocks of the exemplars' layouts, assembled anew on a torus.

What is assembled are gradients, not values: a joint then has the gradient that the exemplar has
there, and the error is spread invisibly over the whole torus.

References
----------
Efros and Freeman, "Image Quilting for Texture Synthesis and Transfer", SIGGRAPH 2001.
Perez et al., "Poisson Image Editing", SIGGRAPH 2003.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from ...control import NEVER, CancelToken

_BLOCK, _OVERLAP = 16, 6  # cells
_TOLERANCE = 1.25  # how much worse than the best a block may fit
_INVISIBLE = 2e-3  # squared difference per number


def draw_layout(
    sources: Sequence[np.ndarray],
    mix: Sequence[float],
    height: int,
    width: int,
    random: np.random.Generator,
    cancel: CancelToken = NEVER,
) -> tuple[np.ndarray, np.ndarray]:
    """Draw a layout on a torus.

    Parameters
    ----------
    sources : sequence of ndarray
        ``(h, w, C)`` float32; layouts of the exemplars.
    mix : sequence of float
        How often blocks are taken from each of them.
    height, width : int
        Size in cells.
    random : np.random.Generator
        What it is drawn with.
    cancel : CancelToken, optional
        Ends the work.

    Returns
    -------
    layout : (height, width, C) float32
        Within the range of the sources.
    origin : (height, width, 3) int
        Exemplar, row and column that each cell is from.

    Raises
    ------
    JobCancelled
        It was cancelled.
    """
    block = min(_BLOCK, height, width, *(side for s in sources for side in s.shape[:2]))
    step = max(1, block - _OVERLAP)
    canvas = np.zeros((height, width, sources[0].shape[2]), np.float32)
    right, down = np.zeros_like(canvas), np.zeros_like(canvas)
    gradients = [_gradients(source) for source in sources]
    filled = np.zeros((height, width), np.float32)
    origin = np.zeros((height, width, 3), int)
    within = np.stack(np.meshgrid(*[np.arange(block)] * 2, indexing="ij"), axis=2)
    shares = np.asarray(mix, float) / np.sum(mix)
    for top in _spread(height, step):
        cancel.raise_if_set()
        rows = np.arange(top, top + block) % height
        for left in _spread(width, step):
            at = np.ix_(rows, np.arange(left, left + block) % width)
            which = int(random.choice(len(sources), p=shares))
            y, x = _fitting(sources[which], canvas[at], filled[at], random)
            occupied = filled[at][..., None] > 0
            cut = slice(y, y + block), slice(x, x + block)
            for field, source in zip(
                (canvas, right, down), (sources[which], *gradients[which]), strict=True
            ):
                field[at] = np.where(occupied, field[at], source[cut])
            from_here = np.insert(within + np.array([y, x]), 0, which, axis=2)
            origin[at] = np.where(occupied, origin[at], from_here)
            filled[at] = 1
    drawn = _integrate(right, down)
    low, high = canvas.min((0, 1)), canvas.max((0, 1))
    return np.clip(drawn + canvas.mean((0, 1)), low, high), origin


def _gradients(source: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Differences to the cell on the right and to the one below; at the end those before it."""
    fields = []
    for axis in (1, 0):
        step = np.diff(source, axis=axis, append=source.take([-1], axis))
        if source.shape[axis] > 1:
            last = [slice(None)] * 3
            last[axis] = slice(-1, None)
            step[tuple(last)] = step.take([-2], axis)
        fields.append(step)
    return fields[0], fields[1]


def _integrate(right: np.ndarray, down: np.ndarray) -> np.ndarray:
    """The field of mean 0 on the torus whose gradients are nearest to those given (Poisson)."""
    height, width = right.shape[:2]
    divergence = right - np.roll(right, 1, axis=1) + down - np.roll(down, 1, axis=0)
    waves = [2 * np.cos(2 * np.pi * np.fft.fftfreq(side)) - 2 for side in (height, width)]
    bend = waves[0][:, None] + waves[1]
    bend[0, 0] = 1
    spectrum = np.fft.fft2(divergence, axes=(0, 1)) / bend[..., None]
    spectrum[0, 0] = 0
    return np.fft.ifft2(spectrum, axes=(0, 1)).real.astype(np.float32)


def _spread(length: int, step: int) -> list[int]:
    """Positions along a circle of a length, at most a step apart."""
    count = -(-length // step)
    return [round(i * length / count) for i in range(count)]


def _fitting(
    source: np.ndarray, present: np.ndarray, filled: np.ndarray, random: np.random.Generator
) -> tuple[int, int]:
    """Position of a block of the source, one of those that fit best what is present already."""
    block = len(present)
    if filled.any():
        # Channel by channel: template matching with a mask takes at most four.
        error = sum(
            cv2.matchTemplate(
                np.ascontiguousarray(source[..., c]),
                np.ascontiguousarray(present[..., c]),
                cv2.TM_SQDIFF,
                mask=filled,
            )
            for c in range(source.shape[2])
        )
        error = np.maximum(np.asarray(error), 0)
        allowed = _TOLERANCE * float(error.min()) + _INVISIBLE * float(filled.sum())
        positions = np.argwhere(error <= allowed)
    else:
        positions = np.argwhere(np.ones([side - block + 1 for side in source.shape[:2]]))
    y, x = positions[random.integers(len(positions))]
    return int(y), int(x)
