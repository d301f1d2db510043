"""Find the source frames: the scene's render, the passes it needs, and strips."""

from __future__ import annotations

from collections.abc import Callable
from itertools import takewhile
from pathlib import Path

import bpy

from ...core.errors import BadRequest
from ...core.video.numbers import find_sequences, sequence_like
from .. import compat, lookup

_PASSES = ("use_pass_vector", "use_pass_z")

_OTHER_FRAMES = (111111, 222222)
"""Numbers that have no digit in common, and more digits than most paddings."""

_INTERVAL = 0.5
"""Seconds between two checks whether a render is done."""


def render_output(scene: bpy.types.Scene) -> str:
    """Return the path of the first frame that the scene renders."""
    return scene.render.frame_path(frame=scene.frame_start)


def has_layers(scene: bpy.types.Scene) -> bool:
    """Return whether the source is OpenEXR frames, which may have several layers."""
    return scene.impasto.frames.source.lower().endswith(".exr")


def is_render_output(scene: bpy.types.Scene) -> bool:
    """Return whether the panel's source is what the scene renders, without reading the disk."""
    if not scene.impasto.frames.source:
        return False
    source, output = Path(bpy.path.abspath(scene.impasto.frames.source)), render_pattern(scene)
    same_folder = source.parent == output.parent
    return same_folder and sequence_like(output.name, [source.name]) is not None


def render_pattern(scene: bpy.types.Scene) -> Path:
    """Return the path of the frames that the scene renders, with ``#`` for the digits of the number.

    Blender knows where in the name it writes the number; the names themselves may not tell, as in
    ``shot_v0020001.png``.
    """
    first, *others = (scene.render.frame_path(frame=number) for number in (0, *_OTHER_FRAMES))
    before = _common_start([first, *others, scene.render.frame_path(frame=-1)])
    after = _common_start([name[::-1] for name in others])[::-1]
    return Path(f"{before}{'#' * max(1, len(first) - len(before) - len(after))}{after}")


def _common_start(texts: list[str]) -> str:
    alike = takewhile(lambda column: len(set(column)) == 1, zip(*texts, strict=False))
    return "".join(column[0] for column in alike)


def wanted_frames(scene: bpy.types.Scene) -> list[int]:
    """Return the numbers of the frames that the scene renders, within the panel's range."""
    settings = scene.impasto.frames
    numbers = range(scene.frame_start, scene.frame_end + 1, scene.frame_step)
    if not settings.use_range:
        return list(numbers)
    return [number for number in numbers if settings.first <= number <= settings.last]


def missing_frames(scene: bpy.types.Scene) -> list[int]:
    """Return the numbers of the wanted frames that are not rendered yet."""
    folder = Path(render_output(scene)).parent
    there = {path.name for path in folder.iterdir()} if folder.is_dir() else set()
    wanted = ((n, Path(scene.render.frame_path(frame=n))) for n in wanted_frames(scene))
    return [number for number, path in wanted if path.name not in there]


def render_missing(scene: bpy.types.Scene, missing: list[int]) -> None:
    """Render the missing frames and wait; raises ``RuntimeError`` if Blender's operator does."""
    before = _narrow(scene, missing)
    try:
        bpy.ops.render.render(animation=True, scene=scene.name)
    finally:
        _widen(scene, before)


def begin_to_render(
    scene: bpy.types.Scene, missing: list[int], then: Callable[[bpy.types.Scene, bool], None]
) -> None:
    """Start to render the missing frames as Blender does, with its window and progress.

    At the end, ``then(scene, complete)`` is called in the main thread; ``complete`` says whether all
    frames are there. Raises ``RuntimeError`` if Blender's operator does.
    """
    before, uid = _narrow(scene, missing), scene.session_uid
    try:
        bpy.ops.render.render("INVOKE_DEFAULT", animation=True, scene=scene.name)
    except RuntimeError:
        _widen(scene, before)
        raise

    def watch() -> float | None:
        if bpy.app.is_job_running("RENDER"):
            return _INTERVAL
        scene = lookup.by_uid(bpy.data.scenes, uid)
        if scene is not None:
            _widen(scene, before)
            then(scene, not missing_frames(scene))
        return None

    bpy.app.timers.register(watch, first_interval=_INTERVAL)


def _narrow(scene: bpy.types.Scene, missing: list[int]) -> dict[str, tuple[int, int]]:
    """Set the scene to render what is missing; return each new value with the one before."""
    wanted = {"frame_start": missing[0], "frame_end": missing[-1], "use_overwrite": False}
    before = {name: (value, getattr(_owner(scene, name), name)) for name, value in wanted.items()}
    for name, value in wanted.items():
        setattr(_owner(scene, name), name, value)
    return before


def _widen(scene: bpy.types.Scene, before: dict[str, tuple[int, int]]) -> None:
    """Set it back, except for what the artist has changed meanwhile."""
    for name, (value, old) in before.items():
        owner = _owner(scene, name)
        if getattr(owner, name) == value:
            setattr(owner, name, old)


def _owner(scene: bpy.types.Scene, name: str):
    return scene if name.startswith("frame_") else scene.render


def use_strip(scene: bpy.types.Scene) -> None:
    """Take source and range from the visible part of the active strip.

    Raises
    ------
    BadRequest
        The images of the strip are not numbered.
    """
    strip, settings = scene.sequence_editor.active_strip, scene.impasto.frames
    start, shown = compat.shown_part(strip)
    if strip.type == "MOVIE":
        settings.source = strip.filepath
        settings.first, settings.last = start + 1, start + shown
    else:
        names = [element.filename for element in strip.elements]
        names = names[start : start + shown]
        found = find_sequences(names)
        if len(found) != 1 or set(found[0].names.values()) != set(names):
            raise BadRequest(
                f'The images of "{strip.name}" are not numbered; put numbers into their names.'
            )
        settings.source = str(Path(strip.directory) / names[0])
        settings.first, settings.last = min(found[0].names), max(found[0].names)
    settings.use_range = True


def missing_passes(scene: bpy.types.Scene) -> list[str]:
    """Return what the render lacks for exact motion, in the words of the interface."""
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
