"""On walls: graffiti letters, stencils, drips."""

from __future__ import annotations

import cv2
import numpy as np

from .fields import blurred, grain, grid, noise, rumpled, step
from .media import finished, full, lit, mixed, three
from .palette import in_gamut, sample_palette
from .registry import style
from .scene import compose


def wall(rng: np.random.Generator, size: int) -> np.ndarray:
    """Bare concrete, or painted brick."""
    base = in_gamut(
        np.array([[rng.uniform(0.4, 0.88), rng.normal(0, 0.01), rng.uniform(0, 0.03)]])
    )[0]
    height = 0.5 * noise(rng, size, 20, 5, 0.7)
    if rng.random() < 0.5:
        ys, xs = grid(size)
        tall = rng.uniform(12, 22)
        row = np.floor(ys / tall)
        x = xs / (tall * 2.4) + 0.5 * (row % 2)
        gap = np.minimum(
            np.abs(ys / tall - np.rint(ys / tall)) * tall, np.abs(x - np.rint(x)) * tall * 2.4
        )
        height = height + 1.6 * step(gap, 1.3, 1.6)
    diffuse, _ = lit(height, 1.0)
    return full(size, base) * three(np.clip(diffuse, 0.6, 1.3) * (1 + 0.03 * grain(rng, size, 0.7)))


@style
def graffiti(rng, size, photo=None):
    """Sprayed letters with outlines, glow, overspray and drips."""
    palette = sample_palette(rng, 6, rng.choice(["vivid", "triad", "complementary", "pastel"]))
    image = wall(rng, size)
    for _ in range(int(rng.integers(2, 6))):  # soft clouds behind
        x, y = rng.uniform(0, size, 2)
        ys, xs = grid(size)
        r = size * rng.uniform(0.1, 0.4)
        mist = np.exp(-(((xs - x) ** 2 + (ys - y) ** 2) / r**2).astype(np.float32))
        mist = np.clip(mist * 1.3 + 0.25 * mist * grain(rng, size, 0.7), 0, 1)
        image = mixed(image, palette.colors[rng.integers(6)], 0.9 * mist)
    letters = np.zeros((size, size), np.uint8)
    alphabet = "ABCDEFGHKMNOPRSTWXYZ23578"
    for _ in range(int(rng.integers(1, 3))):
        text = "".join(alphabet[k] for k in rng.integers(0, len(alphabet), int(rng.integers(2, 5))))
        scale = size / 25 / len(text) * rng.uniform(0.9, 1.3)
        at = (int(size * rng.uniform(0.0, 0.2)), int(size * rng.uniform(0.45, 0.95)))
        cv2.putText(
            letters,
            text,
            at,
            cv2.FONT_HERSHEY_DUPLEX,
            scale,
            255,
            max(3, int(size * rng.uniform(0.05, 0.11))),
            cv2.LINE_AA,
        )
    turn = cv2.getRotationMatrix2D((size / 2, size / 2), rng.normal(0, 12), 1)
    letters = cv2.warpAffine(letters, turn, (size, size)).astype(np.float32) / 255
    shape = rumpled(rng, blurred(letters, 2), size / 6, size / 40)
    inside = 1 - cv2.distanceTransform((shape < 0.5).astype(np.uint8), cv2.DIST_L2, 3) / size
    rim = rng.uniform(3, 6) * size / 384
    outer = step(inside, 1 - 3.2 * rim / size, 1.5 / size)
    line = step(inside, 1 - 1.5 * rim / size, 1.5 / size)
    fill = step(shape, 0.5, 0.25)
    drips = _drips(rng, size, line)
    first, second, glow = palette.shuffled(rng)[:3]
    image = mixed(image, glow, np.clip(0.95 * outer + 0.5 * blurred(outer, 5), 0, 1))
    image = mixed(image, palette.dark * 0.4, np.maximum(line, drips))
    ys = grid(size)[0] / size
    ramp = step(ys + 0.08 * noise(rng, size, size / 8), 0.55, 0.4)
    image = mixed(image, mixed(full(size, first), second, ramp), fill)
    shine = fill - np.roll(fill, (int(2 * rim), int(2 * rim)), (0, 1))
    image = mixed(
        image,
        np.float32([1, 1, 1]),
        0.85 * step(blurred(np.clip(shine, 0, 1), 0.8), 0.5, 0.4) * fill,
    )
    spatter = step(noise(rng, size, 2.6) + 0.9 * noise(rng, size, size / 5), 2.9, 0.4)
    return finished(mixed(image, palette.accent, spatter))


