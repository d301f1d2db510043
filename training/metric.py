"""Fit the metric of descriptions: how probable it is that two textures are the same kind of thing.

    python -m training.metric

Every picture is seen in several ways: other crops, turns, scales, light, and JPEG. Two views of one
picture are the same kind, views of different pictures are not. For each block of columns (color;
material) a small network is fitted such that the log odds of *same* are a line of the distance
(logistic loss on all pairs of a batch, Adam). What the line says is then measured on pictures that
were held apart, a fold of whole collections at a time, so that it holds for pictures of any source.
Run it again whenever the encoder or a description changes; the file names the encoder.
"""

from __future__ import annotations

import argparse
import csv
import logging
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

import cv2
import numpy as np
import torch
import torch.nn.functional as F
from safetensors.numpy import save_file
from scipy.spatial.distance import cdist, pdist
from sklearn.linear_model import LogisticRegression
from torch import Tensor, nn

from impasto.benchmarks.materials import surface_files
from impasto.core.features.encoder import encoder_signature
from impasto.core.features.metric import BLOCKS, PATH, Embed, Metric
from impasto.core.features.pipeline import describing_pipeline
from impasto.core.image.picture import Picture

from .synthetic import CONTENTS, STYLES

_log = logging.getLogger(__name__)
DATA = Path(__file__).parents[2] / "shared" / "data" / "training"
LEARNED_STYLES = tuple(sorted(STYLES)[::2])
"""Ways of drawing that are learned from; ``benchmarks.scenes`` measures on the others."""

_HIDDEN = {"color": 64, "material": 128}
_DIMENSIONS = {"color": 16, "material": 48}
_WEIGHTS = (0.0, 0.25, 0.5, 0.75, 1.0)
"""Material weights that are fitted and calibrated."""

_STEPS, _BATCH, _RATE, _DECAY, _DROPOUT = 2500, 192, 2e-3, 1e-2, 0.04
_FOLDS = 4
_THREADS = 2
_PRIOR = 1 / 8
"""Share of pairs that are the same kind, as in small scenes."""

_DRAWN, _DRAWN_SIDE = {"surface": 25, "style": 10}, 384
_KINDS = dict.fromkeys(("hidden", "projection"), np.float16)


@dataclass(frozen=True)
class Views:
    """Raw descriptions of views.

    Attributes
    ----------
    rows : (N, LENGTH) float32
        The descriptions.
    pictures : (N,) int64
        The picture of each.
    collections : (N,) int64
        The collection that the picture comes from.
    drawn : (N,) bool
        Whether the collection is one way of drawing, whose pictures may be of one kind: these pairs
        are left out.
    """

    rows: np.ndarray
    pictures: np.ndarray
    collections: np.ndarray
    drawn: np.ndarray

    def of(self, chosen: np.ndarray) -> Views:
        """Return some of the views; ``chosen`` is a mask."""
        return Views(*(getattr(self, name)[chosen] for name in self.__dataclass_fields__))


def fit_metric(views: Views, steps: int = _STEPS, seed: int = 0) -> Metric:
    """Fit the networks; what distances mean is only what the fit itself says of its own pictures."""
    torch.manual_seed(seed)
    random = np.random.default_rng(seed)
    mean, scale, columns, layers = {}, {}, {}, {}
    for block, part in BLOCKS.items():
        mean[block] = views.rows[:, part].mean(0)
        scale[block] = views.rows[:, part].std(0) + np.float32(1e-4)
        even = ((views.rows[:, part] - mean[block]) / scale[block]).clip(-6, 6)
        columns[block] = torch.from_numpy(even)
        first = nn.Linear(even.shape[1], _HIDDEN[block])
        layers[block] = nn.Sequential(
            nn.Dropout(_DROPOUT),
            first,
            nn.ReLU(),
            nn.Linear(_HIDDEN[block], _DIMENSIONS[block], bias=False),
        )
    line = nn.Parameter(torch.tensor([3.0, 8.0]))  # offset, and slope before softplus
    parameters = [line, *(p for layer in layers.values() for p in layer.parameters())]
    optimizer = torch.optim.AdamW(parameters, _RATE, weight_decay=_DECAY)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, _RATE, total_steps=steps)
    by_picture = np.argsort(views.pictures, kind="stable")
    _, starts, counts = np.unique(views.pictures[by_picture], return_index=True, return_counts=True)
    for step in range(steps):
        chosen = random.permutation(len(starts))[:_BATCH]
        first = random.integers(counts[chosen])
        second = (first + 1 + random.integers(counts[chosen] - 1)) % counts[chosen]
        index = by_picture[np.concatenate([starts[chosen] + first, starts[chosen] + second])]
        weight = random.choice(_WEIGHTS)
        parts = [
            np.sqrt(share) * layers[block](columns[block][index])
            for block, share in (("color", 1 - weight), ("material", weight))
            if share > 0
        ]
        loss = _pair_loss(torch.cat(parts, 1), line, views.of(index))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
        if step % 500 == 0:
            _log.info("step %d of %d, loss %.3f", step, steps, loss.item())
    offset, slope = line[0].item(), F.softplus(line[1]).item()
    arrays = {block: [p.detach().numpy() for p in layers[block].parameters()] for block in BLOCKS}
    return Metric(
        mean,
        scale,
        hidden={block: np.ascontiguousarray(arrays[block][0].T) for block in BLOCKS},
        bias={block: arrays[block][1] for block in BLOCKS},
        projection={block: np.ascontiguousarray(arrays[block][2].T) for block in BLOCKS},
        calibration=np.array([(weight, offset, slope) for weight in _WEIGHTS], np.float32),
        encoder=encoder_signature(),
    )


