"""Stylize: send groups of textures with their looks to the worker, and load the results."""

from __future__ import annotations

from collections.abc import Container, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Literal

import bpy

from ...core.errors import BadRequest, NoImages, StyleUnreadable
from ...core.tasks.stylize import StylizeRequest, StylizeResult
from .. import lookup, options
from ..jobs.draft import draft_job
from ..jobs.job import SceneJob
from ..textures import destination, find, relief, results, sharing, unselected, uv_meshes
from ..textures.sources import sources_of
from ..words import counted, joined
from . import gallery, viewports
from .planner import Part, Planner, part_of_group, part_of_target
from .targets import Target

Groups = Literal["GROUP", "ALL"]

Folder = Path | Literal["PACK", "PREFERENCES"]

_NO_RELIEF: dict[relief.Obstacle, str] = {
    "MAPPING": "There is no relief where a texture is not mapped directly by one UV map",
    "SHADER": "There is no relief where no shader in the texture's node tree takes normals",
}


@dataclass(frozen=True)
class _Aim:
    """A target, and whether it gets copies of what it shares with others."""

    target: Target
    single_user: bool

    def materials(self) -> list[bpy.types.Material]:
        """Return the materials in which results are shown, copied now if that is wanted."""
        materials = self.target.find_materials()
        if not self.single_user:
            return materials
        copies = sharing.make_single_user(self.target.find_objects(), self.target.uses())
        return [copies.get(material, material) for material in materials]


@dataclass(frozen=True)
class _Batch:
    """The destination of a job's results, decided before it starts.

    Attributes
    ----------
    plans : dict
        By the key of the source.
    place : str
        The end of "Restyled 2 textures ...".
    note : str
        A sentence on the place; may be empty.
    layered : bool
        Whether results are laid over the originals.
    aim : _Aim or None
        What the artist points at; None for groups.
    """

    plans: dict[str, results.Plan]
    place: str
    note: str
    layered: bool = False
    aim: _Aim | None = None


def start(
    context: bpy.types.Context,
    target: Groups,
    *,
    preview: bool = False,
    folder: Folder = "PREFERENCES",
    layered: bool = False,
) -> SceneJob:
    """Start to stylize the active group or all groups that have a style.

    Results go to ``folder``, or are packed; by default the preferences decide. ``layered`` ones are
    laid over the originals.

    Raises
    ------
    NoImages, BadRequest, StyleUnreadable, OutputUnwritable, WorkerUnavailable
    """
    parts = [part_of_group(group, member) for group, member in _members(context.scene, target)]
    return _start(context, parts, preview, folder, layered)


def start_target(
    context: bpy.types.Context,
    target: Target,
    *,
    preview: bool = False,
    single_user: bool = False,
    layered: bool = False,
) -> SceneJob:
    """Start to stylize what the artist points at, with the look of the scene.

    With ``single_user``, its objects get copies of the materials and node groups that they share.

    Raises
    ------
    NoImages, BadRequest, StyleUnreadable, OutputUnwritable, WorkerUnavailable
    """
    look = context.scene.impasto.look
    if not look.style:
        raise BadRequest("No style is chosen; choose one in the gallery first.")
    _check_style(look, target.name)
    parts = [part_of_target(texture, target.name, look) for texture in target.textures()]
    return _start(context, parts, preview, "PREFERENCES", layered, _Aim(target, single_user))


def _start(
    context: bpy.types.Context,
    parts: list[Part],
    preview: bool,
    folder: Folder,
    layered: bool,
    aim: _Aim | None = None,
) -> SceneJob:
    note = ""
    if preview:
        folder = "PACK"
    elif folder == "PREFERENCES":
        folder, note = destination.preferred(options.preferences(context))
    if folder != "PACK":
        destination.prepare(folder)
    with draft_job(context.scene.session_uid) as draft:
        sources, failures = sources_of([part.image for part in parts], draft.folder)
        pack = folder == "PACK"
        mesh = partial(_mesh, context, draft.folder)
        planner = Planner(draft.folder if pack else folder, pack, preview, layered, mesh)
        found = [(part, s) for part, s in zip(parts, sources, strict=True) if s is not None]
        items = tuple(planner.item(part, source) for part, source in found)
        place = _place([part.look for part, _ in found], folder)
        batch = _Batch(planner.plans, place, note, layered, aim)
        return draft.start(
            f"{'Preview' if preview else 'Stylize'} {counted(len(items), 'Texture')}",
            StylizeRequest(items, memory_limit=options.memory_limit(context)),
            lambda job: _conclude(job, batch),
            failures=failures,
        )


def _members(scene: bpy.types.Scene, target: Groups) -> list[tuple]:
    """Return pairs of group and member to stylize."""
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
    found = [(group, member) for group in styled for member in lookup.included_members(group)]
    if not found:
        raise NoImages("All textures of these groups are excluded; include one first.")
    for group in styled:
        _check_style(group.look, group.name)
    return found


def _mesh(context: bpy.types.Context, folder: Path, part: Part) -> str:
    """Write the triangles that a texture lies on; return the file, if there are any."""
    path = folder / f"{part.image.session_uid}_mesh.npz"
    materials = [m for m in bpy.data.materials if m.session_uid in part.materials]
    return str(path) if uv_meshes.save(part.image, materials, context, path) else ""


def _check_style(look: bpy.types.PropertyGroup, name: str) -> None:
    path = Path(gallery.resolve(look.style))
    if gallery.builtin(look.style) is None and not path.is_file():
        raise StyleUnreadable(
            f'The style image of "{name}" is missing ({path}); choose another one.'
        )


