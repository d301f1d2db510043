"""Made-up subjects: landscapes, still lifes, heads, flowers, towns, abstract compositions."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np

from .fields import Field, grid, noise
from .media import Rgb, mixed, three
from .palette import Palette

Contour = np.ndarray
"""``(N, 2)`` x, y in shares of the picture's side."""


class Easel:
    """Shapes painted back to front: their colors, labels and light."""

    def __init__(self, rng: np.random.Generator, size: int, palette: Palette) -> None:
        self.rng, self.size, self.palette = rng, size, palette
        ground = int(rng.integers(len(palette.colors)))
        self.flat = np.empty((size, size, 3), np.float32)
        self.flat[:] = palette.colors[ground]
        self.labels = np.full((size, size), ground, np.uint8)
        self.light = 0.25 * noise(rng, size, size / 2)
        angle = rng.uniform(-2.9, -0.3)
        self.sun = np.float32([np.cos(angle), np.sin(angle)])

    def pick(self, avoid: int | None = None) -> int:
        """A color, other than ``avoid``."""
        count = len(self.palette.colors)
        index = int(self.rng.integers(count))
        return (index + 1) % count if index == avoid else index

    def label_at(self, x: float, y: float) -> int:
        """The color that is already there."""
        i, j = (int(np.clip(v * self.size, 0, self.size - 1)) for v in (y, x))
        return int(self.labels[i, j])

    def fill(self, contour: Contour, index: int, form: str = "flat", depth: float = 1.0) -> None:
        """Paint a shape; ``form`` is how light falls on it: flat, round or sloped."""
        points = np.asarray(contour, np.float32) * self.size
        low = np.clip(np.floor(points.min(0)) - 1, 0, self.size).astype(int)
        high = np.clip(np.ceil(points.max(0)) + 2, 0, self.size).astype(int)
        if (high <= low).any():
            return
        here = np.s_[low[1] : high[1], low[0] : high[0]]
        mask = np.zeros((high[1] - low[1], high[0] - low[0]), np.uint8)
        inside = np.rint((points - low) * 16).astype(np.int32)
        cv2.fillPoly(mask, [inside], 255, cv2.LINE_AA, 4)
        cover = mask.astype(np.float32) / 255
        self.flat[here] += (self.palette.colors[index] - self.flat[here]) * three(cover)
        self.labels[here][mask > 127] = index
        ys, xs = (g[here] for g in grid(self.size))
        center, half = (points.max(0) + points.min(0)) / 2, (points.max(0) - points.min(0)) / 2 + 1
        u, v = (xs - center[0]) / half[0], (ys - center[1]) / half[1]
        facing = u * self.sun[0] + v * self.sun[1]
        if form == "round":
            bulge = np.sqrt(np.clip(1 - 0.9 * (u * u + v * v), 0.02, 1))
            light = depth * (1.15 * facing * 0.8 + 0.75 * bulge - 0.55)
        elif form == "sloped":
            light = depth * (0.5 * facing - 0.25 * v)
        else:
            light = np.zeros_like(u)
        light += self.rng.normal(0, 0.08)
        self.light[here] += (light - self.light[here]) * cover

    def shadow(self, x: float, y: float, width: float, height: float) -> None:
        """A soft cast shadow, in shares of the side."""
        ys, xs = grid(self.size)
        u, v = (xs / self.size - x) / width, (ys / self.size - y) / height
        self.light -= 0.7 * np.exp(-(u * u + v * v) * 1.5)

    def shaded(self) -> Rgb:
        """The colors under the light: shadows deeper and cooler, lights warmer."""
        light = np.clip(self.light, -1, 1)
        dark = self.flat * three(1 + 0.75 * np.minimum(light, 0))
        return mixed(dark, np.float32([1.0, 0.97, 0.88]), 0.55 * np.maximum(light, 0))


