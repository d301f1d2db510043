"""Refine: train the model on the style of the active group, with its textures."""

from __future__ import annotations

from pathlib import Path

import bpy

from ...core.styles.look import SUFFIX
from ...core.tasks.refine import RefineRequest
from .. import storage
from ..jobs.draft import draft_job
from ..jobs.job import SceneJob
from ..lookup import active_group
from ..textures.sources import sources_of_group
from . import gallery

_MOST = 16
"""Textures that are read: more would only make each one rarer."""


def start(context: bpy.types.Context, seconds: float, seed: int) -> SceneJob:
    """Start to refine the image that is the style of the active group; the group takes the result.

    Raises
    ------
    NoImages, WorkerUnavailable
    """
    scene, group = context.scene, active_group(context.scene)
    image = Path(gallery.resolve(group.look.style))
    style_before, name = group.look.style, group.name

    def conclude(job: SceneJob) -> None:
        if job.result is None:
            return
        job.message = f"Saved style {Path(job.result.style).name}"
        refined = job.scene.impasto.groups.get(name) if job.scene is not None else None
        if (
            refined is not None and refined.look.style == style_before
        ):  # the artist may have gone on
            refined.look.style = job.result.style
            job.changed = True

    with draft_job(scene.session_uid) as draft:
        sources, failures = sources_of_group(group, draft.folder, _MOST)
        request = RefineRequest(
            picture=str(image),
            images=sources,
            output=str(storage.new_file(storage.styles_folder(), f"{image.stem} refined", SUFFIX)),
            seconds=seconds,
            seed=seed,
            preview=str(draft.folder / "preview.png"),
        )
        return draft.start(
            f"Refine {image.stem}", request, conclude, failures=failures, preview=request.preview
        )
