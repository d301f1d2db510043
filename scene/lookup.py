"""Find data-blocks and rows again: after an undo, after a job, in the lists of the panel."""

from __future__ import annotations

from collections.abc import Iterable

import bpy


def by_uid(collection: Iterable[bpy.types.ID], uid: int) -> bpy.types.ID | None:
    """Return the data-block with a session UID: unlike a reference, a UID survives undo."""
    return next((item for item in collection if item.session_uid == uid), None)


def active_group(scene: bpy.types.Scene):
    """Return the group that is selected in the list, or None."""
    settings = scene.impasto
    if 0 <= settings.active_group < len(settings.groups):
        return settings.groups[settings.active_group]
    return None


def included_members(group) -> list:
    """Return the textures of a group that are ticked and still have their image."""
    return [m for m in group.members if m.image is not None and not m.excluded]
