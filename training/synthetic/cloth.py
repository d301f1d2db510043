"""Made with thread: embroidery, cross-stitch, knitting, tapestry, sashiko, woven fabric."""

from __future__ import annotations

import cv2
import numpy as np

from .fields import blurred, flow, grain, grid, noise, scattered, step, uniform_log
from .media import canvas, finished, full, lit, mixed, shrunk, three
from .palette import sample_palette
from .pieces import at, lay
from .registry import content, style
from .scene import Scene, compose


def _colors(scene: Scene, cell: float) -> np.ndarray:
    """The scene in few colors on a grid of cells ``(rows, columns, 3)``, as a chart would be."""
    n = int(np.ceil(scene.size / cell)) + 1
    small = cv2.resize(0.7 * scene.flat + 0.3 * scene.color, (n, n), interpolation=cv2.INTER_AREA)
    return np.clip(np.round(small * 9) / 9, 0, 1)


@style
def embroidery(rng, size, photo=None):
    """Satin stitch: shining threads, one direction to a region, on linen."""
    scene = compose(rng, size, photo)
    weave = canvas(rng, size, rng.uniform(2.6, 3.6))
    linen = scene.palette.light * 0.5 + 0.4
    image = full(size, linen) * three(1 + 0.08 * weave)
    long, slim = rng.uniform(7, 15), rng.uniform(1.0, 1.7)
    spots = scattered(rng, size, np.sqrt(long * slim) * 1.25, 1.1)
    spots = spots[rng.permutation(len(spots))]
    angles = rng.uniform(0, np.pi, 32)
    label = at(scene.labels, spots)
    along = angles[label] if rng.random() < 0.6 else at(flow(rng, scene.tone, 0.6), spots)
    turns = along + rng.normal(0, 0.05, len(spots))
    halves = np.float32([long, slim]) * rng.uniform(0.7, 1.2, (len(spots), 1)).astype(np.float32)
    threads = lay(size, spots, halves, turns, "oval")
    color = at(0.75 * scene.flat + 0.25 * scene.color, spots) + rng.normal(0, 0.02, (len(spots), 1))
    round_ = np.sqrt(np.clip(1.02 - threads.across**2, 0, 1))
    twist = np.sin(threads.along * halves[:, 0].mean() * 1.6 + threads.across * 2.5)
    sheen = (
        0.62 + 0.42 * round_ + 0.09 * twist + 0.2 * np.exp(-((threads.along / 0.35) ** 2)) * round_
    )
    light = threads.spread(1 + 0.1 * np.cos(2 * (turns - 0.9)))
    present = threads.present.astype(np.float32)
    sewn = threads.spread(np.clip(color, 0, 1)) * three(sheen * light)
    image = image * three(1 - 0.3 * blurred(present, 2) * (1 - present))
    return finished(mixed(image, sewn, blurred(present, 0.45)))


@style
def cross_stitch(rng, size, photo=None):
    """Crosses of thread on an even weave."""
    scene = compose(rng, size, photo)
    cell = rng.uniform(6, 13)
    ys, xs = grid(size)
    i, j = np.floor(xs / cell).astype(int), np.floor(ys / cell).astype(int)
    u = 2 * (xs / cell - np.floor(xs / cell)) - 1
    v = 2 * (ys / cell - np.floor(ys / cell)) - 1
    chart = _colors(scene, cell)
    color = chart[j, i]
    cloth = np.float32([0.93, 0.91, 0.85]) if rng.random() < 0.7 else scene.palette.dark
    hole = step(0.35 - np.hypot(1 - np.abs(u), 1 - np.abs(v)), 0, 0.2)
    weave = 0.06 * np.sin(xs * 2.1) * np.sin(ys * 2.1)
    image = full(size, cloth) * three(1 + weave - 0.4 * hole)
    sewn_here = np.ones_like(xs)
    if rng.random() < 0.6:  # the ground is left bare
        lightest = np.argmax(np.bincount(scene.labels.ravel()))
        mask = cv2.resize(
            (scene.labels != lightest).astype(np.float32),
            chart.shape[1::-1],
            interpolation=cv2.INTER_AREA,
        )
        sewn_here = (mask > 0.4).astype(np.float32)[j, i]
    width = 0.42
    for sign in (1, -1):
        off = (u + sign * v) / np.sqrt(2) / width
        along = (u - sign * v) / np.sqrt(2)
        body = np.sqrt(np.clip(1 - off**2, 0, 1))
        cover = step(1 - np.abs(off), 0.12, 0.3) * step(1.32 - np.abs(along), 0, 0.15) * sewn_here
        strand = 0.07 * np.sin(off * 9 + along * 2)
        shade = (
            0.55
            + 0.5 * body
            + strand
            - 0.18 * (np.abs(along) > 1.05)
            + (0.06 if sign < 0 else -0.02)
        )
        image = image * three(1 - 0.25 * cover * (1 - body))
        image = mixed(image, color * three(shade.astype(np.float32)), cover.astype(np.float32))
    return finished(image * three(1 + 0.03 * grain(rng, size, 0.8)))


