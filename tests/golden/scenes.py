"""Small input pictures, drawn with plain arithmetic so that they are the same on every machine."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import OpenEXR

FRAMES = 5
_FRAME = (64, 48)
_STEP = 3  # pixels that the square of the animation moves to the right in a frame
_TINTS = ((1, 1, 1), (0.9, 0.5, 0.3), (0.3, 0.5, 0.9), (0.4, 0.8, 0.4))


def draw_all(folder: Path) -> None:
    """Write every picture, the textures to be grouped and the two animations."""
    _write(folder / "bricks.png", bricks(64, 96, 1))
    _write(folder / "disk.png", disk(64, 96))
    _write(folder / "ramp16.png", ramp(48, 64), 65535)
    _write(folder / "tile.png", weave(64, 64, 4))
    _write(folder / "exemplar.png", strokes(128, 128, 5))
    _write(folder / "large.png", bricks(128, 160, 6))
    _write_exr(folder / "spot.exr", bright_spot(48, 64))
    textures = folder / "textures"
    textures.mkdir()
    for seed, tint in enumerate(_TINTS):
        _write(textures / f"bricks{seed}.png", bricks(64, 96, 10 + seed) * tint)
        _write(textures / f"weave{seed}.png", weave(64, 96, 20 + seed) * tint)
        _write(textures / f"clouds{seed}.png", clouds(64, 96, 30 + seed) * tint)
    for name in ("animation", "passes"):
        (folder / name).mkdir()
    for number in range(1, FRAMES + 1):
        _write(folder / "animation" / f"shot_{number:04d}.png", frame(number))
        _write_passes(folder / "passes" / f"shot_{number:04d}.exr", number)


def clouds(height: int, width: int, seed: int) -> np.ndarray:
    """Soft spots of many colors, float in [0, 1] of shape ``(height, width, 3)``."""
    return _smooth(np.random.default_rng(seed), height, width, 16)


def bricks(height: int, width: int, seed: int) -> np.ndarray:
    """Rows of red bricks in gray mortar, every other row moved by half a brick."""
    random = np.random.default_rng(seed)
    row, column = np.mgrid[:height, :width]
    course = row // 16
    moved = column + 16 * (course % 2)
    mortar = (row % 16 < 2) | (moved % 32 < 2)
    tones = random.random((height // 16 + 1, width // 32 + 2))
    tone = 0.6 + 0.4 * tones[course, moved // 32]
    wall = tone[..., None] * np.array([0.75, 0.3, 0.2])
    wall[mortar] = (0.7, 0.68, 0.64)
    return np.clip(wall + 0.1 * (_smooth(random, height, width, 4) - 0.5), 0, 1)


def weave(height: int, width: int, seed: int) -> np.ndarray:
    """Threads of two blues, over and under; it tiles where its sides are multiples of 8."""
    random = np.random.default_rng(seed)
    row, column = np.mgrid[:height, :width]
    over = (row // 4 + column // 4) % 2 == 0
    across = np.where(over, row % 4, column % 4)
    light = 0.4 + 0.2 * (across * (3 - across))
    color = np.where(over[..., None], (0.25, 0.4, 0.8), (0.1, 0.6, 0.7))
    grain = 0.1 * (random.random((height, width, 1)) - 0.5)
    return np.clip(light[..., None] * color + grain, 0, 1)


def disk(height: int, width: int) -> np.ndarray:
    """A gradient behind a disk, with alpha that is soft at the disk's edge: RGBA."""
    row, column = np.mgrid[:height, :width]
    distance = (row - height / 2) ** 2 + (column - width / 2) ** 2
    alpha = np.clip((28**2 - distance) / 300, 0, 1)
    inside = (distance < 16**2)[..., None]
    gradient = np.stack([column / width, row / height, 1 - column / width], axis=-1)
    color = np.where(inside, (0.95, 0.8, 0.2), gradient)
    return np.concatenate([color, alpha[..., None]], axis=-1)


def ramp(height: int, width: int) -> np.ndarray:
    """A fine ramp that eight bits would show as steps."""
    row, column = np.mgrid[:height, :width]
    fine = 0.3 + 0.2 * (column + row / height) / width
    return np.stack([fine, 0.8 * fine, 1 - fine], axis=-1)


