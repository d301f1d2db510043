"""Ornament: Islamic star tilings, art deco fans, painted tiles."""

from __future__ import annotations

import cv2
import numpy as np

from .fields import blurred, grain, grid, noise, step, uniform_log
from .media import FINE, colored, eight_bit, finished, full, lit, mixed, shrunk, three
from .palette import hexadecimal, in_gamut, sample_palette
from .registry import style


def polygons_of(kind: str, side: float, extent: float) -> list[np.ndarray]:
    """Tiles ``(N, 2)`` of a periodic tiling that covers ``[0, extent]``.

    ``octagon`` is 4.8.8, ``hexagon`` 6.6.6, ``dodecagon`` 3.12.12.
    """

    def regular(n: int, x: float, y: float, radius: float, turn: float) -> np.ndarray:
        t = turn + 2 * np.pi * np.arange(n) / n
        return np.stack([x + radius * np.cos(t), y + radius * np.sin(t)], 1)

    tiles = []
    reach = range(-1, int(extent / side) + 3)
    if kind == "octagon":
        edge = side * (np.sqrt(2) - 1)
        for j in reach:
            for i in reach:
                x, y = i * side, j * side
                tiles.append(regular(8, x, y, edge / 2 / np.sin(np.pi / 8), np.pi / 8))
                tiles.append(regular(4, x + side / 2, y + side / 2, edge / np.sqrt(2), 0))
        return tiles
    rows = side * np.sqrt(3) / 2
    for j in range(-1, int(extent / rows) + 3):
        for i in reach:
            x, y = (i + 0.5 * (j % 2)) * side, j * rows
            if kind == "hexagon":
                tiles.append(regular(6, x, y, side / np.sqrt(3), np.pi / 6))
                continue
            edge = side * (2 - np.sqrt(3))
            tiles.append(regular(12, x, y, edge / 2 / np.sin(np.pi / 12), np.pi / 12))
            for up in (1, -1):
                center = (x + side / 2, y + up * side / (2 * np.sqrt(3)))
                tiles.append(regular(3, *center, edge / np.sqrt(3), up * np.pi / 2))
    return tiles


def star_lines(tile: np.ndarray, contact: float) -> np.ndarray:
    """Hankin's polygons in contact: from each side's middle two rays, to where neighbors meet.

    Returns ``(N, 3, 2)``: middle of a side, meeting point, middle of the next side (Kaplan 2005).
    """
    after = np.roll(tile, -1, 0)
    middles = (tile + after) / 2
    along = (after - tile) / np.linalg.norm(after - tile, axis=1, keepdims=True)
    inward = np.stack([-along[:, 1], along[:, 0]], 1)
    first = along * np.cos(contact) + inward * np.sin(contact)
    second = np.roll(-along * np.cos(contact) + inward * np.sin(contact), -1, 0)
    ahead = np.roll(middles, -1, 0) - middles
    cross = first[:, 0] * second[:, 1] - first[:, 1] * second[:, 0]
    reach = (ahead[:, 0] * second[:, 1] - ahead[:, 1] * second[:, 0]) / (cross + 1e-9)
    meeting = middles + first * reach[:, None]
    return np.stack([middles, meeting, np.roll(middles, -1, 0)], 1)


