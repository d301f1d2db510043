"""Printed or on a screen: halftones, relief prints, risograph, pop art, pixel art."""

from __future__ import annotations

import cv2
import numpy as np

from .drawing import edges, ink_and_paper, on_paper
from .fields import (
    Field,
    blurred,
    flow,
    grain,
    grid,
    noise,
    rumpled,
    smeared,
    step,
    stripes,
    uniform_log,
)
from .media import Rgb, finished, full, mixed, overprint, paper, three
from .palette import hexadecimal, in_gamut, luminance, sample_palette
from .registry import style
from .scene import compose, stretched

RISO = hexadecimal(
    [
        "ff48b0",
        "0078bf",
        "00838a",
        "ffe800",
        "ff6c2f",
        "765ba7",
        "3d5588",
        "00a95c",
        "f15060",
        "bb8b41",
        "5ec8e5",
        "333333",
    ]
)


def screen(cover: Field, pitch: float, angle: float, kind: str = "dot") -> Field:
    """A halftone screen: dots or lines that cover the share ``cover``, antialiased."""
    ys, xs = grid(len(cover))
    k = np.float32(2 * np.pi / pitch)
    u = k * (xs * np.cos(angle) + ys * np.sin(angle))
    v = k * (ys * np.cos(angle) - xs * np.sin(angle))
    spot = np.cos(u) if kind == "line" else 0.5 * (np.cos(u) + np.cos(v))
    cover = np.clip(cover, 0, 1)
    if kind == "line":
        edge = np.cos(np.pi * cover)
    else:  # round dots below one half, round holes above: the level that leaves that area
        less = np.minimum(cover, 1 - cover)
        edge = np.copysign(1 - np.pi * less + 2.283 * less * less, 0.5 - cover)
    return np.clip((spot - edge) * pitch / 4.5 + 0.5, 0, 1) * (cover > 0.015)


def separated(rgb: Rgb) -> np.ndarray:
    """RGB -> cyan, magenta, yellow, black covers ``(H, W, 4)``, with part of the gray in black."""
    cmy = 1 - np.clip(rgb, 0, 1)
    black = 0.75 * cmy.min(axis=2, keepdims=True)
    return np.concatenate([(cmy - black) / (1 - black + 1e-3), black], axis=2)


@style
def halftone_cmyk(rng, size, photo=None):
    """Offset print under a lens: four screens, rosettes, a little out of register."""
    scene = compose(rng, size, photo)
    color = np.clip(0.52 + (blurred(scene.color, 0.7) - 0.5) * 1.15, 0, 1)
    plates = separated(color)
    pitch = uniform_log(rng, 4.0, 11.0)
    sheet, _ = paper(rng, size, in_gamut(np.array([[0.96, 0.0, rng.uniform(0.0, 0.03)]]))[0], 0.015)
    inks = hexadecimal(("00a0e0", "e0188a", "fff000", "1c1a1a"))
    turn = rng.uniform(0, np.pi / 2)
    printed = []
    for i, angle in enumerate(np.deg2rad([15, 75, 0, 45])):
        plate = np.roll(plates[..., i], rng.integers(-1, 2, 2), (0, 1))
        printed.append((inks[i], 0.93 * screen(plate, pitch, angle + turn)))
    return finished(overprint(sheet, printed))


@style
def halftone_mono(rng, size, photo=None):
    """Newsprint: one ink, dots or lines."""
    scene = compose(rng, size, photo)
    ink, sheet = ink_and_paper(rng)
    if rng.random() < 0.35:
        ink = sample_palette(rng, 4, "vivid").colors[rng.integers(0, 2)]
    kind = "line" if rng.random() < 0.35 else "dot"
    dark = np.clip(1.05 * (1 - scene.tone) ** rng.uniform(0.8, 1.3), 0, 1)
    cover = screen(dark, uniform_log(rng, 4, 12), rng.uniform(0, np.pi), kind)
    image = on_paper(rng, cover, ink, sheet, 0.1)
    return finished(image)


