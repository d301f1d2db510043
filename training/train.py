"""Stages (b) and (c): train the decoder to paint any content in any style.

``python -m training.train`` continues from the newest checkpoint of the run, or else from the shipped
weights; ``--encoder`` starts over on a distilled encoder. Every image used is listed in the run's
``provenance.csv``; sheets of a fixed set of pairs show the progress.
"""

from __future__ import annotations

import argparse
import csv
import os
import time
import tomllib
from functools import partial
from pathlib import Path

import cv2
import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from impasto.core.allocator import keep_blocks
from impasto.core.models.codes import feature_statistics, palette, style_code
from impasto.core.models.decoder import Decoder
from impasto.core.models.encoder import Encoder, Features
from impasto.core.models.loading import load_decoder, load_encoder
from impasto.core.models.texture_loss import broad_distance
from impasto.core.networks.weights import shipped_steps
from impasto.core.paint.color_transfer import color_transport, move_colors

from . import data, losses
from .teacher import Teacher


def in_colors_of(image: Tensor, code: Tensor) -> Tensor:
    """Return a batch of images with their colors moved to those of as many codes."""
    return move_colors(image, *color_transport(palette(image), code))


KINDS = ("content", "style")
_FAN_IN = 288  # inputs of a unit up to which it learns at the full rate


class Batches:
    """Pairs of content and style crops, from the images and from the drawn ones."""

    def __init__(self, config: dict, root: Path, run: Path) -> None:
        self.config = config
        self.content, self.style = (data.load_split(root / "training", k) for k in KINDS)
        with (run / "provenance.csv").open("w", newline="") as stream:
            rows = csv.writer(stream)
            rows.writerow(("file", "repository", "license"))
            rows.writerows((s.file, s.repository, s.license) for s in self.content + self.style)
        try:
            from . import synthetic
        except ImportError:
            self.synthetic = None
        else:
            self.synthetic = synthetic

    def _one(self, kind: str, rng: np.random.Generator) -> np.ndarray:
        size = self.config["size"]
        images = self.content if kind == "content" else self.style
        photo = images[rng.integers(len(images))].pixels
        if self.synthetic is not None and rng.random() < self.config[f"synthetic_{kind}"]:
            side = int(size * rng.uniform(1.0, 1.6))
            if kind == "content":
                photo = self.synthetic.draw_content(rng, side)
            else:
                under = (
                    self.content[rng.integers(len(self.content))].pixels
                    if rng.random() < 0.5
                    else None
                )
                photo = self.synthetic.draw_style(rng, side, photo=under)
        elif kind == "content" and rng.random() < 0.1:
            photo = self.style[rng.integers(len(self.style))].pixels
        elif kind == "style" and rng.random() < 0.08:
            photo = self.content[rng.integers(len(self.content))].pixels
        crop = data.random_crop(photo, size, rng, zoom=2.0 if kind == "content" else 3.0)
        if kind == "style" and rng.random() < 0.15:
            crop = np.rot90(crop)
        return data.jitter_color(crop, rng, 0.5 if kind == "content" else 0.35)

    def __call__(self, rng: np.random.Generator) -> tuple[Tensor, Tensor]:
        crops = ([self._one(k, rng) for _ in range(self.config["batch"])] for k in KINDS)
        content, style = (data.to_tensor(images) for images in crops)
        return content, style


