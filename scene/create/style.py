"""New styles: the style map, and styles between or beyond the known ones."""

from __future__ import annotations

from pathlib import Path

import bpy

from ...core.errors import BadRequest
from ...core.styles.look import SUFFIX
from ...core.tasks.invent_style import InventStyleRequest
from ...core.tasks.style_map import StyleMapRequest
from .. import plots, storage
from ..jobs.draft import draft_job
from ..jobs.job import SceneJob
from ..looks import gallery
from ..lookup import active_group
from ..textures.sources import sources_of_group

_MAP = "style map"


def draw_map(context: bpy.types.Context) -> SceneJob:
    """Start to draw the map of styles, painted on the first texture of the active group.

    Raises
    ------
    NoImages, WorkerUnavailable
    """
    group = active_group(context.scene)
    with draft_job(context.scene.session_uid) as draft:
        (source,), _ = sources_of_group(group, draft.folder, 1)
        draft.made.append(storage.new_analysis_folder())
        output = draft.made[0] / "style_map.png"
        request = StyleMapRequest(source, str(output), _own_styles())
        conclude = plots.keep_plot_of(
            _MAP, lambda result: "Pick a place on the map, then press Invent Style"
        )
        return draft.start("Draw Style Map", request, conclude)


def invent(context: bpy.types.Context) -> SceneJob:
    """Start to invent a style; the active group takes it.

    Raises
    ------
    NoImages, BadRequest, WorkerUnavailable
    """
    scene, group = context.scene, active_group(context.scene)
    settings, group_name = scene.impasto.create, group.name
    first, second = gallery.resolve(group.look.style), gallery.resolve(settings.second)
    if settings.how == "BETWEEN" and not (first and second):
        raise BadRequest("Choose the style of the group, and another one to go to.")

    def conclude(job: SceneJob) -> None:
        if job.result is None:
            return
        found = job.scene.impasto.groups.get(group_name) if job.scene is not None else None
        if found is not None:
            found.look.style = job.result.style
            job.changed = True
        job.message = f"Saved style {Path(job.result.style).name}"

    with draft_job(scene.session_uid) as draft:
        (content,), failures = sources_of_group(group, draft.folder, 1)
        output = storage.new_file(storage.styles_folder(), "Invented", SUFFIX)
        request = InventStyleRequest(
            output=str(output),
            name=output.stem,
            content=content,
            how=settings.how,
            first=first,
            second=second,
            share=settings.share,
            x=settings.place[0],
            y=settings.place[1],
            axes=tuple(settings.axes),
            boldness=settings.boldness,
            seed=settings.seed,
            own_styles=_own_styles(),
        )
        return draft.start("Invent Style", request, conclude, failures=failures)


def _own_styles() -> tuple[str, ...]:
    return tuple(str(path) for path in sorted(storage.styles_folder().glob(f"*{SUFFIX}")))