@style
def woodcut(rng, size, photo=None):
    """Black areas carved with a gouge: white marks that taper and follow the form."""
    scene = compose(rng, size, photo)
    tone = blurred(scene.tone, 1.5)
    along = flow(rng, scene.tone, rng.uniform(0.3, 0.9))
    width = rng.uniform(1.3, 2.3)
    marks = smeared(grain(rng, size, width), along, 32)
    marks = marks / marks.std()
    carved = step(tone + 0.17 * marks, rng.uniform(0.42, 0.55), 0.06)
    line = edges(scene, rng.uniform(1.2, 2.0))
    black = np.clip((1 - carved) + line * (rng.random() < 0.75) * (tone > 0.3), 0, 1)
    ink, sheet = ink_and_paper(rng)
    speckle = step(grain(rng, size, 0.9) + 0.5 * noise(rng, size, 30), -1.9, 0.5)
    if rng.random() < 0.45:  # color blocks below the key block
        ground, _ = paper(rng, size, sheet)
        blocks = rumpled(rng, scene.flat, 40, 1.5) * 0.75 + 0.25 * np.asarray(sheet, np.float32)
        wood = smeared(noise(rng, size, (2, 12), 2), 0.03 * noise(rng, size, 60), 32)
        blocks = np.clip(blocks + 0.025 * three(wood), 0, 1)
        ground = mixed(ground, blocks, 0.92 * speckle)
        return finished(mixed(ground, np.minimum(ink, 0.35), black * (0.3 + 0.7 * speckle)))
    return finished(on_paper(rng, black * (0.25 + 0.75 * speckle), ink, sheet, 0.08))


@style
def linocut(rng, size, photo=None):
    """Broad even gouge marks around bold shapes, one to three colors."""
    scene = compose(rng, size, photo)
    tone = blurred(scene.tone, 2.2)
    pitch = rng.uniform(5.5, 9)
    ys, xs = grid(size)
    bend = 2.2 * noise(rng, size, size / 5) + 5 * blurred(scene.tone, size / 30)
    a = rng.uniform(0, np.pi)
    phase = (xs * np.cos(a) + ys * np.sin(a)) / pitch + bend
    dash = noise(rng, size, pitch * 1.6)
    light = np.clip((tone - 0.33) * 2.2, 0, 1)
    gouge = stripes(
        phase, np.clip(light * 0.95 + 0.16 * dash * (light > 0.05) * (light < 0.9), 0, 1)
    )
    gouge = np.maximum(gouge, step(tone, 0.82, 0.05))
    key = 1 - gouge * step(tone, 0.3, 0.06)
    palette = sample_palette(rng, 4)
    base = full(size, palette.light * 0.4 + 0.6)
    if rng.random() < 0.6:
        middle = rumpled(rng, step(tone, 0.62, 0.05), 24, 1.5)
        base = mixed(full(size, palette.colors[2]), base, middle)
    mottle = step(grain(rng, size, 1.3) + 0.7 * noise(rng, size, 25, 2), -1.7, 1.0)
    image = mixed(base, palette.dark * 0.85, key * (0.55 + 0.45 * mottle))
    return finished(image)


@style
def risograph(rng, size, photo=None):
    """Two or three fluorescent inks, grainy, overprinting, out of register."""
    scene = compose(rng, size, photo)
    inks = RISO[rng.choice(len(RISO), int(rng.integers(2, 4)), replace=False)]
    inks = inks[np.argsort(luminance(inks[None])[0])]
    sheet, tooth = paper(rng, size, np.float32([0.96, 0.945, 0.91]), 0.015)
    color, tone = scene.color, scene.tone
    dark = 1 - tone
    warmth = stretched(color[..., 0] - color[..., 2])
    plates = [
        np.clip(1.3 * dark**1.4, 0, 1),
        np.clip(0.85 * warmth + 0.15 * dark, 0, 1),
        np.clip(0.9 * (1 - warmth) * (0.4 + tone), 0, 1),
    ]
    printed = []
    for ink, tones in zip(inks, plates, strict=False):
        plate = np.round(tones * 3) / 3 if rng.random() < 0.4 else tones
        if rng.random() < 0.45:
            cover = screen(plate, rng.uniform(4, 8), rng.uniform(0, np.pi))
        else:  # grain touch: a stochastic screen
            cover = step(plate + 0.33 * grain(rng, size, 0.55), 0.5, 0.35)
        patchy = 0.9 + 0.05 * noise(rng, size, 60) + 0.06 * tooth
        cover = np.roll(cover * np.clip(patchy, 0, 1), rng.integers(-3, 4, 2), (0, 1))
        printed.append((ink, cover))
    return finished(overprint(sheet, printed))


