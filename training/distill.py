"""Stage (a): distill the loss network into our own encoder by dense feature regression.

Every pixel is a sample: 1x1 heads on the student's four scales predict the teacher's standardized
features at the same position, and the image averaged over each cell, so that color, which the
teacher discards with depth, is kept at every scale.
"""

from __future__ import annotations

import argparse
import math
import time
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from impasto.core.models.encoder import Encoder, Features
from impasto.core.networks.layout import WIDTHS

from . import data
from .teacher import Teacher

TARGETS = (("conv1",), ("fire2", "fire3"), ("fire4", "fire5"), ("fire6", "fire7"))
CHANNELS = {
    "conv1": 64,
    "fire2": 128,
    "fire3": 128,
    "fire4": 256,
    "fire5": 256,
    "fire6": 384,
    "fire7": 384,
}


class Heads(nn.Module):
    """1x1 regressions from the student's features to the teacher's, discarded afterwards."""

    def __init__(self) -> None:
        super().__init__()
        for name, channels in CHANNELS.items():
            self.register_buffer(f"{name}_mean", torch.zeros(1, channels, 1, 1))
            self.register_buffer(f"{name}_std", torch.ones(1, channels, 1, 1))
        self.teacher = nn.ModuleList(
            nn.Conv2d(w, sum(CHANNELS[n] for n in names), 1)
            for w, names in zip(WIDTHS, TARGETS, strict=True)
        )
        self.pixels = nn.ModuleList(
            nn.Conv2d(w, 12 if i == 0 else 3, 1) for i, w in enumerate(WIDTHS)
        )

    @torch.no_grad()
    def calibrate(self, features: dict[str, Tensor]) -> None:
        """Take the teacher's channel means and deviations from one large batch."""
        for name, f in features.items():
            getattr(self, f"{name}_mean").copy_(f.mean((0, 2, 3), keepdim=True))
            getattr(self, f"{name}_std").copy_(f.std((0, 2, 3), keepdim=True) + 1e-3)

    def forward(
        self, image: Tensor, student: Features, teacher: dict[str, Tensor]
    ) -> tuple[Tensor, list]:
        """Return the summed loss, and each scale's unexplained share of the teacher's variance."""
        total, report = image.new_zeros(()), []
        for i, names in enumerate(TARGETS):
            goal = torch.cat(
                [
                    (teacher[n] - getattr(self, f"{n}_mean")) / getattr(self, f"{n}_std")
                    for n in names
                ],
                1,
            )
            mse = F.mse_loss(self.teacher[i](student[i]), goal)
            cells = F.pixel_unshuffle(image, 2) if i == 0 else F.avg_pool2d(image, 2 ** (i + 1))
            color = F.mse_loss(self.pixels[i](student[i]), cells)
            total = total + mse + 20 * color
            report += [mse.item(), color.item()]
        return total, report


def main() -> None:
    """Train, with a checkpoint every few minutes; run again to continue."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--run", type=Path, default=Path("training/runs/encoder"))
    parser.add_argument("--minutes", type=float, default=20)
    parser.add_argument("--batch", type=int, default=8)
    parser.add_argument("--size", type=int, default=128)
    parser.add_argument("--rate", type=float, default=2e-3)
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    args.run.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(args.seed)
    images = [
        s.pixels for k in ("content", "style") for s in data.load_split(args.data / "training", k)
    ]

    def make(rng: np.random.Generator) -> Tensor:
        picks = rng.integers(0, len(images), args.batch)
        crops = [data.random_crop(images[i], args.size, rng, zoom=2.5) for i in picks]
        return data.to_tensor([data.jitter_color(c, rng) for c in crops])

    batches = data.prefetch(make, args.seed)
    encoder = Encoder().to(memory_format=torch.channels_last)
    heads = Heads().to(memory_format=torch.channels_last)
    teacher = Teacher(args.data / "perceptual/squeezenet1_1.npz").to(
        memory_format=torch.channels_last
    )
    optimizer = torch.optim.AdamW(
        [*encoder.parameters(), *heads.parameters()], lr=args.rate, weight_decay=1e-4
    )
    checkpoint = args.run / "checkpoint.pt"
    step, spent = 0, 0.0
    if checkpoint.exists():
        state = torch.load(checkpoint, weights_only=True)
        encoder.load_state_dict(state["encoder"])
        heads.load_state_dict(state["heads"])
        optimizer.load_state_dict(state["optimizer"])
        step, spent = state["step"], state["spent"]
    else:
        with torch.no_grad():
            heads.calibrate(teacher(torch.cat([next(batches) for _ in range(16)])))
    begun, window = time.monotonic() - spent, []
    budget = args.minutes * 60
    while (elapsed := time.monotonic() - begun) < budget:
        done = elapsed / budget
        for group in optimizer.param_groups:
            group["lr"] = (
                args.rate * min(1, step / 100) * (0.5 + 0.5 * math.cos(math.pi * done)) + 1e-5
            )
        image = next(batches)
        with torch.no_grad():
            goal = teacher(image)
        loss, report = heads(image, encoder(image), goal)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(encoder.parameters(), 5.0)
        optimizer.step()
        step += 1
        window.append([loss.item(), *report])
        if step % 100 == 0:
            line = " ".join(f"{v:.4f}" for v in np.mean(window, axis=0))
            with (args.run / "log.txt").open("a") as log:
                log.write(f"{step} {time.monotonic() - begun:.0f}s {line}\n")
            window.clear()
        if step % 500 == 0:
            save(checkpoint, encoder, heads, optimizer, step, time.monotonic() - begun)
    save(checkpoint, encoder, heads, optimizer, step, time.monotonic() - begun)


def save(
    path: Path, encoder: nn.Module, heads: nn.Module, optimizer, step: int, spent: float
) -> None:
    """Write the checkpoint beside the old one, then replace it."""
    state = {
        "encoder": encoder.state_dict(),
        "heads": heads.state_dict(),
        "optimizer": optimizer.state_dict(),
    }
    part = path.with_suffix(".part")
    torch.save({**state, "step": step, "spent": spent}, part)
    part.replace(path)


if __name__ == "__main__":
    main()
