"""Analyze: hand the textures of a scope to the worker, and keep the groups that come back."""

from __future__ import annotations

from itertools import zip_longest

import bpy

from ...core.clustering.settings import Group
from ...core.errors import NoImages
from ...core.image.reference import ImageRef
from ...core.tasks.analyze import AnalyzeRequest, AnalyzeResult
from .. import storage
from ..jobs.draft import draft_job
from ..jobs.job import SceneJob
from ..looks.look import set_values, values_of
from ..textures import find, roles, unselected
from ..textures.scope import lights_in
from ..textures.sources import sources_of
from ..words import counted, joined
from . import decisions, doubts

_SCOPE_WORDS = {"SELECTED": "the selected objects", "SCENE": "this scene", "FILE": "this file"}


def start(context: bpy.types.Context) -> SceneJob:
    """Start to group the textures of the chosen scope.

    Raises
    ------
    NoImages, OutputUnwritable, WorkerUnavailable
    """
    scene = context.scene
    settings = scene.impasto
    owners = _owners(settings.scope, context)
    textures = find.textures_in(owners)
    if all(texture.skipped for texture in textures):
        _name_skipped(settings, textures)  # also if the next line refuses
    usable = _usable(textures, settings.scope)
    by_key = {texture.image.name_full: texture.image.session_uid for texture in usable}
    scope = {owner.session_uid for owner in owners}

    def conclude(job: SceneJob) -> None:
        target = job.scene
        if job.result is None or target is None:
            return
        found = find.textures_in(o for o in find.every_owner() if o.session_uid in scope)
        keep(target, job.result, found, by_key)
        job.changed = True
        groups = target.impasto.groups
        count = sum(len(group.members) for group in groups)
        job.message = joined(
            f"Found {counted(count, 'texture')} in {counted(len(groups), 'group')}",
            _note_on_unselected(target),
        )

    with draft_job(scene.session_uid) as draft:
        sources, failures = sources_of((texture.image for texture in usable), draft.folder)
        refs = tuple(source.ref for source in sources if source is not None)
        title = f"Analyze {counted(len(refs), 'Texture')}"
        return draft.start(title, _request(settings, refs), conclude, failures=failures)


def _request(settings, refs: tuple[ImageRef, ...]) -> AnalyzeRequest:
    sent = {ref.key for ref in refs}
    locked = (
        tuple(m.image.name_full for m in group.members if m.image and m.image.name_full in sent)
        for group in settings.groups
        if group.locked
    )
    together, apart = decisions.pairs_among(settings, sent)
    return AnalyzeRequest(
        images=refs,
        output_folder=str(storage.new_analysis_folder()),
        cache_folder=str(storage.cache_folder()),
        algorithm=settings.algorithm,
        groups=0 if settings.automatic else settings.group_count,
        similarity=settings.similarity,
        linkage=settings.linkage,
        material_weight=settings.material_weight,
        seed=settings.seed,
        locked=tuple(filter(None, locked)),
        together=together,
        apart=apart,
    )


def one_group(context: bpy.types.Context, scope: find.Scope) -> None:
    """Put all textures of a scope that can be restyled into one new group.

    Raises
    ------
    NoImages
        There are none.
    """
    textures = _usable(find.textures_in(_owners(scope, context)), scope)
    group = context.scene.impasto.groups.add()
    group.name = "All Textures"
    for texture in textures:
        fill_member(group.members.add(), texture, "")


def _owners(scope: find.Scope, context: bpy.types.Context) -> list[find.Owner]:
    """Return what is looked through; images of worlds and lights are only named."""
    return [*find.materials_in(scope, context), *lights_in(scope, context)]


def _note_on_unselected(scene: bpy.types.Scene) -> str:
    if scene.impasto.scope != "SELECTED":
        return ""
    members = [member for group in scene.impasto.groups for member in group.members]
    images = {member.image for member in members}
    materials = {row.material for member in members for row in member.materials} - {None}
    uses = [use for use in find.uses_in(materials) if use.takes_result and use.image in images]
    return unselected.note_on_trees(scene, {use.node.id_data for use in uses})