def _place(looks: list, folder: Path | Literal["PACK"]) -> str:
    """Return the style, if it is one, and the folder, for the report."""
    titles = {gallery.title(look) for look in looks}
    style = f" ({titles.pop()})" if len(titles) == 1 else ""
    return style if folder == "PACK" else f"{style} to {destination.shown(folder)}"


def _conclude(job: SceneJob, batch: _Batch) -> Iterator[str]:
    """Show what is finished, also if the rest was cancelled or failed.

    The images are read before they are shown, one in each step, so that Blender is never busy for
    longer than with one of them; then all are shown at once, which makes one undo step.
    """
    loaded: dict[str, list[tuple[results.Plan, int]]] = {}
    for number, done in enumerate(job.done, 1):
        loaded[done.key] = []
        for part in batch.plans[done.key].parts:
            yield f"Loading the results ({number} of {len(job.done)})"
            image = results.load(part)
            loaded[done.key].append((part, image.session_uid))
            if not bpy.app.background:
                results.read(image)
    said = _show(job, batch, loaded)
    job.message = joined(*said)


def _show(job: SceneJob, batch: _Batch, loaded: dict) -> list[str]:
    """Show the loaded results; return what there is to say."""
    known = _uses_by_material(batch) if loaded else {}
    shown: dict[str, bpy.types.Image] = {}
    linked: list[str] = []
    flat: list[tuple[relief.Obstacle, str]] = []
    for key, parts in loaded.items():
        plan = batch.plans[key]
        result, *maps = (_loaded(*part) for part in parts)
        original = lookup.by_uid(bpy.data.images, plan.source_uid)
        if original is not None:  # else it was deleted meanwhile
            job.changed = True
            materials = [m for m in known if batch.aim or m.session_uid in plan.material_uids]
            uses = [use for m in materials for use in known[m] if use.image == original]
            linked += results.assign(original, result, materials, uses, layered=batch.layered)
            if result.users:
                flat += relief.assign(
                    original, relief.Maps(*maps) if maps else None, materials, uses
                )
                shown[key] = result
                continue
        for image in (result, *maps):
            bpy.data.images.remove(image)
    if shown:
        results.compare(originals=False)
    return [
        _how_it_ended(job, batch, len(shown)),
        batch.note if shown else "",
        viewports.note() if shown else "",
        _note_on_ramps(job, shown),
        _note_on_linked(linked),
        *_notes_on_relief(flat),
        *_notes_on_others(job.scene, results.trees_showing(shown.values()), batch.aim is not None),
    ]


def _uses_by_material(batch: _Batch) -> dict[bpy.types.Material, list[find.ImageUse]]:
    """Return the uses of images in the materials of a job, found once for all of its results."""
    if batch.aim is not None:
        known = {material: [] for material in batch.aim.materials()}
    else:
        uids = {uid for plan in batch.plans.values() for uid in plan.material_uids}
        known = {m: [] for m in bpy.data.materials if m.session_uid in uids}
    for use in find.uses_in(known):
        if batch.aim is None or batch.aim.target.means(use):
            known[use.material].append(use)
    return known


def _loaded(plan: results.Plan, uid: int) -> bpy.types.Image:
    """Return the image that was loaded for a plan; load it again if that was undone meanwhile."""
    return lookup.by_uid(bpy.data.images, uid) or results.load(plan)


def _how_it_ended(job: SceneJob, batch: _Batch, count: int) -> str:
    total = len(batch.plans)
    if job.cancelled:
        return f"Cancelled. {count} of {counted(total, 'texture')} finished"
    if job.result is None:
        return joined(
            f"Restyled {count} of {counted(total, 'texture')}" if count else "", job.message
        )
    if not count:
        return "No texture was restyled"
    return f"Restyled {counted(count, 'texture')}{batch.place}"


def _note_on_ramps(job: SceneJob, shown: Container[str]) -> str:
    found = job.result.recolored if isinstance(job.result, StylizeResult) else ()
    ramps = [key for key in found if key in shown]
    return f"Ramps and palettes get other colors only: {', '.join(ramps)}" if ramps else ""


def _note_on_linked(linked: list[str]) -> str:
    listed = ", ".join(dict.fromkeys(linked))
    said = f"Linked materials cannot be changed; make them local to restyle them: {listed}"
    return said if linked else ""


def _notes_on_relief(flat: list[tuple[relief.Obstacle, str]]) -> list[str]:
    """Return where there is no relief although it was asked for, by the reason."""
    named: dict[relief.Obstacle, dict[str, None]] = {}
    for obstacle, material in flat:
        named.setdefault(obstacle, {})[material] = None
    return [f"{_NO_RELIEF[obstacle]}: {', '.join(rows)}" for obstacle, rows in named.items()]


def _notes_on_others(
    scene: bpy.types.Scene | None, trees: list[bpy.types.NodeTree], pointed: bool
) -> list[str]:
    """Return where else the changed nodes are seen: in other scenes, on objects not selected."""
    touched = {owner for owner in find.users_of(trees) if isinstance(owner, bpy.types.Material)}
    others = [
        other.name
        for other in bpy.data.scenes
        if other != scene and find.materials_of(other) & touched
    ]
    notes = [f"These materials are also used in: {', '.join(others)}" if others else ""]
    if scene is not None and not pointed and scene.impasto.scope == "SELECTED":
        notes.append(unselected.note_on_trees(scene, trees))
    return notes
