"""Flat and made by designers: text, logos, signs, plain shapes, shaded solids."""

from __future__ import annotations

import cv2
import numpy as np

from .fields import blurred, grain, grid, noise, step, stripes, uniform_log
from .media import eight_bit, finished, full, lettered, lit, mixed, paper, shrunk, three
from .palette import sample_palette
from .registry import content
from .scene import compose
from .subjects import blob

_FONTS = (0, 1, 2, 3, 4, 5, 6, 7)


_LETTERS = "etaoinshrdlucmfwypvbgkjqxz"


def word(rng: np.random.Generator) -> str:
    """A word-like string."""
    letters = "".join(
        _LETTERS[min(25, int(rng.exponential(7)))] for _ in range(int(rng.integers(1, 9)))
    )
    return letters.capitalize() if rng.random() < 0.15 else letters


@content
def text_page(rng, size):
    """A page of set text with headings and a picture."""
    palette = sample_palette(rng, 5)
    ground, ink = (palette.light * 0.4 + 0.6, palette.dark * 0.5)
    if rng.random() < 0.25:
        ground, ink = ink, ground
    wide = 2 * size
    sheet = np.empty((wide, wide, 3), np.uint8)
    sheet[:] = eight_bit(ground)
    font = int(rng.choice((0, 2, 3, 4, 6)))
    scale = 2 * rng.uniform(0.3, 0.75)
    line = scale * rng.uniform(30, 40)
    columns = int(rng.integers(1, 3))
    margin = rng.uniform(0.03, 0.1) * wide
    width = (wide - margin * (columns + 1)) / columns
    for c in range(columns):
        x0, y = margin + c * (width + margin), margin + line
        while y < wide + line:
            kind = rng.random()
            if kind < 0.07:
                cv2.putText(
                    sheet,
                    word(rng),
                    (int(x0), int(y + line)),
                    font,
                    scale * 2,
                    eight_bit(palette.accent),
                    max(2, int(scale * 4)),
                    cv2.LINE_AA,
                )
                y += 2.4 * line
                continue
            if kind < 0.11:
                high = rng.uniform(3, 7) * line
                box = ((int(x0), int(y - line * 0.5)), (int(x0 + width), int(y + high)))
                cv2.rectangle(sheet, *box, eight_bit(palette.colors[rng.integers(5)]), -1)
                y += high + 1.6 * line
                continue
            x, text = 0.0, ""
            while x < width - 4 * line * (rng.random() < 0.1):
                text += word(rng) + " "
                x = cv2.getTextSize(text, font, scale, 1)[0][0]
            while cv2.getTextSize(text, font, scale, 1)[0][0] > width and " " in text.strip():
                text = text.strip().rsplit(" ", 1)[0]
            cv2.putText(
                sheet,
                text,
                (int(x0), int(y)),
                font,
                scale,
                eight_bit(ink),
                max(1, int(scale * 1.8)),
                cv2.LINE_AA,
            )
            y += line
    image = shrunk(sheet, size)
    _, tooth = paper(rng, size, np.ones(3))
    return finished(image * three(1 + 0.01 * tooth))


@content
def logo(rng, size):
    """A flat emblem: simple shapes in rotation, letters, a plain ground."""
    palette = sample_palette(rng, 4)
    colors = [eight_bit(c) for c in palette.shuffled(rng)]
    wide = 2 * size
    sheet = np.empty((wide, wide, 3), np.uint8)
    sheet[:] = colors[0] if rng.random() < 0.6 else (248, 248, 246)
    center = np.array([wide / 2, wide * rng.uniform(0.4, 0.52)])
    radius = wide * rng.uniform(0.2, 0.38)
    if rng.random() < 0.6:
        cv2.circle(
            sheet, center.astype(int).tolist(), int(radius * 1.1), colors[1], -1, cv2.LINE_AA
        )
        if rng.random() < 0.5:
            cv2.circle(
                sheet,
                center.astype(int).tolist(),
                int(radius * 1.02),
                colors[2],
                int(radius * 0.06),
                cv2.LINE_AA,
            )
    n = int(rng.choice((1, 2, 3, 4, 5, 6, 8, 12)))
    inner, sides = rng.uniform(0, 0.5), int(rng.choice((3, 4, 5, 40)))
    t = 2 * np.pi * np.arange(sides) / sides + rng.choice((0, np.pi / sides))
    shape = np.stack([np.cos(t) * rng.uniform(0.3, 1), np.sin(t) * rng.uniform(0.2, 0.6)], 1)
    for k in range(n):
        a = 2 * np.pi * k / n - np.pi / 2
        turn = np.array([[np.cos(a), np.sin(a)], [-np.sin(a), np.cos(a)]])
        local = (shape * 0.45 * (1.6 if n == 1 else 1) + (0 if n == 1 else inner + 0.25, 0)) @ turn
        cv2.fillPoly(
            sheet,
            [np.rint(center + local * radius).astype(np.int32)],
            colors[2 + k % 2],
            cv2.LINE_AA,
        )
    if rng.random() < 0.6:
        name = word(rng)[:7].upper()
        font = int(rng.choice(_FONTS))
        (w, _), _ = cv2.getTextSize(name, font, 1, 3)
        scale = wide * rng.uniform(0.4, 0.75) / w
        cv2.putText(
            sheet,
            name,
            (int(wide / 2 - w * scale / 2), int(wide * 0.93)),
            font,
            min(scale, wide / 160),
            colors[3],
            max(2, int(scale * 3)),
            cv2.LINE_AA,
        )
    return finished(shrunk(sheet, size))


