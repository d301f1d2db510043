"""The generator of the spatial GAN as it is used, and what it paints from.

``core/models/spatial_gan.py`` has the same network in torch, for fits, and says how it works.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from ..control import NEVER, CancelToken
from .layout import STRIDE as _COARSEST
from .layout import Border
from .sessions import Sessions, threads_for
from .weights import Weights, linear

STRIDE = 16
"""Sides of a canvas must be multiples of this, in pixels."""
CELL = 4
"""Pixels to a side of a cell of a layout."""
EMBEDDING = 16
"""Length of the embedding of a material."""
LAYOUT = 4
"""Numbers in a cell of a layout: mean color, and deviation of brightness."""
NOISE = (8, 4)
"""Channels of the noise at 1/4 and 1/2 of the size."""
NOISE_SCALES = (4, 2)
"""How much smaller its maps are than the picture."""
WIDTHS = (48, 40)
"""Channels of the network at these sizes."""
DRAFT = 12
"""Channels of the draft at 1/2 of the size."""

_BEND = 0.3


def shapes() -> dict[str, tuple[int, ...]]:
    """Return the shapes of the weights.

    Returns
    -------
    dict of str to tuple of int
        By the names of the parameters.
    """
    found: dict[str, tuple[int, ...]] = {}
    inside = LAYOUT
    for level, (noise, width) in enumerate(zip(NOISE, WIDTHS, strict=True)):
        inside += DRAFT if level else 0
        found[f"layers.{level}.0.weight"] = (width, inside + noise, 3, 3)
        found[f"layers.{level}.1.weight"] = (width, width, 3, 3)
        found[f"bends.{level}.weight"] = (4 * width, EMBEDDING)
        inside = width
    found["middle.weight"] = (WIDTHS[0], WIDTHS[0], 3, 3)
    found["paint.weight"] = (12, inside, 3, 3)
    biases = {f"{n.removesuffix('weight')}bias": shape[:1] for n, shape in found.items()}
    return found | biases


def fold_embedding(weights: Weights, embedding: np.ndarray) -> Weights:
    """Return the weights for a material, whose embedding is folded into the convolutions.

    Parameters
    ----------
    weights : mapping of str to ndarray
        Those of the generator, such as ``(out, in, 3, 3)`` float32.
    embedding : (16,) float32
        The material.

    Returns
    -------
    dict of str to ndarray
        Kernels ``(out, in, 3, 3)`` and biases ``(out,)`` float32.
    """
    folded = {name: value for name, value in weights.items() if not name.startswith("bends")}
    for level in range(len(WIDTHS)):
        bends = np.float32(_BEND) * linear(weights, f"bends.{level}", embedding[None])[0]
        parts = np.split(bends, 4)
        for layer, (scale, shift) in enumerate(zip(parts[::2], parts[1::2], strict=True)):
            name = f"layers.{level}.{layer}"
            folded[f"{name}.weight"] = weights[f"{name}.weight"] * (1 + scale)[:, None, None, None]
            folded[f"{name}.bias"] = weights[f"{name}.bias"] * (1 + scale) + shift
    return folded


class TexturePainter:
    """The generator made ready to paint one material.

    Parameters
    ----------
    weights : mapping of str to ndarray
        Those of the generator, such as ``(out, in, 3, 3)`` float32.
    embedding : (16,) float32
        The material.
    """

    def __init__(self, weights: Weights, embedding: np.ndarray) -> None:
        self._weights = fold_embedding(weights, embedding)
        self._sessions = Sessions()

    def paint(
        self,
        layout: np.ndarray,
        draft: np.ndarray,
        noise: Sequence[np.ndarray],
        border: Border,
        cancel: CancelToken = NEVER,
    ) -> np.ndarray:
        """Paint a texture.

        Parameters
        ----------
        layout : (4, H / 4, W / 4) float32
            See :func:`layout_of`.
        draft : (H, W, 3) float32, sRGB-encoded in [0, 1]
            A picture assembled for the layout.
        noise : sequence of (C, H / s, W / s) float32
            See :func:`draw_noise`.
        border : Border
            Padding along rows and columns.
        cancel : CancelToken
            Ends the work.

        Returns
        -------
        (H, W, 3) float32
            sRGB-encoded in [0, 1]; not to be changed.

        Raises
        ------
        JobCancelled
            It was cancelled.
        """
        scale = _COARSEST // CELL  # the coarsest maps are those of the layout
        threads = threads_for(scale * draft.shape[0], scale * draft.shape[1])
        session = self._sessions.get(
            *("generator", 0, lambda: self._weights), border=border, threads=threads
        )
        inputs = {"layout": layout[None], "draft": draft[None]}
        inputs |= {f"noise.{i}": maps[None] for i, maps in enumerate(noise)}
        return session.run(inputs, cancel)[0][0]


def layout_of(picture: np.ndarray) -> np.ndarray:
    """Return the layout of a picture.

    Parameters
    ----------
    picture : (H, W, 3) float32, sRGB-encoded in [0, 1]
        Sides are multiples of :data:`CELL`.

    Returns
    -------
    (H / 4, W / 4, 4) float32
        Mean color of each cell, and twice the deviation of its brightness.
    """
    gray = picture.mean(2)
    maps = np.dstack((picture, gray, np.square(gray)))
    size = picture.shape[1] // CELL, picture.shape[0] // CELL
    means = [cv2.resize(maps[..., i], size, interpolation=cv2.INTER_AREA) for i in range(5)]
    variance = np.maximum(means[4] - np.square(means[3]), 0)
    return np.dstack((*means[:3], 2 * np.sqrt(variance + np.float32(1e-5))))


def draw_noise(
    batch: int, height: int, width: int, random: np.random.Generator
) -> tuple[np.ndarray, ...]:
    """Draw the noise that a generator paints with.

    Parameters
    ----------
    batch : int
        Number of pictures.
    height, width : int
        Their size in pixels.
    random : np.random.Generator
        What it is drawn with.

    Returns
    -------
    tuple of ndarray
        ``(batch, C, height / s, width / s)`` float32 for s in :data:`NOISE_SCALES`.
    """
    return tuple(
        random.standard_normal((batch, channels, height // side, width // side), np.float32)
        for channels, side in zip(NOISE, NOISE_SCALES, strict=True)
    )
