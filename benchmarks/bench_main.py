"""Seconds and peak memory of what an artist waits for, beside a yardstick run in the same call.

Enabling, starting the worker, Analyze of 100 textures and Stylize at four sizes, all by way of the
real worker process. The yardstick is a feed-forward style network of the classic kind under
onnxruntime, with as many threads, in a process of the same priority; it runs before and after each
measurement, so that a busy machine slows both. It lies beside the checkout, if at all
(``../shared/data/peers``). ``make bench`` prints the table; ``--write`` keeps it in
``docs/benchmarks.md``.
"""

from __future__ import annotations

import argparse
import contextlib
import logging
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np

from impasto.core.image.reference import ImageRef
from impasto.core.styles.look import Look, StyleRef
from impasto.core.tasks.analyze import AnalyzeRequest
from impasto.core.tasks.registry import Request
from impasto.core.tasks.stylize import StylizeItem, StylizeRequest
from impasto.core.worker.client import WorkerClient
from impasto.core.worker.protocol import Failed

from .meter import Yardstick, forget_files, measure_yardstick, peak_memory
from .patterns import DRAWN

log = logging.getLogger(__name__)

ROOT = Path(__file__).parents[1]
MODEL = ROOT.parent / "shared" / "data" / "peers" / "fast_neural_style_candy_720.onnx"
PAGE = ROOT / "docs" / "benchmarks.md"
SIDES = (512, 1024, 2048, 4096)
STYLE = "starry-night"


@dataclass(frozen=True)
class Row:
    """A measurement beside what the yardstick took for the like of it; in seconds and bytes."""

    what: str
    seconds: float
    memory: int | None = None
    yardstick: float | None = None

    def cells(self) -> tuple[str, ...]:
        """For the table."""
        known = self.yardstick is not None
        return (
            self.what,
            _seconds(self.seconds),
            f"{self.memory / 1e6:,.0f} MB" if self.memory else "",
            _seconds(self.yardstick) if known else "",
            f"{self.seconds / self.yardstick:.2f}" if known else "",
        )


@dataclass
class Bench:
    """Runs measurements between two runs of the yardstick."""

    threads: int
    folder: Path
    yardsticks: list[Yardstick] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._look()

    def _look(self) -> None:
        if MODEL.exists():
            self.yardsticks.append(measure_yardstick(MODEL, self.threads))

    def row(
        self, what: str, measured: tuple[float, int | None], like: Callable[[Yardstick], float]
    ) -> Row:
        """A row for what was just measured; ``like`` picks the yardstick's time for it."""
        self._look()
        around = self.yardsticks[-2:]
        row = Row(what, *measured, statistics.mean(map(like, around)) if around else None)
        log.info("%s: %s", what, _seconds(row.seconds))
        return row

    def enabling(self) -> Iterator[Row]:
        """Enable the extension in new Blenders: first with nothing compiled yet, then as usual."""
        environment = {**os.environ, "PYTHONPYCACHEPREFIX": str(self.folder / "pycache")}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        command = [sys.executable, "-m", "benchmarks.enabling"]
        runs = [
            float(
                subprocess.run(
                    command, check=True, stdout=subprocess.PIPE, text=True, env=environment
                ).stdout.splitlines()[-1]
            )
            for _ in range(6)
        ]
        yield self.row("Enable Impasto, first time", (runs[0], None), _one_picture)
        yield self.row("Enable Impasto, later", (min(runs[1:]), None), _one_picture)

    def worker(self) -> Iterator[Row]:
        """From no process to the first picture, with the files on disk, and with them in memory."""
        self._make_picture(SIDES[0])
        import torch

        forget_files(Path(torch.__file__).parent)
        forget_files(ROOT / "core" / "models" / "weights")
        for name in ("cold", "warm"):
            with _client() as client:
                measured = _timed(client, self._stylize(SIDES[0]))
            yield self.row(f"Worker, {name} start to first picture", measured, _first_picture)

    def analyze(self, count: int = 100, side: int = 1024) -> Iterator[Row]:
        """Many textures: the first time, and again when each is known by its content."""
        images = tuple(
            ImageRef(path.name, (str(path),)) for path in self._make_textures(count, side)
        )
        request = AnalyzeRequest(images, str(self.folder / "a"), str(self.folder / "cache"))
        for name in ("first time", "again"):
            with _client() as client:
                measured = _timed(client, request)
            what = f"Analyze {count} textures of {side} x {side}, {name}"
            yield self.row(what, measured, lambda y: y.pixels(count * side**2))

    def stylize(self) -> Iterator[Row]:
        """One texture of each size, file to file, in a worker that is ready."""
        for side in SIDES:
            self._make_picture(side)
            with _client() as client:
                _timed(client, self._stylize(SIDES[0]))  # loads the networks and the style
                measured = _timed(client, self._stylize(side))
            yield self.row(
                f"Stylize {side} x {side}", measured, lambda y, side=side: y.pixels(side**2)
            )

    def _stylize(self, side: int) -> StylizeRequest:
        image = ImageRef(str(side), (str(self.folder / f"{side}.png"),))
        look = Look((StyleRef(STYLE),), engine="NETWORK")
        item = StylizeItem(image, look, (str(self.folder / f"{side}.out.png"),))
        return StylizeRequest((item,), overwrite=True)

    def _make_picture(self, side: int) -> None:
        _write(self.folder / f"{side}.png", _texture(0, side))

    def _make_textures(self, count: int, side: int) -> list[Path]:
        paths = [self.folder / f"texture_{index:03}.png" for index in range(count)]
        for index, path in enumerate(paths):
            _write(path, _texture(index, side))
        return paths


