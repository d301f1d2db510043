"""Thick paint: brush dabs, palette knife, dots of pure color, gouache."""

from __future__ import annotations

import numpy as np

from .fields import (
    Field,
    blurred,
    flow,
    grain,
    noise,
    rumpled,
    scattered,
    smeared,
    step,
    uniform_log,
)
from .media import Rgb, canvas, finished, full, lit, mixed, paper, three
from .palette import luminance
from .pieces import Pieces, at, lay
from .registry import style
from .scene import Scene, compose


def bristles(rng: np.random.Generator, dabs: Pieces, count: int, strands: int) -> Field:
    """Streaks along each dab, its own for each, about [-1, 1]."""
    streaks = rng.standard_normal((count, strands), dtype=np.float32)
    place = np.clip((dabs.across + 1) / 2 * (strands - 1), 0, strands - 1.001)
    low = place.astype(np.int32)
    rest = place - np.floor(place)
    flat = streaks.ravel()
    first = dabs.ids * strands + low
    return np.take(flat, first) * (1 - rest) + np.take(flat, first + 1) * rest


def dab_layer(
    rng: np.random.Generator,
    image: Rgb,
    height: Field,
    color: Rgb,
    along: Field,
    half: tuple[float, float],
    *,
    dense: float = 1.0,
    variety: float = 0.05,
    load: float = 1.0,
    keep: Field | None = None,
) -> tuple[Rgb, Field]:
    """Paint one layer of dabs over a picture and its relief.

    ``half`` is a dab's half length and half width in pixels, ``load`` how thick the paint is,
    and ``keep`` the chance of a dab at a place.
    """
    size = len(image)
    spots = scattered(rng, size, np.sqrt(half[0] * half[1]) * 1.5 / dense, 1.2)
    if keep is not None:
        spots = spots[rng.random(len(spots)) < at(keep, spots)]
    spots = spots[rng.permutation(len(spots))]
    count = len(spots)
    if not count:
        return image, height
    turns = at(along, spots) + rng.normal(0, 0.12, count)
    turns = turns + np.pi * (rng.random(count) < 0.5)
    halves = np.float32(half) * rng.uniform(0.7, 1.25, (count, 2)).astype(np.float32)
    dabs = lay(size, spots, halves, turns, "dab", rng.normal(0, 0.06, (count, 7, 2)))
    paint = at(color, spots)
    paint = (
        paint + variety * rng.normal(size=(count, 1)) + 0.6 * variety * rng.normal(size=(count, 3))
    )
    streak = bristles(rng, dabs, count, max(4, int(half[1] * 1.3)))
    # The brush runs dry towards its end, and hairs part at the sides.
    edge = 1 - np.maximum(np.abs(dabs.along), np.abs(dabs.across))
    dry = step(edge * half[1] * 0.8 + 0.3 * streak * (0.6 + 0.6 * dabs.along), 0.25, 0.9)
    cover = np.where(dabs.present, dry, 0).astype(np.float32)
    body = dabs.spread(np.clip(paint, 0, 1)) + three(0.035 * streak * (1 + dabs.along))
    ridge = np.exp(-(((np.abs(dabs.across) - 0.85) / 0.18) ** 2)) + 0.8 * np.clip(dabs.along, 0, 1)
    thick = load * (0.8 + 0.35 * streak + 0.9 * ridge)
    return mixed(image, body, cover), height + cover * (thick - 0.6 * height)


def varnished(
    rng: np.random.Generator, image: Rgb, height: Field, strength: float, shine: float
) -> np.ndarray:
    """Light on the relief of the paint; finished picture."""
    diffuse, gloss = lit(height, strength, rng.uniform(-2.7, -1.9), 0.6)
    return finished(
        image * three(np.clip(diffuse, 0.5, 1.4)) + three(shine * gloss * step(diffuse, 1.05, 0.05))
    )


def ground(rng: np.random.Generator, scene: Scene) -> tuple[Rgb, Field]:
    """A toned, woven canvas."""
    weave = canvas(rng, scene.size)
    tone = scene.palette.colors[rng.integers(len(scene.palette.colors))]
    return full(scene.size, tone * 0.8 + 0.1) * three(1 + 0.04 * weave), 0.35 * weave


@style
def impasto(rng, size, photo=None):
    """Thick oriented dabs, large ones below, small ones where there is detail."""
    scene = compose(rng, size, photo)
    image, height = ground(rng, scene)
    along = flow(rng, scene.tone, rng.uniform(0.3, 1.2))
    big = uniform_log(rng, 9, 20)
    slim = rng.uniform(0.28, 0.5)
    variety = rng.uniform(0.02, 0.07)
    detail = np.abs(scene.tone - blurred(scene.tone, 3))
    detail = np.clip(blurred(detail, 2.5) / (float(detail.mean()) * 2 + 1e-3), 0, 1)
    for scale, keep in ((1.5, None), (1.0, None), (0.5, np.clip(detail * 1.4, 0, 1))):
        color = blurred(scene.color, big * scale * slim * 0.45)
        half = (big * scale, big * scale * slim)
        image, height = dab_layer(
            rng, image, height, color, along, half, variety=variety, keep=keep,
            load=rng.uniform(0.7, 1.3),
        )  # fmt: skip
    return varnished(rng, image, height, rng.uniform(1.0, 2.2), rng.uniform(0, 0.16))


