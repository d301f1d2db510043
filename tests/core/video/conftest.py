"""A small animation on disk: a textured square over a still ground, with one cut."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

SIZE = (96, 64)
CUT = 5
COUNT = 8


def texture(height: int, width: int, seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    coarse = rng.random((max(2, height // 8), max(2, width // 8), 3)).astype(np.float32)
    return np.clip(cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC), 0, 1)


def picture(number: int) -> np.ndarray:
    """Frame ``number`` from 1, ``(64, 96, 3)`` float32: the square moves 4 pixels a frame."""
    width, height = SIZE
    second = number > CUT
    ground = texture(height, width, 5 if second else 1) * (0.4 if second else 1)
    left = 6 + 4 * (number - 1)
    ground[20:44, left : left + 24] = texture(24, 24, 9)
    return ground


@pytest.fixture(scope="session")
def animation(tmp_path_factory) -> Path:
    """Folder with ``shot_0001.png`` to ``shot_0008.png``; a cut after the fifth."""
    folder = tmp_path_factory.mktemp("animation")
    for number in range(1, COUNT + 1):
        pixels = (picture(number) * 255 + 0.5).astype(np.uint8)
        cv2.imwrite(str(folder / f"shot_{number:04d}.png"), pixels[..., ::-1])
    return folder
