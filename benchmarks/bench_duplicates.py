"""How surely near-duplicates are found among many textures.

    python -m benchmarks.bench_duplicates [--count 10000] [--growth 1000 3000] [--work FOLDER]

Pictures are quarters of drawn patterns, of photographs that ship with scikit-image and, if the
training data is beside the checkout, of its surfaces. Some of them are copied in twelve ways: other
sizes, formats and names, compressed, slightly recolored, mirrored, turned, cropped. Among the rest are
plain images, normal maps, and copies in quite another color, none of which is a duplicate. Quarters of
one regular pattern may be the same picture by chance: pairs of those do not count.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from itertools import combinations, islice
from pathlib import Path

import cv2
import numpy as np
import skimage.data
from PIL import Image

from impasto.core.clustering.duplicates import duplicates
from impasto.core.control import SILENT
from impasto.core.features import DescriptorCache, Thumbnails, describe
from impasto.core.features.columns import COLUMNS
from impasto.core.image.reference import ImageRef

from .materials import CONTENT
from .patterns import DRAWN

_PHOTOGRAPHS = (
    *("astronaut", "brick", "camera", "cat", "coffee", "coins", "grass", "gravel"),
    *("hubble_deep_field", "immunohistochemistry", "moon", "retina", "rocket"),
)
_REGULAR = {
    *("brick_wall", "bathroom_tiles", "linen", "knit", "ticking", "polka_dots", "fish_scales"),
    *("corrugated_iron", "brushed_steel"),
}
_SEAMLESS, _PREVIEWS = ("awsrobo", "gazebo", "materialx"), ("market",)
"""Surfaces of the training data that repeat, and renders of one ball in many materials."""

_COPIES = 500
Change = Callable[[np.ndarray, np.random.Generator], np.ndarray]


def main() -> None:
    """Measure, print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--growth", type=int, nargs="*", default=[1000, 3000])
    parser.add_argument("--out", type=Path, default=Path("docs/clustering"))
    parser.add_argument("--work", type=Path, help="keep the pictures here")
    parser.add_argument("--once", type=int, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.once:
        print(json.dumps(_run(arguments.work, arguments.once)))
        return
    with tempfile.TemporaryDirectory() as temporary:
        work = arguments.work or Path(temporary)
        write_pictures(work / "pictures", arguments.count)
        report = [
            _in_process(work, count) for count in sorted({*arguments.growth, arguments.count})
        ]
    arguments.out.mkdir(parents=True, exist_ok=True)
    (arguments.out / "bench_duplicates.json").write_text(json.dumps(report, indent=1) + "\n")
    last = report[-1]
    print(f"{'kind':24} {'copies':>7} {'found':>7} {'recall':>7}")
    for kind, (found, all_) in last["kinds"].items():
        print(f"{kind:24} {all_:7} {found:7} {found / max(all_, 1):7.3f}")
    print(f"\n{'pictures':>9} {'precision':>10} {'recall':>7}", end="")
    print(f" {'seconds':>9} {'processor':>9} {'memory':>9}")
    for row in report:
        print(
            f"{row['pictures']:9} {row['precision']:10.4f} {row['recall']:7.3f}"
            f" {row['seconds']:8.2f}s {row['processor']:8.2f}s {row['megabytes']:7.0f}MB"
        )


def write_pictures(folder: Path, count: int) -> None:
    """Write ``count`` pictures and the list of what they are, unless they exist."""
    index = folder / "index.json"
    if index.is_file() and len(json.loads(index.read_text())) >= count:
        return
    folder.mkdir(parents=True, exist_ok=True)
    random = np.random.default_rng(5)
    entries: list[dict] = []
    copies = _COPIES * count // 10_000 if count >= 10_000 else max(count // 20, len(CHANGES))
    for number, (source, quarter, image) in enumerate(_originals(random, count - 2 * copies)):
        name = f"{number:05}.jpg" if number % 2 else f"{number:05}.png"
        cv2.imwrite(str(folder / name), image[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 93])
        entries.append({"file": name, "source": source, "quarter": quarter, "of": number})
    entries += _copies(folder, entries, copies, count - len(entries) - copies, random)
    index.write_text(json.dumps(entries))


def _copies(
    folder: Path, entries: list[dict], copies: int, recolored: int, random: np.random.Generator
) -> list[dict]:
    """Write copies, and copies in quite another color; return their entries."""
    textured = [e["of"] for e in entries if not e["source"].startswith("plain")]
    # A part of a regular pattern has no place of its own, and its color is all that it has.
    irregular = [number for number in textured if not _is_regular(entries[number]["source"])]
    bases, irregular_bases = (
        iter(random.permutation(numbers)) for numbers in (textured, irregular)
    )
    made = []
    kinds = list(CHANGES)
    for number in range(copies):
        kind = kinds[number % len(kinds)]
        base = int(next(irregular_bases if kind == "cropped" else bases))
        made.append(_copy(folder, entries, base, kind, number, random))
    for number in range(recolored):
        image = _read(folder / entries[int(next(irregular_bases))]["file"])
        turned = _hue(image, random.uniform(70, 290), 1.0)
        if np.abs(turned.astype(int) - image).mean() < 12:  # gray: no other hue is another color
            turned = np.rint(image * [0.45, 0.7, 1.0]).astype(np.uint8)
        name = f"recolored_{number:05}.jpg"
        cv2.imwrite(str(folder / name), turned[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 93])
        made.append({"file": name, "source": f"recolored {number}", "quarter": 0, "of": -1})
    return made


def _originals(random: np.random.Generator, count: int):
    """Yield source, quarter and ``(h, w, 3)`` uint8 sRGB of pictures that differ from each other."""

    def quarters(source: str, image: np.ndarray):
        height, width = image.shape[0] // 2, image.shape[1] // 2
        for quarter, (y, x) in enumerate(((0, 0), (0, 1), (1, 0), (1, 1))):
            part = image[y * height : (y + 1) * height, x * width : (x + 1) * width]
            if part.std((0, 1)).max() > 4:  # empty corners of photographs may be equal
                yield source, quarter, np.ascontiguousarray(part)

    def pictures():
        for number in range(60):
            color = random.integers(0, 256, 3)
            # Apart from each other: a cube of colors, slightly moved.
            color = np.array([number % 4, number // 4 % 4, number // 16]) * 55 + 30 + color % 20
            yield f"plain {number}", 0, np.full((128, 128, 3), color, np.uint8)
        for name in _PHOTOGRAPHS:
            image = getattr(skimage.data, name)()
            image = np.dstack([image] * 3) if image.ndim == 2 else image[..., :3]
            yield from quarters(name, image[:1024, :1024])
        # The first is gazebo_01654 again, the halves of the others mirror each other.
        taken = {"gazebo_01810", "budgie_01851", "budgiehist_05037"}
        for path in sorted(CONTENT.glob("*.jpg")) if CONTENT.is_dir() else ():
            name = path.stem.split("_c")[0]  # whose crops overlap
            if name in taken:
                continue
            taken.add(name)
            if name.startswith(_SEAMLESS):  # quarters of these repeat, too
                yield name, 0, _read(path)
            elif not name.startswith(_PREVIEWS):
                yield from quarters(name, _read(path))
        seed = 0
        while True:
            draw = DRAWN[seed % len(DRAWN)]
            image = np.rint(draw(np.random.default_rng(seed)) * 255).clip(0, 255).astype(np.uint8)
            zoom = random.uniform(0.55, 1)
            side = 2 * int(256 * zoom)
            # Every drawing has a color and scale of its own.
            image = _hue(image[:side, :side], random.uniform(-180, 180), random.uniform(0.5, 1.2))
            if seed % 9 == 8:
                image, kind = _normal_map(image), "normals-"
            else:
                kind = ""
            yield from quarters(f"{kind}{draw.__name__} {seed} {zoom:.3f}", image)
            seed += 1

    yield from islice(pictures(), count)


def _copy(
    folder: Path,
    entries: list[dict],
    base: int,
    kind: str,
    number: int,
    random: np.random.Generator,
) -> dict:
    """Write a copy of a picture; return its entry."""
    image = _read(folder / entries[base]["file"])
    changed = np.ascontiguousarray(CHANGES[kind](image, random))
    suffix = {"another format": (".webp", ".tga", ".tif", ".bmp")[number % 4]}.get(kind, ".png")
    name = f"copy_{number:04}_{kind.replace(' ', '_')}{suffix}"
    if kind == "compressed":
        name = name.replace(".png", ".jpg")
        quality = [cv2.IMWRITE_JPEG_QUALITY, int(random.integers(35, 75))]
        cv2.imwrite(str(folder / name), changed[..., ::-1], quality)
    else:
        Image.fromarray(changed).save(folder / name)
    origin = entries[base]
    return {**origin, "file": name, "of": origin["of"], "kind": kind}


def _resized(image: np.ndarray, share: float) -> np.ndarray:
    height, width = image.shape[:2]
    size = (max(1, round(width * share)), max(1, round(height * share)))
    how = cv2.INTER_AREA if share < 1 else cv2.INTER_CUBIC
    return cv2.resize(image, size, interpolation=how)


def _smaller(image: np.ndarray, random: np.random.Generator) -> np.ndarray:
    return _resized(image, max(64 / min(image.shape[:2]), random.uniform(0.25, 0.6)))


def _larger(image: np.ndarray, random: np.random.Generator) -> np.ndarray:
    return _resized(image, min(4096 / max(image.shape[:2]), random.choice([1.5, 2, 4])))


def _toned(image: np.ndarray, gain: float, contrast: float) -> np.ndarray:
    value = image.astype(np.float32)
    middle = value.mean()
    return np.rint(((value - middle) * contrast + middle) * gain).clip(0, 255).astype(np.uint8)


def _hue(image: np.ndarray, degrees: float, saturation: float) -> np.ndarray:
    lab = cv2.cvtColor(image.astype(np.float32) / 255, cv2.COLOR_RGB2Lab)
    angle = np.radians(degrees)
    turn = saturation * np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    lab[..., 1:] = lab[..., 1:] @ turn
    color = cv2.cvtColor(lab.astype(np.float32), cv2.COLOR_Lab2RGB)
    return np.rint(255 * color.clip(0, 1)).astype(np.uint8)


def _cropped(image: np.ndarray, random: np.random.Generator) -> np.ndarray:
    share = random.uniform(0.6, 0.9)
    height, width = int(image.shape[0] * share), int(image.shape[1] * share)
    y = random.integers(0, image.shape[0] - height + 1)
    x = random.integers(0, image.shape[1] - width + 1)
    return image[y : y + height, x : x + width]


CHANGES: dict[str, Change] = {
    "smaller": _smaller,
    "larger": _larger,
    "compressed": lambda image, random: image,
    "another format": lambda image, random: image,
    "brighter or darker": lambda image, random: _toned(image, random.choice([0.85, 1.15]), 1),
    "more or less contrast": lambda image, random: _toned(image, 1, random.choice([0.8, 1.2])),
    "saturation": lambda image, random: _hue(image, 0, random.choice([0.75, 1.25])),
    "slight hue": lambda image, random: _hue(image, random.choice([-8, 8]), 1),
    "mirrored sideways": lambda image, random: image[:, ::-1],
    "mirrored upside down": lambda image, random: image[::-1],
    "turned": lambda image, random: np.rot90(image, random.integers(1, 4)),
    "cropped": _cropped,
}


def _normal_map(image: np.ndarray) -> np.ndarray:
    height = cv2.GaussianBlur(image.astype(np.float32).mean(2), (0, 0), 1) / 255
    slope = [-4 * cv2.Sobel(height, cv2.CV_32F, *axis) for axis in ((1, 0), (0, 1))]
    normal = np.dstack([*slope, np.ones_like(height)])
    normal /= np.linalg.norm(normal, axis=2, keepdims=True)
    return np.rint((normal * 0.5 + 0.5) * 255).astype(np.uint8)


def _read(path: Path) -> np.ndarray:
    return cv2.imread(str(path))[..., ::-1]


def _in_process(work: Path, count: int) -> dict:
    command = [sys.executable, "-m", "benchmarks.bench_duplicates"]
    command += ["--once", str(count), "--work", str(work)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return json.loads(done.stdout.splitlines()[-1])


def _chosen(entries: list[dict], count: int) -> list[dict]:
    """Return the copies, their originals and even parts of the others, ``count`` in all."""
    share = count / len(entries)
    copies = [entry for entry in entries if "kind" in entry]
    copies = copies[: max(len(CHANGES), round(share * len(copies)))]
    kept = {entry["file"]: entry for entry in copies}
    originals = {
        entry["of"]: entry for entry in entries if entry["of"] >= 0 and "kind" not in entry
    }
    for entry in copies:
        kept[originals[entry["of"]]["file"]] = originals[entry["of"]]
    others = [e for e in entries if e["file"] not in kept and "kind" not in e]
    step = len(others) / max(count - len(kept), 1)
    for number in range(count - len(kept)):
        kept[others[int(number * step)]["file"]] = others[int(number * step)]
    return list(kept.values())


def _run(work: Path, count: int) -> dict:
    """Search ``count`` pictures; their descriptions come from the cache if they are there."""
    entries = _chosen(json.loads((work / "pictures" / "index.json").read_text()), count)
    images = [
        ImageRef(entry["file"], (str(work / "pictures" / entry["file"]),)) for entry in entries
    ]
    thumbnails = Thumbnails(work / "thumbnails")
    described = describe(images, cache=DescriptorCache(work / "cache"), thumbnails=thumbnails)
    if described.failures:
        raise SystemExit(f"{described.failures[0]}")
    start, spent = time.perf_counter(), time.process_time()
    found = duplicates(
        described.rows[:, COLUMNS["fingerprint"]],
        lambda row: thumbnails.read(described.contents[row]),
        control=SILENT,
    )
    seconds, spent = time.perf_counter() - start, time.process_time() - spent
    sets = [list(map(int, members.rows)) for members in found.sets]
    return {
        **_scored(entries, sets),
        "pictures": count,
        "seconds": round(seconds, 2),
        "processor": round(spent, 2),
    }


def _scored(entries: list[dict], sets: list[list[int]]) -> dict:
    """Compare sets of rows with what the entries are."""
    right = wrong = 0
    examples = []
    for members in sets:
        for first, second in combinations(members, 2):
            one, other = entries[first], entries[second]
            if one["of"] == other["of"] and one["of"] >= 0:
                right += 1
            elif not _may_be_equal(one["source"], other["source"]):
                wrong += 1
                examples.append((one["file"], other["file"]))
    together = {row: number for number, members in enumerate(sets) for row in members}
    originals = {e["of"]: row for row, e in enumerate(entries) if "kind" not in e and e["of"] >= 0}
    kinds = {kind: [0, 0] for kind in CHANGES}
    missed = []
    for row, entry in enumerate(entries):
        if "kind" not in entry:
            continue
        original = originals[entry["of"]]
        hit = row in together and together[row] == together.get(original)
        kinds[entry["kind"]][0] += hit
        kinds[entry["kind"]][1] += 1
        if not hit:
            missed.append((entry["file"], entries[original]["file"], entry["source"]))
    found, all_ = (sum(values) for values in zip(*kinds.values(), strict=True))
    return {
        "precision": round(right / max(right + wrong, 1), 4),
        "recall": round(found / max(all_, 1), 4),
        "kinds": kinds,
        "wrong": examples[:20],
        "missed": missed[:60],
        "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def _is_regular(source: str) -> bool:
    return source.split(maxsplit=1)[0].removeprefix("normals-") in _REGULAR


def _may_be_equal(one: str, other: str) -> bool:
    """Return whether two sources are one regular pattern at nearly one scale."""
    first, second = one.split(), other.split()
    if first[0] != second[0] or not _is_regular(one):
        return False
    return one == other or 0.93 < float(first[-1]) / float(second[-1]) < 1.07


if __name__ == "__main__":
    main()
