"""How fast movies are read and written, beside OpenCV's VideoCapture and VideoWriter.

    python -m benchmarks.bench_movies [--frames 96] [--size 1920 1080]

OpenCV decodes to 8-bit RGB by BT.601 whatever the movie says, and writes MPEG-4 without color tags or
sound; it is what Impasto used before. Both read the same H.264 file; both are given the same PNG files
to write. Best of three runs, one after the other.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np

from impasto.core.image.files import read_picture, write_picture
from impasto.core.image.picture import Picture
from impasto.core.video.movie import SUFFIXES, write_movie
from impasto.core.video.movie_reader import MovieReader
from impasto.core.video.movie_timing import even_timing

_RUNS = 3
_SEEKS = 12


def main() -> None:
    """Measure, print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--frames", type=int, default=96)
    parser.add_argument("--size", type=int, nargs=2, default=(1920, 1080))
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        paths = _frames(folder, arguments.frames, tuple(arguments.size))
        source = folder / "source.mp4"
        _encode(paths, source)
        print(f"{'':34} {'Impasto':>9} {'OpenCV':>9} {'ratio':>6}   milliseconds a frame")
        count = arguments.frames
        _row("open", lambda: MovieReader.open(source), lambda: cv2.VideoCapture(str(source)), 1)
        _row("read one after the other", lambda: _read(source), lambda: _read_by_cv2(source), count)
        order = np.random.default_rng(0).permutation(count)[:_SEEKS]
        _row(
            "read in any order",
            lambda: _read(source, order),
            lambda: _read_by_cv2(source, order),
            len(order),
        )
        for suffix in SUFFIXES:
            made = folder / f"made{suffix}"
            _row(
                f"write {suffix}",
                lambda made=made: write_movie(paths, made, even_timing(count, 24), overwrite=True),
                lambda made=made: _write_by_cv2(paths, made),
                count,
            )
            made.unlink()
        alone = _best(lambda: [*map(read_picture, paths)]) / count * 1e3
        print(f"{'(reading the PNG files alone)':34} {alone:9.1f}")


def _row(name: str, ours: Callable[[], object], theirs: Callable[[], object], count: int) -> None:
    here, there = (_best(run) / count * 1e3 for run in (ours, theirs))
    print(f"{name:34} {here:9.1f} {there:9.1f} {here / there:6.2f}", flush=True)


def _best(run: Callable[[], object]) -> float:
    times = []
    for _ in range(_RUNS):
        begun = time.perf_counter()
        run()
        times.append(time.perf_counter() - begun)
    return min(times)


def _frames(folder: Path, count: int, size: tuple[int, int]) -> list[Path]:
    """A noisy picture under a moving window, as restyled frames are full of detail."""
    width, height = size
    rng = np.random.default_rng(0)
    small = rng.random((height // 3, (width + 4 * count) // 3, 3)).astype(np.float32)
    wide = cv2.resize(small, (width + 4 * count, height), interpolation=cv2.INTER_CUBIC)
    paths = []
    for number in range(count):
        path = folder / f"frame_{number:04d}.png"
        write_picture(Picture(wide[:, 4 * number :][:, :width].clip(0, 1)), path)
        paths.append(path)
    return paths


def _encode(paths: list[Path], movie: Path) -> None:
    with av.open(str(movie), "w") as made:
        stream = made.add_stream("libx264", rate=Fraction(24), options={"crf": "20", "g": "48"})
        stream.height, stream.width = cv2.imread(str(paths[0])).shape[:2]
        stream.pix_fmt = "yuv420p"
        for index, path in enumerate(paths):
            pixels = cv2.imread(str(path))
            frame = av.VideoFrame.from_ndarray(pixels, "bgr24")
            frame.pts = index
            made.mux(stream.encode(frame))
        made.mux(stream.encode(None))


def _read(path: Path, order=None) -> None:
    reader = MovieReader.open(path)
    for index in range(reader.count) if order is None else order:
        reader.read(int(index))


def _read_by_cv2(path: Path, order=None) -> None:
    movie = cv2.VideoCapture(str(path))
    for index in range(int(movie.get(cv2.CAP_PROP_FRAME_COUNT))) if order is None else order:
        if order is not None:
            movie.set(cv2.CAP_PROP_POS_FRAMES, int(index))
        pixels = cv2.cvtColor(movie.read()[1], cv2.COLOR_BGR2RGB)
        np.divide(pixels, np.float32(255), dtype=np.float32)


def _write_by_cv2(paths: list[Path], path: Path) -> None:
    codec = "MJPG" if path.suffix == ".avi" else "mp4v"
    writer = None
    for frame in paths:
        color = read_picture(frame).color
        if writer is None:
            size = color.shape[1::-1]
            writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*codec), 24, size)
        pixels = (np.clip(color, 0, 1) * 255 + 0.5).astype(np.uint8)[..., ::-1]
        writer.write(np.ascontiguousarray(pixels))
    writer.release()


if __name__ == "__main__":
    main()
