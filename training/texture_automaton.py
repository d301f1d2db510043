"""Teach one rule of the cellular automaton what textures have in common: to grow pieces together.

``python -m training.texture_automaton`` goes on from the newest checkpoint of the run. The rule is
fitted to one texture after the other for a few steps each, and moves part of the way every time
(Reptile: Nichol et al., "On First-Order Meta-Learning Algorithms", 2018), until a few steps from it
are enough.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file, save_file

from impasto.core.control import Budget
from impasto.core.create.automaton.fit import fit_from
from impasto.core.models.automaton import Rule, first_rule
from impasto.core.models.loading import FOLDER
from impasto.core.worker.allocator import keep_blocks

from .texture_crops import Crops

_STEPS = 30
_WAY = 0.5


def main() -> None:
    """Train for ``--rounds``, exporting after each."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--run", type=Path, default=Path("training/runs/automaton"))
    parser.add_argument("--rounds", type=int, default=40)
    args = parser.parse_args()
    args.run.mkdir(parents=True, exist_ok=True)
    keep_blocks()
    crops = Crops(args.data, args.run, 1)
    checkpoint = args.run / "checkpoint.safetensors"
    first = first_rule(torch.Generator().manual_seed(1))
    rule, done = first, 0
    if checkpoint.exists():
        rule = Rule(**load_file(checkpoint))
        done = len((args.run / "log.txt").read_text().splitlines())
    for number in range(done, args.rounds):
        crop = crops(np.random.default_rng(100 + number))[0].permute(1, 2, 0).numpy()
        told: list[float] = []
        fitted = fit_from(
            rule,
            crop,
            budget=Budget(steps=_STEPS),
            seed=number,
            on_step=lambda step, told=told: told.append(step.losses["texture"]),
        ).rule
        learned = zip(rule.learned(), fitted.learned(), strict=True)
        # What a texture tells by itself is none of the rule's.
        moved = [torch.lerp(before, after, _WAY) for before, after in learned]
        rule = Rule._make([*moved, *first[len(moved) :]])
        rule = rule._replace(plain=first.plain, plain_bias=first.plain_bias)
        save_file({name: part.contiguous() for name, part in rule._asdict().items()}, checkpoint)
        line = f"{number + 1} texture {np.mean(told[:3]):.3f} to {np.mean(told[-5:]):.3f}"
        print(line, flush=True)
        with (args.run / "log.txt").open("a") as log:
            log.write(line + "\n")
        half = {name: part.half().contiguous() for name, part in rule._asdict().items()}
        save_file(half, FOLDER / "automaton.safetensors", metadata={"rounds": str(number + 1)})


if __name__ == "__main__":
    main()
