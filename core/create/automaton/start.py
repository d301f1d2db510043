"""Where a fit of the automaton begins: the bundled rule with what a texture tells of itself."""

from __future__ import annotations

import numpy as np

from ...networks.automaton import CHANNELS, Rule
from ...networks.mosaic import cell_codes, pixels_of_cells, squash_codes

_DAMPING = 1e-3  # of least squares


def initialized_from(rule: Rule[np.ndarray], picture: np.ndarray) -> Rule[np.ndarray]:
    """Return a rule with the colors, codes and linear shortcut of a picture.

    Parameters
    ----------
    rule : Rule
        Where the learned parameters are taken from.
    picture : (H, W, 3) float32, sRGB-encoded in [0, 1]
        Sides are multiples of 4.

    Returns
    -------
    Rule
        Where a fit to the picture begins.
    """
    pixels = np.float64(picture.reshape(-1, 3).T)
    values, vectors = np.linalg.eigh(np.cov(pixels))
    spread = np.sqrt(np.maximum(values, 0)) + 1e-4
    # The sign of an axis is arbitrary: brightness grows along each.
    axes = vectors * np.where(vectors.sum(0) < 0, -1, 1)
    mean = pixels.mean(1)
    whitened = axes.T @ (pixels - mean[:, None]) / spread[:, None]
    image = np.float32(whitened).reshape(3, *picture.shape[:2])
    codes = cell_codes(image)
    plain, bias = _linear_painter(codes, image)
    return rule._replace(
        mean=np.float32(mean),
        axes=np.float32(axes * spread),
        codes=codes,
        plain=plain,
        plain_bias=bias,
    )


def _linear_painter(codes: np.ndarray, image: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Weights ``(48, CHANNELS, 3, 3)`` and biases ``(48,)`` that paint an image ``(3, 4 h, 4 w)``
    best, by least squares, from cells whose state is their code ``(16, h, w)``."""
    cells = np.pad(np.tanh(squash_codes(codes)), [(0, 0), (1, 1), (1, 1)], mode="reflect")
    around = np.lib.stride_tricks.sliding_window_view(cells, (3, 3), axis=(1, 2))
    inputs = around.transpose(1, 2, 0, 3, 4).reshape(-1, 9 * CHANNELS)
    inputs = np.column_stack((np.float64(inputs), np.ones(len(inputs))))
    pixels = pixels_of_cells(image)
    goals = np.float64(pixels.reshape(-1, len(inputs)).T)
    damping = _DAMPING * len(inputs) * np.eye(inputs.shape[1])
    solution = np.float32(np.linalg.solve(inputs.T @ inputs + damping, inputs.T @ goals).T)
    weights = solution[:, :-1].reshape(-1, CHANNELS, 3, 3)
    return weights, np.ascontiguousarray(solution[:, -1])
