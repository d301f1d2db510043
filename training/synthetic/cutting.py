"""Made of pieces: mosaic, stained glass, cut paper, facets, terrazzo, camouflage."""

from __future__ import annotations

import cv2
import numpy as np

from .fields import (
    Field,
    blurred,
    border_distance,
    cells,
    flow,
    grain,
    grid,
    moved,
    noise,
    scattered,
    smeared,
    step,
    uniform_log,
)
from .media import Rgb, colored, finished, full, lit, mixed, paper, three
from .palette import in_gamut, sample_palette
from .pieces import at, lay
from .registry import style
from .scene import compose


@style
def mosaic(rng, size, photo=None):
    """Stone or glass tesserae set along the forms in grout."""
    scene = compose(rng, size, photo)
    half = uniform_log(rng, 3.2, 8.5)
    along = blurred_angle(flow(rng, scene.tone, rng.uniform(0.2, 0.7)), half)
    spots = scattered(rng, size, half * 1.95, 0.35)
    count = len(spots)
    halves = half * rng.uniform(0.82, 1.08, (count, 2)).astype(np.float32)
    turns = at(along, spots) + rng.normal(0, 0.07, count)
    gap = rng.uniform(0.8, 1.6)
    tiles = lay(size, spots, halves, turns, "square", rng.normal(0, 0.07, (count, 4, 2)), gap)
    color = at(blurred(0.5 * scene.flat + 0.5 * scene.color, half * 0.4), spots)
    color = color * rng.uniform(0.86, 1.12, (count, 1)) + rng.normal(0, 0.02, (count, 3))
    _, tooth = paper(rng, size, np.ones(3))
    grout = in_gamut(np.array([[rng.choice((0.25, 0.45, 0.75, 0.88)), 0.005, 0.015]]))[0]
    image = full(size, grout) * three(1 + 0.06 * tooth)
    surface = tiles.spread(np.clip(color, 0, 1)) * three(1 + 0.03 * noise(rng, size, 4, 2))
    present = tiles.present.astype(np.float32)
    image = mixed(image, surface, blurred(present, 0.5))
    tilt = tiles.spread(rng.normal(0, 0.16, (count, 2)))
    bevel = np.clip(1.15 - np.maximum(np.abs(tiles.along), np.abs(tiles.across)), 0, 0.35) * 3
    height = present * (bevel + tilt[..., 0] * tiles.along + tilt[..., 1] * tiles.across)
    diffuse, gloss = lit(height * 1.5, rng.uniform(0.6, 1.3), -2.2, 0.5)
    glass = rng.uniform(0, 0.35) * (rng.random() < 0.5)
    return finished(image * three(np.clip(diffuse, 0.5, 1.3)) + three(glass * gloss * present))


def blurred_angle(angle: Field, sigma: float) -> Field:
    """An angle modulo pi, smoothed."""
    return 0.5 * cv2.phase(blurred(np.cos(2 * angle), sigma), blurred(np.sin(2 * angle), sigma))


