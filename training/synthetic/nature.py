"""Gravel, grass, leaves, bark, sand, water."""

from __future__ import annotations

import cv2
import numpy as np

from .fields import blurred, cells, grain, grid, noise, rumpled, scattered, step, uniform_log
from .media import colored, finished, full, lit, mixed, seen, three
from .palette import earth, hexadecimal, in_gamut, sample_palette
from .pieces import at, lay
from .registry import content


@content
def gravel(rng, size):
    """Loose stones of several sizes."""
    half = uniform_log(rng, 4, 13)
    base = earth(rng, 0.4, 0.75)
    albedo = full(size, base * 0.4)
    height = np.zeros((size, size), np.float32)
    for scale in (1.0, 0.7, 0.5):
        spots = scattered(rng, size, half * scale * 1.9, 1.2)
        spots = spots[rng.permutation(len(spots))]
        n = len(spots)
        halves = half * scale * rng.uniform(0.6, 1.15, (n, 2)).astype(np.float32)
        stones = lay(
            size, spots, halves, rng.uniform(0, 6.3, n), "oval", rng.normal(0, 0.1, (n, 12, 2))
        )
        keep = stones.present & (rng.random(n) < scale)[stones.ids]
        off = np.hypot(stones.along, stones.across)
        dome = np.sqrt(np.clip(1.15 - off * off, 0.05, 1)).astype(np.float32)
        tint = base * (1 + 0.2 * rng.normal(size=(n, 1)) + 0.05 * rng.normal(size=(n, 3)))
        albedo = np.where(keep[..., None], stones.spread(np.clip(tint, 0, 1)), albedo)
        height = np.where(keep, 1 + half * scale * 0.5 * dome, height * 0.6)
    rough = noise(rng, size, 4, 3, 0.8)
    return seen(
        rng,
        blurred(albedo, 0.5) * three(1 + 0.07 * rough),
        height + 0.3 * rough,
        rng.uniform(0.6, 1.1),
    )


@content
def grass(rng, size):
    """Blades of grass, straw or fur, layer over layer."""
    long, slim = uniform_log(rng, 9, 26), rng.uniform(0.8, 1.8)
    hue = rng.choice((0, 0, 1, 2))
    shades = (
        "16240c 2c4516 4a6b22 7a9436 a8b75a",
        "3a2c14 6b5426 9c8142 c9b06c e6d7a0",
        "1c1410 3d2a1c 6b4a30 a07a52 d8bd94",
    )
    palette = hexadecimal(shades[hue].split()) * rng.uniform(0.85, 1.15, 3).astype(np.float32)
    image = full(size, palette[0])
    lean = rng.uniform(0, 6.3) + rng.uniform(0.2, 1.2) * noise(rng, size, size / 5, 2)
    for layer in range(3):
        spots = scattered(rng, size, np.sqrt(long * slim) * 1.5, 1.4)
        spots = spots[rng.permutation(len(spots))]
        n = len(spots)
        turns = at(lean, spots) + rng.normal(0, 0.4, n)
        halves = np.float32([long, slim]) * rng.uniform(0.5, 1.2, (n, 2)).astype(np.float32)
        blades = lay(size, spots, halves, turns, "leaf")
        tone = np.clip(rng.normal(1.2 + layer * 0.9, 0.7, n), 0, 3.99)
        low = tone.astype(int)
        color = palette[low] + (palette[low + 1] - palette[low]) * (tone - low)[:, None]
        light = 0.85 + 0.25 * blades.across + 0.22 * blades.along
        blade = blades.spread(np.clip(color, 0, 1)) * three(light)
        cover = blurred(blades.present.astype(np.float32), 0.45)
        shadow = blurred(cover, 2)
        image = mixed(image * three(1 - 0.35 * shadow), blade, cover)
    return finished(image * three(1 + 0.08 * noise(rng, size, size / 4)))


