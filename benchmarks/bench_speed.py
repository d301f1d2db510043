"""Bare speed of the generator: painting arrays with the style's code at hand, no files.

Times beside the yardstick (see ``bench_main``) run in the same call, arithmetic done beside the
peak that this machine reaches in one convolution, and the peak memory of a process that paints
large pictures at their own size. ``make bench-speed`` prints the tables.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time

import numpy as np
import torch
import torch.nn.functional as F
from torch.utils.flop_counter import FlopCounterMode

from impasto.core.paint.engine import PaintJob
from impasto.core.paint.network import Stylizer

from .bench_main import MODEL
from .meter import NICENESS, measure_yardstick, peak_memory

SIDES = (512, 1024, 2048)
LARGE = (4096, 8192)
LARGE_TILE = 1024
ROUNDS = 5


def picture(side: int) -> np.ndarray:
    """Grain on soft colors, ``(side, side, 3)`` float32."""
    rng = np.random.default_rng(side)
    grain = rng.random((side, side, 3), dtype=np.float32)
    return np.clip(0.3 * grain + np.linspace(0, 0.7, side, dtype=np.float32)[:, None, None], 0, 1)


def best(work) -> float:
    """Seconds of the fastest of several rounds, the first one left out."""
    seconds = []
    for _ in range(ROUNDS + 1):
        begun = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - begun)
    return min(seconds[1:])


def convolution_peak() -> float:
    """The most FLOP/s that a convolution of this library reaches here."""
    most = 0.0
    for channels, side in ((192, 128), (128, 256), (256, 64)):
        x = torch.randn(1, channels, side, side).to(memory_format=torch.channels_last)
        weight = torch.randn(channels, channels, 3, 3).to(memory_format=torch.channels_last)
        seconds = best(lambda x=x, weight=weight: F.conv2d(x, weight, padding=1))
        most = max(most, 2 * channels**2 * 9 * side**2 / seconds)
    return most


def peak_of(side: int) -> int | None:
    """Peak memory in bytes of a process that paints one picture in tiles."""
    command = [sys.executable, "-m", "benchmarks.bench_speed", "--alone", str(side)]
    answer = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    return int(answer.stdout) or None


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--alone", type=int, help="paint one picture of this side, tell the memory")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    stylizer = Stylizer()
    code = stylizer.encode_style(picture(256))
    if options.alone:
        stylizer.paint(PaintJob(picture(options.alone), code, tile=LARGE_TILE))
        print(peak_memory(os.getpid()) or 0)
        return
    os.nice(NICENESS)
    with torch.inference_mode():
        peak = convolution_peak()
    print("| paint | seconds | yardstick's time at 720² | ratio | GFLOP/s | of the peak |")
    print("| --- | ---: | ---: | ---: | ---: | ---: |")
    for side in SIDES:
        content = picture(side)
        before = measure_yardstick(MODEL, options.threads).picture if MODEL.exists() else 0.0
        seconds = best(lambda content=content: stylizer.paint(PaintJob(content, code)))
        after = measure_yardstick(MODEL, options.threads).picture if MODEL.exists() else 0.0
        with FlopCounterMode(display=False) as counter:
            stylizer.paint(PaintJob(content, code))
        speed = counter.get_total_flops() / seconds
        yardstick = (before + after) / 2
        ratio = f"{seconds / yardstick:.2f}" if yardstick else ""
        print(
            f"| {side} x {side} | {seconds:.3f} | {yardstick:.3f} | {ratio} | {speed / 1e9:.0f} "
            f"| {speed / peak:.0%} |",
            flush=True,
        )
    print(
        f"\nThe peak: {peak / 1e9:.0f} GFLOP/s in one 3x3 convolution, {options.threads} threads."
    )
    print("\n| paint at its own size, tiles of 1024 | peak memory of the process |")
    print("| --- | ---: |")
    for side in LARGE:
        memory = peak_of(side)
        print(f"| {side} x {side} | {memory / 1e9:.2f} GB |" if memory else f"| {side} | ? |")


if __name__ == "__main__":
    main()
