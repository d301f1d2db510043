"""Frames: the jobs that restyle the sequence that the panel names, and frames that were painted."""

from __future__ import annotations

import hashlib
import re
import shutil
from dataclasses import replace
from pathlib import Path

import bpy

from ... import preferences
from ...core.errors import BadRequest, NoImages
from ...core.styles.look import SUFFIX, Look
from ...core.tasks.propagate import PropagateRequest
from ...core.tasks.restyle_frames import FramesRequest
from ...core.video.numbers import MOVIES, spelled
from ...core.video.settings import (
    NO_FIRST,
    NO_LAST,
    FrameDone,
    FramesResult,
    FramesSettings,
    PaintedFrame,
    SequenceRef,
)
from .. import storage
from ..jobs.job import SceneJob, start_job, temporary_folder
from ..jobs.queue import Waiting
from ..looks import gallery
from ..textures import destination
from . import inputs
from .outputs import result_files

_KEYFRAMES, _PROPAGATED = "keyframes", "propagated"
"""Folders beside the restyled frames: what the artist painted, and what came of it."""


def start(context: bpy.types.Context, *, propagate: bool = False) -> SceneJob:
    """Begin to restyle the frames that the panel names; ``propagate``: as the artist painted some.

    Raises
    ------
    NoImages, BadRequest, OutputUnwritable, WorkerUnavailable
    """
    return prepare(context, propagate=propagate).begin()


def prepare(context: bpy.types.Context, *, propagate: bool = False) -> Waiting:
    """The same as it is set now, to be begun later.

    Raises
    ------
    NoImages, BadRequest, OutputUnwritable
    """
    settings = context.scene.impasto.frames
    if not settings.source:
        raise NoImages("Choose the frames first: any one of them, or a movie.")
    if not settings.look.style:
        raise BadRequest("Choose a style for the frames first.")
    source = Path(bpy.path.abspath(settings.source))
    folder = _output_folder(settings)
    painted: tuple[PaintedFrame, ...] = ()
    if propagate:
        painted = painted_frames(context.scene)
        if not painted:
            raise NoImages("No frame is painted yet; press Paint Frame, paint, and save the image.")
        folder = folder / _PROPAGATED
    lacking = _not_rendered(context.scene)
    destination.prepare(folder)
    limits = (settings.first, settings.last) if settings.use_range else (NO_FIRST, NO_LAST)
    request = FramesRequest(
        SequenceRef(str(source), *limits, settings.step if settings.use_range else 1),
        FramesSettings(
            _look(settings.look),
            settings.coherence,
            settings.coherence_strength,
            settings.anchor_interval,
            painted=painted,
        ),
        str(folder),
        format=settings.format,
        depth=settings.depth,
        movie=str(folder / f"{source.stem} (Impasto).mp4") if settings.movie else "",
        fps=_fps(context.scene, source),
        overwrite=settings.overwrite or propagate,  # in a folder of its own
        memory_limit=int(preferences.get(context).memory_limit * 2**30),
    )
    scene_uid = context.scene.session_uid

    def conclude(job: SceneJob) -> None:
        scene = storage.by_uid(bpy.data.scenes, scene_uid)
        done = [event for event in job.done if isinstance(event, FrameDone)]
        job.changed = bool(done)
        if isinstance(job.result, FramesResult) and scene is not None and done:
            scene.impasto.frames.result = done[0].outputs[0]
        fresh = sum(not event.skipped for event in done)
        said = f"{fresh} frames restyled, {len(done) - fresh} were there already."
        gaps = job.result.missing if isinstance(job.result, FramesResult) else ()
        if gaps and not lacking:
            said = f"{said} Missing: {spelled(gaps)}."
        job.message = f"{said} {lacking} {job.message}".replace("  ", " ").strip()

    wanted: FramesRequest | PropagateRequest = request
    if propagate:
        wanted = PropagateRequest(
            request, str(_learned(painted)), settings.learn_seconds, seed=settings.look.seed
        )
    title = f"{'Propagate' if propagate else 'Restyle'} {source.name}"

    def begin() -> SceneJob:
        temporary = temporary_folder()
        preview = str(temporary / "frame.png")
        job = start_job(title, _with_thumbnail(wanted, preview), temporary, conclude)
        job.preview = preview
        return job

    return Waiting(title, begin)


