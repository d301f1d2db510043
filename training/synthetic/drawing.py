"""Drawn with a point: hatching, engraving, stippling, charcoal, chalk, crayon."""

from __future__ import annotations

import cv2
import numpy as np

from .fields import (
    Field,
    blurred,
    flow,
    grain,
    grid,
    noise,
    rumpled,
    scattered,
    smeared,
    step,
    stripes,
)
from .media import Rgb, finished, full, mixed, paper, three
from .palette import in_gamut
from .pieces import at
from .registry import style
from .scene import Scene, compose


def ink_and_paper(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """A dark ink and a light paper, sometimes colored, sometimes swapped."""
    ink_lab = [rng.uniform(0.08, 0.38), *rng.normal(0, 0.035, 2)]
    paper_lab = [rng.uniform(0.86, 0.98), *rng.normal([0.0, 0.02], 0.015)]
    ink, sheet = in_gamut(np.array([ink_lab, paper_lab])).astype(np.float32)
    return (sheet, ink) if rng.random() < 0.12 else (ink, sheet)


def edges(scene: Scene, width: float = 1.0) -> Field:
    """Outlines in [0, 1]: thresholded difference of Gaussians (Winnemoeller et al. 2012)."""
    near = blurred(scene.tone, width)
    difference = near - blurred(near, 1.6 * width)
    spread = float(np.abs(difference).mean()) + 1e-4
    return step(-difference, 1.6 * spread, 2.2 * spread)


def polylines(size: int, lines: np.ndarray, thickness: int = 1) -> Field:
    """Antialiased lines ``(N, K, 2)`` of x, y in pixels -> cover in [0, 1]."""
    sheet = np.zeros((size, size), np.uint8)
    points = np.rint(lines * 8).astype(np.int32)
    cv2.polylines(sheet, list(points), False, 255, thickness, cv2.LINE_AA, 3)
    return sheet.astype(np.float32) / 255


def hatched(
    rng: np.random.Generator,
    tone: Field,
    spacing: float,
    thresholds: list[float],
    angles: list[Field | float],
    length: float,
) -> Field:
    """Layers of short lines where the tone is darker than each threshold; cover in [0, 1]."""
    size = len(tone)
    cover = np.zeros((size, size), np.float32)
    calm = blurred(tone, spacing * 0.6)
    for threshold, angle in zip(thresholds, angles, strict=True):
        mean = float(np.mean(angle)) if isinstance(angle, np.ndarray) else angle
        c, s = np.cos(mean), np.sin(mean)
        half = 0.75 * size
        across = np.arange(-half, half, spacing)
        along = np.arange(-half, half, length * 0.8)
        u, v = (a.ravel() for a in np.meshgrid(along, across))
        u = u + length * rng.random(len(u))
        v = v + 0.22 * spacing * rng.normal(size=len(v))
        points = np.stack([size / 2 + u * c - v * s, size / 2 + u * s + v * c], 1)
        inside = ((points > -length) & (points < size + length)).all(1)
        points = points[inside]
        here = at(calm, points)
        points = points[here < threshold + rng.normal(0, 0.05, len(here))]
        if not len(points):
            continue
        if isinstance(angle, np.ndarray):
            turn = at(angle, points)
        else:
            turn = np.full(len(points), angle)
        turn = turn + rng.normal(0, 0.03, len(points))
        reach = 0.5 * length * rng.uniform(0.6, 1.15, len(points))
        bend = 0.05 * length * rng.normal(size=len(points)) + 0.03 * length
        along = np.stack([np.cos(turn), np.sin(turn)], 1)
        normal = np.stack([-along[:, 1], along[:, 0]], 1)
        t = np.float32([-1, -0.4, 0.4, 1])
        lines = (
            points[:, None]
            + along[:, None] * (t * reach[:, None])[..., None]
            + normal[:, None] * ((1 - t**2) * bend[:, None])[..., None]
        )
        cover = np.maximum(cover, polylines(size, lines)) + 0.35 * cover * (cover > 0.5)
    return np.clip(cover, 0, 1)


def on_paper(
    rng: np.random.Generator, cover: Field, ink: np.ndarray, sheet: np.ndarray, dry: float = 0.25
) -> Rgb:
    """Ink of that cover on paper, broken a little by its tooth."""
    ground, tooth = paper(rng, len(cover), sheet)
    return mixed(ground, ink, np.clip(cover * (1 + dry * tooth), 0, 1) * rng.uniform(0.82, 1))


@style
def cross_hatching(rng, size, photo=None):
    """Pen and ink: more layers of lines where it is darker."""
    scene = compose(rng, size, photo)
    spacing = rng.uniform(3.4, 6.5)
    first = rng.uniform(0, np.pi)
    levels = [0.78, 0.55, 0.36, 0.2]
    turns: list = [first, first + rng.uniform(0.7, 1.6), first + 0.45, first + 2.2]
    if rng.random() < 0.4:
        turns[0] = flow(rng, scene.tone)
    cover = hatched(rng, scene.tone, spacing, levels, turns, rng.uniform(14, 34))
    cover = np.maximum(cover, edges(scene, rng.uniform(0.8, 1.4)))
    ink, sheet = ink_and_paper(rng)
    image = on_paper(rng, cover, ink, sheet)
    if rng.random() < 0.3:  # tinted with a wash
        image = image * (0.45 + 0.55 * blurred(scene.flat, 2)) ** rng.uniform(0.4, 1)
    return finished(image)


@style
def engraving(rng, size, photo=None):
    """Burin lines that swell with the tone and bend round the forms."""
    scene = compose(rng, size, photo)
    tone = blurred(scene.tone, 1.0)
    pitch = rng.uniform(3.2, 6.0)
    ys, xs = grid(size)
    form = blurred(scene.tone, size / 40)
    warp = noise(rng, size, size / 3) * size / 24
    a = rng.uniform(0, np.pi)
    dark = 1 - tone
    cover = np.zeros_like(tone)
    layers = ((a, 0.1, 0.85), (a + rng.uniform(0.5, 1.2), 0.52, 0.9), (a + 1.9, 0.78, 0.9))
    for angle, start, slope in layers[: int(rng.integers(1, 4))]:
        phase = (xs * np.cos(angle) + ys * np.sin(angle) + warp + form * size / 9) / pitch
        share = np.clip((dark - start) * slope + 0.08 * step(dark, start, 0.02), 0, 0.9)
        cover = np.maximum(cover, stripes(phase, share))
    if rng.random() < 0.5:
        cover = np.maximum(cover, edges(scene, 0.9) * 0.9)
    ink, sheet = ink_and_paper(rng)
    return finished(on_paper(rng, cover, ink, sheet, 0.12))


@style
def stippling(rng, size, photo=None):
    """Dots of ink, denser and larger where it is darker."""
    scene = compose(rng, size, photo)
    pitch = rng.uniform(2.6, 4.6)
    spots = scattered(rng, size, pitch, 1.3)
    dark = 1 - at(blurred(scene.tone, 1.2), spots)
    dark = np.clip(dark, 0, 1) ** rng.uniform(1.0, 1.5)
    keep = rng.random(len(spots)) < dark * 1.5 + 0.02
    spots, dark = spots[keep], dark[keep]
    radius = pitch * (0.13 + 0.36 * dark) * rng.uniform(0.75, 1.25, len(spots))
    sheet = np.zeros((size, size), np.uint8)
    whole = np.rint(spots * 16).astype(int)
    for (x, y), r in zip(whole.tolist(), (radius * 16).astype(int).tolist(), strict=True):
        cv2.circle(sheet, (x, y), r, 255, -1, cv2.LINE_AA, 4)
    cover = sheet.astype(np.float32) / 255
    if rng.random() < 0.4:
        cover = np.maximum(cover, edges(scene, 0.8))
    ink, ground = ink_and_paper(rng)
    return finished(on_paper(rng, cover, ink, ground, 0.1))


@style
def charcoal(rng, size, photo=None):
    """Smudged tones and broad dry strokes on toned paper, lights in white chalk."""
    scene = compose(rng, size, photo)
    direction = rng.uniform(0, np.pi)
    sheet = in_gamut(np.array([[rng.uniform(0.6, 0.92), *rng.normal([0.005, 0.02], 0.015)]]))[0]
    ground, _ = paper(rng, size, sheet, 0.035)
    tooth = 0.75 * grain(rng, size, 0.8) + 0.35 * noise(rng, size, 3)
    tone = rumpled(rng, blurred(scene.tone, 2.2), 12, 2.0)
    strokes = smeared(grain(rng, size, 1.1), direction, 16)
    strokes /= strokes.std()
    press = np.clip(1.15 * (0.72 - tone), 0, 1)
    dust = 0.55 * blurred(press, 5)
    mark = step(press * 3.2 + 0.55 * strokes + 0.7 * tooth, 1.7, 2.2)
    lines = step(edges(scene, 1.5) + 0.25 * tooth, 0.55, 0.6)
    black = np.float32([0.09, 0.085, 0.085]) + rng.uniform(0, 0.05)
    if rng.random() < 0.25:  # red chalk
        black = np.float32([0.48, 0.18, 0.11])
    image = mixed(ground, black, np.clip(dust + 0.85 * mark * (1 - dust) + 0.6 * lines, 0, 0.96))
    if rng.random() < 0.6:
        chalk = step(tone * 3.2 + 0.4 * strokes + 0.7 * tooth, 3.3, 1.8)
        image = mixed(image, np.float32([0.98, 0.97, 0.93]), 0.75 * chalk)
    return finished(image)


@style
def chalkboard(rng, size, photo=None):
    """Colored chalk on a wiped slate."""
    scene = compose(rng, size, photo)
    board = in_gamut(
        np.array([[rng.uniform(0.2, 0.34), rng.uniform(-0.04, 0.005), rng.normal(0, 0.015)]])
    )[0]
    wiped = smeared(noise(rng, size, (14, 30), 4, 0.8), rng.uniform(-0.6, 0.6), 24)
    tooth = 0.8 * grain(rng, size, 0.8) + 0.5 * noise(rng, size, 3)
    image = full(size, board) * three(1 + 0.03 * tooth) + 0.035 * three(wiped)
    image += 0.02 * three(noise(rng, size, size / 3))
    tone, spacing = scene.tone, rng.uniform(4, 8)
    angle = rng.uniform(0, np.pi)
    hatch = hatched(rng, 1 - tone, spacing, [0.4, 0.2], [angle, angle + 1.2], rng.uniform(20, 50))
    hatch = blurred(hatch, 0.9) * 1.5
    outline = blurred(edges(scene, 1.6), 0.6)
    pressure = 1.3 * outline + 0.9 * hatch + 0.3 * blurred(tone, 3)
    cover = step(pressure * (1 + 0.4 * tooth), 0.6, 0.8)
    chalks = 1 - (1 - scene.flat) * rng.uniform(0.2, 0.6)
    if rng.random() < 0.4:
        chalks = np.float32([0.94, 0.94, 0.91])
    dust = 0.12 * blurred(cover, 4)
    return finished(mixed(mixed(image, np.float32([0.85, 0.86, 0.84]), dust), chalks, 0.88 * cover))


@style
def crayon(rng, size, photo=None):
    """Wax strokes in layers; the paper's valleys stay bare."""
    scene = compose(rng, size, photo)
    ground, tooth = paper(
        rng, size, in_gamut(np.array([[rng.uniform(0.85, 0.98), 0.003, 0.02]]))[0]
    )
    scale = rng.uniform(0.9, 1.6)
    tooth = 0.7 * noise(rng, size, 1.9 * scale, 2, 0.8)
    image = ground
    color = rumpled(rng, blurred(scene.flat * 0.5 + scene.color * 0.5, 1.5), 20, 2.5)
    angle = rng.uniform(0, np.pi)
    for layer in range(3):
        streak = smeared(grain(rng, size, 1.2 * scale), angle + 0.15 * noise(rng, size, 60), 32)
        streak /= streak.std()
        cover = step(0.9 * streak + 0.7 * tooth, (-0.9, -0.6, 0.0)[layer], 1.7)
        shift = rng.normal(0, 0.05, 3).astype(np.float32)
        wax = np.clip(color + shift + 0.05 * three(streak), 0, 1)
        image = mixed(image, wax * (1 - 0.06 * layer), 0.9 * cover)
        angle += rng.uniform(0.5, 1.3)
    line = step(edges(scene, 1.7) + 0.28 * tooth, 0.6, 0.6)
    image = mixed(image, scene.palette.dark * 0.8, 0.7 * line * (rng.random() < 0.7))
    return finished(image)


@style
def soft_pastel(rng, size, photo=None):
    """Dusty strokes on colored paper that shows between them."""
    scene = compose(rng, size, photo)
    ground, _ = paper(rng, size, scene.palette.colors[rng.integers(0, 3)], 0.04)
    ribs = noise(rng, size, (1.8, 2.8), 2, 0.9)
    along = flow(rng, scene.tone, rng.uniform(0.4, 1.0))
    image = ground
    for width, lightness in ((3.0, 0.0), (1.8, 0.04), (1.0, 0.09)):
        streak = smeared(grain(rng, size, width), along + rng.normal(0, 0.25), 24)
        streak /= streak.std()
        color = blurred(scene.color, width * 1.6)
        color = np.clip(color + lightness + 0.07 * three(streak), 0, 1)
        color = 0.5 + (color - 0.5) * 1.12
        cover = step(0.9 * streak + 0.35 * ribs, -0.9 + 7 * lightness, 1.5)
        image = mixed(image, color, 0.9 * cover)
    return finished(image)


@style
def colored_pencil(rng, size, photo=None):
    """Fine colored lines, crossing in the shadows, on white paper."""
    scene = compose(rng, size, photo)
    ground, tooth = paper(rng, size, np.float32([0.97, 0.96, 0.93]), 0.025)
    image, angle = ground, rng.uniform(0, np.pi)
    calm = blurred(scene.color, 1.2)
    for layer in range(3):
        along = angle + layer * rng.uniform(0.25, 0.9)
        streak = smeared(grain(rng, size, 0.7), along + 0.12 * noise(rng, size, 70), 48)
        streak /= streak.std()
        dark = 1 - scene.tone
        cover = step(streak + 0.5 * tooth + 1.1 * dark, 0.35 + 0.35 * layer, 1.5)
        tint = np.clip(calm + rng.normal(0, 0.05, 3).astype(np.float32) - 0.05 * layer, 0.02, 1)
        image = image * (1 - 0.75 * three(cover) * (1 - tint))
    image = mixed(image, scene.palette.dark, 0.45 * edges(scene, 1.0) * step(tooth, -0.5, 1.5))
    return finished(image)
