"""Train the bundled rule of the cellular automaton on many textures.

``python -m training.texture_automaton`` continues from the newest checkpoint of the run. The rule is
fitted to one texture after the other for a few steps each, and moves part of the way towards each
fit, until a few steps from it suffice (Reptile: Nichol et al., "On First-Order Meta-Learning
Algorithms", 2018).
"""

from __future__ import annotations

import argparse
import math
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

from impasto.core.allocator import keep_blocks
from impasto.core.control import Budget
from impasto.core.create.automaton.fit import fit_from
from impasto.core.models.automaton import CHANNELS, HIDDEN, Rule
from impasto.core.models.mosaic import CELL, CODES
from impasto.core.networks.weights import FOLDER

from .texture_crops import Crops

_STEPS = 30
_META_RATE = 0.5  # share of the way to each fit
_INPUTS = CHANNELS + CODES
_COARSE, _HALF, _FINE = 48, 32, 12  # channels of the painter at 1/4, 1/2 and 1/1 of the size


def first_rule(random: torch.Generator) -> Rule:
    """Return an untrained rule, whose cells take over their codes as they are."""

    def normal(*shape: int, spread: float) -> Tensor:
        return spread * torch.randn(*shape, generator=random)

    def kernels(outputs: int, inputs: int) -> Tensor:
        return normal(outputs, inputs, 3, 3, spread=math.sqrt(2 / (9 * inputs)))

    # Half of the hidden units are the codes, with either sign; they become the state.
    near = normal(HIDDEN, _INPUTS, 4, spread=0.1)
    change = normal(2 * CHANNELS, HIDDEN, spread=0.05)
    for code in range(CODES):
        for sign in (1, -1):
            unit = 2 * code + (sign < 0)
            near[unit] = 0
            near[unit, CHANNELS + code, 0] = sign
            change[code, unit] = sign
    # The four pixels of a fine cell start nearly equal.
    expand = kernels(_FINE, _HALF)[:, None] + 0.3 * kernels(4 * _FINE, _HALF).unflatten(
        0, (_FINE, 4)
    )
    return Rule(
        near,
        normal(HIDDEN, _INPUTS, 4, spread=0.03),
        torch.zeros(HIDDEN),
        change,
        torch.zeros(2 * CHANNELS),
        kernels(_COARSE, CHANNELS),
        torch.zeros(_COARSE),
        kernels(_HALF, _COARSE),
        torch.zeros(_HALF),
        expand.flatten(0, 1),
        torch.zeros(4 * _FINE),
        0.02 * kernels(3, _FINE),
        torch.zeros(3),
        normal(3 * CELL**2, CHANNELS, 3, 3, spread=0.1),
        torch.zeros(3 * CELL**2),
        torch.full((3,), 0.5),
        0.2 * torch.eye(3),
        torch.randn(CODES, 32, 32, generator=random),
    )


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
        losses: list[float] = []
        fitted = fit_from(
            rule,
            crop,
            budget=Budget(steps=_STEPS),
            seed=number,
            on_step=lambda step, losses=losses: losses.append(step.losses["texture"]),
        ).rule
        learned = zip(rule.learned(), fitted.learned(), strict=True)
        # Colors, codes and the linear painter are each texture's own and stay untrained.
        moved = [torch.lerp(before, after, _META_RATE) for before, after in learned]
        rule = Rule._make([*moved, *first[len(moved) :]])
        rule = rule._replace(plain=first.plain, plain_bias=first.plain_bias)
        save_file({name: part.contiguous() for name, part in rule._asdict().items()}, checkpoint)
        line = f"{number + 1} texture {np.mean(losses[:3]):.3f} to {np.mean(losses[-5:]):.3f}"
        print(line, flush=True)
        with (args.run / "log.txt").open("a") as log:
            log.write(line + "\n")
        half = {name: part.half().contiguous() for name, part in rule._asdict().items()}
        save_file(half, FOLDER / "automaton.safetensors", metadata={"rounds": str(number + 1)})


if __name__ == "__main__":
    main()
