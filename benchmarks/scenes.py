"""Small scenes as artists have them: some textures alone, others in two to four crops.

Nothing here is known to the metric: pictures are drawn by ``patterns`` and by the styles of
``training.synthetic``, of which ``training.metric`` learns nothing, or ship with scikit-image.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import skimage.data

from training.synthetic import STYLES

from .materials import Material, variants
from .patterns import DRAWN

Maker = Callable[[np.random.Generator], np.ndarray]
_SIDE = 512
_PHOTOGRAPHS = [
    "astronaut",
    "brick",
    "camera",
    "cat",
    "cell",
    "clock",
    "coffee",
    "coins",
    "colorwheel",
    "grass",
    "gravel",
    "horse",
    "hubble_deep_field",
    "immunohistochemistry",
    "logo",
    "moon",
    "page",
    "retina",
    "rocket",
    "text",
]


@dataclass(frozen=True)
class Scene:
    """Textures ``(256, 256, 3)`` uint8 sRGB, and the kind of each."""

    name: str
    images: tuple[np.ndarray, ...]
    kinds: tuple[str, ...]

    @property
    def alike(self) -> set[tuple[int, int]]:
        """Pairs of textures of one kind."""
        pairs = combinations(range(len(self.kinds)), 2)
        return {(a, b) for a, b in pairs if self.kinds[a] == self.kinds[b]}


def drawn_scenes(count: int = 60, seed: int = 0) -> list[Scene]:
    """Return scenes of 5 to 20 drawn textures; in every third one all are single."""
    makers: dict[str, Maker] = {draw.__name__: draw for draw in DRAWN}
    for name, style in STYLES.items():
        makers[name] = lambda random, style=style: style(random, _SIDE).astype(np.float32) / 255
    return [_scene(f"drawn {i}", makers, seed + i, i % 3 == 0) for i in range(count)]


def photographed_scenes(count: int = 30, seed: int = 1000) -> list[Scene]:
    """Return such scenes of the pictures that ship with scikit-image."""
    makers = {name: lambda _, name=name: _photograph(name) for name in _PHOTOGRAPHS}
    return [_scene(f"photographed {i}", makers, seed + i, i % 3 == 0) for i in range(count)]


def _scene(name: str, makers: dict[str, Maker], seed: int, single: bool) -> Scene:
    random = np.random.default_rng([seed, 17])
    wanted = int(random.integers(5, 21))
    images: list[np.ndarray] = []
    kinds: list[str] = []
    for kind in random.permutation(sorted(makers)):
        if len(images) >= wanted:
            break
        crops = 1 if single or random.random() < 0.4 else int(random.integers(2, 5))
        # A seed for each kind, as the styles of one seed show the same subject.
        drawn = makers[str(kind)](np.random.default_rng([seed, *str(kind).encode()]))
        material = Material(str(kind), (drawn,))
        images += variants(material, crops, int(random.integers(2**31)))
        kinds += [str(kind)] * crops
    return Scene(name, tuple(images[:wanted]), tuple(kinds[:wanted]))


def _photograph(name: str) -> np.ndarray:
    image = getattr(skimage.data, name)()
    image = image.astype(np.float32) / (255 if image.dtype == np.uint8 else 1)
    return np.dstack([image] * 3) if image.ndim == 2 else image[..., :3]
