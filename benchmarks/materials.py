"""A labeled set of materials, each cropped, turned and lit in many ways.

All sources are free: photographs that ship with scikit-image, patterns drawn by formula, and, if the
training data is beside the checkout, its surface textures (see its manifest for licenses).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from .patterns import DRAWN

DATA = Path(__file__).parents[2] / "shared" / "data"
CONTENT = DATA / "training" / "content"

_PHOTOGRAPHS = ("brick", "grass", "gravel")

_SURFACES = {
    "straw ground": ("phtex_05178_c0", "phtex_05178_c1", "phtex_05178_c2"),
    "rock strata": ("phtex_05179_c0", "phtex_05179_c1", "phtex_05179_c2"),
    "sand": ("phtex_05180_c0", "phtex_05180_c1", "phtex_05180_c2"),
    "clay ground": ("phtex_05182_c0", "phtex_05182_c1", "phtex_05182_c2"),
    "paving": ("phtex_05184_c0", "phtex_05184_c1", "phtex_05184_c2"),
    "forest floor": ("phtex_05185_c0", "phtex_05185_c1", "phtex_05185_c3"),
    "meadow": ("phtex_05187_c0", "phtex_05187_c1", "phtex_05187_c2"),
    "dark stones": ("phtex_05188_c0", "phtex_05188_c1"),
    "lawn": ("market_01158",),
    "black marble": ("market_01162",),
    "floorboards": ("market_01217",),
    "basket weave": ("materialx_01328",),
    "mahogany": ("materialx_01338",),
    "tread plate": ("gazebo_01552",),
    "parquet": ("gazebo_01558",),
    "bark": ("gazebo_01644",),
    "ribbed carpet": ("gazebo_01804",),
    "carpet lozenge": ("gazebo_01831",),
    "crazy paving": ("gazebo_01544",),
    "pine boards": ("gazebo_01591",),
}


@dataclass(frozen=True)
class Material:
    """A name and the images ``(H, W, 3)`` float32 sRGB that show it."""

    name: str
    images: tuple[np.ndarray, ...]


def materials(*, training_data: bool = True) -> list[Material]:
    """Return all materials there are, with or without those of the training data."""
    random = np.random.default_rng(7)
    found = [Material(_words(draw.__name__), (draw(random),)) for draw in DRAWN]
    found += [Material(f"photo {name}", (_photograph(name),)) for name in _PHOTOGRAPHS]
    if training_data and CONTENT.is_dir():
        for name, stems in _SURFACES.items():
            files = [CONTENT / f"{stem}.jpg" for stem in stems]
            found.append(Material(name, tuple(_read(file) for file in files if file.is_file())))
    return [material for material in found if material.images]


def surface_files() -> list[Path]:
    """Return the files of the training data that the set uses, whether or not they exist."""
    return [CONTENT / f"{stem}.jpg" for stems in _SURFACES.values() for stem in stems]


def variants(material: Material, count: int, seed: int) -> Iterator[np.ndarray]:
    """Yield views of a material, ``(256, 256, 3)`` uint8 sRGB: various crops in various light."""
    random = np.random.default_rng(seed)
    for index in range(count):
        image = material.images[index % len(material.images)]
        yield _lit(_cropped(image, random), random)


def write_set(
    folder: Path, chosen: list[Material], count: int, seed: int = 0
) -> tuple[list[Path], np.ndarray]:
    """Write ``count`` JPEGs of each material, unless they exist; return their paths and labels."""
    folder.mkdir(parents=True, exist_ok=True)
    paths, labels = [], []
    for label, material in enumerate(chosen):
        files = [folder / f"{material.name.replace(' ', '_')}_{i:04}.jpg" for i in range(count)]
        if not all(file.is_file() for file in files):
            for file, view in zip(
                files, variants(material, count, seed + 1000 * label), strict=True
            ):
                cv2.imwrite(str(file), view[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 92])
        paths += files
        labels += [label] * count
    return paths, np.array(labels)


def _cropped(image: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """Cut out a square of about half the image, turned or mirrored, at a slightly different scale."""
    short = min(image.shape[:2])
    side = int(short * random.uniform(0.5, 0.68))
    y = random.integers(0, image.shape[0] - side + 1)
    x = random.integers(0, image.shape[1] - side + 1)
    crop = np.rot90(image[y : y + side, x : x + side], random.integers(4))
    crop = crop[:, ::-1] if random.random() < 0.5 else crop
    return cv2.resize(np.ascontiguousarray(crop), (256, 256), interpolation=cv2.INTER_AREA)


def _lit(image: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """Change the exposure and color of light; add a gradient and sensor noise."""
    linear = image.astype(np.float64) ** 2.2
    warmth = random.uniform(-0.25, 0.25)
    light = np.exp2(random.uniform(-1.1, 0.5)) * np.array([1 + warmth, 1.0, 1 - warmth])
    angle = random.uniform(0, 2 * np.pi)
    ys, xs = np.mgrid[-1:1:256j, -1:1:256j]
    gradient = 1 + random.uniform(0, 0.5) * (np.cos(angle) * xs + np.sin(angle) * ys)
    noisy = (linear * light * gradient[..., None]) + random.normal(0, 0.004, image.shape)
    return np.rint(np.clip(noisy, 0, 1) ** (1 / 2.2) * 255).astype(np.uint8)


def _photograph(name: str) -> np.ndarray:
    import skimage.data

    image = getattr(skimage.data, name)().astype(np.float32) / 255
    return np.dstack([image] * 3) if image.ndim == 2 else image


def _read(path: Path) -> np.ndarray:
    return cv2.imread(str(path))[..., ::-1].astype(np.float32) / 255


def _words(identifier: str) -> str:
    return identifier.replace("_", " ")
