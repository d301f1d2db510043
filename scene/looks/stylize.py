"""Stylize: send groups of textures with their looks to the worker, and load the results."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Literal

import bpy

from ...core.errors import BadRequest, NoImages, StyleUnreadable
from ...core.styles.look import with_engine
from ...core.tasks.stylize import StylizeItem, StylizeRequest, StylizeResult
from .. import lookup, options
from ..jobs.draft import draft_job
from ..jobs.job import SceneJob
from ..textures import destination, find, names, relief, results, unselected, uv_meshes
from ..textures.sources import Source, sources_of
from ..words import counted, joined
from . import gallery
from .look import look_of, values_of

Target = Literal["GROUP", "ALL"]

PREVIEW_SIDE = 512

_NO_RELIEF: dict[relief.Obstacle, str] = {
    "MAPPING": "There is no relief where a texture is not mapped directly by one UV map",
    "SHADER": "There is no relief where no shader in the texture's node tree takes normals",
}


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
    """

    plans: dict[str, results.Plan]
    place: str
    note: str


def start(
    context: bpy.types.Context,
    target: Target,
    *,
    preview: bool = False,
    folder: Path | Literal["PACK", "PREFERENCES"] = "PREFERENCES",
) -> SceneJob:
    """Start to stylize the active group or all groups that have a style.

    Results go to ``folder``, or are packed; by default the preferences decide.

    Raises
    ------
    NoImages, BadRequest, StyleUnreadable, OutputUnwritable, WorkerUnavailable
    """
    members = _members(context.scene, target)
    note = ""
    if preview:
        folder = "PACK"
    elif folder == "PREFERENCES":
        folder, note = destination.preferred(options.preferences(context))
    if folder != "PACK":
        destination.prepare(folder)
    with draft_job(context.scene.session_uid) as draft:
        sources, failures = sources_of([m.image for _, m in members], draft.folder)
        place = draft.folder if folder == "PACK" else folder
        planner = _Planner(place, folder == "PACK", preview, partial(_mesh, context, draft.folder))
        found = [(*pair, s) for pair, s in zip(members, sources, strict=True) if s is not None]
        items = tuple(planner.item(group, member, source) for group, member, source in found)
        batch = _Batch(
            planner.plans, _place({g.as_pointer(): g for g, _, _ in found}, folder), note
        )
        return draft.start(
            f"{'Preview' if preview else 'Stylize'} {counted(len(items), 'Texture')}",
            StylizeRequest(items, memory_limit=options.memory_limit(context)),
            lambda job: _conclude(job, batch),
            failures=failures,
        )


def _members(scene: bpy.types.Scene, target: Target) -> list[tuple]:
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
        path = Path(gallery.resolve(group.look.style))
        if gallery.builtin(group.look.style) is None and not path.is_file():
            raise StyleUnreadable(
                f'The style image of "{group.name}" is missing ({path}); choose another one.'
            )
    return found


class _Planner:
    """Names the results of a job, and remembers where each goes."""

    def __init__(
        self, folder: Path, pack: bool, preview: bool, mesh: Callable[..., str] = lambda _: ""
    ) -> None:
        self.plans: dict[str, results.Plan] = {}
        self._namer = names.Namer(folder)
        self._pack = pack
        self._mesh = mesh
        self._preview = preview

    def item(self, group, member, source: Source) -> StylizeItem:
        """Return what the worker does for a texture."""
        word = "Impasto Preview" if self._preview else "Impasto"
        name, path = self._namer.result(member.image.name, word, source.suffix, source.tiles)
        plan = results.Plan(
            source_uid=member.image.session_uid,
            material_uids=frozenset(
                row.material.session_uid for row in member.materials if row.material
            ),
            name=name,
            path=path,
            tiles=source.tiles,
            color_space=source.ref.color_space,
            alpha_mode=source.ref.alpha_mode,
            pack=self._pack,
            recipe=_recipe(member.image, group, self._preview),
        )
        look = with_engine(look_of(group.look))
        if self._preview:
            look = replace(look, max_side=min(look.max_side or PREVIEW_SIDE, PREVIEW_SIDE))
        if look.engine == "STROKES" and look.relief > 0:
            height, normal = (
                self._map(plan, member.image.name, f"{word} {kind}")
                for kind in ("Height", "Normal")
            )
            plan = replace(plan, height=height, normal=normal)
        self.plans[source.ref.key] = plan
        outputs = _outputs(plan)
        strokes: tuple[str, ...] = ()
        if look.engine == "STROKES" and not (self._pack or self._preview):
            strokes = tuple(str(Path(file).with_suffix(".strokes")) for file in outputs)
        relief = _outputs(plan.height), _outputs(plan.normal)
        return StylizeItem(
            source.ref,
            look,
            outputs,
            *relief,
            strokes,
            mesh=self._mesh(member) if look.across_seams and not look.seamless else "",
            tiles=source.tiles,
        )

    def _map(self, plan: results.Plan, source: str, word: str) -> results.Plan:
        """Return the plan of a map of a result's relief."""
        name, path = self._namer.result(source, word, ".png", plan.tiles)
        return replace(plan, name=name, path=path, color_space="Non-Color", alpha_mode="NONE")


