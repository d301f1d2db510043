"""Files to group: a few kinds of texture, several views of each, drawn by formula."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

KINDS = ("stripes", "dots", "noise", "planks")


def texture(kind: str, seed: int) -> np.ndarray:
    """A view of a kind, ``(128, 128, 3)`` uint8 sRGB."""
    random = np.random.default_rng(seed)
    ys, xs = np.mgrid[:128, :128] + random.integers(0, 64, 2)[:, None, None]
    grain = random.uniform(0, 1, (128, 128))
    value, low, high = {
        "stripes": (xs % 16 < 8, (30, 50, 120), (230, 225, 205)),
        "dots": (np.hypot(ys % 24 - 12, xs % 24 - 12) < 7, (170, 40, 40), (240, 235, 235)),
        "noise": (cv2.GaussianBlur(grain, (0, 0), 1) * 6 - 2.5, (40, 60, 20), (130, 160, 70)),
        "planks": (0.5 + 0.5 * np.sin(ys / 5 + np.sin(xs / 40)), (90, 55, 25), (170, 115, 65)),
    }[kind]
    share = np.clip(np.asarray(value, float) + 0.05 * grain, 0, 1)[..., None]
    light = random.uniform(0.85, 1.1)
    return np.clip((share * high + (1 - share) * low) * light, 0, 255).astype(np.uint8)


@pytest.fixture(scope="session")
def write(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """Write an image; the suffix of ``name`` names the format."""
    folder = tmp_path_factory.mktemp("textures")

    def write_image(name: str, image: np.ndarray) -> Path:
        path = folder / name
        assert cv2.imwrite(str(path), image[..., [2, 1, 0, *range(3, image.shape[2])]])
        return path

    return write_image


@pytest.fixture(scope="session")
def scene(write: Callable[..., Path]) -> dict[str, Path]:
    """Five views of each of :data:`KINDS`, by key."""
    return {
        f"{kind}_{view}": write(f"{kind}_{view}.png", texture(kind, 10 * number + view))
        for number, kind in enumerate(KINDS)
        for view in range(5)
    }
