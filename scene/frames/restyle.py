"""Restyle the sequence that the panel names, or carry painted frames through it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import bpy

from ...core.errors import BadRequest, NoImages
from ...core.image.formats import MOVIE_SUFFIXES
from ...core.tasks.propagate import PropagateRequest
from ...core.tasks.restyle_frames import FramesRequest
from ...core.video.numbers import listed, spelled
from ...core.video.settings import (
    NO_FIRST,
    NO_LAST,
    FrameDone,
    FramesResult,
    FramesSettings,
    PaintedFrame,
    SequenceRef,
)
from .. import options
from ..jobs.draft import draft_job
from ..jobs.job import SceneJob
from ..jobs.queue import Waiting
from ..looks.look import look_of
from ..textures import destination
from ..words import counted, joined
from . import inputs
from .outputs import output_folder
from .painted import learned_style, painted_frames

_PROPAGATED = "propagated"
"""Folder of what is made from painted frames, in that of the restyled ones."""


def start(context: bpy.types.Context, *, propagate: bool = False) -> SceneJob:
    """Start to restyle the frames that the panel names, or to ``propagate`` the painted ones.

    Raises
    ------
    NoImages, BadRequest, OutputUnwritable, WorkerUnavailable
    """
    return prepare(context, propagate=propagate).begin()


def prepare(context: bpy.types.Context, *, propagate: bool = False) -> Waiting:
    """Return the same job with the current settings, to be started later.

    Raises
    ------
    NoImages, BadRequest, OutputUnwritable
    """
    scene = context.scene
    settings = scene.impasto.frames
    if not settings.source:
        raise NoImages("Choose the frames first: any one of them, or a movie.")
    if not settings.look.style:
        raise BadRequest("Choose a style for the frames first.")
    source = Path(bpy.path.abspath(settings.source))
    painted = painted_frames(scene) if propagate else ()
    not_rendered = _not_rendered(scene)
    folder = output_folder(settings) / (_PROPAGATED if propagate else "")
    destination.prepare(folder)
    request: FramesRequest | PropagateRequest = _request(context, source, folder, painted)
    if propagate:
        request = PropagateRequest(
            request,
            str(learned_style(painted)),
            settings.learn_seconds,
            seed=settings.look.seed,
        )

    def conclude(job: SceneJob) -> None:
        done = [event for event in job.done if isinstance(event, FrameDone)]
        job.changed = bool(done)
        result = job.result if isinstance(job.result, FramesResult) else None
        if result is not None and job.scene is not None and done:
            # The pattern, as it says which number is the frame's.
            job.scene.impasto.frames.result = result.pattern
        gaps = spelled(result.missing) if result is not None and result.missing else ""
        others = listed(result.others) if result is not None and result.others else ""
        job.message = joined(
            "Cancelled" if job.cancelled else job.message,
            _describe(done, folder) if done or result is not None else "",
            f"Missing: {gaps}" if gaps and not not_rendered else "",
            f"Not of the sequence: {others}" if others else "",
            not_rendered,
            *(result.notes if result is not None else ()),
        )

    title = f"{'Propagate' if propagate else 'Restyle'} {source.name}"
    scene_uid = scene.session_uid

    def begin() -> SceneJob:
        with draft_job(scene_uid) as draft:
            preview = str(draft.folder / "frame.png")
            return draft.start(title, _with_thumbnail(request, preview), conclude, preview=preview)

    return Waiting(title, begin)


def _request(
    context: bpy.types.Context, source: Path, folder: Path, painted: tuple[PaintedFrame, ...]
) -> FramesRequest:
    settings = context.scene.impasto.frames
    strokes = settings.look.engine == "STROKES"
    limits = (settings.first, settings.last) if settings.use_range else (NO_FIRST, NO_LAST)
    rendered = inputs.is_render_output(context.scene)
    frames = inputs.render_pattern(context.scene) if rendered else source
    return FramesRequest(
        SequenceRef(
            str(frames),
            *limits,
            settings.step if settings.use_range else 1,
            layer=settings.layer if inputs.has_layers(context.scene) else "",
        ),
        FramesSettings(
            look_of(settings.look),
            settings.coherence,
            1.0 if strokes else settings.coherence_strength,  # they follow motion as a whole
            settings.anchor_interval,
            painted=painted,
        ),
        str(folder),
        format=settings.format,
        depth=settings.depth,
        movie=str(folder / f"{source.stem} (Impasto).mp4") if settings.movie else "",
        fps=_fps(context.scene, source),
        overwrite=settings.overwrite or bool(painted),  # those have a folder of their own
        memory_limit=options.memory_limit(context),
        relief_maps=strokes and settings.relief_maps,
    )


def _describe(done: list[FrameDone], folder: Path) -> str:
    skipped = sum(event.skipped for event in done)
    said = f"Restyled {counted(len(done) - skipped, 'frame')} to {destination.shown(folder)}"
    return joined(said, f"{counted(skipped, 'frame')} existed already" if skipped else "")


def _not_rendered(scene: bpy.types.Scene) -> str:
    """Return a sentence on the frames that the scene has not rendered yet; empty if all are there.

    Raises
    ------
    NoImages
        Not one of them is rendered.
    """
    if not inputs.is_render_output(scene):
        return ""
    missing = inputs.missing_frames(scene)
    if missing and len(missing) == len(inputs.wanted_frames(scene)):
        raise NoImages("None of the frames is rendered yet; press Render and Restyle.")
    said = f"Not rendered yet: {spelled(missing)}; Render and Restyle renders what is missing"
    return said if missing else ""


def _fps(scene: bpy.types.Scene, source: Path) -> float:
    """Return the frames per second of the restyled movie: a movie's own (0), else the scene's."""
    if source.suffix.lower() in MOVIE_SUFFIXES:
        return 0.0
    return scene.render.fps / scene.render.fps_base


def _with_thumbnail(
    request: FramesRequest | PropagateRequest, thumbnail: str
) -> FramesRequest | PropagateRequest:
    """Return the request, with the file that shows the current frame."""
    if isinstance(request, PropagateRequest):
        return replace(request, frames=replace(request.frames, thumbnail=thumbnail))
    return replace(request, thumbnail=thumbnail)
