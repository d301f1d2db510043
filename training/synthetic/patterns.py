"""Ornament: star tilings, Japanese patterns, art deco, mazes, circuits, tiles."""

from __future__ import annotations

import cv2
import numpy as np

from .fields import blurred, grain, grid, noise, step, uniform_log
from .media import Rgb, coloured, finished, full, lit, mixed, paper
from .palette import Palette, hexadecimal, in_gamut, sample_palette
from .registry import style

_FINE = 2  # patterns are drawn this much larger, then averaged


def shrunk(wide: np.ndarray, size: int) -> Rgb:
    """uint8 at `_FINE` times the size -> float at ``size``."""
    return cv2.resize(wide, (size, size), interpolation=cv2.INTER_AREA).astype(np.float32) / 255


def eight_bit(colour: np.ndarray) -> list[int]:
    """A colour for OpenCV's drawing functions."""
    return np.clip(np.asarray(colour) * 255, 0, 255).astype(int).tolist()


def polygons_of(kind: str, side: float, extent: float) -> list[np.ndarray]:
    """Tiles ``(N, 2)`` of a periodic tiling that covers ``[0, extent]``.

    ``octagon`` is 4.8.8, ``hexagon`` 6.6.6, ``dodecagon`` 3.12.12, ``square`` 4.4.4.4.
    """

    def regular(n: int, x: float, y: float, radius: float, turn: float) -> np.ndarray:
        t = turn + 2 * np.pi * np.arange(n) / n
        return np.stack([x + radius * np.cos(t), y + radius * np.sin(t)], 1)

    tiles = []
    reach = range(-1, int(extent / side) + 3)
    if kind in ("octagon", "square"):
        edge = side * (np.sqrt(2) - 1)
        for j in reach:
            for i in reach:
                x, y = i * side, j * side
                if kind == "square":
                    tiles.append(regular(4, x, y, side / np.sqrt(2), np.pi / 4))
                    continue
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
                centre = (x + side / 2, y + up * side / (2 * np.sqrt(3)))
                tiles.append(regular(3, *centre, edge / np.sqrt(3), up * np.pi / 2))
    return tiles


