"""Kinds of clips: each function fills one, with every kind of boundary and of what is none."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np

from .shot_clip import Clip
from .shot_studio import MATERIALS, SIZE, Studio, look, paste, recolored, rounded, to_bytes


def _cuts(clip: Clip, studio: Studio) -> None:
    for _ in range(5):
        clip.cut(studio.any(studio.length()))


def _still_shots(clip: Clip, studio: Studio) -> None:
    for _ in range(3):
        clip.cut(studio.still(studio.length(4, 14)))


def _rendered_cuts(clip: Clip, studio: Studio) -> None:
    for camera in studio.rng.permutation(8)[:6]:
        first = studio.length(0, 8)
        clip.cut(studio.rendered(int(camera), first, first + studio.length(10, 18)))


def _along_the_axis(clip: Clip, studio: Studio) -> None:
    clip.cut(studio.rendered(0, 0, 12)).cut(studio.rendered(4, 12, 26))
    picture = studio.photograph()
    wide, near = studio.rng.uniform(1.6, 1.9), studio.rng.uniform(0.8, 0.95)
    for size in (wide, near, wide):
        clip.cut([look(picture, (0.5, 0.5, size, 0.0))] * 10)


def _same_picture(clip: Clip, studio: Studio) -> None:
    picture = studio.photograph()
    for at in ((0.25, 0.3), (0.75, 0.7), (0.3, 0.8)):
        clip.cut([look(picture, (*at, 0.9, 0.0))] * studio.length(6, 12))
    clip.cut([f[:, ::-1].copy() for f in studio.moving(12, 0.01, picture=picture)])


def _same_palette(clip: Clip, studio: Studio) -> None:
    goal = studio.picture()
    clip.cut(studio.moving(14, 0.01, picture=goal))
    for _ in range(3):
        other = recolored(studio.picture(), goal)
        clip.cut(studio.moving(14, 0.01, picture=other))


def _same_material(clip: Clip, studio: Studio) -> None:
    for draw in studio.rng.permutation(MATERIALS[studio.which])[:2]:
        for k in range(2):
            made = draw(np.random.default_rng([7, k, studio.length(0, 99)]))
            clip.cut(studio.moving(12, 0.01, picture=to_bytes(made)))


def _dark_cuts(clip: Clip, studio: Studio) -> None:
    for _ in range(3):
        frames = studio.moving(14, 0.01)
        clip.cut([studio.grain(f * 0.12) for f in frames])


def _short_shots(clip: Clip, studio: Studio) -> None:
    clip.cut(studio.any(12))
    for _ in range(5):
        clip.cut(studio.any(studio.length(3, 9)))
    clip.cut(studio.any(12))


def _on_twos(clip: Clip, studio: Studio) -> None:
    for hold in (2, 3, 2):
        frames = studio.acted(8, things=3, speed=0.07)
        clip.cut([f for f in frames for _ in range(hold)])
    frames = studio.moving(8, 0.06)
    clip.cut([f for f in frames for _ in range(2)])


def _fast_pan(clip: Clip, studio: Studio) -> None:
    for speed, blur in ((0.05, 1), (0.1, 3), (0.16, 4)):
        clip.cut(studio.moving(12, speed, blur=blur))


def _whip_pan(clip: Clip, studio: Studio) -> None:
    picture = studio.picture()
    speeds = np.array([0, 0, 0, 0, 0.02, 0.06, 0.12, 0.18, 0.2, 0.2, 0.15, 0.08, 0.03, 0, 0, 0, 0])
    at = 0.3 + np.cumsum(speeds) * SIZE[0] / 512
    frames = []
    for k, x in enumerate(at):
        parts = [
            look(picture, (x + b / 5 * speeds[k] * SIZE[0] / 512, 0.5, 1.0, 0.0)).astype("f")
            for b in range(5)
        ]
        frames.append(studio.grain(sum(parts) / 5))
    clip.cut(frames).cut(studio.moving(10, 0.02))


def _shake(clip: Clip, studio: Studio) -> None:
    for amount in (0.02, 0.05):
        clip.cut(studio.shaken(14, amount))


def _zoom(clip: Clip, studio: Studio) -> None:
    for zoom in (1.03, 0.95, 1.07):
        clip.cut(studio.moving(12, 0.005, zoom))


def _flash(clip: Clip, studio: Studio) -> None:
    for length in (1, 2, 3):
        frames = studio.moving(24, 0.008)
        start = studio.length(6, 14)
        for k in range(length):
            amount = studio.rng.uniform(0.5, 1.0)
            frames[start + k] = rounded(frames[start + k] + 255.0 * amount)
        clip.cut(frames)


def _lightning(clip: Clip, studio: Studio) -> None:
    frames = [rounded(f * 0.35) for f in studio.moving(30, 0.006)]
    y, x = np.mgrid[: SIZE[1], : SIZE[0]] / SIZE[0]
    for start, length in ((6, 1), (9, 2), (20, 3)):
        light = np.exp(-((x - studio.rng.random()) ** 2 + y**2) / 0.3)[..., None]
        for k in range(length):
            frames[start + k] = rounded(frames[start + k] * (1 + 3 * light) + 200 * light)
    clip.cut(frames).cut(studio.moving(12, 0.01))


def _explosion(clip: Clip, studio: Studio) -> None:
    frames = studio.moving(30, 0.006)
    y, x = np.mgrid[: SIZE[1], : SIZE[0]] / SIZE[0]
    y0, x0 = studio.rng.uniform(0.2, 0.35), studio.rng.uniform(0.3, 0.7)
    shown = studio.length(8, 14)
    for k, (size, share) in enumerate(
        ((0.3, 1.0), (1.2, 1.0), (1.5, 1.0), (0.9, 0.7), (0.8, 0.4), (0.7, 0.2))
    ):
        clouds = cv2.resize(studio.rng.random((7, 12, 1)).astype("f"), SIZE)[..., None]
        ball = np.clip(1.3 - np.hypot(x - x0, y - y0) / (0.55 * size), 0, 1)[..., None] * share
        fire = 255 * np.clip(
            np.array([1.0, 0.85, 0.45]) * (0.8 + 0.5 * clouds) + 0.3 * (k in (1, 2)), 0, 1
        )
        frames[shown + k] = rounded((1 - ball) * frames[shown + k] + ball * fire)
    clip.cut(frames).cut(studio.any(12))


def _fades(clip: Clip, studio: Studio) -> None:
    clip.cut(studio.moving(30, 0.005))
    for level, out, hold, back in ((0, 8, 3, 8), (1, 6, 2, 6), (0, 12, 0, 10), (0, 5, 6, 3)):
        frames = studio.moving(34, 0.005)
        clip.fade(frames, level, out, hold, back, same=False)


def _fade_to_the_same(clip: Clip, studio: Studio) -> None:
    frames = studio.moving(36, 0.004)
    clip.add(frames[:18]).fade(frames[18:], 0, 7, 3, 7, same=True)
    frames = studio.acted(36, 1, 0.01)
    clip.cut(frames[:18]).fade(frames[18:], 1, 4, 2, 6, same=True)


def _fade_in_and_out(clip: Clip, studio: Studio) -> None:
    frames = studio.moving(36, 0.005)
    black = [np.zeros_like(frames[0])]
    clip.add(black * 4).fade(frames[:18], 0, 0, 0, 10, same=True)
    clip.cut(studio.moving(20, 0.01)).fade(black * 4, 0, 10, 0, 0, same=True)


def _slow_light(clip: Clip, studio: Studio) -> None:
    frames = studio.moving(40, 0.003)
    goal = studio.rng.uniform(0.25, 0.5) * np.array([0.8, 0.9, 1.2])
    share = np.linspace(0, 1, 40)[:, None]
    gains = (1 - share) + share * goal
    clip.cut([studio.grain(f * g) for f, g in zip(frames, gains, strict=True)])
    clip.cut([studio.grain(f * g) for f, g in zip(studio.still(40), gains[::-1], strict=True)])


def _lamp(clip: Clip, studio: Studio) -> None:
    frames = studio.moving(24, 0.004)
    y, x = np.mgrid[: SIZE[1], : SIZE[0]] / SIZE[0]
    light = (0.25 + np.exp(-((x - 0.6) ** 2 + (y - 0.2) ** 2) / 0.06))[..., None]
    clip.cut([rounded(f * (0.3 if k < 12 else light)) for k, f in enumerate(frames)])
    clip.cut(studio.moving(12, 0.004))


def _fills_the_frame(clip: Clip, studio: Studio) -> None:
    frames = [f.copy() for f in studio.moving(30, 0.003)]
    thing = studio.picture()
    for k, frame in enumerate(frames):
        paste(frame, thing, np.array([0.45, 0.5]), 0.15 * 1.1**k)
    clip.cut(frames)
    frames = [f.copy() for f in studio.still(26)]
    for k, frame in enumerate(frames):
        paste(frame, studio.picture() if k == 0 else thing, np.array([-0.9 + 0.11 * k, 0.5]), 1.5)
    clip.cut(frames)


def _noise_and_flicker(clip: Clip, studio: Studio) -> None:
    clip.cut(studio.grainy(16, 0.08, 0.1)).cut(studio.grainy(16, 0.05, 0.25))


def _strobe(clip: Clip, studio: Studio) -> None:
    for dark, hold in ((0.15, 2), (0.0, 1), (0.3, 3)):
        frames = studio.moving(18, 0.008)
        clip.cut(
            [
                rounded(f * (dark if k // hold % 2 and 2 < k < 15 else 1.0))
                for k, f in enumerate(frames)
            ]
        )


def _dissolves(clip: Clip, studio: Studio) -> None:
    clip.cut(studio.moving(60, 0.003))
    for length in studio.rng.permutation([8, 12, 16, 24, 40]):
        clip.dissolve(studio.moving(60, studio.rng.uniform(0, 0.004)), int(length))


def _still_dissolves(clip: Clip, studio: Studio) -> None:
    clip.cut(studio.still(50))
    for length in (10, 20, 36):
        clip.dissolve(studio.grainy(70, 0.015), length)


def _moving_dissolves(clip: Clip, studio: Studio) -> None:
    clip.cut(studio.moving(40, 0.01))
    for length in (10, 16, 24):
        clip.dissolve(studio.moving(50, 0.01, studio.rng.choice([0.99, 1.01])), length)


def _acted_dissolves(clip: Clip, studio: Studio) -> None:
    clip.cut(studio.acted(40))
    for length in (12, 18):
        clip.dissolve(studio.acted(44, 2, 0.015), length)


def _similar_dissolves(clip: Clip, studio: Studio) -> None:
    goal = studio.photograph()
    clip.cut(studio.moving(40, 0.003, picture=goal))
    clip.dissolve(studio.moving(50, 0.003, picture=recolored(studio.picture(), goal)), 16)
    clip.dissolve([look(goal, (0.3, 0.35, 0.9, 0.0))] * 50, 20)
    clip.dissolve([look(goal, (0.7, 0.6, 0.9, 0.0))] * 40, 12)


def _rendered_dissolves(clip: Clip, studio: Studio) -> None:
    cameras = [int(c) for c in studio.rng.permutation(8)[:5]]
    clip.cut(studio.rendered(cameras[0]))
    for camera, length in zip(cameras[1:], (8, 10, 12, 9), strict=True):
        clip.dissolve(studio.rendered(camera), length)


def _wipes(clip: Clip, studio: Studio) -> None:
    clip.cut(studio.moving(40, 0.003))
    for length in (8, 16):
        clip.wipe(studio.moving(44, 0.003), length)


def _long_take(clip: Clip, studio: Studio) -> None:
    """Slow moves over much: what dissolves must not be taken for."""
    clip.cut(studio.moving(80, 0.015)).cut(studio.moving(60, 0.004, 1.012))
    clip.cut(studio.rendered(int(studio.rng.integers(8))))


def _crowd(clip: Clip, studio: Studio) -> None:
    clip.cut(studio.acted(30, 7, 0.06)).cut(studio.acted(30, 9, 0.04))


KINDS: tuple[Callable[[Clip, Studio], None], ...] = (
    _cuts,
    _still_shots,
    _rendered_cuts,
    _along_the_axis,
    _same_picture,
    _same_palette,
    _same_material,
    _dark_cuts,
    _short_shots,
    _on_twos,
    _fast_pan,
    _whip_pan,
    _shake,
    _zoom,
    _flash,
    _lightning,
    _explosion,
    _fades,
    _fade_to_the_same,
    _fade_in_and_out,
    _slow_light,
    _lamp,
    _fills_the_frame,
    _noise_and_flicker,
    _strobe,
    _dissolves,
    _still_dissolves,
    _moving_dissolves,
    _acted_dissolves,
    _similar_dissolves,
    _rendered_dissolves,
    _wipes,
    _long_take,
    _crowd,
)
TURNS = {"_cuts": 4, "_rendered_cuts": 3, "_dissolves": 3, "_moving_dissolves": 3, "_long_take": 3}
"""How many clips of a kind there are, where not two."""