def blob(
    rng: np.random.Generator, x: float, y: float, rx: float, ry: float, wild: float = 0.1
) -> Contour:
    """A closed curve around a point."""
    t = np.linspace(0, 2 * np.pi, 64, endpoint=False)
    radius = np.ones(64)
    for k in range(2, 6):
        radius += wild / k * 2 * rng.normal() * np.cos(k * t + rng.uniform(0, 6.3))
    return np.stack([x + rx * radius * np.cos(t), y + ry * radius * np.sin(t)], 1)


def ridge(rng: np.random.Generator, y: float, rough: float, sharp: float = 0.5) -> Contour:
    """Everything below a hilly line."""
    x = np.linspace(-0.05, 1.05, 96)
    line = np.full(96, y)
    for k in range(6):
        line += (
            rough * sharp**k * rng.normal() * np.sin(2 * np.pi * x * 2**k * 0.7 + rng.uniform(0, 6))
        )
    return np.concatenate([np.stack([x, line], 1), [[1.05, 1.1], [-0.05, 1.1]]])


def petal(x: float, y: float, length: float, width: float, angle: float) -> Contour:
    """A leaf from a point outwards."""
    t = np.linspace(0, 1, 14)
    side = width * np.sin(np.pi * t**0.8)
    u = np.concatenate([t, t[::-1]]) * length
    v = np.concatenate([side, -side[::-1]])
    c, s = np.cos(angle), np.sin(angle)
    return np.stack([x + u * c - v * s, y + u * s + v * c], 1)


def box(x0: float, y0: float, x1: float, y1: float) -> Contour:
    """A rectangle."""
    return np.array([[x0, y0], [x1, y0], [x1, y1], [x0, y1]])


def landscape(e: Easel) -> None:
    """Sky, sun, ridges, trees or houses."""
    rng = e.rng
    horizon = rng.uniform(0.3, 0.65)
    ys = grid(e.size)[0] / e.size
    e.light += 0.5 * (ys / horizon - 0.5) * rng.choice((-1, 1)) + 0.2 * noise(
        rng, e.size, (e.size / 12, e.size / 3), 3
    )
    sky = e.label_at(0, 0)
    for _ in range(rng.integers(0, 4)):
        e.fill(
            blob(rng, rng.random(), rng.uniform(0, horizon), rng.uniform(0.1, 0.3), 0.045, 0.3),
            e.pick(sky), "sloped",
        )  # fmt: skip
    if rng.random() < 0.6:
        r = rng.uniform(0.05, 0.13)
        x, y = rng.uniform(0.15, 0.85), rng.uniform(0.1, horizon)
        e.fill(blob(rng, x, y, r, r, 0), e.pick(sky), "flat")
    count = int(rng.integers(3, 7))
    last = sky
    for i in range(count):
        y = horizon + (1 - horizon) * (i / count) ** 1.2
        last = e.pick(last)
        e.fill(ridge(rng, y, 0.07 * rng.uniform(0.3, 1.2), rng.uniform(0.35, 0.6)), last, "sloped")
        for _ in range(rng.integers(0, 4)):
            x, tall = rng.random(), rng.uniform(0.05, 0.14) * (0.6 + i / count)
            if rng.random() < 0.3:
                wide = tall * rng.uniform(0.4, 0.9)
                e.fill(box(x, y - tall * 0.5, x + wide, y + 0.1), e.pick(last), "flat")
                roof = [
                    [x - 0.01, y - tall * 0.5],
                    [x + wide / 2, y - tall],
                    [x + wide + 0.01, y - tall * 0.5],
                ]
                e.fill(np.array(roof), e.pick(last), "sloped")
            else:
                e.fill(box(x - 0.008, y - tall * 0.5, x + 0.008, y + 0.06), e.pick(last), "flat")
                crown = rng.uniform(0.25, 0.6)
                e.fill(blob(rng, x, y - tall, tall * crown, tall * 0.6, 0.2), e.pick(last), "round")


