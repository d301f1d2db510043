"""Change groups by hand: move, merge, split, share a look."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from ...core.clustering.decisions import Decisions
from ..looks.look import set_values, values_of
from ..words import counted
from . import decisions, doubts

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
    source = settings.active_group
    group = settings.groups[source]
    chosen = group.active_member
    moved, rest = uids(group, [chosen]), uids(group, except_for=[chosen])
    others: list[int] = []
    if into >= 0 and not settings.groups[into].ungrouped:
        others = uids(settings.groups[into])
    if group.ungrouped:
        rest = []
    known = decisions.read(settings)
    for uid in moved:  # none, if the image was deleted
        known = known.part([uid, *others], rest)
        known = known.join(uid, others) if others else known
        known = known.keep_apart(uid, rest)
    shift(settings, source, [chosen], into)
    remember(settings, known)


def merge(settings, into: int) -> None:
    """Merge the active group into another, which becomes the active one."""
    source = settings.active_group
    target = settings.groups[into]
    known = decisions.read(settings)
    if not target.ungrouped:
        known = known.put_together([*uids(target), *uids(settings.groups[source])])
    count = len(settings.groups[source].members)
    settings.active_group = shift(settings, source, range(count), into)
    remember(settings, known)


def split(settings) -> None:
    """Move the selected texture and those below it to a new group; from the top, only the last."""
    source = settings.active_group
    group = settings.groups[source]
    first = min(group.active_member, len(group.members) - 1) or len(group.members) - 1
    chosen = range(first, len(group.members))
    moved, rest = uids(group, chosen), uids(group, except_for=chosen)
    if group.ungrouped:
        rest = []
    known = decisions.read(settings).part(moved, rest).put_together(moved)
    if moved:
        known = known.keep_apart(moved[0], rest)
    shift(settings, source, chosen, int(NEW_GROUP))
    settings.groups[source].active_member = first - 1
    remember(settings, known)


def copy_look(settings, source) -> None:
    """Give every group that is not locked the look of ``source``."""
    values = values_of(source.look)
    for group in settings.groups:
        if not group.locked:
            set_values(group.look, values)


def shift(settings, source: int, chosen: Collection[int], into: int) -> int:
    """Move textures to another group, or to a new one; return its index afterwards.

    A group that is left empty is removed.
    """
    if into < 0:
        _new(settings, settings.groups[source])
        into = len(settings.groups) - 1
    group, target = settings.groups[source], settings.groups[into]
    for index in chosen:
        _copy_member(group.members[index], target.members.add())
    for index in sorted(chosen, reverse=True):
        group.members.remove(index)
    group.active_member = max(min(group.active_member, len(group.members) - 1), 0)
    if group.members:
        return into
    settings.groups.remove(source)
    if settings.active_group > source:
        settings.active_group -= 1
    settings.active_group = max(min(settings.active_group, len(settings.groups) - 1), 0)
    return into - (source < into)


def uids(group, rows: Iterable[int] | None = None, *, except_for: Collection[int] = ()) -> list:
    """Return the session UIDs of the images of a group or of some rows, the typical one first."""
    wanted = range(len(group.members)) if rows is None else rows
    images = [group.members[row].image for row in wanted if row not in except_for]
    # Images that were deleted are None.
    found = [image for image in images if image is not None]
    found.sort(key=lambda image: image != group.typical)
    return [image.session_uid for image in found]


def remember(settings, known: Decisions) -> None:
    """Keep what the edit says, and the doubts that it leaves open."""
    decisions.write(settings, known)
    doubts.settle(settings)


def _new(settings, like):
    """Add a group with the look of another; references to groups are stale afterwards."""
    values = values_of(like.look)
    name = "New Group" if like.ungrouped else like.name
    group = settings.groups.add()
    taken = {other.name for other in settings.groups}
    titles = (name, *(f"{name} {n}" for n in range(2, 10_000)))
    group.name = next(title for title in titles if title not in taken)
    set_values(group.look, values)
    return group


def _copy_member(source, target) -> None:
    target.name, target.image, target.role = source.name, source.image, source.role
    target.thumbnail, target.excluded = source.thumbnail, source.excluded
    for row in source.materials:
        target.materials.add().material = row.material