def star_lines(tile: np.ndarray, contact: float) -> np.ndarray:
    """Hankin's polygons in contact: from each side's middle two rays, to where neighbours meet.

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
    """Islamic star pattern: interlaced straps, regions coloured by their size."""
    palette = sample_palette(
        rng, 6, rng.choice(["pigments", "cool", "complementary", "triad", "warm"])
    )
    wide = _FINE * size
    side = _FINE * uniform_log(rng, 36, 110)
    kind = str(rng.choice(("octagon", "octagon", "hexagon", "dodecagon", "square")))
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
    colours = palette.shuffled(rng)
    fill = (colours[kinds % len(colours)] * 255).astype(np.uint8)[regions]
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
    return finished(coloured(rng, image, 0.02, 40) * glaze[..., None])


def _two_inks(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, Palette]:
    palette = sample_palette(rng, 5)
    if rng.random() < 0.4:
        pairs = (
            "1f2f5c f0ead8",
            "7d1f1a f3e6cc",
            "1b1a1c d9a441",
            "2f4f3f efe3c6",
            "5c2a4a f1dfe0",
        )
        dark, light = hexadecimal(pairs[rng.integers(len(pairs))].split())
    else:
        dark, light = palette.dark, palette.light
    return (light, dark, palette) if rng.random() < 0.35 else (dark, light, palette)


def _printed_cloth(rng: np.random.Generator, image: Rgb) -> np.ndarray:
    """A printed pattern as it is on cloth or paper, a little worn."""
    size = len(image)
    _, tooth = paper(rng, size, np.ones(3))
    fade = noise(rng, size, size / 3, 2)
    image = image * (1 + 0.02 * tooth + 0.03 * fade)[..., None]
    return finished(coloured(rng, image, 0.012, 25))


@style
def seigaiha(rng, size, photo=None):
    """Japanese waves: overlapping fans of concentric arcs."""
    dark, light, palette = _two_inks(rng)
    wide, radius = _FINE * size, _FINE * uniform_log(rng, 16, 48)
    rings = int(rng.integers(2, 5))
    sheet = np.zeros((wide, wide, 3), np.uint8)
    gold = eight_bit(palette.accent)
    rich = rng.random() < 0.4
    x0, y0 = rng.uniform(0, radius, 2)
    for j in range(-2, int(wide / radius * 2) + 5):
        y = y0 + j * radius / 2
        for i in range(-1, int(wide / radius / 2) + 3):
            x = x0 + (2 * i + (j % 2)) * radius
            for k in range(2 * rings, 0, -1):
                colour = eight_bit(dark if k % 2 else light)
                if rich and k % 4 == 1 and (i * 7 + j * 3) % 5 == 0:
                    colour = gold
                at = (int(x * 8), int(y * 8))
                cv2.circle(
                    sheet,
                    at,
                    int(radius * 8 * (k - 0.25 * (k % 2)) / (2 * rings)),
                    colour,
                    -1,
                    cv2.LINE_8,
                    3,
                )
    return _printed_cloth(rng, shrunk(sheet, size))


def _hemp_leaf(cell: float, wide: int) -> list[np.ndarray]:
    """Asanoha: from each point of a triangular grid to its six neighbours, straight and bent."""
    corners = np.pi / 3 * np.arange(6)
    lines = []
    for a in corners:
        tip = np.array([np.cos(a), np.sin(a)])
        lines.append(np.stack([0 * tip, 0.5 * tip, tip]))
        for turn in (-np.pi / 6, np.pi / 6):
            knee = np.array([np.cos(a + turn), np.sin(a + turn)]) / np.sqrt(3)
            lines.append(np.stack([0 * tip, knee, tip]))
    return _repeated(lines, cell, wide, cell * np.sqrt(3) / 2)


def _tortoiseshell(cell: float, wide: int) -> list[np.ndarray]:
    """Kikko: nested hexagons."""
    t = np.pi / 6 + np.pi / 3 * np.arange(7)
    hexagon = np.stack([np.cos(t), np.sin(t)], 1) / np.sqrt(3)
    return _repeated([hexagon * s for s in (1.0, 0.72, 0.3)], cell, wide, cell * np.sqrt(3) / 2)


def _linked_rings(cell: float, wide: int) -> list[np.ndarray]:
    """Shippo: circles through their neighbours' centres, and a bead in each."""
    t = np.linspace(0, 2 * np.pi, 60)
    ring = np.stack([np.cos(t), np.sin(t)], 1)
    return _repeated([ring / np.sqrt(2), ring[::4] * 0.07], cell, wide, cell / 2)


def _fretwork(cell: float, wide: int) -> list[np.ndarray]:
    """Key pattern: four hooked arms round each cell's middle."""
    key = np.array([[0, 0], [3, 0], [3, 2], [1, 2], [1, 1], [2, 1]]) / 6
    turns = [np.array([[c, s], [-s, c]]) for c, s in ((1, 0), (0, 1), (-1, 0), (0, -1))]
    return _repeated([key @ turn for turn in turns], cell, wide, cell, 0.0)


def _repeated(
    lines: list[np.ndarray], cell: float, wide: int, rows: float, shift: float = 0.5
) -> list[np.ndarray]:
    """Lines in units of ``cell``, at every point of a grid whose odd rows are shifted."""
    out = []
    for j in range(-1, int(wide / rows) + 2):
        for i in range(-1, int(wide / cell) + 2):
            origin = np.array([(i + shift * (j % 2)) * cell, j * rows])
            out += [origin + line * cell for line in lines]
    return out


def _inked(rng: np.random.Generator, size: int, cell: float, lines: list[np.ndarray]) -> np.ndarray:
    dark, light, _ = _two_inks(rng)
    sheet = np.empty((_FINE * size, _FINE * size, 3), np.uint8)
    sheet[:] = eight_bit(dark)
    thick = max(2, int(cell * rng.uniform(0.02, 0.06)))
    paths = [np.rint(line * 8).astype(np.int32) for line in lines]
    cv2.polylines(sheet, paths, False, eight_bit(light), thick, cv2.LINE_AA, 3)
    return _printed_cloth(rng, shrunk(sheet, size))


@style
def asanoha(rng, size, photo=None):
    """Japanese hemp leaf: stars of rhombi."""
    cell = _FINE * uniform_log(rng, 22, 60)
    return _inked(rng, size, cell, _hemp_leaf(cell, _FINE * size))