class Trainer:
    """Networks, optimizer and their state on disk."""

    def __init__(
        self, config: dict, root: Path, run: Path, encoder_weights: Path | None, device: str
    ) -> None:
        self.config, self.run, self.device = config, run, torch.device(device)
        self.half = partial(
            torch.autocast, self.device.type, torch.bfloat16, enabled=config["bf16"]
        )
        torch.manual_seed(config["seed"])
        layout = torch.channels_last
        self.encoder, self.average_encoder, self.decoder, self.average, self.teacher = (
            network.to(self.device, memory_format=layout)
            for network in (
                Encoder(),
                Encoder(),
                Decoder(),
                Decoder(),
                Teacher(root / "perceptual/squeezenet1_1.npz"),
            )
        )
        self.batches = Batches(config, root, run)
        groups = [*_groups(self.decoder, 1.0), *_groups(self.encoder, 0.2)]
        self.optimizer = torch.optim.AdamW(
            groups, lr=config["rate"], weight_decay=1e-4, betas=(0.9, 0.99)
        )
        self.step = 0
        checkpoint = run / "checkpoint.pt"
        if checkpoint.exists():
            state = torch.load(checkpoint, weights_only=True, map_location=self.device)
            for name in ("encoder", "decoder", "average", "average_encoder", "optimizer"):
                getattr(self, name).load_state_dict(state[name])
            self.step = state["step"]
        else:
            if encoder_weights is None:
                self.encoder.load_state_dict(load_encoder().state_dict())
                self.decoder.load_state_dict(load_decoder().state_dict())
                self.step = shipped_steps()
            else:
                state = torch.load(encoder_weights, weights_only=True, map_location=self.device)
                self.encoder.load_state_dict(state["encoder"])
                self._calibrate()
            self.average.load_state_dict(self.decoder.state_dict())
            self.average_encoder.load_state_dict(self.encoder.state_dict())
        for network in (self.average, self.average_encoder, self.teacher):
            network.requires_grad_(False)
        # The step is part of the seed: a resumed run does not repeat the same images.
        seed, workers = config["seed"] + self.step, max(1, (os.cpu_count() or 2) - 1)
        self.ready = data.prefetch(self.batches, seed, workers)
        rng = np.random.default_rng(7)
        sources = ((self.batches.content, 5), (self.batches.style, 9))
        self.sheet_content, self.sheet_style = (
            data.to_tensor([_square(source[i].pixels) for i in chosen]).to(self.device)
            for source, chosen in (
                (source, rng.choice(len(source), count, replace=False)) for source, count in sources
            )
        )

    @torch.no_grad()
    def _calibrate(self) -> None:
        rng = np.random.default_rng(self.config["seed"])
        styles = torch.cat([self.batches(rng)[1] for _ in range(100)]).to(self.device)
        codes = torch.cat([style_code(s, self.encoder(s)) for s in styles.split(20)])
        self.decoder.code_mean.copy_(codes.mean(0))
        self.decoder.code_std.copy_(codes.std(0) + 0.02)

    def _rate(self) -> float:
        c = self.config
        left = max(0, c["steps"] - self.step)
        decay = min(1.0, left / c["decay_steps"])
        return min(1, (self.step + 1) / 200) * (
            c["final_rate"] + (c["rate"] - c["final_rate"]) * decay
        )

    def train_step(self) -> dict[str, float]:
        """Make one update, and return the losses by name."""
        c = self.config
        joint = self.step >= c["joint_from"]
        for group in self.optimizer.param_groups:
            group["lr"] = self._rate() * group["scale"]
        self.encoder.requires_grad_(joint)
        content, style = (batch.to(self.device) for batch in next(self.ready))
        noise = self._noise(self.decoder, content)
        weights = c["weights"]
        identity = self.step < c["identity_steps"] or self.step % c["identity_every"] == 0
        with torch.set_grad_enabled(joint):
            goal = content if identity else style
            code = style_code(goal, self._encoded(goal))
            moved = in_colors_of(content, code)
            features = self._encoded(moved)
            statistics = feature_statistics(features)
        with self.half():
            painted = self.decoder(features, statistics, code, noise).float()
        if identity:
            parts = {"identity": F.l1_loss(painted, content)}
        else:
            with torch.no_grad():
                wanted, kept = self._taught(style), self._taught(content, last="fire5")
            seen = self._taught(painted)
            parts = {
                "style": losses.style_loss(seen, wanted),
                "patch": losses.patch_loss(painted, style),
                "content": losses.content_loss(seen, kept),
                "broad": broad_distance(painted, moved),
                "blotch": losses.blotch_loss(painted, moved),
            }
        total = sum(weights[name] * value for name, value in parts.items())
        self.optimizer.zero_grad(set_to_none=True)
        total.backward()
        torch.nn.utils.clip_grad_norm_(self.decoder.parameters(), 5.0)
        self.optimizer.step()
        self._update_averages()
        self.step += 1
        return {name: value.item() for name, value in parts.items()}

    def _encoded(self, images: Tensor) -> Features:
        """Return the features of a batch, in full precision, which their statistics need."""
        with self.half():
            return Features(*(f.float() for f in self.encoder(images)))

    def _taught(self, images: Tensor, last: str = "fire7") -> dict[str, Tensor]:
        with self.half():
            return {name: f.float() for name, f in self.teacher(images, last).items()}

    def _noise(
        self, decoder: Decoder, images: Tensor, generator: torch.Generator | None = None
    ) -> list[Tensor]:
        count, _, height, width = images.shape
        return [n.to(self.device) for n in decoder.sample_noise(count, height, width, generator)]

    @torch.no_grad()
    def _update_averages(self) -> None:
        decay = min(self.config["ema"], (self.step + 1) / (self.step + 10))
        pairs = ((self.average, self.decoder), (self.average_encoder, self.encoder))
        for slow, fast in pairs:
            torch._foreach_lerp_(list(slow.parameters()), list(fast.parameters()), 1 - decay)
        for slow, fast in zip(self.average.buffers(), self.decoder.buffers(), strict=True):
            slow.copy_(fast)

    def save(self) -> None:
        """Write the checkpoint beside the old one, then replace it."""
        names = ("encoder", "decoder", "average", "average_encoder", "optimizer")
        state = {name: getattr(self, name).state_dict() for name in names}
        part = self.run / "checkpoint.part"
        torch.save({**state, "step": self.step}, part)
        part.replace(self.run / "checkpoint.pt")

    @torch.no_grad()
    def sheet(self) -> None:
        """Paint a fixed set of pairs with the averaged weights, as one image."""
        rows = [torch.cat([torch.ones_like(self.sheet_style[:1]), self.sheet_style])]
        codes = [style_code(s[None], self.average_encoder(s[None])) for s in self.sheet_style]
        generator = torch.Generator().manual_seed(0)
        for content in self.sheet_content:
            image = content[None]
            noise = self._noise(self.average, image, generator)
            painted = []
            for code in codes:
                features = self.average_encoder(in_colors_of(image, code))
                painted.append(self.average(features, feature_statistics(features), code, noise))
            rows.append(torch.cat([image, *painted]))
        grid = torch.cat([torch.cat(list(row), dim=2) for row in rows], dim=1)
        pixels = (grid.permute(1, 2, 0).cpu().numpy()[..., ::-1] * 255 + 0.5).astype(np.uint8)
        cv2.imwrite(str(self.run / f"sheet_{self.step:06d}.png"), pixels)


