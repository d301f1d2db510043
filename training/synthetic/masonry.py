"""Laid by hand: bricks, planks, tiles, cobbles, shingles, parquet."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .fields import Field, blurred, cells, grain, grid, noise, rumpled, scattered, step, uniform_log
from .media import full, mixed, seen, three
from .palette import earth, in_gamut, sample_palette
from .pieces import per_unit
from .registry import content


@dataclass(frozen=True)
class Bond:
    """A wall of rectangular units."""

    ids: np.ndarray
    """``(H, W)`` int: which unit."""
    border: Field
    """Distance in pixels to the unit's border."""
    u: Field
    v: Field
    """Place in the unit, 0 ... 1 across and down."""


def bond(
    rng: np.random.Generator, size: int, wide: float, tall: float, shift: float = 0.5,
    ragged: float = 0.0, wobble: float = 0.6,
) -> Bond:  # fmt: skip
    """Courses of units; each course is shifted by ``shift`` of a unit (or at random: ``ragged``)."""
    ys, xs = grid(size)
    x = xs + wobble * noise(rng, size, 30)
    y = ys + wobble * noise(rng, size, 30) + rng.uniform(0, tall)
    row = np.floor(y / tall).astype(int)
    offset = shift * np.arange(row.max() + 2) + ragged * rng.random(row.max() + 2)
    place = x / wide + offset[row] + rng.random() + 1
    column = np.floor(place).astype(int)
    u, v = place - column, y / tall - row
    border = np.minimum(np.minimum(u, 1 - u) * wide, np.minimum(v, 1 - v) * tall)
    return Bond(row * 97 + column, *(a.astype(np.float32) for a in (border, u, v)))


@content
def bricks(rng, size):
    """A brick wall, old or new, sometimes painted."""
    tall = uniform_log(rng, 14, 44)
    shift = rng.choice((0.5, 0.5, 0.33))
    laid = bond(rng, size, tall * rng.uniform(2.1, 3.4), tall, shift, wobble=rng.uniform(0.2, 1.4))
    clay = in_gamut(
        np.array([[rng.uniform(0.36, 0.6), rng.uniform(0.03, 0.1), rng.uniform(0.02, 0.08)]])
    )[0]
    if rng.random() < 0.3:
        clay = earth(rng, 0.4, 0.9)
    joint = rng.uniform(1.2, 3.2) * tall / 28
    rough = noise(rng, size, 8, 4, 0.7)
    inside = step(laid.border + 0.45 * rough, joint, 1.6)
    tint = (
        1
        + rng.uniform(0.05, 0.2) * three(per_unit(rng, laid.ids))
        + 0.03 * per_unit(rng, laid.ids, 3)
    )
    albedo = clay * tint * three(1 + 0.07 * rough)
    mortar = earth(rng, 0.5, 0.9) * three(1 + 0.07 * noise(rng, size, 2.5, 2))
    albedo = mixed(mortar, albedo, inside)
    height = 2.4 * blurred(inside, 0.8) + 0.3 * rough + 0.3 * inside * per_unit(rng, laid.ids)
    if rng.random() < 0.25:
        worn = step(noise(rng, size, size / 4, 5, 0.65), 0.2, 0.3) * inside
        albedo = mixed(albedo, earth(rng, 0.75, 0.95), 0.9 * worn)
    return seen(rng, albedo, height, rng.uniform(0.7, 1.6))


def wood(
    rng: np.random.Generator, size: int, ids: np.ndarray, vertical: bool = False
) -> tuple[Field, Field]:
    """Grain of boards that differ by ``ids``: rings in [0, 1], and pores."""
    stretch = (70.0, 5.0) if vertical else (5.0, 70.0)
    lines = noise(rng, size, stretch, 3, 0.6)
    knots = noise(rng, size, (size / 4, size / 7) if vertical else (size / 7, size / 4))
    rings = 0.5 + 0.5 * np.sin(3.5 * knots + 2.2 * lines + 5 * per_unit(rng, ids))
    pores = noise(rng, size, (16.0, 1.3) if vertical else (1.3, 16.0), 2, 0.8)
    return rings, pores