@content
def solids(rng, size):
    """Shaded spheres, boxes and cylinders, as a plain render."""
    return finished(blurred(compose(rng, size).color, 0.5))


@content
def flat_shapes(rng, size):
    """Overlapping flat blobs and rectangles, as in vector illustrations."""
    palette = sample_palette(rng, 6)
    wide = 2 * size
    sheet = np.empty((wide, wide, 3), np.uint8)
    sheet[:] = eight_bit(palette.colors[rng.integers(6)])
    for _ in range(int(rng.integers(5, 22))):
        x, y, r = rng.random(), rng.random(), uniform_log(rng, 0.02, 0.3)
        color = eight_bit(palette.colors[rng.integers(6)])
        if rng.random() < 0.5:
            points = blob(rng, x, y, r, r * rng.uniform(0.5, 1), rng.choice((0, 0.15)))
        else:
            t = (
                rng.uniform(0, 6.3)
                + 2 * np.pi / 4 * np.arange(4)
                + np.float64([0, 1, 0, 1]) * rng.uniform(0, 1)
            )
            points = np.stack([x + r * np.cos(t), y + r * np.sin(t)], 1)
        cv2.fillPoly(sheet, [np.rint(points * wide).astype(np.int32)], color, cv2.LINE_AA)
        if rng.random() < 0.25:
            cv2.polylines(
                sheet,
                [np.rint(points * wide).astype(np.int32)],
                True,
                eight_bit(palette.dark),
                int(rng.integers(2, 10)),
                cv2.LINE_AA,
            )
    return finished(shrunk(sheet, size))


@content
def signs(rng, size):
    """Painted signs: words, numbers, hazard stripes, rings; sometimes chipped."""
    palette = sample_palette(rng, 4, rng.choice(["vivid", "neutral", "warm"]))
    ys, xs = grid(size)
    ground = int(rng.integers(0, 4))
    image = full(size, palette.colors[ground])
    ink = palette.light if ground < 2 else palette.dark
    if rng.random() < 0.5:
        hazard = stripes((xs + ys) / rng.uniform(24, 60), 0.5)
        away = step(np.abs(ys / size - rng.choice((0.1, 0.9))), 0.1, 0.004)
        image = mixed(image, mixed(full(size, palette.dark), palette.accent, hazard), 1 - away)
    for _ in range(int(rng.integers(1, 4))):
        text = word(rng).upper() if rng.random() < 0.6 else str(rng.integers(1, 999))
        at = (rng.uniform(0, 0.4) * size, rng.uniform(0.3, 0.95) * size)
        scale = size / 384 * uniform_log(rng, 1.0, 5.0)
        bold = max(1, int(scale * rng.uniform(1.5, 5)))
        image = lettered(image, text, at, scale, ink, bold, int(rng.choice(_FONTS)))
    if rng.random() < 0.6:
        x, y, r = rng.uniform(0.2, 0.8, 3) * size
        off = np.abs(np.hypot(xs - x, ys - y) - r / 3)
        image = mixed(image, palette.accent, step(r / 30 + 1 - off, 0, 1).astype(np.float32))
    worn = step(noise(rng, size, size / 6, 6, 0.72), rng.uniform(1.0, 3.5), 0.15)
    image = mixed(image, palette.colors[1] * 0.6 + 0.2, worn)
    light, _ = lit(noise(rng, size, 6, 3) * rng.uniform(0, 0.2) - worn, 1.0)
    return finished(image * three(light * (1 + 0.02 * grain(rng, size))))