@style
def oil_strokes(rng, size, photo=None):
    """Long, thinner strokes that follow the forms, as in swirling oil paintings."""
    scene = compose(rng, size, photo)
    image, height = ground(rng, scene)
    along = flow(rng, scene.tone, rng.uniform(0.8, 1.8))
    long, slim = uniform_log(rng, 12, 22), rng.uniform(1.8, 3.4)
    bold = 0.5 + (scene.color - 0.5) * rng.uniform(1.0, 1.25)
    image = mixed(image, blurred(bold, 6), 0.8)
    for scale in (1.6, 1.0):
        half = (long, slim * scale)
        image, height = dab_layer(
            rng, image, height, blurred(bold, slim), along, half, dense=rng.uniform(0.85, 1.1),
            variety=rng.uniform(0.04, 0.1),
        )  # fmt: skip
    return varnished(rng, image, height, rng.uniform(0.8, 1.8), rng.uniform(0, 0.1))


@style
def palette_knife(rng, size, photo=None):
    """Broad flat smears with sharp ridges and colors half mixed."""
    scene = compose(rng, size, photo)
    image, height = ground(rng, scene)
    along = flow(rng, scene.tone, 1.0)
    quarter = np.pi / 4
    along = np.rint(along / quarter) * quarter + 0.15 * noise(rng, size, size / 4)
    big = uniform_log(rng, 16, 34)
    for scale in (1.3, 0.8):
        half = (big * scale, big * scale * rng.uniform(0.4, 0.65))
        spots = scattered(rng, size, half[1] * 1.35, 1.3)
        spots = spots[rng.permutation(len(spots))]
        count = len(spots)
        turns = at(along, spots) + np.pi * rng.integers(0, 2, count)
        halves = np.float32(half) * rng.uniform(0.5, 1.2, (count, 2)).astype(np.float32)
        smears = lay(size, spots, halves, turns, "square", rng.normal(0, 0.1, (count, 4, 2)))
        calm = blurred(scene.color, 2)
        first = at(calm, spots) + rng.normal(0, 0.035, (count, 3))
        second = at(calm, spots + rng.normal(0, half[1], spots.shape).astype(np.float32))
        streak = bristles(rng, smears, count, 10)
        blend = step(streak + 1.1 * smears.along, 0.9, 1.2)
        paint = mixed(smears.spread(first), smears.spread(second), blend)
        rim = np.clip(np.abs(smears.across) * 8 - 6.6, 0, 1) + np.clip(
            smears.along * 8 - 6.3, 0, 1.2
        )
        tail = step(-smears.along, 0.5, 0.6)  # where the knife set down, the paint is thin
        thin = step(0.4 * streak + noise(rng, size, 4, 2), -2.6 + 1.5 * tail, 0.5)
        cover = np.where(smears.present, thin, 0).astype(np.float32)
        image = mixed(image, np.clip(paint, 0, 1), cover)
        height = height + cover * (1.0 + 1.5 * rim + 0.12 * streak - 0.9 * height)
    return varnished(rng, image, height, rng.uniform(1.2, 2.4), rng.uniform(0.02, 0.15))


@style
def pointillism(rng, size, photo=None):
    """Dots of pure, contrasting colors that mix in the eye."""
    scene = compose(rng, size, photo)
    image, height = ground(rng, scene)
    radius = uniform_log(rng, 2.0, 4.5)
    image = mixed(image, blurred(scene.color, 6), 0.75)
    for layer in range(2):
        spots = scattered(rng, size, radius * (1.9 + 0.5 * layer), 1.1)
        spots = spots[rng.permutation(len(spots))]
        count = len(spots)
        paint = at(blurred(scene.color, 1.5), spots)
        gray = luminance(paint[None])[0][:, None]
        turn = rng.random((count, 1)) < 0.22
        contrast = np.where(turn, gray * 2 - paint, gray + (paint - gray) * 1.7)
        paint = np.clip(contrast + rng.normal(0, 0.07, (count, 3)), 0, 1)
        halves = radius * rng.uniform(0.75, 1.2, (count, 1)) * np.float32([1.15, 0.9])
        dots = lay(size, spots, halves, at(flow(rng, scene.tone), spots), "oval")
        off = np.hypot(dots.along, dots.across)
        cover = np.where(dots.present, np.clip((1 - off) * radius + 0.4, 0, 1), 0).astype(
            np.float32
        )
        image = mixed(image, dots.spread(paint), 0.93 * cover)
        dome = np.sqrt(np.clip(1.05 - off * off, 0, 1)).astype(np.float32)
        height = height * (1 - cover) + cover * dome
    return varnished(rng, image, height, rng.uniform(0.4, 1.4), 0.05)


@style
def gouache(rng, size, photo=None):
    """Flat opaque shapes with brush-made borders and faint streaks."""
    scene = compose(rng, size, photo)
    _, tooth = paper(rng, size, np.ones(3))
    edge = moved_edges(rng, scene.flat)
    streak = smeared(grain(rng, size, 1.3), flow(rng, scene.tone, 1.5), 32)
    streak /= streak.std()
    shade = 0.3 * (blurred(scene.color, 3) - blurred(scene.flat, 3))
    levels = np.rint(shade * 14) / 14
    image = edge + 0.8 * rumpled(rng, levels, 10, 1.2) + 0.014 * three(streak)
    image = image * 0.94 + 0.035 + 0.012 * three(tooth)
    image += 0.02 * three(noise(rng, size, 25, 2))
    if rng.random() < 0.4:  # dry brush over the darker half
        dry = step(streak + 0.5 * tooth, 1.3, 0.5) * step(noise(rng, size, size / 6), 0.3, 0.8)
        image = mixed(image, scene.palette.light, 0.6 * dry)
    return finished(image)


def moved_edges(rng: np.random.Generator, image: Rgb) -> Rgb:
    """The picture with borders as a hand would paint them."""
    return rumpled(rng, rumpled(rng, image, 30, 2.0), 7, 0.8)
