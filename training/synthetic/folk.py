"""Woven and painted ornament: kilim rugs, kente cloth, mandalas."""

from __future__ import annotations

import cv2
import numpy as np

from .fields import Field, grain, grid, noise, uniform_log
from .media import colored, finished, full, mixed, paper, three
from .palette import sample_palette
from .registry import style


def woven(
    rng: np.random.Generator, size: int, chart: np.ndarray, pitch: float, ribs: float = 0.5
) -> np.ndarray:
    """A chart of colors ``(rows, columns, 3)`` as wool, one weft of ``pitch`` pixels a row."""
    ys, xs = grid(size)
    y, x = (ys + 0.4 * noise(rng, size, 40)) / pitch, (xs + 0.4 * noise(rng, size, 40)) / pitch
    row = np.clip(np.floor(y).astype(np.int32), 0, len(chart) - 1)
    column = np.clip(np.floor(x).astype(np.int32), 0, chart.shape[1] - 1)
    bump = np.sqrt(np.clip(1 - 0.8 * (2 * (y - np.floor(y)) - 1) ** 2, 0, 1))
    knot = np.abs(np.sin(np.pi * (x + 0.5 * (row % 2).astype(np.float32))))
    abrash = noise(rng, len(chart), (3.0, len(chart) * 4.0))[:, :1]  # dye lots differ by row
    fuzz = 0.05 * grain(rng, size, 0.8) + 0.04 * noise(rng, size, 3)
    shade = 1 - ribs + ribs * bump * (0.75 + 0.35 * knot) + fuzz
    return finished((chart * (1 + 0.05 * three(abrash)))[row, column] * three(shade * 1.15))


