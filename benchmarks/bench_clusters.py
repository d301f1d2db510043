"""How well and how fast textures are grouped.

    python -m benchmarks.bench_clusters [--sizes 100 1000 10000] [--before FOLDER]

Quality: the adjusted Rand index against the labels of a set of materials (see ``materials.py``), with
the number of groups chosen automatically, beside K-means of color histograms, which is given the true
number. Growth: seconds and memory of the whole task for more and more textures of 256 x 256, each
size in a separate process, again from the cache, and with a hundred textures more; beside it, if
``--before`` names its folder, an earlier checkout on the same textures. Regions: what a style for each
region adds to the time of painting 2048 x 2048.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import cv2
import numpy as np
import skimage.data
from matplotlib.figure import Figure
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_rand_score

from impasto.core.clustering.grouping import group
from impasto.core.clustering.settings import SIMILARITY
from impasto.core.control import Control, Progress
from impasto.core.features import DescriptorCache, comparing_pipeline, describe
from impasto.core.features.metric import calibration
from impasto.core.image.picture import Picture
from impasto.core.image.reference import ImageRef
from impasto.core.paint.network import Stylizer
from impasto.core.paint.pipeline import stylize
from impasto.core.paint.regions import RegionPainter
from impasto.core.paint.style_reader import StyleReader
from impasto.core.plots import theme
from impasto.core.styles.catalog import builtin_styles
from impasto.core.styles.look import Look, StyleRef
from impasto.core.tasks.analyze import AnalyzeRequest
from impasto.core.tasks.registry import run

from .materials import CONTENT, materials, write_set

VIEWS = 12
_SIDE, _TURNS = 2048, 5
_ADDED = 100
_AS_WORKER = {
    # As the worker sets up itself: threads sleep while they wait, and glibc keeps large blocks.
    "OMP_WAIT_POLICY": "PASSIVE",
    "GOMP_SPINCOUNT": "5000",
    "OPENBLAS_THREAD_TIMEOUT": "4",
    "MALLOC_MMAP_MAX_": "0",
    "MALLOC_TRIM_THRESHOLD_": str(2**31 - 1),
    "MALLOC_TOP_PAD_": str(64 * 2**20),
    "MALLOC_ARENA_MAX": "2",
}


def main() -> None:
    """Measure, print the tables, draw the plot."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", type=int, nargs="*", default=[100, 1000, 10000])
    parser.add_argument("--out", type=Path, default=Path("docs/clustering"))
    parser.add_argument(
        "--work", type=Path, help="keep the textures here (default: a temporary folder)"
    )
    parser.add_argument("--before", type=Path, help="checkout of an earlier build to compare with")
    parser.add_argument("--growth-only", action="store_true", help="measure nothing else")
    parser.add_argument("--once", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--added", type=int, default=0, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.once:
        print(json.dumps(_run(arguments.work, arguments.once, arguments.added)))
        return
    with tempfile.TemporaryDirectory() as temporary:
        work = arguments.work or Path(temporary)
        arguments.out.mkdir(parents=True, exist_ok=True)
        file = arguments.out / "bench_clusters.json"
        if arguments.growth_only:
            report = json.loads(file.read_text()) if file.is_file() else {}
        else:
            report = {"quality": quality(work), "regions": regions()}
        report["growth"] = growth(work, arguments.sizes, arguments.before)
    file.write_text(json.dumps(report, indent=1) + "\n")
    if report["growth"]:
        theme.save(growth_plot(report["growth"]), arguments.out / "growth.png")


def quality(work: Path) -> list[dict]:
    """Measure the adjusted Rand index of each method on each set."""
    sets = {"drawn and scikit-image": materials(training_data=False)}
    if CONTENT.is_dir():
        sets["with the training data's surfaces"] = materials()
    else:
        print("The training data is missing: only drawn and scikit-image materials are measured.")
    table = []
    for name, chosen in sets.items():
        paths, labels = write_set(work / "labeled", chosen, VIEWS)
        images = [ImageRef(str(path), (str(path),)) for path in paths]
        rows = describe(images, cache=DescriptorCache(work / "cache")).rows
        points = comparing_pipeline().fit_transform(rows)
        for algorithm in ("KMEANS", "AGGLOMERATIVE", "DBSCAN"):
            found = group(points, algorithm, reach=calibration().distance(SIMILARITY))
            table.append(_scored(name, algorithm, chosen, labels, found.labels, "automatic"))
        colors = np.stack([_histogram(path) for path in paths])
        plain = KMeans(len(chosen), n_init=10, random_state=0).fit_predict(colors)
        table.append(_scored(name, "color histogram + K-means", chosen, labels, plain, "given"))
    print(f"{'set':36} {'method':28} {'groups':>14} {'ARI':>7}")
    for row in table:
        groups = f"{row['groups']} of {row['materials']}"
        print(f"{row['set']:36} {row['method']:28} {groups:>14} {row['ari']:7.3f}")
    return table


def _scored(name, method, chosen, labels, found, number) -> dict:
    return {
        "set": name,
        "method": method,
        "materials": len(chosen),
        "images": len(labels),
        "groups": int(found.max()) + 1,
        "number": number,
        "ungrouped": int((found < 0).sum()),
        "ari": round(float(adjusted_rand_score(labels, found)), 4),
    }


def _histogram(path: Path) -> np.ndarray:
    """Return what is compared with: an 8 x 8 x 8 RGB histogram, ``(512,)``."""
    image = cv2.imread(str(path))
    counts = cv2.calcHist([image], [0, 1, 2], None, [8, 8, 8], [0, 256] * 3).ravel()
    return counts / counts.sum()


def regions() -> list[dict]:
    """Time painting 2048 x 2048 in one style and, alternating with it, in one for each region."""
    color = cv2.resize(skimage.data.rocket(), (_SIDE, _SIDE), interpolation=cv2.INTER_CUBIC)
    picture = Picture(color.astype(np.float32) / 255)
    stylizer = Stylizer()
    styles = StyleReader(stylizer)
    references = [StyleRef(info.identifier) for info in builtin_styles()]
    looks = {"one style": Look((references[0],))}
    for count in (2, 3, 5):
        looks[f"{count} regions, a style each"] = Look(tuple(references[:count]), regions=count)
    seconds: dict[str, list[float]] = {name: [] for name in looks}
    for _ in range(_TURNS):
        for name, look in looks.items():
            style = styles.resolve(look.styles)
            painter = RegionPainter(stylizer, styles, look) if look.regions else None
            start = time.perf_counter()
            stylize(stylizer, [picture], look, style, region_painter=painter)
            seconds[name].append(time.perf_counter() - start)
    plain = np.median(seconds["one style"])
    table = []
    print(f"\n{f'{_SIDE} x {_SIDE}':28} {'seconds':>9} {'times':>7}")
    for name, values in seconds.items():
        median = float(np.median(values))
        table.append({"look": name, "seconds": round(median, 2), "times": round(median / plain, 2)})
        print(f"{name:28} {median:7.2f} s {median / plain:7.2f}", flush=True)
    return table


def growth(work: Path, sizes: list[int], before: Path | None = None) -> list[dict]:
    """Measure seconds and peak memory of the whole task for each size, cold and from the cache."""
    if not sizes:
        return []
    chosen = materials()
    print(f"\n{'textures':>9} {'':10} {'first run':>11} {'processor':>11}", end="")
    print(f" {'of it describing':>17}", end="")
    print(f" {'again':>9} {f'{_ADDED} more':>9} {'peak memory':>12} {'load':>5}")
    table = []
    for size in sizes:
        most = max(sizes) + _ADDED
        write_set(work / "many", chosen, -(-most // len(chosen)))
        row = {"textures": size}
        # The earlier build runs in between, under the same load.
        cold = _in_process(work, size)
        earlier = _earlier(work, size, before) if before else None
        warm, more = _in_process(work, size), _in_process(work, size, _ADDED)
        row |= {
            "seconds": cold["seconds"],
            "describing_seconds": cold["describing"],
            "processor_seconds": cold["processor"],
            "cached_seconds": warm["seconds"],
            "cached_describing_seconds": warm["describing"],
            "added_seconds": more["seconds"],
            "added_describing_seconds": more["describing"],
            "peak_megabytes": max(cold["megabytes"], warm["megabytes"], more["megabytes"]),
            "load": os.getloadavg()[0],
        }
        _print_row(size, "now", row)
        if earlier:
            row["before"] = earlier
            _print_row(size, "before", earlier)
            keys = ("seconds", "processor_seconds", "describing_seconds")
            shares = [row[key] / earlier[key] for key in keys]
            words = f"{shares[0]:11.2f} {shares[1]:11.2f} {shares[2]:17.2f}"
            print(f"{'':9} {'share':10} {words}", flush=True)
        table.append(row)
    return table


def _print_row(size: int, build: str, row: dict) -> None:
    added = f"{row['added_seconds']:7.1f} s" if "added_seconds" in row else f"{'':9}"
    print(
        f"{size:9} {build:10} {row['seconds']:9.1f} s {row['processor_seconds']:9.1f} s"
        f" {row['describing_seconds']:15.1f} s"
        f" {row['cached_seconds']:7.2f} s {added} {row['peak_megabytes']:9.0f} MB"
        f" {row['load']:5.1f}",
        flush=True,
    )


def _earlier(work: Path, size: int, before: Path) -> dict:
    """Measure an earlier checkout by its own benchmark, on the same textures."""
    place = work / "before"
    place.mkdir(exist_ok=True)
    for link, target in ((place / "many", work / "many"), (place / "impasto", before)):
        if not link.exists():
            link.symlink_to(target.resolve())
    cold, warm = (_in_process(place, size, build=before) for _ in range(2))
    return {
        "seconds": cold["seconds"],
        "describing_seconds": cold["describing"],
        "processor_seconds": cold["processor"],
        "cached_seconds": warm["seconds"],
        "peak_megabytes": max(cold["megabytes"], warm["megabytes"]),
        "load": os.getloadavg()[0],
    }


def _in_process(work: Path, size: int, added: int = 0, build: Path | None = None) -> dict:
    command = [sys.executable, "-m", "benchmarks.bench_clusters"]
    command += ["--once", str(size), "--work", str(work.resolve())]
    command += ["--added", str(added)] if added else []
    surroundings = os.environ | _AS_WORKER
    if build:
        surroundings["PYTHONPATH"] = os.pathsep.join((str(work.resolve()), str(build.resolve())))
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(
        command, check=True, capture_output=True, text=True, cwd=build, env=surroundings
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return json.loads(done.stdout.splitlines()[-1]) | {"processor": spent}


def _run(work: Path, size: int, added: int = 0) -> dict:
    """Run the task once on ``size`` textures, taken evenly from all materials, and some more."""
    files = sorted((work / "many").glob("*.jpg"))
    step = len(files) / size
    paths = [files[int(index * step)] for index in range(size)]
    paths += sorted({*files} - {*paths})[:added]
    images = tuple(ImageRef(str(path), (str(path),)) for path in paths)
    request = AnalyzeRequest(images, str(work / f"out{size}"), str(work / f"cache{size}"))
    start = time.perf_counter()
    described = []

    def progress(event: Progress) -> None:
        if event.step == "Grouping" and not described:
            described.append(time.perf_counter() - start)

    run(request, Control(progress))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"seconds": time.perf_counter() - start, "describing": described[0], "megabytes": peak}


def growth_plot(table: list[dict]) -> Figure:
    """Draw seconds against number of textures, both logarithmic, cold and from the cache."""
    figure = theme.figure(1200, 720)
    axes = figure.add_axes((0.08, 0.12, 0.86, 0.7), facecolor=theme.BACKGROUND)
    sizes = [row["textures"] for row in table]
    series = (
        ("seconds", "first run", theme.group_color(0)),
        ("cached_seconds", "from the cache", theme.group_color(1)),
    )
    for key, label, color in series:
        values = [row[key] for row in table]
        axes.loglog(sizes, values, "o-", color=color, linewidth=2.5, markersize=9)
        for size, value in zip(sizes, values, strict=True):
            axes.annotate(
                f"{value:.3g} s",
                (size, value),
                (0, 12),
                textcoords="offset points",
                color=theme.TEXT,
                ha="center",
                fontsize=11,
            )
        axes.annotate(
            label,
            (sizes[0], values[0]),
            (0, -22),
            textcoords="offset points",
            color=color,
            ha="left",
            fontsize=12,
            fontweight="bold",
        )
    axes.margins(x=0.08, y=0.2)
    axes.set_xlabel("textures of 256 x 256", color=theme.MUTED, fontsize=11)
    axes.set_ylabel("seconds", color=theme.MUTED, fontsize=11)
    axes.grid(color=theme.LINE, linewidth=0.7)
    axes.tick_params(which="both", colors=theme.MUTED)
    for side in axes.spines.values():
        side.set_visible(False)
    figure.text(
        0.034,
        0.935,
        "Analyze: seconds by number of textures",
        color=theme.TEXT,
        fontsize=19,
        fontweight="bold",
    )
    memory = max(row["peak_megabytes"] for row in table)
    figure.text(
        0.034,
        0.885,
        f"describe, group, name, draw; peak memory {memory:.0f} MB",
        color=theme.MUTED,
        fontsize=11.5,
    )
    return figure


if __name__ == "__main__":
    main()
