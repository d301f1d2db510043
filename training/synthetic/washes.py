"""Wet colour: watercolour, ink wash, marbling, dyed cloth."""

from __future__ import annotations

import cv2
import numpy as np

from .drawing import edges
from .fields import (
    Field,
    blurred,
    cells,
    flow,
    grain,
    grid,
    noise,
    rumpled,
    scattered,
    smeared,
    step,
    uniform_log,
)  # fmt: skip
from .media import Rgb, canvas, coloured, finished, full, mixed, paper, stained
from .palette import Palette, hexadecimal, in_gamut, sample_palette
from .registry import style
from .scene import compose, stretched


def dried(mask: Field, rim: float = 0.55, reach: float = 2.2) -> Field:
    """The density of a wash that has dried: pigment gathers at its border."""
    near = blurred(mask, reach)
    return mask * (0.75 + rim * 4 * np.clip(0.62 - near, 0, 0.35))


def rough_paper(rng: np.random.Generator, size: int) -> tuple[Rgb, Field]:
    """Cold-pressed white paper and its hollows."""
    white = in_gamut(np.array([[rng.uniform(0.95, 0.985), 0.0, rng.uniform(0.0, 0.025)]]))[0]
    sheet, _ = paper(rng, size, white, 0.008)
    hollows = noise(rng, size, rng.uniform(2.5, 5), 2, 0.7)
    return sheet * (1 + 0.012 * hollows)[..., None], hollows


@style
def watercolour(rng, size, photo=None):
    """Transparent washes in three passes, with dark rims, blooms and granulation."""
    scene = compose(rng, size, photo)
    image, hollows = rough_paper(rng, size)
    loose = rng.uniform(1.5, 4.5)
    colour = rumpled(rng, blurred(scene.colour, 1.5), size / 9, loose)
    colour = rumpled(rng, colour, 9, loose * 0.5)
    tone = cv2.transform(colour, np.float32([[0.3, 0.59, 0.11]]))
    tone = stretched(tone)
    wet = blurred(colour, rng.uniform(5, 12))
    bloom = noise(rng, size, size / 7, 4, 0.6)
    granule = 1 + rng.uniform(0.05, 0.2) * hollows + 0.1 * grain(rng, size, 0.8)
    spare = step(tone + 0.1 * bloom, 0.93, 0.05)  # lights are the paper itself
    density = dried(1 - spare) * (0.62 + 0.16 * bloom)
    image = stained(image, wet, np.clip(density, 0, 2) * granule)
    image = 0.5 * image + 0.5 * stained(
        full(size, np.float32([0.97, 0.96, 0.94])), colour, np.clip(0.9 * density, 0, 2) * granule
    )
    for threshold, strength in ((0.62, 0.45), (0.4, 0.55), (0.2, 0.6)):
        wash = step(threshold - tone + 0.06 * bloom, 0, 0.05 + 0.25 * (rng.random() < 0.3))
        layer = dried(wash, 0.9, 1.8) * (0.85 + 0.25 * bloom)
        image = stained(image, 0.3 + 0.7 * colour, strength * np.clip(layer, 0, 2) * granule)
    if rng.random() < 0.35:  # ink line over it
        line = rumpled(rng, edges(scene, 0.9), 14, 1.2)
        image = mixed(image, np.float32([0.13, 0.11, 0.12]), 0.8 * line)
    return finished(image)


@style
def ink_wash(rng, size, photo=None):
    """Sumi-e: greys that bleed into soft paper, dry strokes, much left empty, a red seal."""
    if photo is None and rng.random() < 0.6:
        return _mountains(rng, size)
    scene = compose(rng, size, photo)
    sheet, fibre = _rice_paper(rng, size)
    tone = rumpled(rng, blurred(scene.tone, 2), 10, 1.5)
    tone = tone ** np.float32(0.55 / max(0.3, float(tone.mean()) + 0.05) * 0.55)
    bleed = blurred(step(0.55 - tone + 0.05 * noise(rng, size, 12, 3), 0, 0.25), 4)
    dark = step(0.28 - tone + 0.07 * fibre, 0, 0.16)
    dry = smeared(grain(rng, size, 1.2), flow(rng, scene.tone, 0.6), 16)
    line = step(edges(scene, 1.7) + 0.2 * dry / dry.std(), 0.6, 0.5)
    density = 0.75 * bleed + 1.5 * dark * (0.8 + 0.2 * dry / dry.std()) + 1.7 * line
    return finished(_sealed(rng, stained(sheet, _sumi(rng), density)))


def _sumi(rng: np.random.Generator) -> np.ndarray:
    return np.float32([0.30, 0.30, 0.32]) + rng.normal(0, 0.015, 3).astype(np.float32)


def _rice_paper(rng: np.random.Generator, size: int) -> tuple[Rgb, Field]:
    colour = in_gamut(np.array([[rng.uniform(0.87, 0.96), 0.004, rng.uniform(0.012, 0.05)]]))[0]
    fibre = smeared(grain(rng, size, 0.7), 6 * noise(rng, size, 24), 16)
    fibre /= fibre.std()
    sheet, _ = paper(rng, size, colour, 0.01)
    return sheet * (1 + 0.018 * fibre)[..., None], fibre


