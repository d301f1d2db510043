"""What a market sells, and what it is kept in: fruit in heaps, crates, pots with plants."""

from __future__ import annotations

import math

import numpy as np
from shapes import boxes, place, rounded, scatter, soften, sprig, surface, turned


def crate(wear, material: str, at, turn=(0, 0, 0), size=(0.56, 0.38, 0.27), seed=0) -> None:
    """Slats nailed to four corner posts; the origin is the middle of the bottom."""
    w, d, h = size
    slat, gap = h / 3 - 0.014, h / 3
    parts = [((0, 0, 0.01), (w - 0.02, d - 0.02, 0.015))]
    for n in range(3):
        z = gap * (n + 0.5)
        parts += [((0, s * (d / 2), z), (w, 0.014, slat)) for s in (-1, 1)]
        parts += [((s * (w / 2 - 0.008), 0, z), (0.014, d - 0.02, slat)) for s in (-1, 1)]
    posts = [(a, b) for a in (-1, 1) for b in (-1, 1)]
    parts += [
        ((a * (w / 2 - 0.03), b * (d / 2 - 0.02), h / 2), (0.035, 0.025, h)) for a, b in posts
    ]
    soften(place(boxes("Crate", parts, 0.35, seed), wear[material], at, turn), 0.003)


def fruits(wear, kind: str, places, radius: float, rng) -> None:
    """Oranges or lemons of about that radius, each turned another way."""
    if kind == "Orange Peel":
        profile = [(0.0, -1.0), (0.5, -0.88), (0.94, -0.3), (0.94, 0.32), (0.5, 0.86), (0.0, 0.92)]
    else:
        profile = [(0.0, -1.3), (0.16, -1.16), (0.62, -0.8), (0.88, 0), (0.62, 0.8), (0.16, 1.12)]
        profile.append((0.0, 1.22))
    mesh = turned(kind, rounded(profile), 2.2, around=2, segments=28)
    for at in places:
        place(mesh, wear[kind], at, rng.uniform(0, 360, 3), radius * rng.uniform(0.92, 1.06))


def heap(middle, across: float, deep: float, radius: float, rng, layers: int = 2) -> list:
    """Places of round things in a heap, in rows that shrink upwards."""
    found = []
    for layer in range(layers):
        wide, far = across - layer * radius * 1.6, deep - layer * radius * 1.6
        columns, rows = int(wide / (radius * 1.95)), max(int(far / (radius * 1.95)), 1)
        for i in range(columns):
            for j in range(rows):
                jitter = rng.normal(0, radius * 0.1, 3)
                found.append(
                    (
                        middle[0] + (i - (columns - 1) / 2) * wide / columns + jitter[0],
                        middle[1] + (j - (rows - 1) / 2) * far / rows + jitter[1],
                        middle[2] + layer * radius * 1.35 + jitter[2],
                    )
                )
    return found


def ring(name: str, radius: float, thick: float):
    """A mesh: a handle."""

    def shape(s: float, t: float):
        a, b = 2 * math.pi * s, 2 * math.pi * t
        r = radius + thick * math.cos(b)
        return r * math.cos(a), r * math.sin(a), thick * math.sin(b)

    return surface(name, shape, 40, 10, (3, 0.3))


def pot(wear, at, radius: float, leaves: str, count: int, length: float) -> None:
    """A clay pot with a plant."""
    r, h = radius, radius * 1.7
    profile = [
        (0.0, 0.0),
        (r * 0.68, 0.0),
        (r * 0.93, h * 0.76),
        (r, h * 0.76),
        (r * 1.06, h * 0.8),
    ]
    profile += [(r * 1.06, h), (r * 0.92, h), (r * 0.9, h * 0.88)]
    place(turned("Pot", profile, 0.4), wear["Terracotta"], at)
    soil = turned("Soil", [(r * 0.92, 0), (0.0, 0.01)], 1)
    place(soil, wear["Soil"], (at[0], at[1], at[2] + h * 0.88))
    rng = np.random.default_rng(int(1000 * radius + count))
    top = at[2] + h * 0.88
    roots = [
        (at[0] + rng.normal(0, r * 0.3), at[1] + rng.normal(0, r * 0.3), top) for _ in range(count)
    ]
    scatter(sprig(f"{leaves} Sprig", length * 0.75, length), wear[leaves], roots,
            lambda r: (r.uniform(0, 75), r.uniform(0, 360)), rng)  # fmt: skip
