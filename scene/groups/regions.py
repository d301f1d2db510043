"""Regions: show how the active group's look splits its first texture."""

from __future__ import annotations

import bpy

from ...core.tasks.regions import RegionsRequest, RegionsResult
from ...properties import active_group
from .. import storage
from ..jobs.job import SceneJob, start_job, temporary_folder
from ..looks.stylize import look_of
from ..textures.sources import sources_of
from . import pictures

_KIND = "regions"


def draw(context: bpy.types.Context) -> SceneJob:
    """Begin to draw the regions of the first texture of the active group.

    Raises
    ------
    NoImages, WorkerUnavailable
    """
    scene, group = context.scene, active_group(context.scene)
    temporary = temporary_folder()
    sources, _ = sources_of(group, temporary, 1)
    output = storage.new_analysis_folder() / "regions.png"
    request = RegionsRequest(sources[0], look_of(group), str(output))
    conclude = pictures.keeper(scene, _KIND, _told)
    return start_job("Draw Regions", request, temporary, conclude)


def _told(result: RegionsResult) -> str:
    found = result.count
    return f"{found} regions." if found > 1 else "It looks the same everywhere: 1 region."
