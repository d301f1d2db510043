"""Layouts for new textures: those of the pictures, cut into blocks and put together anew on a torus.

References
----------
Efros and Freeman, "Image Quilting for Texture Synthesis and Transfer", SIGGRAPH 2001; here of
coarse cells only, and without blending: the generator paints over the joints.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

_BLOCK, _OVERLAP = 16, 6  # cells
_TOLERANCE = 1.25  # how much worse than the best a block may fit
_LEAST = 2e-3  # squared difference per number that nobody sees


def draw_layout(
    sources: Sequence[np.ndarray],
    mix: Sequence[float],
    height: int,
    width: int,
    random: np.random.Generator,
) -> np.ndarray:
    """A layout ``(height, width, C)`` float32 that closes on the torus.

    Parameters
    ----------
    sources : (h, w, C) float32 each
        Layouts of the pictures.
    mix : sequence of float
        How often blocks are taken from each of them.
    """
    block = min(_BLOCK, height, width, *(side for s in sources for side in s.shape[:2]))
    step = max(1, block - _OVERLAP)
    canvas = np.zeros((height, width, sources[0].shape[2]), np.float32)
    filled = np.zeros((height, width), np.float32)
    shares = np.asarray(mix, float) / np.sum(mix)
    for top in _spread(height, step):
        rows = np.arange(top, top + block) % height
        for left in _spread(width, step):
            at = np.ix_(rows, np.arange(left, left + block) % width)
            source = sources[int(random.choice(len(sources), p=shares))]
            chosen = _fitting(source, canvas[at], filled[at], random)
            canvas[at] = np.where(filled[at][..., None] > 0, canvas[at], chosen)
            filled[at] = 1
    return canvas


def _spread(length: int, step: int) -> list[int]:
    """Places along a circle of a length, no farther apart than a step."""
    count = -(-length // step)
    return [round(i * length / count) for i in range(count)]


def _fitting(
    source: np.ndarray, there: np.ndarray, filled: np.ndarray, random: np.random.Generator
) -> np.ndarray:
    """A block of the source that agrees with what is there already, one of the best."""
    block = len(there)
    if filled.any():
        # As images of one channel each: template matching with a mask takes no more than four.
        error = sum(
            cv2.matchTemplate(
                np.ascontiguousarray(source[..., c]),
                np.ascontiguousarray(there[..., c]),
                cv2.TM_SQDIFF,
                mask=filled,
            )
            for c in range(source.shape[2])
        )
        error = np.maximum(np.asarray(error), 0)
        allowed = _TOLERANCE * float(error.min()) + _LEAST * float(filled.sum())
        places = np.argwhere(error <= allowed)
    else:
        places = np.argwhere(np.ones([side - block + 1 for side in source.shape[:2]]))
    y, x = places[random.integers(len(places))]
    return source[y : y + block, x : x + block]