@content
def leaves(rng, size):
    """Foliage or fallen leaves with veins."""
    long = uniform_log(rng, 16, 44)
    slim = long * rng.uniform(0.32, 0.6)
    autumn = rng.random() < 0.45
    shades = (
        "5c2a14 8f3f1a c0621f d99a2f 7a6a24" if autumn else "14301a 234d22 3f7030 6b963f 2f5a46"
    ).split()
    palette = hexadecimal(shades) * rng.uniform(0.85, 1.15, 3).astype(np.float32)
    image = full(size, palette[0] * 0.4) * three(1 + 0.2 * noise(rng, size, 5, 3))
    height = np.zeros((size, size), np.float32)
    for layer in range(3):
        spots = scattered(rng, size, slim * 2.0, 1.3)
        spots = spots[rng.permutation(len(spots))]
        n = len(spots)
        halves = np.float32([long, slim]) * rng.uniform(0.7, 1.15, (n, 1)).astype(np.float32)
        pile = lay(
            size, spots, halves, rng.uniform(0, 6.3, n), "leaf", rng.normal(0, 0.05, (n, 8, 2))
        )
        color = (
            palette[rng.integers(0, 5, n)] * rng.uniform(0.6, 1.05, (n, 1)) * (0.7 + 0.15 * layer)
        )
        rib = np.exp(-np.abs(pile.across) * slim * 0.8)
        side = np.abs(((pile.along * 1.6 - np.abs(pile.across) * 0.7) * 4) % 1 - 0.5)
        vein = np.maximum(rib, 0.5 * step(0.08 - side, 0, 0.08))
        leaf = pile.spread(np.clip(color, 0, 1)) * three(1 + 0.28 * vein + 0.1 * pile.across)
        cover = pile.present.astype(np.float32)
        image = image * three(1 - 0.4 * blurred(cover, 4) * (1 - cover))
        image = mixed(image, leaf, blurred(cover, 0.5))
        edge = np.clip(1 - pile.across**2, 0, 1) * cover
        height = height * (1 - cover) + cover * (layer + 1.5 * edge - 0.7 * vein)
    fine = noise(rng, size, 4, 3, 0.7)
    return seen(rng, image * three(1 + 0.05 * fine), height, rng.uniform(0.6, 1.3), 0.06)


@content
def bark(rng, size):
    """Furrowed bark or cracked earth."""
    stretch = rng.uniform(1.0, 3.5)
    n = int(size * 1.1)
    _, border = cells(n, scattered(rng, n, uniform_log(rng, 12, 34), 1.3))
    border = cv2.resize(border, (n, int(n * stretch)))[:size, :size]
    border = rumpled(rng, rumpled(rng, border, 24, 5), 7, 1.6)
    ridge = np.clip(border / 6, 0, 1)
    fiber = noise(rng, size, (4 * stretch, 3.0), 4, 0.7)
    base = earth(rng, 0.3, 0.65)
    albedo = base * three(0.35 + 0.65 * ridge + 0.09 * fiber)
    return seen(
        rng,
        colored(rng, albedo, 0.02, 30),
        4 * np.sqrt(ridge) + 0.7 * fiber,
        rng.uniform(0.7, 1.3),
    )


@content
def sand(rng, size):
    """Wind ripples, wet sand, snow or soil."""
    ys, xs = grid(size)
    a, pitch = rng.uniform(0, np.pi), uniform_log(rng, 10, 40)
    phase = (xs * np.cos(a) + ys * np.sin(a)) / pitch + 0.8 * noise(rng, size, size / 4, 3)
    saw = phase % 1
    ripple = np.where(saw < 0.7, saw / 0.7, (1 - saw) / 0.3) * rng.uniform(0, 1) * pitch / 7
    clods = noise(rng, size, 9, 4, 0.75) * rng.uniform(0.1, 0.9)
    base = in_gamut(
        np.array([[rng.uniform(0.5, 0.93), rng.uniform(0, 0.02), rng.uniform(0, 0.06)]])
    )[0]
    speck = grain(rng, size, 0.6)
    albedo = base * three(1 + 0.06 * speck + 0.04 * noise(rng, size, size / 3, 3))
    return seen(
        rng,
        albedo,
        blurred(ripple.astype(np.float32), 1) + clods + 0.25 * speck,
        rng.uniform(0.6, 1.2),
    )


@content
def water(rng, size):
    """Rippled water or pool caustics."""
    palette = sample_palette(rng, 4, "cool" if rng.random() < 0.75 else None)
    if rng.random() < 0.5:
        _, border = cells(size, scattered(rng, size, uniform_log(rng, 18, 50), 1.4))
        border = rumpled(rng, rumpled(rng, border, 24, 7), 10, 2)
        light = np.exp(-border / rng.uniform(1.5, 4)) + 0.4 * np.exp(-border / 9)
        image = palette.ramp(np.clip(0.45 + 0.12 * noise(rng, size, size / 4, 2), 0, 1))
        return finished(image + 0.45 * three(blurred(light, 0.8)))
    wave = noise(rng, size, (uniform_log(rng, 5, 14), uniform_log(rng, 16, 50)), 4, 0.6)
    ys = grid(size)[0] / size
    diffuse, gloss = lit(wave * 2.5, 1.0, -1.4)
    tone = np.clip(0.35 + 0.3 * ys + 0.9 * (diffuse - 1), 0, 1)
    return finished(palette.ramp(tone) + 0.5 * three(gloss) * three(step(wave, 0.4, 1)))
