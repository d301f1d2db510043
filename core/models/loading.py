"""The bundled weights: safetensors in half precision, loaded once and widened to float32."""

from __future__ import annotations

from pathlib import Path

import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file
from torch import nn

from .automaton import Rule
from .decoder import Decoder
from .encoder import Encoder
from .style_vae import StyleVae

FOLDER = Path(__file__).parent / "weights"


def _load(network: nn.Module, path: Path) -> nn.Module:
    state = {name: tensor.float() for name, tensor in load_file(path).items()}
    network.load_state_dict(state)
    network.eval().requires_grad_(False)
    return network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]


def load_encoder(path: Path | None = None) -> Encoder:
    """The bundled encoder, frozen, on the CPU, channels last."""
    encoder = Encoder()
    _load(encoder, path or FOLDER / "encoder.safetensors")
    return encoder


def load_decoder(path: Path | None = None) -> Decoder:
    """The bundled decoder, frozen, on the CPU, channels last."""
    decoder = Decoder()
    _load(decoder, path or FOLDER / "decoder.safetensors")
    return decoder


def load_rule() -> Rule:
    """The bundled rule of a cellular automaton: what one is fitted from."""
    tensors = load_file(FOLDER / "automaton.safetensors")
    return Rule(**{name: tensor.float() for name, tensor in tensors.items()})


def load_style_vae() -> StyleVae:
    """The bundled autoencoder of style codes, on the CPU."""
    return _load(StyleVae(), FOLDER / "style_vae.safetensors")  # type: ignore[return-value]


def shipped_steps() -> int:
    """For how many steps the bundled decoder was trained."""
    with safe_open(FOLDER / "decoder.safetensors", framework="pt") as file:
        return int(file.metadata()["steps"])


def save_network(network: nn.Module, path: Path, metadata: dict[str, str]) -> None:
    """Write a network's parameters and buffers as float16 safetensors."""
    state = {
        n: t.detach().to("cpu", torch.float16).contiguous() for n, t in network.state_dict().items()
    }
    save_file(state, path, metadata=metadata)
