"""Japanese patterns for cloth and paper: waves, hemp leaf, feathers, fretwork."""

from __future__ import annotations

import cv2
import numpy as np

from .drawing import edges
from .fields import grain, grid, noise, rumpled, smeared, step, uniform_log
from .media import FINE, Rgb, colored, eight_bit, finished, full, mixed, paper, shrunk, three
from .palette import Palette, hexadecimal, luminance, sample_palette
from .registry import style
from .scene import compose
from .washes import sealed


def two_inks(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, Palette]:
    """Ground, figure and the palette for an accent; sometimes the figure is the darker."""
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


def printed_cloth(rng: np.random.Generator, image: Rgb) -> np.ndarray:
    """A printed pattern as it is on cloth or paper, a little worn."""
    size = len(image)
    _, tooth = paper(rng, size, np.ones(3))
    fade = noise(rng, size, size / 3, 2)
    image = image * three(1 + 0.02 * tooth + 0.03 * fade)
    return finished(colored(rng, image, 0.012, 25))


@style
def seigaiha(rng, size, photo=None):
    """Japanese waves: overlapping fans of concentric arcs."""
    dark, light, palette = two_inks(rng)
    wide, radius = FINE * size, FINE * uniform_log(rng, 16, 48)
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
                color = eight_bit(dark if k % 2 else light)
                if rich and k % 4 == 1 and (i * 7 + j * 3) % 5 == 0:
                    color = gold
                at = (int(x * 8), int(y * 8))
                cv2.circle(
                    sheet,
                    at,
                    int(radius * 8 * (k - 0.25 * (k % 2)) / (2 * rings)),
                    color,
                    -1,
                    cv2.LINE_8,
                    3,
                )
    return printed_cloth(rng, shrunk(sheet, size))


def _hemp_leaf(cell: float, wide: int) -> list[np.ndarray]:
    """Asanoha: from each point of a triangular grid to its six neighbors, straight and bent."""
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
    """Shippo: circles through their neighbors' centers, and a bead in each."""
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
    dark, light, _ = two_inks(rng)
    sheet = np.empty((FINE * size, FINE * size, 3), np.uint8)
    sheet[:] = eight_bit(dark)
    thick = max(2, int(cell * rng.uniform(0.02, 0.06)))
    paths = [np.rint(line * 8).astype(np.int32) for line in lines]
    cv2.polylines(sheet, paths, False, eight_bit(light), thick, cv2.LINE_AA, 3)
    return printed_cloth(rng, shrunk(sheet, size))


@style
def asanoha(rng, size, photo=None):
    """Japanese hemp leaf: stars of rhombi."""
    cell = FINE * uniform_log(rng, 22, 60)
    return _inked(rng, size, cell, _hemp_leaf(cell, FINE * size))


@style
def wagara(rng, size, photo=None):
    """Other Japanese line patterns: tortoiseshell, linked rings, fretwork."""
    cell = FINE * uniform_log(rng, 24, 64)
    pattern = (_tortoiseshell, _linked_rings, _fretwork)[rng.integers(3)]
    return _inked(rng, size, cell, pattern(cell, FINE * size))


@style
def yagasuri(rng, size, photo=None):
    """Japanese arrow feathers in columns."""
    dark, light, palette = two_inks(rng)
    wide, w = FINE * size, FINE * uniform_log(rng, 12, 34)
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
    return printed_cloth(rng, shrunk(sheet, size))


EDO = hexadecimal(
    [
        "1c2430",
        "22406b",
        "3f6f9f",
        "8fb4c4",
        "c9d3c4",
        "efe3c4",
        "e3b55a",
        "c8542f",
        "a33b2e",
        "5f7550",
        "2f4a3f",
        "8a6a4a",
    ]
)
"""Colors of Japanese woodblock prints: indigo, Prussian blue, vermilion, ochre, gray-greens."""


@style
def ukiyo_e(rng, size, photo=None):
    """Japanese woodblock print: flat colors, graded skies, a key line, the grain of the block."""
    order = rng.permutation(len(EDO))[: int(rng.integers(5, 8))]
    colors = EDO[order[np.argsort(luminance(EDO[order][None])[0])]]
    scene = compose(rng, size, photo, Palette(np.concatenate([colors, EDO[5:6]])))
    image = rumpled(rng, scene.flat, 40, 1.2)
    ys = grid(size)[0] / size
    wood = smeared(noise(rng, size, (2.0, 20.0), 2), 0.04 * noise(rng, size, size / 3), 32)
    for top in (True, False):  # bokashi: the printer wipes ink off towards one side
        if rng.random() < 0.6:
            fade = step(rng.uniform(0.1, 0.35) - (ys if top else 1 - ys), 0, 0.3)
            image = mixed(image, EDO[rng.choice((1, 2, 7, 0))], 0.85 * fade)
    image = image * three(1 + 0.03 * wood)
    line = rumpled(rng, edges(scene, rng.uniform(0.9, 1.5)), 20, 0.8)
    image = mixed(image, EDO[0], 0.92 * np.roll(line, rng.integers(-1, 2, 2), (0, 1)))
    fiber = smeared(grain(rng, size, 0.7), 5 * noise(rng, size, 30), 12)
    sheet = full(size, np.float32([0.97, 0.94, 0.86])) * three(1 + 0.02 * fiber / fiber.std())
    return finished(sealed(rng, 0.12 * sheet + 0.88 * image * sheet))
