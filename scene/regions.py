"""Regions: show how the active group's look splits its first texture."""

from __future__ import annotations

import bpy

from ..core.jobs.messages import RegionsRequest
from ..properties import active_group
from . import pictures, storage
from .job import SceneJob, start_job, temporary_folder
from .sources import sources_of
from .stylizing import look_of

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
    scene_uid = scene.session_uid

    def conclude(job: SceneJob) -> None:
        there = storage.by_uid(bpy.data.scenes, scene_uid)
        if job.result is None or there is None:
            return
        pictures.keep(there.impasto, _KIND, job.result.output)
        found = job.result.count
        job.message = (
            f"{found} regions." if found > 1 else "It looks the same everywhere: 1 region."
        )
        job.changed = True

    return start_job("Draw Regions", request, temporary, conclude)
