"""Its StyLit example, painted by Ebsynth's own CPU build and by our patches with the same guides.

``python -m benchmarks.paint_ebsynth FOLDER OUTPUT`` paints ours from the example's pictures. The
checkout lies elsewhere and is only read; it is built in a temporary folder.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import cv2
import numpy as np

from impasto.core.paint.patches.exemplar import build_exemplar
from impasto.core.paint.patches.guided import first_colors, make_guide
from impasto.core.paint.patches.painting import paint_patches

from .meter import NICENESS

STYLE = "source_style.png"
SIDES = ("source", "target")
GUIDES = ("fullgi", "dirdif", "dirspc", "indirb")
WEIGHT = 0.5
"""Of each guide, as in the example's ``run.sh``; the style has 1."""

_SCRIPT = "build-linux-cpu_only.sh"
_SIDE = 5
_SAMPLE = 2000
_CHUNK = 2**13


def build(checkout: Path) -> Path:
    """Build the CPU version with its own script outside the repository; return the program.

    A program that was built before is used again while no source is newer.
    """
    folder = Path(tempfile.gettempdir()) / "impasto_bench_ebsynth"
    program = folder / "bin" / "ebsynth"
    sources = [path for path in (checkout / "src").iterdir() if path.is_file()]
    newest = max(path.stat().st_mtime for path in sources)
    if program.exists() and program.stat().st_mtime > newest:
        return program
    for name in ("src", "include"):
        shutil.copytree(checkout / name, folder / name, dirs_exist_ok=True)
    (folder / "bin").mkdir(exist_ok=True)
    shutil.copy(checkout / _SCRIPT, folder)
    subprocess.run(["sh", _SCRIPT], check=True, cwd=folder)
    return program


def copy_example(checkout: Path, folder: Path, shrink: int) -> None:
    """Put the example's pictures into a temporary folder, made smaller if asked for."""
    for path in (checkout / "examples" / "stylit").glob("*.png"):
        if shrink == 1:
            shutil.copy(path, folder)
            continue
        picture = cv2.imread(str(path))
        small = cv2.resize(
            picture, None, fx=1 / shrink, fy=1 / shrink, interpolation=cv2.INTER_AREA
        )
        cv2.imwrite(str(folder / path.name), small)


def command(program: Path, output: Path) -> list[str | Path]:
    """Return the call of the example, for its folder."""
    words: list[str | Path] = [program, "-style", STYLE]
    for name in GUIDES:
        words += ["-guide", f"source_{name}.png", f"target_{name}.png", "-weight", str(WEIGHT)]
    return [*words, "-backend", "cpu", "-output", output]


def _read(path: Path) -> np.ndarray:
    """``(H, W, 3)`` float32 RGB in [0, 1]."""
    pixels = cv2.cvtColor(cv2.imread(str(path)), cv2.COLOR_BGR2RGB)
    return pixels.astype(np.float32) / 255


def main(folder: Path, output: Path) -> None:
    """Paint the example with our patches; print the seconds without starting as JSON."""
    os.nice(NICENESS)
    begun = time.perf_counter()
    style = _read(folder / STYLE)
    pairs = [[_read(folder / f"{side}_{name}.png") for side in SIDES] for name in GUIDES]
    size = pairs[0][1].shape[1::-1]
    guides = [make_guide(*pair, size, WEIGHT, wrap=False) for pair in pairs]
    exemplar = build_exemplar(style)
    painted = paint_patches(
        first_colors(style, guides, wrap=False), exemplar, grain=0.0, guides=guides
    )
    cv2.imwrite(str(output), np.rint(painted[..., ::-1] * 255).clip(0, 255).astype(np.uint8))
    print(json.dumps({"seconds": time.perf_counter() - begun}))


def patch_energy(result: np.ndarray, style: np.ndarray) -> float:
    """Return how far patches of a result are from the nearest ones of the style.

    Parameters
    ----------
    result, style : (H, W, 3) uint8
        Pictures.

    Returns
    -------
    float
        Mean squared difference of values in [0, 255], over 5 x 5 patches at 2000 fixed places of the
        result, each against every patch of the style.
    """
    import torch  # here, since ours are timed with their start

    height, width = result.shape[:2]
    random = np.random.default_rng(0)
    rows = random.integers(0, height - _SIDE + 1, _SAMPLE)
    columns = random.integers(0, width - _SIDE + 1, _SAMPLE)
    wanted = torch.from_numpy(_patches(result)[rows, columns].reshape(_SAMPLE, -1)).float()
    every = _patches(style)
    best = torch.full((_SAMPLE,), torch.inf)
    step = max(1, _CHUNK // every.shape[1])
    for top in range(0, every.shape[0], step):
        some = torch.from_numpy(every[top : top + step].reshape(-1, wanted.shape[1])).float()
        # Integers below 2**24: the products are exact.
        apart = (some * some).sum(1) - 2 * (wanted @ some.T)
        best = torch.minimum(best, apart.min(dim=1).values)
    squares = (best + (wanted * wanted).sum(1)) / wanted.shape[1]
    return float(squares.double().mean())


def _patches(picture: np.ndarray) -> np.ndarray:
    """Return a view of all patches, ``(rows, columns, 3, side, side)`` uint8."""
    return np.lib.stride_tricks.sliding_window_view(picture, (_SIDE, _SIDE), axis=(0, 1))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
