"""Regions: show how the active group's look splits its first texture."""

from __future__ import annotations

import bpy

from ...core.tasks.regions import RegionsRequest, RegionsResult
from .. import plots, storage
from ..jobs.draft import draft_job
from ..jobs.job import SceneJob
from ..lookup import active_group
from ..textures.sources import sources_of_group
from .look import look_of

_KIND = "regions"


def draw(context: bpy.types.Context) -> SceneJob:
    """Start to draw the regions of the first texture of the active group.

    Raises
    ------
    NoImages, WorkerUnavailable
    """
    group = active_group(context.scene)
    with draft_job(context.scene.session_uid) as draft:
        (source,), _ = sources_of_group(group, draft.folder, 1)
        draft.made.append(storage.new_analysis_folder())
        output = draft.made[0] / "regions.png"
        request = RegionsRequest(source, look_of(group.look), str(output))
        return draft.start("Show Regions", request, plots.keep_plot_of(_KIND, _describe))


def _describe(result: RegionsResult) -> str:
    if result.count > 1:
        return f"Found {result.count} regions"
    return "The texture looks the same everywhere: 1 region"
