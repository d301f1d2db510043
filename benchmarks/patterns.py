"""Materials drawn by formula: free images for benchmarks and documentation, from a seed alone.

Each function takes a random generator and returns ``(512, 512, 3)`` float32, sRGB-encoded in [0, 1].
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy.ndimage import distance_transform_edt, gaussian_filter
from scipy.spatial import cKDTree

SIDE = 512
Pattern = Callable[[np.random.Generator], np.ndarray]


def noise(random: np.random.Generator, width: float, stretch: float = 1.0) -> np.ndarray:
    """Return smooth noise in [0, 1] that wraps around; ``stretch`` lengthens it along x."""
    field = gaussian_filter(
        random.standard_normal((SIDE, SIDE)), (width, width * stretch), mode="wrap"
    )
    low, high = np.percentile(field, (1, 99))
    return np.clip((field - low) / (high - low), 0, 1)


def ramp(value: np.ndarray, *colors: str) -> np.ndarray:
    """Map [0, 1] to evenly spaced hexadecimal colors, linearly between them."""
    stops = np.array([[int(c[i : i + 2], 16) for i in (0, 2, 4)] for c in colors]) / 255
    at = np.linspace(0, 1, len(stops))
    return np.stack([np.interp(value, at, stops[:, c]) for c in range(3)], -1).astype(np.float32)


def _grid() -> tuple[np.ndarray, np.ndarray]:
    return np.mgrid[:SIDE, :SIDE].astype(np.float64)


def _cells(random: np.random.Generator, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Return Voronoi cells: index of the nearest seed, and distance from the border."""
    seeds = random.uniform(0, SIDE, (count, 2))
    ys, xs = _grid()
    spots = np.stack([ys.ravel(), xs.ravel()], 1)
    near, index = cKDTree(seeds, boxsize=SIDE).query(spots, k=2)
    return index[:, 0].reshape(SIDE, SIDE), (near[:, 1] - near[:, 0]).reshape(SIDE, SIDE)


def oak(random: np.random.Generator) -> np.ndarray:
    """Long fibers around a few knots."""
    ys, xs = _grid()
    rings = ys / 14 + 6 * noise(random, 40, 4) + xs / 300
    grain = 0.6 * (0.5 + 0.5 * np.sin(2 * np.pi * rings)) + 0.4 * noise(random, 1.0, 25)
    return ramp(grain, "5c3a1e", "8d5f34", "b98a56")


