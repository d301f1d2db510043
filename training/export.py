"""Write the averaged weights of a run into ``core/weights``, in half precision."""

from __future__ import annotations

import argparse
from pathlib import Path

import torch

from core.networks.decoder import Decoder
from core.networks.encoder import Encoder
from core.networks.weights import FOLDER, save_network


def main() -> None:
    """Export the newest checkpoint."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--run", type=Path, default=Path("training/runs/stylizer"))
    args = parser.parse_args()
    state = torch.load(args.run / "checkpoint.pt", weights_only=True)
    for name, network, part in (
        ("encoder", Encoder(), "average_encoder"),
        ("decoder", Decoder(), "average"),
    ):
        network.load_state_dict(state[part])
        save_network(network, FOLDER / f"{name}.safetensors", {"steps": str(state["step"])})


if __name__ == "__main__":
    main()