@style
def kilim(rng, size, photo=None):
    """A flat-woven rug: bands of stepped diamonds, triangles, hooks and zigzags."""
    scheme = rng.choice(["warm", "pigments", "complementary", "triad"])
    palette = sample_palette(rng, 6, scheme)
    pitch = uniform_log(rng, 2.2, 4.5)
    n = int(size / pitch) + 2
    index = np.zeros((n, n), np.int32)
    columns = np.arange(n)
    row = 0
    while row < n:
        tall = int(rng.choice((2, 4, 9, 13, 21, 31)))
        ground, first, second = rng.permutation(6)[:3]
        period = 2 * max(2, tall // int(rng.integers(1, 3)))
        u = np.abs(columns % period - period // 2)[None]
        v = np.abs(np.arange(tall) - tall // 2)[:, None]
        stair = int(rng.integers(1, 4))
        reach = u // stair * stair + v
        kind = rng.integers(5) if tall > 4 else 4
        if kind == 0:  # nested diamonds
            band = np.where(reach % 6 < 3, first, np.where(reach < 4, second, ground))
        elif kind == 1:  # diamonds on a ground
            band = np.where(reach < tall // 2, first, ground)
            band = np.where(reach < tall // 4, second, band)
        elif kind == 2:  # zigzag
            band = np.where((u + np.arange(tall)[:, None]) % (tall // 2 + 2) < 3, first, ground)
        elif kind == 3:  # triangles with hooks
            band = np.where(u < np.arange(tall)[:, None] // 2, first, ground)
            band = np.where((u % 4 == 1) & (v % 4 < 2), second, band)
        else:  # stripes and teeth
            band = np.where((columns[None] // 2 + 0 * v) % 2 == 0, first, ground)
        band = np.broadcast_to(band, (tall, n))[: n - row]
        index[row : row + len(band)] = band
        row += tall
    if rng.random() < 0.5:
        index = np.ascontiguousarray(index.T)
    if rng.random() < 0.5:  # mirrored, as a whole rug is
        index = np.minimum(index, index[:, ::-1])
    return woven(rng, size, palette.colors[index], pitch)


@style
def kente(rng, size, photo=None):
    """Narrow woven strips sewn together: blocks of bright bars, checks and steps."""
    palette = sample_palette(rng, 6, rng.choice(["vivid", "triad", "pigments", "warm"]))
    pitch = uniform_log(rng, 2.0, 3.6)
    n = int(size / pitch) + 2
    wide, tall = int(rng.integers(14, 34)), int(rng.integers(10, 26))
    index = np.zeros((n, n), np.int32)
    rows, columns = np.arange(n)[:, None], np.arange(n)[None]
    strips = [rng.permutation(6) for _ in range(3)]
    kinds = rng.integers(0, 5, 4)
    for x in range(0, n, wide):
        strip = strips[x // wide % 3]
        for k, y in enumerate(range(-(x // wide % 2) * tall // 2, n, tall)):
            here = np.s_[max(0, y) : y + tall, x : x + wide]
            r = np.broadcast_to(rows - y, (n, n))[here]
            c = np.broadcast_to(columns - x, (n, n))[here]
            kind = kinds[(k + x // wide) % 4]
            if kind == 0:
                cell = c // 2 % 3
            elif kind == 1:
                cell = r // 2 % 3
            elif kind == 2:
                cell = (r // 4 + c // 4) % 2
            elif kind == 3:
                cell = np.abs(r - tall // 2) // 2 + np.abs(c - wide // 2) // 3
                cell = np.minimum(cell // 2, 3)
            else:
                cell = 3 + 0 * r + (np.minimum(c, wide - 1 - c) < 3)
            index[here] = strip[cell % 6]
        index[:, x : x + 1] = strip[5]
    return woven(rng, size, palette.colors[index], pitch, 0.4)


def _motif(kind: int, u: Field, t: Field, deep: float, half: Field) -> Field:
    """Distance in pixels to a motif's outline, positive inside, on one ring of a mandala.

    ``u`` is 0 at the motif's middle and 1 between motifs, ``t`` runs 0 ... 1 outwards over ``deep``
    pixels, and ``half`` is half the width of a motif in pixels.
    """
    if kind == 0:  # petals
        return (0.95 * np.sqrt(np.clip(np.sin(np.pi * np.sqrt(t)), 0, 1)) - u) * half
    if kind == 1:  # scallops
        return (np.sqrt(np.clip(1 - u * u, 0, 1)) - t) * deep
    if kind == 2:  # dots
        return 0.36 * deep - cv2.magnitude(u * half, (t - 0.5) * deep)
    if kind == 3:  # points
        return (1 - t - u) * half
    return (0.5 - u) * half  # bars


@style
def mandala(rng, size, photo=None):
    """Rings of petals, drops and dots round a center, outlined, as in henna or rosettes."""
    palette = sample_palette(rng, 6)
    ys, xs = grid(size)
    cx, cy = size * rng.uniform(0.3, 0.7, 2)
    dx, dy = xs - np.float32(cx), ys - np.float32(cy)
    distance, turn = cv2.magnitude(dx, dy), cv2.phase(dx, dy) / np.float32(2 * np.pi)
    line_only = rng.random() < 0.35
    ground, ink = palette.light, palette.dark
    if rng.random() < 0.4:
        ground, ink = ink, ground
    image = full(size, ground)
    width = rng.uniform(0.6, 1.6)
    count = int(rng.choice((6, 8, 12, 16)))
    inner, outermost = 0.0, float(distance.max())
    while inner < outermost:
        deep = size * uniform_log(rng, 0.035, 0.12)
        n = count * (2 if inner > size / 5 else 1) * (2 if inner > size / 2 else 1)
        # Only the pixels of this ring: there are a dozen rings.
        here = np.nonzero((distance >= inner - 2) & (distance < inner + deep))
        r = distance[here][:, None]
        place = turn[here][:, None] * n + 0.5 * rng.integers(0, 2)
        u = 2 * np.abs(place - np.rint(place))
        v = (r - inner) / deep
        kind = int(rng.integers(5))
        shape = _motif(kind, u, np.clip(v, 0, 1), deep, np.pi * r / n)
        shape = np.where(v > 0, shape, np.float32(-9))
        part = image[here][:, None]
        if not line_only:
            inside = np.clip(np.minimum(v, 1 - v) * deep + 0.5, 0, 1)
            first, second, third = palette.shuffled(rng)[:3]
            part = mixed(part, first, inside * (rng.random() < 0.5))
            part = mixed(part, second, np.clip(shape + 0.5, 0, 1))
            core = np.clip(shape - 0.17 * min(deep, 40) + 0.5, 0, 1)
            part = mixed(part, third, core * (kind < 2))
        outline = np.clip(width - np.abs(shape) + 0.5, 0, 1)
        ring = np.clip(width - np.abs(r - inner) + 0.5, 0, 1)
        nested = np.clip(0.6 * width - np.abs(shape - 4) + 0.5, 0, 1) * (deep > 14)
        part = mixed(part, ink, np.maximum(np.maximum(outline, ring), nested))
        image[here] = part[:, 0]
        inner += deep
    _, tooth = paper(rng, size, np.ones(3))
    image = colored(rng, image, 0.015, 30) * three(1 + 0.02 * tooth)
    return finished(image)