@style
def wagara(rng, size, photo=None):
    """Other Japanese line patterns: tortoiseshell, linked rings, fretwork."""
    cell = _FINE * uniform_log(rng, 24, 64)
    pattern = (_tortoiseshell, _linked_rings, _fretwork)[rng.integers(3)]
    return _inked(rng, size, cell, pattern(cell, _FINE * size))


@style
def yagasuri(rng, size, photo=None):
    """Japanese arrow feathers in columns."""
    dark, light, palette = _two_inks(rng)
    wide, w = _FINE * size, _FINE * uniform_log(rng, 12, 34)
    sheet = np.empty((wide, wide, 3), np.uint8)
    sheet[:] = eight_bit(dark)
    inks = [eight_bit(light), eight_bit(palette.accent if rng.random() < 0.4 else light)]
    tall = w * rng.uniform(0.9, 1.8)
    shape = np.array([[0, 0], [w / 2, w / 2], [w, 0], [w, tall], [w / 2, tall + w / 2], [0, tall]])
    for i in range(int(wide / w) + 1):
        for j in range(-2, int(wide / tall / 2) + 3):
            at = (i * w, (2 * j + i % 2) * tall)
            cv2.fillPoly(sheet, [np.rint(shape + at).astype(np.int32)], inks[j % 2], cv2.LINE_AA)
        shaft = int((i + 0.5) * w)
        cv2.line(sheet, (shaft, 0), (shaft, wide), eight_bit(dark), max(2, int(w / 14)))
    return _printed_cloth(rng, shrunk(sheet, size))


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
        full(size, dark), palette.colours[1], 0.8 * which.astype(np.float32) * (rng.random() < 0.5)
    )
    field = mixed(field, palette.colours[2], 0.8 * step(r, 0.86, 0.02) * (rng.random() < 0.4))
    sheen = 1 + 0.22 * noise(rng, size, size / 3) + 0.1 * noise(rng, size, 12, 3)
    relief, gloss = lit(blurred(line, 0.8) * 2, 1.2)
    metal = gold * (sheen * np.clip(relief, 0.6, 1.3))[..., None] + 0.25 * gloss[..., None]
    return finished(mixed(field * (1 + 0.03 * grain(rng, size))[..., None], metal, line))


@style
def maze(rng, size, photo=None):
    """Truchet tiles: arcs, diagonals or bands that join at random."""
    dark, light, palette = _two_inks(rng)
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
    return _printed_cloth(rng, image)


@style
def circuit(rng, size, photo=None):
    """A circuit board: traces that turn by 45 degrees, pads, vias, chips."""
    board = hexadecimal(("0f5a34", "123f6b", "1a1c22", "6b1420", "e8e6da", "4a2f6b"))[
        rng.integers(6)
    ]
    copper = board * 0.55 + hexadecimal(("8fd07a", "d9b45a", "9fc3d9"))[rng.integers(3)] * 0.45
    pitch = int(_FINE * uniform_log(rng, 5, 10))
    wide = _FINE * size
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
    image = mixed(full(size, board), copper, traces) * np.clip(relief, 0.6, 1.4)[..., None]
    round_pads = shrunk(pads, size)
    image = mixed(
        image,
        np.float32([0.86, 0.8, 0.62]) * (0.3 + 0.7 * round_pads)[..., None],
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
        cv2.putText(
            image,
            label,
            (int(x + 4), int(y + h / 2)),
            cv2.FONT_HERSHEY_SIMPLEX,
            0.32,
            (0.7, 0.7, 0.7),
            1,
            cv2.LINE_AA,
        )
    return finished(image * (1 + 0.02 * grain(rng, size, 0.8))[..., None])


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
        image = mixed(image, palette.colours[rng.integers(len(palette.colours))], cover * wash)
    edge = np.minimum(np.abs(x - np.rint(x)), np.abs(y - np.rint(y))) * cell
    tint = rng.normal(1, 0.025, (int(size / cell) + 3, int(size / cell) + 3)).astype(np.float32)
    image = image * tint[np.floor(y).astype(int), np.floor(x).astype(int)][..., None]
    image = mixed(
        image, np.float32([0.55, 0.52, 0.47]), 0.85 * step(1.1 - edge, 0, 1.2).astype(np.float32)
    )
    _, gloss = lit(noise(rng, size, 30, 2), 1.0)
    return finished(image + 0.06 * gloss[..., None])
