"""What the parts of ``bench_paint`` share: options, processes of their own, fair times, tables.

Everything that is timed runs in a process of its own, which is bound to as many cores as there are
threads and steps back as the worker does; so do the yardstick and the peers. What takes under 20
seconds is timed three times, in turn with what it is held against, and the median is kept.
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .bench_main import MODEL
from .meter import NICENESS, Yardstick, measure_yardstick

OUT = Path(__file__).parent / "out"
SHORT = 20.0
"""Seconds below which a measurement is repeated."""

_REPEATS = 3
_POOLS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS")


class Skipped(Exception):
    """What a part needs is not here; the message says what."""


@dataclass(frozen=True)
class Options:
    """What the command line says.

    ``shrink`` divides all sides in pixels, to try the benchmark out; its figures then mean nothing.
    """

    threads: int
    data: Path
    out: Path
    paintsystem: Path | None = None
    ebsynth: Path | None = None
    pairs: int = 100
    rows: int = 20
    shrink: int = 1
    seed: int | None = None

    def side(self, pixels: int) -> int:
        """Return a side as it is measured."""
        return max(128, pixels // self.shrink)


def bind_to(threads: int) -> None:
    """Bind this process and its children to so many cores and threads."""
    os.environ.update(dict.fromkeys(_POOLS, str(threads)))
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:threads])


def step_back() -> None:
    """Give way as the worker does; the yardstick does so, too."""
    if hasattr(os, "nice"):
        os.nice(NICENESS)


def child(module: str, *arguments: Any) -> dict[str, Any]:
    """Run ``python -m benchmarks.MODULE ARGUMENTS`` and return the JSON of its last line."""
    command = [sys.executable, "-m", f"benchmarks.{module}", *map(str, arguments)]
    answer = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    return json.loads(answer.stdout.splitlines()[-1])


def timed_command(command: Sequence[str | Path], folder: Path | None = None) -> float:
    """Return the seconds that a whole process takes."""
    words = [str(word) for word in command]
    if nice := shutil.which("nice"):
        words = [nice, "-n", str(NICENESS), *words]
    begun = time.perf_counter()
    subprocess.run(words, check=True, cwd=folder, stdout=subprocess.DEVNULL)
    return time.perf_counter() - begun


def timed(work: Callable[[], Any]) -> float:
    """Return the median seconds of three runs, or those of one that takes long."""
    seconds: list[float] = []
    while not seconds or (len(seconds) < _REPEATS and seconds[0] < SHORT):
        begun = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - begun)
    return statistics.median(seconds)


def in_turn(runs: Sequence[Callable[[], dict[str, Any]]]) -> list[dict[str, Any]]:
    """Do several runs in turn, those that are short three times; return each one's median answer."""
    answers = [[run()] for run in runs]
    for _ in range(_REPEATS - 1):
        for known, run in zip(answers, runs, strict=True):
            if known[0]["seconds"] < SHORT:
                known.append(run())
    ordered = [sorted(known, key=lambda answer: answer["seconds"]) for known in answers]
    return [known[len(known) // 2] for known in ordered]


def beside_yardstick(
    threads: int, run: Callable[[], dict[str, Any]]
) -> tuple[dict[str, Any], Yardstick | None]:
    """Do a run between two of the yardstick; return its answer, and the mean of these if any."""
    if not MODEL.exists():
        return run(), None
    before = measure_yardstick(MODEL, threads)
    answer = run()
    after = measure_yardstick(MODEL, threads)
    mean = (before.picture + after.picture) / 2
    return answer, Yardstick(before.start, mean, before.memory)


def verdict(value: float | None, limit: float, *, at_least: bool = False) -> str:
    """Say whether a figure keeps within its limit."""
    if value is None:
        return ""
    kept = value >= limit if at_least else value <= limit
    return f"{'holds' if kept else 'MISSED'} ({'>=' if at_least else '<='} {limit:g})"


def table(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """Return a Markdown table; all columns but the first are aligned to the right."""
    lines = [head, ("---", *["---:"] * (len(head) - 1)), *rows]
    return "\n".join(f"| {' | '.join(str(cell) for cell in line)} |" for line in lines)


def short(seconds: float) -> str:
    """Return seconds as they are read."""
    return f"{seconds * 1000:,.0f} ms" if seconds < 1 else f"{seconds:,.2f} s"


def megabytes(count: float | None) -> str:
    """Return bytes as they are read."""
    return f"{count / 1e6:,.0f} MB" if count else "?"
