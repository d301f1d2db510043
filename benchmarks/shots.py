"""Clips whose shots are known, made by script: for tuning, and others that are held out.

Pictures are photographs that ship with scikit-image, patterns drawn by formula, drawn training
pictures, and shots that are rendered (``shot_scenes``). The two sets share no picture, no scene and no
seed. A camera moves over the pictures, things move before them, and they are cut and dissolved.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Literal

import cv2
import numpy as np
import skimage.data

from . import patterns
from .patterns import DRAWN

SIZE = (192, 108)
SETS = ("tune", "held out")
RENDERED = Path(__file__).parents[1] / "dist" / "bench_shots"
Kind = Literal["cut", "dissolve", "fade", "wipe"]

_SCENES = {"tune": "court", "held out": "market"}
_PHOTOGRAPHS = {
    "tune": ("astronaut", "coffee", "grass", "moon", "retina", "brick", "motorcycle_left"),
    "held out": ("chelsea", "rocket", "gravel", "camera", "hubble_deep_field", "coins", "ihc"),
}
_MATERIALS = {
    "tune": (patterns.oak, patterns.cobbles, patterns.rust, patterns.plaster, patterns.lichen),
    "held out": (patterns.marble, patterns.camouflage, patterns.leather, patterns.starry_night),
}
"""Those that do not repeat: another piece of the same tiles is the same picture."""


@dataclass(frozen=True)
class Boundary:
    """Between two shots.

    Attributes
    ----------
    kind : Kind
        How the one becomes the other.
    first, last : int
        Where the second shot may be said to begin; the same for a cut.
    """

    kind: Kind
    first: int
    last: int


@dataclass
class Clip:
    """Frames ``(H, W, 3)`` uint8, and where their shots meet."""

    name: str
    frames: list[np.ndarray] = field(default_factory=list)
    boundaries: list[Boundary] = field(default_factory=list)

    def add(self, frames: list[np.ndarray]) -> Clip:
        """Go on with the same shot."""
        self.frames += frames
        return self

    def cut(self, frames: list[np.ndarray]) -> Clip:
        """Go on with another shot."""
        if self.frames:
            self.boundaries.append(Boundary("cut", len(self.frames), len(self.frames)))
        self.frames += frames
        return self

    def dissolve(self, frames: list[np.ndarray], length: int) -> Clip:
        """Mix the last frames with the first ones of another shot."""
        return self._over("dissolve", frames, np.arange(1, length + 1) / (length + 1))

    def wipe(self, frames: list[np.ndarray], length: int) -> Clip:
        """Uncover another shot from the left."""
        x = (np.arange(SIZE[0]) + 0.5) / SIZE[0]
        edges = np.arange(1, length + 1) / (length + 1)
        return self._over("wipe", frames, [(x < edge)[None, :, None] for edge in edges])

    def _over(self, kind: Kind, frames: list[np.ndarray], shares) -> Clip:
        length = len(shares)
        start = len(self.frames) - length
        for k, share in enumerate(shares):
            mixed = (1 - share) * self.frames[start + k] + share * frames[k].astype(np.float32)
            self.frames[start + k] = _rounded(mixed)
        self.frames += frames[length:]
        self.boundaries.append(Boundary(kind, start, start + length))
        return self

    def fade(
        self, frames: list[np.ndarray], level: float, out: int, hold: int, back: int, *, same: bool
    ) -> Clip:
        """Fade to a gray level, hold it, and fade in again: to another shot, or the same."""
        start = len(self.frames) - out
        for k in range(out):
            share = (k + 1) / (out + 1)
            mixed = (1 - share) * self.frames[start + k] + share * 255 * level
            self.frames[start + k] = _rounded(mixed)
        self.frames += [np.full_like(frames[0], round(255 * level))] * hold
        for k in range(back):
            share = (k + 1) / (back + 1)
            self.frames.append(_rounded(share * frames[k] + (1 - share) * 255 * level))
        self.frames += frames[back:]
        if not same:
            self.boundaries.append(Boundary("fade", start, start + out + hold + back))
        return self


def clips(which: str, draw: int = 0) -> Iterator[Clip]:
    """Make the clips of a set, one after the other.

    Parameters
    ----------
    which : str
        One of `SETS`.
    draw : int
        Other clips of the same kinds, of the same pictures.

    Yields
    ------
    Clip
        Always the same.
    """
    for number, make in enumerate(_MAKERS):
        for turn in range(_TURNS.get(make.__name__, 2)):
            rng = np.random.default_rng([SETS.index(which), draw, number, turn])
            name = make.__name__.strip("_").replace("_", " ")
            clip = Clip(f"{name} {draw + 1}.{turn + 1}")
            make(clip, _Studio(which, rng))
            yield clip


class _Studio:
    """Takes shots of the pictures of a set."""

    def __init__(self, which: str, rng: np.random.Generator) -> None:
        self.which, self.rng = which, rng
        self._photographs = _pictures(which)[: len(_PHOTOGRAPHS[which])]
        self._order = list(rng.permutation(len(_pictures(which))))

    def picture(self) -> np.ndarray:
        """Another picture, none twice before all were shown."""
        self._order.append(self._order.pop(0))
        return _pictures(self.which)[self._order[-1]]

    def photograph(self) -> np.ndarray:
        """Another picture in which no part repeats another."""
        return self._photographs[self.length(0, len(self._photographs))]

    def length(self, low: int = 12, high: int = 30) -> int:
        return int(self.rng.integers(low, high))

    def still(self, count: int, picture: np.ndarray | None = None) -> list[np.ndarray]:
        """A camera that stands still, without noise."""
        picture = self.picture() if picture is None else picture
        at = self.rng.uniform(0.3, 0.7, 2)
        return [_look(picture, (*at, 1.3, 0.0))] * count

    def grainy(
        self, count: int, noise: float = 0.03, flicker: float = 0.0, picture=None
    ) -> list[np.ndarray]:
        """The same with noise, and light that flickers."""
        (frame, *_) = self.still(1, picture)
        made = []
        for _ in range(count):
            gain = 1 + flicker * self.rng.uniform(-1, 1)
            made.append(_rounded(frame * gain + self.rng.normal(0, 255 * noise, frame.shape)))
        return made

    def moving(
        self, count: int, speed: float = 0.01, zoom: float = 1.0, picture=None, blur: int = 1
    ) -> list[np.ndarray]:
        """A camera that moves by ``speed`` of the frame's width a frame, and zooms."""
        picture = self.picture() if picture is None else picture
        angle = self.rng.uniform(0, 2 * np.pi)
        step = speed * SIZE[0] * np.array([np.cos(angle), 0.5 * np.sin(angle)]) / 512
        at, size = self.rng.uniform(0.35, 0.65, 2), self.rng.uniform(1.1, 1.6)
        turn = self.rng.uniform(-0.1, 0.1)
        made = []
        for k in range(count):
            parts = [
                _look(
                    picture,
                    (*(at + (k + b / blur) * step * size), size / zoom ** (k + b / blur), turn),
                ).astype(np.float32)
                for b in range(blur)
            ]
            made.append(self._grain(sum(parts) / blur))
        return made

    def shaken(self, count: int, amount: float = 0.03, picture=None) -> list[np.ndarray]:
        """A camera that is held by hand, badly."""
        picture = self.picture() if picture is None else picture
        at = self.rng.uniform(0.4, 0.6, 2)
        made = []
        for _ in range(count):
            off = self.rng.normal(0, amount, 2) * SIZE[0] / 512
            made.append(_look(picture, (*(at + off), 1.3, self.rng.normal(0, amount))))
        return [self._grain(f.astype(np.float32)) for f in made]

    def acted(self, count: int, things: int = 2, speed: float = 0.03) -> list[np.ndarray]:
        """Things that move before a still ground."""
        frames = [f.copy() for f in self.still(count)]
        for _ in range(things):
            size = self.rng.uniform(0.15, 0.4)
            start, angle = self.rng.uniform(0.2, 0.8, 2), self.rng.uniform(0, 2 * np.pi)
            step = speed * np.array([np.cos(angle), np.sin(angle)])
            picture = self.picture()
            for k, frame in enumerate(frames):
                _paste(frame, picture, start + k * step, size)
        return [self._grain(f.astype(np.float32)) for f in frames]

    def rendered(self, camera: int, first: int = 0, last: int | None = None) -> list[np.ndarray]:
        """Frames of a rendered shot."""
        return _rendered(_SCENES[self.which], camera)[first:last]

    def any(self, count: int) -> list[np.ndarray]:
        """A shot of some kind."""
        kind = self.rng.integers(5)
        if kind == 0:
            return self.still(count)
        if kind == 1:
            return self.grainy(count, self.rng.uniform(0.01, 0.04), 0.05)
        if kind == 2:
            return self.acted(count)
        zoom = 1.0 if kind == 3 else self.rng.choice([0.985, 1.015])
        return self.moving(count, self.rng.uniform(0, 0.025), zoom)

    def _grain(self, frame: np.ndarray) -> np.ndarray:
        return _rounded(frame + self.rng.normal(0, 1.5, frame.shape))