@content
def planks(rng, size):
    """Boards side by side, varnished, bare, weathered or painted."""
    tall = uniform_log(rng, 22, 80)
    laid = bond(rng, size, tall * rng.uniform(5, 12), tall, 0.0, 1.0, 0.3)
    rings, pores = wood(rng, size, laid.ids)
    base = in_gamut(
        np.array([[rng.uniform(0.4, 0.8), rng.uniform(0.005, 0.05), rng.uniform(0.02, 0.09)]])
    )[0]
    tint = 1 + 0.1 * three(per_unit(rng, laid.ids)) + 0.015 * per_unit(rng, laid.ids, 3)
    albedo = base * tint * three(0.74 + 0.32 * rings + 0.06 * pores)
    height = 0.5 * rings + 0.25 * pores
    if rng.random() < 0.3:  # flaking paint
        paint = sample_palette(rng, 4).colors[rng.integers(1, 4)]
        stays = step(noise(rng, size, (10, 40), 4, 0.7) + 0.25 * pores, rng.uniform(-1, 0.3), 0.25)
        albedo = mixed(albedo, paint * three(1 + 0.03 * pores), 0.95 * stays)
        height = height + 1.2 * stays
    gap = step(laid.border, rng.uniform(0.7, 1.6), 1.2)
    albedo = albedo * three(0.2 + 0.8 * gap)
    nail = np.hypot((laid.v - 0.5) * tall, np.minimum(laid.u, 1 - laid.u) * tall * 8 - 6)
    albedo = mixed(albedo, np.float32([0.16, 0.15, 0.15]), 0.85 * step(1.8 - nail, 0, 1))
    if rng.random() < 0.5:
        albedo, height, gap = (
            np.ascontiguousarray(np.swapaxes(a, 0, 1)) for a in (albedo, height, gap)
        )
    return seen(rng, albedo, height + 2.5 * gap, rng.uniform(0.5, 1.2), rng.uniform(0, 0.1))


@content
def parquet(rng, size):
    """Herringbone or basket-weave blocks of wood."""
    ys, xs = grid(size)
    wide = uniform_log(rng, 9, 26)
    n = 2 if rng.random() < 0.4 else int(rng.integers(3, 6))
    a = np.pi / 4 if rng.random() < 0.6 else 0.0
    x = (xs * np.cos(a) + ys * np.sin(a)) / wide + 400
    y = (ys * np.cos(a) - xs * np.sin(a)) / wide + 400
    i, j = np.floor(x).astype(int), np.floor(y).astype(int)
    # Herringbone of n x 1 blocks: along each row, runs of n lie, then n upright blocks follow.
    k = (i - j) % (2 * n)
    lying = k < n
    column, row = np.where(lying, i - k, i), np.where(lying, j, j - (2 * n - 1 - k))
    u, v = np.where(lying, x - column, y - row), np.where(lying, y - j, x - i)
    border = np.minimum(np.minimum(u, n - u), np.minimum(v, 1 - v)) * wide
    _, ids = np.unique(column * 4096 + row, return_inverse=True)
    ids = ids.reshape(size, size)
    across, pores = wood(rng, size, ids)
    upright, pores2 = wood(rng, size, ids, vertical=True)
    rings, fine = np.where(lying, across, upright), np.where(lying, pores, pores2)
    base = in_gamut(
        np.array([[rng.uniform(0.42, 0.72), rng.uniform(0.015, 0.05), rng.uniform(0.04, 0.09)]])
    )[0]
    tint = 1 + rng.uniform(0.05, 0.16) * per_unit(rng, ids)
    albedo = base * three(tint * (0.78 + 0.26 * rings + 0.05 * fine))
    gap = step(border.astype(np.float32), 0.6, 1.0)
    return seen(rng, albedo * three(0.35 + 0.65 * gap), 0.2 * rings + 1.2 * gap, 0.7, 0.08)


@content
def tiles(rng, size):
    """Glazed or stone tiles with grout."""
    tall = uniform_log(rng, 18, 80)
    aspect = rng.choice((1, 1, 2, 3))
    laid = bond(
        rng, size, tall * aspect, tall, 0.5 if aspect > 1 or rng.random() < 0.2 else 0.0, wobble=0.1
    )
    palette = sample_palette(rng, 5)
    colors = palette.colors[rng.integers(1, 5, 3)]
    pick = rng.integers(0, 1 + int(rng.integers(3)), int(laid.ids.max()) + 1)[laid.ids]
    if aspect == 1 and rng.random() < 0.3:
        pick = laid.ids // 97 % 2 ^ laid.ids % 97 % 2
    inside = step(laid.border, rng.uniform(0.9, 2.4), 1.2)
    cloud = noise(rng, size, 30, 4, 0.6) + per_unit(rng, laid.ids)
    albedo = colors[pick] * three(1 + 0.05 * cloud)
    if rng.random() < 0.35:
        albedo = albedo * three(
            1 - 0.3 * np.clip(1 - np.abs(noise(rng, size, 60, 5, 0.6)) * 6, 0, 1)
        )
    grout = earth(rng, 0.5, 0.92)
    albedo = mixed(full(size, grout) * three(1 + 0.05 * grain(rng, size, 0.8)), albedo, inside)
    rim = np.clip(laid.border / 3, 0, 1)
    height = 1.6 * rim * inside + 0.15 * noise(rng, size, 16) * inside
    return seen(rng, albedo, height, 1.0, rng.uniform(0, 0.35) * (rng.random() < 0.7))


