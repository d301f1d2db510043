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
from safetensors.numpy import load_file, save_file

from impasto.core.allocator import keep_blocks
from impasto.core.control import Budget
from impasto.core.create.automaton.fit import fit_from
from impasto.core.networks.automaton import CHANNELS, HIDDEN, PAINTER, Rule
from impasto.core.networks.mosaic import CELL, CODES
from impasto.core.networks.weights import FOLDER

from .texture_crops import Crops

_STEPS = 30
_META_RATE = 0.5  # share of the way to each fit
_INPUTS = CHANNELS + CODES


def first_rule(random: np.random.Generator) -> Rule[np.ndarray]:
    """Return an untrained rule, whose cells take over their codes as they are."""

    def normal(*shape: int, spread: float) -> np.ndarray:
        return np.float32(spread) * random.standard_normal(shape, np.float32)

    def kernels(outputs: int, inputs: int) -> np.ndarray:
        return normal(outputs, inputs, 3, 3, spread=math.sqrt(2 / (9 * inputs)))

    def zeros(count: int) -> np.ndarray:
        return np.zeros(count, np.float32)

    # Half of the hidden units are the codes, with either sign; they become the state.
    near = normal(HIDDEN, _INPUTS, 4, spread=0.1)
    change = normal(2 * CHANNELS, HIDDEN, spread=0.05)
    for code in range(CODES):
        for sign in (1, -1):
            unit = 2 * code + (sign < 0)
            near[unit] = 0
            near[unit, CHANNELS + code, 0] = sign
            change[code, unit] = sign
    coarse, half, fine = (PAINTER[name][0] for name in ("coarse", "half", "fine"))
    # The four pixels of a fine cell start nearly equal.
    expand = kernels(fine // 4, half).repeat(4, axis=0) + 0.3 * kernels(fine, half)
    return Rule(
        near,
        normal(HIDDEN, _INPUTS, 4, spread=0.03),
        zeros(HIDDEN),
        change,
        zeros(2 * CHANNELS),
        kernels(coarse, CHANNELS),
        zeros(coarse),
        kernels(half, coarse),
        zeros(half),
        np.float32(expand),
        zeros(fine),
        np.float32(0.02) * kernels(3, fine // 4),
        zeros(3),
        normal(3 * CELL**2, CHANNELS, 3, 3, spread=0.1),
        zeros(3 * CELL**2),
        np.full(3, 0.5, np.float32),
        np.float32(0.2) * np.eye(3, dtype=np.float32),
        normal(CODES, 32, 32, spread=1),
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
    first = first_rule(np.random.default_rng(1))
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
        moved = [before + np.float32(_META_RATE) * (after - before) for before, after in learned]
        rule = Rule._make([*moved, *first[len(moved) :]])
        rule = rule._replace(plain=first.plain, plain_bias=first.plain_bias)
        save_file(rule._asdict(), checkpoint)
        line = f"{number + 1} texture {np.mean(losses[:3]):.3f} to {np.mean(losses[-5:]):.3f}"
        print(line, flush=True)
        with (args.run / "log.txt").open("a") as log:
            log.write(line + "\n")
        half = {name: part.astype(np.float16) for name, part in rule._asdict().items()}
        save_file(half, FOLDER / "automaton.safetensors", metadata={"rounds": str(number + 1)})


if __name__ == "__main__":
    main()