def _drips(rng: np.random.Generator, size: int, mask: np.ndarray) -> np.ndarray:
    sheet = np.zeros((size, size), np.uint8)
    rows, columns = np.nonzero(mask > 0.8)
    if len(rows):
        for k in rng.integers(0, len(rows), int(rng.integers(3, 14))):
            x, y, long = int(columns[k]), int(rows[k]), int(size * rng.uniform(0.03, 0.22))
            thick = int(rng.integers(1, 4))
            cv2.line(sheet, (x, y), (x, y + long), 255, thick, cv2.LINE_AA)
            cv2.circle(sheet, (x, y + long), thick, 255, -1, cv2.LINE_AA)
    return sheet.astype(np.float32) / 255


@style
def stencil(rng, size, photo=None):
    """Two or three sprayed stencils on a wall, with soft edges and drips."""
    scene = compose(rng, size, photo)
    image = wall(rng, size)
    tone = blurred(scene.tone, 2.2)
    colors = sample_palette(
        rng, 3, rng.choice(["vivid", "neutral", "warm", "complementary"])
    ).colors[::-1]
    if rng.random() < 0.5:
        colors = np.float32([[0.93, 0.92, 0.9], [0.5, 0.5, 0.5], [0.06, 0.06, 0.07]])
    for color, level in zip(colors, (0.85, 0.55, 0.3), strict=True):
        mask = step(level - tone, 0, 0.05)
        mist = np.clip(blurred(mask, 5) * 1.2 - 0.35 + 0.2 * grain(rng, size, 0.6), 0, 1) * 0.35
        solid = mask * np.clip(0.9 + 0.12 * noise(rng, size, 25, 3) + 0.08 * grain(rng, size), 0, 1)
        image = mixed(image, color, np.maximum(solid, mist))
    image = mixed(image, colors[-1], 0.9 * _drips(rng, size, step(0.3 - tone, 0, 0.05)))
    return finished(image)


@style
def splatter(rng, size, photo=None):
    """Action painting: thrown lines and drops over one another."""
    palette = sample_palette(rng, 6)
    image = full(size, palette.light * 0.5 + 0.45) * three(1 + 0.03 * noise(rng, size, 4, 3))
    height = np.zeros((size, size), np.float32)
    for color in palette.shuffled(rng):
        sheet = np.zeros((size, size), np.uint8)
        for _ in range(int(rng.integers(8, 22))):
            n = 60
            walk = np.cumsum(
                np.cumsum(rng.normal(0, 1, (n, 2)), 0) * 0.12 + rng.normal(0, 0.5, 2), 0
            )
            points = rng.uniform(0, size, 2) + walk * size / 60
            widths = np.abs(rng.normal(0, 1)) * 1.5 + np.abs(np.cumsum(rng.normal(0, 0.35, n)))
            for k in range(n - 1):
                a, b = (
                    np.rint(points[k] * 8).astype(int).tolist(),
                    np.rint(points[k + 1] * 8).astype(int).tolist(),
                )
                cv2.line(
                    sheet, a, b, 255, int(np.clip(widths[k] * size / 384, 1, 9)), cv2.LINE_AA, 3
                )
        for x, y in rng.uniform(0, size, (int(rng.integers(20, 90)), 2)):
            cv2.circle(
                sheet,
                (int(x * 8), int(y * 8)),
                int(8 * min(7, rng.pareto(2.2) * 1.2)),
                255,
                -1,
                cv2.LINE_AA,
                3,
            )
        cover = sheet.astype(np.float32) / 255
        image = mixed(image, color, cover)
        height = np.maximum(height * (1 - 0.5 * cover), 0) + blurred(cover, 1.2)
    diffuse, gloss = lit(height, 0.8, -2.2, 0.5)
    return finished(
        image * three(np.clip(diffuse, 0.55, 1.3))
        + 0.25 * three(gloss) * three(step(height, 0.3, 0.3))
    )
