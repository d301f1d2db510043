"""Fit the metric of descriptions: which differences matter, and which are only light and framing.

    python -m training.metric

Every training image is cropped, turned and lit in several ways. What varies among views of one image
says nothing about its look; what varies among images does. Linear discriminant analysis weighs the
one against the other, separately for color and for material (structure and encoder). Run it again
whenever the encoder or a description changes; the file names the encoder that it was fitted with.
"""

from __future__ import annotations

import argparse
import csv
import logging
from pathlib import Path

import cv2
import numpy as np
from safetensors.numpy import save_file
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis

from impasto.benchmarks.materials import surface_files
from impasto.core.features.encoder import encoder_signature
from impasto.core.features.metric import BLOCKS, PATH, Metric
from impasto.core.features.pipeline import describing_pipeline
from impasto.core.image.picture import Picture

_log = logging.getLogger(__name__)
DATA = Path(__file__).parents[2] / "shared" / "data" / "training"
_DIMENSIONS = {"color": 12, "material": 32}
_SHRINKAGE = {"color": 0.1, "material": 0.3}
_KINDS = {"mean": np.float32, "scale": np.float32, "projection": np.float16, "spread": np.float32}


def fit_metric(rows: np.ndarray, labels: np.ndarray) -> Metric:
    """Fit the metric to raw descriptions ``(N, LENGTH)`` of views, and the image ``(N,)`` of each.

    Linear discriminant analysis with shrunk covariances (Friedman, "Regularized discriminant
    analysis", 1989); each direction is weighed by how far it can be trusted,
    ``between / (between + within)``, as in probabilistic LDA (Ioffe, 2006).
    """
    mean, scale, projection, spread = {}, {}, {}, {}
    for block, columns in BLOCKS.items():
        part = rows[:, columns].astype(np.float64)
        mean[block], scale[block] = part.mean(0), part.std(0) + 1e-4
        even = (part - mean[block]) / scale[block]
        found = LinearDiscriminantAnalysis(solver="eigen", shrinkage=_SHRINKAGE[block])
        # The eigenvectors are scaled such that the variance within images is 1.
        axes = found.fit(even, labels).scalings_[:, : _DIMENSIONS[block]]
        between = (found.means_ @ axes).var(0, ddof=1)
        axes = axes * np.sqrt(between / (between + 1))
        projection[block] = axes / np.sqrt((even @ axes).var(0).sum())
        spread[block] = (even @ projection[block]).std(0)
    return Metric(mean, scale, projection, spread, encoder_signature())


def save_metric(metric: Metric, path: Path) -> None:
    """Write a metric as safetensors, the projection in half precision."""
    tensors = {
        f"{block}.{part}": np.ascontiguousarray(getattr(metric, part)[block], kind)
        for part, kind in _KINDS.items()
        for block in BLOCKS
    }
    tensors["encoder"] = metric.encoder
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


def main() -> None:
    """Describe the views, fit, write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--views", type=int, default=6)
    parser.add_argument("--out", type=Path, default=PATH)
    parser.add_argument("--rows", type=Path, help="keep or reuse the raw descriptions here (.npz)")
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    if arguments.rows and arguments.rows.is_file():
        with np.load(arguments.rows) as kept:
            rows, labels = kept["rows"], kept["labels"]
    else:
        rows, labels = described(training_files(), arguments.views)
        if arguments.rows:
            np.savez(arguments.rows, rows=rows, labels=labels)
    save_metric(fit_metric(rows, labels), arguments.out)


def described(files: list[Path], count: int) -> tuple[np.ndarray, np.ndarray]:
    """Raw descriptions ``(N, LENGTH)`` of all views, and the image ``(N,)`` that each shows."""
    random = np.random.default_rng(0)
    pipeline = describing_pipeline()
    rows, labels = [], []
    for label, file in enumerate(files):
        # OpenCV's BGR order is swapped here, once, before light and JPEG.
        image = cv2.imread(str(file))[..., ::-1].astype(np.float32) / 255
        rows.append(pipeline.transform([[view] for view in views(image, count, random)]))
        labels += [label] * count
        if label % 50 == 0:
            _log.info("%d of %d images", label, len(files))
    return np.concatenate(rows), np.array(labels)


if __name__ == "__main__":
    main()
