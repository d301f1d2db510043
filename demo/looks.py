"""Which style each kind of surface gets in the demo."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass


@dataclass(frozen=True)
class Choice:
    """What an artist would set in the Style panel."""

    style: str
    strength: float = 1.0
    keep_color: float = 0.0
    brush_scale: float = 2.0


CHOICES: dict[str, Choice] = {
    "brick": Choice("remember"),
    "wood": Choice("sunflowers", keep_color=0.25),
    "fabric": Choice("red-horse"),
    "foliage": Choice("water-lilies", keep_color=0.4),
    "metal": Choice("cypresses", strength=0.7, keep_color=0.7),
    "fruit": Choice("oil-impasto"),
    "tiles": Choice("cypresses", keep_color=0.2),
    "picture": Choice("scream", keep_color=0.3),
    "clay": Choice("kiss", keep_color=0.3),
    "light": Choice("golden-adele"),
}

KINDS: dict[str, str] = {
    "Brick Wall": "brick",
    "Planks": "wood",
    "Table Boards": "wood",
    "Shutter Boards": "wood",
    "Gingham": "fabric",
    "Awning": "fabric",
    "Burlap": "fabric",
    "Olive Leaves": "foliage",
    "Basil Leaves": "foliage",
    "Vine Leaves": "foliage",
    "Barrel Paint": "metal",
    "Bucket Paint": "metal",
    "Jug Paint": "metal",
    "Wall Tiles": "tiles",
    "Floor Tiles": "tiles",
    "Orange Peel": "fruit",
    "Lemon Peel": "fruit",
    "Terracotta": "clay",
    "Suzanne Picture": "picture",
    "Dahlia Picture": "picture",
    "Lantern": "light",
}


def choose(settings) -> None:
    """Give each group of ``Scene.impasto`` the look of the kind that most of its images are.

    Where kinds are equally frequent, the typical image decides. No two groups stand for
    the same kind while another is left.
    """
    left = dict(CHOICES)
    for group in sorted(settings.groups, key=lambda group: -len(group.members)):
        kinds = Counter(KINDS[member.image.name] for member in group.members)
        typical = KINDS[group.typical.name] if group.typical else ""
        kind = max(kinds, key=lambda kind: (kind in left, kinds[kind], kind == typical))
        choice = left.pop(kind, CHOICES[kind])
        look = group.look
        look.gallery = choice.style
        look.strength, look.keep_color = choice.strength, choice.keep_color
        look.brush_scale = choice.brush_scale
        look.seamless = kind not in {"foliage", "picture"}  # these do not repeat
