"""Materials: plaster, concrete, rust, paint, gravel, fabric, leather, stone, metal, plants."""

from __future__ import annotations

import cv2
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
)  # fmt: skip
from .masonry import earth, seen
from .media import coloured, finished, full, lit, mixed
from .palette import hexadecimal, in_gamut, sample_palette
from .pieces import at, lay
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
    albedo = (
        coloured(rng, full(size, base), 0.015, 50) * (1 + 0.04 * stain + 0.02 * rough)[..., None]
    )
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
    albedo = base * (1 + 0.09 * blotch + 0.04 * fine)[..., None]
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
    return seen(rng, albedo * (1 - 0.35 * pores)[..., None], height, rng.uniform(0.5, 1.0))


@content
def rust(rng, size):
    """Painted steel that rusts and flakes."""
    paint = sample_palette(rng, 5).colours[rng.integers(0, 5)]
    field = noise(rng, size, size / rng.uniform(3, 8), 6, 0.62)
    fine = noise(rng, size, 4, 3, 0.8)
    level = rng.uniform(-0.6, 0.8)
    rusty = step(field + 0.12 * fine, level, 0.1)
    depth = np.clip((field - level) / 1.6 + 0.16 * fine, 0, 1)
    ramp = hexadecimal(("c9783a", "a3522a", "7a3a1f", "4a2418", "2c1812"))
    tones = np.clip(depth * 4, 0, 3.999)
    low = tones.astype(int)
    metal = mixed(ramp[low], ramp[low + 1], tones - low) * (1 + 0.12 * fine)[..., None]
    runs = step(smeared(rusty, np.pi * 1.5, 48), 0.25, 0.7) * (1 - rusty)
    body = coloured(rng, full(size, paint), 0.012, 40)
    body = mixed(body, ramp[1], 0.45 * runs)
    height = 1.4 * (1 - rusty) + 0.5 * fine * rusty
    return seen(rng, mixed(body, metal, rusty), height, rng.uniform(0.6, 1.4), 0.06)


@content
def worn_paint(rng, size):
    """Layers of old paint, chipped through to the ground."""
    colours = sample_palette(rng, 4).shuffled(rng)
    image = colours[0] * (1 + 0.06 * noise(rng, size, 6, 4, 0.7))[..., None]
    height = 0.3 * noise(rng, size, 5, 2)
    field = noise(rng, size, size / rng.uniform(3, 7), 6, 0.66)
    for k in range(1, int(rng.integers(2, 5))):
        stays = step(field + 0.25 * noise(rng, size, size / 9, 4, 0.7), -0.9 + 0.55 * k, 0.05)
        rim = blurred(stays, 1.5) - stays
        layer = colours[k] * (1 + 0.025 * noise(rng, size, 14, 3))[..., None]
        image = mixed(image * (1 - 0.5 * np.clip(rim, 0, 1))[..., None], layer, stays)
        height = height * (1 - 0.5 * stays) + 1.3 * stays
    _, border = cells(size, scattered(rng, size, uniform_log(rng, 12, 36), 1.5))
    crack = step(0.2 + 0.6 * noise(rng, size, size / 4) - rumpled(rng, border, 8, 2), 0, 1.0)
    return seen(rng, image * (1 - 0.5 * crack)[..., None], height - crack, rng.uniform(0.6, 1.3))


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
        blurred(albedo, 0.5) * (1 + 0.07 * rough)[..., None],
        height + 0.3 * rough,
        rng.uniform(0.6, 1.1),
    )