def _mountains(rng: np.random.Generator, size: int) -> np.ndarray:
    sheet, fibre = _rice_paper(rng, size)
    ys, _ = grid(size)
    density = np.zeros((size, size), np.float32)
    base = rng.uniform(0.15, 0.4)
    texture = smeared(noise(rng, size, (6, 3), 3, 0.7), 1.2 + 0.5 * noise(rng, size, 50), 16)
    for i in range(int(rng.integers(3, 6))):
        line = size * (base + 0.15 * i) + size * 0.13 * _skyline(rng, size)[None]
        depth = (ys - line + 2.0 * fibre) / size
        inside = step(depth, 0, 0.012)
        fade = np.exp(-np.clip(depth, 0, 1) / rng.uniform(0.06, 0.16))
        strokes = np.clip(0.9 + 0.8 * texture, 0.1, 2)
        wash = inside * fade * strokes * rng.uniform(0.35, 0.7) * (0.6 + 0.3 * i)
        density = density * (1 - 0.8 * inside * (1 - 0.6 * fade)) + wash
    for _ in range(int(rng.integers(0, 3))):
        density = np.maximum(density, _branch(rng, size))
    return finished(_sealed(rng, stained(sheet, _sumi(rng), np.clip(density, 0, 3))))


def _skyline(rng: np.random.Generator, size: int) -> np.ndarray:
    x = np.linspace(0, 1, size, dtype=np.float32)
    line = np.zeros(size, np.float32)
    for k in range(7):
        line += 0.6**k * rng.normal() * np.sin(2 * np.pi * x * 1.8**k + rng.uniform(0, 6.3))
    return line


def _branch(rng: np.random.Generator, size: int) -> Field:
    """A branch or reed of a loaded brush, with leaves."""
    sheet = np.zeros((size, size), np.uint8)
    x, y, a = rng.random() * size, size * 1.02, -np.pi / 2 + rng.normal(0, 0.3)
    width = size / 50
    for _ in range(40):
        a += rng.normal(0, 0.12)
        nx, ny = x + np.cos(a) * size / 40, y + np.sin(a) * size / 40
        cv2.line(sheet, (int(x), int(y)), (int(nx), int(ny)), 255, max(1, int(width)), cv2.LINE_AA)
        if rng.random() < 0.45:
            turn = a + rng.choice((-1, 1)) * rng.uniform(0.4, 1.2)
            t = np.linspace(0, 1, 10)
            long = size * rng.uniform(0.06, 0.15)
            side = long * 0.09 * np.sin(np.pi * t**0.6)
            c, s = np.cos(turn), np.sin(turn)
            out = np.stack([x + long * t * c - side * s, y + long * t * s + side * c], 1)
            back = np.stack([x + long * t * c + side * s, y + long * t * s - side * c], 1)
            cv2.fillPoly(
                sheet,
                [np.int32(np.concatenate([out, back[::-1]]))],
                int(rng.integers(120, 255)),
                cv2.LINE_AA,
            )
        x, y, width = nx, ny, width * 0.965
    dry = smeared(grain(rng, size, 1.0), np.pi / 2, 8)
    return sheet / np.float32(255) * (1.6 + 0.35 * dry / dry.std())


