"""What teaching a texture generator many materials has in common, whatever the generator."""

from __future__ import annotations

import argparse
import time
from copy import deepcopy
from pathlib import Path

import cv2
import numpy as np
import torch
from torch import Tensor, nn

from core.generators.allocator import keep_blocks
from core.generators.texture_loss import TextureTarget
from core.networks.codes import style_code
from core.networks.layers import set_border
from core.networks.weights import FOLDER, load_decoder, load_encoder, save_network

from . import data
from .texture_crops import Crops

CANVAS, BATCH = 128, 2
_EMA = 0.998
_LONGEST = 30.0  # of a gradient


class TextureTrainer:
    """Networks, optimizer and their state on disk.

    ``network`` has buffers ``code_mean`` and ``code_std``, which are filled here.
    """

    name: str
    rate, final_rate = 2e-3, 2e-4

    def __init__(self, network: nn.Module, root: Path, run: Path, steps: int) -> None:
        self.run, self.steps, self.network = run, steps, network
        self.encoder = load_encoder()
        decoder = load_decoder()  # the spread of codes is in it
        network.code_mean.copy_(decoder.code_mean)
        network.code_std.copy_(decoder.code_std)
        self.average = deepcopy(network).requires_grad_(False)
        self.optimizer = torch.optim.Adam(network.parameters(), lr=self.rate, betas=(0.9, 0.99))
        self.step = 0
        if (run / "checkpoint.pt").exists():
            state = torch.load(run / "checkpoint.pt", weights_only=True)
            for name, part in (("generator", network), ("average", self.average)):
                part.load_state_dict(state[name])
            self.optimizer.load_state_dict(state["optimizer"])
            self.step = state["step"]
        crops = Crops(root, run, BATCH)
        self.ready = data.prefetch(crops, 1 + self.step)
        self.shown = [next(data.prefetch(crops, seed)) for seed in (7, 8)]

    def painted(self) -> tuple[Tensor, Tensor]:
        """What the network paints now, ``(B, 3, H, W)``, and the crops it should be like."""
        raise NotImplementedError

    def again(self, painted: Tensor, features: list[Tensor], crops: Tensor) -> Tensor:
        """How far the crops themselves are from what was painted of them."""
        raise NotImplementedError

    def show(self, crops: Tensor, random: torch.Generator) -> Tensor:
        """What the averaged network makes of crops, for the sheet."""
        raise NotImplementedError

    def codes(self, crops: Tensor) -> Tensor:
        """Style codes of crops, ``(B, CODE_LENGTH)``."""
        with torch.no_grad():
            set_border(self.encoder, "reflect", "reflect")
            return style_code(crops, self.encoder(crops))

    def train_step(self) -> float:
        """One update; returns the texture distance."""
        left = max(0.0, 1 - self.step / self.steps)
        rate = max(self.final_rate, self.rate * min(1.0, 3 * left)) * min(1, (self.step + 1) / 100)
        for group in self.optimizer.param_groups:
            group["lr"] = rate
        painted, crops = self.painted()
        set_border(self.encoder, "reflect", "reflect")
        targets = [TextureTarget(self.encoder, crop[None]) for crop in crops]
        features = self.encoder(painted)
        parts = torch.stack(
            [
                target.loss(painted[i : i + 1], [f[i : i + 1] for f in features])
                for i, target in enumerate(targets)
            ]
        )
        loss = parts.mean()
        # By the logarithm: faint textures are far off by their own measure, and would outweigh all.
        urge = (parts + 0.05).log().mean() + self.again(painted, features, crops)
        outside = (painted - painted.clamp(0, 1)).abs().mean()
        self.optimizer.zero_grad(set_to_none=True)
        (urge + 2 * outside).backward()
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), _LONGEST)
        self.optimizer.step()
        decay = min(_EMA, (self.step + 1) / (self.step + 10))
        with torch.no_grad():
            torch._foreach_lerp_(
                list(self.average.parameters()), list(self.network.parameters()), 1 - decay
            )
        self.step += 1
        return loss.item()

    def save(self) -> None:
        """Write the checkpoint beside the old one, then replace it; and a sheet."""
        parts = {"generator": self.network, "average": self.average, "optimizer": self.optimizer}
        state = {name: part.state_dict() for name, part in parts.items()}
        part = self.run / "checkpoint.part"
        torch.save({**state, "step": self.step}, part)
        part.replace(self.run / "checkpoint.pt")
        random = torch.Generator().manual_seed(0)
        rows = []
        for crops in self.shown:
            with torch.no_grad():
                painted = [self.show(crops, random).clamp(0, 1) for _ in range(2)]
            rows += [
                torch.cat([crop[:, :CANVAS, :CANVAS], *(p[i] for p in painted)], dim=2)
                for i, crop in enumerate(crops)
            ]
        pixels = torch.cat(rows, dim=1).permute(1, 2, 0).numpy()[..., ::-1]
        cv2.imwrite(str(self.run / "sheet.png"), (pixels * 255 + 0.5).astype(np.uint8))

    def export(self) -> None:
        """Write the averaged weights, in half precision."""
        path = FOLDER / f"{self.name}.safetensors"
        save_network(self.average, path, {"steps": str(self.step)})


def train(trainer: type[TextureTrainer], description: str | None, steps: int) -> None:
    """Train until ``--steps``, then export; ``--export`` only exports."""
    parser = argparse.ArgumentParser(
        description=description, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--run", type=Path, default=Path("training/runs") / trainer.name)
    parser.add_argument("--steps", type=int, default=steps)
    parser.add_argument("--export", action="store_true")
    args = parser.parse_args()
    args.run.mkdir(parents=True, exist_ok=True)
    keep_blocks()
    torch.manual_seed(1)
    training = trainer(args.data, args.run, args.steps)  # type: ignore[call-arg]
    begun, recent = time.monotonic(), []
    while training.step < args.steps and not args.export:
        recent.append(training.train_step())
        if training.step % 100 == 0:
            spent = time.monotonic() - begun
            line = f"{training.step} {spent:.0f}s texture {np.mean(recent):.4f}"
            print(line, flush=True)
            with (args.run / "log.txt").open("a") as log:
                log.write(line + "\n")
            recent = []
        if training.step % 250 == 0 or training.step == 50:
            training.save()
    training.export()