@contextlib.contextmanager
def _client() -> Iterator[WorkerClient]:
    """A worker for one measurement, so that its peak memory is that one's."""
    client = WorkerClient(device="CPU")
    try:
        yield client
    finally:
        client.close()


def _timed(client: WorkerClient, request: Request) -> tuple[float, int | None]:
    """Seconds of a job, and the most memory that its process has had."""
    begun = time.perf_counter()
    ending = client.submit(request).wait()[-1]
    seconds = time.perf_counter() - begun
    if isinstance(ending, Failed):
        raise RuntimeError(f"{ending.message}\n{ending.detail}")
    return seconds, peak_memory(client.pid or 0)


def _texture(index: int, side: int) -> np.ndarray:
    """One of the drawn materials, ``(side, side, 3)`` uint8, with fine noise on it."""
    random = np.random.default_rng(index)
    drawn = DRAWN[index % len(DRAWN)](random)
    grown = cv2.resize(drawn, (side, side), interpolation=cv2.INTER_CUBIC) * 255
    return (grown + random.normal(0, 4, grown.shape)).clip(0, 255).astype(np.uint8)


def _write(path: Path, pixels: np.ndarray) -> None:
    cv2.imwrite(str(path), pixels[..., ::-1])


def _one_picture(yardstick: Yardstick) -> float:
    return yardstick.picture


def _first_picture(yardstick: Yardstick) -> float:
    return yardstick.start


def _seconds(value: float) -> str:
    return f"{value * 1000:,.0f} ms" if value < 1 else f"{value:,.1f} s"


HEAD = ("", "Impasto", "peak memory", "yardstick", "ratio")


def table(rows: list[Row]) -> str:
    """As Markdown."""
    lines = [HEAD, ("---", *["---:"] * (len(HEAD) - 1)), *(row.cells() for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def notes(bench: Bench) -> str:
    """What the figures are, and on which machine they were taken."""
    words = [
        f"{platform.system()} {platform.machine()}, {bench.threads} threads on the CPU; "
        f"load {os.getloadavg()[1]:.1f} when it ended; one run each, in the order shown "
        "(enabling: the best of five).",
        "*Impasto* is what an artist waits for, reading and writing files included; "
        "*peak memory* is that of the whole worker process.",
        "Strokes keep their size relative to the picture, so at brush scale 1 a texture of "
        "4096 x 4096 is painted at 2048 x 2048 and enlarged.",
    ]
    if bench.yardsticks:
        pictures = [yardstick.picture for yardstick in bench.yardsticks]
        middle, low, high = map(
            _seconds, (statistics.median(pictures), min(pictures), max(pictures))
        )
        most = max(yardstick.memory or 0 for yardstick in bench.yardsticks)
        words.append(
            "The *yardstick* is a fast-neural-style network (one fixed style, 1.7 million "
            "parameters, no files) under onnxruntime with as many threads: "
            f"{middle} for a picture of 720 x 720 ({low} to {high} in the course of this run), "
            f"{most / 1e6:,.0f} MB. Analyze and Stylize are held against its "
            "time for as many pixels, a start of the worker against a start of its own, enabling "
            "against one picture."
        )
    else:
        words.append("The yardstick is not here, so the figures stand alone.")
    return "\n".join(f"- {line}" for line in words)


def main() -> None:
    """Run all, print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--write", action="store_true", help=f"keep the table in {PAGE.name}")
    parser.add_argument(
        "--only", choices=("enabling", "worker", "analyze", "stylize"), help="one part of it"
    )
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    os.environ["OMP_NUM_THREADS"] = str(options.threads)
    with tempfile.TemporaryDirectory(prefix="impasto_bench_") as folder:
        bench = Bench(options.threads, Path(folder))
        parts = [options.only] if options.only else ["enabling", "worker", "analyze", "stylize"]
        rows = [row for part in parts for row in getattr(bench, part)()]
        text = f"{table(rows)}\n\n{notes(bench)}\n"
    print(f"\n{text}")
    if options.write:
        PAGE.write_text(f"# Benchmarks\n\n`make bench` measures anew.\n\n{text}", encoding="utf-8")


if __name__ == "__main__":
    main()