def _mesh(context: bpy.types.Context, folder: Path, member) -> str:
    """Write the triangles that a texture lies on; return the file, if there are any."""
    path = folder / f"{member.image.session_uid}_mesh.npz"
    materials = [row.material for row in member.materials if row.material]
    return str(path) if uv_meshes.save(member.image, materials, context, path) else ""


def _outputs(plan: results.Plan | None) -> tuple[str, ...]:
    """Return the files of a plan."""
    return () if plan is None else tuple(map(str, names.tile_paths(plan.path, plan.tiles)))


def _recipe(image: bpy.types.Image, group, preview: bool) -> dict:
    """Return how a result is made, as it is kept in the result's image."""
    settings = values_of(group.look)
    return {
        "source": image.name_full,
        "group": group.name,
        "style": gallery.title(group.look),
        "style_source": settings.pop("style"),
        "second_style": settings.pop("second"),
        **settings,
        "preview": preview,
    }


def _place(groups: dict, folder: Path | Literal["PACK"]) -> str:
    """Return the style, if it is one, and the folder, for the report."""
    titles = {gallery.title(group.look) for group in groups.values()}
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
    known = _uses_by_material(batch)
    shown: dict[str, bpy.types.Image] = {}
    linked: list[str] = []
    flat: list[tuple[relief.Obstacle, str]] = []
    for key, parts in loaded.items():
        plan = batch.plans[key]
        result, *maps = (_loaded(*part) for part in parts)
        original = lookup.by_uid(bpy.data.images, plan.source_uid)
        if original is not None:  # else it was deleted meanwhile
            job.changed = True
            materials = [m for m in known if m.session_uid in plan.material_uids]
            uses = [use for m in materials for use in known[m] if use.image == original]
            linked += results.assign(original, result, materials, uses)
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
        _note_on_ramps(job, shown),
        _note_on_linked(linked),
        *_notes_on_relief(flat),
        *_notes_on_others(job.scene, results.trees_showing(shown.values())),
    ]


def _uses_by_material(batch: _Batch) -> dict[bpy.types.Material, list[find.ImageUse]]:
    """Return the uses of images in the materials of a job, found once for all of its results."""
    uids = {uid for plan in batch.plans.values() for uid in plan.material_uids}
    known = {m: [] for m in bpy.data.materials if m.session_uid in uids}
    for use in find.uses_in(known):
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


def _notes_on_others(scene: bpy.types.Scene | None, trees: list[bpy.types.NodeTree]) -> list[str]:
    """Return where else the changed nodes are seen: in other scenes, on objects not selected."""
    touched = {owner for owner in find.users_of(trees) if isinstance(owner, bpy.types.Material)}
    others = [
        other.name
        for other in bpy.data.scenes
        if other != scene and find.materials_of(other) & touched
    ]
    notes = [f"These materials are also used in: {', '.join(others)}" if others else ""]
    if scene is not None and scene.impasto.scope == "SELECTED":
        notes.append(unselected.note_on_trees(scene, trees))
    return notes
