"""Change groups by hand: move, merge, split, share a look."""

from __future__ import annotations

from ..words import counted

LOOK_FIELDS = (
    "style",
    "second",
    "mix",
    "regions",
    "strength",
    "brush_scale",
    "keep_color",
    "seamless",
    "max_side",
    "seed",
)

NEW_GROUP = "-1"

_items: list[tuple[str, str, str]] = []
"""Kept alive here: Blender does not hold the strings of dynamic enums itself."""


def other_groups(_operator, context) -> list[tuple[str, str, str]]:
    """Enum items: every group but the active one."""
    settings = context.scene.impasto
    _items[:] = [
        (str(index), group.name, counted(len(group.members), "texture"))
        for index, group in enumerate(settings.groups)
        if index != settings.active_group
    ]
    return _items


def other_groups_or_new(operator, context) -> list[tuple[str, str, str]]:
    """Enum items: every group but the active one, and a new one."""
    other_groups(operator, context).append((NEW_GROUP, "New Group", "A group of its own"))
    return _items


def move(settings, into: int) -> None:
    """Move the chosen texture of the active group; an emptied group goes away."""
    group = settings.groups[settings.active_group]
    target = settings.groups[into] if into >= 0 else _new(settings, group)
    group = settings.groups[settings.active_group]
    _copy_member(group.members[group.active_member], target.members.add())
    group.members.remove(group.active_member)
    group.active_member = max(min(group.active_member, len(group.members) - 1), 0)
    if not group.members:
        settings.groups.remove(settings.active_group)
        settings.active_group = max(min(settings.active_group, len(settings.groups) - 1), 0)


def merge(settings, into: int) -> None:
    """Put all textures of the active group into another, which becomes the active one."""
    source = settings.active_group
    for member in settings.groups[source].members:
        _copy_member(member, settings.groups[into].members.add())
    settings.groups.remove(source)
    settings.active_group = into - (source < into)


def split(settings) -> None:
    """Move the textures from the chosen one on into a new group; of the first, only the last."""
    source = settings.active_group
    group = settings.groups[source]
    first = min(group.active_member, len(group.members) - 1) or len(group.members) - 1
    target = _new(settings, group)
    group = settings.groups[source]
    for index in range(first, len(group.members)):
        _copy_member(group.members[index], target.members.add())
    while len(group.members) > first:
        group.members.remove(len(group.members) - 1)
    group.active_member = first - 1


def copy_look(settings, source) -> None:
    """Give every group that is not locked the look of ``source``."""
    values = look_values(source.look)
    for group in settings.groups:
        if not group.locked:
            set_look(group.look, values)


def look_values(look) -> dict:
    """A look's settings as plain values."""
    return {name: getattr(look, name) for name in LOOK_FIELDS}


def set_look(look, values: dict) -> None:
    """Restore what :func:`look_values` gave."""
    for name, value in values.items():
        setattr(look, name, value)


def _new(settings, like):
    """A new group with the look of another; references to groups are stale afterwards."""
    values, name = look_values(like.look), like.name
    group = settings.groups.add()
    taken = {other.name for other in settings.groups}
    group.name = next(title for n in range(2, 10_000) if (title := f"{name} {n}") not in taken)
    set_look(group.look, values)
    return group


def _copy_member(source, target) -> None:
    target.name, target.image, target.role = source.name, source.image, source.role
    target.thumbnail, target.excluded = source.thumbnail, source.excluded
    for row in source.materials:
        target.materials.add().material = row.material
