"""Where a fit of the automaton begins: the bundled rule with what a texture tells of itself."""

from __future__ import annotations

import numpy as np

from ...networks.automaton import CHANNELS, Rule
from ...networks.mosaic import cell_codes, pixels_of_cells, squash_codes
from ..inputs import windows_of

_DAMPING = 1e-3  # of least squares


def initialized_from(rule: Rule[np.ndarray], picture: np.ndarray) -> Rule[np.ndarray]:
    """Return a rule with the colors, codes and linear shortcut of a picture.

    Parameters
    ----------
    rule : Rule
        Where the learned parameters are taken from, such as ``near (HIDDEN, 32, 4)`` float32.
    picture : (H, W, 3) float32, sRGB-encoded in [0, 1]
        Sides are multiples of 4.

    Returns
    -------
    Rule
        Where a fit to the picture begins, such as ``mean (3,)`` float32.
    """
    pixels = picture.reshape(-1, 3).T.astype(np.float64)
    values, vectors = np.linalg.eigh(np.cov(pixels))
    spread = np.sqrt(np.maximum(values, 0)) + 1e-4
    # The sign of an axis is arbitrary: brightness grows along each.
    axes = vectors * np.where(vectors.sum(0) < 0, -1, 1)
    mean = pixels.mean(1)
    whitened = axes.T @ (pixels - mean[:, None]) / spread[:, None]
    image = whitened.astype(np.float32).reshape(3, *picture.shape[:2])
    codes = cell_codes(image)
    plain, bias = _linear_painter(codes, image)
    return rule._replace(
        mean=mean.astype(np.float32),
        axes=(axes * spread).astype(np.float32),
        codes=codes,
        plain=plain,
        plain_bias=bias,
    )


def _linear_painter(codes: np.ndarray, image: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Weights ``(48, CHANNELS, 3, 3)`` and biases ``(48,)`` that paint an image ``(3, 4 h, 4 w)``
    best, by least squares, from cells whose state is their code ``(16, h, w)``."""
    cells = np.moveaxis(np.tanh(squash_codes(codes)), 0, 2)
    around = windows_of(np.pad(cells, [(1, 1), (1, 1), (0, 0)], mode="reflect"), 3)
    inputs = around.reshape(-1, 9 * CHANNELS)
    inputs = np.column_stack((inputs.astype(np.float64), np.ones(len(inputs))))
    pixels = pixels_of_cells(image)
    goals = pixels.reshape(-1, len(inputs)).T.astype(np.float64)
    damping = _DAMPING * len(inputs) * np.eye(inputs.shape[1])
    solution = np.linalg.solve(inputs.T @ inputs + damping, inputs.T @ goals).T.astype(np.float32)
    weights = solution[:, :-1].reshape(-1, CHANNELS, 3, 3)
    return weights, np.ascontiguousarray(solution[:, -1])