@style
def pop_art(rng, size, photo=None):
    """Comic print: black outlines, flat primaries, Ben-Day dots, rays behind."""
    palette = sample_palette(rng, int(rng.integers(4, 7)), rng.choice(["vivid", "triad", "vivid"]))
    scene = compose(rng, size, photo, palette)
    tone = blurred(scene.tone, 1.5)
    image = np.clip(scene.flat, 0, 1)
    dots = screen(
        np.full_like(tone, rng.uniform(0.2, 0.4)), rng.uniform(5, 10), rng.uniform(0, 1.5)
    )
    middle = step(tone, 0.28, 0.03) * (1 - step(tone, 0.62, 0.03))
    image = mixed(image, palette.colors[rng.integers(len(palette.colors))], dots * middle)
    image = mixed(image, np.float32([1, 1, 0.97]), step(tone, 0.86, 0.03))
    if rng.random() < 0.4:
        ys, xs = grid(size)
        cx, cy = rng.uniform(0.2, 0.8, 2) * size
        angle = np.arctan2(ys - cy, xs - cx) / (2 * np.pi) * rng.integers(8, 20)
        rays = stripes(angle, 0.5) * (scene.labels == scene.labels[0, 0])
        image = mixed(image, palette.accent, rays.astype(np.float32))
    black = np.maximum(step(0.2 - tone, 0, 0.04), edges(scene, rng.uniform(1.6, 2.6)))
    image = mixed(image, np.float32([0.05, 0.04, 0.06]), black)
    return finished(image)


@style
def pixel_art(rng, size, photo=None):
    """Few large pixels, few colors, ordered dither."""
    scene = compose(rng, size, photo)
    cell = int(rng.integers(3, 9))
    small = max(8, size // cell)
    picture = cv2.resize(scene.color, (small, small), interpolation=cv2.INTER_AREA)
    colors = scene.palette.colors
    if rng.random() < 0.3:
        colors = scene.palette.ramp(np.linspace(0, 1, 4))
    order = np.float32([[0, 8, 2, 10], [12, 4, 14, 6], [3, 11, 1, 9], [15, 7, 13, 5]]) / 16 - 0.47
    dither = np.tile(order, (small // 4 + 1, small // 4 + 1))[:small, :small, None]
    spread = rng.choice((0.05, 0.2, 0.3))
    distance = ((picture + spread * dither)[:, :, None] - colors) ** 2
    index = distance.sum(3).argmin(2)
    image = colors[index]
    if rng.random() < 0.4:
        line = cv2.resize(edges(scene, 1.5), (small, small), interpolation=cv2.INTER_AREA) > 0.4
        image = np.where(line[..., None], scene.palette.dark * 0.5, image)
    image = cv2.resize(
        image.astype(np.float32), (small * cell,) * 2, interpolation=cv2.INTER_NEAREST
    )
    image = cv2.copyMakeBorder(image, 0, cell, 0, cell, cv2.BORDER_REFLECT)[:size, :size]
    if rng.random() < 0.25:  # a tube's scan lines
        ys = grid(size)[0]
        image = image * three(0.86 + 0.14 * np.cos(2 * np.pi * ys / max(3, cell)))
    return finished(image)


@style
def poster(rng, size, photo=None):
    """Screen print in four or five flat tones with clean, cut borders."""
    scene = compose(rng, size, photo)
    count = int(rng.integers(3, 6))
    tone = blurred(scene.tone, rng.uniform(1.5, 4.0))
    shade = sample_palette(rng, count)
    colors = shade.colors if rng.random() < 0.7 else shade.shuffled(rng)
    image = full(size, colors[0])
    for k in range(1, count):
        edge = step(tone, k / count, 0.02 + 0.5 / size)
        image = mixed(image, colors[k], edge)
    if rng.random() < 0.5:
        lines = stripes(grid(size)[0] / rng.uniform(4, 8), 0.5)
        image = mixed(image, colors[0], lines * step(0.5 - np.abs(tone - 0.5), 0.38, 0.02))
    if rng.random() < 0.5:
        worn = step(grain(rng, size, 0.9) + 0.9 * noise(rng, size, 60, 2), -2.3, 0.8)
        image = mixed(full(size, colors[-1]), image, 0.5 + 0.5 * worn)
    return finished(image)