def _cuts(clip: Clip, studio: _Studio) -> None:
    for _ in range(5):
        clip.cut(studio.any(studio.length()))


def _still_shots(clip: Clip, studio: _Studio) -> None:
    for _ in range(3):
        clip.cut(studio.still(studio.length(4, 14)))


def _rendered_cuts(clip: Clip, studio: _Studio) -> None:
    for camera in studio.rng.permutation(8)[:6]:
        first = studio.length(0, 8)
        clip.cut(studio.rendered(int(camera), first, first + studio.length(10, 18)))


def _along_the_axis(clip: Clip, studio: _Studio) -> None:
    clip.cut(studio.rendered(0, 0, 12)).cut(studio.rendered(4, 12, 26))
    picture = studio.photograph()
    wide, near = studio.rng.uniform(1.6, 1.9), studio.rng.uniform(0.8, 0.95)
    for size in (wide, near, wide):
        clip.cut([_look(picture, (0.5, 0.5, size, 0.0))] * 10)


def _same_picture(clip: Clip, studio: _Studio) -> None:
    picture = studio.photograph()
    for at in ((0.25, 0.3), (0.75, 0.7), (0.3, 0.8)):
        clip.cut([_look(picture, (*at, 0.9, 0.0))] * studio.length(6, 12))
    clip.cut([f[:, ::-1].copy() for f in studio.moving(12, 0.01, picture=picture)])


