"""Takes shots of pictures: a camera that moves over them, and things that move before them.

Pictures are photographs that ship with scikit-image, patterns drawn by formula, drawn training
pictures, and shots that are rendered (``shot_scenes``). The two sets share no picture and no scene.
"""

from __future__ import annotations

import subprocess
import sys
from functools import cache
from pathlib import Path

import cv2
import numpy as np
import skimage.data

from . import patterns
from .patterns import DRAWN

SIZE = (192, 108)
SETS = ("tune", "held out")
RENDERED = Path(__file__).parents[1] / "dist" / "bench_shots"

_SCENES = {"tune": "court", "held out": "market"}
_PHOTOGRAPHS = {
    "tune": ("astronaut", "coffee", "grass", "moon", "retina", "brick", "motorcycle_left"),
    "held out": ("chelsea", "rocket", "gravel", "camera", "hubble_deep_field", "coins", "ihc"),
}
MATERIALS = {
    "tune": (patterns.oak, patterns.cobbles, patterns.rust, patterns.plaster, patterns.lichen),
    "held out": (patterns.marble, patterns.camouflage, patterns.leather, patterns.starry_night),
}
"""Those that do not repeat: another piece of the same tiles is the same picture."""


class Studio:
    """Takes shots of the pictures of a set."""

    def __init__(self, which: str, rng: np.random.Generator) -> None:
        self.which, self.rng = which, rng
        self._photographs = pictures(which)[: len(_PHOTOGRAPHS[which])]
        self._order = list(rng.permutation(len(pictures(which))))

    def picture(self) -> np.ndarray:
        """Another picture, none twice before all were shown."""
        self._order.append(self._order.pop(0))
        return pictures(self.which)[self._order[-1]]

    def photograph(self) -> np.ndarray:
        """Another picture in which no part repeats another."""
        return self._photographs[self.length(0, len(self._photographs))]

    def length(self, low: int = 12, high: int = 30) -> int:
        return int(self.rng.integers(low, high))

    def still(self, count: int, picture: np.ndarray | None = None) -> list[np.ndarray]:
        """A camera that stands still, without noise."""
        picture = self.picture() if picture is None else picture
        at = self.rng.uniform(0.3, 0.7, 2)
        return [look(picture, (*at, 1.3, 0.0))] * count

    def grainy(
        self, count: int, noise: float = 0.03, flicker: float = 0.0, picture=None
    ) -> list[np.ndarray]:
        """The same with noise, and light that flickers."""
        (frame, *_) = self.still(1, picture)
        made = []
        for _ in range(count):
            gain = 1 + flicker * self.rng.uniform(-1, 1)
            made.append(rounded(frame * gain + self.rng.normal(0, 255 * noise, frame.shape)))
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
                look(
                    picture,
                    (*(at + (k + b / blur) * step * size), size / zoom ** (k + b / blur), turn),
                ).astype(np.float32)
                for b in range(blur)
            ]
            made.append(self.grain(sum(parts) / blur))
        return made

    def shaken(self, count: int, amount: float = 0.03, picture=None) -> list[np.ndarray]:
        """A camera that is held by hand, badly."""
        picture = self.picture() if picture is None else picture
        at = self.rng.uniform(0.4, 0.6, 2)
        made = []
        for _ in range(count):
            off = self.rng.normal(0, amount, 2) * SIZE[0] / 512
            made.append(look(picture, (*(at + off), 1.3, self.rng.normal(0, amount))))
        return [self.grain(f.astype(np.float32)) for f in made]

    def acted(self, count: int, things: int = 2, speed: float = 0.03) -> list[np.ndarray]:
        """Things that move before a still ground."""
        frames = [f.copy() for f in self.still(count)]
        for _ in range(things):
            size = self.rng.uniform(0.15, 0.4)
            start, angle = self.rng.uniform(0.2, 0.8, 2), self.rng.uniform(0, 2 * np.pi)
            step = speed * np.array([np.cos(angle), np.sin(angle)])
            picture = self.picture()
            for k, frame in enumerate(frames):
                paste(frame, picture, start + k * step, size)
        return [self.grain(f.astype(np.float32)) for f in frames]

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

    def grain(self, frame: np.ndarray) -> np.ndarray:
        return rounded(frame + self.rng.normal(0, 1.5, frame.shape))


def look(picture: np.ndarray, view: tuple[float, float, float, float]) -> np.ndarray:
    """Take a frame: center in shares of 512 pixels, pixels for a pixel of the frame, and a turn."""
    x, y, size, turn = view
    cos, sin = size * np.cos(turn), size * np.sin(turn)
    matrix = np.array([[cos, -sin, 0], [sin, cos, 0]], np.float32)
    matrix[:, 2] = np.array([x, y]) * 512 - matrix[:, :2] @ (np.array(SIZE) / 2)
    how = cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP
    if size > 1.2:
        picture = cv2.GaussianBlur(picture, (0, 0), 0.4 * size, borderType=cv2.BORDER_REFLECT)
    return cv2.warpAffine(picture, matrix, SIZE, flags=how, borderMode=cv2.BORDER_REFLECT)


def paste(frame: np.ndarray, picture: np.ndarray, at: np.ndarray, size: float) -> None:
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
    frame[:] = rounded((1 - share) * frame + share * texture)


def recolored(picture: np.ndarray, goal: np.ndarray) -> np.ndarray:
    """Give a picture the mean and deviation of another's colors."""
    here, there = (cv2.cvtColor(p, cv2.COLOR_RGB2LAB).astype(np.float32) for p in (picture, goal))
    (m0, s0), (m1, s1) = ((p.mean((0, 1)), p.std((0, 1)) + 1) for p in (here, there))
    return cv2.cvtColor(np.clip((here - m0) / s0 * s1 + m1, 0, 255).astype("u1"), cv2.COLOR_LAB2RGB)


def rounded(frame: np.ndarray) -> np.ndarray:
    return np.clip(frame + 0.5, 0, 255).astype(np.uint8)


def to_bytes(picture: np.ndarray) -> np.ndarray:
    return rounded(255 * picture)


def _patterns(which: str) -> tuple:
    return DRAWN[SETS.index(which) :: 2]


@cache
def pictures(which: str) -> tuple[np.ndarray, ...]:
    """All pictures of a set, ``(512, 512, 3)`` uint8."""
    from training.synthetic import CONTENTS, STYLES

    turn = SETS.index(which)
    made = [_photograph(name) for name in _PHOTOGRAPHS[which]]
    made += [to_bytes(draw(np.random.default_rng(turn))) for draw in _patterns(which)]
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
