"""Plots of a scene, shown in an Image Editor: the cluster map, regions, the style map, ..."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import bpy

if TYPE_CHECKING:
    from .jobs.job import SceneJob

TITLES = {
    "map": "Cluster Map",
    "dendrogram": "Dendrogram",
    "silhouette": "Silhouette",
    "palettes": "Palettes",
    "style map": "Style Map",
    "regions": "Regions",
}


def keep_plot_of(kind: str, describe: Callable[..., str]) -> Callable[[SceneJob], None]:
    """Return the conclusion of a job that draws a plot.

    It keeps the plot in the job's scene, unless that is gone, and shows it; ``describe(result)`` is
    the job's message.
    """

    def conclude(job: SceneJob) -> None:
        if job.result is None or job.scene is None:
            return
        _keep(job.scene.impasto, kind, job.result.output)
        job.message = describe(job.result)
        job.changed = True

    return conclude


def _keep(settings, kind: str, path: str) -> None:
    """Remember a new plot in ``Scene.impasto``, and show it where there is a window."""
    item = settings.plots.get(kind) or settings.plots.add()
    item.name, item.path = kind, path
    image = load(settings, kind)
    if image is not None and not bpy.app.background:
        show(bpy.context, image)


def load(settings, kind: str) -> bpy.types.Image | None:
    """Return the plot as an image, or None if its file is gone."""
    item = settings.plots.get(kind)
    if item is None or not Path(item.path).is_file():
        return None
    name = f"Impasto {TITLES.get(kind, kind)}"
    image = bpy.data.images.get(name)
    if image is None or image.library:
        image = bpy.data.images.load(item.path)
        image.name = name
    else:
        image.filepath = item.path
        image.reload()
    return image


def show(context: bpy.types.Context, image: bpy.types.Image) -> None:
    """Show an image in an Image Editor of the window, or in a new window if there is none."""
    area = next((area for area in context.screen.areas if area.type == "IMAGE_EDITOR"), None)
    if area is None:
        bpy.ops.wm.window_new()
        area = context.window_manager.windows[-1].screen.areas[0]
        area.ui_type = "IMAGE_EDITOR"
    if area.spaces.active.image != image:
        area.spaces.active.image = image
        # Later: an editor has no size before it is drawn.
        bpy.app.timers.register(partial(_fit, image.name), first_interval=0.2)


def _fit(name: str) -> None:
    """Zoom the editors that show an image so that all of it is visible."""
    for window in bpy.context.window_manager.windows:
        for area in window.screen.areas:
            image = area.spaces.active.image if area.type == "IMAGE_EDITOR" else None
            if image is None or image.name != name:
                continue
            region = next(region for region in area.regions if region.type == "WINDOW")
            with bpy.context.temp_override(window=window, area=area, region=region):
                bpy.ops.image.view_all(fit_view=True)
