"""Stylize: hand groups of textures with their looks to the worker, and take the results in."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import bpy

from ... import preferences
from ...core.control import Failure
from ...core.errors import BadRequest, ImpastoError, NoImages, StyleUnreadable
from ...core.styles.look import Look
from ...core.tasks.stylize import StylizeItem, StylizeRequest
from .. import storage
from ..jobs.job import SceneJob, start_job, temporary_folder
from ..textures import destination, find, names, results
from ..textures.sources import source_of
from ..words import counted
from . import gallery

Target = Literal["GROUP", "ALL"]

PREVIEW_SIDE = 512


@dataclass
class _Batch:
    """What a job needs to know when its results come in."""

    plans: dict[str, results.Plan] = field(default_factory=dict)
    failures: list[Failure] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def start(
    context: bpy.types.Context,
    target: Target,
    *,
    preview: bool = False,
    folder: Path | Literal["PACK", "PREFERENCES"] = "PREFERENCES",
) -> SceneJob:
    """Begin to stylize the active group or all groups that have a style.

    Results go to ``folder``, or are packed; by default the preferences decide.

    Raises
    ------
    NoImages, BadRequest, StyleUnreadable, OutputUnwritable, WorkerUnavailable
    """
    scene = context.scene
    options = preferences.get(context)
    members = list(_members(scene, target))
    batch = _Batch()
    if preview:
        folder = "PACK"
    elif folder == "PREFERENCES":
        folder = destination.preferred(options, batch.notes)
    if folder != "PACK":
        destination.prepare(folder)
    temporary = temporary_folder()
    try:
        items = _items(members, batch, folder, temporary, preview)
    except ImpastoError:
        shutil.rmtree(temporary, ignore_errors=True)
        raise
    request = StylizeRequest(items, memory_limit=int(options.memory_limit * 2**30))
    uid = scene.session_uid
    title = f"{'Preview' if preview else 'Stylize'} {counted(len(items), 'Texture')}"
    return start_job(title, request, temporary, lambda job: _conclude(job, batch, uid))


def _members(scene: bpy.types.Scene, target: Target) -> Iterator[tuple]:
    """Pairs of group and member to stylize."""
    settings = scene.impasto
    if not settings.groups:
        raise NoImages("There are no groups yet; press Analyze first.")
    if target == "GROUP":
        groups = [settings.groups[min(settings.active_group, len(settings.groups) - 1)]]
    else:
        groups = [group for group in settings.groups if not group.excluded]
    styled = [group for group in groups if group.look.style]
    if not styled:
        raise BadRequest("No group has a style; choose one in the gallery first.")
    found = [
        (group, member)
        for group in styled
        for member in group.members
        if member.image is not None and not member.excluded
    ]
    if not found:
        raise NoImages("All textures of these groups are excluded; include one first.")
    for group in styled:
        path = Path(gallery.source(group.look))
        if gallery.builtin(group.look.style) is None and not path.is_file():
            raise StyleUnreadable(
                f'The style picture of "{group.name}" is missing ({path}); choose another one.'
            )
    yield from found


def _items(
    members: list[tuple],
    batch: _Batch,
    folder: Path | Literal["PACK"],
    temporary: Path,
    preview: bool,
) -> tuple[StylizeItem, ...]:
    items: list[StylizeItem] = []
    namer = names.Namer(temporary if folder == "PACK" else folder)
    for group, member in members:
        image = member.image
        try:
            source = source_of(image, temporary)
        except ImpastoError as error:
            batch.failures.append(Failure(image.name_full, str(error)))
            continue
        word = "Impasto Preview" if preview else "Impasto"
        name, path = namer.result(image.name, word, source.suffix, source.tiles)
        batch.plans[source.ref.key] = results.Plan(
            source_uid=image.session_uid,
            material_uids=frozenset(
                row.material.session_uid for row in member.materials if row.material
            ),
            name=name,
            path=path,
            tiles=source.tiles,
            color_space=source.ref.color_space,
            alpha_mode=source.ref.alpha_mode,
            pack=folder == "PACK",
            recipe=_recipe(image, group, preview),
        )
        outputs = names.tile_paths(path, source.tiles)
        items.append(StylizeItem(source.ref, look_of(group, preview), tuple(map(str, outputs))))
    if not items:
        raise NoImages(batch.failures[0].message)
    return tuple(items)


def look_of(group, preview: bool = False) -> Look:
    """A group's settings as a value."""
    look = group.look
    side = min(look.max_side or PREVIEW_SIDE, PREVIEW_SIDE) if preview else look.max_side
    return Look(
        styles=gallery.references(look),
        strength=look.strength,
        brush_scale=look.brush_scale,
        keep_color=look.keep_color,
        seamless=look.seamless,
        max_side=side,
        seed=look.seed,
        regions=look.regions if look.regions > 1 else 0,
    )


def _recipe(image: bpy.types.Image, group, preview: bool) -> dict:
    look = group.look
    return {
        "source": image.name_full,
        "group": group.name,
        "style": gallery.title(look),
        "style_source": look.style,
        "strength": look.strength,
        "brush_scale": look.brush_scale,
        "keep_color": look.keep_color,
        "seamless": look.seamless,
        "max_side": look.max_side,
        "seed": look.seed,
        "second_style": look.second,
        "mix": look.mix,
        "regions": look.regions,
        "preview": preview,
    }


def _conclude(job: SceneJob, batch: _Batch, scene_uid: int) -> Iterator[str]:
    """Show what was finished, also where the rest was cancelled or failed.

    The images are read before they are shown, one a step, so that Blender is never busy for longer
    than with one of them; then all are shown at once, which is one thing to undo.
    """
    job.failures = (*batch.failures, *job.failures)
    loaded: dict[str, int] = {}
    for number, done in enumerate(job.done, 1):
        yield f"Loading the results ({number} of {len(job.done)})"
        result = results.load(batch.plans[done.key])
        loaded[done.key] = result.session_uid
        if not bpy.app.background:
            results.read(result)
    scene = storage.by_uid(bpy.data.scenes, scene_uid)
    touched: set[bpy.types.Material] = set()
    linked: list[str] = []
    count = 0
    for key, uid in loaded.items():
        plan = batch.plans[key]
        result = storage.by_uid(bpy.data.images, uid) or results.load(plan)  # undone meanwhile
        original = storage.by_uid(bpy.data.images, plan.source_uid)
        if original is None:  # deleted meanwhile
            bpy.data.images.remove(result)
            continue
        materials = [m for m in bpy.data.materials if m.session_uid in plan.material_uids]
        linked += results.assign(original, result, materials)
        touched.update(materials)
        count += 1
    job.changed = count > 0
    if scene is not None and job.changed:
        results.show(find.materials_of(scene), originals=False)
        scene.impasto.showing_originals = False
    batch.notes += _notes(scene, touched, linked)
    ending = job.message
    said = f"{counted(count, 'texture')} restyled." if count or not ending else ""
    job.message = " ".join(filter(None, [said, ending, *batch.notes]))


def _notes(scene: bpy.types.Scene | None, touched: set, linked: list[str]) -> Iterator[str]:
    if linked:
        listed = ", ".join(dict.fromkeys(linked))
        yield f"Linked materials cannot be changed; make them local to restyle them: {listed}."
    others = [
        other.name
        for other in bpy.data.scenes
        if other != scene and find.materials_of(other) & touched
    ]
    if others:
        yield f"These materials are also used in: {', '.join(others)}."
