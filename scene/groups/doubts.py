"""Pairs of textures that may or may not be the same kind of thing, and the artist's answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath

import bpy

from ...core.clustering.settings import Doubt
from ...core.image.formats import BLENDER_SUFFIXES
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


def count_open(settings) -> int:
    """Return how many doubts are open: those about a removed image are not."""
    return len(_open_rows(settings))


def questions(settings, at_most: int) -> list[Question]:
    """Return what to ask the artist, the least certain first."""
    rows = _open_rows(settings)[:at_most]
    wanted = {image for _, row in rows for image in (row.first, row.second)}
    members: dict = {}
    for member in (member for group in settings.groups for member in group.members):
        image = member.image
        if image in wanted:
            members[image] = member
            if len(members) == len(wanted):
                break
    found = []
    for index, row in rows:
        pair = (members.get(row.first), members.get(row.second))
        if None not in pair:
            found.append(Question(index, pair, _names(*pair)))
    return found


def settle(settings) -> None:
    """Remove the doubts that are answered: by a decision, or as the artist changed the groups."""
    if not settings.doubts:
        return
    known = decisions.read(settings)
    where = _groups_by_image(settings)
    for index in reversed(range(len(settings.doubts))):
        row = settings.doubts[index]
        groups = where.get(row.first), where.get(row.second)
        if (
            None in groups
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
    where = _groups_by_image(settings)
    groups = where.get(row.first), where.get(row.second)
    return None if None in groups else groups


def _open_rows(settings) -> list[tuple]:
    """Return the doubts that have both images, with their indices."""
    return [
        (index, row)
        for index, row in enumerate(settings.doubts)
        if row.first is not None and row.second is not None
    ]


def _groups_by_image(settings) -> dict[bpy.types.Image, int]:
    """Return the index of the group of each image."""
    return {
        member.image: index
        for index, group in enumerate(settings.groups)
        for member in group.members
        if member.image is not None
    }


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
    known = path.suffix.lower() in BLENDER_SUFFIXES
    return name.removesuffix(path.suffix) if known else name