def _usable(textures: list[find.Texture], scope: find.Scope) -> list[find.Texture]:
    where = _SCOPE_WORDS[scope]
    if not textures:
        raise NoImages(
            f"No image textures in {where}; choose another scope or add Image Texture nodes."
        )
    usable = [texture for texture in textures if not texture.skipped]
    if not usable:
        raise NoImages(
            f"No color textures in {where}: its {len(textures)} images hold data or are unsuitable;"
            " Skipped says why."
        )
    return usable


def keep(
    scene: bpy.types.Scene,
    result: AnalyzeResult,
    textures: list[find.Texture],
    by_key: dict[str, int],
) -> None:
    """Write a result into ``Scene.impasto``.

    Locked groups stay unchanged; a group keeps its name and look if most of its textures come back
    together.
    """
    settings = scene.impasto
    former = [_remember(group) for group in settings.groups if not group.locked]
    for index in reversed(range(len(settings.groups))):
        if not settings.groups[index].locked:
            settings.groups.remove(index)
    locked = {m.image.session_uid for g in settings.groups for m in g.members if m.image}
    settings.duplicates.clear()
    by_uid = {texture.image.session_uid: texture for texture in textures}
    found = {key: by_uid[uid] for key, uid in by_key.items() if uid in by_uid}
    free = {key: texture for key, texture in found.items() if by_key[key] not in locked}
    loose = Group("Ungrouped", result.ungrouped, "")
    for group in (*result.groups, loose):
        if any(key in free for key in group.members):
            _add_group(settings, group, free, result, former).ungrouped = group is loose
    settings.active_group = min(settings.active_group, max(len(settings.groups) - 1, 0))
    if settings.groups and settings.target == "ACTIVE":
        settings.target = "ALL"
    settings.sentence, settings.score = result.sentence, result.score
    doubts.keep(settings, result.doubts, {key: texture.image for key, texture in found.items()})
    for keys, kinds in zip_longest(result.duplicates, result.duplicate_kinds, fillvalue=()):
        settings.duplicates.add().name = ", ".join(
            f"{found[key].image.name} ({kind})" if kind else found[key].image.name
            for key, kind in zip_longest(keys, kinds, fillvalue="")
            if key in found
        )
    _name_skipped(settings, textures)
    settings.plots.clear()
    for kind, path in result.plots.items():
        plot = settings.plots.add()
        plot.name, plot.path = kind, path


def _name_skipped(settings, textures: list[find.Texture]) -> None:
    """List the images that keep their look, everywhere or somewhere, and why."""
    settings.skipped.clear()
    for texture in textures:
        if texture.skipped or texture.note:
            row = settings.skipped.add()
            row.name, row.reason = texture.image.name, texture.skipped or texture.note


def _add_group(settings, group: Group, found: dict, result: AnalyzeResult, former: list[dict]):
    """Add a row for a group, with the members that were found."""
    row = settings.groups.add()
    row.name = group.name
    for key in group.members:
        if key in found:
            fill_member(row.members.add(), found[key], result.thumbnails.get(key, ""))
    if group.typical in found:
        row.typical = found[group.typical].image
    for color in group.palette[:5]:
        row.palette.add().color = color
    members = {member.image.session_uid for member in row.members}
    old = max(former, key=lambda old: _overlap(old["members"], members), default=None)
    if old and _overlap(old["members"], members) > 0.5:
        row.excluded = old["excluded"]
        if old["renamed"]:
            row.name, row.renamed = old["name"], True
        set_values(row.look, old["look"])
        for member in row.members:
            member.excluded = member.image.session_uid in old["left_out"]
    return row


def fill_member(member, texture: find.Texture, thumbnail: str) -> None:
    """Fill a row of a group with an image and its uses."""
    member.image = texture.image
    member.name = texture.image.name
    member.thumbnail = thumbnail
    member.role = roles.LABELS[texture.role]
    for material in texture.materials:
        member.materials.add().material = material


def _remember(group) -> dict:
    return {
        "name": group.name,
        "renamed": group.renamed,
        "excluded": group.excluded,
        "look": values_of(group.look),
        "members": {member.image.session_uid for member in group.members if member.image},
        "left_out": {m.image.session_uid for m in group.members if m.image and m.excluded},
    }


def _overlap(one: set, other: set) -> float:
    """Return the Jaccard index of two sets."""
    return len(one & other) / max(len(one | other), 1)
