"""Wet color on paper: watercolor and ink wash."""

from __future__ import annotations

import cv2
import numpy as np

from .drawing import edges
from .fields import Field, blurred, flow, grain, grid, noise, rumpled, smeared, step
from .media import Rgb, finished, full, mixed, paper, stained, three
from .palette import in_gamut
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
    return sheet * three(1 + 0.012 * hollows), hollows


@style
def watercolor(rng, size, photo=None):
    """Transparent washes in three passes, with dark rims, blooms and granulation."""
    scene = compose(rng, size, photo)
    image, hollows = rough_paper(rng, size)
    loose = rng.uniform(1.5, 4.5)
    color = rumpled(rng, blurred(scene.color, 1.5), size / 9, loose)
    color = rumpled(rng, color, 9, loose * 0.5)
    tone = cv2.transform(color, np.float32([[0.3, 0.59, 0.11]]))
    tone = stretched(tone)
    wet = blurred(color, rng.uniform(5, 12))
    bloom = noise(rng, size, size / 7, 4, 0.6)
    granule = 1 + rng.uniform(0.05, 0.2) * hollows + 0.1 * grain(rng, size, 0.8)
    spare = step(tone + 0.1 * bloom, 0.93, 0.05)  # lights are the paper itself
    density = dried(1 - spare) * (0.62 + 0.16 * bloom)
    image = stained(image, wet, np.clip(density, 0, 2) * granule)
    image = 0.5 * image + 0.5 * stained(
        full(size, np.float32([0.97, 0.96, 0.94])), color, np.clip(0.9 * density, 0, 2) * granule
    )
    for threshold, strength in ((0.62, 0.45), (0.4, 0.55), (0.2, 0.6)):
        wash = step(threshold - tone + 0.06 * bloom, 0, 0.05 + 0.25 * (rng.random() < 0.3))
        layer = dried(wash, 0.9, 1.8) * (0.85 + 0.25 * bloom)
        image = stained(image, 0.3 + 0.7 * color, strength * np.clip(layer, 0, 2) * granule)
    if rng.random() < 0.35:  # ink line over it
        line = rumpled(rng, edges(scene, 0.9), 14, 1.2)
        image = mixed(image, np.float32([0.13, 0.11, 0.12]), 0.8 * line)
    return finished(image)


@style
def ink_wash(rng, size, photo=None):
    """Sumi-e: grays that bleed into soft paper, dry strokes, much left empty, a red seal."""
    if photo is None and rng.random() < 0.6:
        return _mountains(rng, size)
    scene = compose(rng, size, photo)
    sheet, fiber = rice_paper(rng, size)
    tone = rumpled(rng, blurred(scene.tone, 2), 10, 1.5)
    tone = tone ** np.float32(0.55 / max(0.3, float(tone.mean()) + 0.05) * 0.55)
    bleed = blurred(step(0.55 - tone + 0.05 * noise(rng, size, 12, 3), 0, 0.25), 4)
    dark = step(0.28 - tone + 0.07 * fiber, 0, 0.16)
    dry = smeared(grain(rng, size, 1.2), flow(rng, scene.tone, 0.6), 16)
    line = step(edges(scene, 1.7) + 0.2 * dry / dry.std(), 0.6, 0.5)
    density = 0.75 * bleed + 1.5 * dark * (0.8 + 0.2 * dry / dry.std()) + 1.7 * line
    return finished(sealed(rng, stained(sheet, _sumi(rng), density)))


def _sumi(rng: np.random.Generator) -> np.ndarray:
    return np.float32([0.30, 0.30, 0.32]) + rng.normal(0, 0.015, 3).astype(np.float32)


def rice_paper(rng: np.random.Generator, size: int) -> tuple[Rgb, Field]:
    """Soft, yellowish paper and its fibers (deviation 1)."""
    color = in_gamut(np.array([[rng.uniform(0.87, 0.96), 0.004, rng.uniform(0.012, 0.05)]]))[0]
    fiber = smeared(grain(rng, size, 0.7), 6 * noise(rng, size, 24), 16)
    fiber /= fiber.std()
    sheet, _ = paper(rng, size, color, 0.01)
    return sheet * three(1 + 0.018 * fiber), fiber


def _mountains(rng: np.random.Generator, size: int) -> np.ndarray:
    sheet, fiber = rice_paper(rng, size)
    ys, _ = grid(size)
    density = np.zeros((size, size), np.float32)
    base = rng.uniform(0.15, 0.4)
    texture = smeared(noise(rng, size, (6, 3), 3, 0.7), 1.2 + 0.5 * noise(rng, size, 50), 16)
    for i in range(int(rng.integers(3, 6))):
        line = size * (base + 0.15 * i) + size * 0.13 * _skyline(rng, size)[None]
        depth = (ys - line + 2.0 * fiber) / size
        inside = step(depth, 0, 0.012)
        fade = np.exp(-np.clip(depth, 0, 1) / rng.uniform(0.06, 0.16))
        strokes = np.clip(0.9 + 0.8 * texture, 0.1, 2)
        wash = inside * fade * strokes * rng.uniform(0.35, 0.7) * (0.6 + 0.3 * i)
        density = density * (1 - 0.8 * inside * (1 - 0.6 * fade)) + wash
    for _ in range(int(rng.integers(0, 3))):
        density = np.maximum(density, _branch(rng, size))
    return finished(sealed(rng, stained(sheet, _sumi(rng), np.clip(density, 0, 3))))


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


def sealed(rng: np.random.Generator, image: Rgb) -> Rgb:
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
    worn = three(np.clip(stamp * (0.85 + 0.15 * rng.standard_normal(stamp.shape)), 0, 1))
    part = image[y : y + side, x : x + side]
    part += (np.float32([0.72, 0.13, 0.1]) - part) * worn
    return image
