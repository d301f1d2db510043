"""Frames: the sequence that the panel names, the passes it wants, and where its result goes."""

from __future__ import annotations

import hashlib
import re
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Literal

import bpy

from .. import preferences
from ..core.errors import BadRequest, NoImages
from ..core.jobs.frames_messages import (
    NO_FIRST,
    NO_LAST,
    FrameDone,
    FramesRequest,
    FramesResult,
    FramesSettings,
    PaintedFrame,
    PropagateRequest,
    SequenceRef,
)
from ..core.jobs.messages import Look
from ..core.styles.look import SUFFIX
from . import compat, destination, gallery, storage
from .job import SceneJob, start_job, temporary_folder
from .jobs import Waiting

Place = Literal["SEQUENCER", "IMAGE"]

_KEYFRAMES, _PROPAGATED = "keyframes", "propagated"
"""Folders beside the restyled frames: what the artist painted, and what came of it."""

_PASSES = ("use_pass_vector", "use_pass_z")


def render_output(scene: bpy.types.Scene) -> str:
    """The first frame that the scene's render settings write, as a path."""
    return scene.render.frame_path(frame=scene.frame_start)


def use_strip(scene: bpy.types.Scene) -> None:
    """Take source and range from the active strip: what of it is shown, without its trimmed ends.

    Raises
    ------
    BadRequest
        The strip's pictures are not a numbered sequence in one folder.
    """
    strip, settings = scene.sequence_editor.active_strip, scene.impasto.frames
    shown = strip.frame_final_duration
    if strip.type == "MOVIE":
        settings.source = strip.filepath
        first = int(strip.frame_offset_start) + 1
        settings.first, settings.last = first, first + shown - 1
    else:
        names = [element.filename for element in strip.elements]
        names = names[int(strip.frame_offset_start) :][:shown]
        numbers = [re.findall(r"\d+", Path(name).stem) for name in names]
        if not all(numbers):
            raise BadRequest(
                f'The pictures of "{strip.name}" are not numbered; put numbers into their names.'
            )
        settings.source = str(Path(strip.directory) / names[0])
        settings.first, settings.last = int(numbers[0][-1]), int(numbers[-1][-1])
    settings.use_range = True


def missing_passes(scene: bpy.types.Scene) -> list[str]:
    """What the render lacks for exact motion, in the words of the interface."""
    lacking = [
        name
        for layer in scene.view_layers
        for attribute, name in zip(_PASSES, ("Vector", "Depth"), strict=True)
        if layer.use and not getattr(layer, attribute)
    ]
    if scene.render.image_settings.file_format != "OPEN_EXR_MULTILAYER":
        lacking.append("OpenEXR MultiLayer")
    if scene.render.use_motion_blur:
        lacking.append("No Motion Blur")
    return list(dict.fromkeys(lacking))


def enable_passes(scene: bpy.types.Scene) -> None:
    """Let renders carry motion and depth: the passes, a format that keeps them, no motion blur."""
    for layer in scene.view_layers:
        for attribute in _PASSES:
            setattr(layer, attribute, True)
    compat.choose_multilayer(scene.render.image_settings)
    scene.render.use_motion_blur = False


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
        movie=str(folder / f"{source.stem} (Impasto).mp4") if settings.movie else "",
        fps=context.scene.render.fps / context.scene.render.fps_base,
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
        job.message = f"{said} {job.message}".strip()

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
        keep_colour=look.keep_colour,
        max_side=look.max_side,
        seed=look.seed,
    )


def result_files(scene: bpy.types.Scene) -> list[Path]:
    """The restyled frames, in order; empty if there are none."""
    first = Path(scene.impasto.frames.result)
    digits = re.search(r"(\d+)(?!.*\d)", first.stem)
    if not scene.impasto.frames.result or digits is None or not first.parent.is_dir():
        return []
    name = re.compile(
        re.escape(first.stem[: digits.start()])
        + r"(\d+)"
        + re.escape(first.stem[digits.end() :] + first.suffix)
    )
    found = [(int(m[1]), p) for p in first.parent.iterdir() if (m := name.fullmatch(p.name))]
    return [path for _, path in sorted(found)]


def load(scene: bpy.types.Scene, place: Place) -> str:
    """Load the restyled frames as a strip, or as an image sequence; returns its name.

    Raises
    ------
    NoImages
        They are not on disk any more.
    """
    files = result_files(scene)
    if not files:
        raise NoImages("The restyled frames are not on disk; restyle them first.")
    name = f"{files[0].stem} (Impasto)"
    if place == "SEQUENCER":
        editor = scene.sequence_editor or scene.sequence_editor_create()
        strips = compat.strips(editor)
        channel = max((strip.channel for strip in strips), default=0) + 1
        strip = strips.new_image(name, str(files[0]), channel, scene.frame_start)
        for path in files[1:]:
            strip.elements.append(path.name)
        return strip.name
    image = bpy.data.images.load(str(files[0]))
    image.source = "SEQUENCE"
    image.name = name
    return image.name


def show_on_material(context: bpy.types.Context, image: bpy.types.Image, frames: int) -> bool:
    """Give the active object's active image node the sequence; False if there is none."""
    thing = context.object
    material = thing.active_material if thing is not None else None
    tree = compat.node_tree(material) if material is not None else None
    node = tree.nodes.active if tree is not None else None
    if node is None or node.type != "TEX_IMAGE" or material.library:
        return False
    node.image = image
    node.image_user.frame_duration = frames
    node.image_user.frame_start = context.scene.frame_start
    node.image_user.use_auto_refresh = True
    return True