def still_life(e: Easel) -> None:
    """Fruit, bowls and bottles on a table."""
    rng = e.rng
    table = rng.uniform(0.5, 0.7)
    wall = e.label_at(0, 0)
    e.fill(box(-0.1, table, 1.1, 1.1), e.pick(wall), "sloped")
    if rng.random() < 0.5:
        x = rng.uniform(0, 0.7)
        e.fill(box(x, -0.1, x + rng.uniform(0.1, 0.4), table), e.pick(wall), "sloped")
    things = sorted(rng.uniform(table + 0.02, 0.95, int(rng.integers(3, 8))))
    for base in things:
        x, big = rng.uniform(0.08, 0.92), rng.uniform(0.08, 0.2)
        e.shadow(x - e.sun[0] * big * 0.7, base, big * 1.2, big * 0.3)
        index = e.pick(e.label_at(x, base - big))
        if rng.random() < 0.45:
            t = np.linspace(0, 1, 24)
            profile = big * (0.35 + 0.3 * np.sin(3 * t + rng.uniform(0, 4)) * rng.uniform(0.3, 1))
            tall = big * rng.uniform(1.6, 3.2)
            left = np.stack([x - profile, base - tall * t], 1)
            right = np.stack([x + profile, base - tall * t], 1)
            e.fill(np.concatenate([left, right[::-1]]), index, "round")
        else:
            e.fill(blob(rng, x, base - big * 0.8, big, big * 0.9, 0.04), index, "round")


def head(e: Easel) -> None:
    """A bust: hair, face, neck, clothes."""
    rng = e.rng
    x, y, r = rng.uniform(0.35, 0.65), rng.uniform(0.3, 0.45), rng.uniform(0.14, 0.24)
    back = e.label_at(0, 0)
    if rng.random() < 0.5:
        e.fill(ridge(rng, rng.uniform(0.4, 0.7), 0.05), e.pick(back), "sloped")
    hair = e.pick(back)
    e.fill(blob(rng, x, y, r * 1.25, r * rng.uniform(1.2, 1.9), 0.08), hair, "round", 0.7)
    skin = e.pick(hair)
    e.fill(blob(rng, x, y + r * 2.6, r * 2.3, r * 1.6, 0.05), e.pick(skin), "round")
    e.fill(box(x - r * 0.35, y + r * 0.6, x + r * 0.35, y + r * 1.6), skin, "sloped")
    e.fill(blob(rng, x, y + r * 0.1, r * 0.8, r * 1.08, 0.02), skin, "round")
    for side in (-1, 1):
        e.fill(blob(rng, x + side * r * 0.33, y, r * 0.14, r * 0.06, 0), e.pick(skin))
        e.fill(blob(rng, x + side * r * 0.33, y - r * 0.2, r * 0.2, r * 0.035, 0), hair)
    nose = [[x, y], [x + r * 0.12, y + r * 0.4], [x - r * 0.08, y + r * 0.42]]
    e.fill(np.array(nose), skin, "sloped", 1.6)
    e.fill(blob(rng, x, y + r * 0.65, r * 0.24, r * 0.07, 0), e.pick(skin))
    e.fill(blob(rng, x, y - r * 0.85, r * 0.95, r * 0.4, 0.1), hair, "round", 0.7)


def flowers(e: Easel) -> None:
    """Blossoms and leaves."""
    rng = e.rng
    for _ in range(rng.integers(6, 16)):
        x, y, a = rng.random(), rng.random(), rng.uniform(0, 6.3)
        e.fill(petal(x, y, rng.uniform(0.1, 0.35), rng.uniform(0.02, 0.07), a), e.pick(), "round")
    for _ in range(rng.integers(2, 7)):
        x, y, r = rng.random(), rng.random(), rng.uniform(0.07, 0.2)
        index, n = e.pick(e.label_at(x, y)), int(rng.integers(5, 12))
        for i in range(n):
            a = 2 * np.pi * i / n + rng.normal(0, 0.1)
            e.fill(petal(x, y, r, r * rng.uniform(0.25, 0.4), a), index, "sloped", 1.5)
        e.fill(blob(rng, x, y, r * 0.28, r * 0.28, 0.05), e.pick(index), "round")