def _pair_loss(points: Tensor, line: Tensor, views: Views) -> Tensor:
    """Logistic loss of all pairs of a batch; rare alike pairs weigh as if they were frequent."""
    distances = (torch.cdist(points, points).square() + 1e-4).sqrt()
    odds = line[0] - F.softplus(line[1]) * distances
    same = torch.from_numpy(views.pictures[:, None] == views.pictures)
    ambiguous = (views.collections[:, None] == views.collections) & views.drawn
    apart = ~same & ~torch.from_numpy(ambiguous)
    same.fill_diagonal_(False)
    return F.softplus(-odds)[same].mean() + 0.15 * len(points) * F.softplus(odds)[apart].mean()


def labeled_distances(
    metric: Metric, views: Views, weight: float, seed: int = 0
) -> tuple[np.ndarray, np.ndarray]:
    """Distances of pairs of views, and whether they show one picture; ``_PRIOR`` of them do."""
    random = np.random.default_rng(seed)
    points = _points(metric, views, weight)
    first, second = np.nonzero(np.triu(views.pictures[:, None] == views.pictures, 1))
    count = round(len(first) * (1 / _PRIOR - 1))
    a, b = random.integers(0, len(points), (2, count))
    ambiguous = (views.collections[a] == views.collections[b]) & views.drawn[a]
    apart = (views.pictures[a] != views.pictures[b]) & ~ambiguous
    first, second = np.r_[first, a[apart]], np.r_[second, b[apart]]
    distances = np.linalg.norm(points[first] - points[second], axis=1)
    return distances, views.pictures[first] == views.pictures[second]


def _points(metric: Metric, views: Views, weight: float) -> np.ndarray:
    """The views as points ``(N, K)`` at a material weight."""
    parts = []
    for block, share in (("color", 1 - weight), ("material", weight)):
        even = (views.rows[:, BLOCKS[block]] - metric.mean[block]) / metric.scale[block]
        layers = Embed(metric.hidden[block], metric.bias[block], metric.projection[block])
        parts.append(np.sqrt(share) * layers.transform(even))
    return np.concatenate(parts, 1)


def held_apart(views: Views, steps: int = _STEPS) -> Iterator[tuple[Metric, Views]]:
    """Metrics that know three quarters of the collections, and the views of the others."""
    order = np.random.default_rng(1).permutation(np.unique(views.collections))
    for fold in range(_FOLDS):
        tested = np.isin(views.collections, order[fold::_FOLDS])
        yield fit_metric(views.of(~tested), steps, seed=fold), views.of(tested)


def calibrated(metric: Metric, views: Views, steps: int = _STEPS) -> tuple[Metric, dict]:
    """The metric with its lines fitted to pictures held apart, and the pairs they were fitted to."""
    pairs: dict[float, list] = {weight: [] for weight in _WEIGHTS}
    sets = []
    for fitted, others in held_apart(views, steps):
        for weight in _WEIGHTS:
            pairs[weight].append(labeled_distances(fitted, others, weight))
        sets.append(labeled_sets(fitted, others))
    rows, kept = [], {}
    for weight, found in pairs.items():
        distances, same = (np.concatenate(part) for part in zip(*found, strict=True))
        line = LogisticRegression(C=1e6).fit(distances[:, None], same)
        rows.append((weight, line.intercept_[0], -line.coef_[0, 0]))
        kept[weight] = distances, same
    table, same = (np.concatenate(part) for part in zip(*sets, strict=True))
    between, inside, share = LogisticRegression(C=1e6, max_iter=1000).fit(table, same).coef_[0]
    _log.info(
        "sets: what is inside weighs %.2f of what is between; usual inside is %.2f "
        "(_INSIDE and _USUAL of core/clustering/algorithms.py)",
        -inside / between,
        -share / inside,
    )
    return replace(metric, calibration=np.array(rows, np.float32)), kept