@content
def fabric(rng, size):
    """Plain, twill, basket or herringbone weave; stripes and tartans."""
    ys, xs = grid(size)
    pitch = uniform_log(rng, 3.2, 11)
    x = (xs + 0.6 * noise(rng, size, 30)) / pitch + 100
    y = (ys + 0.6 * noise(rng, size, 30)) / pitch + 100
    i, j = np.floor(x).astype(int), np.floor(y).astype(int)
    kind = rng.integers(4)
    if kind == 0:
        over = (i + j) % 2 == 0
    elif kind == 1:
        over = (i + j) % 4 < 2
    elif kind == 2:
        over = (i // 2 + j // 2) % 2 == 0
    else:
        over = (np.where(i // 8 % 2 == 0, i, -i) + j) % 4 < 2
    u, v = (x - i - 0.5) * 2, (y - j - 0.5) * 2
    palette = sample_palette(rng, 5)
    warp, weft = (_yarns(rng, palette.colours, n) for n in (int(i.max()) + 1, int(j.max()) + 1))
    colour = np.where(over[..., None], warp[i], weft[j])
    across, along = np.where(over, u, v), np.where(over, v, u)
    bump = np.sqrt(np.clip(1 - 0.8 * across**2, 0, 1)) * (1 - 0.3 * along**2)
    ply = np.sin(along * 4 + across * 3 + 3 * noise(rng, size, 20))
    fuzz = noise(rng, size, 2.5) * 0.5 + grain(rng, size, 0.7) * 0.5
    shade = 0.45 + 0.6 * bump + 0.05 * ply + 0.05 * fuzz + 0.05 * noise(rng, size, size / 3)
    if rng.random() < 0.4:  # folds
        fold, _ = lit(noise(rng, size, (size / 2, size / 5)) * size / 14, 0.5)
        shade = shade * np.clip(fold, 0.4, 1.3)
    return finished(colour * shade[..., None].astype(np.float32))


def _yarns(rng: np.random.Generator, colours: np.ndarray, count: int) -> np.ndarray:
    """A colour per yarn: plain, striped or a tartan's mirrored sett."""
    if rng.random() < 0.4:
        sett = np.repeat(colours[rng.integers(0, len(colours), 6)], rng.integers(1, 8, 6), axis=0)
        sett = np.concatenate([sett, sett[::-1]])
    else:
        sett = colours[rng.integers(len(colours))][None]
    yarns = sett[np.arange(count) % len(sett)]
    return yarns * rng.normal(1, 0.05, (count, 1)).astype(np.float32)


@content
def leather(rng, size):
    """Grained hide, creased."""
    cell = uniform_log(rng, 4, 12)
    _, border = cells(size, scattered(rng, size, cell, 1.2))
    bump = np.clip(rumpled(rng, border, 8, 1) / (0.4 * cell), 0, 1)
    crease = np.clip(1 - 5 * np.abs(noise(rng, size, size / 4, 3)), 0, 1)
    base = earth(rng, 0.2, 0.6)
    albedo = base * (0.75 + 0.25 * bump + 0.07 * noise(rng, size, 40, 3))[..., None]
    height = cell / 5 * np.sqrt(bump) - 1.5 * crease
    return seen(rng, albedo, height, rng.uniform(0.5, 1.1), rng.uniform(0.05, 0.35))


@content
def marble(rng, size):
    """Polished stone: veins in marble, bands in onyx, grains in granite."""
    palette = sample_palette(rng, 5)
    if rng.random() < 0.35:
        image = full(size, palette.colours[2])
        for cell in (9.0, 5.0, 3.0):
            ids, _ = cells(size, scattered(rng, size, cell * rng.uniform(0.7, 1.2), 1.6))
            chosen = rng.random(ids.max() + 1) < 0.4
            shade = palette.colours[rng.integers(0, 5, ids.max() + 1)] * rng.uniform(
                0.7, 1.1, (ids.max() + 1, 1)
            )
            image = np.where(chosen[ids][..., None], shade[ids], image)
        return finished(blurred(image.astype(np.float32), 0.6))
    bend = noise(rng, size, size / 3, 4, 0.5)
    cloud = noise(rng, size, size / 4, 6, 0.55)
    base = palette.ramp(np.clip(0.72 + 0.12 * cloud, 0, 1))
    for k in range(3):
        warped = moved_noise(rng, size, bend, size / (2.5 + 2 * k))
        vein = np.exp(-np.abs(warped) * rng.uniform(9, 28)) * np.clip(0.6 + 0.5 * cloud, 0, 1)
        base = mixed(base, palette.colours[rng.integers(0, 3)], rng.uniform(0.3, 0.85) * vein)
    return finished(base * (1 + 0.01 * grain(rng, size))[..., None])


def moved_noise(rng: np.random.Generator, size: int, bend: np.ndarray, cell: float) -> np.ndarray:
    """Noise bent by another field, whose zero line wanders like a vein."""
    return noise(rng, size, cell, 4, 0.5) + 0.8 * bend


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
    albedo = tone * (1 + 0.04 * scratches + sheen)[..., None]
    albedo = mixed(
        albedo, hexadecimal(("6b4a2e", "3b352f"))[rng.integers(2)], 0.6 * grime * rng.random()
    )
    return seen(rng, albedo.astype(np.float32), height.astype(np.float32), 1.0, 0.4)


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
        colour = palette[low] + (palette[low + 1] - palette[low]) * (tone - low)[:, None]
        light = 0.85 + 0.25 * blades.across + 0.22 * blades.along
        blade = blades.spread(np.clip(colour, 0, 1)) * light[..., None]
        cover = blurred(blades.present.astype(np.float32), 0.45)
        shadow = blurred(cover, 2)
        image = mixed(image * (1 - 0.35 * shadow)[..., None], blade, cover)
    return finished(image * (1 + 0.08 * noise(rng, size, size / 4))[..., None])


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
    image = full(size, palette[0] * 0.4) * (1 + 0.2 * noise(rng, size, 5, 3))[..., None]
    height = np.zeros((size, size), np.float32)
    for layer in range(3):
        spots = scattered(rng, size, slim * 2.0, 1.3)
        spots = spots[rng.permutation(len(spots))]
        n = len(spots)
        halves = np.float32([long, slim]) * rng.uniform(0.7, 1.15, (n, 1)).astype(np.float32)
        pile = lay(
            size, spots, halves, rng.uniform(0, 6.3, n), "leaf", rng.normal(0, 0.05, (n, 8, 2))
        )
        colour = (
            palette[rng.integers(0, 5, n)] * rng.uniform(0.6, 1.05, (n, 1)) * (0.7 + 0.15 * layer)
        )
        rib = np.exp(-np.abs(pile.across) * slim * 0.8)
        side = np.abs(((pile.along * 1.6 - np.abs(pile.across) * 0.7) * 4) % 1 - 0.5)
        vein = np.maximum(rib, 0.5 * step(0.08 - side, 0, 0.08))
        leaf = pile.spread(np.clip(colour, 0, 1)) * (1 + 0.28 * vein + 0.1 * pile.across)[..., None]
        cover = pile.present.astype(np.float32)
        image = image * (1 - 0.4 * blurred(cover, 4) * (1 - cover))[..., None]
        image = mixed(image, leaf, blurred(cover, 0.5))
        edge = np.clip(1 - pile.across**2, 0, 1) * cover
        height = height * (1 - cover) + cover * (layer + 1.5 * edge - 0.7 * vein)
    fine = noise(rng, size, 4, 3, 0.7)
    return seen(rng, image * (1 + 0.05 * fine)[..., None], height, rng.uniform(0.6, 1.3), 0.06)


@content
def bark(rng, size):
    """Furrowed bark or cracked earth."""
    stretch = rng.uniform(1.0, 3.5)
    n = int(size * 1.1)
    _, border = cells(n, scattered(rng, n, uniform_log(rng, 12, 34), 1.3))
    border = cv2.resize(border, (n, int(n * stretch)))[:size, :size]
    border = rumpled(rng, rumpled(rng, border, 24, 5), 7, 1.6)
    ridge = np.clip(border / 6, 0, 1)
    fibre = noise(rng, size, (4 * stretch, 3.0), 4, 0.7)
    base = earth(rng, 0.3, 0.65)
    albedo = base * (0.35 + 0.65 * ridge + 0.09 * fibre)[..., None]
    return seen(
        rng,
        coloured(rng, albedo, 0.02, 30),
        4 * np.sqrt(ridge) + 0.7 * fibre,
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
    albedo = base * (1 + 0.06 * speck + 0.04 * noise(rng, size, size / 3, 3))[..., None]
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
        return finished(image + 0.45 * blurred(light, 0.8)[..., None])
    wave = noise(rng, size, (uniform_log(rng, 5, 14), uniform_log(rng, 16, 50)), 4, 0.6)
    ys = grid(size)[0] / size
    diffuse, gloss = lit(wave * 2.5, 1.0, -1.4)
    tone = np.clip(0.35 + 0.3 * ys + 0.9 * (diffuse - 1), 0, 1)
    return finished(palette.ramp(tone) + 0.5 * gloss[..., None] * step(wave, 0.4, 1)[..., None])