@style
def star_tiling(rng, size, photo=None):
    """Islamic star pattern: interlaced straps, regions colored by their size."""
    palette = sample_palette(
        rng, 6, rng.choice(["pigments", "cool", "complementary", "triad", "warm"])
    )
    wide = FINE * size
    side = FINE * uniform_log(rng, 34, 84)
    kind = str(rng.choice(("octagon", "octagon", "hexagon", "dodecagon", "dodecagon")))
    contact = np.deg2rad(rng.uniform(48, 78) if kind != "hexagon" else rng.uniform(38, 68))
    shift = rng.uniform(0, side, 2)
    tiles = polygons_of(kind, side, wide + side)
    lines = np.concatenate([star_lines(tile, contact) for tile in tiles]) - shift
    paths = list(np.rint(lines * 8).astype(np.int32))
    walls = np.zeros((wide, wide), np.uint8)
    cv2.polylines(walls, paths, False, 255, 3, cv2.LINE_8, 3)
    _, regions, stats, _ = cv2.connectedComponentsWithStats(255 - walls, connectivity=4)
    # Regions of like area are of one kind; those cut by the border go by the nearest area.
    kinds = np.rint(np.log(stats[:, cv2.CC_STAT_AREA] + 1.0) * 3).astype(int)
    colors = palette.shuffled(rng)
    fill = (colors[kinds % len(colors)] * 255).astype(np.uint8)[regions]
    band = max(3, round(side * rng.uniform(0.03, 0.085)))
    if rng.random() < 0.8:
        strap, rim = (
            (palette.light, palette.dark) if rng.random() < 0.7 else (palette.dark, palette.light)
        )
        cv2.polylines(
            fill, paths, False, eight_bit(rim), band + 2 * max(2, band // 3), cv2.LINE_8, 3
        )
        cv2.polylines(fill, paths, False, eight_bit(strap), band, cv2.LINE_8, 3)
    else:
        cv2.polylines(fill, paths, False, eight_bit(palette.light), 3, cv2.LINE_8, 3)
    image = shrunk(fill, size)
    glaze = 1 + 0.04 * noise(rng, size, 30, 3) + 0.015 * grain(rng, size)
    if rng.random() < 0.5:  # carved
        relief, _ = lit(blurred(image.mean(2), 1.0) * 4, 1.0)
        glaze = glaze * np.clip(relief, 0.6, 1.3)
    return finished(colored(rng, image, 0.02, 40) * three(glaze))


@style
def art_deco(rng, size, photo=None):
    """Gilt fans, rays and steps on a dark ground."""
    palette = sample_palette(rng, 5, rng.choice(["low_key", "cool", "pigments"]))
    gold = hexadecimal(("c9a24b", "d8c08a", "b87f4a", "e3e1d6"))[rng.integers(4)]
    dark = palette.dark * 0.8 + 0.02
    ys, xs = grid(size)
    radius = uniform_log(rng, 26, 70)
    x, y = xs / radius + rng.random(), ys / radius + rng.random()
    # The scale that is uppermost: rows overlap from the top down, each half a scale apart.
    r, a, which = np.full_like(x, 9), np.zeros_like(x), np.zeros_like(x)
    for lift in (1, 0):
        row = np.floor(y) + lift
        u = x - (np.floor((x - row % 2) / 2) * 2 + 1 + row % 2)
        v = row - y
        here = np.hypot(u, v)
        inside = (here <= 1) & (r > 8)
        r = np.where(inside, here, r)
        a = np.where(inside, np.arctan2(u, v), a)
        which = np.where(inside, row % 2, which)
    r = np.minimum(r, 1).astype(np.float32)
    a = a.astype(np.float32)
    ribs = int(rng.integers(5, 12))
    spread = (
        np.abs(a / np.pi * ribs * 2 - np.rint(a / np.pi * ribs * 2)) * r * radius * np.pi / ribs / 2
    )
    rib = (
        step(rng.uniform(0.7, 1.4) - spread, 0, 1.0) * step(r, 0.22, 0.03) * step(0.85 - r, 0, 0.03)
    )
    rim = 0
    for at in (1.0, 0.86, 0.22) if rng.random() < 0.6 else (1.0, 0.66, 0.33):
        rim = np.maximum(
            rim, step(rng.uniform(0.9, 1.8) - np.abs(r - np.float32(at)) * radius, 0, 1.0)
        )
    line = np.maximum(rib, rim)
    field = mixed(
        full(size, dark), palette.colors[1], 0.8 * which.astype(np.float32) * (rng.random() < 0.5)
    )
    field = mixed(field, palette.colors[2], 0.8 * step(r, 0.86, 0.02) * (rng.random() < 0.4))
    sheen = 1 + 0.22 * noise(rng, size, size / 3) + 0.1 * noise(rng, size, 12, 3)
    relief, gloss = lit(blurred(line, 0.8) * 2, 1.2)
    metal = gold * three(sheen * np.clip(relief, 0.6, 1.3)) + 0.25 * three(gloss)
    return finished(mixed(field * three(1 + 0.03 * grain(rng, size)), metal, line))


@style
def azulejo(rng, size, photo=None):
    """Painted tiles with four-fold rosettes, as in Portugal or Morocco."""
    palette = sample_palette(rng, 5, rng.choice(["cool", "pigments", "complementary"]))
    cell = uniform_log(rng, 40, 110)
    ys, xs = grid(size)
    x, y = xs / cell + rng.random(), ys / cell + rng.random()
    u, v = np.abs((x % 1) - 0.5) * 2, np.abs((y % 1) - 0.5) * 2
    u, v = np.maximum(u, v), np.minimum(u, v)  # eightfold symmetry
    image = full(size, in_gamut(np.array([[0.95, 0, 0.015]]))[0])
    for _ in range(int(rng.integers(5, 9))):
        p = rng.uniform(0, 1, 2)
        r = np.hypot(u - p[0], v - min(p))
        petals = 1 + 0.35 * np.cos(np.arctan2(v - min(p), u - p[0]) * rng.integers(1, 6))
        reach, width = rng.uniform(0.08, 0.4), rng.uniform(0.05, 0.4)
        shape = r / petals - reach
        ring = np.abs(shape) - width * reach if rng.random() < 0.6 else shape
        cover = step(-ring * cell / 2, 0, 1.6).astype(np.float32)
        wash = np.clip(0.86 + 0.13 * noise(rng, size, 9, 3), 0, 1)
        image = mixed(image, palette.colors[rng.integers(len(palette.colors))], cover * wash)
    edge = np.minimum(np.abs(x - np.rint(x)), np.abs(y - np.rint(y))) * cell
    tint = rng.normal(1, 0.025, (int(size / cell) + 3, int(size / cell) + 3)).astype(np.float32)
    image = image * three(tint[np.floor(y).astype(int), np.floor(x).astype(int)])
    image = mixed(
        image, np.float32([0.55, 0.52, 0.47]), 0.85 * step(1.1 - edge, 0, 1.2).astype(np.float32)
    )
    _, gloss = lit(noise(rng, size, 30, 2), 1.0)
    return finished(image + 0.06 * three(gloss))
