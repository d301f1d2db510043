"""Change groups by hand: move, merge, split, share a look."""

from __future__ import annotations

from ..looks.look import set_values, values_of
from ..words import counted

NEW_GROUP = "-1"

_items: list[tuple[str, str, str]] = []
"""Kept alive here: Blender does not hold the strings of dynamic enums itself."""


def other_groups(_operator, context) -> list[tuple[str, str, str]]:
    """Return enum items: every group but the active one."""
    settings = context.scene.impasto
    _items[:] = [
        (str(index), group.name, counted(len(group.members), "texture"))
        for index, group in enumerate(settings.groups)
        if index != settings.active_group
    ]
    return _items


def other_groups_or_new(operator, context) -> list[tuple[str, str, str]]:
    """Return enum items: every group but the active one, and a new one."""
    other_groups(operator, context).append((NEW_GROUP, "New Group", "A group of its own"))
    return _items


def move(settings, into: int) -> None:
    """Move the selected texture of the active group; a group that is left empty is removed."""
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
    """Merge the active group into another, which becomes the active one."""
    source = settings.active_group
    for member in settings.groups[source].members:
        _copy_member(member, settings.groups[into].members.add())
    settings.groups.remove(source)
    settings.active_group = into - (source < into)


def split(settings) -> None:
    """Move the selected texture and those below it to a new group; from the top, only the last."""
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
    values = values_of(source.look)
    for group in settings.groups:
        if not group.locked:
            set_values(group.look, values)


def _new(settings, like):
    """Add a group with the look of another; references to groups are stale afterwards."""
    values, name = values_of(like.look), like.name
    group = settings.groups.add()
    taken = {other.name for other in settings.groups}
    group.name = next(title for n in range(2, 10_000) if (title := f"{name} {n}") not in taken)
    set_values(group.look, values)
    return group


def _copy_member(source, target) -> None:
    target.name, target.image, target.role = source.name, source.image, source.role
    target.thumbnail, target.excluded = source.thumbnail, source.excluded
    for row in source.materials:
        target.materials.add().material = row.material