@style
def knitting(rng, size, photo=None):
    """Stockinette: columns of V stitches of fuzzy wool, a chart or fair-isle bands."""
    ys, xs = grid(size)
    cell = rng.uniform(8, 18)
    if rng.random() < 0.45:
        palette = sample_palette(rng, 5)
        n = int(size / cell * 1.3) + 4
        chart = np.empty((n, n, 3), np.float32)
        row = 0
        while row < n:
            deep, period = int(rng.integers(1, 6)), int(rng.integers(2, 9))
            pair = palette.shuffled(rng)[:2]
            motif = rng.random((deep, period)) < 0.5
            motif = motif | motif[:, ::-1]
            for k in range(min(deep, n - row)):
                chart[row + k] = np.where(np.resize(motif[k], n)[:, None], *pair)
            row += deep
    else:
        chart = _colors(compose(rng, size, photo), cell * 0.8)
    x, y = xs / cell, ys / (cell * 0.82)
    x = x + 0.05 * noise(rng, size, 25)
    y = y + 0.06 * noise(rng, size, 25)
    i = np.floor(x).astype(int)
    side = x - i - 0.5
    tilt = np.abs(side) * 1.5  # legs rise outwards
    j = np.floor(y + tilt).astype(int)
    v = y + tilt - j - 0.5
    u = (np.abs(side) - 0.25) * 4
    color = chart[np.clip(j, 0, len(chart) - 1), np.clip(i, 0, chart.shape[1] - 1)]
    leg = np.sqrt(np.clip(1 - 0.85 * u * u, 0, 1)) * np.sqrt(np.clip(1.05 - (1.9 * v) ** 2, 0, 1))
    ply = np.sin((v * 2.2 + u * 0.55 * np.sign(side)) * 9 + 0.5 * noise(rng, size, 6))
    fuzz = grain(rng, size, 0.7) * 0.6 + noise(rng, size, 3) * 0.5
    shade = 0.3 + 0.72 * leg + 0.07 * ply * leg + 0.05 * fuzz
    return finished(color * three(shade.astype(np.float32)))


@style
def tapestry(rng, size, photo=None):
    """Woven wool: ribs of weft, colors stepping from thread to thread."""
    scene = compose(rng, size, photo)
    ys, xs = grid(size)
    pitch, warp = rng.uniform(2.6, 4.4), rng.uniform(4, 8)
    row = np.floor(ys / pitch).astype(int)
    column = np.floor(xs / warp + 0.5 * (row % 2)).astype(int)
    x = np.clip((column + 0.5 - 0.5 * (row % 2)) * warp, 0, size - 1).astype(int)
    y = np.clip((row + 0.5) * pitch, 0, size - 1).astype(int)
    picture = np.round(blurred(0.6 * scene.flat + 0.4 * scene.color, 1.2) * 10) / 10
    color = picture[y, x]
    dye = rng.normal(1, 0.055, (row.max() + 1, 1)).astype(np.float32)[row, 0]
    across = 2 * (ys / pitch - np.floor(ys / pitch)) - 1
    shifted = xs / warp + np.float32(0.5) * (row % 2).astype(np.float32)
    along = 2 * (shifted % 1) - 1
    bump = np.sqrt(np.clip(1 - 0.8 * across**2, 0, 1)) * np.sqrt(
        np.clip(1.1 - 0.75 * along**2, 0, 1)
    )
    fuzz = 0.06 * grain(rng, size, 0.8) + 0.04 * noise(rng, size, (3, 9))
    return finished(np.clip(color, 0, 1) * three(dye * (0.42 + 0.6 * bump) + fuzz))


def _sashiko(rng: np.random.Generator) -> list[np.ndarray]:
    """Lines ``(N, 2)`` that one cell of side 1 repeats: rings, nested squares, stars or waves."""
    kind = rng.integers(4)
    t = np.linspace(0, 2 * np.pi, 160)
    ring = np.stack([np.cos(t), np.sin(t)], 1)
    if kind == 0:
        return [ring]
    if kind == 1:
        square = np.array([[0, -0.5], [0.5, 0], [0, 0.5], [-0.5, 0], [0, -0.5]])
        return [square * s for s in (0.4, 0.7, 1.0)]
    if kind == 2:
        a = np.pi / 4 * np.arange(8)
        tips = (
            0.5 * np.stack([np.cos(a), np.sin(a)], 1) * np.where(np.arange(8) % 2, 1.41, 1)[:, None]
        )
        return [np.stack([0.12 * tip, tip]) for tip in tips]
    half = ring[80:] * np.float32([0.5, 0.5])
    return [half * s for s in (0.4, 0.7, 1.0)] + [half * s + (0.5, 0.5) for s in (0.4, 0.7, 1.0)]