def _groups(network: nn.Module, scale: float) -> list[dict]:
    """Return the parameters in groups with their learning rates relative to the base rate.

    A step of Adam moves every weight equally far, so the output of a unit changes in proportion to the
    number of its inputs; wide units need smaller rates (muP: Yang et al., "Tensor Programs V", 2022).
    """
    groups: dict[float, list] = {}
    for parameter in network.parameters():
        inputs = parameter[0].numel() if parameter.ndim > 1 else 1
        groups.setdefault(scale * min(1.0, _FAN_IN / inputs), []).append(parameter)
    return [{"params": members, "scale": share} for share, members in groups.items()]


def _square(pixels: np.ndarray, side: int = 256) -> np.ndarray:
    """Return the top left square of an image, at the sheet's size."""
    short = min(pixels.shape[:2])
    return cv2.resize(pixels[:short, :short], (side, side), interpolation=cv2.INTER_AREA)


def main() -> None:
    """Train until ``steps``, or for ``--minutes``."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--config", type=Path, default=Path("training/config.toml"))
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--run", type=Path, default=Path("training/runs/stylizer"))
    parser.add_argument("--encoder", type=Path, help="start a new decoder on this checkpoint")
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--minutes", type=float, default=float("inf"))
    args = parser.parse_args()
    args.run.mkdir(parents=True, exist_ok=True)
    keep_blocks()
    config = tomllib.loads(args.config.read_text())
    config |= config.get(args.device, {})  # a GPU takes larger batches
    trainer = Trainer(config, args.data, args.run, args.encoder, args.device)
    begun, window = time.monotonic(), []
    while trainer.step < config["steps"] and time.monotonic() - begun < 60 * args.minutes:
        window.append(trainer.train_step())
        if trainer.step % 50 == 0:
            names = sorted({n for w in window for n in w})
            means = {n: np.mean([w[n] for w in window if n in w]) for n in names}
            with (args.run / "log.txt").open("a") as log:
                figures = " ".join(f"{n} {v:.4f}" for n, v in means.items())
                log.write(f"{trainer.step} {time.monotonic() - begun:.0f}s {figures}\n")
            window.clear()
        if trainer.step % 250 == 0:
            trainer.save()
        if trainer.step % 500 == 0:
            trainer.sheet()
    trainer.save()
    trainer.sheet()


if __name__ == "__main__":
    main()
