"""Training images: the manifest's ``train`` split, cropped and augmented by worker processes."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import torch
from torch import Tensor
from torch.utils.data import DataLoader, IterableDataset, get_worker_info

cv2.setNumThreads(0)  # a pool of threads does not survive the fork into worker processes

Image = np.ndarray
"""``(H, W, 3)`` uint8, RGB, sRGB-encoded."""


@dataclass(frozen=True)
class Source:
    """One training image and where it came from."""

    file: str
    repository: str
    license: str
    pixels: Image


def load_split(root: Path, kind: str, split: str = "train") -> list[Source]:
    """Read the images of ``kind`` (``content`` or ``style``) that the manifest puts in ``split``.

    Raises
    ------
    FileNotFoundError
        The manifest, or an image it lists, is not there.
    """
    sources = []
    with (root / "manifest.csv").open(newline="", encoding="utf-8") as stream:
        for row in csv.DictReader(stream):
            if row["split"] != split or not row["file"].startswith(f"{kind}/"):
                continue
            pixels = cv2.imread(str(root / row["file"]), cv2.IMREAD_COLOR)
            if pixels is None:
                raise FileNotFoundError(f"{row['file']} is in the manifest but cannot be read")
            rgb = cv2.cvtColor(pixels, cv2.COLOR_BGR2RGB)
            license_name = row["licence"]  # as the manifest spells it
            sources.append(Source(row["file"], row["source_repo"], license_name, rgb))
    return sources


def random_crop(image: Image, size: int, rng: np.random.Generator, *, zoom: float = 2.0) -> Image:
    """Return a ``size`` crop at a random scale, flipped in half of the cases.

    The short side of the image is scaled to between ``size`` and ``zoom`` times ``size``.
    """
    height, width = image.shape[:2]
    side = size * float(np.exp(rng.uniform(0, np.log(zoom))))
    window = max(8, round(size * min(height, width) / side))
    window = min(window, height, width)
    top = int(rng.integers(0, height - window + 1))
    left = int(rng.integers(0, width - window + 1))
    crop = image[top : top + window, left : left + window]
    interpolation = cv2.INTER_AREA if window > size else cv2.INTER_CUBIC
    crop = cv2.resize(crop, (size, size), interpolation=interpolation)
    return crop[:, ::-1] if rng.random() < 0.5 else crop


def jitter_color(image: Image, rng: np.random.Generator, amount: float = 0.5) -> Image:
    """Apply mild random gain, offset, gamma and channel mixing; one image in eight becomes gray."""
    x = image.astype(np.float32) / 255
    if rng.random() < 0.125:
        x = np.repeat(x @ np.float32([[0.299], [0.587], [0.114]]), 3, axis=2)
    x = x ** np.float32(np.exp(rng.normal(0, 0.25 * amount)))
    mix = np.eye(3) + rng.normal(0, 0.15 * amount, (3, 3))
    mix /= mix.sum(axis=1, keepdims=True)
    x = x @ mix.astype(np.float32).T
    x = (x - 0.5) * np.float32(np.exp(rng.normal(0, 0.25 * amount))) + 0.5
    x += rng.normal(0, 0.08 * amount, 3).astype(np.float32)
    return (np.clip(x, 0, 1) * 255 + 0.5).astype(np.uint8)


def to_tensor(images: list[Image]) -> Tensor:
    """Stack images into ``(B, 3, H, W)`` float32 in [0, 1], channels last."""
    stacked = np.stack([np.ascontiguousarray(i) for i in images])
    batch = torch.from_numpy(stacked).permute(0, 3, 1, 2).float().div_(255)
    return batch.contiguous(memory_format=torch.channels_last)


class _Stream(IterableDataset):
    """Endless batches; each worker process draws its own."""

    def __init__(self, make: Callable[[np.random.Generator], object], seed: int) -> None:
        self._make, self._seed = make, seed

    def __iter__(self) -> Iterator:
        worker = get_worker_info()
        rng = np.random.default_rng((self._seed, worker.id if worker else 0))
        while True:
            yield self._make(rng)


def prefetch(
    make: Callable[[np.random.Generator], object], seed: int, workers: int = 1
) -> Iterator:
    """Call ``make(rng)`` in worker processes, a few results in advance."""
    stream = _Stream(make, seed)
    return iter(DataLoader(stream, batch_size=None, num_workers=workers, prefetch_factor=4))