def _running(path: np.ndarray, dash: float) -> np.ndarray:
    """Stitches ``(N, 2, 2)`` of length ``dash`` along a path."""
    length = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(path, axis=0), axis=1))])
    count = max(1, round(length[-1] / (dash * 1.7)))
    starts = (np.arange(count) + 0.2) * length[-1] / count
    ends = np.stack([starts, starts + dash], 1)
    return np.stack([np.interp(ends, length, path[:, k]) for k in (0, 1)], 2)


@style
def sashiko(rng, size, photo=None):
    """White running stitches in geometric lines on indigo cloth."""
    palette = sample_palette(rng, 4, rng.choice(["cool", "low_key", "pigments"]))
    cloth = palette.dark * 0.8 + np.float32([0.01, 0.02, 0.06])
    thread = np.float32([0.94, 0.93, 0.88]) if rng.random() < 0.7 else 0.5 + 0.5 * palette.accent
    cell = 2 * uniform_log(rng, 22, 60)
    wide = 2 * size
    dash = cell * rng.uniform(0.07, 0.11)
    reach = np.arange(-1, int(wide / cell) + 2) * cell
    corners = np.stack(np.meshgrid(reach, reach), axis=2).reshape(-1, 1, 1, 2)
    stitches = np.concatenate([_running(path * cell, dash) for path in _sashiko(rng)])
    lines = np.rint((corners + stitches).reshape(-1, 2, 2) * 8).astype(np.int32)
    sheet = np.zeros((wide, wide), np.uint8)
    cv2.polylines(sheet, list(lines), False, 255, max(3, int(dash * 0.3)), cv2.LINE_AA, 3)
    sewn = shrunk(sheet, size)
    weave = canvas(rng, size, 2.5)
    image = full(size, cloth) * three(1 + 0.1 * weave + 0.06 * noise(rng, size, (40, 5), 2))
    relief, _ = lit(blurred(sewn, 0.8) * 2.5 + 0.2 * weave, 1.0)
    return finished(mixed(image, thread, sewn) * three(np.clip(relief, 0.55, 1.35)))


@content
def fabric(rng, size):
    """Plain, twill, basket or herringbone weave; stripes and tartans."""
    ys, xs = grid(size)
    pitch = uniform_log(rng, 3.2, 11)
    x = (xs + 0.6 * noise(rng, size, 30)) / pitch + 100
    y = (ys + 0.6 * noise(rng, size, 30)) / pitch + 100
    i, j = np.floor(x).astype(int), np.floor(y).astype(int)
    kind = rng.integers(4)
    if kind == 0:
        over = (i + j) % 2 == 0
    elif kind == 1:
        over = (i + j) % 4 < 2
    elif kind == 2:
        over = (i // 2 + j // 2) % 2 == 0
    else:
        over = (np.where(i // 8 % 2 == 0, i, -i) + j) % 4 < 2
    u, v = (x - i - 0.5) * 2, (y - j - 0.5) * 2
    palette = sample_palette(rng, 5)
    warp, weft = (_yarns(rng, palette.colors, n) for n in (int(i.max()) + 1, int(j.max()) + 1))
    color = np.where(over[..., None], warp[i], weft[j])
    across, along = np.where(over, u, v), np.where(over, v, u)
    bump = np.sqrt(np.clip(1 - 0.8 * across**2, 0, 1)) * (1 - 0.3 * along**2)
    ply = np.sin(along * 4 + across * 3 + 3 * noise(rng, size, 20))
    fuzz = noise(rng, size, 2.5) * 0.5 + grain(rng, size, 0.7) * 0.5
    shade = 0.45 + 0.6 * bump + 0.05 * ply + 0.05 * fuzz + 0.05 * noise(rng, size, size / 3)
    if rng.random() < 0.4:  # folds
        fold, _ = lit(noise(rng, size, (size / 2, size / 5)) * size / 14, 0.5)
        shade = shade * np.clip(fold, 0.4, 1.3)
    return finished(color * three(shade.astype(np.float32)))


def _yarns(rng: np.random.Generator, colors: np.ndarray, count: int) -> np.ndarray:
    """A color per yarn: plain, striped or a tartan's mirrored sett."""
    if rng.random() < 0.4:
        sett = np.repeat(colors[rng.integers(0, len(colors), 6)], rng.integers(1, 8, 6), axis=0)
        sett = np.concatenate([sett, sett[::-1]])
    else:
        sett = colors[rng.integers(len(colors))][None]
    yarns = sett[np.arange(count) % len(sett)]
    return yarns * rng.normal(1, 0.05, (count, 1)).astype(np.float32)
