"""Read the bundled weights: safetensors in half precision, converted to float32; give weights on."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import Tensor, nn

from ..networks.weights import FOLDER, Weights
from .decoder import Decoder
from .encoder import Encoder
from .style_vae import StyleVae


def freeze(network: nn.Module, state: Mapping[str, Tensor]) -> nn.Module:
    """Give a network its weights, for inference only, channels last.

    Parameters
    ----------
    network : nn.Module
        Changed.
    state : mapping of Tensor
        Its weights by name, such as ``(out, in, 3, 3)`` float32.

    Returns
    -------
    nn.Module
        The network.
    """
    network.load_state_dict(state)
    network.eval().requires_grad_(False)
    return network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]


def _load(network: nn.Module, path: Path) -> nn.Module:
    return freeze(network, {name: tensor.float() for name, tensor in load_file(path).items()})


def load_encoder(path: Path | None = None) -> Encoder:
    """Read the encoder, frozen, on the CPU, channels last.

    Parameters
    ----------
    path : Path, optional
        Weights other than the bundled ones.

    Returns
    -------
    Encoder
        The network.
    """
    encoder = Encoder()
    _load(encoder, path or FOLDER / "encoder.safetensors")
    return encoder


def load_decoder(path: Path | None = None) -> Decoder:
    """Read the decoder, frozen, on the CPU, channels last.

    Parameters
    ----------
    path : Path, optional
        Weights other than the bundled ones.

    Returns
    -------
    Decoder
        The network.
    """
    decoder = Decoder()
    _load(decoder, path or FOLDER / "decoder.safetensors")
    return decoder


def load_style_vae() -> StyleVae:
    """Read the bundled autoencoder of style codes, frozen, on the CPU.

    Returns
    -------
    StyleVae
        The network.
    """
    return _load(StyleVae(), FOLDER / "style_vae.safetensors")  # type: ignore[return-value]


def weights_of(network: nn.Module) -> Weights:
    """Return the parameters of a network as they are now, for use without torch.

    Parameters
    ----------
    network : nn.Module
        On the CPU.

    Returns
    -------
    dict of str to ndarray
        Copies, such as ``(out, in, 3, 3)`` float32, by name.
    """
    return {name: part.detach().numpy().copy() for name, part in network.state_dict().items()}