def _not_rendered(scene: bpy.types.Scene) -> str:
    """A sentence on the frames that the scene is to render and has not yet; empty if all are there.

    Raises
    ------
    NoImages
        None is.
    """
    if not inputs.is_render_output(scene):
        return ""
    missing = inputs.missing_frames(scene)
    if missing and len(missing) == len(inputs.wanted_frames(scene)):
        raise NoImages("None of the frames is rendered yet; press Render and Restyle.")
    said = f"Not rendered yet: {spelled(missing)}; Render and Restyle renders what is missing."
    return said if missing else ""


def _fps(scene: bpy.types.Scene, source: Path) -> float:
    """Frames per second of the restyled movie: a movie's own (0), else the scene's."""
    if source.suffix.lower() in MOVIES:
        return 0.0
    return scene.render.fps / scene.render.fps_base


def _with_thumbnail(
    request: FramesRequest | PropagateRequest, thumbnail: str
) -> FramesRequest | PropagateRequest:
    """The request, with the file that shows the frame of the moment."""
    if isinstance(request, PropagateRequest):
        return replace(request, frames=replace(request.frames, thumbnail=thumbnail))
    return replace(request, thumbnail=thumbnail)


def paint_frame(scene: bpy.types.Scene) -> bpy.types.Image:
    """A copy of the restyled frame at the playhead, as an image to be painted over.

    Raises
    ------
    NoImages
        That frame is not restyled.
    OutputUnwritable
        The copy cannot be written.
    """
    number = scene.frame_current
    source = next((f for f in result_files(scene) if _number(f) == number), None)
    if source is None:
        raise NoImages(f"Frame {number} is not restyled yet; restyle it, or go to another frame.")
    folder = _output_folder(scene.impasto.frames) / _KEYFRAMES
    destination.prepare(folder)
    copy = folder / f"frame_{number:04d}{source.suffix}"
    if not copy.exists():
        shutil.copyfile(source, copy)
    image = bpy.data.images.load(str(copy), check_existing=True)
    image.name = f"Painted Frame {number}"
    return image


def painted_frames(scene: bpy.types.Scene) -> tuple[PaintedFrame, ...]:
    """The frames that were painted, in order; what is not saved yet is saved first."""
    folder = _output_folder(scene.impasto.frames) / _KEYFRAMES
    for image in bpy.data.images:
        if image.is_dirty and Path(bpy.path.abspath(image.filepath)).parent == folder:
            image.save()
    files = sorted(folder.glob("frame_*")) if folder.is_dir() else []
    return tuple(PaintedFrame(_number(file), str(file)) for file in files)


def _number(path: Path) -> int:
    """The last number in a file's name."""
    return int(re.findall(r"\d+", path.stem)[-1])


def _learned(painted: tuple[PaintedFrame, ...]) -> Path:
    """Where the style is kept that is learned from these very pictures."""
    digest = hashlib.sha256()
    for frame in painted:
        digest.update(f"{frame.number}".encode() + Path(frame.path).read_bytes())
    return Path(painted[0].path).with_name(f"learned_{digest.hexdigest()[:12]}{SUFFIX}")


def _output_folder(settings) -> Path:
    if settings.output:
        return Path(bpy.path.abspath(settings.output))
    source = Path(bpy.path.abspath(settings.source))
    folder = source if source.is_dir() else source.parent
    return folder.parent / f"{folder.name} (Impasto)"


def _look(look) -> Look:
    return Look(
        styles=gallery.references(look),
        strength=look.strength,
        brush_scale=look.brush_scale,
        keep_color=look.keep_color,
        max_side=look.max_side,
        seed=look.seed,
    )
