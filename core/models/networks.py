"""The encoder and the decoder in torch, for GPUs; see :class:`core.networks.cpu.Networks`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import overload

import numpy as np
import torch
from torch import Tensor

from ..control import NEVER, CancelToken
from ..networks.cpu import KEEP_COLORS, Features, Networks
from ..networks.decoder import Adapters, merge_adapters, same_adapters
from ..networks.layout import REFLECT, Border
from ..networks.weights import bundled
from .decoder import Decoder
from .loading import freeze, load_decoder, load_encoder


class TorchNetworks(Networks):
    """The bundled networks on a device that torch knows.

    Parameters
    ----------
    device : str
        ``cpu``, ``cuda`` or ``mps``.
    """

    def __init__(self, device: str) -> None:
        self.device = device
        self._encoder = load_encoder().to(device)
        self._decoder = load_decoder().to(device)
        self._adapted: tuple[Adapters, Decoder] = ((), self._decoder)

    @torch.inference_mode()
    def encode(
        self,
        image: np.ndarray,
        colors: tuple[np.ndarray, np.ndarray] = KEEP_COLORS,
        border: Border = REFLECT,
        cancel: CancelToken = NEVER,
    ) -> Features:
        matrix, offset = (self._there(part) for part in colors)
        pixels = self._there(image) @ matrix.T + offset
        batch = pixels.clamp_(0, 1).permute(2, 0, 1)[None]
        found = self._encoder(batch, border, cancel.raise_if_set)
        return _DeviceFeatures([maps[0] for maps in found])

    @torch.inference_mode()
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
        assert isinstance(features, _DeviceFeatures)
        painted = self._decoder_with(adapters)(
            [maps[None] for maps in features.tensors],
            *(self._there(statistics), self._there(codes)),
            [self._there(plane)[None, None] for plane in noise],
            None if shares is None else [self._there(planes)[None] for planes in shares],
            *(border, cancel.raise_if_set),
        )
        return painted[0].permute(1, 2, 0).cpu().numpy()

    def _there(self, array: np.ndarray) -> Tensor:
        return torch.from_numpy(np.ascontiguousarray(array, np.float32)).to(self.device)

    def _decoder_with(self, adapters: Adapters) -> Decoder:
        """Return the decoder with adapters merged in; the last one is kept."""
        if not adapters:
            return self._decoder
        if not same_adapters(adapters, self._adapted[0]):
            merged = merge_adapters(bundled("decoder"), adapters)
            state = {name: torch.from_numpy(part) for name, part in merged.items()}
            decoder = Decoder()
            freeze(decoder, state)
            self._adapted = (tuple(adapters), decoder.to(self.device))
        return self._adapted[1]


class _DeviceFeatures(Sequence[np.ndarray]):
    """Feature maps on a device, of which a copy is made when they are looked at."""

    def __init__(self, tensors: Sequence[Tensor]) -> None:
        self.tensors = tensors

    def __len__(self) -> int:
        return len(self.tensors)

    @overload
    def __getitem__(self, index: int) -> np.ndarray: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[np.ndarray]: ...

    def __getitem__(self, index: int | slice) -> np.ndarray | Sequence[np.ndarray]:
        if isinstance(index, slice):
            return [tensor.cpu().numpy() for tensor in self.tensors[index]]
        return self.tensors[index].cpu().numpy()