def labeled_sets(
    metric: Metric, views: Views, count: int = 30_000, seed: int = 0
) -> tuple[np.ndarray, np.ndarray]:
    """Pairs of sets of one to four views, and whether both show one picture.

    Returns a table ``(M, 3)``: the mean distance between the sets, ``k`` times the mean distance inside
    them, and ``k = n / (n + 1)`` for ``n`` pairs inside; and ``(M,)`` bool. A third of the unlike sets
    are of a picture and one of the three nearest to it.
    """
    random = np.random.default_rng(seed)
    points = _points(metric, views, 0.5)
    names = np.unique(views.pictures)
    rows = {name: np.flatnonzero(views.pictures == name) for name in names}
    centers = np.stack([points[rows[name]].mean(0) for name in names])
    nearest = np.argsort(cdist(centers, centers), axis=1)[:, 1:4]
    table, same = [], []
    for _ in range(count):
        one = other = int(random.integers(len(names)))
        if random.random() > 0.25:
            near = random.random() < 1 / 3
            other = int(random.choice(nearest[one]) if near else random.integers(len(names)))
        first, second = rows[names[one]], rows[names[other]]
        ambiguous = views.drawn[first[0]] and (
            views.collections[first[0]] == views.collections[second[0]]
        )
        if one != other and ambiguous:
            continue
        sizes = random.integers(1, 5, 2)
        mixed = random.permutation(first)
        sides = [mixed[: sizes[0]], mixed[sizes[0] : sizes.sum()]]
        if one != other:
            sides[1] = random.permutation(second)[: sizes[1]]
        inside = np.concatenate([pdist(points[side]) for side in sides])
        share = len(inside) / (len(inside) + 1)
        between = cdist(points[sides[0]], points[sides[1]]).mean()
        table.append((between, share * inside.mean() if len(inside) else 0.0, share))
        same.append(one == other)
    return np.array(table), np.array(same)


def save_metric(metric: Metric, path: Path) -> None:
    """Write a metric as safetensors, the layers in half precision."""
    tensors = {
        f"{block}.{part}": np.ascontiguousarray(
            getattr(metric, part)[block], _KINDS.get(part, np.float32)
        )
        for part in ("mean", "scale", "hidden", "bias", "projection")
        for block in BLOCKS
    }
    tensors |= {"encoder": metric.encoder, "calibration": metric.calibration}
    save_file(tensors, path, metadata={"version": str(metric.version)})


def views(image: np.ndarray, count: int, random: np.random.Generator) -> list[Picture]:
    """``count`` views of ``(H, W, 3)`` float32 sRGB: other crops, turns, scales and light."""
    return [Picture(_lit(_cropped(image, random), random)) for _ in range(count)]


def _cropped(image: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """Cut out a part, mostly square, turned by quarters or at any angle, mirrored, resized."""
    if random.random() < 0.25:
        image = _rotated(image, random.uniform(-45, 45))
    short = min(image.shape[:2])
    height, width = (int(short * random.uniform(0.4, 0.85)) for _ in range(2))
    width = height if random.random() < 0.7 else width
    y = random.integers(0, image.shape[0] - height + 1)
    x = random.integers(0, image.shape[1] - width + 1)
    crop = np.rot90(image[y : y + height, x : x + width], random.integers(4))
    crop = crop[:, ::-1] if random.random() < 0.5 else crop
    scale = random.choice((96, 160, 192, 256, 320)) / min(crop.shape[:2])
    size = tuple(round(side * scale) for side in crop.shape[1::-1])
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    return cv2.resize(np.ascontiguousarray(crop), size, interpolation=how)


def _rotated(image: np.ndarray, degrees: float) -> np.ndarray:
    """The middle of the image turned by an angle, without corners that nothing is known of."""
    height, width = image.shape[:2]
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1)
    turned = cv2.warpAffine(image, turn, (width, height), flags=cv2.INTER_AREA)
    radians = np.deg2rad(abs(degrees))
    side = int(min(height, width) / (np.sin(radians) + np.cos(radians)))
    y, x = (height - side) // 2, (width - side) // 2
    return turned[y : y + side, x : x + side]


