"""Checkers, gradients and grids, as made by a computer."""

from __future__ import annotations

import cv2
import numpy as np

from .fields import grid, noise, uniform_log
from .media import finished, full, mixed, shrunk, three
from .palette import sample_palette
from .registry import content


@content
def checker(rng, size):
    """Checks, stripes, dots, rings or triangles in flat colors, turned and warped a little."""
    ys, xs = grid(size)
    a, cell = rng.choice((0, np.pi / 4, rng.uniform(0, 3.1))), uniform_log(rng, 8, 60)
    bend = rng.choice((0, 0, 0.6)) * noise(rng, size, size / 3)
    x = (xs * np.cos(a) + ys * np.sin(a)) / cell + bend
    y = (ys * np.cos(a) - xs * np.sin(a)) / cell + bend
    kind = rng.integers(5)
    sharp = cell / np.pi
    wave_x, wave_y = np.sin(np.pi * x), np.sin(np.pi * y)
    if kind == 0:
        cover = np.clip(wave_x * wave_y * sharp + 0.5, 0, 1)
    elif kind == 1:
        cover = np.clip(wave_x * sharp + rng.uniform(-0.3, 0.3) * sharp + 0.5, 0, 1)
    elif kind == 2:
        far = np.hypot(x - np.rint(x), y - np.rint(y))
        cover = np.clip((rng.uniform(0.18, 0.45) - far) * cell + 0.5, 0, 1)
    elif kind == 3:
        far = np.hypot(x - x.mean(), y - y.mean())
        cover = np.clip(np.sin(np.pi * far) * sharp + 0.5, 0, 1)
    else:
        cover = np.clip((x % 1 + y % 1 - 1) * cell / 1.41 + 0.5, 0, 1)
    colors = sample_palette(rng, 4).shuffled(rng)
    image = mixed(full(size, colors[0]), colors[1], cover.astype(np.float32))
    if rng.random() < 0.3:
        which = (np.floor(x) + np.floor(y)) % 3 == 0
        image = mixed(image, colors[2], (which * cover).astype(np.float32))
    return finished(image)


@content
def gradient(rng, size):
    """Smooth ramps: linear, radial, angular or a mesh, with or without shapes on top."""
    ys, xs = grid(size)
    palette = sample_palette(rng, int(rng.integers(2, 6)))
    kind = rng.integers(4)
    cx, cy = rng.uniform(0, 1, 2) * size
    if kind == 0:
        a = rng.uniform(0, 6.3)
        t = (xs * np.cos(a) + ys * np.sin(a)) / size
    elif kind == 1:
        t = np.hypot(xs - cx, ys - cy) / size
    elif kind == 2:
        t = np.arctan2(ys - cy, xs - cx) / (2 * np.pi)
    else:
        t = noise(rng, size, size / 2.2) * 0.3
    t = t - t.min()
    image = palette.ramp((t / t.max()).astype(np.float32))
    for _ in range(int(rng.integers(0, 4))):
        x, y, r = rng.uniform(0, 1, 3) * size
        cover = np.clip(r * 0.4 - np.hypot(xs - x, ys - y), 0, 1).astype(np.float32)
        other = palette.ramp((1 - t / t.max()).astype(np.float32))
        image = mixed(image, other, rng.uniform(0.4, 1) * cover)
    return finished(image)


@content
def uv_grid(rng, size):
    """A UV test grid: colored, numbered cells, crosses and fine lines."""
    n = int(rng.integers(4, 11))
    wide = 2 * size
    cell = wide / n
    ys, xs = grid(size)
    hue = np.stack(
        [xs / size * 179, np.full_like(xs, rng.uniform(40, 200)), 255 - ys / size * 120], 2
    )
    if rng.random() < 0.5:
        hue[..., 1] = 0
    image = cv2.cvtColor(hue.astype(np.uint8), cv2.COLOR_HSV2RGB)
    sheet = cv2.resize(image, (wide, wide))
    j, i = (np.floor(g / size * n).astype(int) for g in (ys, xs))
    dark = cv2.resize(((i + j) % 2).astype(np.uint8), (wide, wide), interpolation=cv2.INTER_NEAREST)
    sheet = (sheet * three(np.where(dark, 0.55, 1))).astype(np.uint8)
    for k in range(n * 2 + 1):
        p, bold = int(k * cell / 2), 1 if k % 2 else 4
        cv2.line(sheet, (p, 0), (p, wide), (235, 235, 235), bold)
        cv2.line(sheet, (0, p), (wide, p), (235, 235, 235), bold)
    for r in range(n):
        for c in range(n):
            label = f"{chr(65 + r)}{c + 1}"
            cv2.putText(
                sheet,
                label,
                (int((c + 0.16) * cell), int((r + 0.62) * cell)),
                0,
                cell / 62,
                (20, 20, 20) if not (r + c) % 2 else (250, 250, 250),
                max(1, int(cell / 30)),
                cv2.LINE_AA,
            )
    return finished(shrunk(sheet, size))
