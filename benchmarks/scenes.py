"""Small scenes as artists have them: some textures alone, others in two to four crops.

Nothing here is known to the metric: pictures are drawn by ``patterns`` and by those styles of
``training.synthetic`` that ``training.metric`` does not learn from, or ship with scikit-image.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import skimage.data

from training.metric import LEARNED_STYLES
from training.synthetic import STYLES

from .materials import Material, variants
from .patterns import DRAWN

Maker = Callable[[np.random.Generator], np.ndarray]
_SIDE = 512
_PHOTOGRAPHS = tuple(
    "astronaut brick camera cat cell clock coffee coins colorwheel grass gravel horse "  # noqa: SIM905
    "hubble_deep_field immunohistochemistry logo moon page retina rocket text".split()
)


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
    for name in sorted(set(STYLES) - set(LEARNED_STYLES)):
        style = STYLES[name]
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


@dataclass(frozen=True)
class Score:
    """How well the pairs of some scenes were found.

    Attributes
    ----------
    precision, recall : float
        Of pairs of textures that are in one group, over all scenes.
    mixed : int
        Scenes in which unlike kinds are in one group.
    """

    precision: float
    recall: float
    mixed: int

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        return 2 * self.precision * self.recall / max(self.precision + self.recall, 1e-9)


def score(scenes: list[Scene], labels: list[np.ndarray]) -> Score:
    """Compare the groups ``(N,)`` of each scene, -1 is ungrouped, with its kinds."""
    true = found = both = mixed = 0
    for scene, groups in zip(scenes, labels, strict=True):
        pairs = combinations(range(len(groups)), 2)
        joined = {(a, b) for a, b in pairs if groups[a] == groups[b] >= 0}
        true, found = true + len(scene.alike), found + len(joined)
        both += len(joined & scene.alike)
        mixed += bool(joined - scene.alike)
    return Score(both / max(found, 1), both / max(true, 1), mixed)
