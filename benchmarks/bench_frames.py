"""How still restyled frames hold, beside frame-by-frame painting with the same network.

Renders its own animation (``moving_scene``, kept in ``dist/``) and restyles it in each mode. The
warping error is the mean difference between a result and the one before it, moved along the true
motion, on pixels that are seen in both; in 1/255. Style distance is that of ``bench_quality``, where
the loss network is at hand. ``make bench-frames`` prints the table and writes an error plot and a
strip to ``docs/images/``.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import cv2
import numpy as np

from impasto.core.control import Control
from impasto.core.image.files import read_picture
from impasto.core.paint.engine import PaintJob
from impasto.core.paint.network import Stylizer
from impasto.core.paint.working import display_colors
from impasto.core.styles.look import Look, StyleRef
from impasto.core.tasks.registry import run
from impasto.core.tasks.restyle_frames import FramesRequest
from impasto.core.video.flow import warp
from impasto.core.video.motion import match_flow
from impasto.core.video.passes import read_passes
from impasto.core.video.settings import FramesSettings, SequenceRef

from .materials import DATA
from .meter import peak_memory

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "dist" / "bench_frames"
IMAGES = ROOT / "docs" / "images"
MODES = ("OFF", "STATISTICS", "MOTION")
SHOWN = (10, 14, 18, 22, 29)
_ROUNDS = 3


def rendered() -> list[Path]:
    """The frames of the animation, rendered if they are not there."""
    from .moving_scene import FRAMES

    folder = FOLDER / "render"
    if len(list(folder.glob("*.exr"))) < FRAMES:
        folder.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, "-m", "benchmarks.moving_scene", str(folder)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return sorted(folder.glob("*.exr"))


def restyle(source: Path, out: Path, style: str, mode: str) -> float:
    """Restyle anew; returns the seconds it took."""
    shutil.rmtree(out, ignore_errors=True)
    look = Look((StyleRef(style),), engine="NETWORK")
    request = FramesRequest(
        SequenceRef(str(source)), FramesSettings(look, mode), str(out), format="PNG"
    )
    begun = time.perf_counter()
    run(request, Control())
    return time.perf_counter() - begun


def warping_errors(frames: list[np.ndarray], sources: list[Path], shots: list[int]) -> np.ndarray:
    """Of each frame against the one before it, ``(N - 1,)``; not a number at cuts."""
    passes = [read_passes(p, (frames[0].shape[1], frames[0].shape[0])) for p in sources]
    flat = np.zeros(frames[0].shape, np.uint8)
    errors = np.full(len(frames) - 1, np.nan)
    for i in range(1, len(frames)):
        here, last = passes[i], passes[i - 1]
        if i in shots or here is None or last is None:
            continue
        depths = (here.depth, last.depth)
        # Geometry alone says what is seen: the pictures themselves must not.
        match = match_flow(here.to_previous, last.to_next, flat, flat, depths)
        seen = match.confidence > 0.5
        difference = np.abs(frames[i] - warp(frames[i - 1], here.to_previous)).mean(2)
        errors[i - 1] = 255 * difference[seen].mean()
    return errors


def style_distance(frames: list[np.ndarray], style: str) -> float | None:
    """Mean over some frames, by the loss network; None without it or without a style's picture."""
    weights = DATA / "perceptual/squeezenet1_1.npz"
    if not weights.exists() or not Path(style).is_file():
        return None
    from training.data import to_tensor

    from .bench_quality import Judge, read

    judge = Judge(weights)
    wanted = judge.features(to_tensor([read(Path(style))]))
    some = [(np.clip(f, 0, 1) * 255 + 0.5).astype(np.uint8) for f in frames[::6]]
    return float(np.mean([judge.style(judge.features(to_tensor([f])), wanted) for f in some]))


def peak_over(count: int) -> int:
    """Peak memory in bytes of a process that restyles so many frames."""
    command = [sys.executable, "-m", "benchmarks.bench_frames", "--alone", str(count)]
    return int(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)


def alone(count: int, size: tuple[int, int] = (256, 144)) -> None:
    """Restyle a slow pan; print the peak of the memory."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "in"
        folder.mkdir()
        rng = np.random.default_rng(0)
        wide = cv2.resize(rng.integers(0, 255, (30, 120, 3), np.uint8), (size[0] + 260, size[1]))
        for i in range(count):
            cv2.imwrite(str(folder / f"{i + 1:04d}.png"), wide[:, i : i + size[0]])
        restyle(folder, Path(name) / "out", "starry-night", "MOTION")
    print(peak_memory(os.getpid()) or 0)


def full_hd(frames: list[np.ndarray], style: str) -> tuple[float, float]:
    """Seconds a frame of 1920 x 1080: of the network alone, and of a whole run by motion."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "in"
        folder.mkdir()
        for i, frame in enumerate(frames):
            large = cv2.resize(frame, (1920, 1080), interpolation=cv2.INTER_CUBIC).clip(0, 1)
            levels = (large[..., ::-1] * 255 + 0.5).astype(np.uint8)
            cv2.imwrite(str(folder / f"{i + 1:04d}.png"), levels)
        stylizer = Stylizer()
        code = stylizer.encode_style(large)
        job = PaintJob(large, code, content_code=stylizer.measure([large], code))
        stylizer.paint(job)

        def bare() -> float:
            begun = time.perf_counter()
            for _ in range(5):
                stylizer.paint(job)
            return (time.perf_counter() - begun) / 5

        before = bare()
        whole = restyle(folder, Path(name) / "out", style, "MOTION") / len(frames)
        return (before + bare()) / 2, whole