def brick_wall(random: np.random.Generator) -> np.ndarray:
    """Running bond with pale mortar."""
    ys, xs = _grid()
    row = ys // 32
    x = xs + 32 * (row % 2)
    mortar = (ys % 32 < 4) | (x % 64 < 4)
    tint = random.uniform(0, 0.5, (32, 32))[(row % 32).astype(int), (x // 64 % 32).astype(int)]
    return np.where(
        mortar[..., None],
        ramp(0.5 + 0.3 * noise(random, 2), "9a938a", "c9c3b9"),
        ramp(tint + 0.5 * noise(random, 3), "6e2a1c", "a5482f", "c07050"),
    )


def bathroom_tiles(random: np.random.Generator) -> np.ndarray:
    """Two-tone checkered glaze."""
    ys, xs = _grid()
    odd = (ys // 64 + xs // 64) % 2
    joint = (ys % 64 < 3) | (xs % 64 < 3)
    glaze = ramp(0.15 * noise(random, 20) + 0.8 * odd, "2c5f6e", "79aab3", "e6efec")
    return np.where(joint[..., None], np.float32(0.35), glaze)


def linen(random: np.random.Generator) -> np.ndarray:
    """Plain weave of uneven threads."""
    ys, xs = _grid()
    over = (ys // 8 + xs // 8) % 2
    bend = np.where(over, np.sin(np.pi * (ys % 8) / 8), np.sin(np.pi * (xs % 8) / 8))
    thick = np.where(over, noise(random, 0.8, 40), noise(random, 0.8, 40).T)
    return ramp(0.65 * bend + 0.35 * thick, "6d6450", "a89d83", "d9d0b8")


def knit(random: np.random.Generator) -> np.ndarray:
    """Stocking stitch: columns of V."""
    ys, xs = _grid()
    fold = np.abs(xs % 32 - 16)
    wave = 0.5 + 0.5 * np.cos(2 * np.pi * (ys + 0.9 * fold) / 18)
    body = wave * np.sin(np.pi * np.clip((16 - fold) / 16, 0.05, 0.95)) ** 0.5
    return ramp(0.85 * body + 0.15 * noise(random, 0.7), "2b1220", "7b2f4c", "b8607a")


def ticking(random: np.random.Generator) -> np.ndarray:
    """Blue stripes on cream twill."""
    ys, xs = _grid()
    broad, thin = xs % 80 < 22, np.abs(xs % 80 - 44) < 3
    twill = 0.12 * ((xs + ys) % 6 < 3) + 0.1 * noise(random, 1)
    return np.where(
        (broad | thin)[..., None],
        ramp(twill * 3, "21375c", "3c5a8a"),
        ramp(twill * 3, "dcd3bd", "f3ecdb"),
    )


def polka_dots(random: np.random.Generator) -> np.ndarray:
    """White dots on a plain ground."""
    ys, xs = _grid()
    y, x = ys % 64 - 32, (xs + 32 * (ys // 64 % 2)) % 64 - 32
    dot = np.clip(17 - np.hypot(y, x), 0, 1)[..., None]
    return (1 - dot) * ramp(0.5 + 0.1 * noise(random, 1), "a3262c", "c63f3f") + dot * np.float32(
        0.93
    )


def marble(random: np.random.Generator) -> np.ndarray:
    """Dark veins in pale stone."""
    bent = noise(random, 30) + 0.5 * noise(random, 12) + 0.25 * noise(random, 5)
    vein = np.abs(bent / bent.std() % 0.9 - 0.45) / 0.45
    return ramp(vein**0.35, "4d525b", "b9bcc2", "eeeeec")


def cobbles(random: np.random.Generator) -> np.ndarray:
    """Rounded stones in dark earth."""
    index, border = _cells(random, 130)
    height = np.clip(border / 14, 0, 1) ** 0.6
    tint = random.uniform(0.3, 1, 130)[index]
    return ramp(height * tint * (0.8 + 0.2 * noise(random, 1.5)), "1c1a18", "6b655c", "a8a297")


def camouflage(random: np.random.Generator) -> np.ndarray:
    """Blots of four flat colors."""
    steps = np.digitize(0.7 * noise(random, 16) + 0.3 * noise(random, 6), (0.33, 0.5, 0.64))
    return ramp(steps / 3, "23271c", "4d5632", "857e52", "b5a77c")


def rust(random: np.random.Generator) -> np.ndarray:
    """Flaking iron oxide on gray steel."""
    eaten = np.clip(4 * (0.6 * noise(random, 14) + 0.4 * noise(random, 4) - 0.42), 0, 1)[..., None]
    oxide = ramp(0.6 * noise(random, 1.5) + 0.4 * noise(random, 6), "42160a", "94411a", "c9793a")
    return eaten * oxide + (1 - eaten) * ramp(noise(random, 5), "5c6468", "868d90")


def brushed_steel(random: np.random.Generator) -> np.ndarray:
    """Hair-fine parallel scratches."""
    return ramp(
        0.7 * noise(random, 0.6, 90) + 0.3 * noise(random, 60), "74797d", "a6abae", "d3d6d8"
    )


def plaster(random: np.random.Generator) -> np.ndarray:
    """Troweled wall, lit from the left."""
    height = noise(random, 7) + 0.4 * noise(random, 2)
    slope = np.gradient(gaussian_filter(height, 1, mode="wrap"), axis=1)
    return ramp(np.clip(0.5 + 7 * slope, 0, 1), "b09c7c", "d8c8a8", "efe4cb")


def fish_scales(random: np.random.Generator) -> np.ndarray:
    """Overlapping arcs."""
    ys, xs = _grid()
    shade = np.zeros((SIDE, SIDE))
    for row in range(-1, 23):
        x = (xs + 24 * (row % 2)) % 48 - 24
        away = np.hypot(x, ys - 24 * row)
        inside = away < 28
        shade = np.where(inside, np.where(away > 25, 0.05, 0.95 - away / 45), shade)
    return ramp(0.9 * shade + 0.1 * noise(random, 1), "0e2a26", "2e7a63", "9ed3a4")


def corrugated_iron(random: np.random.Generator) -> np.ndarray:
    """Rounded ribs with streaks of dirt."""
    _, xs = _grid()
    rib = 0.5 + 0.5 * np.sin(2 * np.pi * xs / 36)
    return ramp(0.75 * rib + 0.25 * noise(random, 2, 20).T, "3e4c52", "83949a", "ccd6d8")


def leather(random: np.random.Generator) -> np.ndarray:
    """Small swollen cells with creases between."""
    _, border = _cells(random, 2600)
    swell = np.clip(gaussian_filter(border, 0.8, mode="wrap") / 5, 0, 1)
    return ramp(0.75 * swell + 0.25 * noise(random, 12), "1d0f0a", "4a2817", "7a4a2e")


def lichen(random: np.random.Generator) -> np.ndarray:
    """Crusts with pale rims on slate."""
    field = 0.6 * noise(random, 10) + 0.4 * noise(random, 4)
    crust = field > 0.56
    depth = np.clip(distance_transform_edt(crust) / 10, 0, 1)
    return np.where(
        crust[..., None],
        ramp(depth * (0.7 + 0.3 * noise(random, 1)), "d8d69a", "a3a455", "6c7a2c"),
        ramp(noise(random, 2), "31353c", "545b63"),
    )


def starry_night(random: np.random.Generator) -> np.ndarray:
    """Points of light on a dark sky."""
    stars = np.zeros((SIDE, SIDE))
    at = random.integers(0, SIDE, (500, 2))
    stars[at[:, 0], at[:, 1]] = random.uniform(2, 14, 500)
    glow = np.clip(gaussian_filter(stars, 1.1, mode="wrap"), 0, 1)
    return np.clip(
        ramp(0.6 * noise(random, 40), "05070f", "121a33", "2a2e55") + glow[..., None], 0, 1
    ).astype(np.float32)


DRAWN: tuple[Pattern, ...] = (
    oak,
    brick_wall,
    bathroom_tiles,
    linen,
    knit,
    ticking,
    polka_dots,
    marble,
    cobbles,
    camouflage,
    rust,
    brushed_steel,
    plaster,
    fish_scales,
    corrugated_iron,
    leather,
    lichen,
    starry_night,
)
