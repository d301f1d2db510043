"""Ink floated on a bath: ebru and suminagashi."""

from __future__ import annotations

import cv2
import numpy as np

from .fields import Field, blurred, cells, grain, grid, noise, rumpled, scattered, step, uniform_log
from .media import Rgb, colored, finished, mixed, stained, three
from .palette import sample_palette
from .registry import style
from .washes import rice_paper


def combed(place: Field, run: Field, pitch: float, depth: float, sharp: float) -> Field:
    """How far a comb with teeth every ``pitch`` drags the ink at ``place`` (Jaffer's tine lines)."""
    off = np.abs(place / pitch - np.rint(place / pitch)) * pitch
    return run + depth * np.exp(-off / (sharp * pitch))


def looked_up(colors: np.ndarray, phase: Field) -> Rgb:
    """Flat bands of colors by whole phase, antialiased by drawing at twice the size."""
    size = len(phase)
    wide = cv2.resize(phase, (2 * size, 2 * size), interpolation=cv2.INTER_LINEAR)
    index = np.floor(wide).astype(np.int32) % len(colors)
    bands = (np.clip(colors, 0, 1) * 255).astype(np.uint8)[index]
    return cv2.resize(bands, (size, size), interpolation=cv2.INTER_AREA).astype(np.float32) / 255


@style
def ebru(rng, size, photo=None):
    """Marbled paper: drops of color, raked and combed."""
    palette = sample_palette(rng, int(rng.integers(4, 8)))
    ys, xs = grid(size)
    a = rng.uniform(0, np.pi)
    u, v = xs * np.cos(a) + ys * np.sin(a), ys * np.cos(a) - xs * np.sin(a)
    u = u + size * 0.02 * noise(rng, size, size / 4, 2)
    v = v + size * 0.02 * noise(rng, size, size / 4, 2)
    band = uniform_log(rng, 4, 14)
    kind = rng.integers(3)
    if kind == 0:  # nonpareil: rows of fine arches
        pitch = uniform_log(rng, 12, 34)
        u = combed(v, u, pitch, pitch * rng.uniform(1.5, 3), 0.3)
        phase = u / band + 0.4 * noise(rng, size, 30)
    elif kind == 1:  # raked to and fro, then curls
        pitch = uniform_log(rng, 30, 80)
        u = combed(v, u, pitch, pitch * 1.2, 0.35)
        u = combed(v + pitch / 2, u, pitch, -pitch * 1.2, 0.35)
        v = combed(u, v, pitch * 0.6, pitch * 0.5, 0.3)
        phase = u / band + v / (band * 9)
    else:  # stones: drops that push one another, veined
        ids, border = cells(size, scattered(rng, size, band * 3.2, 1.3))
        chosen = rng.integers(0, len(palette.colors), ids.max() + 1)[ids]
        image = palette.colors[chosen]
        vein = step(2.0 + noise(rng, size, 30) - blurred(border, 1.6), 0, 1.0)
        image = mixed(image, palette.dark, vein)
        image = rumpled(rng, rumpled(rng, image, size / 4, size / 36), 14, 2.0)
        return finished(_sized(rng, image))
    return finished(_sized(rng, looked_up(palette.shuffled(rng), phase)))


def _sized(rng: np.random.Generator, image: Rgb) -> Rgb:
    """Marbled color as it lies on paper: mottled, with pinholes."""
    size = len(image)
    holes = step(noise(rng, size, 3) + 0.4 * noise(rng, size, 40), 2.9, 0.3)
    image = colored(rng, image, 0.02, 30) * three(1 + 0.02 * grain(rng, size, 0.8))
    return mixed(image, np.float32([0.95, 0.93, 0.88]), 0.8 * holes)


@style
def suminagashi(rng, size, photo=None):
    """Ink floated on water: fine rings, drawn out by breath."""
    ys, xs = grid(size)
    palette = sample_palette(rng, 4, rng.choice(["monochrome", "cool", "neutral", "analogous"]))
    n = int(rng.integers(1, 5))
    centers = rng.uniform(-0.1, 1.1, (n, 2)) * size
    wild = size * uniform_log(rng, 0.03, 0.1)
    wx = noise(rng, size, size / 2.2, 3, 0.4) * wild
    wy = noise(rng, size, size / 2.2, 3, 0.4) * wild
    near = np.full((size, size), 1e9, np.float32)
    for x, y in centers:
        near = np.minimum(near, cv2.magnitude(xs + wx - np.float32(x), ys + wy - np.float32(y)))
    pitch = uniform_log(rng, 5, 14)
    phase = near / pitch + 0.5 * noise(rng, size, size / 6, 3)
    ring = 0.5 + 0.5 * np.cos(2 * np.pi * phase)
    strength = np.clip(0.7 + 0.45 * noise(rng, size, size / 5, 2), 0.05, 1.3)
    ink = step(ring, 0.55, 0.3) * strength
    sheet, fiber = rice_paper(rng, size)
    color = (
        palette.dark
        if rng.random() < 0.6
        else palette.ramp(0.35 + 0.25 * noise(rng, size, size / 3))
    )
    if rng.random() < 0.4:
        sheet = mixed(sheet, palette.colors[2], 0.7 * step(np.sin(phase / 3), 0, 1.5))
    return finished(stained(sheet, color, ink * (1 + 0.05 * fiber)))