def locked_off(frames: list[np.ndarray]) -> list[np.ndarray]:
    """As many frames of a camera that stands still: a disc cut out of one passes before another."""
    ground, other = frames[9], frames[29]
    y, x = np.mgrid[:60, :60]
    disc = (x - 29.5) ** 2 + (y - 29.5) ** 2 < 28**2
    made = []
    for i in range(len(frames)):
        frame = ground.copy()
        part = frame[80 + round(15 * np.sin(i / 6)) :, 20 + 4 * i :][:60, :60]
        seen = disc[: part.shape[0], : part.shape[1]]
        part[seen] = other[60:120, 40:100][: part.shape[0], : part.shape[1]][seen]
        made.append(frame)
    return made


def plot(errors: dict[str, np.ndarray]) -> None:
    """Error over time, one line for each mode and the render itself."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(8, 3.2), layout="constrained")
    for name, values in errors.items():
        axes.plot(np.arange(2, len(values) + 2), values, label=name, linewidth=1.8)
    axes.set_xlabel("frame")
    axes.set_ylabel("warping error, 1/255")
    axes.set_ylim(bottom=0)
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False, ncols=4, loc="upper right")
    figure.savefig(IMAGES / "frames_error.png", dpi=120)


def main() -> None:
    """Print the table; write the plot and the strip."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--style", default="")
    parser.add_argument("--alone", type=int, help="restyle so many frames, tell the memory")
    parser.add_argument("--quick", action="store_true", help="no timing, no memory")
    options = parser.parse_args()
    if options.alone:
        alone(options.alone)
        return
    pictures = sorted((DATA / "dev/style").glob("*")) if DATA.exists() else []
    style = options.style or (str(pictures[3]) if pictures else "starry-night")
    sources = rendered()
    from .moving_scene import CUT

    shots = [CUT]
    originals = [display_colors(read_picture(p)) for p in sources]
    errors = {"render": warping_errors(originals, sources, shots)}
    strip = [originals]
    print("| mode | warping error | beside frame by frame | beside the render | style distance |")
    print("| --- | ---: | ---: | ---: | ---: |")
    input_error = float(np.nanmean(errors["render"]))
    print(f"| the render itself | {input_error:.2f} | | 1.00 | |")
    for mode in MODES:
        out = FOLDER / mode.lower()
        restyle(FOLDER / "render", out, style, mode)
        frames = [display_colors(read_picture(p)) for p in sorted(out.glob("*.png"))]
        errors[mode.capitalize()] = warping_errors(frames, sources, shots)
        error = float(np.nanmean(errors[mode.capitalize()]))
        alone_error = float(np.nanmean(errors["Off"]))
        distance = style_distance(frames, style)
        strip.append(frames)
        print(
            f"| {mode.capitalize()} | {error:.2f} | {error / alone_error:.2f} "
            f"| {error / input_error:.2f} | {distance if distance is None else f'{distance:.3f}'} |",
            flush=True,
        )
    plot(errors)
    rows = [np.hstack([frames[n - 1] for n in SHOWN]) for frames in (strip[0], strip[1], strip[-1])]
    picture = (np.clip(np.vstack(rows), 0, 1) * 255 + 0.5).astype(np.uint8)
    quality = [cv2.IMWRITE_JPEG_QUALITY, 90]
    cv2.imwrite(str(IMAGES / "frames_strip.jpg"), picture[..., ::-1], quality)
    if options.quick:
        return
    # Long enough that its beginning and its end weigh as little as in a real one.
    bare, whole = full_hd(originals * _ROUNDS, style)
    still, calm = full_hd(locked_off(originals), style)
    print(
        f"\n1920 x 1080: {bare:.2f} s the network alone, {whole:.2f} s a frame by motion, "
        f"{whole / bare:.2f} times as long\nA camera that stands still: {calm:.2f} s a frame, "
        f"{calm / still:.2f} times as long"
    )
    few, many = peak_over(60), peak_over(250)
    print(f"Peak memory: {few / 1e6:.0f} MB over 60 frames, {many / 1e6:.0f} MB over 250")


if __name__ == "__main__":
    main()
