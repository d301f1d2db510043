"""Pictures of an analysis, shown in an Image Editor."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import bpy

from .. import storage
from ..jobs.job import SceneJob

TITLES = {
    "map": "Cluster Map",
    "dendrogram": "Dendrogram",
    "silhouette": "Silhouette",
    "palettes": "Palettes",
    "style map": "Style Map",
    "regions": "Regions",
}


def keep(settings, kind: str, path: str) -> None:
    """Remember a new picture in ``Scene.impasto``, and show it where there is a window."""
    item = settings.pictures.get(kind) or settings.pictures.add()
    item.name, item.path = kind, path
    image = load(settings, kind)
    if image is not None and not bpy.app.background:
        show(bpy.context, image)


def keeper(
    scene: bpy.types.Scene, kind: str, told: Callable[..., str]
) -> Callable[[SceneJob], None]:
    """What concludes a job whose result is a picture of a scene: it is kept, and ``told(result)`` is
    the job's message. A scene that is gone by then keeps nothing."""
    uid = scene.session_uid

    def conclude(job: SceneJob) -> None:
        there = storage.by_uid(bpy.data.scenes, uid)
        if job.result is None or there is None:
            return
        keep(there.impasto, kind, job.result.output)
        job.message = told(job.result)
        job.changed = True

    return conclude


def load(settings, kind: str) -> bpy.types.Image | None:
    """The picture as an image, or None if there is none on disk."""
    picture = settings.pictures.get(kind)
    if picture is None or not Path(picture.path).is_file():
        return None
    name = f"Impasto {TITLES.get(kind, kind)}"
    image = bpy.data.images.get(name)
    if image is None or image.library:
        image = bpy.data.images.load(picture.path)
        image.name = name
    else:
        image.filepath = picture.path
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
    """Zoom the editors that show an image so that all of it is seen."""
    for window in bpy.context.window_manager.windows:
        for area in window.screen.areas:
            image = area.spaces.active.image if area.type == "IMAGE_EDITOR" else None
            if image is None or image.name != name:
                continue
            region = next(region for region in area.regions if region.type == "WINDOW")
            with bpy.context.temp_override(window=window, area=area, region=region):
                bpy.ops.image.view_all(fit_view=True)