def _same_palette(clip: Clip, studio: _Studio) -> None:
    goal = studio.picture()
    clip.cut(studio.moving(14, 0.01, picture=goal))
    for _ in range(3):
        other = _recolored(studio.picture(), goal)
        clip.cut(studio.moving(14, 0.01, picture=other))


def _same_material(clip: Clip, studio: _Studio) -> None:
    for draw in studio.rng.permutation(_MATERIALS[studio.which])[:2]:
        for k in range(2):
            made = draw(np.random.default_rng([7, k, studio.length(0, 99)]))
            clip.cut(studio.moving(12, 0.01, picture=_bytes(made)))


def _dark_cuts(clip: Clip, studio: _Studio) -> None:
    for _ in range(3):
        frames = studio.moving(14, 0.01)
        clip.cut([studio._grain(f * 0.12) for f in frames])


def _short_shots(clip: Clip, studio: _Studio) -> None:
    clip.cut(studio.any(12))
    for _ in range(5):
        clip.cut(studio.any(studio.length(3, 9)))
    clip.cut(studio.any(12))


def _on_twos(clip: Clip, studio: _Studio) -> None:
    for hold in (2, 3, 2):
        frames = studio.acted(8, things=3, speed=0.07)
        clip.cut([f for f in frames for _ in range(hold)])
    frames = studio.moving(8, 0.06)
    clip.cut([f for f in frames for _ in range(2)])


def _fast_pan(clip: Clip, studio: _Studio) -> None:
    for speed, blur in ((0.05, 1), (0.1, 3), (0.16, 4)):
        clip.cut(studio.moving(12, speed, blur=blur))


def _whip_pan(clip: Clip, studio: _Studio) -> None:
    picture = studio.picture()
    speeds = np.array([0, 0, 0, 0, 0.02, 0.06, 0.12, 0.18, 0.2, 0.2, 0.15, 0.08, 0.03, 0, 0, 0, 0])
    at = 0.3 + np.cumsum(speeds) * SIZE[0] / 512
    frames = []
    for k, x in enumerate(at):
        parts = [
            _look(picture, (x + b / 5 * speeds[k] * SIZE[0] / 512, 0.5, 1.0, 0.0)).astype("f")
            for b in range(5)
        ]
        frames.append(studio._grain(sum(parts) / 5))
    clip.cut(frames).cut(studio.moving(10, 0.02))


