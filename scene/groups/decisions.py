"""The artist's decisions about pairs of textures are kept in the file."""

from __future__ import annotations

from collections.abc import Collection

import bpy

from ...core.clustering.decisions import Decision, Decisions

Names = tuple[tuple[str, str], ...]


def read(settings) -> Decisions:
    """Return the decisions by the session UIDs of the images; those about a removed image are gone."""
    return Decisions(
        tuple(
            Decision(row.first.session_uid, row.second.session_uid, row.together)
            for row in _whole(settings)
        )
    )


def write(settings, decisions: Decisions) -> None:
    """Replace the decisions."""
    images = {image.session_uid: image for image in bpy.data.images}
    settings.links.clear()
    for pair in decisions.pairs:
        row = settings.links.add()
        row.first, row.second = images[pair.first], images[pair.second]
        row.together = pair.together


def count(settings) -> int:
    """Return how many textures were decided about; each with one or more others."""
    return len({row.first for row in _whole(settings)})


def forget(settings) -> None:
    """Remove all decisions."""
    settings.links.clear()


def pairs_among(settings, names: Collection[str]) -> tuple[Names, Names]:
    """Return what belongs together and what apart among images, by their full names."""
    by_uid = {i.session_uid: i.name_full for i in bpy.data.images if i.name_full in names}
    found = read(settings).among(by_uid)
    together, apart = (
        tuple((by_uid[p.first], by_uid[p.second]) for p in found.pairs if p.together is side)
        for side in (True, False)
    )
    return together, apart


def _whole(settings) -> list:
    """Return the rows that have both images."""
    return [row for row in settings.links if row.first is not None and row.second is not None]
