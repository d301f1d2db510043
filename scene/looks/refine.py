"""Refine: spend some minutes on the style of the active group, with its textures."""

from __future__ import annotations

from itertools import count
from pathlib import Path

import bpy

from ...core.styles.look import SUFFIX
from ...core.tasks.refine import RefineRequest
from ...properties import active_group
from .. import storage
from ..jobs.job import SceneJob, start_job, temporary_folder
from ..textures.sources import sources_of
from . import gallery

_MOST = 16
"""Textures that are read: more would only make each one rarer."""


def start(context: bpy.types.Context, seconds: float, seed: int) -> SceneJob:
    """Begin to refine the picture style of the active group; the group takes the result.

    Raises
    ------
    NoImages, WorkerUnavailable
    """
    group = active_group(context.scene)
    picture = Path(gallery.source(group.look))
    temporary = temporary_folder()
    sources, failures = sources_of(group, temporary, _MOST)
    request = RefineRequest(
        str(picture),
        sources,
        str(_new_file(picture.stem)),
        seconds,
        seed=seed,
        preview=str(temporary / "preview.png"),
    )
    scene_uid, look_was, name = context.scene.session_uid, group.look.style, group.name

    def conclude(job: SceneJob) -> None:
        job.failures = (*failures, *job.failures)
        if job.result is None:
            return
        job.message = f"The style is saved as {Path(job.result.style).name}."
        scene = storage.by_uid(bpy.data.scenes, scene_uid)
        there = scene.impasto.groups.get(name) if scene is not None else None
        if there is not None and there.look.style == look_was:  # the artist may have gone on
            there.look.style = job.result.style
            job.changed = True

    job = start_job(f"Refine {picture.stem}", request, temporary, conclude)
    job.preview = request.preview
    return job


def _new_file(stem: str) -> Path:
    folder = storage.styles_folder()
    names = (f"{stem} refined{f' {n}' if n > 1 else ''}{SUFFIX}" for n in count(1))
    return next(path for path in (folder / name for name in names) if not path.exists())
