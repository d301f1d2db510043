"""Strokes and patches beside their peers, figures side by side in one run: ``make bench-paint``.

Parts: ``stamps`` (stamps per second beside Brush Painter), ``painting`` (a whole painting beside the
yardstick, and the memory of a large one), ``patches`` (beside the yardstick and Ebsynth), ``looks``
(nearness to the style, structure and strokes on the dev set, beside MicroAST), ``frames`` (warping
error, births and deaths of strokes on the moving scene), ``sheet`` (pages to judge blind). A part that
needs what is not here is skipped. Peers are run from checkouts that lie elsewhere; nothing of them is
copied into this one. Tables are printed and written to ``benchmarks/out``.
"""

from __future__ import annotations

import argparse
import os
import platform
import time
from collections.abc import Callable
from pathlib import Path

import torch

from .paint_common import OUT, Options, Skipped, bind_to, short
from .paint_frames import frames
from .paint_looks import looks
from .paint_sheets import sheet
from .paint_speed import painting, patches, stamps

PARTS: dict[str, Callable[[Options], str]] = {
    "stamps": stamps,
    "painting": painting,
    "patches": patches,
    "looks": looks,
    "frames": frames,
    "sheet": sheet,
}


def parsed() -> tuple[list[str], Options]:
    """Read the command line: the parts, and their options."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("parts", nargs="*", choices=[*PARTS, []], help="all, if none is named")
    parser.add_argument("--paintsystem", type=Path, help="a checkout of Paint System")
    parser.add_argument("--ebsynth", type=Path, help="a checkout of Ebsynth")
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--out", type=Path, default=OUT)
    parser.add_argument("--threads", type=int, default=min(2, os.cpu_count() or 1))
    parser.add_argument("--pairs", type=int, default=100, help="of the dev set, for looks")
    parser.add_argument("--rows", type=int, default=20, help="of each blind sheet")
    parser.add_argument("--seed", type=int, help="of the order in blind sheets; else by chance")
    parser.add_argument(
        "--shrink",
        type=int,
        default=1,
        help="divide all sides, to try it out; figures mean nothing",
    )
    values = vars(parser.parse_args())
    parts = values.pop("parts") or list(PARTS)
    return parts, Options(**values)


def main() -> None:
    """Run the parts one after the other; print and write their tables."""
    parts, options = parsed()
    bind_to(options.threads)
    torch.set_num_threads(options.threads)
    options.out.mkdir(parents=True, exist_ok=True)
    for name in parts:
        begun = time.perf_counter()
        try:
            text = PARTS[name](options)
        except Skipped as why:
            print(f"## {name}\n\nSkipped: {why}.\n", flush=True)
            continue
        text = f"## {name}\n\n{text}\n\n{_circumstances(options, time.perf_counter() - begun)}\n"
        print(text, flush=True)
        (options.out / f"paint_{name}.md").write_text(text, encoding="utf-8")


def _circumstances(options: Options, seconds: float) -> str:
    """Say how the figures of a part were taken."""
    words = [
        f"{platform.system()} {platform.machine()}, {options.threads} threads",
        f"load {os.getloadavg()[0]:.1f} at the end",
        f"{short(seconds)} in all",
    ]
    if options.shrink > 1:
        words.append(f"ALL SIDES DIVIDED BY {options.shrink}: the figures mean nothing")
    return f"{'; '.join(words)}."


if __name__ == "__main__":
    main()