def town(e: Easel) -> None:
    """Houses and windows."""
    rng = e.rng
    for row in np.sort(rng.uniform(0.25, 0.8, 3)):
        x = -0.1
        while x < 1.05:
            wide, top = rng.uniform(0.08, 0.25), row - rng.uniform(-0.05, 0.25)
            wall = e.pick(e.label_at(x + wide / 2, top))
            e.fill(box(x, top, x + wide, 1.1), wall, "sloped")
            if rng.random() < 0.5:
                peak = top - wide * rng.uniform(0.3, 0.8)
                e.fill(
                    np.array([[x, top], [x + wide / 2, peak], [x + wide, top]]),
                    e.pick(wall),
                    "sloped",
                )
            glass, columns = e.pick(wall), int(rng.integers(1, 4))
            cell = wide / columns
            for j in range(int(rng.integers(1, 5))):
                for i in range(columns):
                    wx, wy = x + (i + 0.25) * cell, top + (j + 0.35) * cell * 1.3
                    e.fill(box(wx, wy, wx + cell * 0.5, wy + cell * 0.75), glass)
            x += wide * rng.uniform(0.95, 1.3)


def abstract(e: Easel) -> None:
    """Discs, bars, triangles and bent bands."""
    rng = e.rng
    for _ in range(rng.integers(6, 16)):
        x, y, r, a = rng.random(), rng.random(), rng.uniform(0.05, 0.35), rng.uniform(0, 6.3)
        index = e.pick(e.label_at(x, y))
        kind = rng.integers(4)
        if kind == 0:
            shape = blob(rng, x, y, r, r, rng.choice((0, 0, 0.25)))
        elif kind == 1:
            c, s, thin = np.cos(a), np.sin(a), rng.uniform(0.08, 0.5)
            corners = np.array([[-r, -r * thin], [r, -r * thin], [r, r * thin], [-r, r * thin]])
            shape = corners @ np.array([[c, s], [-s, c]]) + (x, y)
        elif kind == 2:
            t = a + np.array([0, 2.1, 4.2]) + rng.normal(0, 0.3, 3)
            shape = np.stack([x + r * np.cos(t), y + r * np.sin(t)], 1)
        else:
            t = np.linspace(a, a + rng.uniform(1, 4), 30)
            inner = r * rng.uniform(0.5, 0.85)
            outer = np.stack([x + r * np.cos(t), y + r * np.sin(t)], 1)
            hole = np.stack([x + inner * np.cos(t), y + inner * np.sin(t)], 1)
            shape = np.concatenate([outer, hole[::-1]])
        e.fill(shape, index, str(rng.choice(("flat", "round", "sloped"))), rng.uniform(0.4, 1))


def currents(e: Easel) -> None:
    """Bands of a warped field, as in clouds, water or agate."""
    rng = e.rng
    ys, xs = grid(e.size)
    lean = rng.normal(0, 1, 2)
    field: Field = noise(rng, e.size, e.size * rng.uniform(0.2, 0.5), 3, 0.4)
    field = field + (lean[0] * xs + lean[1] * ys) / e.size * 2
    count = len(e.palette.colors)
    bands = (field - field.min()) / (np.ptp(field) + 1e-6) * (count * rng.uniform(0.9, 1.8))
    order = rng.permutation(count)
    whole = np.floor(bands).astype(int)
    e.labels[:] = order[whole % count]
    slope = (
        cv2.magnitude(cv2.Sobel(bands, -1, 1, 0, ksize=1), cv2.Sobel(bands, -1, 0, 1, ksize=1)) / 2
        + 1e-3
    )
    blend = three(np.clip((bands - whole) / slope, 0, 1))
    colors = e.palette.colors[order]
    e.flat[:] = colors[(whole - 1) % count] * (1 - blend) + colors[whole % count] * blend
    e.light += 0.5 * (bands - whole) - 0.2


SUBJECTS: tuple[Callable[[Easel], None], ...] = (
    landscape, landscape, still_life, still_life, head, flowers, town, abstract, currents,
)  # fmt: skip


def paint(rng: np.random.Generator, size: int, palette: Palette) -> Easel:
    """A random subject in the colors of the palette."""
    easel = Easel(rng, size, palette)
    SUBJECTS[rng.integers(len(SUBJECTS))](easel)
    return easel
