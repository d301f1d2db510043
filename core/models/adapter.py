"""Adapters: small additions to the decoder's weights that specialize it in one style.

Every 3x3 convolution of the decoder gets a low-rank residual, and every modulation an offset.
Additions are linear, so the adapters of blended styles are blended by the same weights.

References
----------
Hu et al., "LoRA: Low-Rank Adaptation of Large Language Models", ICLR 2022, eq. 3. The matrices are
convolution kernels here, with input channels and positions flattened into one dimension.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import torch
from torch import Tensor, nn

from ..networks.layout import RANK
from .decoder import Decoder
from .layers import Conv3x3, product

Adapter = Mapping[str, np.ndarray]
"""Arrays by name: ``<convolution>.up``, ``.down``, and offsets by the name of their parameter."""


class LowRank(nn.Module):
    """The trainable additions of an adapter, which start as zero.

    Parameters
    ----------
    decoder : Decoder
        The network to adapt; it is not changed.
    generator : torch.Generator
        Draws the initial ``down`` matrices.
    """

    def __init__(self, decoder: Decoder, generator: torch.Generator) -> None:
        super().__init__()
        self.parts = nn.ParameterDict()
        for name, module in decoder.named_modules():
            if isinstance(module, Conv3x3):
                out, across = module.weight.shape[0], module.weight[0].numel()
                down = torch.randn(RANK, across, generator=generator) / across**0.5
                self._add(f"{name}.down", down)
                self._add(f"{name}.up", torch.zeros(out, RANK))
                self._add(f"{name}.bias", torch.zeros(out))
            elif name.endswith(("modulation", "noise_gain")):
                self._add(f"{name}.bias", torch.zeros(module.out_features))

    def _add(self, name: str, value: Tensor) -> None:
        self.parts[name.replace(".", "/")] = nn.Parameter(value)  # no dots in a ParameterDict

    def tensors(self) -> dict[str, Tensor]:
        """Return the additions.

        Returns
        -------
        dict of Tensor
            ``(out, RANK)``, ``(RANK, in * 9)`` and ``(out,)`` float32, by the names of
            :data:`Adapter`.
        """
        return {name.replace("/", "."): value for name, value in self.parts.items()}

    def export(self) -> dict[str, np.ndarray]:
        """Return the additions as an adapter, in half precision.

        Returns
        -------
        dict of ndarray
            ``(out, RANK)``, ``(RANK, in * 9)`` and ``(out,)`` float16, by the names of
            :data:`Adapter`.
        """
        return {name: t.detach().half().numpy() for name, t in self.tensors().items()}


def add_to_parameters(
    parameters: Mapping[str, Tensor], additions: Mapping[str, Tensor]
) -> dict[str, Tensor]:
    """Return the parameters that an adapter changes, with its additions; differentiable in both.

    Parameters
    ----------
    parameters : mapping of Tensor
        Parameters of the decoder by name, such as ``(out, in, 3, 3)`` float32.
    additions : mapping of Tensor
        ``(out, RANK)``, ``(RANK, in * 9)`` and ``(out,)`` float32, by the names of
        :data:`Adapter`.

    Returns
    -------
    dict of Tensor
        The changed parameters by name, such as ``(out, in, 3, 3)`` float32.
    """
    changed = {}
    for name, value in additions.items():
        if name.endswith(".up"):
            weight = name.removesuffix("up") + "weight"
            low_rank = product(value, additions[name.removesuffix("up") + "down"])
            changed[weight] = parameters[weight] + low_rank.view_as(parameters[weight])
        elif not name.endswith(".down"):
            changed[name] = parameters[name] + value
    return changed
