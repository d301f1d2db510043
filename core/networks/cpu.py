"""The encoder and the decoder on the processor, by ONNX Runtime."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np

from ..control import NEVER, CancelToken
from .decoder import (
    Adapters,
    as_kernels,
    content_affine,
    fold_style,
    merge_adapters,
    same_adapters,
    styles_by_region,
    weights_by_region,
)
from .layout import REFLECT, SCALES, Border
from .sessions import Session, Sessions, threads_for
from .weights import Weights, bundled

Features = Sequence[np.ndarray]
"""Rectified feature maps of an image, ``(C, h, w)`` float32, finest first."""

KEEP_COLORS = np.eye(3, dtype=np.float32), np.zeros(3, np.float32)
"""Matrix and offset that leave colors as they are."""


class Networks(Protocol):
    """The encoder and the decoder, on some device.

    Attributes
    ----------
    device : str
        ``cpu``, ``cuda`` or ``mps``.
    """

    device: str

    def encode(
        self,
        image: np.ndarray,
        colors: tuple[np.ndarray, np.ndarray] = KEEP_COLORS,
        border: Border = REFLECT,
        cancel: CancelToken = NEVER,
    ) -> Features:
        """Return the features of an image whose colors are moved first.

        Parameters
        ----------
        image : (H, W, 3) float32, sRGB-encoded in [0, 1]
            The image; sides are multiples of 16.
        colors : matrix (3, 3) and offset (3,) float32
            The map of its colors; the result is clipped to [0, 1].
        border : Border
            Padding of the convolutions.
        cancel : CancelToken
            Ends the work.

        Returns
        -------
        sequence of (C, h, w) float32
            Features, finest first; not to be changed.

        Raises
        ------
        JobCancelled
            It was cancelled.
        """

    def decode(
        self,
        features: Features,
        statistics: np.ndarray,
        codes: np.ndarray,
        noise: Sequence[np.ndarray],
        shares: Sequence[np.ndarray] | None = None,
        adapters: Adapters = (),
        border: Border = REFLECT,
        cancel: CancelToken = NEVER,
    ) -> np.ndarray:
        """Paint an image, or a tile of one.

        Parameters
        ----------
        features : sequence of (C, h, w) float32
            As :meth:`encode` returned them.
        statistics : (K, >= STATISTICS) float32
            Channel statistics of the *whole* image (the head of its code).
        codes : (K, CODE_LENGTH) float32
            The style, or that of each region.
        noise : sequence of (h, w) float32
            Standard normal, one map for each block; see ``layout.BLOCK_SCALES``.
        shares : sequence of (K, h, w) float32, optional
            How much each place belongs to each region, at the scales of the features.
        adapters : sequence of (Adapter, float)
            What Refine added to the decoder, and how much of it.
        border : Border
            Padding of the convolutions.
        cancel : CancelToken
            Ends the work.

        Returns
        -------
        (H, W, 3) float32, sRGB-encoded in [0, 1]
            The painting; not to be changed.

        Raises
        ------
        JobCancelled
            It was cancelled.
        """


class CpuNetworks(Networks):
    """The bundled networks on the processor."""

    device = "cpu"

    def __init__(self) -> None:
        self._sessions = Sessions()
        self._adapters: Adapters = ()
        self._weights: Weights = {}
        self._key = 0

    def encode(
        self,
        image: np.ndarray,
        colors: tuple[np.ndarray, np.ndarray] = KEEP_COLORS,
        border: Border = REFLECT,
        cancel: CancelToken = NEVER,
    ) -> Features:
        matrix, offset = colors
        session = self._sessions.get(
            *("encoder", 0, lambda: bundled("encoder")),
            border=border,
            threads=threads_for(*image.shape[:2]),
        )
        inputs = {"image": image[None], "matrix": matrix[..., None, None], "offset": offset}
        return [maps[0] for maps in session.run(inputs, cancel)]

    def decode(
        self,
        features: Features,
        statistics: np.ndarray,
        codes: np.ndarray,
        noise: Sequence[np.ndarray],
        shares: Sequence[np.ndarray] | None = None,
        adapters: Adapters = (),
        border: Border = REFLECT,
        cancel: CancelToken = NEVER,
    ) -> np.ndarray:
        weights, key = self._decoder_with(adapters)
        inputs = {name: maps[None] for name, maps in zip(SCALES, features, strict=True)}
        inputs |= {f"noise.{i}": plane[None, None] for i, plane in enumerate(noise)}
        shaped = as_kernels if shares is not None else _as_factors
        for scale, (gain, shift) in enumerate(content_affine(statistics, codes)):
            inputs[f"gain.{scale}"], inputs[f"shift.{scale}"] = shaped(gain), shaped(shift)
        session = self._session(features, weights, key, codes, shares is not None, border)
        if shares is not None:
            inputs |= {f"shares.{i}": planes[None] for i, planes in enumerate(shares)}
            inputs |= styles_by_region(weights, codes)
        return session.run(inputs, cancel)[0][0]

    def _session(
        self,
        features: Features,
        weights: Weights,
        key: int,
        codes: np.ndarray,
        by_region: bool,
        border: Border,
    ) -> Session:
        height, width = (2 * side for side in features[0].shape[1:])
        threads = threads_for(height, width)
        if by_region:
            return self._sessions.get(
                *("decoder_by_region", key, lambda: weights_by_region(weights)),
                border=border,
                threads=threads,
            )
        return self._sessions.get(
            *("decoder", (key, codes.tobytes()), lambda: fold_style(weights, codes[0])),
            border=border,
            threads=threads,
        )

    def _decoder_with(self, adapters: Adapters) -> tuple[Weights, int]:
        """Return the decoder's weights with adapters, and a number that stands for them."""
        if not adapters:
            return bundled("decoder"), 0
        if not same_adapters(adapters, self._adapters):
            self._adapters = tuple(adapters)
            self._weights = merge_adapters(bundled("decoder"), adapters)
            self._key += 1
        return self._weights, self._key


def _as_factors(rows: np.ndarray) -> np.ndarray:
    """Return values per channel ``(1, C)`` as factors of maps, ``(1, C, 1, 1)``."""
    return rows[..., None, None]
