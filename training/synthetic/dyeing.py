"""Dyed cloth: tie-dye, batik, shibori."""

from __future__ import annotations

import cv2
import numpy as np

from .drawing import edges
from .fields import blurred, cells, grid, noise, rumpled, scattered, smeared, step, uniform_log
from .media import canvas, finished, full, mixed, stained, three
from .palette import Palette, hexadecimal, sample_palette
from .registry import style
from .scene import compose


@style
def tie_dye(rng, size, photo=None):
    """Spirals, bursts or folds of dye that bleed into each other, white where the cloth was tied."""
    palette = sample_palette(
        rng, int(rng.integers(4, 7)), rng.choice(["vivid", "triad", "pigments", "cool", "warm"])
    )
    ys, xs = grid(size)
    cx, cy = rng.uniform(0.2, 0.8, 2) * size
    dx, dy = xs - np.float32(cx), ys - np.float32(cy)
    r = cv2.magnitude(dx, dy) / size + 1e-3
    theta = cv2.phase(dx, dy) / (2 * np.pi)
    kind = rng.integers(3)
    folds = noise(rng, size, size / 9, 3) * 0.1
    if kind == 0:
        arms = int(rng.integers(3, 8))
        phase = arms * theta + rng.choice((-1, 1)) * rng.uniform(2, 6) * np.sqrt(r)
        phase = phase + folds
        crease = 8 * np.sqrt(r) * arms + arms * theta * 5
    elif kind == 1:
        phase = (
            r * rng.uniform(5, 10)
            + folds * 2
            + 0.15 * np.sin(2 * np.pi * theta * rng.integers(6, 14))
        )
        crease = theta * int(rng.integers(20, 40))
    else:
        a = rng.uniform(0, np.pi)
        fold = np.abs(((xs * np.cos(a) + ys * np.sin(a)) / size * rng.uniform(2, 5)) % 2 - 1)
        phase = fold * rng.uniform(3, 5) + folds * 2
        crease = fold * 20
    colors = palette.shuffled(rng)
    colors = np.concatenate([colors, colors[:1]])
    loop = (phase % (len(colors) - 1)).astype(np.float32)
    low = np.minimum(loop.astype(np.int32), len(colors) - 2)
    bleed = step(loop - low.astype(np.float32), rng.uniform(0.4, 0.6), rng.uniform(0.5, 1))
    image = mixed(colors[low], colors[low + 1], bleed)
    veins = smeared(noise(rng, size, 5, 3, 0.8), cv2.phase(dx, dy), 16)
    lines = 0.5 + 0.5 * np.cos(2 * np.pi * (crease + 0.12 * noise(rng, size, 30, 2)))
    tied = np.clip(0.45 * lines**3 + 0.22 * veins, 0, 0.85) * rng.uniform(0.6, 1.1)
    image = mixed(blurred(image, 2), np.float32([0.96, 0.96, 0.94]), np.clip(tied, 0, 0.9))
    return finished(image * three(1 + 0.035 * canvas(rng, size, 2.6)))


@style
def batik(rng, size, photo=None):
    """Wax-resist: flat motifs, bleeding borders, fine crackle, dotted outlines."""
    palette: Palette = sample_palette(rng, 4)
    if rng.random() < 0.5:  # indigo and soga brown
        pair = (
            "101b3f 23408a 7f9cc9 efe9d8",
            "24130c 6b3a1d 1d2c55 efe2c4",
            "3a1510 8f3a1f d9a441 f4e9cf",
        )
        palette = Palette(hexadecimal(pair[rng.integers(len(pair))].split()))
    scene = compose(rng, size, photo, palette)
    image = blurred(rumpled(rng, scene.flat, 16, 1.8), 0.8)
    outline = edges(scene, rng.uniform(1.5, 2.5))
    image = mixed(image, palette.light, 0.95 * outline)
    ys, xs = grid(size)
    if rng.random() < 0.7:  # isen: rows of wax dots in one of the regions
        pitch = rng.uniform(7, 13)
        px, py = xs / pitch, ys / pitch
        off = np.hypot(px - np.rint(px), py - np.rint(py)) * pitch
        where = np.isin(scene.labels, rng.permutation(len(palette.colors))[:2])
        image = mixed(image, palette.light, step(pitch * 0.22 - off, 0, 1.2) * where)
    _, border = cells(size, scattered(rng, size, uniform_log(rng, 12, 30), 1.8))
    border = rumpled(rng, rumpled(rng, border, 16, 3), 5, 1)
    crack = step(0.65 * noise(rng, size, 40) - 0.15 - border, 0, 1.4)
    image = mixed(image, palette.dark, 0.65 * crack)
    uneven = 1 + 0.05 * noise(rng, size, 40, 3) + 0.03 * canvas(rng, size, 2.5)
    return finished(image * three(uneven))


@style
def shibori(rng, size, photo=None):
    """Indigo cloth, bound in rows of rings or folded and clamped."""
    ys, xs = grid(size)
    blue = hexadecimal(("0e1a40", "1b2d63", "20407f"))[rng.integers(3)]
    white = np.float32([0.93, 0.93, 0.9])
    pitch = uniform_log(rng, 26, 70)
    wx = xs + 2.5 * noise(rng, size, 18, 2)
    wy = ys + 2.5 * noise(rng, size, 18, 2)
    if rng.random() < 0.5:
        row = np.rint(wy / pitch)
        px = wx / pitch + 0.5 * (row % 2)
        du, dv = px - np.rint(px), wy / pitch - row
        r = np.hypot(du, dv)
        spokes = 0.04 * np.sin(np.arctan2(dv, du) * 14 + 2 * noise(rng, size, 10))
        resist = np.exp(-(((r + spokes - 0.3) / 0.08) ** 2)) + np.exp(-(((r + spokes) / 0.1) ** 2))
    else:
        fold = np.abs((wx / pitch) % 2 - 1), np.abs((wy / pitch) % 2 - 1)
        diamond = np.abs(fold[0] - fold[1]) if rng.random() < 0.5 else np.minimum(*fold)
        resist = step(0.2 - diamond + 0.05 * noise(rng, size, 8, 2), 0, 0.25)
    veins = noise(rng, size, 6, 3, 0.8)
    dye = np.clip(1.05 - resist + 0.13 * veins + 0.1 * noise(rng, size, size / 5), 0.02, 1.35)
    image = stained(full(size, white), blue, dye)
    return finished(image * three(1 + 0.04 * canvas(rng, size, 2.7)))