def bright_spot(height: int, width: int) -> np.ndarray:
    """Linear colors around a light of some 30 times white, float32."""
    row, column = np.mgrid[:height, :width]
    distance = (row - 16.0) ** 2 + (column - 40.0) ** 2
    light = 30 / (1 + distance / 6)
    ground = 0.4 * _smooth(np.random.default_rng(3), height, width, 8)
    return (ground + light[..., None] * np.array([1, 0.8, 0.5])).astype(np.float32)


def strokes(height: int, width: int, seed: int) -> np.ndarray:
    """Short slanted strokes over a soft ground: the picture of a style."""
    random = np.random.default_rng(seed)
    canvas = 0.5 * clouds(height, width, seed)
    row, column = np.mgrid[:height, :width]
    for _ in range(150):
        top, left = random.random(2) * (height, width)
        slant = 0.5 + random.random()
        along = (row - top) + slant * (column - left)
        across = slant * (row - top) - (column - left)
        canvas[(abs(along) < 14) & (abs(across) < 3)] = random.random(3)
    return canvas


def frame(number: int) -> np.ndarray:
    """A frame of the animation, from 1: a square moves over still ground."""
    width, height = _FRAME
    picture = 0.5 + 0.5 * clouds(height, width, 7)
    left = _left(number)
    picture[14:34, left : left + 20] = bricks(20, 20, 8)
    return picture


def _left(number: int) -> int:
    return 6 + _STEP * (number - 1)


def _smooth(random: np.random.Generator, height: int, width: int, cell: int) -> np.ndarray:
    """Noise whose cells are blended into each other."""
    grid = random.random((height // cell + 2, width // cell + 2, 3))
    row, column = np.arange(height)[:, None], np.arange(width)[None]
    down, right = (row % cell / cell)[..., None], (column % cell / cell)[..., None]
    row, column = row // cell, column // cell
    above = grid[row, column] * (1 - right) + grid[row, column + 1] * right
    below = grid[row + 1, column] * (1 - right) + grid[row + 1, column + 1] * right
    return above * (1 - down) + below * down


def _write(path: Path, picture: np.ndarray, most: int = 255) -> None:
    """Write a PNG of colors or colors and alpha in [0, 1]."""
    levels = np.floor(picture * most + 0.5).astype(np.uint8 if most == 255 else np.uint16)
    order = [2, 1, 0, 3][: levels.shape[2]]
    assert cv2.imwrite(str(path), np.ascontiguousarray(levels[..., order]))


def _write_exr(path: Path, picture: np.ndarray) -> None:
    channels = {name: np.ascontiguousarray(picture[..., c]) for c, name in enumerate("RGB")}
    _write_channels(path, channels)


def _write_passes(path: Path, number: int) -> None:
    """A frame as Blender renders it, with the passes Vector (where each pixel was and will be) and
    Depth."""
    width, height = _FRAME
    picture = frame(number).astype(np.float32)
    layer = "ViewLayer"
    channels = {
        f"{layer}.Combined.{name}": np.ascontiguousarray(picture[..., c])
        for c, name in enumerate("RGB")
    }
    left = _left(number)
    moved, depth = np.zeros((height, width), np.float32), np.full((height, width), 9, np.float32)
    moved[14:34, left : left + 20] = _STEP
    depth[14:34, left : left + 20] = 4
    still = np.zeros_like(moved)
    channels |= {
        f"{layer}.Combined.A": np.ones_like(moved),
        f"{layer}.Vector.X": -moved,
        f"{layer}.Vector.Y": still,
        f"{layer}.Vector.Z": -moved,
        f"{layer}.Vector.W": still,
        f"{layer}.Depth.Z": depth,
    }
    _write_channels(path, channels)


def _write_channels(path: Path, channels: dict[str, np.ndarray]) -> None:
    header = {"compression": OpenEXR.ZIP_COMPRESSION, "type": OpenEXR.scanlineimage}
    OpenEXR.File(header, channels).write(str(path))
