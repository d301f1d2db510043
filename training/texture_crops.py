"""Crops of textures, on which the generators of Create are trained.

They are from photographs of surfaces and drawn surfaces, except those that the benchmark uses, and
from some paintings.
"""

from __future__ import annotations

import csv
from pathlib import Path

import cv2
import numpy as np
from torch import Tensor

from impasto.benchmarks.materials import surface_files

from . import data, synthetic

SIDE = 160
_DRAWN, _PAINTED = 0.45, 0.1
_POOL = 48
_SURFACES = ("phtex_", "materialx_", "market_", "gazebo_")


class Crops:
    """Batches of texture crops ``(B, 3, 160, 160)``."""

    def __init__(self, root: Path, run: Path, batch: int) -> None:
        self._batch = batch
        held_out = {file.name for file in surface_files()}
        content = data.load_split(root / "training", "content")
        self._photos = [
            s
            for s in content
            if s.file.split("/")[1].startswith(_SURFACES)
            and s.file.split("/")[1] not in held_out
            and _even(s.pixels)
        ]
        self._paintings = data.load_split(root / "training", "style")
        with (run / "provenance.csv").open("w", newline="") as stream:
            rows = csv.writer(stream)
            rows.writerow(("file", "repository", "license"))
            rows.writerows(
                (s.file, s.repository, s.license) for s in self._photos + self._paintings
            )
        self._pool: list[np.ndarray] = []

    def __call__(self, rng: np.random.Generator) -> Tensor:
        return data.to_tensor([self._one(rng) for _ in range(self._batch)])

    def _one(self, rng: np.random.Generator) -> np.ndarray:
        chance = rng.random()
        if chance < _DRAWN:
            if len(self._pool) < _POOL or rng.random() < 0.15:
                drawn = synthetic.draw_content(rng, 288)
                self._pool = [*self._pool[-_POOL + 1 :], drawn]
            photo = self._pool[rng.integers(len(self._pool))]
        elif chance < _DRAWN + _PAINTED:
            photo = self._paintings[rng.integers(len(self._paintings))].pixels
        else:
            photo = self._photos[rng.integers(len(self._photos))].pixels
        crop = data.random_crop(photo, SIDE, rng, zoom=2.2)
        if rng.random() < 0.5:
            crop = np.rot90(crop)
        return data.jitter_color(crop, rng, 0.5)


def _even(pixels: np.ndarray) -> bool:
    """Return whether an image is homogeneous: its quarters have about the same colors."""
    small = cv2.resize(pixels, (64, 64), interpolation=cv2.INTER_AREA).astype(np.float32)
    quarters = small.reshape(2, 32, 2, 32, 3).transpose(0, 2, 1, 3, 4).reshape(4, -1, 3)
    difference = quarters.mean(1).std(0).mean()
    return bool(difference < 0.3 * small.std((0, 1)).mean() + 1)
