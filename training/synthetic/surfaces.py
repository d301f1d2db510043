"""Materials: plaster, concrete, rust, paint, leather, stone, metal."""

from __future__ import annotations

import numpy as np

from .fields import (
    blurred,
    cells,
    grain,
    grid,
    noise,
    rumpled,
    scattered,
    smeared,
    step,
    stripes,
    uniform_log,
)
from .media import colored, finished, full, mixed, seen, three
from .palette import earth, hexadecimal, in_gamut, sample_palette
from .registry import content


@content
def plaster(rng, size):
    """Trowelled or rough-cast render, stained."""
    base = earth(rng, 0.65, 0.95)
    strokes = smeared(noise(rng, size, 9, 3, 0.7), 3 * noise(rng, size, size / 5), 16)
    rough = noise(rng, size, uniform_log(rng, 2.5, 8), 4, 0.75)
    mix = rng.random()
    height = 1.6 * (mix * strokes + (1 - mix) * rough)
    stain = noise(rng, size, (size / 2, size / 10), 4, 0.6)
    albedo = colored(rng, full(size, base), 0.015, 50) * three(1 + 0.04 * stain + 0.02 * rough)
    return seen(rng, albedo, height, rng.uniform(0.3, 1.0))


@content
def concrete(rng, size):
    """Cast concrete: blotches, pores, board marks, cracks."""
    base = in_gamut(
        np.array([[rng.uniform(0.45, 0.8), rng.normal(0, 0.006), rng.uniform(0, 0.02)]])
    )[0]
    blotch = noise(rng, size, size / 4, 6, 0.6)
    fine = noise(rng, size, 3, 2, 0.8)
    pores = step(noise(rng, size, rng.uniform(3, 7)) + 0.2 * blotch, 2.3, 0.3)
    albedo = base * three(1 + 0.09 * blotch + 0.04 * fine)
    height = 0.25 * fine - 2 * pores
    if rng.random() < 0.4:
        boards = stripes(grid(size)[0] / rng.uniform(30, 80), 0.03)
        height = height - 1.5 * boards
    if rng.random() < 0.5:
        _, border = cells(size, scattered(rng, size, size / 3, 1.6))
        crack = step(
            0.5
            + 0.8 * noise(rng, size, size / 5)
            - rumpled(rng, rumpled(rng, border, 20, 5), 5, 1.5),
            0,
            1.0,
        )
        albedo, height = mixed(albedo, base * 0.3, 0.8 * crack), height - 2 * crack
    return seen(rng, albedo * three(1 - 0.35 * pores), height, rng.uniform(0.5, 1.0))


@content
def rust(rng, size):
    """Painted steel that rusts and flakes."""
    paint = sample_palette(rng, 5).colors[rng.integers(0, 5)]
    field = noise(rng, size, size / rng.uniform(3, 8), 6, 0.62)
    fine = noise(rng, size, 4, 3, 0.8)
    level = rng.uniform(-0.6, 0.8)
    rusty = step(field + 0.12 * fine, level, 0.1)
    depth = np.clip((field - level) / 1.6 + 0.16 * fine, 0, 1)
    ramp = hexadecimal(("c9783a", "a3522a", "7a3a1f", "4a2418", "2c1812"))
    tones = np.clip(depth * 4, 0, 3.999)
    low = tones.astype(int)
    metal = mixed(ramp[low], ramp[low + 1], tones - np.floor(tones)) * three(1 + 0.12 * fine)
    runs = step(smeared(rusty, np.pi * 1.5, 48), 0.25, 0.7) * (1 - rusty)
    body = colored(rng, full(size, paint), 0.012, 40)
    body = mixed(body, ramp[1], 0.45 * runs)
    height = 1.4 * (1 - rusty) + 0.5 * fine * rusty
    return seen(rng, mixed(body, metal, rusty), height, rng.uniform(0.6, 1.4), 0.06)


@content
def worn_paint(rng, size):
    """Layers of old paint, chipped through to the ground."""
    colors = sample_palette(rng, 4).shuffled(rng)
    image = colors[0] * three(1 + 0.06 * noise(rng, size, 6, 4, 0.7))
    height = 0.3 * noise(rng, size, 5, 2)
    field = noise(rng, size, size / rng.uniform(3, 7), 6, 0.66)
    for k in range(1, int(rng.integers(2, 5))):
        stays = step(field + 0.25 * noise(rng, size, size / 9, 4, 0.7), -0.9 + 0.55 * k, 0.05)
        rim = blurred(stays, 1.5) - stays
        layer = colors[k] * three(1 + 0.025 * noise(rng, size, 14, 3))
        image = mixed(image * three(1 - 0.5 * np.clip(rim, 0, 1)), layer, stays)
        height = height * (1 - 0.5 * stays) + 1.3 * stays
    _, border = cells(size, scattered(rng, size, uniform_log(rng, 12, 36), 1.5))
    crack = step(0.2 + 0.6 * noise(rng, size, size / 4) - rumpled(rng, border, 8, 2), 0, 1.0)
    return seen(rng, image * three(1 - 0.5 * crack), height - crack, rng.uniform(0.6, 1.3))


