"""Answers to doubts: two textures are the same kind of thing, or they are not."""

from __future__ import annotations

import bpy

from . import decisions, doubts, edit


def same(settings, row) -> None:
    """Bring the textures of a doubt into one group, which becomes the active one: merge theirs.

    The group that the artist named, else the larger one, takes the other; a texture that is ungrouped
    comes alone.
    """
    images = (row.first, row.second)
    uids = [image.session_uid for image in images]
    indices = doubts.groups_of(settings, row)
    groups = [settings.groups[index] for index in indices]
    loose = [group.ungrouped for group in groups]
    known = decisions.read(settings)
    if all(loose):
        known = known.put_together(uids)
        target = _follow(settings, images[0], int(edit.NEW_GROUP))
        settings.active_group = _follow(settings, images[1], target)
    elif indices[0] == indices[1]:
        known = known.put_together(uids)
    elif any(loose):
        alone = loose.index(True)
        target = indices[1 - alone]
        known = known.join(uids[alone], [uids[1 - alone], *edit.uids(settings.groups[target])])
        settings.active_group = _follow(settings, images[alone], target)
    else:
        known = known.put_together([*edit.uids(groups[0]), *edit.uids(groups[1])])
        taken = max((0, 1), key=lambda n: (groups[n].renamed, len(groups[n].members), -n))
        source, target = indices[1 - taken], indices[taken]
        every = range(len(settings.groups[source].members))
        settings.active_group = edit.shift(settings, source, every, target)
    edit.remember(settings, known)


def different(settings, row) -> None:
    """Keep the textures of a doubt apart.

    If they are in one group, the second leaves it, with what the artist put together with it.
    """
    first, second = row.first.session_uid, row.second.session_uid
    known = decisions.read(settings).keep_apart(second, [first])
    source, other = doubts.groups_of(settings, row)
    group = settings.groups[source]
    if source == other and not group.ungrouped:
        own = known.sets().get(second, {second})
        members = enumerate(group.members)
        chosen = [index for index, m in members if m.image and m.image.session_uid in own]
        edit.shift(settings, source, chosen, int(edit.NEW_GROUP))
    edit.remember(settings, known)


def _follow(settings, image: bpy.types.Image, into: int) -> int:
    """Move a texture to a group; return the group's index afterwards."""
    source, index = next(
        (source, index)
        for source, group in enumerate(settings.groups)
        for index, member in enumerate(group.members)
        if member.image == image
    )
    return edit.shift(settings, source, [index], into)