def _lit(image: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """Other exposure, warmth, contrast and saturation; a gradient of light, noise, and JPEG."""
    warmth, angle = random.uniform(-0.25, 0.25), random.uniform(0, 2 * np.pi)
    light = np.exp2(random.normal(-0.15, 0.45)) * np.array([1 + warmth, 1.0, 1 - warmth])
    ys, xs = np.mgrid[-1 : 1 : image.shape[0] * 1j, -1 : 1 : image.shape[1] * 1j]
    gradient = 1 + random.uniform(0, 0.5) * (np.cos(angle) * xs + np.sin(angle) * ys)
    linear = image**2.2 * light * gradient[..., None]
    gray = linear.mean(2, keepdims=True)
    linear = gray + random.uniform(0.8, 1.2) * (linear - gray)
    linear = linear + random.normal(0, random.choice((0.0, 0.004)), image.shape)
    lit = np.clip(linear, 0, 1) ** (random.uniform(0.85, 1.2) / 2.2)
    if random.random() < 0.3:
        return lit.astype(np.float32)
    quality = int(random.integers(50, 96))
    coded = cv2.imencode(
        ".jpg", np.rint(lit * 255).astype(np.uint8), [cv2.IMWRITE_JPEG_QUALITY, quality]
    )
    return cv2.imdecode(coded[1], cv2.IMREAD_COLOR).astype(np.float32) / 255


def training_files() -> list[Path]:
    """The manifest's train split, without the textures that the benchmark measures on."""
    tested = {file.name.split("_c")[0].removesuffix(".jpg") for file in surface_files()}
    with (DATA / "manifest.csv").open(newline="", encoding="utf-8") as stream:
        files = sorted(DATA / r["file"] for r in csv.DictReader(stream) if r["split"] == "train")
    return [f for f in files if f.stem.split("_c")[0] not in tested]


def pictures() -> Iterator[tuple[str, str, bool, np.ndarray]]:
    """Collection, name, whether it is drawn, and ``(H, W, 3)`` float32 sRGB of every picture."""
    for file in training_files():
        # OpenCV's BGR order is swapped here, once, before light and JPEG.
        image = cv2.imread(str(file))[..., ::-1].astype(np.float32) / 255
        yield (
            f"{file.parent.name} {file.stem.split('_')[0]}",
            file.stem.split("_c")[0],
            False,
            image,
        )
    ways = [(name, draw, _DRAWN["surface"]) for name, draw in CONTENTS.items()]
    ways += [(name, STYLES[name], _DRAWN["style"]) for name in LEARNED_STYLES]
    for name, draw, count in ways:
        for number in range(count):
            random = np.random.default_rng([11, number, *name.encode()])
            yield name, f"{name} {number}", True, draw(random, _DRAWN_SIDE).astype(np.float32) / 255


def described(count: int) -> Views:
    """Descriptions of ``count`` views of every picture."""
    pipeline = describing_pipeline()

    def describe(job: tuple[int, tuple[str, str, bool, np.ndarray]]) -> np.ndarray:
        number, (*_, image) = job
        if number % 50 == 0:
            _log.info("%d pictures", number)
        random = np.random.default_rng(number)
        return pipeline.transform([[view] for view in views(image, count, random)])

    # Pictures are drawn or read by one thread, a few ahead of those that describe them.
    rows, names, collections, drawn = [], [], [], []
    with ThreadPoolExecutor(_THREADS) as pool:
        for batch in batched(enumerate(pictures()), 4 * _THREADS):
            rows += pool.map(describe, batch)
            names += [name for _, (_, name, _, _) in batch for _ in range(count)]
            collections += [collection for _, (collection, *_) in batch for _ in range(count)]
            drawn += [is_drawn for _, (_, _, is_drawn, _) in batch for _ in range(count)]
    numbered = (np.unique(words, return_inverse=True)[1] for words in (names, collections))
    return Views(np.concatenate(rows), *numbered, np.array(drawn))


def batched(items: Iterable, size: int) -> Iterator[list]:
    """Lists of ``size`` items; the last may be shorter."""
    iterator = iter(items)
    while batch := list(islice(iterator, size)):
        yield batch


def main() -> None:
    """Describe the views, fit, calibrate, write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--views", type=int, default=8)
    parser.add_argument("--steps", type=int, default=_STEPS)
    parser.add_argument("--out", type=Path, default=PATH)
    parser.add_argument("--rows", type=Path, help="keep or reuse the raw descriptions here (.npz)")
    parser.add_argument("--pairs", type=Path, help="keep the pairs of the calibration here (.npz)")
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    if arguments.rows and arguments.rows.is_file():
        with np.load(arguments.rows) as kept:
            found = Views(**kept)
    else:
        found = described(arguments.views)
        if arguments.rows:
            np.savez(arguments.rows, **vars(found))
    metric, pairs = calibrated(fit_metric(found, arguments.steps), found, arguments.steps)
    save_metric(metric, arguments.out)
    for weight, (distances, same) in pairs.items():
        _, offset, slope = metric.calibration[_WEIGHTS.index(weight)]
        near = np.quantile(distances[~same], 0.001)
        _log.info(
            "weight %.2f: log odds %.2f - %.2f d; %.0f %% of alike pairs are nearer than all but "
            "a thousandth of the others",
            *(weight, offset, slope, 100 * (distances[same] < near).mean()),
        )
    if arguments.pairs:
        distances, same = pairs[0.5]
        np.savez(arguments.pairs, distances=distances, same=same)


if __name__ == "__main__":
    main()