def _shake(clip: Clip, studio: _Studio) -> None:
    for amount in (0.02, 0.05):
        clip.cut(studio.shaken(14, amount))


def _zoom(clip: Clip, studio: _Studio) -> None:
    for zoom in (1.03, 0.95, 1.07):
        clip.cut(studio.moving(12, 0.005, zoom))


def _flash(clip: Clip, studio: _Studio) -> None:
    for length in (1, 2, 3):
        frames = studio.moving(24, 0.008)
        start = studio.length(6, 14)
        for k in range(length):
            amount = studio.rng.uniform(0.5, 1.0)
            frames[start + k] = _rounded(frames[start + k] + 255.0 * amount)
        clip.cut(frames)


def _lightning(clip: Clip, studio: _Studio) -> None:
    frames = [_rounded(f * 0.35) for f in studio.moving(30, 0.006)]
    y, x = np.mgrid[: SIZE[1], : SIZE[0]] / SIZE[0]
    for start, length in ((6, 1), (9, 2), (20, 3)):
        light = np.exp(-((x - studio.rng.random()) ** 2 + y**2) / 0.3)[..., None]
        for k in range(length):
            frames[start + k] = _rounded(frames[start + k] * (1 + 3 * light) + 200 * light)
    clip.cut(frames).cut(studio.moving(12, 0.01))


def _explosion(clip: Clip, studio: _Studio) -> None:
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
        frames[shown + k] = _rounded((1 - ball) * frames[shown + k] + ball * fire)
    clip.cut(frames).cut(studio.any(12))


def _fades(clip: Clip, studio: _Studio) -> None:
    clip.cut(studio.moving(30, 0.005))
    for level, out, hold, back in ((0, 8, 3, 8), (1, 6, 2, 6), (0, 12, 0, 10), (0, 5, 6, 3)):
        frames = studio.moving(34, 0.005)
        clip.fade(frames, level, out, hold, back, same=False)


def _fade_to_the_same(clip: Clip, studio: _Studio) -> None:
    frames = studio.moving(36, 0.004)
    clip.add(frames[:18]).fade(frames[18:], 0, 7, 3, 7, same=True)
    frames = studio.acted(36, 1, 0.01)
    clip.cut(frames[:18]).fade(frames[18:], 1, 4, 2, 6, same=True)


def _fade_in_and_out(clip: Clip, studio: _Studio) -> None:
    frames = studio.moving(36, 0.005)
    black = [np.zeros_like(frames[0])]
    clip.add(black * 4).fade(frames[:18], 0, 0, 0, 10, same=True)
    clip.cut(studio.moving(20, 0.01)).fade(black * 4, 0, 10, 0, 0, same=True)


def _slow_light(clip: Clip, studio: _Studio) -> None:
    frames = studio.moving(40, 0.003)
    goal = studio.rng.uniform(0.25, 0.5) * np.array([0.8, 0.9, 1.2])
    share = np.linspace(0, 1, 40)[:, None]
    gains = (1 - share) + share * goal
    clip.cut([studio._grain(f * g) for f, g in zip(frames, gains, strict=True)])
    clip.cut([studio._grain(f * g) for f, g in zip(studio.still(40), gains[::-1], strict=True)])


def _lamp(clip: Clip, studio: _Studio) -> None:
    frames = studio.moving(24, 0.004)
    y, x = np.mgrid[: SIZE[1], : SIZE[0]] / SIZE[0]
    light = (0.25 + np.exp(-((x - 0.6) ** 2 + (y - 0.2) ** 2) / 0.06))[..., None]
    clip.cut([_rounded(f * (0.3 if k < 12 else light)) for k, f in enumerate(frames)])
    clip.cut(studio.moving(12, 0.004))


