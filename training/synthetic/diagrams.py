"""Maps, mazes and circuit boards."""

from __future__ import annotations

import cv2
import numpy as np

from .drawing import ink_and_paper
from .fields import blurred, grain, grid, noise, step, stripes, uniform_log
from .japanese import printed_cloth, two_inks
from .media import FINE, finished, full, lettered, lit, mixed, occluded, paper, shrunk, three
from .palette import Palette, hexadecimal, sample_palette
from .registry import style
from .scene import compose, stretched


@style
def topographic(rng, size, photo=None):
    """A map: contour lines, tints by height, hill shading, names."""
    palette: Palette = sample_palette(rng, int(rng.integers(4, 7)))
    if photo is not None and rng.random() < 0.6:
        height = stretched(blurred(compose(rng, size, photo).tone, size / 45), 0)
    else:
        height = stretched(noise(rng, size, size * rng.uniform(0.2, 0.5), 5, 0.42), 0)
    count = int(rng.integers(10, 26))
    phase = height * count
    ink, sheet = ink_and_paper(rng)
    if rng.random() < 0.65:
        tint = palette.ramp(np.floor(phase / 2) / (count / 2) if rng.random() < 0.5 else height)
        image = tint * 0.75 + 0.25
    else:
        image = full(size, sheet)
    if rng.random() < 0.6:
        diffuse, _ = lit(height * size / 3, 1.6, -2.3, 1.0)
        image = image * three(np.clip(diffuse, 0.55, 1.2))
    width = 1.0 / (cv2.magnitude(cv2.Sobel(phase, -1, 1, 0), cv2.Sobel(phase, -1, 0, 1)) / 8 + 0.02)
    thin = stripes(phase, np.clip(rng.uniform(0.9, 1.5) / width, 0, 0.7))
    thick = stripes(phase / 5, np.clip(2.4 / width / 5, 0, 0.5))
    image = mixed(image, ink, np.clip(0.7 * thin + 0.9 * thick, 0, 1))
    if rng.random() < 0.6:
        for x, y in rng.uniform(0.05, 0.8, (int(rng.integers(3, 9)), 2)) * size:
            text = str(int(rng.integers(100, 4000)))
            image = lettered(image, text, (x, y), 0.34, ink)
    _, tooth = paper(rng, size, sheet)
    return finished(image * three(occluded(0.05 * tooth, 3, 0.3)))


@style
def maze(rng, size, photo=None):
    """Truchet tiles: arcs, diagonals or bands that join at random."""
    dark, light, palette = two_inks(rng)
    cell = uniform_log(rng, 12, 40)
    ys, xs = grid(size)
    x, y = xs / cell, ys / cell
    i, j = np.floor(x).astype(int), np.floor(y).astype(int)
    n = int(size / cell) + 2
    flip = rng.random((n, n)) < 0.5
    u, v = x - i, y - j
    u = np.where(flip[j, i], 1 - u, u)
    kind = rng.integers(3)
    if kind == 0:
        far = np.minimum(np.hypot(u, v), np.hypot(1 - u, 1 - v))
        off = np.abs(far - 0.5)
    elif kind == 1:
        off = np.abs(u - v) / np.sqrt(2)
    else:
        far = np.minimum(np.hypot(u, v), np.hypot(1 - u, 1 - v))
        off = np.minimum(np.abs(far - 0.33), np.abs(far - 0.67))
    half = rng.uniform(0.1, 0.2) if kind < 2 else rng.uniform(0.05, 0.09)
    cover = np.clip((half - off) * cell + 0.5, 0, 1).astype(np.float32)
    image = mixed(full(size, light), dark, cover)
    if rng.random() < 0.5:
        inner = np.clip((half * 0.45 - off) * cell + 0.5, 0, 1).astype(np.float32)
        image = mixed(image, palette.accent, inner)
    return printed_cloth(rng, image)


@style
def circuit(rng, size, photo=None):
    """A circuit board: traces that turn by 45 degrees, pads, vias, chips."""
    board = hexadecimal(("0f5a34", "123f6b", "1a1c22", "6b1420", "e8e6da", "4a2f6b"))[
        rng.integers(6)
    ]
    copper = board * 0.55 + hexadecimal(("8fd07a", "d9b45a", "9fc3d9"))[rng.integers(3)] * 0.45
    pitch = int(FINE * uniform_log(rng, 5, 10))
    wide = FINE * size
    n = wide // pitch + 2
    used = np.zeros((n, n), bool)
    sheet = np.zeros((wide, wide), np.uint8)
    pads = np.zeros((wide, wide), np.uint8)
    steps = [(1, 0), (1, 1), (0, 1), (-1, 1), (-1, 0), (-1, -1), (0, -1), (1, -1)]
    for _ in range(int(n * n / 14)):
        i, j = rng.integers(0, n, 2)
        if used[i, j]:
            continue
        way = 2 * int(rng.integers(4))
        path = [(i, j)]
        used[i, j] = True
        for _ in range(int(rng.integers(3, 22))):
            if rng.random() < 0.2:
                way = (way + int(rng.choice((-1, 1)))) % 8
            di, dj = steps[way]
            if not (0 <= i + di < n and 0 <= j + dj < n) or used[i + di, j + dj]:
                break
            i, j = i + di, j + dj
            used[i, j] = True
            path.append((i, j))
        points = np.int32(path)[:, ::-1] * pitch
        cv2.polylines(sheet, [points], False, 255, max(2, int(pitch * 0.42)), cv2.LINE_AA)
        for end in (points[0], points[-1]):
            cv2.circle(pads, end.tolist(), int(pitch * 0.42), 255, -1, cv2.LINE_AA)
            cv2.circle(pads, end.tolist(), int(pitch * 0.17), 90, -1, cv2.LINE_AA)
    traces = shrunk(sheet, size)
    relief, _ = lit(blurred(traces, 0.7) * 2, 1.0)
    image = mixed(full(size, board), copper, traces) * three(np.clip(relief, 0.6, 1.4))
    round_pads = shrunk(pads, size)
    image = mixed(
        image,
        np.float32([0.86, 0.8, 0.62]) * three(0.3 + 0.7 * round_pads),
        step(round_pads, 0.15, 0.2),
    )
    for _ in range(int(rng.integers(1, 6))):
        w, h = rng.integers(size // 12, size // 4, 2)
        x, y = rng.integers(0, size - w), rng.integers(0, size - h)
        for k in range(4, w - 3, 6):
            cv2.rectangle(
                image,
                (int(x + k), int(y - 4)),
                (int(x + k + 2), int(y + h + 4)),
                (0.8, 0.8, 0.78),
                -1,
            )
        cv2.rectangle(image, (int(x), int(y)), (int(x + w), int(y + h)), (0.09, 0.09, 0.1), -1)
        cv2.rectangle(image, (int(x), int(y)), (int(x + w), int(y + h)), (0.2, 0.2, 0.21), 1)
        label = f"{'UICQ'[rng.integers(4)]}{rng.integers(1, 99)}"
        image = lettered(image, label, (x + 4, y + h / 2), 0.32, np.float32([0.7, 0.7, 0.7]))
    return finished(image * three(1 + 0.02 * grain(rng, size, 0.8)))