@content
def cobbles(rng, size):
    """Rounded stones, packed."""
    cell = uniform_log(rng, 18, 60)
    spots = scattered(rng, size, cell, rng.uniform(0.4, 1.1))
    ids, border = cells(size, spots)
    border = np.clip(rumpled(rng, border, 10, 1.2), 0, None)
    dome = np.sqrt(np.clip(border / (0.42 * cell), 0, 1))
    rough = noise(rng, size, 7, 4, 0.7)
    inside = step(border + 0.4 * rough, 1.6, 2.0)
    stone = earth(rng, 0.35, 0.75)
    tint = 1 + 0.15 * three(per_unit(rng, ids)) + 0.035 * per_unit(rng, ids, 3)
    albedo = mixed(
        earth(rng, 0.2, 0.5) * three(1 + 0.15 * rough),
        stone * tint * three(1 + 0.07 * rough),
        inside,
    )
    if rng.random() < 0.3:
        moss = step(noise(rng, size, size / 5, 4, 0.7) - 1.5 * dome, -0.9, 0.5)
        albedo = mixed(albedo, np.float32([0.28, 0.36, 0.14]) * three(1 + 0.2 * rough), 0.9 * moss)
    return seen(
        rng, albedo, cell / 7 * dome + 0.35 * rough, rng.uniform(0.6, 1.2), rng.uniform(0, 0.1)
    )


@content
def slabs(rng, size):
    """Crazy paving or a dry-stone wall of flat, angular stones."""
    cell = uniform_log(rng, 26, 80)
    spots = scattered(rng, size, cell, 1.3)
    tall = rng.uniform(1, 2.4)
    ids, border = cells(size, spots * np.float32([1, 1]))
    if tall > 1.4:
        ys, xs = grid(size)
        y = np.clip((ys * tall) % size, 0, size - 1).astype(int)
        ids = ids[y, xs.astype(int)]
        border = border[y, xs.astype(int)] / tall**0.5
    rough = noise(rng, size, 14, 5, 0.65)
    inside = step(border + 0.6 * rough, 2.4, 2.0)
    tint = 1 + 0.13 * three(per_unit(rng, ids)) + 0.03 * per_unit(rng, ids, 3)
    albedo = mixed(
        earth(rng, 0.25, 0.7) * three(1 + 0.1 * rough),
        earth(rng) * tint * three(1 + 0.09 * rough),
        inside,
    )
    return seen(rng, albedo, 2.2 * blurred(inside, 1) + 0.8 * rough, rng.uniform(0.6, 1.3))


@content
def scales(rng, size):
    """Overlapping scales or shingles: fish, dragon, roof."""
    ys, xs = grid(size)
    r = uniform_log(rng, 12, 40)
    squash = rng.uniform(0.8, 1.6)
    x, y = (xs + noise(rng, size, 40)) / r + 50, (ys + noise(rng, size, 40)) / r * squash + 50
    best = np.full((size, size), -1.0)
    du, dv, ids = np.zeros_like(best), np.zeros_like(best), np.zeros(best.shape, np.int64)
    base = np.floor(y)
    square = rng.random() < 0.4
    for lift in (0, -1, -2):  # the upper rows lie over the lower
        row = base + lift
        column = np.floor((x - row % 2) / 2)
        u, v = x - (2 * column + 1 + row % 2), y - row
        inside = (
            (np.abs(u) < 0.96) & (v < 1.7 + 0.05 * np.sin(row * 9 + column * 5))
            if square
            else np.hypot(u, np.maximum(v - 0.6, 0)) < 1.05
        )
        here = inside & (v >= 0) & (best < 0)
        if lift == 0:
            continue
        best = np.where(here, 1, best)
        du, dv = np.where(here, u, du), np.where(here, v, dv)
        ids = np.where(here, (row * 211 + column).astype(int), ids)
    ids = np.unique(ids, return_inverse=True)[1].reshape(size, size)
    edge = np.clip(dv / 1.7, 0, 1).astype(np.float32)
    palette = sample_palette(rng, 4)
    if rng.random() < 0.5:
        base_color = earth(rng, 0.3, 0.65)
        albedo = base_color * (1 + 0.14 * three(per_unit(rng, ids)) + 0.03 * per_unit(rng, ids, 3))
    else:
        albedo = palette.ramp(np.clip(0.5 + 0.25 * per_unit(rng, ids) + 0.4 * (edge - 0.5), 0, 1))
    rough = noise(rng, size, (14.0, 3.0), 3, 0.7)
    albedo = albedo * three(1 + 0.06 * rough) * three(0.55 + 0.45 * step(edge, 0.25, 0.5))
    height = r * 0.35 * edge * (1 - 0.35 * (du * du).astype(np.float32)) + 0.25 * rough
    return seen(rng, albedo, height, rng.uniform(0.5, 1.0), rng.uniform(0, 0.3))