def _sealed(rng: np.random.Generator, image: Rgb) -> Rgb:
    """The picture with a red seal, often."""
    size = len(image)
    if rng.random() < 0.5 or size < 64:
        return image
    side = max(8, int(size * rng.uniform(0.06, 0.1)))
    x, y = rng.integers(size // 20, size - side - size // 20, 2)
    marks = cv2.resize(
        rng.integers(0, 2, (5, 4)).astype(np.float32),
        (side - 4, side - 4),
        interpolation=cv2.INTER_NEAREST,
    )
    stamp = cv2.copyMakeBorder(blurred(marks, 0.6), 2, 2, 2, 2, cv2.BORDER_CONSTANT, value=1)
    worn = np.clip(stamp * (0.85 + 0.15 * rng.standard_normal(stamp.shape)), 0, 1)[..., None]
    part = image[y : y + side, x : x + side]
    part += (np.float32([0.72, 0.13, 0.1]) - part) * worn
    return image


def combed(place: Field, run: Field, pitch: float, depth: float, sharp: float) -> Field:
    """How far a comb with teeth every ``pitch`` drags the ink at ``place`` (Jaffer's tine lines)."""
    off = np.abs(place / pitch - np.rint(place / pitch)) * pitch
    return run + depth * np.exp(-off / (sharp * pitch))


def looked_up(colours: np.ndarray, phase: Field) -> Rgb:
    """Flat bands of colours by whole phase, antialiased by drawing at twice the size."""
    size = len(phase)
    wide = cv2.resize(phase, (2 * size, 2 * size), interpolation=cv2.INTER_LINEAR)
    index = np.floor(wide).astype(np.int32) % len(colours)
    bands = (np.clip(colours, 0, 1) * 255).astype(np.uint8)[index]
    return cv2.resize(bands, (size, size), interpolation=cv2.INTER_AREA).astype(np.float32) / 255


@style
def ebru(rng, size, photo=None):
    """Marbled paper: drops of colour, raked and combed."""
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
        ids, border = cells(size, scattered(rng, size, band * 2.6, 1.3))
        chosen = rng.integers(0, len(palette.colours), ids.max() + 1)[ids]
        image = palette.colours[chosen]
        vein = step(1.3 + 0.8 * noise(rng, size, 30) - border, 0, 1.2)
        image = mixed(image, palette.dark, vein)
        image = rumpled(rng, rumpled(rng, image, size / 4, size / 36), 14, 2.0)
        return finished(_sized(rng, image))
    return finished(_sized(rng, looked_up(palette.shuffled(rng), phase)))


def _sized(rng: np.random.Generator, image: Rgb) -> Rgb:
    """Marbled colour as it lies on paper: mottled, with pinholes."""
    size = len(image)
    holes = step(noise(rng, size, 3) + 0.4 * noise(rng, size, 40), 2.9, 0.3)
    image = coloured(rng, image, 0.02, 30) * (1 + 0.02 * grain(rng, size, 0.8))[..., None]
    return mixed(image, np.float32([0.95, 0.93, 0.88]), 0.8 * holes)


@style
def suminagashi(rng, size, photo=None):
    """Ink floated on water: fine rings, drawn out by breath."""
    ys, xs = grid(size)
    palette = sample_palette(rng, 4, rng.choice(["monochrome", "cool", "neutral", "analogous"]))
    n = int(rng.integers(1, 5))
    centres = rng.uniform(-0.1, 1.1, (n, 2)) * size
    wx = noise(rng, size, size / 2.2, 4, 0.5) * size / 8
    wy = noise(rng, size, size / 2.2, 4, 0.5) * size / 8
    near = np.full((size, size), 1e9, np.float32)
    for x, y in centres:
        near = np.minimum(near, cv2.magnitude(xs + wx - np.float32(x), ys + wy - np.float32(y)))
    pitch = uniform_log(rng, 5, 14)
    phase = near / pitch + 0.5 * noise(rng, size, size / 6, 3)
    ring = 0.5 + 0.5 * np.cos(2 * np.pi * phase)
    strength = np.clip(0.7 + 0.45 * noise(rng, size, size / 5, 2), 0.05, 1.3)
    ink = step(ring, 0.55, 0.3) * strength
    sheet, fibre = _rice_paper(rng, size)
    colour = (
        palette.dark
        if rng.random() < 0.6
        else palette.ramp(0.35 + 0.25 * noise(rng, size, size / 3))
    )
    if rng.random() < 0.4:
        sheet = mixed(sheet, palette.colours[2], 0.7 * step(np.sin(phase / 3), 0, 1.5))
    return finished(stained(sheet, colour, ink * (1 + 0.05 * fibre)))


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
    colours = palette.shuffled(rng)
    colours = np.concatenate([colours, colours[:1]])
    loop = (phase % (len(colours) - 1)).astype(np.float32)
    low = np.minimum(loop.astype(np.int32), len(colours) - 2)
    bleed = step(loop - low, rng.uniform(0.4, 0.6), rng.uniform(0.5, 1))
    image = mixed(colours[low], colours[low + 1], bleed)
    veins = smeared(noise(rng, size, 5, 3, 0.8), cv2.phase(dx, dy), 16)
    lines = 0.5 + 0.5 * np.cos(2 * np.pi * (crease + 0.12 * noise(rng, size, 30, 2)))
    tied = np.clip(0.45 * lines**3 + 0.22 * veins, 0, 0.85) * rng.uniform(0.6, 1.1)
    image = mixed(blurred(image, 2), np.float32([0.96, 0.96, 0.94]), np.clip(tied, 0, 0.9))
    return finished(image * (1 + 0.035 * canvas(rng, size, 2.6))[..., None])


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
        where = np.isin(scene.labels, rng.permutation(len(palette.colours))[:2])
        image = mixed(image, palette.light, step(pitch * 0.22 - off, 0, 1.2) * where)
    _, border = cells(size, scattered(rng, size, uniform_log(rng, 12, 30), 1.8))
    border = rumpled(rng, rumpled(rng, border, 16, 3), 5, 1)
    crack = step(0.2 + 0.9 * noise(rng, size, 36) - border, 0, 1.6)
    image = mixed(image, palette.dark, 0.65 * crack)
    uneven = 1 + 0.05 * noise(rng, size, 40, 3) + 0.03 * canvas(rng, size, 2.5)
    return finished(image * uneven[..., None])


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
    return finished(image * (1 + 0.04 * canvas(rng, size, 2.7))[..., None])