def _fills_the_frame(clip: Clip, studio: _Studio) -> None:
    frames = [f.copy() for f in studio.moving(30, 0.003)]
    thing = studio.picture()
    for k, frame in enumerate(frames):
        _paste(frame, thing, np.array([0.45, 0.5]), 0.15 * 1.1**k)
    clip.cut(frames)
    frames = [f.copy() for f in studio.still(26)]
    for k, frame in enumerate(frames):
        _paste(frame, studio.picture() if k == 0 else thing, np.array([-0.9 + 0.11 * k, 0.5]), 1.5)
    clip.cut(frames)


def _noise_and_flicker(clip: Clip, studio: _Studio) -> None:
    clip.cut(studio.grainy(16, 0.08, 0.1)).cut(studio.grainy(16, 0.05, 0.25))


def _strobe(clip: Clip, studio: _Studio) -> None:
    for dark, hold in ((0.15, 2), (0.0, 1), (0.3, 3)):
        frames = studio.moving(18, 0.008)
        clip.cut(
            [
                _rounded(f * (dark if k // hold % 2 and 2 < k < 15 else 1.0))
                for k, f in enumerate(frames)
            ]
        )


def _dissolves(clip: Clip, studio: _Studio) -> None:
    clip.cut(studio.moving(60, 0.003))
    for length in studio.rng.permutation([8, 12, 16, 24, 40]):
        clip.dissolve(studio.moving(60, studio.rng.uniform(0, 0.004)), int(length))


def _still_dissolves(clip: Clip, studio: _Studio) -> None:
    clip.cut(studio.still(50))
    for length in (10, 20, 36):
        clip.dissolve(studio.grainy(70, 0.015), length)


def _moving_dissolves(clip: Clip, studio: _Studio) -> None:
    clip.cut(studio.moving(40, 0.01))
    for length in (10, 16, 24):
        clip.dissolve(studio.moving(50, 0.01, studio.rng.choice([0.99, 1.01])), length)


def _acted_dissolves(clip: Clip, studio: _Studio) -> None:
    clip.cut(studio.acted(40))
    for length in (12, 18):
        clip.dissolve(studio.acted(44, 2, 0.015), length)


def _similar_dissolves(clip: Clip, studio: _Studio) -> None:
    goal = studio.photograph()
    clip.cut(studio.moving(40, 0.003, picture=goal))
    clip.dissolve(studio.moving(50, 0.003, picture=_recolored(studio.picture(), goal)), 16)
    clip.dissolve([_look(goal, (0.3, 0.35, 0.9, 0.0))] * 50, 20)
    clip.dissolve([_look(goal, (0.7, 0.6, 0.9, 0.0))] * 40, 12)


def _rendered_dissolves(clip: Clip, studio: _Studio) -> None:
    cameras = [int(c) for c in studio.rng.permutation(8)[:5]]
    clip.cut(studio.rendered(cameras[0]))
    for camera, length in zip(cameras[1:], (8, 10, 12, 9), strict=True):
        clip.dissolve(studio.rendered(camera), length)


def _wipes(clip: Clip, studio: _Studio) -> None:
    clip.cut(studio.moving(40, 0.003))
    for length in (8, 16):
        clip.wipe(studio.moving(44, 0.003), length)


def _long_take(clip: Clip, studio: _Studio) -> None:
    """Slow moves over much: what dissolves must not be taken for."""
    clip.cut(studio.moving(80, 0.015)).cut(studio.moving(60, 0.004, 1.012))
    clip.cut(studio.rendered(int(studio.rng.integers(8))))


def _crowd(clip: Clip, studio: _Studio) -> None:
    clip.cut(studio.acted(30, 7, 0.06)).cut(studio.acted(30, 9, 0.04))


_MAKERS: tuple[Callable[[Clip, _Studio], None], ...] = (
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
_TURNS = {"_cuts": 4, "_rendered_cuts": 3, "_dissolves": 3, "_moving_dissolves": 3, "_long_take": 3}
"""How many clips of a kind there are, where not two."""


def _look(picture: np.ndarray, view: tuple[float, float, float, float]) -> np.ndarray:
    """Take a frame: center in shares of 512 pixels, pixels for a pixel of the frame, and a turn."""
    x, y, size, turn = view
    cos, sin = size * np.cos(turn), size * np.sin(turn)
    matrix = np.array([[cos, -sin, 0], [sin, cos, 0]], np.float32)
    matrix[:, 2] = np.array([x, y]) * 512 - matrix[:, :2] @ (np.array(SIZE) / 2)
    how = cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP
    if size > 1.2:
        picture = cv2.GaussianBlur(picture, (0, 0), 0.4 * size, borderType=cv2.BORDER_REFLECT)
    return cv2.warpAffine(picture, matrix, SIZE, flags=how, borderMode=cv2.BORDER_REFLECT)


def _paste(frame: np.ndarray, picture: np.ndarray, at: np.ndarray, size: float) -> None:
    """Lay an ellipse of a picture into a frame, in place; its width in shares of the frame's."""
    radius = size * SIZE[0] / 2
    center = at * SIZE
    y, x = np.mgrid[: SIZE[1], : SIZE[0]].astype(np.float32)
    inside = ((x - center[0]) / radius) ** 2 + ((y - center[1]) / (0.8 * radius)) ** 2
    share = np.clip((1 - inside) * radius / 2, 0, 1)[..., None]
    scale = 512 / (2 * radius)
    texture = cv2.remap(
        cv2.GaussianBlur(picture, (0, 0), max(0.3, 0.4 * scale)),
        (x - center[0]) * scale + 256,
        (y - center[1]) * scale + 256,
        cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REFLECT,
    )
    frame[:] = _rounded((1 - share) * frame + share * texture)


def _recolored(picture: np.ndarray, goal: np.ndarray) -> np.ndarray:
    """Give a picture the mean and deviation of another's colors."""
    here, there = (cv2.cvtColor(p, cv2.COLOR_RGB2LAB).astype(np.float32) for p in (picture, goal))
    (m0, s0), (m1, s1) = ((p.mean((0, 1)), p.std((0, 1)) + 1) for p in (here, there))
    return cv2.cvtColor(np.clip((here - m0) / s0 * s1 + m1, 0, 255).astype("u1"), cv2.COLOR_LAB2RGB)


def _rounded(frame: np.ndarray) -> np.ndarray:
    return np.clip(frame + 0.5, 0, 255).astype(np.uint8)


def _bytes(picture: np.ndarray) -> np.ndarray:
    return _rounded(255 * picture)


def _patterns(which: str) -> tuple:
    return DRAWN[SETS.index(which) :: 2]


@cache
def _pictures(which: str) -> tuple[np.ndarray, ...]:
    """All pictures of a set, ``(512, 512, 3)`` uint8."""
    from training.synthetic import CONTENTS, STYLES

    turn = SETS.index(which)
    made = [_photograph(name) for name in _PHOTOGRAPHS[which]]
    made += [_bytes(draw(np.random.default_rng(turn))) for draw in _patterns(which)]
    for registry, step in ((CONTENTS, 4), (STYLES, 6)):
        for name in list(registry)[turn * step // 2 :: step]:
            made.append(registry[name](np.random.default_rng(turn), 512))
    return tuple(made)


def _photograph(name: str) -> np.ndarray:
    """A photograph that ships with scikit-image, its largest square."""
    picture = cv2.imread(str(Path(skimage.data.__file__).with_name(_file(name))))
    side = min(picture.shape[:2])
    top, left = (picture.shape[0] - side) // 2, (picture.shape[1] - side) // 2
    square = picture[top : top + side, left : left + side, ::-1]
    how = cv2.INTER_AREA if side > 512 else cv2.INTER_CUBIC
    return cv2.resize(np.ascontiguousarray(square), (512, 512), interpolation=how)


def _file(name: str) -> str:
    return f"{name}.{'jpg' if name in ('retina', 'rocket', 'hubble_deep_field') else 'png'}"


@cache
def _rendered(scene: str, camera: int) -> list[np.ndarray]:
    """All frames of a rendered shot; the scene is rendered if it was not yet."""
    from .shot_scenes import CAMERAS, FRAMES

    if len(list(RENDERED.glob(f"{scene}_*.png"))) < CAMERAS * FRAMES:
        RENDERED.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, "-m", "benchmarks.shot_scenes", str(RENDERED), scene]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    paths = sorted(RENDERED.glob(f"{scene}_{camera}_*.png"))
    return [np.ascontiguousarray(cv2.imread(str(p))[..., ::-1]) for p in paths]