@content
def leather(rng, size):
    """Grained hide, creased."""
    cell = uniform_log(rng, 4, 12)
    _, border = cells(size, scattered(rng, size, cell, 1.2))
    bump = np.clip(rumpled(rng, border, 8, 1) / (0.4 * cell), 0, 1)
    crease = np.clip(1 - 5 * np.abs(noise(rng, size, size / 4, 3)), 0, 1)
    base = earth(rng, 0.2, 0.6)
    albedo = base * three(0.75 + 0.25 * bump + 0.07 * noise(rng, size, 40, 3))
    height = cell / 5 * np.sqrt(bump) - 1.5 * crease
    return seen(rng, albedo, height, rng.uniform(0.5, 1.1), rng.uniform(0.05, 0.35))


@content
def marble(rng, size):
    """Polished stone: veins in marble, grains in granite."""
    palette = sample_palette(rng, 5)
    if rng.random() < 0.35:
        image = full(size, palette.colors[2])
        minerals = 0.5 * palette.colors + 0.5 * palette.colors.mean(axis=0)
        for cell in (9.0, 5.0, 3.0):
            ids, _ = cells(size, scattered(rng, size, cell * rng.uniform(0.7, 1.2), 1.6))
            chosen = rng.random(ids.max() + 1) < 0.4
            shade = minerals[rng.integers(0, 5, ids.max() + 1)]
            shade = shade * rng.uniform(0.7, 1.1, (ids.max() + 1, 1))
            image = np.where(chosen[ids][..., None], shade[ids], image)
        return finished(blurred(image.astype(np.float32), 0.6))
    bend = noise(rng, size, size / 3, 4, 0.5)
    cloud = noise(rng, size, size / 4, 6, 0.55)
    base = palette.ramp(np.clip(0.72 + 0.12 * cloud, 0, 1))
    for k in range(3):
        # The zero line of noise bent by one more field wanders as a vein does.
        warped = noise(rng, size, size / (2.5 + 2 * k), 4, 0.5) + 0.8 * bend
        vein = np.exp(-np.abs(warped) * rng.uniform(9, 28)) * np.clip(0.6 + 0.5 * cloud, 0, 1)
        base = mixed(base, palette.colors[rng.integers(0, 3)], rng.uniform(0.3, 0.85) * vein)
    return finished(base * three(1 + 0.01 * grain(rng, size)))


@content
def metal(rng, size):
    """Brushed, corrugated, treaded or riveted sheet."""
    ys, xs = grid(size)
    tone = in_gamut(
        np.array([[rng.uniform(0.45, 0.8), rng.normal(0, 0.012), rng.normal(0.005, 0.02)]])
    )[0]
    scratches = noise(rng, size, (1.2, 60.0), 2, 0.7)
    kind = rng.integers(4)
    sheen = 0.1 * noise(rng, size, (size / 2, size / 5), 2)
    if kind == 0:
        albedo = (
            tone
            * (1 + 0.07 * scratches + 0.16 * np.sin(xs / size * rng.uniform(3, 12)) + sheen)[
                ..., None
            ]
        )
        return finished(albedo)
    if kind == 1:
        pitch = uniform_log(rng, 12, 40)
        height = np.sin(xs * 2 * np.pi / pitch) * pitch / 7
    elif kind == 2:
        pitch = uniform_log(rng, 16, 40)
        i, j = np.rint(xs / pitch), np.rint(ys / pitch)
        u, v = xs - i * pitch, ys - j * pitch
        sign = np.where((i + j) % 2 == 0, 1, -1)
        a, b = (u + sign * v) / 1.41, (u - sign * v) / 1.41
        height = 2.5 * step(1 - np.hypot(a / (0.42 * pitch), b / (0.13 * pitch)), 0.2, 0.5)
    else:
        cell = uniform_log(rng, 40, 120)
        u, v = (
            np.abs(xs / cell - np.rint(xs / cell)) * cell,
            np.abs(ys / cell - np.rint(ys / cell)) * cell,
        )
        seam = step(np.minimum(u, v), 1.2, 1.2)
        p = cell / 5
        along = np.where(u < v, ys, xs)
        rivet = np.hypot(np.minimum(u, v) - 6, along - np.rint(along / p) * p)
        height = 1.5 * seam + 2 * step(2.6 - rivet, 0, 1.5)
    grime = step(noise(rng, size, size / 4, 5, 0.65), 0.7, 1.2)
    albedo = tone * three(1 + 0.04 * scratches + sheen)
    albedo = mixed(
        albedo, hexadecimal(("6b4a2e", "3b352f"))[rng.integers(2)], 0.6 * grime * rng.random()
    )
    return seen(rng, albedo.astype(np.float32), height.astype(np.float32), 1.0, 0.4)
