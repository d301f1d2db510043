"""Write the averaged weights of a run to ``core/models/weights``, in half precision."""

from __future__ import annotations

import argparse
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from torch import nn

from impasto.core.models.decoder import Decoder
from impasto.core.models.encoder import Encoder
from impasto.core.networks.weights import FOLDER


def main() -> None:
    """Export the newest checkpoint."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--run", type=Path, default=Path("training/runs/stylizer"))
    args = parser.parse_args()
    state = torch.load(args.run / "checkpoint.pt", weights_only=True)
    networks: tuple[tuple[str, nn.Module], ...] = (("encoder", Encoder()), ("decoder", Decoder()))
    for name, network in networks:
        network.load_state_dict(state["average" if name == "decoder" else "average_encoder"])
        path = FOLDER / f"{name}.safetensors"
        if _same(network, path):  # a frozen encoder: what is cached by its file stays valid
            continue
        save_network(network, path, {"steps": str(state["step"])})
        path.chmod(0o644)


def save_network(network: nn.Module, path: Path, metadata: dict[str, str]) -> None:
    """Write a network's parameters and buffers as float16 safetensors."""
    state = {
        n: t.detach().to("cpu", torch.float16).contiguous() for n, t in network.state_dict().items()
    }
    save_file(state, path, metadata=metadata)


def _same(network: nn.Module, path: Path) -> bool:
    """Return whether a file has exactly these weights."""
    known, state = (load_file(path) if path.exists() else {}), network.state_dict()
    return known.keys() == state.keys() and all(
        torch.equal(known[name], tensor.half()) for name, tensor in state.items()
    )


if __name__ == "__main__":
    main()
