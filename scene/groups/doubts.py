"""Pairs of textures that may or may not be the same kind of thing, and the artist's answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath

import bpy

from ...core.clustering.settings import Doubt
from ...core.image.formats import BLENDER_SUFFIXES, IMAGE_SUFFIXES
from . import decisions


@dataclass(frozen=True)
class Question:
    """A doubt as the panel asks it: its row, its two textures, and what to call them."""

    index: int
    members: tuple
    names: tuple[str, str]


def keep(settings, doubts: Sequence[Doubt], images: Mapping[str, bpy.types.Image]) -> None:
    """Replace the doubts by those of an analysis, as far as their images are there."""
    settings.doubts.clear()
    for doubt in doubts:
        if doubt.first in images and doubt.second in images:
            row = settings.doubts.add()
            row.first, row.second = images[doubt.first], images[doubt.second]
            row.probability, row.together = doubt.probability, doubt.together
    settle(settings)


def any_open(settings) -> bool:
    """Return whether there is something to ask."""
    return any(row.first is not None and row.second is not None for row in settings.doubts)


def questions(settings) -> list[Question]:
    """Return what to ask the artist, the least certain first."""
    members = {m.image: m for group in settings.groups for m in group.members if m.image}
    found = []
    for index, row in enumerate(settings.doubts):
        pair = (members.get(row.first), members.get(row.second))
        if None not in pair:
            found.append(Question(index, pair, _names(*pair)))
    return found


def settle(settings) -> None:
    """Remove the doubts that are answered: by a decision, or as the artist changed the groups."""
    known = decisions.read(settings)
    for index in reversed(range(len(settings.doubts))):
        row = settings.doubts[index]
        groups = groups_of(settings, row)
        if (
            groups is None
            or _one(settings, groups) != row.together
            or known.decided(row.first.session_uid, row.second.session_uid) is not None
        ):
            settings.doubts.remove(index)


def locked(settings, row, *, same: bool) -> str:
    """Return the name of the locked group that the answer would change, or nothing."""
    groups = groups_of(settings, row)
    if groups is None or _one(settings, groups) == same:
        return ""
    names = [settings.groups[index].name for index in groups if settings.groups[index].locked]
    return names[0] if names else ""


def groups_of(settings, row) -> tuple[int, int] | None:
    """Return the groups of both textures of a doubt, or None if one of them is in none."""
    one, other = place(settings, row.first), place(settings, row.second)
    return None if one is None or other is None else (one[0], other[0])


def place(settings, image: bpy.types.Image | None) -> tuple[int, int] | None:
    """Return the group and the row of a texture, or None if it is in no group."""
    for index, group in enumerate(settings.groups):
        for row, member in enumerate(group.members):
            if image is not None and member.image == image:
                return index, row
    return None


def _one(settings, groups: tuple[int, int]) -> bool:
    """Return whether both are one group; what is ungrouped is in none."""
    return groups[0] == groups[1] and not settings.groups[groups[0]].ungrouped


def _names(first, second) -> tuple[str, str]:
    """Return what an artist calls two textures: by their material if each has its own."""
    materials = [
        [item.material.name for item in member.materials if item.material is not None]
        for member in (first, second)
    ]
    for names in (
        [found[0] if len(found) == 1 else "" for found in materials],
        [_bare(first.image.name), _bare(second.image.name)],
    ):
        if all(names) and names[0] != names[1]:
            return names[0], names[1]
    return first.image.name_full, second.image.name_full


def _bare(name: str) -> str:
    """Return the name of an image without the suffix of its file."""
    path = PurePath(name)
    known = path.suffix.lower() in (*IMAGE_SUFFIXES, *BLENDER_SUFFIXES)
    return name.removesuffix(path.suffix) if known else name