@style
def stained_glass(rng, size, photo=None):
    """Bright panes with streaks between dark lead."""
    palette = sample_palette(
        rng, int(rng.integers(5, 9)), rng.choice(["vivid", "triad", "pigments", "complementary"])
    )
    scene = compose(rng, size, photo, palette)
    cell = uniform_log(rng, 18, 48)
    ids, _ = cells(size, scattered(rng, size, cell, 1.2))
    # Panes are large: regions smaller than a few pixels of a small copy join their neighbors.
    small = cv2.resize(scene.labels, (size // 4, size // 4), interpolation=cv2.INTER_NEAREST)
    small = cv2.medianBlur(cv2.medianBlur(small, 9), 9)
    labels = cv2.resize(small, (size, size), interpolation=cv2.INTER_NEAREST)
    for label in np.unique(small):  # rounded borders instead of the copy's steps
        cover = cv2.resize((small == label).astype(np.float32), (size, size))
        labels[blurred(cover, 2) > 0.5] = label
    both = ids * 16 + labels
    border = border_distance(both)
    panes = blurred(scene.flat, 3)
    tint = rng.uniform(0.75, 1.2, 16 * (ids.max() + 1)).astype(np.float32)[both]
    # Rolled glass: streaks and bubbles, a different direction in each pane.
    angle = rng.uniform(0, np.pi, ids.max() + 1).astype(np.float32)[ids]
    streak = smeared(noise(rng, size, 4, 2), angle, 24)
    bubble = step(noise(rng, size, 2.5), 2.4, 0.5)
    light = 1.0 + 0.18 * noise(rng, size, size / 3) + 0.14 * streak + 0.3 * bubble
    glow = panes * three(tint * light)
    glow = glow + 0.35 * np.clip(panes - 0.3, 0, 1) * three(light)
    lead = rng.uniform(1.1, 2.4) * size**0.5 / 18 + 0.6
    cover = step(lead - border, 0, 1.2)
    rod = np.sqrt(np.clip(1 - (border / (lead + 0.5)) ** 2, 0, 1)).astype(np.float32)
    diffuse, gloss = lit(rod * lead, 1.5, -2.2, 0.6)
    metal = np.float32([0.11, 0.11, 0.12]) * three(np.clip(diffuse, 0.3, 2)) + 0.2 * three(gloss)
    halo = blurred(glow, 4) * 0.12
    return finished(mixed(glow + halo, metal, cover))


@style
def paper_cut(rng, size, photo=None):
    """Layers of colored card with soft shadows, cut along the tones."""
    scene = compose(rng, size, photo)
    count = int(rng.integers(4, 8))
    tone = blurred(scene.tone, rng.uniform(2.5, 6))
    if rng.random() < 0.4:
        tone = 0.5 * tone + 0.5 * blurred(noise(rng, size, size / 3) * 0.25 + 0.5, 1)
    levels = np.quantile(tone[::4, ::4], np.linspace(0, 1, count + 1)[1:-1])
    colors = sample_palette(rng, count).colors
    if rng.random() < 0.5:
        colors, tone, levels = colors[::-1], 1 - tone, np.sort(1 - levels)
    angle, drop = rng.uniform(0.4, 2.4), rng.uniform(2.5, 7)
    dx, dy = drop * np.cos(angle), drop * np.sin(angle)
    image = _card(rng, size, colors[0])
    for k, level in enumerate(levels, 1):
        slope = cv2.magnitude(cv2.Sobel(tone, -1, 1, 0), cv2.Sobel(tone, -1, 0, 1)) / 8 + 1e-4
        cut = np.clip((tone - np.float32(level)) / slope + 0.5, 0, 1)
        shadow = moved(blurred(cut, drop * 0.8), -dx, -dy)
        image = image * three(1 - 0.55 * shadow * (1 - cut))
        edge = np.clip(cut - moved(cut, -0.9 * np.cos(angle), -0.9 * np.sin(angle)), -1, 1)
        image = mixed(image, _card(rng, size, colors[k]) + 0.12 * three(edge), cut)
    return finished(image)


def _card(rng: np.random.Generator, size: int, color: np.ndarray) -> Rgb:
    tooth = 0.6 * grain(rng, size, 0.8) + 0.6 * noise(rng, size, 4)
    return full(size, color) * three(1 + 0.022 * tooth)


@style
def low_poly(rng, size, photo=None):
    """Flat triangles, more of them where there is detail."""
    scene = compose(rng, size, photo)
    detail = np.abs(cv2.Laplacian(blurred(scene.tone, 2), -1))
    detail = blurred(detail, 5)
    chance = detail / (float(detail.max()) + 1e-6)
    cell = uniform_log(rng, 9, 20)
    spots = scattered(rng, size, cell, 1.0, 1.5)
    keep = rng.random(len(spots)) < 0.18 + 1.6 * at(chance, spots)
    spots = np.concatenate(
        [spots[keep], [[-30, -30], [size + 30, -30], [-30, size + 30], [size + 30, size + 30]]]
    )
    net = cv2.Subdiv2D((-200, -200, size + 400, size + 400))
    net.insert(spots.astype(np.float32).tolist())
    triangles = net.getTriangleList().reshape(-1, 3, 2)
    middles = triangles.mean(1)
    color = at(blurred(scene.color, cell * 0.3), middles)
    lean = np.arctan2(*(triangles[:, 1] - triangles[:, 0]).T[::-1])
    color = color * (1 + 0.09 * np.cos(lean - 2.2))[:, None] + rng.normal(0, 0.012, (len(color), 1))
    shades = np.clip(color * 255, 0, 255).astype(int).tolist()
    wide = np.zeros((2 * size, 2 * size, 3), np.uint8)
    for triangle, shade in zip(np.rint(triangles * 32).astype(np.int32), shades, strict=True):
        cv2.fillConvexPoly(wide, triangle, shade, cv2.LINE_8, 4)
    return finished(
        cv2.resize(wide, (size, size), interpolation=cv2.INTER_AREA).astype(np.float32) / 255
    )


@style
def terrazzo(rng, size, photo=None):
    """Chips of stone in several sizes in a speckled, polished ground."""
    palette = sample_palette(rng, 6)
    base = palette.light * 0.4 + 0.58 if rng.random() < 0.75 else palette.dark
    image = full(size, base) * three(1 + 0.03 * noise(rng, size, 3, 2))
    specks = step(grain(rng, size, 0.9), 1.9, 0.4)
    image = mixed(image, palette.colors[1], 0.5 * specks)
    for cell in uniform_log(rng, 26, 46) * np.float32([0.3, 0.55, 1.0]):
        spots = scattered(rng, size, float(cell), 1.5)
        ids, border = cells(size, spots)
        chosen = rng.random(len(spots)) < 0.42
        trim = rng.uniform(0.4, 0.16 * cell, len(spots)).astype(np.float32)
        cover = step(border - trim[ids], 0.4, 1.1) * chosen[ids]
        stone = palette.colors[rng.integers(0, 6, len(spots))][ids]
        vein = noise(rng, size, cell / 3, 3, 0.6) + 0.5 * noise(rng, size, cell / 2)
        image = mixed(image, stone * three(1 + 0.045 * vein), cover)
    return finished(colored(rng, image, 0.01, 60))


@style
def camouflage(rng, size, photo=None):
    """Disruptive patches in earth colors; woodland, stripes or digital."""
    if rng.random() < 0.6:
        hues = np.stack(
            [np.linspace(0.2, 0.75, 5), rng.normal(-0.01, 0.02, 5), rng.uniform(0.02, 0.07, 5)], 1
        )
        colors = in_gamut(hues)[rng.permutation(5)]
    else:
        colors = sample_palette(rng, 5).shuffled(rng)
    digital = rng.random() < 0.4
    cell = int(rng.integers(3, 8)) if digital else 1
    n = size // cell + 1
    scale = size * rng.uniform(0.1, 0.22) / cell
    shape = (scale, scale * rng.choice((1, 1, 3.0)))
    index = np.zeros((n, n), np.int32)
    image = None
    for k in range(1, 5):
        field = noise(rng, n, shape, 3, 0.4)
        if digital:
            field = field + 0.35 * grain(rng, n)
        level = np.quantile(field, 0.55 + 0.08 * k)
        if digital:
            index[field > level] = k
        else:
            image = full(n, colors[0]) if image is None else image
            image = mixed(image, colors[k], step(field, level, 0.03 + 6 / n))
    if digital:
        image = cv2.resize(
            colors[index].astype(np.float32),
            None,
            fx=cell,
            fy=cell,
            interpolation=cv2.INTER_NEAREST,
        )
    image = np.ascontiguousarray(image[:size, :size])
    ys, xs = grid(size)
    weave = np.sin((xs + ys) * 1.9) * 0.5 + 0.5 * grain(rng, size, 0.7)
    folds = 0.05 * noise(rng, size, size / 3)
    return finished(image * three(1 + 0.035 * weave + folds * (rng.random() < 0.5)))


@style
def collage(rng, size, photo=None):
    """Torn and cut papers, some patterned, glued over one another."""
    scene = compose(rng, size, photo)
    palette = scene.palette
    image = _card(rng, size, palette.light)
    ys, xs = grid(size)
    torn, tear = noise(rng, size, 7, 3, 0.7), noise(rng, size, 5, 3, 0.7)
    tooth = 1 + 0.022 * (0.6 * grain(rng, size, 0.8) + 0.6 * noise(rng, size, 4))
    for k in rng.permutation(len(palette.colors)):
        mask = blurred((scene.labels == k).astype(np.float32), 2.0)
        if not mask.any():
            continue
        cut = step(mask + 0.05 * torn, 0.42, 0.06)
        rim = step(mask + 0.07 * tear, 0.33, 0.06)  # white fibers of a tear
        sheet = full(size, palette.colors[k]) * three(tooth)
        kind = rng.integers(5)
        other = palette.colors[rng.integers(len(palette.colors))]
        if kind == 0:
            pitch, a = rng.uniform(5, 12), rng.uniform(0, 3.1)
            sheet = mixed(
                sheet,
                other,
                step(np.sin((xs * np.cos(a) + ys * np.sin(a)) * 6.28 / pitch), 0.2, 0.5),
            )
        elif kind == 1:
            pitch = rng.uniform(8, 16)
            sheet = mixed(
                sheet, other, step(np.sin(xs * 6.28 / pitch) * np.sin(ys * 6.28 / pitch), 0.4, 0.3)
            )
        elif kind == 2:
            lines = np.sin(ys * 6.28 / 7) > 0.2
            words = noise(rng, size, (7, 4)) > -0.3
            sheet = mixed(
                sheet * 0.4 + 0.55,
                np.float32([0.2, 0.19, 0.2]),
                0.7 * (lines & words).astype(np.float32),
            )
        shadow = moved(blurred(rim, 2.5), -2, -2.5)
        image = image * three(1 - 0.4 * shadow * (1 - rim))
        image = mixed(image, np.float32([0.95, 0.94, 0.9]), rim)
        image = mixed(image, sheet, cut)
    wrinkle, _ = lit(noise(rng, size, 40, 4, 0.6), 1.2)
    return finished(image * three(0.6 + 0.4 * wrinkle))
