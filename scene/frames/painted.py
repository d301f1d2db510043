"""Frames that the artist paints over, for their look to be carried through the shot."""

from __future__ import annotations

import hashlib
import re
import shutil
from pathlib import Path

import bpy

from ...core.errors import NoImages
from ...core.styles.look import SUFFIX
from ...core.video.settings import PaintedFrame
from ..textures import destination
from .outputs import numbered_results, output_folder

_FOLDER = "keyframes"
"""Folder of the painted frames, in that of the restyled ones."""

_NAME = re.compile(r"frame_(-?\d+)")


def paint_frame(scene: bpy.types.Scene) -> bpy.types.Image:
    """Copy the restyled frame at the playhead; return the copy as an image to paint over.

    Raises
    ------
    NoImages
        That frame is not restyled.
    OutputUnwritable
        The copy cannot be written.
    """
    number = scene.frame_current
    source = dict(numbered_results(scene)).get(number)
    if source is None:
        raise NoImages(f"Frame {number} is not restyled yet; restyle it, or go to another frame.")
    folder = output_folder(scene.impasto.frames) / _FOLDER
    destination.prepare(folder)
    copy = folder / f"frame_{number:04d}{source.suffix}"
    if not copy.exists():
        shutil.copyfile(source, copy)
    image = bpy.data.images.load(str(copy), check_existing=True)
    image.name = f"Painted Frame {number}"
    return image


def painted_frames(scene: bpy.types.Scene) -> tuple[PaintedFrame, ...]:
    """Return the painted frames, in order, after saving those with unsaved strokes.

    Raises
    ------
    NoImages
        There are none.
    """
    folder = output_folder(scene.impasto.frames) / _FOLDER
    for image in bpy.data.images:
        if image.is_dirty and Path(bpy.path.abspath(image.filepath)).parent == folder:
            image.save()
    files = folder.glob("frame_*") if folder.is_dir() else ()
    numbered = ((int(m[1]), file) for file in files if (m := _NAME.fullmatch(file.stem)))
    found = tuple(PaintedFrame(number, str(file)) for number, file in sorted(numbered))
    if not found:
        raise NoImages("No frame is painted yet; press Paint Frame, paint, and save the image.")
    return found


def learned_style(painted: tuple[PaintedFrame, ...]) -> Path:
    """Return the style file for what is learned from these frames; other strokes, another file."""
    digest = hashlib.sha256()
    for frame in painted:
        digest.update(f"{frame.number}".encode() + Path(frame.path).read_bytes())
    return Path(painted[0].path).with_name(f"learned_{digest.hexdigest()[:12]}{SUFFIX}")
